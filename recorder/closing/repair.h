/* recorder/closing/repair.h
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
	bool force;                     /* although it was written lately */
};

enum repair_outcome {
	REPAIR_NOTHING, /* it is sealed */
	REPAIR_SEALED,  /* it was closed, and had not come to be sealed */
	REPAIR_CLOSED,  /* it was cut off */
};

struct repair_result {
	enum repair_outcome outcome;
	int64_t until_ms; /* session time at which what was recorded ends; of REPAIR_CLOSED */
	char remark[REPAIR_WHY_LEN]; /* of a step that was done, "" = none */
};

/* 0; -ENOENT (no archive there, or nothing in it); -EBUSY (a recorder has it, or had it lately); -EACCES (the key is
 * not the one the recorder signed with); another negative errno. `why` is a sentence. Run again after an error, it
 * does what is left. */
int repair_session(const struct repair_wish *wish, struct repair_result *out_result,
	char why[REPAIR_WHY_LEN]) RS_MUST_USE;

#endif
