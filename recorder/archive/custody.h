/* recorder/archive/custody.h
 *
 * custody.jsonl: what became of an archive after it was recorded. One lies in the directory of a session,
 * outside the evidence (it is in no manifest): who holds it, and what was deleted from it by which rule. One
 * lies beside the archives of a site (`audit.jsonl`) and tells the same of all of them, so that it also
 * knows of sessions that are gone. Both are chains of lines as in chain.h, with these types:
 *
 *   held       {"reason","by"}                       the number of the line is the hold's
 *   released   {"hold","reason","by"}
 *   deleted    {"file","octets","rule","schedule","schedule_sha256","by"}    written before it is
 *   erased     {"file","by"}                         the key of an encrypted file was destroyed; likewise
 *
 * In audit.jsonl each line also has "session", `deleted` and `erased` stand for what is done, and a line
 * `deleting` or `erasing` with the same members stands before it.
 *
 * The lines are not signed: whoever may write there may add one. They say what was done, not that it was right.
 *
 * Not thread safe. Blocking file I/O, for tools. A file that is open for writing is locked against others.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_CUSTODY_H
#define ROSTRUM_RECORDER_ARCHIVE_CUSTODY_H

#include "common/base/time.h"
#include "recorder/archive/names.h"

#include <jansson.h>

struct custody;

enum custody_mode {
	CUSTODY_READ,
	CUSTODY_WRITE, /* made when absent; waits for whoever has it open so */
	CUSTODY_TRY,   /* the same without waiting */
};

struct custody_hold {
	uint64_t number;
	char utc[RS_TIME_TEXT_LEN];
	const char *reason; /* as long as the custody lives */
	const char *by;
};

#define CUSTODY_AUDIT "audit.jsonl" /* beside the archives */
#define CUSTODY_WHY_LEN 128
/* Octets of a reason, and of the name of who gives it. */
#define CUSTODY_REASON_MAX 500
#define CUSTODY_BY_MAX 128

/* Read a file; one that is absent is empty. A last line that was never finished is cut off when writing. 0;
 * -EBADMSG (changed, or no such file: `why` says where); -EAGAIN (CUSTODY_TRY: somebody has it); a negative
 * errno of the file system; -ENOMEM. */
int custody_open(const char *path, enum custody_mode mode, char why[CUSTODY_WHY_LEN],
	struct custody **out_custody) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct custody *custody_free(struct custody *custody);
void custody_freep(struct custody **custody);

/* The i-th hold that is not released; NULL behind the last one. */
const struct custody_hold *custody_hold(const struct custody *custody, size_t i);
/* What became of a file ("data/tracks/KEN.001.v.webm"), a sentence without a subject; NULL = nothing is said of it.
 * As long as nothing is added. NULL knows of nothing. */
const char *custody_gone(const struct custody *custody, const char *file);
/* The same for a segment, whatever its file ends with. */
const char *custody_gone_segment(const struct custody *custody, const char *segment);

/* Append a line and make it durable; takes `payload` (NULL = out of memory). 0 and its number, -EINVAL (not
 * open for writing), -E2BIG (too many holds), -ENOMEM or a negative errno; then nothing was added. */
int custody_add(struct custody *custody, const char *type, json_t *payload, int64_t wall_ms,
	uint64_t *out_number) RS_MUST_USE;

#endif
