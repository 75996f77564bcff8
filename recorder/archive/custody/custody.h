/* recorder/archive/custody/custody.h
 *
 * custody.jsonl: what became of an archive after it was recorded. One lies in the directory of a session,
 * outside the evidence (it is in no manifest): who holds it, and what was deleted from it by which rule. One
 * lies beside the archives of a site (`audit.jsonl`) and tells the same of all of them, so that it also
 * knows of sessions that are gone. Both are chains of lines as in chain.h, with these types:
 *
 *   held       {"reason","by"}                       the number of the line is the hold's
 *   released   {"hold","reason","by"}
 *   deleted    {"file","octets","rule","schedule","schedule_sha256","by"}    written before it is
 *   erased     {"file","key","path","by"}            the key of an encrypted file was destroyed; likewise
 *
 * In audit.jsonl each line also has "session", `deleted` and `erased` stand for what is done, and a line
 * `deleting` or `erasing` with the same members stands before it. Where there is a second copy, they name its directory:
 * as "copy" where it is to go there too (the lines before) or did (those after), as "owed" where it did not yet. A line
 *
 *   settled    {"copy","by"}
 *
 * says that all that the lines before it speak of is gone from that copy.
 *
 * Who adds a line may sign it (custody_line.h). Whoever may write there may add one without: it says what was done,
 * and nothing shows by whom.
 *
 * Not thread safe. Blocking file I/O, for tools. A file that is open for writing is locked against others.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_CUSTODY_CUSTODY_H
#define ROSTRUM_RECORDER_ARCHIVE_CUSTODY_CUSTODY_H

#include "common/base/sign.h"
#include "common/base/time.h"
#include "common/evidence/names.h"
#include "recorder/archive/custody/debts.h"

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

/* What is said of a file, as long as nothing is added. */
struct custody_fate {
	const char *text; /* a sentence without a subject; NULL = nothing */
	const char *
		signer; /* the key that signed it, hex; "" = nobody did, or it was opened for writing */
};

/* Who signed, and how many lines. */
struct custody_signer {
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	uint64_t lines;
};

#define CUSTODY_AUDIT "audit.jsonl" /* beside the archives */
#define CUSTODY_WHY_LEN 128
/* Keys that sign one file. */
#define CUSTODY_SIGNERS_MAX 64
/* Octets of a reason, and of the name of who gives it. */
#define CUSTODY_REASON_MAX 500
#define CUSTODY_BY_MAX 128

/* Read a file; one that is absent is empty. A last line that was never finished is cut off when writing. Signatures are
 * checked where it is opened for reading, and are over session.json in the folder `data` beside it, if there is one. 0;
 * -EBADMSG (changed, or no such file: `why` says where); -EAGAIN (CUSTODY_TRY: somebody has it); a negative
 * errno of the file system; -ENOMEM. */
int custody_open(const char *path, enum custody_mode mode, char why[CUSTODY_WHY_LEN],
	struct custody **out_custody) RS_MUST_USE;
/* Lines that are added from now on are signed; borrowed; NULL = they are not. */
void custody_sign_with(struct custody *custody, const struct rs_signer *signer);
/* NULL is fine. Returns NULL. */
struct custody *custody_free(struct custody *custody);
void custody_freep(struct custody **custody);

/* The i-th hold that is not released; NULL behind the last one. */
const struct custody_hold *custody_hold(const struct custody *custody, size_t i);
/* What became of a file ("data/tracks/KEN.001.v.webm"), by the last line that says it. NULL knows of nothing. */
struct custody_fate custody_gone(const struct custody *custody, const char *file);
/* The same for a segment, whatever its file ends with. */
struct custody_fate custody_gone_segment(const struct custody *custody, const char *segment);
/* Who signed lines of a file that was opened for reading; NULL behind the last one. */
const struct custody_signer *custody_signer(const struct custody *custody, size_t i);
/* How many lines there are, and how many of them nobody signed. */
uint64_t custody_lines(const struct custody *custody);
uint64_t custody_unsigned(const struct custody *custody);
/* Of audit.jsonl: what is owed at a copy. As long as the custody lives. */
const struct debts *custody_debts(const struct custody *custody);

/* Append a line and make it durable; takes `payload` (NULL = out of memory). 0 and its number, -EINVAL (not
 * open for writing), -E2BIG (too many holds), -ENOMEM or a negative errno; then nothing was added. */
int custody_add(struct custody *custody, const char *type, json_t *payload, int64_t wall_ms,
	uint64_t *out_number) RS_MUST_USE;

#endif
