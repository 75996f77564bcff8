/* recorder/closing/closing.h
 *
 * What is done with a session once its recording is closed and all of it is on the disk: derived files
 * are finished, and the whole is sealed. A table of steps (closing_steps()), run in their order by a
 * worker's thread, one session at a time, so that no other recording waits. A step that fails is noted
 * and does not stop the ones behind it, since a seal without a programme is better than none.
 *
 * Steps that were not run, since the recorder was killed, are run at its next start or by
 * `rostrumctl archive repair` (repair.h); each must therefore be fit to be run again.
 */
#ifndef ROSTRUM_RECORDER_CLOSING_CLOSING_H
#define ROSTRUM_RECORDER_CLOSING_CLOSING_H

#include "recorder/archive/names.h"
#include "recorder/archive/seal.h"

#define CLOSING_WHY_LEN SEAL_WHY_LEN
#define CLOSING_STEPS_MAX 8

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
const char *closing_directory(const struct closing *closing);

/* Runs all steps in the caller's thread and writes proof/closing.log. Returns how many failed. */
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

/* Whether a session was closed (the last line of its events says so) and not sealed since. Reads the end of one file. */
bool closing_is_due(const char *directory);

#endif
