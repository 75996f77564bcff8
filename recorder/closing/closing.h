/* recorder/closing/closing.h
 *
 * What is done with a session once its recording is closed and all of it is on the disk: derived files
 * are finished, and the whole is sealed. A table of steps (closing_steps()), run in their order by a
 * worker's thread, one session at a time, so that no other recording waits. A step that fails is noted
 * and does not stop the ones behind it, since a seal without a programme is better than none.
 *
 * Steps that were not run, since the recorder was killed, are run at its next start or by
 * `rostrumctl archive repair` (repair.h); each must therefore be fit to be run again. So is the seal's where an authority
 * gave no time stamp. What failed otherwise, repair runs again: the seal that was made without is kept beside the new one.
 */
#ifndef ROSTRUM_RECORDER_CLOSING_CLOSING_H
#define ROSTRUM_RECORDER_CLOSING_CLOSING_H

#include "common/evidence/names.h"
#include "recorder/archive/seal/seal.h"

#define CLOSING_WHY_LEN SEAL_WHY_LEN
#define CLOSING_STEPS_MAX 8
#define CLOSING_STEP_LEN 32 /* of a step's name and a NUL */

struct closing;

struct closing_config {
	const char *directory;          /* of the session; copied */
	const char *software;           /* borrowed, as what follows */
	const struct rs_signer *signer; /* NULL = no key: not signed */
	/* As seal_config has it; NULL = no authority is configured. */
	int (*stamp)(void *ctx, const uint8_t sha512[RS_SHA512_LEN], struct rs_buf *out,
		char why[SEAL_WHY_LEN]);
	void *ctx;
};

/* One step. Blocking; allocates as it likes. 0, or a negative errno and why[] says what is wrong with
 * which file; with 0, why[] may hold a remark. Looks at closing_called_off() between files. */
struct closing_step {
	const char *name; /* a word, for the log */
	int (*run)(struct closing *closing, const char *directory, char why[CLOSING_WHY_LEN]);
};
/* The steps there are, in order: steps.c. */
const struct closing_step *closing_steps(size_t *out_n);

/* What became of a step. */
struct closing_result {
	const char *name;
	int err; /* 0; negative errno; -EAGAIN: called off before or during it */
	uint32_t ms;
	char why[CLOSING_WHY_LEN];
};

/* 0, -EINVAL (directory too long) or -ENOMEM. */
int closing_new(const struct closing_config *config, struct closing **out_closing) RS_MUST_USE;
/* Not while it runs. NULL is fine. Returns NULL. */
struct closing *closing_free(struct closing *closing);
void closing_freep(struct closing **closing);

/* Runs all steps in the caller's thread, of a session that has a manifest the last one alone, and writes proof/closing.log.
 * Returns how many failed. */
size_t closing_run(struct closing *closing);
/* What became of the i-th step; NULL behind the last that was run. Not while it runs. */
const struct closing_result *closing_result(const struct closing *closing, size_t i);

/* From any thread, at any time: the session goes on. When this returns, no file gets its final name by
 * this closing any more. */
void closing_call_off(struct closing *closing);
bool closing_called_off(const struct closing *closing);
/* For steps, around the giving of final names: 0, and closing_release() is owed; or -EAGAIN (called off). */
int closing_hold(struct closing *closing) RS_MUST_USE;
void closing_release(struct closing *closing);

/* Whether a session is sealed, and an authority that was asked for a time stamp then gave none. Reads one small file. */
bool closing_owes_stamp(const char *directory);
/* The step that failed when the session was closed last, by proof/closing.log: out_step[] is its name. False: none did,
 * or nothing is known. */
bool closing_failed(const char *directory, char out_step[CLOSING_STEP_LEN]);
/* Whether a session was closed (the last line of its events says so) and not sealed since. Reads the end of one file. */
bool closing_is_due(const char *directory);

#endif
