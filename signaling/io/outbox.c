#include "signaling/io/outbox.h"

#include <errno.h>

#define CAP_FIRST 16

int outbox_init(struct outbox *outbox, size_t max_messages, size_t max_octets)
{
	if (max_messages == 0 || max_octets == 0)
		return -EINVAL;
	*outbox = (struct outbox){ .max_messages = max_messages, .max_octets = max_octets };
	return 0;
}

static int grow(struct outbox *outbox)
{
	const size_t twice = outbox->cap > 0 ? outbox->cap * 2 : CAP_FIRST;
	const size_t cap = twice < outbox->max_messages ? twice : outbox->max_messages;
	struct message **ring = rs_calloc(cap, sizeof(*ring));
	if (ring == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < outbox->count; i++)
		ring[i] = outbox->ring[(outbox->first + i) % outbox->cap];
	rs_release(outbox->ring);
	outbox->ring = ring;
	outbox->cap = cap;
	outbox->first = 0;
	return 0;
}

void outbox_done(struct outbox *outbox)
{
	struct message *message;
	while ((message = outbox_take(outbox)) != NULL)
		message_unref(message);
	outbox->ring = rs_release(outbox->ring);
	outbox->cap = 0;
	outbox->max_messages = 0;
}

int outbox_put(struct outbox *outbox, struct message *message)
{
	if (outbox->count == outbox->max_messages ||
		message->len > outbox->max_octets - outbox->octets)
		return -E2BIG;
	if (outbox->count == outbox->cap && grow(outbox) < 0)
		return -ENOMEM;
	outbox->ring[(outbox->first + outbox->count) % outbox->cap] = message;
	outbox->count++;
	outbox->octets += message->len;
	return 0;
}

struct message *outbox_take(struct outbox *outbox)
{
	if (outbox->count == 0)
		return NULL;
	struct message *message = outbox->ring[outbox->first];
	outbox->first = (outbox->first + 1) % outbox->cap;
	outbox->count--;
	outbox->octets -= message->len;
	return message;
}
