#include "tools/rostrumctl/support.h"

#include "common/base/text.h"
#include "common/base/time.h"
#include "tools/rostrumctl/redact.h"
#include "tools/rostrumctl/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)16 << 20)
/* Of each log, its end. */
#define LOG_MAX ((long)1 << 20)
#define FILES_MAX 8
#define ARGUMENTS_MAX 64

struct wishes {
	const char *out;
	const char *configs[FILES_MAX], *logs[FILES_MAX];
	size_t n_configs, n_logs;
	struct remote_options remote;
};

/* ---- the command line ---- */

static bool take(struct wishes *wishes, const char *option, const char *value)
{
	if (strcmp(option, "--out") == 0)
		wishes->out = value;
	else if (strcmp(option, "--config") == 0 && wishes->n_configs < FILES_MAX)
		wishes->configs[wishes->n_configs++] = value;
	else if (strcmp(option, "--log") == 0 && wishes->n_logs < FILES_MAX)
		wishes->logs[wishes->n_logs++] = value;
	else
		return false;
	return true;
}

/* What is not ours is an option of all commands that ask the server. */
static int parse(int argc, char **argv, struct wishes *wishes)
{
	char *rest[ARGUMENTS_MAX];
	int n = 0;
	for (int i = 0; i < argc && n < ARGUMENTS_MAX; i++) {
		if (i > 0 && i + 1 < argc && take(wishes, argv[i], argv[i + 1]))
			i++;
		else
			rest[n++] = argv[i];
	}
	const int err = remote_options_parse(n, rest, &wishes->remote);
	if (err == 0 && wishes->out != NULL && wishes->remote.n_words == 0)
		return 0;
	(void)fprintf(stderr,
		"usage: rostrumctl support --out FILE [--config FILE]... [--log FILE]... [--base URL] [--state DIR]\n");
	return -EINVAL;
}

/* ---- what the server says ---- */

/* What could not be had is named; a bundle is wanted most when the server is down. */
static void miss(json_t *bundle, const char *what)
{
	(void)json_array_append_new(json_object_get(bundle, "missing"), json_string(what));
}

static json_t *ask(const struct wishes *wishes, json_t *bundle, const char *path, bool is_text)
{
	struct rs_buf answer;
	json_t *said = NULL;
	rs_buf_init(&answer, ANSWER_MAX);
	if (remote_request(&wishes->remote, path, NULL, 0, &answer) == 0) {
		const char *text = (const char *)rs_buf_data(&answer);
		const size_t len = rs_buf_len(&answer);
		said = is_text ? json_stringn(text, len) : json_loadb(text, len, 0, NULL);
	}
	if (said == NULL)
		miss(bundle, path);
	rs_buf_done(&answer);
	return said;
}

static void add_meetings(const struct wishes *wishes, json_t *bundle)
{
	json_t *said = ask(wishes, bundle, "/api/v1/meetings", false);
	json_t *list = json_object_get(said, "meetings");
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *meeting = json_array_get(list, i);
		const char *id = json_string_value(json_object_get(meeting, "id"));
		char path[256];
		if (id != NULL &&
			rs_format(path, sizeof(path), "/api/v1/meetings/%s/problems", id) == 0)
			(void)json_object_set_new(
				meeting, "current", ask(wishes, bundle, path, false));
	}
	(void)json_object_set(bundle, "meetings", list);
	json_decref(said);
}

/* ---- files ---- */

static void add_config(json_t *bundle, const char *path)
{
	json_t *config = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	if (config == NULL || redact_config(config) < 0) {
		json_decref(config);
		miss(bundle, path);
		return;
	}
	(void)json_object_set_new(json_object_get(bundle, "config"), path, config);
}

static json_t *read_log(FILE *file)
{
	json_t *said = NULL;
	struct rs_buf out;
	char *text = malloc((size_t)LOG_MAX);
	rs_buf_init(&out, 4 * (size_t)LOG_MAX);
	const bool cut = fseek(file, -LOG_MAX, SEEK_END) == 0;
	if (!cut)
		rewind(file); /* it is shorter */
	const size_t len = text != NULL ? fread(text, 1, (size_t)LOG_MAX, file) : 0;
	/* The rest of a line may be that of a token, whose beginning tells what it is. */
	const char *line = cut && text != NULL ? memchr(text, '\n', len) : text;
	const size_t passed = line != NULL ? (size_t)(line - text) : len;
	if (text != NULL && redact_log(text + passed, len - passed, &out) == 0)
		said = json_stringn((const char *)rs_buf_data(&out), rs_buf_len(&out));
	rs_buf_done(&out);
	free(text);
	return said;
}

static void add_log(json_t *bundle, const char *path)
{
	FILE *file = fopen(path, "r");
	json_t *said = file != NULL ? read_log(file) : NULL;
	if (file != NULL)
		(void)fclose(file);
	if (said == NULL)
		miss(bundle, path);
	else
		(void)json_object_set_new(json_object_get(bundle, "logs"), path, said);
}

/* ---- the bundle ---- */

static json_t *make(const struct wishes *wishes)
{
	char made[RS_TIME_TEXT_LEN];
	rs_wall_format(rs_clock_wall_us() / 1000, made);
	json_t *bundle =
		json_pack("{s:s, s:s, s:s, s:[], s:{}, s:{}}", "format", "rostrum-support/1",
			"made", made, "version", ROSTRUM_VERSION, "missing", "config", "logs");
	if (bundle == NULL)
		return NULL;
	(void)json_object_set_new(bundle, "health", ask(wishes, bundle, "/healthz", true));
	(void)json_object_set_new(bundle, "metrics", ask(wishes, bundle, "/metrics", true));
	(void)json_object_set_new(bundle, "nodes", ask(wishes, bundle, "/api/v1/nodes", false));
	add_meetings(wishes, bundle);
	for (size_t i = 0; i < wishes->n_configs; i++)
		add_config(bundle, wishes->configs[i]);
	for (size_t i = 0; i < wishes->n_logs; i++)
		add_log(bundle, wishes->logs[i]);
	return bundle;
}

/* A file of before is not written over: it may be the only one from when it went wrong. */
static int save(const json_t *bundle, const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	const int err = json_dumpfd(bundle, fd, JSON_INDENT(1)) < 0 ? -EIO : 0;
	return close(fd) < 0 && err == 0 ? -errno : err;
}

int support_main(int argc, char **argv)
{
	struct wishes wishes = { .out = NULL };
	if (parse(argc, argv, &wishes) < 0)
		return 2;
	json_t *bundle = make(&wishes);
	const int err = bundle != NULL ? save(bundle, wishes.out) : -ENOMEM;
	if (err < 0)
		(void)fprintf(stderr, "rostrumctl: %s: %s\n", wishes.out, strerror(-err));
	else
		(void)printf("%s: look through it before you pass it on; not to be had: %zu\n",
			wishes.out, json_array_size(json_object_get(bundle, "missing")));
	json_decref(bundle);
	return err < 0 ? 1 : 0;
}
