#include "tools/rostrumctl/badges.h"

#include "tools/rostrumctl/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)32 << 20)
#define PATH_LEN 256
#define BATCH 32
#define FAILED 1
#define MISUSED 2

static int misuse(void)
{
	(void)fprintf(stderr,
		"usage: rostrumctl badges list CONFERENCE [--json]\n"
		"       rostrumctl badges issue CONFERENCE [BADGE ...] [--sheet FILE.html] [--json]   (without badges: those that have none; CSV on stdout)\n"
		"       rostrumctl badges revoke CONFERENCE BADGE [--json]\n"
		"       [--base URL] [--state DIR]\n");
	return MISUSED;
}

static json_t *parse(const struct rs_buf *answer)
{
	json_t *json = json_loadb((const char *)rs_buf_data(answer), rs_buf_len(answer), 0, NULL);
	if (json == NULL)
		(void)fprintf(stderr, "rostrumctl badges: the answer is no JSON\n");
	return json;
}

static json_t *get_badges(const struct remote_options *options, const char *conference)
{
	char path[PATH_LEN];
	struct rs_buf answer;
	json_t *json = NULL;
	(void)snprintf(path, sizeof(path), "/api/v1/conferences/%s/badges", conference);
	rs_buf_init(&answer, ANSWER_MAX);
	if (remote_request(options, path, NULL, 0, &answer) == 0)
		json = parse(&answer);
	rs_buf_done(&answer);
	return json;
}

/* Takes `json`. */
static int print_json(json_t *json)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (text == NULL)
		return FAILED;
	(void)printf("%s\n", text);
	free(text);
	return 0;
}

/* --- list --- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text != NULL ? text : "";
}

static int list(const struct remote_options *options)
{
	json_t *json = get_badges(options, options->words[1]);
	if (json == NULL)
		return FAILED;
	if (options->json)
		return print_json(json);
	const json_t *badges = json_object_get(json, "badges");
	for (size_t i = 0; i < json_array_size(badges); i++) {
		const json_t *badge = json_array_get(badges, i);
		(void)printf("%-16s %-12s %-8s %s\n", text_of(badge, "badge"),
			text_of(badge, "role"), text_of(badge, "state"), text_of(badge, "name"));
	}
	json_decref(json);
	return 0;
}

/* --- issue --- */

static bool is_wanted(const struct remote_options *options, const json_t *badge)
{
	for (size_t i = 2; i < options->n_words; i++) {
		if (strcmp(options->words[i], text_of(badge, "badge")) == 0)
			return true;
	}
	return options->n_words == 2 && strcmp(text_of(badge, "state"), "none") == 0;
}

/* The badges to be given credentials, as they were listed; NULL after it was said why not. */
static json_t *choose(const struct remote_options *options, const json_t *badges)
{
	json_t *chosen = json_array();
	for (size_t i = 0; i < json_array_size(badges); i++) {
		json_t *badge = json_array_get(badges, i);
		if (is_wanted(options, badge) && json_array_append(chosen, badge) != 0)
			break;
	}
	if (options->n_words == 2 || json_array_size(chosen) == options->n_words - 2)
		return chosen;
	(void)fprintf(stderr,
		"rostrumctl badges: %s has %zu of the %zu badges named; nothing was issued\n",
		options->words[1], json_array_size(chosen), options->n_words - 2);
	json_decref(chosen);
	return NULL;
}

/* Puts link and PIN to those that were asked for. False after it was said why not. */
static bool take_credentials(json_t *chosen, size_t first, const json_t *answer)
{
	const json_t *list_of = json_object_get(answer, "credentials");
	bool good = true;
	for (size_t i = 0; i < json_array_size(list_of); i++) {
		const json_t *credential = json_array_get(list_of, i);
		json_t *badge = json_array_get(chosen, first + i);
		good = good &&
		       json_object_set(badge, "link", json_object_get(credential, "link")) == 0 &&
		       json_object_set(badge, "pin", json_object_get(credential, "pin")) == 0;
	}
	return good;
}

static bool issue_batch(
	const struct remote_options *options, json_t *chosen, size_t first, size_t n)
{
	char path[PATH_LEN];
	struct rs_buf out;
	json_t *names = json_array();
	for (size_t i = first; i < first + n; i++)
		(void)json_array_append(names,
			json_object_get(json_array_get(chosen, i), "badge")); /* counted below */
	json_t *body = json_pack("{s:o}", "badges", names);
	char *text = body != NULL && json_array_size(names) == n ? json_dumps(body, 0) : NULL;
	json_t *answer = NULL;
	json_decref(body);
	(void)snprintf(path, sizeof(path), "/api/v1/conferences/%s/credentials", options->words[1]);
	rs_buf_init(&out, ANSWER_MAX);
	if (text != NULL && remote_request(options, path, text, strlen(text), &out) == 0)
		answer = parse(&out);
	rs_buf_done(&out);
	free(text);
	const bool good = answer != NULL && take_credentials(chosen, first, answer);
	json_decref(answer);
	return good;
}

/* Readable by its owner only: it opens the meeting. */
static int write_sheet(const struct remote_options *options, const json_t *issued)
{
	const int fd = open(options->sheet, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (file == NULL) {
		(void)fprintf(
			stderr, "rostrumctl badges: %s: %s\n", options->sheet, strerror(errno));
		if (fd >= 0)
			(void)close(fd); /* nothing was written */
		return FAILED;
	}
	const bool written = badges_write_sheet(file, options->words[1], issued);
	if (fclose(file) == 0 && written)
		return 0;
	(void)fprintf(stderr, "rostrumctl badges: %s: %s\n", options->sheet, strerror(errno));
	return FAILED;
}

static int print_issued(const struct remote_options *options, const json_t *issued)
{
	/* On stdout in any case: what cannot be written to a file is lost otherwise. */
	const int status = options->sheet != NULL ? write_sheet(options, issued) : 0;
	if (options->sheet != NULL && status == 0)
		return 0;
	if (options->json) {
		const int printed = print_json(json_deep_copy(issued));
		return status != 0 ? status : printed;
	}
	return badges_write_csv(stdout, issued) ? status : FAILED;
}

/* PINs are hashed slowly on purpose: three hundred take half a minute, and whoever looks on is told how far it is. */
static void show_progress(size_t done, size_t n)
{
	if (n <= BATCH || !isatty(STDERR_FILENO))
		return;
	(void)fprintf(stderr, "\033[K");
	if (done < n) /* what is said next takes its place */
		(void)fprintf(stderr, "  %zu of %zu badges\r", done, n);
}

static int issue(const struct remote_options *options)
{
	json_t *json = get_badges(options, options->words[1]);
	json_t *chosen = json != NULL ? choose(options, json_object_get(json, "badges")) : NULL;
	json_decref(json);
	if (chosen == NULL)
		return FAILED;
	const size_t n = json_array_size(chosen);
	size_t done = 0;
	bool good = true;
	while (done < n && good) {
		const size_t batch = n - done < BATCH ? n - done : BATCH;
		show_progress(done, n);
		good = issue_batch(options, chosen, done, batch);
		done += good ? batch : 0;
	}
	show_progress(n, n);
	/* Those that have theirs are told, whatever became of the rest. */
	for (size_t i = n; i > done; i--)
		(void)json_array_remove(chosen, i - 1);
	int status = done > 0 || good ? print_issued(options, chosen) : FAILED;
	json_decref(chosen);
	return good ? status : FAILED;
}

/* --- revoke --- */

static int revoke_badge(const struct remote_options *options)
{
	char path[PATH_LEN];
	struct rs_buf out;
	const char *badge = options->words[2];
	if (!rs_name_valid(badge, strlen(badge)))
		return misuse();
	(void)snprintf(path, sizeof(path), "/api/v1/conferences/%s/credentials/%s",
		options->words[1], badge);
	rs_buf_init(&out, ANSWER_MAX);
	json_t *json = remote_order(options, "DELETE", path, &out) == 0 ? parse(&out) : NULL;
	rs_buf_done(&out);
	if (json == NULL)
		return FAILED;
	if (options->json)
		return print_json(json);
	json_decref(json);
	(void)printf(
		"Badge \"%s\" is revoked: its PIN and its tokens are no longer good.\n", badge);
	return 0;
}

int badges_main(int argc, char **argv)
{
	struct remote_options options;
	if (remote_options_parse(argc, argv, &options) < 0 || options.n_words < 2 ||
		!rs_name_valid(options.words[1], strlen(options.words[1])))
		return misuse();
	if (strcmp(options.words[0], "list") == 0 && options.n_words == 2)
		return list(&options);
	if (strcmp(options.words[0], "issue") == 0)
		return issue(&options);
	if (strcmp(options.words[0], "revoke") == 0 && options.n_words == 3)
		return revoke_badge(&options);
	return misuse();
}
