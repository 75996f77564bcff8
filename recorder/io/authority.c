#include "recorder/io/authority.h"

#include "common/base/rand.h"
#include "common/base/stamp.h"

#include <curl/curl.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define REQUEST_MAX 1024

int authority_init(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -ENOMEM;
}

bool authority_url_valid(const char *url)
{
	CURLU *parsed = curl_url();
	char *scheme = NULL;
	const bool good = parsed != NULL &&
			  curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
			  curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
			  (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
	curl_free(scheme);
	curl_url_cleanup(parsed);
	return good;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	return rs_buf_append(ctx, data, size * n) == 0 ? size * n : 0; /* too long: ended */
}

static bool prepare(CURL *curl, struct curl_slist *headers, const struct authority *authority,
	const struct rs_buf *request, struct rs_buf *answer)
{
	return curl_easy_setopt(curl, CURLOPT_URL, authority->url) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)authority->timeout_ms) ==
		       CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)rs_buf_len(request)) ==
		       CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDS, rs_buf_data(request)) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer) == CURLE_OK;
}

static int post(const struct authority *authority, const struct rs_buf *request,
	struct rs_buf *answer, char why[SEAL_WHY_LEN])
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers =
		curl_slist_append(NULL, "Content-Type: application/timestamp-query");
	int err = -ENOMEM;
	if (curl != NULL && headers != NULL && prepare(curl, headers, authority, request, answer)) {
		const CURLcode code = curl_easy_perform(curl);
		err = code == CURLE_OK ? 0 : -EIO;
		if (err < 0)
			(void)snprintf(why, SEAL_WHY_LEN, "time-stamping authority: %.200s",
				curl_easy_strerror(code)); /* may be cut */
	}
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	return err;
}

int authority_stamp(
	void *ctx, const uint8_t sha512[RS_SHA512_LEN], struct rs_buf *out, char why[SEAL_WHY_LEN])
{
	const struct authority *authority = ctx;
	uint8_t nonce[RS_STAMP_NONCE_LEN];
	char reason[RS_STAMP_WHY_LEN];
	int64_t wall_ms;
	struct rs_rand rand;
	struct rs_buf request;
	rs_rand_init_system(&rand);
	rs_rand_bytes(&rand, nonce, sizeof(nonce));
	rs_buf_init(&request, REQUEST_MAX);
	(void)snprintf(why, SEAL_WHY_LEN, "out of memory"); /* fits */
	int err = rs_stamp_request(sha512, nonce, &request);
	if (err == 0)
		err = post(authority, &request, out, why);
	rs_buf_done(&request);
	if (err < 0)
		return err;
	err = rs_stamp_check(rs_buf_data(out), rs_buf_len(out), sha512, nonce,
		authority->ca_file[0] != '\0' ? authority->ca_file : NULL, &wall_ms, reason);
	if (err < 0)
		(void)snprintf(
			why, SEAL_WHY_LEN, "time-stamping authority: its answer: %s", reason);
	return err;
}
