/* signaling/service/state/listening.h
 *
 * What a person listens to, and what that makes of the audio places of their pages: three of the main feed, one with the original
 * underneath, one for a booth partner. A wish of one's own: it is no event of the meeting, and lasts as long as the server runs
 * or the media server can give it back. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_STATE_LISTENING_H
#define ROSTRUM_SIGNALING_SERVICE_STATE_LISTENING_H

#include "signaling/wire/message/message.h"
#include "signaling/wire/node/peer.h"

/* Audio places of a page, in the order they are offered. */
enum listening_place {
	LISTENING_MAIN, /* of rank 0; two more follow it */
	LISTENING_ORIGINAL = 3,
	LISTENING_PARTNER,
	LISTENING_PLACES,
};

struct listening {
	char channel[RS_NAME_MAX + 1]; /* empty = floor */
	bool original;                 /* the floor underneath, while the channel is interpreted */
	char partner[RS_NAME_MAX +
		     1]; /* of an interpreter: channel whose live desk is heard beside it; empty = none */
	bool loops; /* hears its own voice, in the partner's place */
	char understands[WIRE_LANGUAGES_MAX][EVENT_LANGUAGE_MAX + 1];
	size_t n_understands;
	bool understood; /* one of them is spoken on the floor: then that is heard itself */
};

/* `language` is spoken on the floor now ("" = not known). A language of the list also means its regional ones (RFC 4647 section 3.3.1). */
void listening_hear(struct listening *listening, const char *language);
/* What each place carries. */
void listening_places(
	const struct listening *listening, struct peer_slot out_places[LISTENING_PLACES]);
/* The peer's audio places carry that now, as many as it has. True: some carried another thing before. */
bool listening_bind(const struct listening *listening, struct peer_spec *peer);
/* What a media server's peer carries tells what its person listened to before our restart. */
void listening_learn(struct listening *listening, const struct peer_spec *peer);

#endif
