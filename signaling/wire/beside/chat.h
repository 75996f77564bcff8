/* signaling/wire/beside/chat.h
 *
 * Messages of a meeting's chat: what is kept of one, in the store and on the line to pages. Plain data; jansson stays inside.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_BESIDE_CHAT_H
#define ROSTRUM_SIGNALING_WIRE_BESIDE_CHAT_H

#include "common/base/buf.h"
#include "signaling/proceedings/proceedings.h"

/* Octets of one message's text, UTF-8. */
#define CHAT_TEXT_MAX 2000

enum chat_audience {
	CHAT_ALL,         /* everybody in the meeting */
	CHAT_DELEGATION,  /* the badges of the sender's delegation */
	CHAT_SECRETARIAT, /* the secretariat, and the sender */
	CHAT_PARTICIPANT, /* one badge, from the secretariat: the whole secretariat sees it */
	CHAT_BOOTH,       /* the desks of the sender's booth */
	CHAT_BOOTHS,      /* all desks */
	CHAT_AUDIENCE_COUNT,
};

struct chat_message {
	uint64_t number; /* grows in each meeting; never used twice */
	int64_t wall_ms;
	char from[RS_NAME_MAX + 1]; /* badge */
	char id[RS_NAME_MAX + 1];   /* of the command: sent again, it is not said again */
	enum chat_audience audience;
	char to[RS_NAME_MAX + 1]; /* PARTICIPANT: the badge; else empty */
	char text[CHAT_TEXT_MAX + 1];
};

/* "all" ...: 0, or -ENOENT. */
int chat_audience_parse(const char *name, enum chat_audience *out_audience) RS_MUST_USE;

/* Text people may send one another: 1 to CHAT_TEXT_MAX octets of UTF-8 with something to see in it, no control characters but
 * line feeds, and none that turn the direction of what follows (Unicode LRO, RLO and the like): the page isolates each text. */
bool chat_text_is_good(const char *text, size_t len);
/* Is it meant for this participant? */
bool chat_reaches(const struct chat_message *message, const struct proceedings *proceedings,
	const struct participant *participant);

/* One JSON object, as it is kept. 0, -E2BIG or -ENOMEM. */
int chat_message_write(const struct chat_message *message, struct rs_buf *out) RS_MUST_USE;
/* 0, or -EBADMSG. */
int chat_message_parse(const char *json, size_t len, struct chat_message *out_message) RS_MUST_USE;
/* {"type": "chat", "messages": [...]} for pages: `n` of them, without their command ids. 0, -E2BIG or -ENOMEM. */
int chat_frame_write(
	const struct chat_message *const *messages, size_t n, struct rs_buf *out) RS_MUST_USE;

#endif
