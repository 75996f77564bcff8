/* What the recorder gets: sources behind the gate as they were sent, channels as a listener hears them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sfu/router/router_priv.h"

#define CHANNEL_PT 111
#define ACCOUNT_EVERY RS_SEC(1)

bool tap_wants(const struct router *router, const struct meeting *meeting)
{
	return router->config.tap != NULL && meeting->known && meeting->record && meeting->tapped;
}

static void tell(struct router *router, const struct router_tap *tap)
{
	router->config.tap(router->config.ctx, tap);
}

/* The channels, and behind them the floor as one sound. */
static struct channel *channel_at(struct meeting *meeting, size_t i)
{
	return i < meeting->n_channels ? &meeting->channels[i] : &meeting->floor;
}

static void tell_sent(
	struct router *router, const char *meeting, uint32_t track, struct tap_count *count)
{
	if (track == 0 || count->given == count->told)
		return;
	count->told = count->given;
	tell(router, &(struct router_tap){
			     .kind = ROUTER_TAP_SENT,
			     .meeting = meeting,
			     .track = track,
			     .packets = count->given,
		     });
}

void tap_end(struct router *router, struct publish *publish)
{
	const struct meeting *meeting = publish->peer->meeting;

	if (tap_wants(router, meeting))
		tell_sent(router, meeting->id.s, publish->tap_track, &publish->tap_count);
}

void tap_account(struct router *router, struct meeting *meeting)
{
	if (!tap_wants(router, meeting))
		return;
	for (size_t i = 0; i < TAP_SLOTS(meeting); i++) {
		struct channel *channel = channel_at(meeting, i);
		tell_sent(router, meeting->id.s, channel->tap_track, &channel->tap_count);
	}
	for (struct peer *peer = meeting->peers; peer != NULL; peer = peer->next) {
		for (size_t i = 0; i < peer->n_publishes; i++) {
			struct publish *publish = peer->publishes[i];
			tell_sent(router, meeting->id.s, publish->tap_track, &publish->tap_count);
		}
	}
}

void tap_tick(struct router *router, struct meeting *meeting, rs_time now)
{
	if (now < meeting->tap_due)
		return;
	meeting->tap_due = now + ACCOUNT_EVERY;
	tap_account(router, meeting);
}

static uint32_t next_track(struct router *router)
{
	if (++router->tap_tracks == 0)
		router->tap_tracks = 1;
	return router->tap_tracks;
}

static struct slot *channel_slot(struct router *router, struct channel *channel, bool floor)
{
	char feed[sizeof(channel->id.s) + sizeof("channel-")];
	struct slot *slot;

	(void)snprintf(feed, sizeof(feed), floor ? "%s" : "channel-%s",
		channel->id.s); /* an id leaves room for the prefix */
	const struct router_recv spec = {
		.mid = "",
		.ssrc = rs_rand_u32(router->config.rand) | 1,
		.codec = ROUTER_OPUS,
		.pt = CHANNEL_PT,
		.feed = feed,
		.mix = ROUTER_LOUDEST,
	};
	if (slot_new(&spec, router->config.rand, &slot) < 0)
		return NULL;
	slot->channel = channel;
	return slot;
}

struct slot *tap_slot(const struct meeting *meeting, size_t i)
{
	return i < meeting->n_channels ? meeting->channels[i].tap : meeting->floor.tap;
}

void tap_set(struct router *router, struct meeting *meeting, rs_time now)
{
	const bool wanted = tap_wants(router, meeting);

	for (size_t i = 0; i < TAP_SLOTS(meeting); i++) {
		struct channel *channel = channel_at(meeting, i);
		if (wanted && channel->tap == NULL) {
			/* Out of memory: tried again at the next change. */
			channel->tap = channel_slot(router, channel, channel == &meeting->floor);
			channel->tap_track = 0;
		} else if (!wanted && channel->tap != NULL) {
			slot_bind(router, channel->tap, NULL, now);
			channel->tap = slot_free(channel->tap);
		}
	}
}

static void mark(struct router *router, struct publish *publish, bool open, rs_time at)
{
	const struct meeting *meeting = publish->peer->meeting;

	publish->marked = open;
	tell(router, &(struct router_tap){
			     .kind = ROUTER_TAP_MARK,
			     .meeting = meeting->id.s,
			     .name = publish->source.s,
			     .event = meeting->event,
			     .open = open,
			     .at = at,
		     });
}

void tap_gate(struct router *router, struct publish *publish, bool open, rs_time now)
{
	const struct meeting *meeting = publish->peer->meeting;

	publish->tap_waits = true;
	if (publish->spec.media != ROUTER_MICROPHONE || !tap_wants(router, meeting))
		return;
	if (open ? on_floor(meeting, publish) : publish->marked)
		mark(router, publish, open, now);
}

void tap_show(struct router *router, struct meeting *meeting, rs_time now)
{
	const struct publish *camera = meeting->speaker.camera;
	const struct text none = { .s = "" };
	const struct text *seen = camera != NULL ? &camera->source : &none;

	if (!tap_wants(router, meeting) || text_equal(seen, &meeting->shown))
		return;
	meeting->shown = *seen;
	tell(router, &(struct router_tap){
			     .kind = ROUTER_TAP_SHOW,
			     .meeting = meeting->id.s,
			     .name = seen->s,
			     .at = now,
		     });
}

void tap_reset(struct router *router, struct meeting *meeting)
{
	tap_account(router, meeting);
	meeting->shown = (struct text){ .s = "" }; /* a recorder begins without a picture */
	for (size_t i = 0; i < TAP_SLOTS(meeting); i++)
		channel_at(meeting, i)->tap_track = 0;
	for (struct peer *peer = meeting->peers; peer != NULL; peer = peer->next) {
		for (size_t i = 0; i < peer->n_publishes; i++) {
			struct publish *publish = peer->publishes[i];
			publish->tap_track = 0;
			publish->tap_stream = 0;
			publish->tap_waits = true;
			publish->marked = false;
			if (tap_wants(router, meeting) && on_floor(meeting, publish))
				mark(router, publish, true, publish->opened);
		}
	}
}

static void announce(struct router *router, struct track *track)
{
	struct publish *publish = track->publish;

	tell_sent(router, publish->peer->meeting->id.s, publish->tap_track, &publish->tap_count);
	publish->tap_track = next_track(router);
	publish->tap_count = (struct tap_count){ 0 };
	publish->tap_stream = track->stream;
	tell(router, &(struct router_tap){
			     .kind = ROUTER_TAP_TRACK,
			     .meeting = publish->peer->meeting->id.s,
			     .track = publish->tap_track,
			     .name = publish->source.s,
			     .media = publish->spec.media,
			     .codec = publish->spec.codec,
		     });
	tap_clock(router, track);
}

/* Video begins with a key frame: after the gate opened, and in another layer. */
static bool begins(struct router *router, struct track *track, const struct packet *packet)
{
	struct publish *publish = track->publish;
	const bool video = publish->spec.media != ROUTER_MICROPHONE;
	const bool same = packet->stream == publish->tap_stream;

	if (same && !(video && publish->tap_waits))
		return true;
	const struct layer_limit none = { .layer = LAYER_ANY, .temporal = TEMPORAL_ALL };
	if (!same && track->layer != layer_choose(publish, 0, false, &none).layer)
		return false;
	if (video && !packet->keyframe) {
		if (!track->keyframes.wanted)
			keyframe_ask(router, track, KEYFRAME_TO_BEGIN, packet->arrival);
		return false;
	}
	publish->tap_waits = false;
	if (!same)
		announce(router, track);
	return true;
}

/* Padding-only packets go too: the recorder counts sequence numbers, and a hole would be a loss to it. */
void tap_packet(struct router *router, struct track *track, const struct packet *packet)
{
	struct publish *publish = track->publish;
	const struct meeting *meeting = publish->peer->meeting;

	if (!tap_wants(router, meeting))
		return;
	if (publish->spec.media == ROUTER_MICROPHONE && !on_floor(meeting, publish))
		return;
	if (!begins(router, track, packet))
		return;
	publish->tap_count.given++;
	tell(router, &(struct router_tap){
			     .kind = ROUTER_TAP_PACKET,
			     .meeting = meeting->id.s,
			     .track = publish->tap_track,
			     .data = packet->data,
			     .len = packet->len,
			     .at = packet->arrival,
		     });
}

void tap_clock(struct router *router, const struct track *track)
{
	const struct publish *publish = track->publish;

	if (!track->has_sr || publish->tap_track == 0 || track->stream != publish->tap_stream ||
		!tap_wants(router, publish->peer->meeting))
		return;
	tell(router, &(struct router_tap){
			     .kind = ROUTER_TAP_CLOCK,
			     .meeting = publish->peer->meeting->id.s,
			     .track = publish->tap_track,
			     .ntp = track->sr_ntp,
			     .rtp = track->sr_rtp,
		     });
}

static const char *meeting_of(const struct slot *slot)
{
	return slot->publish->peer->meeting->id.s;
}

void tap_channel_packet(
	struct router *router, struct slot *slot, const uint8_t *data, size_t len, rs_time arrival)
{
	struct channel *channel = slot->channel;

	if (channel->tap_track == 0) {
		channel->tap_track = next_track(router);
		channel->tap_count = (struct tap_count){ 0 };
		tell(router, &(struct router_tap){
				     .kind = ROUTER_TAP_TRACK,
				     .meeting = meeting_of(slot),
				     .track = channel->tap_track,
				     .name = channel->id.s,
				     .channel = true,
				     .codec = ROUTER_OPUS,
			     });
	}
	channel->tap_count.given++;
	tell(router, &(struct router_tap){
			     .kind = ROUTER_TAP_PACKET,
			     .meeting = meeting_of(slot),
			     .track = channel->tap_track,
			     .data = data,
			     .len = len,
			     .at = arrival,
		     });
}

void tap_channel_clock(
	struct router *router, const struct slot *slot, uint64_t ntp, uint32_t rtp_ts)
{
	if (slot->channel->tap_track == 0 || slot->publish == NULL)
		return;
	tell(router, &(struct router_tap){
			     .kind = ROUTER_TAP_CLOCK,
			     .meeting = meeting_of(slot),
			     .track = slot->channel->tap_track,
			     .ntp = ntp,
			     .rtp = rtp_ts,
		     });
}

int router_tap_start(struct router *router, const char *id, rs_time now)
{
	struct meeting *meeting;

	const int err = meeting_get(router, id, &meeting);
	if (err < 0)
		return err;
	meeting->tapped = true;
	tap_reset(router, meeting);
	meeting_resolve(router, meeting, now);
	return 0;
}

static void publish_keyframe(struct router *router, const struct publish *publish, rs_time now)
{
	struct track *track = track_of_stream(router, publish->tap_stream);

	if (track != NULL)
		keyframe_ask(router, track, KEYFRAME_TO_MEND, now);
}

void router_tap_keyframe(struct router *router, uint32_t number, rs_time now)
{
	for (size_t i = 0; number != 0 && i < router->config.peers; i++) {
		const struct peer *peer = router->peers[i];
		for (size_t j = 0; peer != NULL && j < peer->n_publishes; j++)
			if (peer->publishes[j]->tap_track == number)
				publish_keyframe(router, peer->publishes[j], now);
	}
}

void router_tap_stop(struct router *router, const char *id)
{
	struct meeting *meeting = meeting_find(router, id);

	if (meeting == NULL)
		return;
	meeting->tapped = false;
	tap_set(router, meeting, 0);
	meeting_drop(router, meeting);
}
