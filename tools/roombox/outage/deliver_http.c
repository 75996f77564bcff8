#include "tools/roombox/outage/deliver.h"

#include "common/base/buf.h"
#include "common/base/hash.h"

#include <curl/curl.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define URL_LEN 1024
#define ANSWER_MAX 4096
#define TIMEOUT_S 30L
#define CLOCK_ASKED 5

struct deliver_line {
	struct deliver_to to;
	CURL *curl;
	struct curl_slist *headers;
	struct rs_buf answer;
};

static size_t on_answer(char *data, size_t size, size_t n, void *ctx)
{
	struct deliver_line *line = ctx;
	return rs_buf_append(&line->answer, data, size * n) == 0 ? size * n : 0;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct deliver_line *line = ctx;
	return line->to.stop(line->to.ctx) ? 1 : 0;
}

static bool set_up(struct deliver_line *line)
{
	char bearer[8192];
	if (line->curl == NULL ||
		rs_format(bearer, sizeof(bearer), "Authorization: Bearer %s", line->to.token) < 0)
		return false;
	line->headers = curl_slist_append(NULL, bearer);
	rs_wipe(bearer, sizeof(bearer));
	if (line->headers == NULL)
		return false;
	struct curl_slist *more = curl_slist_append(line->headers, "Expect:");
	if (more == NULL)
		return false;
	line->headers = curl_slist_append(more, "Content-Type: application/octet-stream");
	return line->headers != NULL &&
	       curl_easy_setopt(line->curl, CURLOPT_HTTPHEADER, line->headers) == CURLE_OK &&
	       curl_easy_setopt(line->curl, CURLOPT_TIMEOUT, TIMEOUT_S) == CURLE_OK &&
	       curl_easy_setopt(line->curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(line->curl, CURLOPT_WRITEFUNCTION, on_answer) == CURLE_OK &&
	       curl_easy_setopt(line->curl, CURLOPT_WRITEDATA, line) == CURLE_OK &&
	       curl_easy_setopt(line->curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
	       curl_easy_setopt(line->curl, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK &&
	       curl_easy_setopt(line->curl, CURLOPT_XFERINFODATA, line) == CURLE_OK;
}

int deliver_line_new(const struct deliver_to *to, struct deliver_line **out_line)
{
	struct deliver_line *line = rs_zalloc(sizeof(*line));
	if (line == NULL)
		return -ENOMEM;
	line->to = *to;
	line->curl = curl_easy_init();
	rs_buf_init(&line->answer, ANSWER_MAX);
	if (!set_up(line)) {
		deliver_line_free(line);
		return -EIO;
	}
	*out_line = line;
	return 0;
}

struct deliver_line *deliver_line_free(struct deliver_line *line)
{
	if (line == NULL)
		return NULL;
	if (line->curl != NULL)
		curl_easy_cleanup(line->curl);
	curl_slist_free_all(line->headers);
	rs_buf_done(&line->answer);
	return rs_release(line);
}

/* The status; 0 = no answer. */
static long perform(struct deliver_line *line, const char *url)
{
	long status = 0;
	rs_buf_consume(&line->answer, rs_buf_len(&line->answer));
	if (curl_easy_setopt(line->curl, CURLOPT_URL, url) != CURLE_OK ||
		curl_easy_perform(line->curl) != CURLE_OK)
		return 0;
	(void)curl_easy_getinfo(line->curl, CURLINFO_RESPONSE_CODE, &status); /* 0 stays */
	return status;
}

/* {"wall_us":N} */
static bool read_wall(const struct deliver_line *line, int64_t *out)
{
	const char *text = (const char *)rs_buf_data(&line->answer);
	const size_t len = rs_buf_len(&line->answer);
	const char *colon = len > 0 ? memchr(text, ':', len) : NULL;
	uint64_t value;
	size_t n = 0;
	if (colon == NULL)
		return false;
	const size_t left = len - (size_t)(colon + 1 - text);
	while (n < left && colon[1 + n] >= '0' && colon[1 + n] <= '9')
		n++;
	if (rs_parse_u64(colon + 1, n, INT64_MAX, &value) < 0)
		return false;
	*out = (int64_t)value;
	return true;
}

int deliver_clock(struct deliver_line *line, int64_t *out_shift_us)
{
	char url[URL_LEN];
	rs_time quickest = RS_TIME_NEVER;
	if (rs_format(url, sizeof(url), "%s/api/v1/meetings/%s/late", line->to.base,
		    line->to.meeting) < 0 ||
		curl_easy_setopt(line->curl, CURLOPT_HTTPGET, 1L) != CURLE_OK ||
		curl_easy_setopt(line->curl, CURLOPT_CUSTOMREQUEST, NULL) != CURLE_OK)
		return -EIO;
	for (int i = 0; i < CLOCK_ASKED; i++) {
		int64_t wall_us;
		const rs_time sent = rs_clock_monotonic();
		if (perform(line, url) != 200 || !read_wall(line, &wall_us))
			return -EIO;
		const rs_time took = rs_clock_monotonic() - sent;
		if (took < quickest)
			*out_shift_us = wall_us - (sent + took / 2);
		quickest = rs_time_min(quickest, took);
	}
	return 0;
}

long deliver_put(
	struct deliver_line *line, const struct kept_part *part, int64_t shift_us, char reason[161])
{
	char url[URL_LEN];
	char hex[2 * RS_SHA256_LEN + 1];
	uint8_t digest[RS_SHA256_LEN];
	rs_sha256(part->data, part->len, digest);
	rs_hex_encode(digest, sizeof(digest), hex);
	if (rs_format(url, sizeof(url),
		    "%s/api/v1/meetings/%s/late/%s/%" PRIu32 "?of=%" PRIu32 "&from=%" PRId64
		    "&to=%" PRId64 "&shift=%" PRId64 "&sha256=%s",
		    line->to.base, line->to.meeting, part->outage, part->number, part->parts,
		    part->head.from_us + shift_us, part->head.to_us + shift_us, shift_us,
		    hex) < 0 ||
		curl_easy_setopt(line->curl, CURLOPT_POSTFIELDSIZE, (long)part->len) != CURLE_OK ||
		curl_easy_setopt(line->curl, CURLOPT_POSTFIELDS, part->data) != CURLE_OK ||
		curl_easy_setopt(line->curl, CURLOPT_CUSTOMREQUEST, "PUT") != CURLE_OK)
		return 0;
	const long status = perform(line, url);
	const size_t len = rs_buf_len(&line->answer);
	(void)rs_copy_text(
		reason, 161, (const char *)rs_buf_data(&line->answer), len < 160 ? len : 160);
	return status;
}
