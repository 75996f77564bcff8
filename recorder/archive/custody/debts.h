/* recorder/archive/custody/debts.h
 *
 * What went from the archives and has to go from their second copy as well: made of the lines of audit.jsonl
 * (custody.h) alone, so that it is known after any interruption. Something is owed at a copy from the line on that
 * announces its going, until a line says that it went there too. No I/O.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_CUSTODY_DEBTS_H
#define ROSTRUM_RECORDER_ARCHIVE_CUSTODY_DEBTS_H

#include "recorder/archive/session/archive.h"

#include <jansson.h>

struct debts {
	json_t *went;    /* session -> path -> number of the line that told it last */
	json_t *settled; /* copy -> session -> path -> the same */
	json_t *cleared; /* copy -> number of the line up to which nothing is owed there */
};

/* 0 or -ENOMEM; in any case debts_done() is due. */
int debts_init(struct debts *debts) RS_MUST_USE;
void debts_done(struct debts *debts);
/* A line of the audit; lines of other types, and such as name no session or no path that can be, are passed over. 0 or -ENOMEM. */
int debts_take(
	struct debts *debts, uint64_t seq, const char *type, const json_t *payload) RS_MUST_USE;

/* What is owed at `copy`, whether it is there or not: `path` is below the session ("data/tracks/KEN.001.v.webm",
 * "keys/tracks.KEN.001.a.key"), "" = all of it. Stops where `each` does not give 0, and gives that back. */
int debts_each(const struct debts *debts, const char *copy,
	int (*each)(void *ctx, const char *session, const char *path), void *ctx);

#endif
