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

struct message {
	uint32_t refs;
	size_t len;
	uint8_t octets[]; /* headroom, text, NUL */
};

/* Copies `len` octets; one reference. NULL when out of memory. */
struct message *message_new(const void *text, size_t len) RS_MUST_USE;
struct message *message_ref(struct message *message);
/* NULL is fine. Returns NULL. */
struct message *message_unref(struct message *message);
void message_unrefp(struct message **message);

static inline uint8_t *message_text(struct message *message)
{
	return message->octets + MESSAGE_HEADROOM;
}

#endif
