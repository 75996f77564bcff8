#include "tools/rostrumctl/archive.h"

#include "common/base/sign.h"
#include "common/base/text.h"
#include "common/base/time.h"
#include "recorder/archive/excerpt.h"
#include "recorder/archive/names.h"
#include "recorder/archive/seal.h"
#include "recorder/archive/verify.h"
#include "recorder/programme/remake.h"
#include "recorder/record/record.h"
#include "tools/rostrumctl/bag.h"
#include "tools/rostrumctl/custody.h"
#include "tools/rostrumctl/repair.h"
#include "tools/rostrumctl/transfer.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_LEN 1024

struct options {
	bool json;
	const char *directory;
	const char *track; /* proof */
	const char *from;
	const char *key; /* verify */
	const char *ca;
	const char *to;       /* export */
	const char *out;      /* record */
	const char *language; /* export */
};

static const char usage[] =
	"usage: rostrumctl archive list ROOT [--json]\n"
	"       rostrumctl archive verify DIR [--key FILE] [--ca FILE] [--json]   a session's archive, or all below a root;\n"
	"                          FILE: the only public key that may have signed, the authorities whose time stamps count\n"
	"       rostrumctl archive proof DIR --track T --from MS --to MS --out DIR2 [--json]   a part that can be verified alone\n"
	"       rostrumctl archive record DIR [--out DIR] [--json]      makes the record from the events again\n"
	"       rostrumctl archive programme DIR [--json]   makes it from the archive, where it is not whole\n"
	"       rostrumctl archive export DIR [--to BAG] [--json]   BagIt bag, as it was sealed; default: NAME.bag here\n"
	"       rostrumctl archive export DIR --language ID [--to FILE] [--json]  the programme of a language; default: NAME.ID.webm here\n"
	"       rostrumctl archive import DIR --to ROOT [--json]    into another site, if it is what was recorded\n" REPAIR_USAGE
		CUSTODY_USAGE;

static int print_json(json_t *json)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (text == NULL) {
		(void)fprintf(stderr, "rostrumctl: out of memory\n");
		return 1;
	}
	(void)printf("%s\n", text);
	free(text);
	return 0;
}

static int complain(const char *directory, int err)
{
	(void)fprintf(stderr, "rostrumctl: %s: %s\n", directory,
		err == -ENOENT ? "no archive is there" : strerror(-err));
	return 1;
}

/* --- list --- */

struct listing {
	bool json;
	json_t *items;
};

static void list_item(void *ctx, const struct archive_item *item)
{
	struct listing *listing = ctx;
	if (!listing->json) {
		(void)printf("%s  %s  %s  %" PRIu64 " files, %" PRIu64 " octets  %s\n",
			item->session, item->started, item->closed ? "closed" : "open",
			item->segments, item->octets, item->title);
		return;
	}
	(void)json_array_append_new(listing->items, /* a lack of memory shows when it is printed */
		json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:b}", "session", item->session,
			"meeting", item->meeting, "title", item->title, "started", item->started,
			"segments", (json_int_t)item->segments, "octets", (json_int_t)item->octets,
			"closed", item->closed));
}

static int list(const struct options *options)
{
	struct listing listing = { .json = options->json, .items = json_array() };
	const int err = archive_list(options->directory, list_item, &listing);
	if (err < 0) {
		json_decref(listing.items);
		return complain(options->directory, err);
	}
	if (options->json)
		return print_json(json_pack("{s:o}", "archives", listing.items));
	json_decref(listing.items);
	return 0;
}

/* --- verify --- */

struct verdicts {
	const struct options *options;
	struct archive_knowledge knowledge;
	int percent; /* shown last; -1 = nothing on the line */
	json_t *archives;
	json_t *problems; /* of the archive being read */
	json_t *notes;
	bool bad;
	int err;
	unsigned judged;
};

static void tell(json_t *list, const char *file, const char *text)
{
	(void)json_array_append_new(
		list, json_pack("{s:s, s:s}", "file", file, "text", text)); /* as above */
}

static void wipe_progress(struct verdicts *verdicts)
{
	if (verdicts->percent >= 0)
		(void)fprintf(stderr, "\r\033[K");
	verdicts->percent = -1;
}

static void show_progress(void *ctx, uint64_t done, uint64_t all)
{
	static const char bar[] = "########################################";
	struct verdicts *verdicts = ctx;
	const int percent = all > 0 ? (int)(done * 100 / all) : 0;
	if (percent == verdicts->percent)
		return;
	verdicts->percent = percent;
	(void)fprintf(stderr, "\r  [%-40.*s] %3d %%", percent * 40 / 100, bar, percent);
}

static void tell_problem(void *ctx, const char *file, const char *text)
{
	struct verdicts *verdicts = ctx;
	wipe_progress(verdicts);
	tell(verdicts->problems, file, text);
	if (!verdicts->options->json)
		(void)printf("  PROBLEM %s: %s\n", file, text);
}

static void tell_note(void *ctx, const char *file, const char *text)
{
	struct verdicts *verdicts = ctx;
	wipe_progress(verdicts);
	tell(verdicts->notes, file, text);
	if (!verdicts->options->json)
		(void)printf("  note    %s: %s\n", file, text);
}

static void print_report(const char *directory, const struct archive_report *r)
{
	(void)printf("%s: %s\n  %" PRIu64 " lines, %" PRIu64 " meeting events, %" PRIu64
		     " segments (%" PRIu64 " unfinished), %" PRIu64 " clusters (%" PRIu64
		     " under %" PRIu64 " signed heads), %" PRIu64 " octets (%" PRIu64
		     " not verifiable yet)\n  packets lost %" PRIu64
		     ", behind a closed gate %" PRIu64 ", silence made %" PRIu64 "; recording %s\n",
		directory, r->problems == 0 ? "good" : "NOT GOOD", r->lines, r->events, r->segments,
		r->unfinished, r->clusters, r->covered, r->heads, r->octets, r->unverified, r->lost,
		r->skipped, r->synthetic, r->closed ? "closed" : "open or cut off");
}

static json_t *report_json(
	const char *directory, const struct verdicts *verdicts, const struct archive_report *r)
{
	json_t *json = json_pack("{s:s, s:b, s:O, s:O}", "directory", directory, "good",
		r->problems == 0, "problems", verdicts->problems, "notes", verdicts->notes);
	const struct {
		const char *key;
		uint64_t value;
	} numbers[] = { { "lines", r->lines }, { "events", r->events }, { "segments", r->segments },
		{ "deleted", r->deleted }, { "encrypted", r->encrypted },
		{ "encrypted_events", r->encrypted_events }, { "unfinished", r->unfinished },
		{ "clusters", r->clusters }, { "signatures", r->signatures },
		{ "stamps", r->stamps }, { "heads", r->heads }, { "covered", r->covered },
		{ "octets", r->octets }, { "unverified", r->unverified }, { "lost", r->lost },
		{ "skipped", r->skipped }, { "synthetic", r->synthetic } };
	for (size_t i = 0; i < RS_ARRAY_LEN(numbers); i++)
		(void)json_object_set_new(json, numbers[i].key,
			json_integer((json_int_t)numbers[i].value)); /* as above */
	(void)json_object_set_new(json, "closed", json_boolean(r->closed));
	(void)json_object_set_new(json, "sealed", json_boolean(r->sealed));
	return json;
}

static int verify_one(struct verdicts *verdicts, const char *directory)
{
	const struct archive_sink sink = {
		.problem = tell_problem, .note = tell_note, .ctx = verdicts
	};
	struct archive_report report;
	verdicts->problems = json_array();
	verdicts->notes = json_array();
	const int err = (excerpt_is(directory) ? excerpt_verify : archive_verify)(
		directory, &verdicts->knowledge, &sink, &report);
	wipe_progress(verdicts);
	if (err == 0) {
		verdicts->judged++;
		verdicts->bad = verdicts->bad || report.problems > 0;
		if (verdicts->options->json)
			(void)json_array_append_new(verdicts->archives,
				report_json(directory, verdicts, &report)); /* as above */
		else
			print_report(directory, &report);
	}
	json_decref(verdicts->problems);
	json_decref(verdicts->notes);
	return err;
}

static void verify_item(void *ctx, const struct archive_item *item)
{
	struct verdicts *verdicts = ctx;
	char directory[PATH_LEN];
	int err = rs_format(
		directory, sizeof(directory), "%s/%s", verdicts->options->directory, item->session);
	if (err == 0)
		err = verify_one(verdicts, directory);
	if (err < 0)
		verdicts->err = err;
}

/* Says what is wrong. */
static bool read_key(const char *path, uint8_t out_key[RS_SIGN_PUBLIC_LEN])
{
	char pem[RS_SIGN_PUBLIC_PEM_LEN + 1];
	FILE *file = fopen(path, "r");
	const size_t n = file != NULL ? fread(pem, 1, sizeof(pem), file) : 0;
	if (file != NULL)
		(void)fclose(file); /* read only */
	const bool good = rs_sign_parse_public(pem, n, out_key) == 0;
	if (!good)
		(void)fprintf(stderr, "rostrumctl: %s: %s\n", path,
			file == NULL ? strerror(errno) : "no Ed25519 public key in PEM");
	return good;
}

static int verify(const struct options *options)
{
	struct verdicts verdicts = { .options = options,
		.knowledge = { .ca_file = options->ca },
		.percent = -1,
		.archives = json_array() };
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	if (options->key != NULL && !read_key(options->key, key)) {
		json_decref(verdicts.archives);
		return 2;
	}
	verdicts.knowledge.key = options->key != NULL ? key : NULL;
	if (!options->json && isatty(STDERR_FILENO)) {
		verdicts.knowledge.progress = show_progress;
		verdicts.knowledge.ctx = &verdicts;
	}
	int err = verify_one(&verdicts, options->directory);
	if (err == -ENOENT) {
		err = archive_list(options->directory, verify_item, &verdicts);
		if (err == 0)
			err = verdicts.err;
		if (err == 0 && verdicts.judged == 0)
			err = -ENOENT;
	}
	if (err < 0) {
		json_decref(verdicts.archives);
		return complain(options->directory, err);
	}
	int status = 0;
	if (options->json)
		status = print_json(json_pack(
			"{s:b, s:o}", "good", !verdicts.bad, "archives", verdicts.archives));
	else
		json_decref(verdicts.archives);
	return verdicts.bad ? 1 : status;
}

/* --- record --- */

static int record(const struct options *options)
{
	const struct record_making how = { .out = options->out,
		.sealed = seal_is_made(options->directory) };
	RS_CLEANUP(record_freep) struct record *made = NULL;
	int err = record_make(options->directory, &how);
	if (err == -EEXIST) {
		(void)fprintf(stderr,
			"rostrumctl: %s: is sealed with another record in it; make a new one elsewhere with --out\n",
			options->directory);
		return 1;
	}
	if (err == 0)
		err = record_load(options->directory, &made);
	if (err < 0)
		return complain(options->directory, err);
	if (options->json)
		return print_json(json_pack("{s:s, s:I, s:I, s:I, s:I}", "session", made->session,
			"speeches", (json_int_t)made->n_speeches, "decisions",
			(json_int_t)made->n_decisions, "unreadable", (json_int_t)made->bad_lines,
			"left_out", (json_int_t)made->left_out));
	(void)printf("%s: %zu speeches, %zu decisions, %zu points of order\n", made->session,
		made->n_speeches, made->n_decisions, made->n_points);
	if (made->bad_lines > 0 || made->left_out > 0)
		(void)printf("  %" PRIu64 " lines could not be read, %" PRIu64
			     " things were left out, since there were too many\n",
			made->bad_lines, made->left_out);
	return 0;
}

/* --- programme --- */

static int programme(const struct options *options)
{
	struct remake_result result = { .files = 0 };
	const bool current = programme_is_current(options->directory);
	if (!current && seal_is_made(options->directory)) {
		(void)fprintf(stderr,
			"rostrumctl: %s: is sealed with another programme in it, or with none\n",
			options->directory);
		return 1;
	}
	const int err =
		current ? 0 : programme_remake(options->directory, &(struct remake){ 0 }, &result);
	if (err < 0)
		return complain(options->directory, err);
	if (options->json)
		return print_json(json_pack("{s:b, s:I, s:I, s:I}", "made", !current, "files",
			(json_int_t)result.files, "duration_ms", (json_int_t)result.duration_ms,
			"unreadable", (json_int_t)result.unreadable));
	if (current)
		(void)printf("%s: the programme is whole\n", options->directory);
	else
		(void)printf("%s: %zu files of %" PRId64 " s made; %" PRIu64
			     " segments could not be read\n",
			options->directory, result.files, result.duration_ms / 1000,
			result.unreadable);
	return 0;
}

/* --- proof --- */

static int prove(const struct options *options)
{
	struct excerpt_wish wish = { .track = options->track };
	struct excerpt_summary summary;
	char why[EXCERPT_WHY_LEN];
	uint64_t from;
	uint64_t to;
	if (options->track == NULL || options->out == NULL || options->from == NULL ||
		options->to == NULL ||
		rs_parse_u64(options->from, strlen(options->from), INT64_MAX, &from) < 0 ||
		rs_parse_u64(options->to, strlen(options->to), INT64_MAX, &to) < 0) {
		(void)fputs(usage, stderr);
		return 2;
	}
	wish.from_ms = (int64_t)from;
	wish.to_ms = (int64_t)to;
	if (excerpt_make(options->directory, &wish, options->out, &summary, why) < 0) {
		(void)fprintf(stderr, "rostrumctl: %s: %s\n", options->directory, why);
		return 1;
	}
	if (options->json)
		return print_json(json_pack("{s:s, s:I, s:I, s:I}", "proof", options->out, "files",
			(json_int_t)summary.files, "clusters", (json_int_t)summary.clusters,
			"octets", (json_int_t)summary.octets));
	(void)printf("%s: %" PRIu64 " clusters in %" PRIu64 " files, %" PRIu64 " octets\n",
		options->out, summary.clusters, summary.files, summary.octets);
	return 0;
}

/* --- export --- */

static void say_problem(void *ctx, const char *file, const char *text)
{
	(void)fprintf(stderr, "rostrumctl: %s: %s\n", file, text);
}

static void ignore_note(void *ctx, const char *file, const char *text)
{
	/* An unfinished segment may be exported as it is. */
}

/* The last part of a path, without slashes behind it. */
static void base_name(const char *path, char out[PATH_LEN])
{
	size_t len = strlen(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	size_t from = len;
	while (from > 0 && path[from - 1] != '/')
		from--;
	(void)rs_copy_text(out, PATH_LEN, path + from, len - from); /* cut is caught by mkdir */
}

/* A copy as it is, or without `copy` the programme of a language; `key` names the target in JSON. */
static int transfer(const struct options *options, const char *to,
	int (*copy)(const char *from, const char *to, struct transfer_summary *out_summary,
		char error[TRANSFER_ERROR_LEN]),
	const char *key)
{
	struct transfer_summary summary;
	char error[TRANSFER_ERROR_LEN] = "";
	const int err = copy != NULL ? copy(options->directory, to, &summary, error)
				     : transfer_programme(options->directory, options->language, to,
					       &summary, error);
	if (err < 0) {
		(void)fprintf(stderr, "rostrumctl: %s\n", error);
		return 1;
	}
	if (options->json)
		return print_json(json_pack("{s:s, s:s, s:I, s:I}", key, to, "session",
			summary.session, "files", (json_int_t)summary.files, "octets",
			(json_int_t)summary.octets));
	(void)printf("%s: %s, %" PRIu64 " files, %" PRIu64 " octets\n", to, summary.session,
		summary.files, summary.octets);
	return 0;
}

static int import(const struct options *options)
{
	if (options->to == NULL) {
		(void)fputs(usage, stderr);
		return 2;
	}
	return transfer(options, options->to, transfer_import, "root");
}

static int export(const struct options *options)
{
	const struct archive_sink sink = { .problem = say_problem, .note = ignore_note };
	struct archive_report report;
	char name[PATH_LEN];
	char to[PATH_LEN + 8];
	char from[PATH_LEN];
	char date[RS_TIME_TEXT_LEN];
	char error[BAG_ERROR_LEN];
	base_name(options->directory, name);
	(void)snprintf(to, sizeof(to), "%s.bag", name);
	if (options->language != NULL)
		(void)snprintf(to, sizeof(to), "%.900s.%.64s.webm", name, options->language);
	const char *target = options->to != NULL ? options->to : to;
	if (options->language != NULL)
		return transfer(options, target, NULL, "programme");
	/* It is a bag already, with what proves it. */
	if (seal_is_made(options->directory))
		return transfer(options, target, transfer_copy, "bag");
	int err = archive_verify(options->directory, NULL, &sink, &report);
	if (err < 0)
		return complain(options->directory, err);
	if (report.problems > 0) {
		(void)fprintf(stderr,
			"rostrumctl: %s: not exported, since it is not what was recorded\n",
			options->directory);
		return 1;
	}
	err = names_path(options->directory, NAMES_DATA, from);
	if (err < 0)
		return complain(options->directory, err);
	rs_wall_format(rs_clock_wall_us() / 1000, date);
	date[10] = '\0'; /* the day */
	struct bag_summary summary;
	err = bag_write(from, target, name, date, &summary, error);
	if (err < 0) {
		(void)fprintf(stderr, "rostrumctl: %s\n", error);
		return 1;
	}
	if (options->json)
		return print_json(json_pack("{s:s, s:I, s:I}", "bag", target, "files",
			(json_int_t)summary.files, "octets", (json_int_t)summary.octets));
	(void)printf("%s: %" PRIu64 " files, %" PRIu64 " octets\n", target, summary.files,
		summary.octets);
	return 0;
}

/* --- command line --- */

static const struct {
	const char *name;
	int (*run)(const struct options *options);
} verbs[] = {
	{ "list", list },
	{ "verify", verify },
	{ "proof", prove },
	{ "record", record },
	{ "programme", programme },
	{ "export", export },
	{ "import", import },
};

static bool parse_options(int argc, char **argv, struct options *out)
{
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			out->json = true;
		else if (strcmp(argv[i], "--track") == 0 && i + 1 < argc)
			out->track = argv[++i];
		else if (strcmp(argv[i], "--from") == 0 && i + 1 < argc)
			out->from = argv[++i];
		else if (strcmp(argv[i], "--key") == 0 && i + 1 < argc)
			out->key = argv[++i];
		else if (strcmp(argv[i], "--ca") == 0 && i + 1 < argc)
			out->ca = argv[++i];
		else if (strcmp(argv[i], "--to") == 0 && i + 1 < argc)
			out->to = argv[++i];
		else if (strcmp(argv[i], "--language") == 0 && i + 1 < argc)
			out->language = argv[++i];
		else if (strcmp(argv[i], "--out") == 0 && i + 1 < argc)
			out->out = argv[++i];
		else if (argv[i][0] == '-' || out->directory != NULL)
			return false;
		else
			out->directory = argv[i];
	}
	return out->directory != NULL;
}

int archive_main(int argc, char **argv)
{
	struct options options = { 0 };
	int status = custody_main(argc, argv);
	if (status < 0)
		status = repair_main(argc, argv);
	if (status == 0 || status == 1)
		return status;
	if (status < 0 && argc >= 3 && parse_options(argc, argv, &options))
		for (size_t i = 0; i < RS_ARRAY_LEN(verbs); i++)
			if (strcmp(argv[1], verbs[i].name) == 0)
				return verbs[i].run(&options);
	(void)fputs(usage, stderr);
	return 2;
}
