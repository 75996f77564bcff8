/* sfu/io/crew.h
 *
 * All workers of an SFU and their threads. Worker 0 lives in the caller's thread, together with control,
 * recorders and reports; each other has a thread, loop, sockets, peers and router of its own. They share no
 * state: what one hands another lies in a ring (ring.h), what all are told in one list (orders.h), and nobody
 * waits for anybody. Worker 0's owner calls the verbs below in the order of a turn (io.h).
 */
#ifndef ROSTRUM_SFU_IO_CREW_H
#define ROSTRUM_SFU_IO_CREW_H

#include "sfu/io/turns.h"
#include "sfu/io/worker.h"

struct crew;

struct crew_config {
	unsigned workers; /* 1 to ROUTER_WORKERS_MAX */
	struct worker_config
		worker; /* of worker 0; those after it get its port plus their number, and no tap */
	struct turns *turns; /* worker 0's, to wake it; outlives the crew */
};

/* Makes all workers; their threads wait for crew_start(). 0, -EINVAL, or as worker_new(). */
int crew_new(const struct crew_config *config, char error[WORKER_ERROR_LEN],
	struct crew **out_crew) RS_MUST_USE;
/* 0, or -EAGAIN: the system has no thread for it; those started go on. */
int crew_start(struct crew *crew) RS_MUST_USE;
/* Says good-bye to all peers, ends the threads and closes worker 0, whose loop then runs its handles out. NULL is
 * fine. */
void crew_close(struct crew *crew);
/* NULL is fine. Closes what crew_close() has not. Returns NULL. */
struct crew *crew_free(struct crew *crew);

unsigned crew_size(const struct crew *crew);
const struct worker *crew_worker(const struct crew *crew, unsigned i);
/* Worker 0's. */
struct router *crew_router(struct crew *crew);

/* ---- desired state, as control_port has it ----
 * `takes_text` is control_unit_text() (NULL: out of memory); with one worker nobody reads it. */

int crew_meeting_set(struct crew *crew, const struct router_meeting *meeting, char *takes_text,
	rs_time now) RS_MUST_USE;
void crew_meeting_remove(struct crew *crew, const char *id, rs_time now);
int crew_peer_set(struct crew *crew, const struct control_peer *peer, char *takes_text,
	rs_time now) RS_MUST_USE;
void crew_peer_remove(struct crew *crew, const char *id, rs_time now);
/* Room for `units` setters and removers more. */
bool crew_has_room(struct crew *crew, size_t units);
/* All workers are done with all they were told. */
bool crew_is_done(struct crew *crew);

/* ---- a turn of worker 0 ---- */

/* First of all: nobody needs to wake it now. */
void crew_begin(struct crew *crew);
/* What the others handed over, then sockets and ticks. */
void crew_input(struct crew *crew, rs_time now);
void crew_output(struct crew *crew);
rs_time crew_deadline(const struct crew *crew);
/* Last of all: it may sleep. */
void crew_end(struct crew *crew);

/* ---- what happened ---- */

enum crew_report_kind {
	CREW_PEER,    /* peer, state, reason */
	CREW_REFUSED, /* peer, err: by its worker, after crew_peer_set() */
	CREW_EVENT,   /* event */
	CREW_STATS,   /* stats: to be freed or joined by the caller */
	CREW_LEVELS,  /* levels: to be freed or said by the caller */
};

struct crew_report {
	enum crew_report_kind kind;
	unsigned worker;
	char peer[ROUTER_NAME_MAX + 1];
	enum control_peer_state state;
	const char *reason; /* static text */
	int err;
	struct router_event event;
	struct control_stats *stats;
	struct control_levels *levels;
};

/* Takes one: 1, or 0 = none. */
int crew_poll(struct crew *crew, rs_time now, struct crew_report *out_report);
/* Each worker is to say its figures: so many CREW_STATS will come; 0 = not now. */
unsigned crew_ask_stats(struct crew *crew);
/* Each worker is to say all levels, also those that have not moved; false = not now. */
bool crew_ask_levels(struct crew *crew);

#endif
