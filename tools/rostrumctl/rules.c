#include "tools/rostrumctl/rules.h"

#include "common/base/text.h"
#include "signaling/wire/conference/conference.h"
#include "tools/rostrumctl/remote.h"

#include <jansson.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROFILE_MAX ((size_t)1 << 20)
#define REPORT_MAX ((size_t)1 << 20)

/* NUL-terminated, to be freed; NULL after the failure was said. */
static char *read_file(const char *path, size_t *out_len)
{
	FILE *file = fopen(path, "rb");
	char *text = file != NULL ? malloc(PROFILE_MAX + 1) : NULL;
	if (text == NULL) {
		(void)fprintf(stderr, "rostrumctl: %s: %s\n", path, strerror(errno));
		if (file != NULL)
			(void)fclose(file); /* read only */
		return NULL;
	}
	*out_len = fread(text, 1, PROFILE_MAX, file);
	text[*out_len] = '\0';
	(void)fclose(file); /* read only */
	return text;
}

/* "conf/rules/unga.json" is profile "unga"; a name that is none is refused by the reader. */
static void profile_name(const char *path, char out[RS_NAME_MAX + 2])
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	const size_t len = dot != NULL ? (size_t)(dot - base) : strlen(base);
	(void)rs_copy_text(out, RS_NAME_MAX + 2, base, len <= RS_NAME_MAX ? len : RS_NAME_MAX + 1);
}

static void print_json(const char *path, char *report)
{
	json_t *errors = json_array();
	for (char *line = strtok(report, "\n"); line != NULL; line = strtok(NULL, "\n"))
		(void)json_array_append_new(errors, json_string(line));
	json_t *json = json_pack("{s:s, s:o}", "file", path, "errors", errors);
	char *text = json_dumps(json, JSON_COMPACT);
	(void)printf("%s\n", text != NULL ? text : "{}");
	free(text);
	json_decref(json);
}

static int check(
	const struct remote_options *options, const char *path, const char *text, size_t len)
{
	char name[RS_NAME_MAX + 2];
	struct rs_buf report;
	rs_buf_init(&report, REPORT_MAX);
	profile_name(path, name);
	const int err = rules_check(name, text, len, &report);
	if (rs_buf_append(&report, "", 1) == 0) {
		char *lines = (char *)rs_buf_data(&report);
		if (options->json)
			print_json(path, lines);
		else if (err < 0)
			(void)fprintf(stderr, "%s", lines);
		else
			(void)printf("%s: a profile without errors\n", path);
	}
	rs_buf_done(&report);
	return err < 0 ? 1 : 0;
}

static int print_schema(const char *text, size_t len)
{
	struct rs_buf out;
	json_t *json = NULL;
	rs_buf_init(&out, REPORT_MAX);
	if (rules_schema(text, len, &out) == 0)
		json = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	rs_buf_done(&out);
	if (json == NULL) {
		(void)fprintf(
			stderr, "rostrumctl: the schema is that of a profile without errors\n");
		return 1;
	}
	const bool good = json_dumpf(json, stdout, JSON_INDENT(2) | JSON_SORT_KEYS) == 0;
	(void)printf("\n");
	json_decref(json);
	return good ? 0 : 1;
}

int rules_main(int argc, char **argv)
{
	struct remote_options options;
	if (remote_options_parse(argc, argv, &options) < 0)
		return 2;
	const bool schema = options.n_words == 2 && strcmp(options.words[0], "schema") == 0;
	if (options.n_words != 2 || (!schema && strcmp(options.words[0], "check") != 0)) {
		(void)fprintf(stderr, "usage: rostrumctl rules check|schema FILE [--json]\n");
		return 2;
	}
	size_t len;
	char *text = read_file(options.words[1], &len);
	if (text == NULL)
		return 1;
	const int code =
		schema ? print_schema(text, len) : check(&options, options.words[1], text, len);
	free(text);
	return code;
}
