/* signaling/broadcast/message.h
 *
 * An immutable text that many sessions are sent: made once, shared by count, not by copy. Counted
 * without atomics: all holders live on one thread.
 */
#ifndef ROSTRUM_SIGNALING_BROADCAST_MESSAGE_H
#define ROSTRUM_SIGNALING_BROADCAST_MESSAGE_H

#include "common/base/mem.h"

/* Octets in front of the text that a socket library may scribble on while it writes (libwebsockets: LWS_PRE). */
#define MESSAGE_HEADROOM 32

/* A long text is sent as several messages in a row, so that most of it is shared and none of it is copied whole
 * (fragments of RFC 6455 section 5.4). */
enum message_part {
	MESSAGE_WHOLE,
	MESSAGE_FIRST,
	MESSAGE_NEXT,
	MESSAGE_LAST,
};

struct message {
	enum message_part part;
	uint32_t refs;
	size_t len;
	uint8_t octets[]; /* headroom, text, NUL */
};

/* Copies `len` octets; one reference. NULL when out of memory. */
struct message *message_new(const void *text, size_t len) RS_MUST_USE;
struct message *message_new_part(const void *text, size_t len, enum message_part part) RS_MUST_USE;
struct message *message_ref(struct message *message);
/* NULL is fine. Returns NULL. */
struct message *message_unref(struct message *message);

static inline uint8_t *message_text(struct message *message)
{
	return message->octets + MESSAGE_HEADROOM;
}

#endif
