/* sfu/io/turns.h
 *
 * A thread's turns: one after each sleep of its loop. The loop sleeps until something it watches is ready,
 * the deadline has come, or another thread wakes it. libuv's own timers know milliseconds only; this one is
 * good for microseconds.
 */
#ifndef ROSTRUM_SFU_IO_TURNS_H
#define ROSTRUM_SFU_IO_TURNS_H

#include "common/base/mem.h"
#include "common/base/time.h"

#include <uv.h>

struct turns;
typedef void turns_fn(void *ctx);

/* The first turn comes at once. 0, -ENOMEM, or what the system said. */
int turns_new(uv_loop_t *loop, turns_fn *turn, void *ctx, struct turns **out_turns) RS_MUST_USE;
/* No more turns; by the thread of the loop. The loop ends when it has run the handles out. */
void turns_close(struct turns *turns);
/* After the loop has ended and nobody wakes it any more. NULL is fine. Returns NULL. */
struct turns *turns_free(struct turns *turns);

/* When the next turn comes at the latest; RS_TIME_NEVER: not by itself. */
void turns_arm(struct turns *turns, rs_time deadline);
/* By any thread: the next turn comes now. */
void turns_wake(struct turns *turns);

#endif
