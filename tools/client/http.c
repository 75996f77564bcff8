#include "tools/client/http.h"

#include "common/base/buf.h"
#include "common/base/text.h"
#include "tools/client/sdp.h"

#include <curl/curl.h>

#include <errno.h>
#include <string.h>

#define REQUEST_TIMEOUT_S 10L
#define URL_MAX 1024
#define HEADER_MAX 8192

struct request {
	struct request *next;
	CURL *curl;
	void *ctx;
	struct rs_buf body;
	char location[URL_MAX];
};

struct rtc_http {
	CURLM *multi;
	struct curl_slist *headers; /* of every request: who we are */
	struct curl_slist *post_headers;
	struct request *requests;
	struct request *taken; /* whose answer was handed out last */
	size_t pending;
};

/* --- Birth and death --- */

static struct curl_slist *headers_make(const char *token, bool post)
{
	char authorization[HEADER_MAX];
	if (rs_format(authorization, sizeof(authorization), "Authorization: Bearer %s", token) < 0)
		return NULL;
	const char *const lines[] = { "Expect:", "Content-Type: application/sdp" };
	struct curl_slist *headers = curl_slist_append(NULL, authorization);
	for (size_t i = 0; headers != NULL && i < (post ? RS_ARRAY_LEN(lines) : 0); i++) {
		struct curl_slist *more = curl_slist_append(headers, lines[i]);
		if (more == NULL)
			curl_slist_free_all(headers);
		headers = more;
	}
	rs_wipe(authorization, sizeof(authorization));
	return headers;
}

int rtc_http_new(const char *token, long connections, struct rtc_http **out_http)
{
	struct rtc_http *http = rs_zalloc(sizeof(*http));
	if (http == NULL)
		return -ENOMEM;
	http->multi = curl_multi_init();
	http->headers = headers_make(token, false);
	http->post_headers = headers_make(token, true);
	if (http->multi == NULL || http->headers == NULL || http->post_headers == NULL ||
		curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections) !=
			CURLM_OK) {
		rtc_http_free(http);
		return -EIO;
	}
	*out_http = http;
	return 0;
}

static void request_free(struct rtc_http *http, struct request *request)
{
	for (struct request **at = &http->requests; *at != NULL; at = &(*at)->next) {
		if (*at == request) {
			*at = request->next;
			break;
		}
	}
	if (request->curl != NULL) {
		/* Both fail on handles that are none only. */
		(void)curl_multi_remove_handle(http->multi, request->curl);
		curl_easy_cleanup(request->curl);
	}
	rs_buf_done(&request->body);
	rs_release(request);
}

struct rtc_http *rtc_http_free(struct rtc_http *http)
{
	if (http == NULL)
		return NULL;
	while (http->requests != NULL)
		request_free(http, http->requests);
	(void)curl_multi_cleanup(http->multi); /* NULL is fine */
	curl_slist_free_all(http->headers);
	curl_slist_free_all(http->post_headers);
	return rs_release(http);
}

/* --- Requests --- */

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct request *request = ctx;
	return rs_buf_append(&request->body, data, size * n) == 0 ? size * n : 0;
}

static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
	static const char name[] = "location:";
	struct request *request = ctx;
	const size_t len = size * n;
	size_t at = sizeof(name) - 1;
	size_t end = len;
	if (len <= at || strncasecmp(data, name, at) != 0)
		return len;
	while (at < end && (data[at] == ' ' || data[at] == '\t'))
		at++;
	while (end > at && (data[end - 1] == '\r' || data[end - 1] == '\n' || data[end - 1] == ' '))
		end--;
	/* A location that does not fit cannot be asked for: as if there were none. */
	if (!rs_copy_text(request->location, sizeof(request->location), data + at, end - at))
		request->location[0] = '\0';
	return len;
}

static bool set_up(CURL *curl, const char *url, struct request *request)
{
	return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT, REQUEST_TIMEOUT_S) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEDATA, request) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HEADERDATA, request) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PRIVATE, request) == CURLE_OK;
}

static int request_begin(struct rtc_http *http, const char *url, void *ctx, struct request **out)
{
	struct request *request = rs_zalloc(sizeof(*request));
	if (request == NULL)
		return -ENOMEM;
	request->ctx = ctx;
	rs_buf_init(&request->body, RTC_SDP_MAX);
	request->curl = curl_easy_init();
	request->next = http->requests;
	http->requests = request;
	if (request->curl == NULL || !set_up(request->curl, url, request)) {
		request_free(http, request);
		return -EIO;
	}
	*out = request;
	return 0;
}

static int request_start(struct rtc_http *http, struct request *request, bool good)
{
	if (!good || curl_multi_add_handle(http->multi, request->curl) != CURLM_OK) {
		request_free(http, request);
		return -EIO;
	}
	http->pending++;
	return 0;
}

int rtc_http_post(struct rtc_http *http, const char *url, const char *text, size_t len, void *ctx)
{
	struct request *request = NULL;
	const int err = request_begin(http, url, ctx, &request);
	if (err < 0)
		return err;
	CURL *curl = request->curl;
	return request_start(http, request,
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, http->post_headers) == CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)len) == CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, text) == CURLE_OK);
}

int rtc_http_delete(struct rtc_http *http, const char *url, void *ctx)
{
	struct request *request = NULL;
	const int err = request_begin(http, url, ctx, &request);
	if (err < 0)
		return err;
	CURL *curl = request->curl;
	return request_start(http, request,
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, http->headers) == CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "DELETE") == CURLE_OK);
}

/* --- Answers --- */

void rtc_http_turn(struct rtc_http *http)
{
	int running = 0;
	if (http->pending > 0)
		(void)curl_multi_perform(
			http->multi, &running); /* what fails is told with its request */
}

size_t rtc_http_pending(const struct rtc_http *http)
{
	return http->pending;
}

/* The Location may be relative to what was asked for (RFC 9110 section 10.2.2). */
static void make_absolute(struct request *request)
{
	char *asked = NULL;
	char *whole = NULL;
	CURLU *url = curl_url();
	if (request->location[0] == '\0' || url == NULL ||
		curl_easy_getinfo(request->curl, CURLINFO_EFFECTIVE_URL, &asked) != CURLE_OK ||
		curl_url_set(url, CURLUPART_URL, asked, 0) != CURLUE_OK ||
		curl_url_set(url, CURLUPART_URL, request->location, 0) != CURLUE_OK ||
		curl_url_get(url, CURLUPART_URL, &whole, 0) != CURLUE_OK ||
		!rs_set_text(request->location, whole))
		request->location[0] = '\0';
	curl_free(whole);
	curl_url_cleanup(url);
}

int rtc_http_poll(struct rtc_http *http, struct rtc_http_answer *out_answer)
{
	if (http->taken != NULL) {
		request_free(http, http->taken);
		http->taken = NULL;
	}
	int left = 0;
	const CURLMsg *message = curl_multi_info_read(http->multi, &left);
	if (message == NULL)
		return 0;
	struct request *request = NULL;
	(void)curl_easy_getinfo(
		message->easy_handle, CURLINFO_PRIVATE, &request); /* set at birth */
	long status = 0;
	if (message->data.result == CURLE_OK)
		(void)curl_easy_getinfo(
			request->curl, CURLINFO_RESPONSE_CODE, &status); /* 0 stays */
	make_absolute(request);
	http->taken = request;
	http->pending--;
	*out_answer = (struct rtc_http_answer){
		.ctx = request->ctx,
		.status = status,
		.session_url = request->location,
		.body = (const char *)rs_buf_data(&request->body),
		.len = rs_buf_len(&request->body),
	};
	return 1;
}
