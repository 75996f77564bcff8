/* A section a peer sends: one track, or one for each simulcast layer. */
#include <errno.h>
#include <string.h>

#include "common/rtp/opus.h"
#include "sfu/router/router_priv.h"

#define VIDEO_HZ 90000
/* What retransmission can still use, at 50 packets a second of audio and up to 500 of video. */
#define AUDIO_STORE 64
#define AUDIO_KEEP RS_SEC(1)
#define VIDEO_STORE 1024
#define VIDEO_KEEP RS_SEC(2)
/* Silent this long, a source has stopped: a microphone may be in DTX. */
#define STOPPED_AUDIO RS_SEC(5)
#define STOPPED_VIDEO RS_SEC(2)
/* This long behind another, a simulcast layer has stopped: a browser drops the highest first when its line
 * gets narrow, and every listener's picture stands until another is taken. */
#define LAYER_STOPPED RS_MS(500)

static int copy_spec(struct publish *publish, const struct router_send *spec)
{
	publish->spec = *spec;
	publish->spec.mid = publish->mid.s;
	publish->spec.source = publish->source.s;
	if (spec->n_rids > ROUTER_LAYERS_MAX || spec->pt > 127 || spec->rtx_pt > 127 ||
		spec->red_pt > 127 ||
		(spec->red_pt != 0 && (spec->red_pt == spec->pt || spec->codec != ROUTER_OPUS)) ||
		spec->pt == spec->rtx_pt)
		return -EINVAL;
	if ((spec->media == ROUTER_MICROPHONE) != (spec->codec == ROUTER_OPUS))
		return -EINVAL;
	if (text_set(&publish->mid, spec->mid, ROUTER_MID_MAX) < 0 ||
		text_set_name(&publish->source, spec->source, false) < 0)
		return -EINVAL;
	for (size_t i = 0; i < spec->n_rids; i++) {
		publish->spec.rids[i] = publish->rids[i].s;
		if (text_set(&publish->rids[i], spec->rids[i], ROUTER_RID_MAX) < 0)
			return -EINVAL;
	}
	return 0;
}

static int track_init(struct track *track, struct publish *publish, unsigned layer)
{
	const bool audio = publish->spec.media == ROUTER_MICROPHONE;

	*track = (struct track){
		.publish = publish,
		.layer = layer,
		.clock = { .hz = audio ? OPUS_CLOCK_HZ : VIDEO_HZ },
		/* Long ago, so that the first request goes out at once. */
		.keyframes = { .next = RS_TIME_NEVER, .asked = -RS_SEC(10) },
		.picture = -1,
	};
	return store_init(
		&track->store, audio ? AUDIO_STORE : VIDEO_STORE, audio ? AUDIO_KEEP : VIDEO_KEEP);
}

int publish_new(const struct router_send *spec, struct publish **out_publish)
{
	struct publish *publish = rs_zalloc(sizeof(*publish));

	if (publish == NULL)
		return -ENOMEM;
	int err = copy_spec(publish, spec);
	for (unsigned i = 0; err == 0 && i < (spec->n_rids > 0 ? spec->n_rids : 1); i++) {
		err = track_init(&publish->tracks[i], publish, i);
		publish->n_tracks = i + 1;
	}
	if (err < 0) {
		(void)publish_free(NULL, publish); /* nothing is stored yet */
		return err;
	}
	*out_publish = publish;
	return 0;
}

struct publish *publish_free(struct router *router, struct publish *publish)
{
	if (publish == NULL)
		return NULL;
	for (unsigned i = 0; i < publish->n_tracks; i++)
		store_done(&publish->tracks[i].store, router != NULL ? &router->pool : NULL);
	return rs_release(publish);
}

bool publish_same(const struct publish *publish, const struct router_send *spec)
{
	const struct router_send *has = &publish->spec;

	if (strcmp(has->mid, spec->mid) != 0 || strcmp(has->source, spec->source) != 0 ||
		has->media != spec->media || has->csrc != spec->csrc || has->codec != spec->codec ||
		has->pt != spec->pt || has->rtx_pt != spec->rtx_pt || has->red_pt != spec->red_pt ||
		has->ssrc != spec->ssrc || has->rtx_ssrc != spec->rtx_ssrc ||
		has->n_rids != spec->n_rids || memcmp(&has->ext, &spec->ext, sizeof(has->ext)) != 0)
		return false;
	for (size_t i = 0; i < has->n_rids; i++)
		if (strcmp(has->rids[i], spec->rids[i]) != 0)
			return false;
	return true;
}

void publish_say(struct router *router, struct publish *publish, bool gone)
{
	const bool flowing = publish->winner && publish->flowing && !gone;
	struct router_event event = {
		.kind = ROUTER_EVENT_SOURCE,
		.media = publish->spec.media,
		.flowing = flowing,
	};

	if (publish->said == flowing || publish->relay.remote)
		return;

	memcpy(event.meeting, publish->peer->meeting->id.s, sizeof(event.meeting));
	memcpy(event.source, publish->source.s, sizeof(event.source));
	if (event_push(router, &event))
		publish->said = flowing;
}

static bool set_track_flow(
	const struct publish *publish, struct track *track, rs_time newest, rs_time now)
{
	const rs_time stopped =
		publish->spec.media == ROUTER_MICROPHONE ? STOPPED_AUDIO : STOPPED_VIDEO;
	const bool flowing = track->stream != 0 && now - track->last < stopped &&
			     newest - track->last < LAYER_STOPPED;
	const bool changed = flowing != track->flowing;

	track->flowing = flowing;
	return changed;
}

static rs_time newest_packet(const struct publish *publish)
{
	rs_time newest = publish->tracks[0].last;

	for (unsigned i = 1; i < publish->n_tracks; i++)
		newest = rs_time_max(newest, publish->tracks[i].last);
	return newest;
}

void publish_relayer(struct router *router, struct publish *publish, rs_time now)
{
	relay_state(router, publish);
	for (struct slot *slot = publish->slots; slot != NULL; slot = slot->next)
		slot_layer(router, slot, now);
}

void publish_flow(struct router *router, struct publish *publish, rs_time now)
{
	const rs_time newest = newest_packet(publish);
	bool flowing = false;
	bool changed = false;

	if (publish->relay.remote) /* its home says so */
		return;
	for (unsigned i = 0; i < publish->n_tracks; i++) {
		changed = set_track_flow(publish, &publish->tracks[i], newest, now) || changed;
		flowing = flowing || publish->tracks[i].flowing;
	}
	if (flowing != publish->flowing) {
		publish->flowing = flowing;
		meeting_resolve(router, publish->peer->meeting, now);
	}
	if (publish->winner)
		publish_say(router, publish, false); /* again, if there was no room for it */
	if (changed)
		publish_relayer(router, publish, now);
}
