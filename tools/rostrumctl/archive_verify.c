/* rostrumctl archive list, verify. */
#include "common/base/sign.h"
#include "common/base/text.h"
#include "common/evidence/lines.h"
#include "recorder/archive/custody/custody.h"
#include "recorder/archive/custody/list.h"
#include "recorder/archive/verify/excerpt_verify.h"
#include "recorder/archive/verify/verify.h"
#include "tools/rostrumctl/archive_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- list --- */

struct listing {
	bool json;
	json_t *items;
};

static void list_item(void *ctx, const struct archive_item *item)
{
	struct listing *listing = ctx;
	if (!listing->json) {
		(void)printf("%s  %s  %s  %" PRIu64 " files, %" PRIu64 " octets  %s%s%s%s\n",
			item->session, item->started, item->closed ? "closed" : "open",
			item->segments, item->octets, item->class,
			item->class[0] != '\0' ? item->encrypted ? ", encrypted" : ", not encrypted"
					       : "",
			item->class[0] != '\0' && item->title[0] != '\0' ? ": " : "", item->title);
		return;
	}
	(void)json_array_append_new(listing->items, /* a lack of memory shows when it is printed */
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:b}", "session", item->session,
			"meeting", item->meeting, "class",
			item->class[0] != '\0' ? item->class : "public", "title", item->title,
			"started", item->started, "segments", (json_int_t)item->segments, "octets",
			(json_int_t)item->octets, "closed", item->closed, "encrypted",
			item->encrypted));
}

int archive_list_main(const struct options *options)
{
	struct listing listing = { .json = options->json, .items = json_array() };
	const int err = archive_list(options->directory, list_item, &listing);
	if (err < 0) {
		json_decref(listing.items);
		return archive_complain(options->directory, err);
	}
	if (options->json)
		return archive_print(json_pack("{s:o}", "archives", listing.items));
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
	char directory[ARCHIVE_PATH_MAX];
	int err = rs_format(
		directory, sizeof(directory), "%s/%s", verdicts->options->directory, item->session);
	if (err == 0)
		err = verify_one(verdicts, directory);
	if (err < 0)
		verdicts->err = err;
}

/* What became of all of them. Its own report goes beside theirs. */
static int verify_audit(struct verdicts *verdicts, json_t **out_json)
{
	const struct archive_sink sink = {
		.problem = tell_problem, .note = tell_note, .ctx = verdicts
	};
	const char *root = verdicts->options->directory;
	struct archive_report report;
	verdicts->problems = json_array();
	verdicts->notes = json_array();
	const int err = archive_verify_audit(root, &verdicts->knowledge, &sink, &report);
	if (err == 0 && report.lines + report.problems > 0) {
		verdicts->judged++;
		verdicts->bad = verdicts->bad || report.problems > 0;
		*out_json = json_pack("{s:b, s:I, s:O, s:O}", "good", report.problems == 0, "lines",
			(json_int_t)report.lines, "problems", verdicts->problems, "notes",
			verdicts->notes);
		if (!verdicts->options->json)
			(void)printf("%s/" CUSTODY_AUDIT ": %s\n  %" PRIu64 " lines\n", root,
				report.problems == 0 ? "good" : "NOT GOOD", report.lines);
	}
	json_decref(verdicts->problems);
	json_decref(verdicts->notes);
	return err;
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

/* The last line of a file, which the caller frees. Says what is wrong. */
static bool read_head(const char *path, char **out_head)
{
	struct lines file;
	struct line line;
	struct line last = { 0 };
	json_error_t error;
	const int err = lines_open(&file, path);
	while (err == 0 && lines_next(&file, &line) == 1)
		last = line;
	json_t *json = err == 0 ? json_loadb(last.text, last.len, 0, &error) : NULL;
	const char *type = json_string_value(json_object_get(json, "type"));
	const bool good = type != NULL && strcmp(type, "tree-head") == 0;
	json_decref(json);
	*out_head = good ? strndup(last.text, last.len) : NULL;
	if (err == 0)
		lines_done(&file);
	if (*out_head == NULL)
		(void)fprintf(stderr, "rostrumctl: %s: %s\n", path,
			err < 0 ? strerror(-err) : "a line of proof/heads.jsonl is expected");
	return *out_head != NULL;
}

int archive_verify_main(const struct options *options)
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
	char *head = NULL;
	if (options->head != NULL && !read_head(options->head, &head)) {
		json_decref(verdicts.archives);
		return 2;
	}
	verdicts.knowledge.head = head;
	verdicts.knowledge.key = options->key != NULL ? key : NULL;
	if (!options->json && isatty(STDERR_FILENO)) {
		verdicts.knowledge.progress = show_progress;
		verdicts.knowledge.ctx = &verdicts;
	}
	json_t *audit = NULL;
	int err = verify_one(&verdicts, options->directory);
	if (err == -ENOENT && head == NULL) { /* a head is of one session */
		err = archive_list(options->directory, verify_item, &verdicts);
		if (err == 0)
			err = verdicts.err;
		if (err == 0)
			err = verify_audit(&verdicts, &audit);
		if (err == 0 && verdicts.judged == 0)
			err = -ENOENT;
	}
	free(head);
	if (err < 0) {
		json_decref(verdicts.archives);
		json_decref(audit);
		return archive_complain(options->directory, err);
	}
	int status = 0;
	if (options->json)
		status = archive_print(json_pack("{s:b, s:O, s:O*}", "good", !verdicts.bad,
			"archives", verdicts.archives, "audit", audit));
	json_decref(verdicts.archives);
	json_decref(audit);
	return verdicts.bad ? 1 : status;
}
