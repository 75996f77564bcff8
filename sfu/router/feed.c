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

static struct publish *floor_source(const struct meeting *meeting, const struct slot *slot)
{
	if (slot->spec.mix == ROUTER_LOUDEST)
		return slot->spec.rank == 0 ? meeting->loudest : NULL;
	return slot->spec.rank < RANKS_MAX ? meeting->ranks[slot->spec.rank] : NULL;
}

/* The live desk; else, or while nothing comes from it, the floor. */
static struct publish *channel_source(const struct meeting *meeting, const struct slot *slot)
{
	for (size_t i = 0; i < meeting->n_channels; i++) {
		const struct channel *channel = &meeting->channels[i];
		if (!text_equal(&channel->id, &slot->feed.name))
			continue;
		struct publish *desk = channel->desk.microphone;
		if (desk == NULL || !desk->flowing)
			return floor_source(meeting, slot);
		return slot->spec.rank == 0 ? desk : NULL;
	}
	return floor_source(meeting, slot);
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

static struct publish *audio_source(const struct meeting *meeting, const struct slot *slot)
{
	switch (slot->feed.kind) {
	case FEED_NONE:
	case FEED_CONTENT:
		return NULL;
	case FEED_FLOOR:
		return floor_source(meeting, slot);
	case FEED_CHANNEL:
		return channel_source(meeting, slot);
	case FEED_SPEAKER:
		return beside_channel(meeting, meeting->speaker.microphone);
	case FEED_CHAIR:
		return beside_channel(meeting, meeting->chair.microphone);
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
	/* Nobody hears themselves. */
	if (!slot->spec.video && slot->peer != NULL && publish->peer == slot->peer)
		return NULL;
	return publish;
}
