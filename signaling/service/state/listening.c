#include "signaling/service/state/listening.h"

#include <stdio.h>

static void set_feed(struct peer_slot *place, const char *prefix, const char *channel)
{
	(void)snprintf(place->feed, sizeof(place->feed), "%s%s", prefix, channel); /* fits */
}

void listening_hear(struct listening *listening, const char *language)
{
	listening->understood = false;
	for (size_t i = 0; i < listening->n_understands; i++)
		listening->understood = listening->understood ||
					rs_language_in(listening->understands[i], language);
}

void listening_places(
	const struct listening *listening, struct peer_slot out_places[LISTENING_PLACES])
{
	const bool floor = listening->channel[0] == '\0' || listening->understood;

	for (uint32_t i = 0; i < LISTENING_PLACES; i++) {
		struct peer_slot *place = &out_places[i];
		const bool main = i < LISTENING_ORIGINAL;
		*place = (struct peer_slot){ .kind = PEER_AUDIO, .rank = main ? i : 0 };
		if (main)
			set_feed(place, floor ? "floor" : FEED_CHANNEL,
				floor ? "" : listening->channel);
	}
	/* One place for whoever speaks there. */
	out_places[LISTENING_ORIGINAL].mix = PEER_MIX_LOUDEST;
	if (listening->original && !floor)
		set_feed(&out_places[LISTENING_ORIGINAL], FEED_ORIGINAL, listening->channel);
	if (listening->loops)
		set_feed(&out_places[LISTENING_PARTNER], FEED_OWN, "");
	else if (listening->partner[0] != '\0')
		set_feed(&out_places[LISTENING_PARTNER], FEED_DESK, listening->partner);
}

bool listening_bind(const struct listening *listening, struct peer_spec *peer)
{
	struct peer_slot places[LISTENING_PLACES];
	size_t at = 0;
	bool changed = false;

	listening_places(listening, places);
	for (size_t i = 0; i < peer->n_recv && at < LISTENING_PLACES; i++) {
		struct peer_recv *recv = &peer->recv[i];
		if (recv->kind != PEER_AUDIO)
			continue;
		changed = changed || strcmp(recv->feed, places[at].feed) != 0;
		(void)rs_set_text(recv->feed, places[at++].feed);
	}
	return changed;
}

void listening_learn(struct listening *listening, const struct peer_spec *peer)
{
	for (size_t i = 0; i < peer->n_recv; i++) {
		const char *feed = peer->recv[i].feed;
		if (strncmp(feed, FEED_CHANNEL, strlen(FEED_CHANNEL)) == 0)
			(void)rs_set_text(listening->channel, feed + strlen(FEED_CHANNEL));
		if (strncmp(feed, FEED_ORIGINAL, strlen(FEED_ORIGINAL)) == 0)
			listening->original = true;
	}
}
