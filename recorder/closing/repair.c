#include "recorder/closing/repair.h"

#include "common/base/time.h"
#include "common/evidence/leaves.h"
#include "common/evidence/lines.h"
#include "recorder/archive/files/disk_now.h"
#include "recorder/archive/files/lock.h"
#include "recorder/archive/session/archive.h"
#include "recorder/programme/script.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nothing of it is used without tracks, but it may not be 0. */
#define SEGMENT_MS 1800000

struct repair {
	const struct repair_wish *wish;
	char *directory; /* without links and slashes at its end */
	struct repair_result result;
	char *why; /* REPAIR_WHY_LEN */
};

static int refuse(struct repair *repair, const char *why, int err)
{
	(void)snprintf(repair->why, REPAIR_WHY_LEN, "%s", why); /* may be cut */
	return err;
}

static int fail(struct repair *repair, const char *what, int err)
{
	(void)snprintf(repair->why, REPAIR_WHY_LEN, "%.200s: %.100s", what,
		strerror(-err)); /* may be cut */
	return err;
}

/* --- whether it may be done --- */

/* Heads go on with one key. */
static int check_key(struct repair *repair)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	if (repair->wish->signer == NULL)
		return 0;
	int err = names_path(repair->directory, NAMES_KEY, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err == -ENOENT)
		return 0; /* nothing was signed yet */
	if (err < 0)
		return fail(repair, names_place(NAMES_KEY), err);
	err = rs_sign_parse_public((const char *)file.data, file.len, key);
	lines_done(&file);
	if (err == 0 && memcmp(key, rs_signer_public(repair->wish->signer), sizeof(key)) == 0)
		return 0;
	return refuse(repair,
		"the key is not the one this session was signed with (proof/recorder.pub)",
		-EACCES);
}

static int64_t last_written_s(const char *directory)
{
	char *copy = rs_strdup(directory);
	char *roots[] = { copy, NULL };
	FTS *tree = copy != NULL ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
	const FTSENT *entry;
	int64_t last = tree != NULL ? 0 : INT64_MAX;
	while (tree != NULL && (entry = fts_read(tree)) != NULL)
		if (entry->fts_info == FTS_F && entry->fts_statp->st_mtime > last)
			last = entry->fts_statp->st_mtime;
	if (tree != NULL)
		(void)fts_close(tree); /* only read */
	rs_release(copy);
	return last;
}

/* A lock is not seen from another machine, and an earlier recorder took none. */
static int check_quiet(struct repair *repair)
{
	const int64_t now_s = rs_clock_wall_us() / 1000000;
	if (repair->wish->force || last_written_s(repair->directory) <= now_s - REPAIR_QUIET_S)
		return 0;
	return refuse(repair,
		"was written less than a minute ago: a recorder may still have it; wait, or say --force if none has",
		-EBUSY);
}

static int check_begun(struct repair *repair)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	struct line line = { .whole = false };
	int err = names_path(repair->directory, NAMES_EVENTS, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err == -ENOENT)
		return refuse(repair, "nothing was recorded in it", -ENOENT);
	if (err < 0)
		return fail(repair, names_place(NAMES_EVENTS), err);
	(void)lines_next(&file, &line); /* no line: not whole */
	lines_done(&file);
	return line.whole ? 0 : refuse(repair, "nothing was recorded in it", -ENOENT);
}

/* --- closing what was cut off --- */

/* The session ends with the last line or the last cluster, whichever is later. */
static int find_end(struct repair *repair)
{
	struct script script;
	struct leaves leaves = { 0 };
	int err = script_read(repair->directory, &script);
	if (err < 0)
		return fail(repair, names_place(NAMES_EVENTS), err);
	repair->result.until_ms = script.end_ms;
	script_done(&script);
	err = leaves_load(repair->directory, &leaves);
	for (size_t i = 0; err == 0 && i < leaves.n; i++)
		for (uint32_t k = 0; k < leaves.files[i].n; k++)
			if (leaves.files[i].at[k].t1_ms > repair->result.until_ms)
				repair->result.until_ms = leaves.files[i].at[k].t1_ms;
	leaves_done(&leaves);
	return err < 0 ? fail(repair, "the ledgers cannot be read", err) : 0;
}

static int go_on_and_close(
	struct repair *repair, const struct archive_config *config, struct disk_now *disk)
{
	RS_CLEANUP(archive_freep) struct archive *archive = NULL;
	const struct archive_now when = { .now = rs_clock_monotonic(),
		.wall_us = rs_clock_wall_us() };
	int err = archive_open(config, &disk->disk, when, &archive);
	if (err == 0)
		err = archive_close(archive, "closed by a repair", when);
	return err < 0 ? fail(repair, "it cannot be closed", err) : 0;
}

static int close_session(struct repair *repair)
{
	char *slash = strrchr(repair->directory, '/');
	struct disk_now disk;
	struct archive_config config = { .root = repair->directory,
		.session = slash + 1,
		.meeting = "",
		.title = "",
		.software = repair->wish->software,
		.tracks_max = 1,
		.rules = { .segment_ms = SEGMENT_MS },
		.owner = 1,
		.signer = repair->wish->signer,
		.head_interval = RS_TIME_NEVER,
		.repaired = true };
	int err = find_end(repair);
	if (err < 0)
		return err;
	config.repaired_until_ms = repair->result.until_ms;
	disk_now_init(&disk);
	*slash = '\0'; /* the root */
	err = go_on_and_close(repair, &config, &disk);
	*slash = '/';
	disk_now_done(&disk);
	repair->result.outcome = REPAIR_CLOSED;
	return err;
}

/* --- the steps --- */

static int run_steps(struct repair *repair)
{
	RS_CLEANUP(closing_freep) struct closing *closing = NULL;
	const struct closing_config config = { .directory = repair->directory,
		.software = repair->wish->software,
		.signer = repair->wish->signer,
		.stamp = repair->wish->stamp,
		.ctx = repair->wish->ctx };
	const struct closing_result *step;
	int err = closing_new(&config, &closing);
	if (err < 0)
		return fail(repair, repair->directory, err);
	(void)closing_run(closing); /* each says what became of it */
	for (size_t i = 0; (step = closing_result(closing, i)) != NULL; i++) {
		if (err < 0 || step->why[0] == '\0')
			continue; /* the first that failed is told */
		err = step->err;
		(void)snprintf(err < 0 ? repair->why : repair->result.remark, REPAIR_WHY_LEN,
			"%s: %.400s", step->name, step->why); /* may be cut */
	}
	repair->result.unstamped = err == 0 && repair->wish->stamp != NULL &&
				   seal_stamp(repair->directory) != SEAL_STAMPED;
	return err;
}

/* What a seal lacks and can have now. */
static bool can_complete(const struct repair *repair)
{
	const struct repair_wish *wish = repair->wish;
	return (wish->signer != NULL && !seal_is_signed(repair->directory)) ||
	       (wish->stamp != NULL && seal_stamp(repair->directory) != SEAL_STAMPED);
}

/* Evidence is added to: a manifest that did not tell of all stays beside the one that does. */
static int repair_sealed(struct repair *repair)
{
	char step[CLOSING_STEP_LEN];
	const bool failed = closing_failed(repair->directory, step);
	if (!failed && !can_complete(repair))
		return 0;
	int err = check_key(repair);
	/* What was signed or stamped is not sealed again as less. */
	if (err == 0 && failed && repair->wish->signer == NULL && seal_is_signed(repair->directory))
		err = refuse(repair, "was signed: it is sealed again with the key only", -EACCES);
	if (err == 0 && failed && repair->wish->stamp == NULL &&
		seal_stamp(repair->directory) == SEAL_STAMPED)
		err = refuse(repair,
			"has a time stamp: it is sealed again with a time-stamping authority only",
			-EACCES);
	if (err == 0 && failed) {
		err = seal_break(repair->directory);
		if (err < 0)
			return fail(repair, names_place(NAMES_MANIFEST), err);
	}
	repair->result.outcome = failed ? REPAIR_RESEALED : REPAIR_COMPLETED;
	return err == 0 ? run_steps(repair) : err;
}

static int repair_held(struct repair *repair)
{
	int err = check_quiet(repair);
	if (err == 0)
		err = check_key(repair);
	if (err == 0)
		err = check_begun(repair);
	if (err < 0)
		return err;
	repair->result.outcome = REPAIR_SEALED;
	if (!closing_is_due(repair->directory))
		err = close_session(repair);
	return err == 0 ? run_steps(repair) : err;
}

static int repair_found(struct repair *repair)
{
	char path[ARCHIVE_PATH_LEN];
	int lock = -1;
	int err = names_path(repair->directory, NAMES_SESSION, path);
	if (err < 0 || access(path, F_OK) < 0 || strrchr(repair->directory, '/') == NULL)
		return refuse(repair, "no archive is there", -ENOENT);
	err = lock_take(repair->directory, LOCK_ALONE, &lock);
	if (err == -EBUSY)
		return refuse(repair, "a recorder, or another repair, has it", err);
	if (err < 0)
		return fail(repair, repair->directory, err);
	err = seal_is_made(repair->directory) ? repair_sealed(repair) : repair_held(repair);
	lock_done(lock);
	return err;
}

int repair_session(
	const struct repair_wish *wish, struct repair_result *out_result, char why[REPAIR_WHY_LEN])
{
	struct repair repair = { .wish = wish, .why = why };
	why[0] = '\0';
	repair.directory = realpath(wish->directory, NULL);
	if (repair.directory == NULL)
		return errno == ENOENT ? refuse(&repair, "no archive is there", -ENOENT)
				       : fail(&repair, wish->directory, -errno);
	const int err = repair_found(&repair);
	free(repair.directory);
	if (err == 0)
		*out_result = repair.result;
	return err;
}
