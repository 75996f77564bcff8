#include "signaling/broadcast/broadcast.h"

#include <errno.h>

struct broadcast {
	size_t kept;
	uint64_t oldest; /* number; 0 = none yet */
	size_t octets;   /* of all that is kept */
	struct broadcast_event events[];
};

int broadcast_new(size_t kept, struct broadcast **out_broadcast)
{
	if (kept == 0)
		return -EINVAL;
	struct broadcast *broadcast =
		rs_zalloc(sizeof(*broadcast) + kept * sizeof(broadcast->events[0]));
	if (broadcast == NULL)
		return -ENOMEM;
	broadcast->kept = kept;
	*out_broadcast = broadcast;
	return 0;
}

static size_t octets_of(const struct broadcast_event *event)
{
	return (event->payload != NULL ? event->payload->len : 0) +
	       (event->frame != NULL ? event->frame->len : 0) +
	       (event->change != NULL && event->change != event->frame ? event->change->len : 0);
}

static void forget(struct broadcast *broadcast, size_t i)
{
	struct broadcast_event *slot = &broadcast->events[i];
	broadcast->octets -= octets_of(slot);
	message_unref(slot->payload);
	message_unref(slot->frame);
	message_unref(slot->change);
	*slot = (struct broadcast_event){ .number = 0 };
}

struct broadcast *broadcast_free(struct broadcast *broadcast)
{
	if (broadcast == NULL)
		return NULL;
	for (size_t i = 0; i < broadcast->kept; i++)
		forget(broadcast, i);
	return rs_release(broadcast);
}

void broadcast_add(struct broadcast *broadcast, const struct broadcast_event *event)
{
	const uint64_t kept = broadcast->kept;
	struct broadcast_event *slot = &broadcast->events[event->number % kept];
	if (broadcast->oldest == 0)
		broadcast->oldest = event->number;
	while (broadcast->oldest < event->number &&
		(event->number - broadcast->oldest >= kept ||
			broadcast->octets + octets_of(event) > BROADCAST_OCTETS_MAX))
		forget(broadcast, broadcast->oldest++ % kept);
	forget(broadcast, event->number % kept); /* one that came again */
	*slot = *event;
	message_ref(slot->payload);
	message_ref(slot->frame);
	message_ref(slot->change);
	broadcast->octets += octets_of(slot);
}

const struct broadcast_event *broadcast_find(const struct broadcast *broadcast, uint64_t number)
{
	const struct broadcast_event *event = &broadcast->events[number % broadcast->kept];
	return event->frame != NULL && event->number == number ? event : NULL;
}

bool broadcast_covers(const struct broadcast *broadcast, uint64_t number, uint64_t last)
{
	for (uint64_t next = number + 1; next <= last; next++) {
		if (broadcast_find(broadcast, next) == NULL)
			return false;
	}
	return number <= last;
}
