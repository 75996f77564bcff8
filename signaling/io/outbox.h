/* signaling/io/outbox.h
 *
 * What waits to be written to one page: a ring of shared messages, bounded by count and octets. A page that lets it
 * fill up is too slow and is closed by the caller. One thread; the ring grows with what waits, so that most stay small.
 */
#ifndef ROSTRUM_SIGNALING_IO_OUTBOX_H
#define ROSTRUM_SIGNALING_IO_OUTBOX_H

#include "signaling/broadcast/message.h"

struct outbox {
	struct message **ring;
	size_t cap; /* messages the ring has room for now */
	size_t max_messages;
	size_t first;
	size_t count;
	size_t octets;
	size_t max_octets;
};

/* Allocates nothing yet. 0, or -EINVAL (a limit is 0). */
int outbox_init(struct outbox *outbox, size_t max_messages, size_t max_octets) RS_MUST_USE;
/* Gives back what waits. An outbox of zeroes is fine. */
void outbox_done(struct outbox *outbox);
/* Takes `message` on success. 0, -E2BIG (either limit) or -ENOMEM: then the caller still has it. */
int outbox_put(struct outbox *outbox, struct message *message) RS_MUST_USE;
/* The oldest, which the caller gives back; NULL when empty. */
struct message *outbox_take(struct outbox *outbox);

#endif
