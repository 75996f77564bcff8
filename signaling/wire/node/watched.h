/* signaling/wire/node/watched.h
 *
 * What media servers say of a peer somebody looks at (common/control/PROTOCOL.md section 2.3): its slots and streams as they were last
 * said, and its packets of the last seconds. Bounded by the messages it comes in.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_NODE_WATCHED_H
#define ROSTRUM_SIGNALING_WIRE_NODE_WATCHED_H

#include "signaling/wire/node/node.h"

/* Messages whose records are kept, one a second. */
#define WATCHED_KEPT 16

struct watched;

/* 0 or -ENOMEM. */
int watched_new(struct watched **out_watched) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct watched *watched_free(struct watched *watched);

/* The i-th peer of the STATS message is this one: keep what is said of it. */
void watched_take(struct watched *watched, const struct node_message *message, size_t i);

/* Append the members slots and streams, or missed and records, of a JSON object; empty before the first
 * message. 0, -E2BIG or -ENOMEM. */
int watched_write_media(const struct watched *watched, struct rs_buf *out) RS_MUST_USE;
int watched_write_records(const struct watched *watched, struct rs_buf *out) RS_MUST_USE;

#endif
