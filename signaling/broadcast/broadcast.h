/* signaling/broadcast/broadcast.h
 *
 * The last events of one meeting as they were told, so that a page or a recorder that was away gets exactly what it missed.
 * A fixed ring; the oldest makes way, also when all together grow too large. One thread.
 */
#ifndef ROSTRUM_SIGNALING_BROADCAST_BROADCAST_H
#define ROSTRUM_SIGNALING_BROADCAST_BROADCAST_H

#include "common/base/hash.h"
#include "signaling/broadcast/message.h"

/* Of all that is kept of one meeting; the last event is kept whatever it has. */
#define BROADCAST_OCTETS_MAX ((size_t)16 << 20)

/* One event as told. */
struct broadcast_event {
	uint64_t number;
	uint8_t hash[RS_SHA256_LEN]; /* as stored */
	struct message *payload;     /* as stored */
	struct message *frame;       /* as pages are told */
	struct message *change;      /* as those are told that take changes; may be the same one */
};

struct broadcast;

/* Keeps the last `kept` events, at least 1. 0, -EINVAL or -ENOMEM. */
int broadcast_new(size_t kept, struct broadcast **out_broadcast) RS_MUST_USE;
struct broadcast *broadcast_free(struct broadcast *broadcast);
/* The next event; numbers grow by one. Refers to its messages. */
void broadcast_add(struct broadcast *broadcast, const struct broadcast_event *event);
/* NULL when it is not kept (any more, or yet). Valid until the next add. */
const struct broadcast_event *broadcast_find(const struct broadcast *broadcast, uint64_t number);
/* Are all events after `number` up to `last` kept? True when there are none. */
bool broadcast_covers(const struct broadcast *broadcast, uint64_t number, uint64_t last);

#endif
