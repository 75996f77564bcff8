/* signaling/service/show/snapshot.h
 *
 * The view as it was a moment ago, for those who join. Writing the view of a large meeting takes longer than anything else that
 * a page can ask for, and after an outage a thousand pages ask at once; so it is written at most so often as its size allows,
 * shared by all, and who joins is told of the events since.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_SHOW_SNAPSHOT_H
#define ROSTRUM_SIGNALING_SERVICE_SHOW_SNAPSHOT_H

#include "signaling/service/service.h"

struct chamber;
struct snapshot;

/* Brings `chamber->snapshot` up to date, or near enough that the events since are kept. 0, -E2BIG or -ENOMEM: it is as it was,
 * maybe without a view. */
int snapshot_take(struct chamber *chamber, struct moment at) RS_MUST_USE;
/* The same, of the last event. */
int snapshot_take_last(struct chamber *chamber, struct moment at) RS_MUST_USE;
/* Append the view, which was taken. 0, -E2BIG or -ENOMEM. */
int snapshot_write(const struct snapshot *snapshot, struct rs_buf *out) RS_MUST_USE;
void snapshot_done(struct snapshot *snapshot);

#endif
