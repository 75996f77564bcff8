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
}

int slot_new(const struct router_recv *spec, struct rs_rand *rand, struct slot **out_slot)
{
	if (spec->ssrc == 0 || spec->pt > 127 || spec->rtx_pt > 127 || spec->red_pt > 127 ||
		(spec->rtx_pt != 0 && spec->rtx_pt == spec->pt) ||
		(spec->red_pt != 0 && (spec->red_pt == spec->pt || spec->video)) ||
		spec->video != (spec->codec == ROUTER_VP8))
		return -EINVAL;
	struct slot *slot = rs_zalloc(sizeof(*slot));
	if (slot == NULL)
		return -ENOMEM;
	slot->spec = *spec;
	int err = text_set(&slot->mid, spec->mid, ROUTER_MID_MAX);
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

bool slot_same(const struct slot *slot, const struct router_recv *spec)
{
	const struct router_recv *has = &slot->spec;

	return strcmp(has->mid, spec->mid) == 0 && has->video == spec->video &&
	       has->ssrc == spec->ssrc && has->rtx_ssrc == spec->rtx_ssrc &&
	       has->codec == spec->codec && has->pt == spec->pt && has->rtx_pt == spec->rtx_pt &&
	       has->red_pt == spec->red_pt && has->nack == spec->nack &&
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

void slot_bind(struct router *router, struct slot *slot, struct publish *publish, rs_time now)
{
	if (slot->publish == publish) {
		if (publish != NULL)
			slot_layer(router, slot, now); /* max_height may have changed */
		return;
	}
	if (slot->publish != NULL)
		unlink_slot(slot);
	rewrite_break(&slot->rewrite);
	if (publish != NULL) {
		link_slot(slot, publish);
		slot->target = publish_layer(publish, slot->spec.max_height);
		slot_keyframe(router, slot, now);
	}
	if (slot->peer != NULL)
		say_bound(router, slot);
}

void slot_layer(struct router *router, struct slot *slot, rs_time now)
{
	const unsigned target = publish_layer(slot->publish, slot->spec.max_height);

	if (target == slot->target)
		return;
	slot->target = target;
	slot_keyframe(router, slot, now);
}

void slot_keyframe(struct router *router, struct slot *slot, rs_time now)
{
	if (slot->publish == NULL || !slot->spec.video ||
		(slot->peer != NULL && !slot->peer->ready))
		return;
	keyframe_ask(router, &slot->publish->tracks[slot->target], now);
}

struct rewrite_in rewrite_in_of(const struct packet *packet, bool may_switch)
{
	return (struct rewrite_in){
		.stream = packet->stream,
		.may_switch = may_switch,
		.seq = packet->seq,
		.rtp_ts = packet->rtp_ts,
		.arrival = packet->arrival,
		.time = packet->time,
		.duration = packet->duration,
		.keyframe = packet->keyframe,
		.has_picture = packet->vp8.picture_id_bits > 0,
		.picture = packet->picture,
		.has_tl0 = packet->vp8.has_tl0,
		.tl0 = packet->vp8.tl0_pic_idx,
	};
}

/* True when the packet began a switch. */
static bool forward(struct router *router, struct slot *slot, struct track *track,
	const struct packet *packet, rs_time now)
{
	const struct rewrite_in in = rewrite_in_of(packet, track->layer == slot->target);
	struct rewrite_out out;

	if (packet->empty && rewrite_skip(&slot->rewrite, packet->stream, packet->seq))
		return false;
	switch (rewrite_map(&slot->rewrite, &in, &out)) {
	case REWRITE_FORWARD:
		resend_note(slot, track->publish, packet, &out);
		slot_send(router, slot, track->publish, packet, &out, false);
		return out.switched;
	case REWRITE_LATE:
		break;
	case REWRITE_NEEDS_KEYFRAME:
		if (!track->keyframes.wanted)
			keyframe_ask(router, track, now);
		break;
	case REWRITE_AHEAD:
		router->counters.tx_dropped_switch++;
		break;
	}
	return false;
}

void slot_forward(struct router *router, struct slot *slot, struct track *track,
	const struct packet *packet, rs_time now)
{
	if (slot->peer != NULL && !slot->peer->ready)
		return;
	if (!forward(router, slot, track, packet, now))
		return;
	slot->next_sr = now; /* its clock is another one now */
	/* What overtook the start of a key frame could not be forwarded when it came. */
	for (int64_t seq = packet->seq + 1; seq <= track->highest; seq++) {
		const struct packet *after = store_find(&track->store, packet->stream, seq, now);
		if (after != NULL)
			(void)forward(router, slot, track, after, now); /* the switch is done */
	}
}
