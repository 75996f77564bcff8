#include "common/evidence/chain.h"
#include "common/evidence/class.h"
#include "recorder/archive/custody/custody.h"
#include "recorder/archive/custody/list.h"
#include "recorder/archive/custody/removal.h"
#include "recorder/archive/custody/retention.h"
#include "recorder/archive/custody/second.h"

#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct apply {
	const struct retention_run *run;
	struct custody *audit; /* open for reading only when dry */
	struct second second;
};

/* A session being judged. */
struct subject {
	struct apply *apply;
	const char *name;
	char directory[ARCHIVE_PATH_LEN];
	char custody[ARCHIVE_PATH_LEN];
	enum retention_class class;
	int64_t ended_ms;
};

/* Something whose time is over. `file` below the session's directory, "" = all. */
struct due {
	const char *file;
	uint64_t octets;
	enum retention_material material;
};

static void tell(const struct subject *subject, const struct due *due,
	enum retention_verdict verdict, const char *why)
{
	const struct retention_run *run = subject->apply->run;
	char rule[RETENTION_RULE_LEN] = "";
	char utc[RS_TIME_TEXT_LEN] = "";
	if (due->material < RETENTION_MATERIALS) {
		retention_rule(run->schedule, subject->class, due->material, rule);
		rs_wall_format(retention_due(run->schedule, subject->class, due->material,
				       subject->ended_ms),
			utc);
	}
	const struct retention_item item = { .verdict = verdict,
		.session = subject->name,
		.file = due->file,
		.rule = rule,
		.due = utc,
		.octets = due->octets,
		.why = why };
	run->item(run->ctx, &item);
}

static void pass_over(const struct subject *subject, const char *why)
{
	tell(subject, &(struct due){ .file = "", .material = RETENTION_NEVER },
		RETENTION_PASSED_OVER, why);
}

/* --- deleting --- */

/* `at_copy`, where there is one: "copy" or "owed". */
static json_t *line_of(const struct subject *subject, const struct due *due, const char *at_copy)
{
	const struct retention_run *run = subject->apply->run;
	char rule[RETENTION_RULE_LEN];
	retention_rule(run->schedule, subject->class, due->material, rule);
	json_t *line = json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s}", "session", subject->name,
		"file", due->file, "octets", (json_int_t)due->octets, "rule", rule, "schedule",
		run->schedule->title, "schedule_sha256", run->schedule->sha256, "by", run->by);
	if (run->copy == NULL || line == NULL ||
		json_object_set_new(line, at_copy, json_string(run->copy)) == 0)
		return line;
	json_decref(line);
	return NULL;
}

static int note(struct custody *custody, const struct subject *subject, const struct due *due,
	const char *type, const char *at_copy)
{
	uint64_t number;
	custody_sign_with(custody, subject->apply->run->signer);
	return custody_add(custody, type, line_of(subject, due, at_copy),
		subject->apply->run->wall_ms, &number);
}

/* What went from the root goes from the copy. False: it is owed there. */
static bool delete_copy(const struct subject *subject, const struct due *due)
{
	struct second *second = &subject->apply->second;
	char file[ARCHIVE_PATH_LEN];
	if (!second_is_there(second) || second_take(second, subject->name, due->file) < 0)
		return false;
	if (due->file[0] != '\0' && rs_format(file, sizeof(file), "%s/%s", subject->name,
					    names_place(NAMES_CUSTODY)) == 0)
		second_bring(second, file);
	return true;
}

/* The lines are durable before anything goes. */
static int delete (const struct subject *subject, struct custody *custody, const struct due *due,
	enum retention_verdict *out_verdict)
{
	const struct retention_run *run = subject->apply->run;
	struct custody *audit = subject->apply->audit;
	int err = note(audit, subject, due, "deleting", "copy");
	if (err == 0 && due->material != RETENTION_SESSION)
		err = note(custody, subject, due, "deleted", "copy");
	if (err == 0)
		err = removal_take(run->root, subject->name, due->file);
	if (err < 0)
		return err;
	const bool owed = run->copy != NULL && !delete_copy(subject, due);
	*out_verdict = owed ? RETENTION_OWED : RETENTION_DELETED;
	return note(audit, subject, due, "deleted", owed ? "owed" : "copy");
}

/* Holds are looked at again before each deletion, behind the lock that setting one takes. */
static void dispose(const struct subject *subject, const struct due *due)
{
	RS_CLEANUP(custody_freep) struct custody *custody = NULL;
	const struct second *second = &subject->apply->second;
	const bool dry = subject->apply->run->dry;
	enum retention_verdict verdict = RETENTION_DUE;
	char why[CUSTODY_WHY_LEN];
	char reason[CUSTODY_REASON_MAX + 1];
	int err = custody_open(subject->custody, dry ? CUSTODY_READ : CUSTODY_WRITE, why, &custody);
	if (err < 0) {
		tell(subject, due, RETENTION_PASSED_OVER, why[0] != '\0' ? why : strerror(-err));
		return;
	}
	const struct custody_hold *hold = custody_hold(custody, 0);
	if (hold != NULL || second_holds(second, subject->name, reason)) {
		tell(subject, due, RETENTION_HELD, hold != NULL ? hold->reason : reason);
		return;
	}
	if (!dry)
		err = delete (subject, custody, due, &verdict);
	if (err < 0)
		tell(subject, due, RETENTION_PASSED_OVER, strerror(-err));
	else
		tell(subject, due, verdict, verdict == RETENTION_OWED ? second->why : "");
}

/* --- judging --- */

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_due(const struct subject *subject, enum retention_material material)
{
	const struct retention_run *run = subject->apply->run;
	return retention_due(run->schedule, subject->class, material, subject->ended_ms) <=
	       run->wall_ms;
}

/* Calls for each file below `folder`. */
static int each_file(const struct subject *subject, const char *folder,
	void (*take)(const struct subject *, const FTSENT *, void *), void *ctx)
{
	char root[ARCHIVE_PATH_LEN];
	(void)rs_set_text(root, folder); /* as long; fts wants to be able to write */
	char *roots[] = { root, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	if (tree == NULL)
		return -errno;
	const FTSENT *entry;
	while ((entry = fts_read(tree)) != NULL)
		if (entry->fts_info == FTS_F)
			take(subject, entry, ctx);
	(void)fts_close(tree); /* reads only */
	return 0;
}

static void count(const struct subject *subject, const FTSENT *entry, void *ctx)
{
	*(uint64_t *)ctx += (uint64_t)entry->fts_statp->st_size;
}

static void judge_file(const struct subject *subject, const FTSENT *entry, void *ctx)
{
	const char *file = entry->fts_path + strlen(subject->directory) + 1;
	const enum retention_material kind =
		retention_kind(file + strlen(names_place(NAMES_DATA)) + 1);
	if (!is_due(subject, kind))
		return;
	dispose(subject, &(struct due){ .file = file,
				 .octets = (uint64_t)entry->fts_statp->st_size,
				 .material = kind });
}

static int judge(const struct subject *subject)
{
	char data[ARCHIVE_PATH_LEN];
	if (is_due(subject, RETENTION_SESSION)) {
		struct due due = { .file = "", .material = RETENTION_SESSION };
		const int err = each_file(subject, subject->directory, count, &due.octets);
		if (err == 0)
			dispose(subject, &due);
		return err;
	}
	const int err = names_path(subject->directory, NAMES_DATA, data);
	return err == 0 ? each_file(subject, data, judge_file, NULL) : err;
}

/* When the recording ended: the time of the last line of its events. */
static int read_end(struct subject *subject)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	struct line line;
	struct line last = { 0 };
	int err = names_path(subject->directory, NAMES_EVENTS, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return err;
	while (lines_next(&file, &line) == 1)
		last = line;
	json_error_t error;
	json_t *json = json_loadb(last.text, last.len, 0, &error);
	const char *utc = json_string_value(json_object_get(json, "utc"));
	char seconds[32];
	uint32_t ms;
	if (utc == NULL || strlen(utc) != RS_TIME_TEXT_LEN - 1 || utc[19] != '.' ||
		rs_format(seconds, sizeof(seconds), "%.19sZ", utc) < 0 ||
		rs_wall_parse(seconds, strlen(seconds), &subject->ended_ms) < 0 ||
		rs_parse_u32(utc + 20, 3, 999, &ms) < 0)
		err = -EBADMSG;
	else
		subject->ended_ms += ms;
	json_decref(json);
	lines_done(&file);
	return err;
}

static int read_class(struct subject *subject)
{
	char text[CLASS_LEN];
	const int err = class_read(subject->directory, text);
	return err < 0 ? err : retention_class_parse(text, &subject->class);
}

static void judge_item(void *ctx, const struct archive_item *item)
{
	struct apply *apply = ctx;
	struct subject subject = { .apply = apply, .name = item->session };
	if (!item->closed)
		return; /* it is being recorded, or will be closed by repair */
	int err = rs_format(subject.directory, sizeof(subject.directory), "%s/%s", apply->run->root,
		item->session);
	if (err == 0)
		err = names_path(subject.directory, NAMES_CUSTODY, subject.custody);
	if (err < 0)
		pass_over(&subject, "its path is too long");
	else if (read_class(&subject) < 0)
		pass_over(&subject, "session.json says of no known class before whom it sat");
	else if (read_end(&subject) < 0)
		pass_over(&subject, "events.jsonl does not say when it ended");
	else if ((err = judge(&subject)) < 0)
		pass_over(&subject, strerror(-err));
}

/* --- a run --- */

static void tell_paid(void *ctx, const struct second_paid *paid)
{
	const struct retention_run *run = ((const struct apply *)ctx)->run;
	const struct retention_item item = { .verdict = paid->err == 0        ? RETENTION_DELETED
							: paid->err == -EBUSY ? RETENTION_HELD
									      : RETENTION_OWED,
		.session = paid->session,
		.file = paid->path,
		.rule = "",
		.due = "",
		.why = paid->err == 0 ? "from the second copy, where it was owed" : paid->why };
	run->item(run->ctx, &item);
}

/* What earlier runs could not do at the copy. */
static int settle(struct apply *apply)
{
	const struct retention_run *run = apply->run;
	struct second *second = &apply->second;
	if (!second_is_there(second)) {
		const struct retention_item away = { .verdict = RETENTION_OWED,
			.session = "",
			.file = "",
			.rule = "",
			.due = "",
			.why = second->why };
		run->item(run->ctx, &away);
		return 0;
	}
	if (run->dry)
		return 0;
	custody_sign_with(apply->audit, run->signer);
	const int err =
		second_settle(second, apply->audit, NULL, run->by, run->wall_ms, tell_paid, apply);
	second_bring(second, CUSTODY_AUDIT);
	return err;
}

int retention_apply(const struct retention_run *run, char error[RETENTION_ERROR_LEN])
{
	RS_CLEANUP(custody_freep) struct custody *audit = NULL;
	struct apply apply = { .run = run };
	char path[ARCHIVE_PATH_LEN];
	char why[CUSTODY_WHY_LEN] = "";
	int err = rs_format(path, sizeof(path), "%s/" CUSTODY_AUDIT, run->root);
	if (err == 0 && access(run->root, F_OK) < 0)
		err = -errno;
	if (err == 0)
		err = custody_open(path, run->dry ? CUSTODY_READ : CUSTODY_TRY, why, &audit);
	if (err == 0 && !run->dry)
		err = removal_sweep(run->root);
	if (err < 0) {
		(void)snprintf(error, RETENTION_ERROR_LEN, "%.300s: %.150s",
			err == -ENOENT ? run->root : path,
			why[0] != '\0'   ? why
			: err == -EAGAIN ? "another run is under way"
					 : strerror(-err)); /* fits */
		return err;
	}
	apply.audit = audit;
	second_find(run->root, run->copy, run->dry, &apply.second);
	err = archive_list(run->root, judge_item, &apply);
	return err == 0 && run->copy != NULL ? settle(&apply) : err;
}
