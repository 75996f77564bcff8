/* tools/roombox/outage/edges.h
 *
 * When outages began and ended, on their way to a thread that may be busy meanwhile: nothing of them is forgotten, and those that it
 * was not told of singly are one. An embedded value.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_OUTAGE_EDGES_H
#define ROSTRUM_TOOLS_ROOMBOX_OUTAGE_EDGES_H

#include "common/base/time.h"

struct edges {
	bool begun, ended; /* in this order */
	rs_time from, to;
};

static inline void edges_begin(struct edges *edges, rs_time from)
{
	if (edges->ended) { /* the one before has only just ended: it goes on */
		edges->ended = false;
		return;
	}
	edges->begun = true;
	edges->from = from;
}

static inline void edges_end(struct edges *edges, rs_time to)
{
	edges->ended = true;
	edges->to = to;
}

/* What happened since. */
static inline struct edges edges_take(struct edges *edges)
{
	const struct edges taken = *edges;
	*edges = (struct edges){ 0 };
	return taken;
}

#endif
