/* recorder/io/closings.h
 *
 * Sessions that are to be closed (recorder/closing), one after the other in a thread of the loop's
 * pool, and between them the hashing of files that are finished while their recording goes on.
 *
 * Used from the loop's thread only.
 */
#ifndef ROSTRUM_RECORDER_IO_CLOSINGS_H
#define ROSTRUM_RECORDER_IO_CLOSINGS_H

#include "recorder/closing/closing.h"

#include <uv.h>

struct closings;

struct closings_config {
	uv_loop_t *loop;             /* borrowed */
	const char *root;            /* directory of the archives; borrowed */
	struct closing_config steps; /* without a directory; its texts are borrowed */
	/* A session was closed; `generation` as it was added, not 0. */
	void (*closed)(void *ctx, uint32_t generation, bool sealed);
	void *ctx;
};

/* 0 or -ENOMEM. */
int closings_new(const struct closings_config *config, struct closings **out_closings) RS_MUST_USE;
/* Not while one is under way: when the loop has ended. NULL is fine. Returns NULL. */
struct closings *closings_free(struct closings *closings);

/* Close the session in this directory when its turn comes. 0 as a generation: nobody waits for it, and it comes last.
 * 0 or -ENOMEM. */
int closings_add(struct closings *closings, const char *directory, uint32_t generation) RS_MUST_USE;
/* Add the sessions below the root that were closed and never sealed, since the recorder was killed, and those that an authority
 * gave no time stamp, if there is one. */
void closings_add_left(struct closings *closings);
/* The session goes on: its closing is forgotten, or called off when it is under way. */
void closings_call_off(struct closings *closings, const char *session);
/* Hash what is finished in this session's directory when there is nothing better to do. */
void closings_prepare(struct closings *closings, const char *directory);
/* Begin what waits, if nothing is under way. */
void closings_go(struct closings *closings);
/* Forget what waits; what is under way goes on. */
void closings_forget(struct closings *closings);

#endif
