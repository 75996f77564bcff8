#include "recorder/archive/custody/second.h"

#include "common/evidence/files.h"
#include "common/evidence/lines.h"
#include "recorder/archive/custody/removal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int fail(struct second *second, const char *what, int err)
{
	(void)snprintf(second->why, SECOND_WHY_LEN, "%.200s%s%.40s: %.60s", second->copy,
		what[0] != '\0' ? "/" : "", what, strerror(-err)); /* may be cut */
	return err;
}

void second_find(const char *root, const char *copy, bool dry, struct second *out_second)
{
	char path[ARCHIVE_PATH_LEN];
	*out_second = (struct second){ .root = root, .copy = copy };
	if (copy == NULL)
		return;
	if (rs_format(path, sizeof(path), "%s/" SECOND_MARK, copy) < 0 || access(path, F_OK) < 0) {
		out_second->away = true;
		(void)snprintf(out_second->why, SECOND_WHY_LEN,
			"%.200s: no file " SECOND_MARK " there: is it mounted?", copy); /* fits */
		return;
	}
	const int err = dry ? 0 : removal_sweep(copy);
	if (err < 0) {
		out_second->away = true;
		(void)fail(out_second, "", err); /* it is said */
	}
}

bool second_is_there(const struct second *second)
{
	return second->copy != NULL && !second->away;
}

/* --- holds --- */

/* Whether the copy of a file is that file as it was some lines ago. */
static bool is_behind(const char *file, const char *copy)
{
	struct lines now;
	struct lines then;
	if (lines_open(&now, file) < 0)
		return false;
	bool behind = lines_open(&then, copy) == 0;
	if (behind) {
		behind = then.len <= now.len && memcmp(then.data, now.data, then.len) == 0;
		lines_done(&then);
	}
	lines_done(&now);
	return behind;
}

bool second_holds(
	const struct second *second, const char *session, char reason[CUSTODY_REASON_MAX + 1])
{
	RS_CLEANUP(custody_freep) struct custody *custody = NULL;
	char ours[ARCHIVE_PATH_LEN];
	char theirs[ARCHIVE_PATH_LEN];
	char why[CUSTODY_WHY_LEN];
	const char *name = names_place(NAMES_CUSTODY);
	if (!second_is_there(second) ||
		rs_format(ours, sizeof(ours), "%s/%s/%s", second->root, session, name) < 0 ||
		rs_format(theirs, sizeof(theirs), "%s/%s/%s", second->copy, session, name) < 0 ||
		access(theirs, F_OK) < 0 || is_behind(ours, theirs))
		return false;
	const int err = custody_open(theirs, CUSTODY_READ, why, &custody);
	const struct custody_hold *hold = err == 0 ? custody_hold(custody, 0) : NULL;
	if (err == 0 && hold == NULL)
		return false;
	(void)rs_copy_string(reason, CUSTODY_REASON_MAX + 1,
		hold != NULL     ? hold->reason
		: why[0] != '\0' ? why
				 : strerror(-err)); /* as long */
	return true;
}

/* --- taking out --- */

int second_take(struct second *second, const char *session, const char *path)
{
	char notes[ARCHIVE_PATH_LEN];
	int err = removal_take(second->copy, session, path);
	if (err == -ENOENT || err == -ENOTDIR)
		err = 0;
	if (err < 0)
		return fail(second, session, err);
	if (path[0] == '\0' && rs_format(notes, sizeof(notes), "%s/" SECOND_NOTES "/%s",
				       second->copy, session) == 0)
		(void)unlink(notes); /* names of files, and digests: of no use, and no harm */
	return 0;
}

void second_bring(const struct second *second, const char *file)
{
	char from[ARCHIVE_PATH_LEN];
	char to[ARCHIVE_PATH_LEN];
	struct lines text;
	if (!second_is_there(second) ||
		rs_format(from, sizeof(from), "%s/%s", second->root, file) < 0 ||
		rs_format(to, sizeof(to), "%s/%s", second->copy, file) < 0 ||
		lines_open(&text, from) < 0)
		return;
	if (files_write(to, text.data, text.len) < 0)
		files_drop_draft(to); /* the session may not be there yet */
	lines_done(&text);
}

/* --- what is owed --- */

struct settling {
	struct second *second;
	struct custody *audit;
	json_t *owed; /* array of [session, path] */
	const char *only;
	const char *by;
	int64_t wall_ms;
	void (*tell)(void *ctx, const struct second_paid *paid);
	void *ctx;
	size_t left; /* not done */
};

static int collect(void *ctx, const char *session, const char *path)
{
	const struct settling *settling = ctx;
	if (settling->only != NULL && strcmp(settling->only, session) != 0)
		return 0;
	return json_array_append_new(settling->owed, json_pack("[s, s]", session, path)) < 0
		       ? -ENOMEM
		       : 0;
}

/* The only one left may be what somebody wants to keep by now. */
static bool is_held(
	const struct settling *settling, const char *session, char reason[CUSTODY_REASON_MAX + 1])
{
	RS_CLEANUP(custody_freep) struct custody *custody = NULL;
	char path[ARCHIVE_PATH_LEN];
	char why[CUSTODY_WHY_LEN] = "";
	int err = rs_format(path, sizeof(path), "%s/%s/%s", settling->second->root, session,
		names_place(NAMES_CUSTODY));
	if (err == 0)
		err = custody_open(path, CUSTODY_READ, why, &custody);
	const struct custody_hold *hold = err == 0 ? custody_hold(custody, 0) : NULL;
	if (err == 0 && hold == NULL)
		return second_holds(settling->second, session, reason);
	(void)rs_copy_string(reason, CUSTODY_REASON_MAX + 1,
		hold != NULL     ? hold->reason
		: why[0] != '\0' ? why
				 : strerror(-err)); /* as long */
	return true;
}

static int note(const struct settling *settling, const char *session, const char *path)
{
	const bool key = strncmp(path, "keys/", 5) == 0;
	uint64_t number;
	return custody_add(settling->audit, key ? "erased" : "deleted",
		json_pack("{s:s, s:s, s:s, s:s}", "session", session, key ? "path" : "file", path,
			"copy", settling->second->copy, "by", settling->by),
		settling->wall_ms, &number);
}

static int settle_one(struct settling *settling, const char *session, const char *path)
{
	struct second *second = settling->second;
	char reason[CUSTODY_REASON_MAX + 1] = "";
	if (removal_is_left(second->root, session, path)) {
		settling->left++; /* it was announced, and is to be decided on again */
		return 0;
	}
	if (!removal_is_left(second->copy, session, path))
		return 0;
	struct second_paid paid = { .session = session, .path = path, .why = reason };
	if (is_held(settling, session, reason)) {
		paid.err = -EBUSY;
	} else {
		paid.err = second_take(second, session, path);
		paid.why = paid.err < 0 ? second->why : "";
	}
	settling->left += paid.err < 0;
	const int err = paid.err == 0 ? note(settling, session, path) : 0;
	settling->tell(settling->ctx, &paid);
	return err;
}

/* One line for all that was owed and is not there, so that it is not looked for again. */
static int clear(const struct settling *settling)
{
	uint64_t number;
	if (settling->only != NULL || settling->left > 0 || json_array_size(settling->owed) == 0)
		return 0;
	return custody_add(settling->audit, "settled",
		json_pack("{s:s, s:s}", "copy", settling->second->copy, "by", settling->by),
		settling->wall_ms, &number);
}

int second_settle(struct second *second, struct custody *audit, const char *session, const char *by,
	int64_t wall_ms, void (*tell)(void *ctx, const struct second_paid *paid), void *ctx)
{
	struct settling settling = { .second = second,
		.audit = audit,
		.owed = json_array(),
		.only = session,
		.by = by,
		.wall_ms = wall_ms,
		.tell = tell,
		.ctx = ctx };
	int err = settling.owed != NULL
			  ? debts_each(custody_debts(audit), second->copy, collect, &settling)
			  : -ENOMEM;
	size_t i;
	const json_t *one;
	json_array_foreach(settling.owed, i, one)
	{
		if (err == 0)
			err = settle_one(&settling, json_string_value(json_array_get(one, 0)),
				json_string_value(json_array_get(one, 1)));
	}
	if (err == 0)
		err = clear(&settling);
	json_decref(settling.owed);
	return err;
}
