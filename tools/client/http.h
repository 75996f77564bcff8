/* tools/client/http.h
 *
 * The HTTP of WHIP (RFC 9725) and WHEP by libcurl, many requests at once without a thread: they are
 * begun, moved on by rtc_http_turn() and their answers taken one by one. Not thread safe.
 * Limits: answers of RTC_SDP_MAX octets.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_HTTP_H
#define ROSTRUM_TOOLS_CLIENT_HTTP_H

#include "common/base/mem.h"

struct rtc_http;

/* Valid until the next call. */
struct rtc_http_answer {
	void *ctx;
	long status;             /* 0 = no answer: refused, cut off, timed out */
	const char *session_url; /* Location made absolute; "" = none */
	const char *body;
	size_t len;
};

/* `connections` to one server at a time; more requests wait their turn. `token` is copied. 0, -ENOMEM or
 * -EIO (libcurl). */
int rtc_http_new(const char *token, long connections, struct rtc_http **out_http) RS_MUST_USE;
/* NULL is fine; what is under way is given up. Returns NULL. */
struct rtc_http *rtc_http_free(struct rtc_http *http);
/* POST an offer; `text` is copied. 0, -ENOMEM or -EIO. */
int rtc_http_post(struct rtc_http *http, const char *url, const char *text, size_t len,
	void *ctx) RS_MUST_USE;
/* DELETE a session. As above; the result matters little, since a session without consent ends by itself. */
int rtc_http_delete(struct rtc_http *http, const char *url, void *ctx);
/* Does what can be done without waiting. */
void rtc_http_turn(struct rtc_http *http);
/* Takes one answer: 1, or 0 = none. */
int rtc_http_poll(struct rtc_http *http, struct rtc_http_answer *out_answer);
/* Requests that have no answer yet. */
size_t rtc_http_pending(const struct rtc_http *http);

#endif
