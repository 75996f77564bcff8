/* sfu/io/recorders.h
 *
 * The tap's listening end (common/control/PROTOCOL.md section 4): recorders connect, subscribe to
 * meetings and are sent what passes the gate. One thread. Limits: `most` recorders,
 * RECORDERS_MEETINGS subscriptions each, RECORDERS_UNSENT_MAX octets waiting for each; beyond that
 * packets are dropped, counted and told as a gap, so that a slow recorder costs media nothing.
 */
#ifndef ROSTRUM_SFU_IO_RECORDERS_H
#define ROSTRUM_SFU_IO_RECORDERS_H

#include "common/base/time.h"
#include "sfu/router/router.h"

#include <uv.h>

#define RECORDERS_MEETINGS 64
#define RECORDERS_UNSENT_MAX ((size_t)64 << 20)

struct recorders;

struct recorders_config {
	uv_loop_t *loop;
	const char *path;    /* of the socket; a stale file is replaced */
	size_t most;         /* connected at once; more are turned away */
	int64_t wall_offset; /* wall clock minus monotonic clock, us */
};

/* All only grow. */
struct recorders_stats {
	uint64_t refused; /* connections over the limit */
	uint64_t frames;  /* queued for a recorder */
	uint64_t dropped; /* not queued: the recorder was too slow */
	uint64_t bad;     /* recorders cut off for what they said */
};

/* 0, -ENOMEM, or as stream_listen(). */
int recorders_new(
	const struct recorders_config *config, struct recorders **out_recorders) RS_MUST_USE;
/* Closes all and removes the socket file. NULL is fine. Returns NULL. */
struct recorders *recorders_free(struct recorders *recorders);

/* Takes new recorders and obeys what they ask of the router. */
void recorders_input(struct recorders *recorders, struct router *router, rs_time now);
/* One thing from the router's tap: queued for each recorder of its meeting. */
void recorders_emit(struct recorders *recorders, const struct router_tap *tap);
/* Sends what is queued. A recorder that is gone is noticed in the next recorders_input(). */
void recorders_output(struct recorders *recorders);
const struct recorders_stats *recorders_stats(const struct recorders *recorders);

#endif
