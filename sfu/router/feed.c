/* What a feed comes from at this moment. */
#include "sfu/router/router_priv.h"

bool on_floor(const struct meeting *meeting, const struct publish *publish)
{
	if (publish->spec.media != ROUTER_MICROPHONE || !publish->open || !publish->winner)
		return false;
	if (is_desk(meeting, &publish->source))
		return false;
	return meeting->mode == ROUTER_DIRECT ||
	       meeting_lists(meeting->open, meeting->n_open, &publish->source);
}

/* Nobody hears themselves, also not by another line: a page does not get the microphone of the encoder that speaks for it. */
static bool is_own(const struct peer *peer, const struct publish *publish)
{
	for (size_t i = 0; i < peer->n_publishes; i++)
		if (peer->publishes[i]->spec.media == ROUTER_MICROPHONE &&
			text_equal(&peer->publishes[i]->source, &publish->source))
			return true;
	return false;
}

/* The rank is counted without those that are the slot's own, so that a room whose microphones are open still hears as many
 * others as it has slots. */
static struct publish *others_source(const struct meeting *meeting, const struct slot *slot)
{
	size_t n = 0;

	for (size_t i = 0; i < RANKS_MAX; i++) {
		struct publish *publish = meeting->ranks[i];
		if (publish != NULL && slot->peer != NULL && is_own(slot->peer, publish))
			continue;
		if (n++ == slot->spec.rank)
			return publish;
	}
	return NULL;
}

static struct publish *floor_source(const struct meeting *meeting, const struct slot *slot)
{
	switch (slot->spec.mix) {
	case ROUTER_LOUDEST:
		return slot->spec.rank == 0 ? meeting->loudest : NULL;
	case ROUTER_OTHERS:
		return others_source(meeting, slot);
	case ROUTER_BY_RANK:
		break;
	}
	return slot->spec.rank < RANKS_MAX ? meeting->ranks[slot->spec.rank] : NULL;
}

/* The desk a channel carries: NULL where there is none, or while nothing comes from it, for then it passes the floor. */
static struct publish *carried_desk(const struct meeting *meeting, const struct text *channel)
{
	for (size_t i = 0; i < meeting->n_channels; i++) {
		struct publish *desk = meeting->channels[i].desk.microphone;
		if (text_equal(&meeting->channels[i].id, channel))
			return desk != NULL && desk->flowing ? desk : NULL;
	}
	return NULL;
}

/* Of a channel and of what it is made of: the whole, the desk alone, the floor underneath. */
static struct publish *channel_source(const struct meeting *meeting, const struct slot *slot)
{
	struct publish *desk = carried_desk(meeting, &slot->feed.name);

	if (slot->feed.kind == FEED_ORIGINAL)
		return desk != NULL ? floor_source(meeting, slot) : NULL;
	if (desk == NULL)
		return slot->feed.kind == FEED_CHANNEL ? floor_source(meeting, slot) : NULL;
	return slot->spec.rank == 0 ? desk : NULL;
}

/* A source by name: itself, but a desk that is open into its channel is not to be had beside it,
 * save for a sound check in direct mode. */
static struct publish *beside_channel(const struct meeting *meeting, struct publish *publish)
{
	if (publish != NULL && publish->open && meeting->mode != ROUTER_DIRECT &&
		!on_floor(meeting, publish))
		return NULL;
	return publish;
}

/* What one says comes back to oneself alone, and not while it is heard anyway; in direct mode everything is. */
static struct publish *own_source(const struct meeting *meeting, const struct slot *slot)
{
	for (size_t i = 0; slot->peer != NULL && i < slot->peer->n_publishes; i++) {
		struct publish *publish = slot->peer->publishes[i];
		if (publish->spec.media == ROUTER_MICROPHONE &&
			(!publish->open || meeting->mode == ROUTER_DIRECT))
			return publish;
	}
	return NULL;
}

static struct publish *audio_source(const struct meeting *meeting, const struct slot *slot)
{
	switch (slot->feed.kind) {
	case FEED_NONE:
	case FEED_CONTENT:
		return NULL;
	case FEED_FLOOR:
		return floor_source(meeting, slot);
	case FEED_CHANNEL:
	case FEED_DESK:
	case FEED_ORIGINAL:
		return channel_source(meeting, slot);
	case FEED_SPEAKER:
		return beside_channel(meeting, meeting->speaker.microphone);
	case FEED_CHAIR:
		return beside_channel(meeting, meeting->chair.microphone);
	case FEED_OWN:
		return own_source(meeting, slot);
	case FEED_SOURCE:
		return beside_channel(
			meeting, meeting_source(meeting, &slot->feed.name, ROUTER_MICROPHONE));
	}
	return NULL;
}

static struct publish *video_source(const struct meeting *meeting, const struct slot *slot)
{
	struct publish *camera;

	switch (slot->feed.kind) {
	case FEED_NONE:
	case FEED_DESK:
	case FEED_ORIGINAL:
	case FEED_OWN:
		return NULL;
	case FEED_FLOOR: /* a player of sound sees who speaks */
	case FEED_CHANNEL:
	case FEED_SPEAKER:
		return slot->spec.rank == 0 ? meeting->speaker.camera : NULL;
	case FEED_CHAIR:
		return meeting->chair.camera;
	case FEED_CONTENT:
		return meeting->content.content;
	case FEED_SOURCE:
		camera = meeting_source(meeting, &slot->feed.name, ROUTER_CAMERA);
		return camera != NULL ? camera
				      : meeting_source(meeting, &slot->feed.name, ROUTER_CONTENT);
	}
	return NULL;
}

struct publish *feed_source(const struct meeting *meeting, const struct slot *slot)
{
	struct publish *publish =
		slot->spec.video ? video_source(meeting, slot) : audio_source(meeting, slot);

	if (!meeting->known || publish == NULL)
		return NULL;
	if (!slot->spec.video && slot->feed.kind != FEED_OWN && slot->peer != NULL &&
		is_own(slot->peer, publish))
		return NULL;
	return publish;
}
