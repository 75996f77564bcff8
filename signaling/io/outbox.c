#include "signaling/io/outbox.h"

#include <errno.h>

int outbox_init(struct outbox *outbox, size_t max_messages, size_t max_octets)
{
	if (max_messages == 0 || max_octets == 0)
		return -EINVAL;
	struct message **ring = rs_calloc(max_messages, sizeof(*ring));
	if (ring == NULL)
		return -ENOMEM;
	*outbox = (struct outbox){ .ring = ring, .cap = max_messages, .max_octets = max_octets };
	return 0;
}

void outbox_done(struct outbox *outbox)
{
	struct message *message;
	while ((message = outbox_take(outbox)) != NULL)
		message_unref(message);
	outbox->ring = rs_release(outbox->ring);
	outbox->cap = 0;
}

int outbox_put(struct outbox *outbox, struct message *message)
{
	if (outbox->count == outbox->cap || message->len > outbox->max_octets - outbox->octets)
		return -E2BIG;
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
