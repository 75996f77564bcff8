#include "signaling/broadcast/broadcast.h"

#include <errno.h>

struct broadcast {
	size_t kept;
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

struct broadcast *broadcast_free(struct broadcast *broadcast)
{
	if (broadcast == NULL)
		return NULL;
	for (size_t i = 0; i < broadcast->kept; i++) {
		message_unref(broadcast->events[i].payload);
		message_unref(broadcast->events[i].frame);
		message_unref(broadcast->events[i].change);
	}
	return rs_release(broadcast);
}

void broadcast_add(struct broadcast *broadcast, const struct broadcast_event *event)
{
	struct broadcast_event *slot = &broadcast->events[event->number % broadcast->kept];
	message_unref(slot->payload);
	message_unref(slot->frame);
	message_unref(slot->change);
	*slot = *event;
	message_ref(slot->payload);
	message_ref(slot->frame);
	message_ref(slot->change);
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
