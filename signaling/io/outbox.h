/* signaling/io/outbox.h
 *
 * What waits to be written to one page: a ring of shared messages, bounded by count and octets. A page that lets it
 * fill up is too slow and is closed by the caller. One thread; the ring is allocated at birth.
 */
#ifndef ROSTRUM_SIGNALING_IO_OUTBOX_H
#define ROSTRUM_SIGNALING_IO_OUTBOX_H

#include "signaling/broadcast/message.h"

struct outbox {
	struct message **ring;
	size_t cap; /* messages */
	size_t first;
	size_t count;
	size_t octets;
	size_t max_octets;
};

/* 0, -EINVAL (a limit is 0) or -ENOMEM. */
int outbox_init(struct outbox *outbox, size_t max_messages, size_t max_octets) RS_MUST_USE;
/* Gives back what waits. An outbox of zeroes is fine. */
void outbox_done(struct outbox *outbox);
/* Takes `message` on success. 0, or -E2BIG (either limit): then the caller still has it. */
int outbox_put(struct outbox *outbox, struct message *message) RS_MUST_USE;
/* The oldest, which the caller gives back; NULL when empty. */
struct message *outbox_take(struct outbox *outbox);

#endif
