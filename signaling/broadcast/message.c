#include "signaling/broadcast/message.h"

#include <string.h>

struct message *message_new(const void *text, size_t len)
{
	struct message *message = rs_zalloc(sizeof(*message) + MESSAGE_HEADROOM + len + 1);
	if (message == NULL)
		return NULL;
	message->refs = 1;
	message->len = len;
	if (len > 0)
		memcpy(message_text(message), text, len);
	return message;
}

struct message *message_new_part(const void *text, size_t len, enum message_part part)
{
	struct message *message = message_new(text, len);
	if (message != NULL)
		message->part = part;
	return message;
}

struct message *message_ref(struct message *message)
{
	message->refs++;
	return message;
}

struct message *message_unref(struct message *message)
{
	if (message != NULL && --message->refs == 0)
		rs_release(message);
	return NULL;
}
