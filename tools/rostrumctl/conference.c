#include "tools/rostrumctl/conference.h"

#include "tools/rostrumctl/remote.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_MAX ((size_t)32 << 20)
#define FILE_MAX ((size_t)4 << 20)
#define PATH_LEN 256
#define FAILED 1
#define MISUSED 2

/* --- Files --- */

static int read_file(const char *path, struct rs_buf *out)
{
	FILE *file = fopen(path, "rb");
	uint8_t *room = rs_buf_room(out, FILE_MAX);
	if (file == NULL || room == NULL) {
		(void)fprintf(stderr, "rostrumctl: %s: %s\n", path, strerror(errno));
		if (file != NULL)
			(void)fclose(file); /* read only */
		return -EIO;
	}
	const size_t len = fread(room, 1, FILE_MAX, file);
	const bool whole = feof(file) != 0 || fgetc(file) == EOF;
	(void)fclose(file); /* read only */
	rs_buf_commit(out, len);
	if (!whole)
		(void)fprintf(stderr, "rostrumctl: %s: longer than 4 MiB\n", path);
	return whole ? 0 : -E2BIG;
}

/* --- What is printed --- */

/* Walks "chair", "delegates KEN", "interpreters fr 1" without recursion: the lists are two deep at most. */
static void print_link(const char *group, const char *key, size_t number, const json_t *link)
{
	char name[112];
	if (number > 0)
		(void)snprintf(name, sizeof(name), "%.40s %.40s %zu", group, key, number);
	else
		(void)snprintf(name, sizeof(name), "%.40s%s%.40s", group,
			group[0] != '\0' ? " " : "", key);
	(void)printf("  %-24s %s\n", name, json_string_value(link));
}

static void print_group(const char *group, json_t *links)
{
	const char *key;
	json_t *value;
	json_object_foreach(links, key, value)
	{
		if (json_is_string(value))
			print_link(group, key, 0, value);
		for (size_t i = 0; i < json_array_size(value); i++)
			print_link(group, key, i + 1, json_array_get(value, i));
	}
}

static void print_links(const json_t *answer)
{
	json_t *links = json_object_get(answer, "links");
	const char *key;
	json_t *value;
	json_object_foreach(links, key, value)
	{
		if (json_is_string(value))
			print_link("", key, 0, value);
		else
			print_group(key, value);
	}
}

static const char *text_of(const json_t *answer, const char *key)
{
	const char *text = json_string_value(json_object_get(answer, key));
	return text != NULL ? text : "";
}

/* Takes `answer`. */
static int print_import(json_t *answer)
{
	(void)printf("Conference \"%s\" is imported. Join links for meeting \"%s\":\n",
		text_of(answer, "conference"), text_of(answer, "meeting"));
	print_links(answer);
	json_decref(answer);
	return 0;
}

/* Takes `answer`. */
static int print_rehearsal(json_t *answer)
{
	const char *name = text_of(answer, "meeting");
	(void)printf("Rehearsal \"%s\" of conference \"%s\" is in session. Join links:\n", name,
		text_of(answer, "conference"));
	print_links(answer);
	(void)printf("When it is over: rostrumctl rehearsal clear %s\n", name);
	json_decref(answer);
	return 0;
}

/* --- conference import FILE --- */

/* The conference file, alone or with the table beside it as a form. NULL after the failure was said. */
static json_t *send(
	const struct remote_options *options, const char *path, const struct rs_buf *file)
{
	struct rs_buf table;
	json_t *answer = NULL;
	if (options->delegations == NULL)
		return remote_ask(options, path, (const char *)rs_buf_data(file), rs_buf_len(file));
	rs_buf_init(&table, FILE_MAX);
	if (read_file(options->delegations, &table) == 0) {
		const struct remote_part parts[] = {
			{ "conference", "application/json", rs_buf_data(file), rs_buf_len(file) },
			{ "delegations", "text/csv", rs_buf_data(&table), rs_buf_len(&table) },
		};
		answer = remote_ask_form(options, path, parts, RS_ARRAY_LEN(parts));
	}
	rs_buf_done(&table);
	return answer;
}

static json_t *upload(const struct remote_options *options, const char *path, const char *name)
{
	struct rs_buf file;
	rs_buf_init(&file, FILE_MAX);
	json_t *answer = read_file(name, &file) == 0 ? send(options, path, &file) : NULL;
	rs_buf_done(&file);
	return answer;
}

int conference_main(int argc, char **argv)
{
	struct remote_options options;
	if (remote_options_parse(argc, argv, &options) < 0 || options.n_words != 2 ||
		strcmp(options.words[0], "import") != 0) {
		(void)fprintf(stderr,
			"usage: rostrumctl conference import FILE [--delegations FILE.csv] [--json] [--base URL] [--state DIR]\n");
		return MISUSED;
	}
	json_t *answer = upload(&options, "/api/v1/conferences", options.words[1]);
	if (answer == NULL)
		return FAILED;
	return options.json ? remote_print_json(answer) : print_import(answer);
}

/* --- rehearsal create FILE | clear NAME --- */

static int misuse(void)
{
	(void)fprintf(stderr,
		"usage: rostrumctl rehearsal create FILE [--delegations FILE.csv] [--meeting MEETING] [--name NAME] [--json]\n"
		"         a rehearsal of the file's MEETING (preset: its first with a floor), called NAME (preset: MEETING-rehearsal)\n"
		"       rostrumctl rehearsal clear NAME [--json]\n"
		"         end it and remove what is kept of it; recordings stay in the archive for their time\n"
		"       [--base URL] [--state DIR]\n");
	return MISUSED;
}

/* Absent, or a name; else it was said that it is none. */
static bool is_name(const char *option, const char *text)
{
	if (text == NULL || rs_name_valid(text, strlen(text)))
		return true;
	(void)fprintf(stderr, "rostrumctl rehearsal: %s: 1 to 64 of [A-Za-z0-9_-] are expected\n",
		option);
	return false;
}

static int create(const struct remote_options *options)
{
	char path[PATH_LEN];
	if (!is_name("--meeting", options->meeting) || !is_name("--name", options->name))
		return MISUSED;
	(void)snprintf(path, sizeof(path), "/api/v1/rehearsals?meeting=%s&name=%s",
		options->meeting != NULL ? options->meeting : "",
		options->name != NULL ? options->name : "");
	json_t *answer = upload(options, path, options->words[1]);
	if (answer == NULL)
		return FAILED;
	return options->json ? remote_print_json(answer) : print_rehearsal(answer);
}

static int clear(const struct remote_options *options)
{
	char path[PATH_LEN];
	struct rs_buf out;
	const char *name = options->words[1];
	if (!is_name("NAME", name))
		return MISUSED;
	(void)snprintf(path, sizeof(path), "/api/v1/meetings/%s", name);
	rs_buf_init(&out, ANSWER_MAX);
	json_t *json = remote_order(options, "DELETE", path, &out) == 0
			       ? remote_json(options, path, &out)
			       : NULL;
	rs_buf_done(&out);
	if (json == NULL)
		return FAILED;
	if (options->json)
		return remote_print_json(json);
	(void)printf(
		"Rehearsal \"%s\" is over, and its %" JSON_INTEGER_FORMAT
		" events are removed. Links, PINs and tests of lines stay with conference \"%s\";\n"
		"recordings, if there are any, stay in the archive for their time.\n",
		name, json_integer_value(json_object_get(json, "events")),
		json_string_value(json_object_get(json, "conference")));
	json_decref(json);
	return 0;
}

int rehearsal_main(int argc, char **argv)
{
	struct remote_options options;
	if (remote_options_parse(argc, argv, &options) < 0 || options.n_words != 2)
		return misuse();
	if (strcmp(options.words[0], "create") == 0)
		return create(&options);
	if (strcmp(options.words[0], "clear") == 0)
		return clear(&options);
	return misuse();
}
