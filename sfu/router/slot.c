/* A section a peer receives: one stream for life, whatever source it is bound to. */
#include <errno.h>
#include <string.h>

#include "common/rtp/opus.h"
#include "sfu/router/router_priv.h"

#define VIDEO_HZ 90000

void slot_set_feed(struct slot *slot, const struct router_recv *spec, const struct feed *feed)
{
	slot->feed = *feed;
	slot->spec.rank = spec->rank;
	slot->spec.mix = spec->mix;
	slot->spec.max_height = spec->max_height;
	slot->spec.priority = spec->priority;
	slot->spec.paused = spec->paused;
}

/* Every codec of the section, its first one first. */
static int set_payloads(struct slot *slot, const struct router_recv *spec)
{
	if (spec->n_also > (spec->video ? ROUTER_ALSO_MAX : 0U))
		return -EINVAL;
	slot->payloads[0] = (struct router_payload){ spec->codec, spec->pt, spec->rtx_pt };
	memcpy(&slot->payloads[1], spec->also, spec->n_also * sizeof(spec->also[0]));
	slot->n_payloads = 1 + spec->n_also;
	for (size_t i = 0; i < slot->n_payloads; i++) {
		const struct router_payload *payload = &slot->payloads[i];
		if (payload->pt > 127 || payload->rtx_pt > 127 ||
			(payload->rtx_pt != 0 && payload->rtx_pt == payload->pt) ||
			spec->video != (payload->codec != ROUTER_OPUS))
			return -EINVAL;
		for (size_t j = 0; j < i; j++)
			if (slot->payloads[j].codec == payload->codec ||
				slot->payloads[j].pt == payload->pt)
				return -EINVAL;
	}
	return 0;
}

const struct router_payload *slot_payload(const struct slot *slot, enum router_codec codec)
{
	for (size_t i = 0; i < slot->n_payloads; i++)
		if (slot->payloads[i].codec == codec)
			return &slot->payloads[i];
	return NULL;
}

int slot_new(const struct router_recv *spec, struct rs_rand *rand, struct slot **out_slot)
{
	if (spec->ssrc == 0 || spec->red_pt > 127 ||
		(spec->red_pt != 0 && (spec->red_pt == spec->pt || spec->video)))
		return -EINVAL;
	struct slot *slot = rs_zalloc(sizeof(*slot));
	if (slot == NULL)
		return -ENOMEM;
	slot->spec = *spec;
	int err = set_payloads(slot, spec);
	if (err == 0)
		err = text_set(&slot->mid, spec->mid, ROUTER_MID_MAX);
	if (err == 0)
		err = feed_parse(spec->feed, &slot->feed);
	if (err < 0) {
		(void)slot_free(slot);
		return err;
	}
	slot->spec.mid = slot->mid.s;
	slot->spec.feed = ""; /* the parsed form counts */
	slot->rtx_seq = (uint16_t)rs_rand_below(rand, 0x8000);
	slot->next_sr = RS_TIME_NEVER;
	slot->limit = (struct layer_limit){ .layer = LAYER_ANY, .temporal = TEMPORAL_ALL };
	temporal_init(&slot->temporal);
	slot->red.allowed = RED_MOST;
	red_adapt(slot);
	resend_init(&slot->resend);
	rewrite_init(&slot->rewrite, spec->video ? VIDEO_HZ : OPUS_CLOCK_HZ, spec->video, rand);
	*out_slot = slot;
	return 0;
}

struct slot *slot_free(struct slot *slot)
{
	return rs_release(slot);
}

void slot_inherit(struct slot *slot, const struct slot *from)
{
	if (slot->spec.video != from->spec.video)
		return;
	slot->rewrite = from->rewrite;
	slot->rtx_seq = from->rtx_seq;
	slot->packets = from->packets;
	slot->octets = from->octets;
	slot->loss = from->loss;
	red_adapt(slot);
	rewrite_forget(&slot->rewrite);
}

void slot_leave_numbers(const struct slot *slot, struct numbers *numbers)
{
	numbers_leave(numbers, slot->spec.ssrc, rewrite_last(&slot->rewrite));
	if (slot->spec.rtx_ssrc != 0)
		numbers_leave(numbers, slot->spec.rtx_ssrc, (int64_t)slot->rtx_seq - 1);
}

void slot_take_numbers(struct slot *slot, const struct numbers *numbers)
{
	int64_t last;

	if (numbers_left(numbers, slot->spec.ssrc, &last))
		rewrite_go_on_after(&slot->rewrite, last);
	if (slot->spec.rtx_ssrc != 0 && numbers_left(numbers, slot->spec.rtx_ssrc, &last))
		slot->rtx_seq = (uint16_t)(last + 1);
}

static bool same_payloads(const struct router_recv *a, const struct router_recv *b)
{
	for (size_t i = 0; i < a->n_also; i++)
		if (a->also[i].codec != b->also[i].codec || a->also[i].pt != b->also[i].pt ||
			a->also[i].rtx_pt != b->also[i].rtx_pt)
			return false;
	return true;
}

bool slot_same(const struct slot *slot, const struct router_recv *spec)
{
	const struct router_recv *has = &slot->spec;

	return strcmp(has->mid, spec->mid) == 0 && has->video == spec->video &&
	       has->ssrc == spec->ssrc && has->rtx_ssrc == spec->rtx_ssrc &&
	       has->codec == spec->codec && has->pt == spec->pt && has->rtx_pt == spec->rtx_pt &&
	       has->red_pt == spec->red_pt && has->nack == spec->nack &&
	       has->n_also == spec->n_also && same_payloads(has, spec) &&
	       memcmp(&has->ext, &spec->ext, sizeof(has->ext)) == 0;
}

static void link_slot(struct slot *slot, struct publish *publish)
{
	slot->publish = publish;
	slot->next = publish->slots;
	slot->link = &publish->slots;
	if (slot->next != NULL)
		slot->next->link = &slot->next;
	publish->slots = slot;
}

static void unlink_slot(struct slot *slot)
{
	*slot->link = slot->next;
	if (slot->next != NULL)
		slot->next->link = slot->link;
	slot->publish = NULL;
	slot->next = NULL;
	slot->link = NULL;
}

static void say_bound(struct router *router, const struct slot *slot)
{
	struct router_event event = { .kind = ROUTER_EVENT_SLOT, .peer = slot->peer->handle };

	memcpy(event.meeting, slot->peer->meeting->id.s, sizeof(event.meeting));
	memcpy(event.mid, slot->mid.s, sizeof(event.mid));
	if (slot->publish != NULL) {
		memcpy(event.source, slot->publish->source.s, sizeof(event.source));
		event.media = slot->publish->spec.media;
	}
	(void)event_push(router, &event); /* what is dropped is counted */
}

static void aim(struct slot *slot)
{
	slot->aim =
		layer_choose(slot->publish, slot->spec.max_height, slot->spec.paused, &slot->limit);
	temporal_aim(&slot->temporal, slot->aim.temporal);
}

/* The source, unless the slot does not take its codec. */
static struct publish *takeable(struct router *router, struct slot *slot, struct publish *publish)
{
	const bool without = publish != NULL && slot_payload(slot, publish->spec.codec) == NULL;

	if (without && !slot->without_codec)
		router->counters.slots_without_codec++;
	slot->without_codec = without;
	return without ? NULL : publish;
}

void slot_bind(struct router *router, struct slot *slot, struct publish *source, rs_time now)
{
	struct publish *publish = takeable(router, slot, source);

	if (publish == NULL)
		slot->aim = (struct layer_choice){
			.temporal = TEMPORAL_ALL,
			.why = slot->without_codec ? ROUTER_LAYER_NO_CODEC : ROUTER_LAYER_BEST,
		};
	if (slot->publish == publish) {
		if (publish != NULL)
			slot_layer(router, slot, now); /* wishes may have changed */
		return;
	}
	if (slot->publish != NULL)
		unlink_slot(slot);
	rewrite_break(&slot->rewrite);
	if (publish != NULL) {
		link_slot(slot, publish);
		aim(slot);
		slot_keyframe(router, slot, now);
	}
	if (slot->peer != NULL)
		say_bound(router, slot);
}

static void want_keyframe(
	struct router *router, struct slot *slot, enum keyframe_need need, rs_time now)
{
	if (slot->publish == NULL || !slot->spec.video || slot->aim.paused ||
		(slot->peer != NULL && !peer_is_served(slot->peer)))
		return;
	keyframe_ask(router, &slot->publish->tracks[slot->aim.layer], need, now);
}

void slot_layer(struct router *router, struct slot *slot, rs_time now)
{
	const struct layer_choice before = slot->aim;

	aim(slot);
	if (slot->aim.paused && !before.paused)
		rewrite_break(&slot->rewrite); /* goes on with a key frame */
	if (slot->aim.paused != before.paused)
		slot_keyframe(router, slot, now);
	else if (slot->aim.layer != before.layer)
		want_keyframe(router, slot,
			slot->publish->tracks[before.layer].flowing ? KEYFRAME_TO_MEND
								    : KEYFRAME_TO_BEGIN,
			now);
}

void slot_interrupt(struct router *router, struct slot *slot, bool interrupted, rs_time now)
{
	if (interrupted)
		rewrite_break(&slot->rewrite);
	else
		slot_keyframe(router, slot, now);
}

void slot_keyframe(struct router *router, struct slot *slot, rs_time now)
{
	want_keyframe(router, slot, KEYFRAME_TO_BEGIN, now);
}

bool slot_aims_at(const struct router *router, const struct slot *slot, uint32_t stream)
{
	const struct track *track = track_of_stream(router, stream);

	return track != NULL && track->publish == slot->publish && track->layer == slot->aim.layer;
}

void slot_keyframe_asked(struct router *router, struct slot *slot, rs_time now)
{
	if (keyframe_credit_take(&slot->keyframe_credit, now))
		want_keyframe(router, slot, KEYFRAME_TO_MEND, now);
	else
		router->counters.keyframes_refused++;
}

struct rewrite_in rewrite_in_of(const struct packet *packet, bool may_switch)
{
	struct rewrite_in in = {
		.stream = packet->stream,
		.may_switch = may_switch,
		.seq = packet->seq,
		.rtp_ts = packet->rtp_ts,
		.arrival = packet->arrival,
		.time = packet->time,
		.duration = packet->duration,
		.keyframe = packet->keyframe,
	};

	if (packet->video.codec != ROUTER_OPUS)
		video_number(packet, &in);
	return in;
}

/* Another layer of the source that is forwarded begins: where its clock stands in the present one's. */
static void relate(const struct router *router, const struct slot *slot, const struct track *track,
	struct rewrite_in *in)
{
	uint32_t ts_offset;
	const uint32_t stream = rewrite_stream(&slot->rewrite, &ts_offset);
	const struct track *present = stream != 0 ? track_of_stream(router, stream) : NULL;

	in->has_same = present != NULL && layer_same_ts(track, present, in->rtp_ts, &in->same_ts);
}

/* The frame's temporal layer is one the slot gets. */
static bool temporal_wanted(
	struct slot *slot, const struct packet *packet, const struct rewrite_in *in)
{
	const struct temporal_in temporal = video_temporal(packet);

	return !rewrite_is_next(&slot->rewrite, in) || temporal_take(&slot->temporal, &temporal);
}

/* With the key frame of another stream the temporal layers begin anew as well. */
static void note_switch(struct slot *slot, const struct packet *packet)
{
	const struct temporal_in temporal = video_temporal(packet);

	if (slot->spec.video)
		(void)temporal_take(&slot->temporal, &temporal); /* a key frame always is */
}

/* True when the packet began a switch. */
static bool forward(struct router *router, struct slot *slot, struct track *track,
	struct packet *packet, rs_time now)
{
	struct rewrite_in in = rewrite_in_of(packet, track->layer == slot->aim.layer);
	struct rewrite_out out;

	if (slot->spec.video && !egress_admits(router, slot, packet, now))
		return false;
	if (packet->empty && rewrite_skip(&slot->rewrite, packet->stream, packet->seq))
		return false;
	if (slot->spec.video && !packet->empty) {
		if (!temporal_wanted(slot, packet, &in)) {
			router->counters.tx_left_out++;
			(void)rewrite_leave_out(&slot->rewrite, &in); /* it is the next */
			return false;
		}
		if (packet->keyframe && in.may_switch)
			relate(router, slot, track, &in);
	}
	switch (rewrite_map(&slot->rewrite, &in, &out)) {
	case REWRITE_FORWARD:
		resend_note(slot, track->publish, packet, &out);
		slot_send(router, slot, track->publish, packet, &out, false, now);
		if (out.switched)
			note_switch(slot, packet);
		return out.switched;
	case REWRITE_LATE:
		break;
	case REWRITE_NEEDS_KEYFRAME:
		if (!track->keyframes.wanted)
			keyframe_ask(router, track, KEYFRAME_TO_BEGIN, now);
		break;
	case REWRITE_AHEAD:
		router->counters.tx_dropped_switch++;
		break;
	}
	return false;
}

void slot_forward(struct router *router, struct slot *slot, struct track *track,
	struct packet *packet, rs_time now)
{
	if ((slot->peer != NULL && !peer_is_served(slot->peer)) || slot->aim.paused ||
		slot->silenced)
		return;
	if (!forward(router, slot, track, packet, now))
		return;
	slot->next_sr = now; /* its clock is another one now */
	if (slot->peer != NULL)
		peer_wake(router, slot->peer, now);
	/* What overtook the start of a key frame could not be forwarded when it came. */
	for (int64_t seq = packet->seq + 1; seq <= track->highest; seq++) {
		struct packet *after = store_find(&track->store, packet->stream, seq, now);
		if (after != NULL)
			(void)forward(router, slot, track, after, now); /* the switch is done */
	}
}
