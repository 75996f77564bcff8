/* recorder/archive/custody/second.h
 *
 * The second copy of a root of archives (recorder/io/copier.h), for who takes things out of the archives: what goes goes there too,
 * now or, where the copy is away, once it is back (debts.h). What is on hold there, by a line that the archive itself
 * has not, stays in both. Blocking; for tools.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_CUSTODY_SECOND_H
#define ROSTRUM_RECORDER_ARCHIVE_CUSTODY_SECOND_H

#include "recorder/archive/custody/custody.h"

/* What the directory of a copy must hold, so that the empty directory of a mount that is not there is not taken for it. */
#define SECOND_MARK ".rostrum-copy"
/* What the copier knows of its files, in a folder of that name. */
#define SECOND_NOTES ".verified"
#define SECOND_WHY_LEN 320

struct second {
	const char *root; /* of the archives; borrowed, as the next */
	const char *copy; /* NULL = there is none */
	bool away;
	char why[SECOND_WHY_LEN]; /* what is wrong with it, a sentence that names it */
};

/* Look whether it is there, and removes what an interrupted run left (unless `dry`). What is wrong stands in it. */
void second_find(const char *root, const char *copy, bool dry, struct second *out_second);
/* There is one, and it can be reached. */
bool second_is_there(const struct second *second);
/* Whether a session is on hold there, for a reason (CUSTODY_REASON_MAX octets and a NUL) the archive does not know. A file of holds that
 * cannot be read is a reason too. */
bool second_holds(
	const struct second *second, const char *session, char reason[CUSTODY_REASON_MAX + 1]);
/* Take out what removal_take() took out of the root; 0 also when it is not there. Otherwise why[] is set. */
int second_take(struct second *second, const char *session, const char *path) RS_MUST_USE;
/* A file below the root as it is there by now: custody of a session, the audit. Errors are left to the copier to make good. */
void second_bring(const struct second *second, const char *file);

/* What became of something that was owed. */
struct second_paid {
	const char *session;
	const char *path; /* "" = all of the session */
	int err;          /* 0 it is gone from the copy; -EBUSY: on hold; another errno */
	const char *why;
};
/* Do all that the audit says is owed, of one session or (NULL) of all, and note it there. What is still in the root is left to whoever
 * decides on it. 0, or what the audit could not take. */
int second_settle(struct second *second, struct custody *audit, const char *session, const char *by,
	int64_t wall_ms, void (*tell)(void *ctx, const struct second_paid *paid),
	void *ctx) RS_MUST_USE;

#endif
