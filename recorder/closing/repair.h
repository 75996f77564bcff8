/* recorder/closing/repair.h
 *
 * What closing a session left undone is done.
 *
 * A session whose recorder was killed and never went on with it is closed: what is unfinished is measured and put
 * down, as a recorder that goes on does (archive_open()), its end is said to be that of what was recorded, not the
 * moment of the repair, and the closing steps are run. Lines are added to events.jsonl and proof/heads.jsonl (a torn
 * last line of either is cut off first, and counted); no file of the essence and no whole line is changed.
 *
 * Blocking file I/O; allocates; for tools.
 */
#ifndef ROSTRUM_RECORDER_CLOSING_REPAIR_H
#define ROSTRUM_RECORDER_CLOSING_REPAIR_H

#include "recorder/closing/closing.h"

#define REPAIR_WHY_LEN 512
/* What was written so lately may be written still, where locks do not tell. */
#define REPAIR_QUIET_S 60

struct repair_wish {
	const char *directory;
	const char *software;
	const struct rs_signer *signer; /* NULL = nothing is signed */
	/* As closing_config has it; NULL = no authority is asked. */
	int (*stamp)(void *ctx, const uint8_t sha512[RS_SHA512_LEN], struct rs_buf *out,
		char why[SEAL_WHY_LEN]);
	void *ctx;
	bool force; /* although it was written lately */
};

enum repair_outcome {
	REPAIR_NOTHING,   /* it is sealed, and nothing that could be had is lacking */
	REPAIR_COMPLETED, /* it was sealed, and got a signature or a time stamp that it lacked */
	REPAIR_RESEALED, /* a step had failed and was done; the seal made without it is kept below proof/ */
	REPAIR_SEALED, /* it was closed, and had not come to be sealed */
	REPAIR_CLOSED, /* it was cut off */
};

struct repair_result {
	enum repair_outcome outcome;
	bool unstamped;   /* the authority was asked, and gave no time stamp: `remark` says why */
	int64_t until_ms; /* session time at which what was recorded ends; of REPAIR_CLOSED */
	char remark[REPAIR_WHY_LEN]; /* of a step that was done, "" = none */
};

/* 0; -ENOENT (no archive there, or nothing in it); -EBUSY (a recorder has it, or had it lately); -EACCES (the key is
 * not the one the recorder signed with); another negative errno. `why` is a sentence. Run again after an error, it
 * does what is left. */
int repair_session(const struct repair_wish *wish, struct repair_result *out_result,
	char why[REPAIR_WHY_LEN]) RS_MUST_USE;

#endif
