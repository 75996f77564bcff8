/* sfu/io/ring.h
 *
 * Records handed from one thread to another: one pushes, one takes, nobody waits and nothing locks.
 * Memory is taken at birth; a record that finds no room is refused, so that a slow thread costs the
 * other nothing. Records come out in order, each in one piece and aligned to 8.
 */
#ifndef ROSTRUM_SFU_IO_RING_H
#define ROSTRUM_SFU_IO_RING_H

#include "common/base/mem.h"

struct ring;

/* A record is pushed as parts that lie apart. */
struct ring_part {
	const void *data;
	size_t len;
};

/* `octets` hold records and 8 octets of each one's own, rounded up to 8. 0, -EINVAL (no power of two, or
 * below 64) or -ENOMEM. */
int ring_new(size_t octets, struct ring **out_ring) RS_MUST_USE;
/* Neither thread may use it any more. NULL is fine. Returns NULL. */
struct ring *ring_free(struct ring *ring);

/* ---- by the one that pushes ---- */

/* Copies a record of at least one octet. False: there is no room for it now, or it is longer than half
 * the ring. */
bool ring_push(struct ring *ring, const struct ring_part *parts, size_t n) RS_MUST_USE;

/* ---- by the one that takes ---- */

/* How far has been pushed. What the other thread did before a push up to here is seen from now on. */
uint64_t ring_mark(struct ring *ring);
/* The next record, if it was pushed before `mark`; valid until ring_pop(). NULL = none. */
const void *ring_next(struct ring *ring, uint64_t mark, size_t *out_len);
/* Gives the room of the record that ring_next() gave back. */
void ring_pop(struct ring *ring);
/* Nothing to take. */
bool ring_is_empty(struct ring *ring);

#endif
