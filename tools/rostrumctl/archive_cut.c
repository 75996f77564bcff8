/* rostrumctl archive export --speech, and of a language as sound alone: a part of a programme, or its sound, in a file of its own. */
#include "common/base/text.h"
#include "common/evidence/names.h"
#include "recorder/programme/cut.h"
#include "tools/rostrumctl/archive_priv.h"
#include "tools/rostrumctl/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TITLE_LEN 400

static int say(const struct options *options, const char *what, const char *text)
{
	(void)fprintf(stderr, "rostrumctl: %s: %s%s%s\n", options->directory, what,
		what[0] != '\0' ? " " : "", text);
	return 1;
}

/* What the record says: of the meeting and, where one is asked for, of the speech. */
struct said {
	char title[TITLE_LEN];
	char language[RS_NAME_MAX + 1];
	int64_t wall_ms;
	int64_t from_ms;
	int64_t to_ms;
};

static const char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));
	return text != NULL ? text : "";
}

static void read_language(const json_t *index, const char *id, struct said *out)
{
	size_t i;
	const json_t *language;
	json_array_foreach(json_object_get(index, "languages"), i, language)
	{
		if (strcmp(text_of(language, "id"), id) == 0)
			(void)rs_set_text(
				out->language, text_of(language, "language")); /* or none */
	}
}

static bool read_speech(const json_t *index, uint32_t number, struct said *out)
{
	size_t i;
	const json_t *speech;
	json_array_foreach(json_object_get(index, "speeches"), i, speech)
	{
		if (json_integer_value(json_object_get(speech, "n")) != number)
			continue;
		(void)snprintf(out->title, sizeof(out->title), "%.200s: %.150s",
			text_of(index, "title"), text_of(speech, "name")); /* may be cut */
		out->from_ms = json_integer_value(json_object_get(speech, "from_ms"));
		out->to_ms = json_integer_value(json_object_get(speech, "to_ms"));
		return out->to_ms > out->from_ms;
	}
	return false;
}

/* 0, or 1 and it was said. */
static int read_record(
	const struct options *options, uint32_t speech, const char *language, struct said *out)
{
	char path[ARCHIVE_PATH_LEN];
	json_error_t error;
	*out = (struct said){ .to_ms = INT64_MAX };
	if (names_path(options->directory, NAMES_INDEX, path) < 0)
		return say(options, "", strerror(ENAMETOOLONG));
	json_t *index = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (index == NULL)
		return say(options, names_place(NAMES_INDEX),
			"is not there: the record of this session has not been made");
	(void)rs_copy_string(
		out->title, sizeof(out->title), text_of(index, "title")); /* may be cut */
	out->wall_ms = json_integer_value(json_object_get(index, "started_ms"));
	read_language(index, language, out);
	const bool found = speech == 0 || read_speech(index, speech, out);
	json_decref(index);
	out->title[rs_utf8_cut(out->title, sizeof(out->title) - 1)] = '\0';
	return found ? 0 : say(options, "--speech", "names none in the record");
}

static int tell(const struct options *options, const struct cut_result *result)
{
	if (options->json)
		return archive_print(json_pack("{s:s, s:I, s:I, s:I}", "file", options->to,
			"duration_ms", (json_int_t)result->duration_ms, "packets",
			(json_int_t)result->packets, "pictures", (json_int_t)result->pictures));
	(void)printf("%s: %" PRId64 ".%03" PRId64 " s, %" PRIu64 " packets, %" PRIu64 " pictures\n",
		options->to, result->duration_ms / 1000, result->duration_ms % 1000,
		result->packets, result->pictures);
	return 0;
}

static int write_cut(const struct options *options, const struct said *said, int from)
{
	struct cut_result result;
	const int to = open(options->to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (to < 0) {
		(void)fprintf(stderr, "rostrumctl: %s: %s\n", options->to, strerror(errno));
		return 1;
	}
	const struct cut cut = { .from = from,
		.to = to,
		.form = rs_ends_with(options->to, ".opus") ? CUT_OPUS : CUT_WEBM,
		.from_ms = said->from_ms,
		.to_ms = said->to_ms,
		.title = said->title,
		.language = said->language,
		.app = "rostrumctl " ROSTRUM_VERSION,
		.wall_ms = said->wall_ms };
	int err = cut_make(&cut, &result);
	if (err == 0 && fsync(to) < 0)
		err = -errno;
	if (close(to) < 0 && err == 0)
		err = -errno;
	if (err == 0)
		return tell(options, &result);
	(void)unlink(options->to); /* best effort: half of one is of no use */
	return say(options, "",
		err == -ENOENT    ? "there is no sound at that time"
		: err == -EBADMSG ? "the programme is none that was written here"
				  : strerror(-err));
}

int archive_cut(const struct options *options, uint32_t speech)
{
	const char *language = options->language != NULL ? options->language : NAMES_FLOOR;
	char name[NAMES_FILE_LEN];
	char path[ARCHIVE_PATH_LEN];
	char error[TRANSFER_ERROR_LEN] = "";
	struct said said;
	if (options->to == NULL ||
		(!rs_ends_with(options->to, ".opus") && !rs_ends_with(options->to, ".webm")))
		return say(options, "--to", "wants a file that ends in .opus or .webm");
	if (!rs_name_valid(language, strlen(language)))
		return say(options, language, "is no language");
	if (read_record(options, speech, language, &said) != 0)
		return 1;
	names_programme(language, name);
	if (names_file_path(options->directory, name, "", path) < 0)
		return say(options, "", strerror(ENAMETOOLONG));
	if (transfer_judge(options->directory, error) < 0) {
		(void)fprintf(stderr, "rostrumctl: %s\n", error);
		return 1;
	}
	const int from = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (from < 0)
		return say(options, language,
			errno == ENOENT ? "has no programme in this session" : strerror(errno));
	const int status = write_cut(options, &said, from);
	(void)close(from); /* read only */
	return status;
}
