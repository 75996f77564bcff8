#include "tools/rostrumctl/remote.h"

#include "common/base/time.h"

#include <curl/curl.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REQUEST_TIMEOUT_S 30L
#define URL_MAX 1024
#define ANSWER_MAX ((size_t)32 << 20)
/* A token of our own need not outlive its request. */
#define OWN_TOKEN_S 300
#define HOURS_MAX 87600

/* --- Options --- */

static int set_option(struct remote_options *options, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char **value;
	} texts[] = {
		{ "--base", &options->base },
		{ "--state", &options->state },
		{ "--meeting", &options->meeting },
		{ "--role", &options->role },
		{ "--delegation", &options->delegation },
		{ "--badge", &options->badge },
		{ "--name", &options->name },
		{ "--delegations", &options->delegations },
		{ "--sheet", &options->sheet },
	};
	if (value == NULL)
		return -EINVAL;
	if (strcmp(name, "--hours") == 0)
		return rs_parse_i64(value, strlen(value), 1, HOURS_MAX, &options->hours) < 0
			       ? -EINVAL
			       : 0;
	for (size_t i = 0; i < RS_ARRAY_LEN(texts); i++) {
		if (strcmp(name, texts[i].name) == 0) {
			*texts[i].value = value;
			return 0;
		}
	}
	return -EINVAL;
}

int remote_options_parse(int argc, char **argv, struct remote_options *out_options)
{
	struct remote_options options = { .base = "http://127.0.0.1:8080",
		.state = "/var/lib/rostrum" };
	for (int i = 1; i < argc; i++) {
		bool good = true;
		if (strcmp(argv[i], "--json") == 0) {
			options.json = true;
		} else if (argv[i][0] == '-') {
			good = set_option(&options, argv[i], argv[i + 1]) == 0;
			i++;
		} else if (options.n_words < REMOTE_WORDS_MAX) {
			options.words[options.n_words++] = argv[i];
		} else {
			good = false;
		}
		if (good)
			continue;
		(void)fprintf(stderr, "rostrumctl %s: %s: not understood\n", argv[0],
			argv[i] != NULL ? argv[i] : argv[i - 1]);
		return -EINVAL;
	}
	*out_options = options;
	return 0;
}

/* --- Tokens --- */

int remote_auth(const struct remote_options *options, struct auth **out_auth)
{
	uint8_t secret[AUTH_SECRET_LEN];
	char path[4096];
	char error[AUTH_ERROR_LEN] = "out of memory";
	struct rs_rand rand;
	rs_rand_init_system(&rand);
	int err = rs_format(path, sizeof(path), "%s/token.key", options->state);
	if (err == 0 && access(path, R_OK) < 0) {
		(void)snprintf(error, sizeof(error),
			"%.100s: %s; --state names the folder of a rostrum-signaling that was started",
			path, strerror(errno));
		err = -EIO;
	}
	if (err == 0)
		err = auth_secret_load(path, &rand, secret, error);
	if (err == 0)
		err = auth_new(secret, OWN_TOKEN_S, out_auth);
	rs_wipe(secret, sizeof(secret));
	if (err < 0)
		(void)fprintf(stderr, "rostrumctl: %s\n", error);
	return err;
}

static int own_token(const struct remote_options *options, char token[AUTH_TOKEN_LEN])
{
	const struct claims claims = { .badge = "rostrumctl", .role = ROLE_ADMIN };
	struct auth *auth = NULL;
	int err = remote_auth(options, &auth);
	if (err < 0)
		return err;
	err = auth_issue(auth, &claims, rs_clock_wall_us() / 1000000, token);
	auth_free(auth);
	if (err < 0)
		(void)fprintf(stderr, "rostrumctl: no token can be made\n");
	return err;
}

/* --- HTTP --- */

static size_t on_data(char *data, size_t size, size_t n, void *ctx)
{
	return rs_buf_append(ctx, data, size * n) == 0 ? size * n : 0;
}

/* With a form curl says its type and boundary by itself. */
static struct curl_slist *make_headers(const char *token, bool is_form)
{
	char authorization[AUTH_TOKEN_LEN + 32];
	(void)snprintf(authorization, sizeof(authorization), "Authorization: Bearer %s", token);
	struct curl_slist *headers = curl_slist_append(NULL, authorization);
	/* "Expect: 100-continue" would only cost a second: we know that we are welcome. */
	struct curl_slist *more = headers != NULL ? curl_slist_append(headers, "Expect:") : NULL;
	if (more != NULL && !is_form)
		more = curl_slist_append(headers, "Content-Type: application/json");
	rs_wipe(authorization, sizeof(authorization));
	if (more != NULL)
		return headers;
	curl_slist_free_all(headers);
	return NULL;
}

/* What is asked: a GET, unless a method, a body or a form says otherwise. */
struct call {
	const char *method; /* NULL: as the body has it */
	const char *body;
	size_t len;
	const struct remote_part *parts;
	size_t n_parts;
};

static bool set_up(CURL *curl, const char *url, const struct curl_slist *headers,
	const struct call *call, struct rs_buf *out)
{
	bool good = curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
		    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
		    curl_easy_setopt(curl, CURLOPT_TIMEOUT, REQUEST_TIMEOUT_S) == CURLE_OK &&
		    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data) == CURLE_OK &&
		    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out) == CURLE_OK;
	if (call->method != NULL)
		good = good &&
		       curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method) == CURLE_OK;
	if (call->body != NULL)
		good = good &&
		       curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)call->len) == CURLE_OK &&
		       curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body) == CURLE_OK;
	return good;
}

/* NULL when out of memory. */
static curl_mime *make_form(CURL *curl, const struct call *call)
{
	curl_mime *form = curl_mime_init(curl);
	for (size_t i = 0; i < call->n_parts && form != NULL; i++) {
		const struct remote_part *from = &call->parts[i];
		curl_mimepart *part = curl_mime_addpart(form);
		if (part != NULL && curl_mime_name(part, from->name) == CURLE_OK &&
			curl_mime_filename(part, from->name) == CURLE_OK &&
			curl_mime_type(part, from->type) == CURLE_OK &&
			curl_mime_data(part, from->data, from->len) == CURLE_OK)
			continue;
		curl_mime_free(form);
		form = NULL;
	}
	return form;
}

/* "conference:47:12: meetings[0].mode: floor or direct is expected", as compilers say it. */
static void say_error(const json_t *error)
{
	const char *file = json_string_value(json_object_get(error, "file"));
	const char *field = json_string_value(json_object_get(error, "field"));
	const char *text = json_string_value(json_object_get(error, "text"));
	const long long line = (long long)json_integer_value(json_object_get(error, "line"));
	const long long column = (long long)json_integer_value(json_object_get(error, "column"));
	(void)fprintf(stderr, "%s:", file != NULL ? file : "?");
	if (line > 0)
		(void)fprintf(stderr, "%lld:", line);
	if (column > 0)
		(void)fprintf(stderr, "%lld:", column);
	(void)fprintf(stderr, " %s%s%s\n", field != NULL ? field : "", field != NULL ? ": " : "",
		text != NULL ? text : "");
}

/* An error answer says why in words. */
static void say_refusal(long status, const struct rs_buf *out)
{
	json_t *json = json_loadb((const char *)rs_buf_data(out), rs_buf_len(out), 0, NULL);
	const char *text = json_string_value(json_object_get(json, "text"));
	const json_t *errors = json_object_get(json, "errors");
	for (size_t i = 0; i < json_array_size(errors); i++)
		say_error(json_array_get(errors, i));
	if (json_array_size(errors) > 0)
		(void)fprintf(stderr, "rostrumctl: %zu error%s; nothing was imported\n",
			json_array_size(errors), json_array_size(errors) == 1 ? "" : "s");
	else if (text != NULL)
		(void)fprintf(stderr, "rostrumctl: %s (HTTP %ld)\n", text, status);
	else
		(void)fprintf(stderr, "rostrumctl: HTTP %ld\n", status);
	json_decref(json);
}

static int perform(CURL *curl, const char *url, struct rs_buf *out)
{
	long status = 0;
	const CURLcode code = curl_easy_perform(curl);
	if (code != CURLE_OK) {
		(void)fprintf(stderr, "rostrumctl: %s: %s\n", url, curl_easy_strerror(code));
		return -EIO;
	}
	if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status >= 200 &&
		status < 300)
		return 0;
	say_refusal(status, out);
	return -EACCES;
}

static int ask_with(const struct remote_options *options, const char *path, const struct call *call,
	struct rs_buf *out)
{
	char token[AUTH_TOKEN_LEN];
	char url[URL_MAX];
	int err = own_token(options, token);
	if (err < 0)
		return err;
	err = rs_format(url, sizeof(url), "%s%s", options->base, path);
	CURL *curl = curl_easy_init();
	curl_mime *form = curl != NULL && call->n_parts > 0 ? make_form(curl, call) : NULL;
	struct curl_slist *headers = make_headers(token, call->n_parts > 0);
	if (err == 0 && curl != NULL && headers != NULL && (call->n_parts == 0 || form != NULL) &&
		set_up(curl, url, headers, call, out) &&
		(form == NULL || curl_easy_setopt(curl, CURLOPT_MIMEPOST, form) == CURLE_OK)) {
		err = perform(curl, url, out);
	} else {
		(void)fprintf(stderr, "rostrumctl: %s: no request can be made\n", options->base);
		err = -EINVAL;
	}
	curl_slist_free_all(headers);
	curl_mime_free(form);
	curl_easy_cleanup(curl);
	rs_wipe(token, sizeof(token));
	return err;
}

int remote_request(const struct remote_options *options, const char *path, const char *body,
	size_t len, struct rs_buf *out)
{
	const struct call call = { .body = body, .len = len };
	return ask_with(options, path, &call, out);
}

int remote_order(const struct remote_options *options, const char *method, const char *path,
	struct rs_buf *out)
{
	const struct call call = { .method = method };
	return ask_with(options, path, &call, out);
}

int remote_upload(const struct remote_options *options, const char *path,
	const struct remote_part *parts, size_t n, struct rs_buf *out)
{
	const struct call call = { .parts = parts, .n_parts = n };
	return ask_with(options, path, &call, out);
}

/* --- JSON --- */

json_t *remote_json(
	const struct remote_options *options, const char *path, const struct rs_buf *answer)
{
	json_t *json = json_loadb((const char *)rs_buf_data(answer), rs_buf_len(answer), 0, NULL);
	if (json == NULL)
		(void)fprintf(
			stderr, "rostrumctl: %s%s: the answer is no JSON\n", options->base, path);
	return json;
}

json_t *remote_ask(
	const struct remote_options *options, const char *path, const char *body, size_t len)
{
	struct rs_buf answer;
	rs_buf_init(&answer, ANSWER_MAX);
	json_t *json = remote_request(options, path, body, len, &answer) == 0
			       ? remote_json(options, path, &answer)
			       : NULL;
	rs_buf_done(&answer);
	return json;
}

json_t *remote_ask_form(const struct remote_options *options, const char *path,
	const struct remote_part *parts, size_t n)
{
	struct rs_buf answer;
	rs_buf_init(&answer, ANSWER_MAX);
	json_t *json = remote_upload(options, path, parts, n, &answer) == 0
			       ? remote_json(options, path, &answer)
			       : NULL;
	rs_buf_done(&answer);
	return json;
}

int remote_print_json(json_t *json)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (text == NULL)
		return 1;
	(void)printf("%s\n", text);
	free(text);
	return 0;
}
