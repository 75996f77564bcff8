/* rostrumctl archive export, import. */
#include "common/base/text.h"
#include "common/base/time.h"
#include "common/evidence/class.h"
#include "common/evidence/names.h"
#include "recorder/archive/seal/seal.h"
#include "recorder/archive/verify/verify.h"
#include "tools/rostrumctl/archive_priv.h"
#include "tools/rostrumctl/bag.h"
#include "tools/rostrumctl/transfer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void say_problem(void *ctx, const char *file, const char *text)
{
	(void)fprintf(stderr, "rostrumctl: %s: %s\n", file, text);
}

static void ignore_note(void *ctx, const char *file, const char *text)
{
	/* An unfinished segment may be exported as it is. */
}

/* The last part of a path, without slashes behind it. */
static void base_name(const char *path, char out[ARCHIVE_PATH_MAX])
{
	size_t len = strlen(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	size_t from = len;
	while (from > 0 && path[from - 1] != '/')
		from--;
	(void)rs_copy_text(
		out, ARCHIVE_PATH_MAX, path + from, len - from); /* cut is caught by mkdir */
}

/* Where it went and what it was; `key` names the target in JSON. */
static int tell(const struct options *options, const char *key, const char *to,
	const struct transfer_summary *summary)
{
	if (options->json)
		return archive_print(json_pack("{s:s, s:s, s:I, s:I}", key, to, "session",
			summary->session, "files", (json_int_t)summary->files, "octets",
			(json_int_t)summary->octets));
	(void)printf("%s: %s, %" PRIu64 " files, %" PRIu64 " octets\n", to, summary->session,
		summary->files, summary->octets);
	return 0;
}

int archive_import_main(const struct options *options)
{
	struct transfer_summary summary;
	char error[TRANSFER_ERROR_LEN] = "";
	if (options->to == NULL)
		return archive_usage();
	if (transfer_import(options->directory, options->to, &summary, error) < 0) {
		(void)fprintf(stderr, "rostrumctl: %s\n", error);
		return 1;
	}
	return tell(options, "root", options->to, &summary);
}

/* --- one session --- */

/* What was not public leaves only where that is said. */
static bool may_leave(const struct options *options)
{
	char class[CLASS_LEN];
	const int err = class_read(options->directory, class);
	if (err == -ENOENT || (err == 0 && strcmp(class, CLASS_PUBLIC) == 0) ||
		(err == 0 && options->closed))
		return true; /* that nothing is there is told later */
	(void)fprintf(stderr,
		"rostrumctl: %s: not exported: %s; --closed exports it all the same\n",
		options->directory,
		err < 0 ? "session.json does not say before whom it sat" : "it was not public");
	return false;
}

static int export_programme(const struct options *options, const char *name)
{
	struct transfer_summary summary;
	char error[TRANSFER_ERROR_LEN] = "";
	char to[ARCHIVE_PATH_MAX + 8];
	(void)snprintf(to, sizeof(to), "%.900s.%.64s.webm", name, options->language); /* fits */
	const char *target = options->to != NULL ? options->to : to;
	if (transfer_programme(options->directory, options->language, target, &summary, error) <
		0) {
		(void)fprintf(stderr, "rostrumctl: %s\n", error);
		return 1;
	}
	return tell(options, "programme", target, &summary);
}

/* It is a bag already, with what proves it. */
static int export_sealed(const struct options *options, const char *target)
{
	struct transfer_summary summary;
	char error[TRANSFER_ERROR_LEN] = "";
	if (transfer_copy(options->directory, target, &summary, error) < 0) {
		(void)fprintf(stderr, "rostrumctl: %s\n", error);
		return 1;
	}
	return tell(options, "bag", target, &summary);
}

static int export_unsealed(const struct options *options, const char *name, const char *target)
{
	const struct archive_sink sink = { .problem = say_problem, .note = ignore_note };
	struct archive_report report;
	struct bag_summary summary;
	char from[ARCHIVE_PATH_MAX];
	char date[RS_TIME_TEXT_LEN];
	char error[BAG_ERROR_LEN];
	int err = archive_verify(options->directory, NULL, &sink, &report);
	if (err < 0)
		return archive_complain(options->directory, err);
	if (report.problems > 0) {
		(void)fprintf(stderr,
			"rostrumctl: %s: not exported, since it is not what was recorded\n",
			options->directory);
		return 1;
	}
	err = names_path(options->directory, NAMES_DATA, from);
	if (err < 0)
		return archive_complain(options->directory, err);
	rs_wall_format(rs_clock_wall_us() / 1000, date);
	date[10] = '\0'; /* the day */
	err = bag_write(from, target, name, date, &summary, error);
	if (err < 0) {
		(void)fprintf(stderr, "rostrumctl: %s\n", error);
		return 1;
	}
	if (options->json)
		return archive_print(json_pack("{s:s, s:I, s:I}", "bag", target, "files",
			(json_int_t)summary.files, "octets", (json_int_t)summary.octets));
	(void)printf("%s: %" PRIu64 " files, %" PRIu64 " octets\n", target, summary.files,
		summary.octets);
	return 0;
}

int archive_export_main(const struct options *options)
{
	char name[ARCHIVE_PATH_MAX];
	char to[ARCHIVE_PATH_MAX + 8];
	uint32_t speech;
	if (!archive_speech(options, &speech))
		return archive_usage();
	if (options->open)
		return options->to != NULL && !options->closed && options->language == NULL &&
				       speech == 0
			       ? archive_export_public(options)
			       : archive_usage();
	if (!may_leave(options))
		return 1;
	base_name(options->directory, name);
	if (speech != 0 || (options->to != NULL && options->language != NULL &&
				   rs_ends_with(options->to, ".opus")))
		return archive_cut(options, speech);
	if (options->language != NULL)
		return export_programme(options, name);
	(void)snprintf(to, sizeof(to), "%s.bag", name);
	const char *target = options->to != NULL ? options->to : to;
	return seal_is_made(options->directory) ? export_sealed(options, target)
						: export_unsealed(options, name, target);
}
