#include "recorder/archive/chain.h"
#include "recorder/archive/custody.h"
#include "recorder/archive/files.h"
#include "recorder/archive/retention.h"
#include "recorder/archive/verify.h"

#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a session that goes is called until all of it is gone: no session may be called so. */
#define GOING ".deleting-"

struct apply {
	const struct retention_run *run;
	struct custody *audit; /* open for reading only when dry */
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
	const char *path;
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

static json_t *line_of(const struct subject *subject, const struct due *due)
{
	const struct retention_run *run = subject->apply->run;
	char rule[RETENTION_RULE_LEN];
	retention_rule(run->schedule, subject->class, due->material, rule);
	return json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s}", "session", subject->name, "file",
		due->file, "octets", (json_int_t)due->octets, "rule", rule, "schedule",
		run->schedule->title, "schedule_sha256", run->schedule->sha256, "by", run->by);
}

static int note(struct custody *custody, const struct subject *subject, const struct due *due,
	const char *type)
{
	uint64_t number;
	return custody_add(
		custody, type, line_of(subject, due), subject->apply->run->wall_ms, &number);
}

static int sync_folder_of(const char *path)
{
	char folder[ARCHIVE_PATH_LEN];
	(void)rs_set_text(folder, path); /* fits */
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		*slash = '\0';
	return files_sync_directory(folder);
}

static int remove_tree(const char *path)
{
	char root[ARCHIVE_PATH_LEN];
	if (!rs_set_text(root, path))
		return -EINVAL;
	char *roots[] = { root, NULL }; /* fts wants to be able to write */
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (tree == NULL)
		return -errno;
	int err = 0;
	FTSENT *entry;
	while (err == 0 && (entry = fts_read(tree)) != NULL) {
		const bool folder = entry->fts_info == FTS_DP;
		if (entry->fts_info == FTS_D)
			continue;
		if ((folder ? rmdir(entry->fts_path) : unlink(entry->fts_path)) < 0)
			err = -errno;
	}
	(void)fts_close(tree); /* reads only */
	return err == 0 ? sync_folder_of(path) : err;
}

/* It disappears at once as a whole; what a run that is stopped leaves, the next one removes. */
static int remove_session(const struct subject *subject)
{
	char going[ARCHIVE_PATH_LEN];
	int err = rs_format(
		going, sizeof(going), "%s/" GOING "%s", subject->apply->run->root, subject->name);
	if (err == 0 && rename(subject->directory, going) < 0)
		err = -errno;
	return err == 0 ? remove_tree(going) : err;
}

/* The lines are durable before anything goes. */
static int delete (const struct subject *subject, struct custody *custody, const struct due *due)
{
	const bool all = due->material == RETENTION_SESSION;
	int err = note(subject->apply->audit, subject, due, "deleting");
	if (err == 0 && !all)
		err = note(custody, subject, due, "deleted");
	if (err == 0 && all)
		err = remove_session(subject);
	else if (err == 0 && unlink(due->path) < 0)
		err = -errno;
	else if (err == 0)
		err = sync_folder_of(due->path);
	return err == 0 ? note(subject->apply->audit, subject, due, "deleted") : err;
}

/* Holds are looked at again before each deletion, behind the lock that setting one takes. */
static void dispose(const struct subject *subject, const struct due *due)
{
	RS_CLEANUP(custody_freep) struct custody *custody = NULL;
	const bool dry = subject->apply->run->dry;
	char why[CUSTODY_WHY_LEN];
	int err = custody_open(subject->custody, dry ? CUSTODY_READ : CUSTODY_WRITE, why, &custody);
	if (err < 0) {
		tell(subject, due, RETENTION_PASSED_OVER, why[0] != '\0' ? why : strerror(-err));
		return;
	}
	const struct custody_hold *hold = custody_hold(custody, 0);
	if (hold != NULL) {
		tell(subject, due, RETENTION_HELD, hold->reason);
		return;
	}
	if (!dry)
		err = delete (subject, custody, due);
	if (err < 0)
		tell(subject, due, RETENTION_PASSED_OVER, strerror(-err));
	else
		tell(subject, due, dry ? RETENTION_DUE : RETENTION_DELETED, "");
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
				 .path = entry->fts_path,
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
	char path[ARCHIVE_PATH_LEN];
	json_error_t error;
	const int err = names_path(subject->directory, NAMES_SESSION, path);
	json_t *json = err == 0 ? json_load_file(path, JSON_REJECT_DUPLICATES, &error) : NULL;
	const json_t *class = json_object_get(json, "class");
	const char *text = class != NULL ? json_string_value(class) : "";
	const int known = json == NULL || text == NULL
				  ? -EBADMSG
				  : retention_class_parse(text, &subject->class);
	json_decref(json);
	return known;
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

static int sweep(const char *root)
{
	DIR *dir = opendir(root);
	if (dir == NULL)
		return -ENOENT;
	int err = 0;
	const struct dirent *entry;
	while (err == 0 && (entry = readdir(dir)) != NULL) {
		char path[ARCHIVE_PATH_LEN];
		if (strncmp(entry->d_name, GOING, sizeof(GOING) - 1) != 0)
			continue;
		err = rs_format(path, sizeof(path), "%s/%s", root, entry->d_name);
		if (err == 0)
			err = remove_tree(path);
	}
	(void)closedir(dir); /* read only */
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
		err = sweep(run->root);
	if (err < 0) {
		(void)snprintf(error, RETENTION_ERROR_LEN, "%.300s: %.150s",
			err == -ENOENT ? run->root : path,
			why[0] != '\0'   ? why
			: err == -EAGAIN ? "another run is under way"
					 : strerror(-err)); /* fits */
		return err;
	}
	apply.audit = audit;
	return archive_list(run->root, judge_item, &apply);
}
