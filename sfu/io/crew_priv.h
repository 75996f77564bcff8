/* sfu/io/crew_priv.h: shared by the crew's files. */
#ifndef ROSTRUM_SFU_IO_CREW_PRIV_H
#define ROSTRUM_SFU_IO_CREW_PRIV_H

#include "sfu/control/unit.h"
#include "sfu/io/crew.h"
#include "sfu/io/orders.h"
#include "sfu/io/ring.h"

#include <pthread.h>
#include <stdatomic.h>

/* One worker and what belongs to its thread; only `asleep`, the rings and the bell of its turns are touched by
 * others. */
struct hand {
	struct crew *crew;
	unsigned index;
	struct worker *worker;
	struct turns *turns;
	uv_loop_t loop; /* not of worker 0 */
	bool has_loop;
	bool has_turns;
	bool has_thread;
	pthread_t thread;
	struct control_reader *reader;
	struct ring *to[ROUTER_WORKERS_MAX]; /* what it hands to each other worker */
	struct ring *reports;                /* to worker 0's thread */
	struct crew_report held;             /* that found no room */
	bool holds;
	bool asked;       /* its figures are wanted */
	uint64_t to_wake; /* bit by worker */
	uint64_t done;    /* worker 0: orders that were done when its turn began */
	atomic_bool asleep;
};

struct crew {
	unsigned n;
	struct hand *hands;
	struct orders *orders; /* NULL with one worker */
	atomic_bool stopping;
};

/* ---- crew_turn.c ---- */

/* As router_relay_emit; `ctx` is the hand. */
bool crew_hand_over(
	void *ctx, unsigned to, const void *message, size_t len, const void *more, size_t more_len);
/* A turn of every worker but the first; `ctx` is the hand. */
void crew_turn(void *ctx);
/* The end of a worker, by its own thread. */
void crew_hand_close(struct hand *hand);

#endif
