/* tools/rostrumctl/remote.h
 *
 * What the commands that speak to a running rostrum-signaling share: their options, a token of their own, one HTTP
 * request, what is said of a failure.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_REMOTE_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_REMOTE_H

#include "common/base/buf.h"
#include "signaling/auth/auth.h"

#include <jansson.h>

#define REMOTE_WORDS_MAX 40

/* A command line, taken apart. Texts point into it. */
struct remote_options {
	bool json;         /* one line of JSON on stdout */
	const char *base;  /* http://127.0.0.1:8080 */
	const char *state; /* folder with the signing key */
	/* of `token` only */
	const char *meeting, *role, *delegation, *badge, *name;
	const char *delegations;             /* of `conference import`: a table to be added */
	const char *sheet;                   /* of `badges issue`: an HTML file to be printed */
	int64_t hours;                       /* 0 = the preset */
	const char *words[REMOTE_WORDS_MAX]; /* what is no option */
	size_t n_words;
};

/* 0, or -EINVAL after it was said on stderr. */
int remote_options_parse(int argc, char **argv, struct remote_options *out_options) RS_MUST_USE;
/* The site's tokens, by the key in the state folder; it is not made here. 0, or negative after it was said. */
int remote_auth(const struct remote_options *options, struct auth **out_auth) RS_MUST_USE;
/* As remote_request(), for a method of this name ("DELETE") without a body. */
int remote_order(const struct remote_options *options, const char *method, const char *path,
	struct rs_buf *out) RS_MUST_USE;
/* A file as part of a form, RFC 7578. */
struct remote_part {
	const char *name, *type;
	const void *data;
	size_t len;
};
/* As remote_request(), with a form as its body. */
int remote_upload(const struct remote_options *options, const char *path,
	const struct remote_part *parts, size_t n, struct rs_buf *out) RS_MUST_USE;
/* One request as admin; `body` may be NULL for a GET. 0 with the answer's body appended to `out`; negative after it was said: no
 * connection, or the reason of an answer that is no success. */
int remote_request(const struct remote_options *options, const char *path, const char *body,
	size_t len, struct rs_buf *out) RS_MUST_USE;

/* An answer's body as JSON; NULL after it was said that it is none. */
json_t *remote_json(
	const struct remote_options *options, const char *path, const struct rs_buf *answer);
/* remote_request() and remote_upload() with the answer as JSON; NULL after the failure was said. */
json_t *remote_ask(
	const struct remote_options *options, const char *path, const char *body, size_t len);
json_t *remote_ask_form(const struct remote_options *options, const char *path,
	const struct remote_part *parts, size_t n);
/* On stdout, as one line. Takes `json`, which may be NULL. The exit status. */
int remote_print_json(json_t *json);

#endif
