#include "sfu/router/router_priv.h"

/* Asked again within this time, or a third of a round trip, the answer is still under way: a receiver that
 * asks twice in that time means the same loss. */
#define WAIT_LEAST RS_MS(10)
/* Octets that may be resent at once; as many are added as are sent for the first time. */
#define ROOM_MOST 65536U
/* What further copies leave to first ones. */
#define ROOM_FIRST (ROOM_MOST / 4)
/* Loss from which an answer is sent twice, and three times; once more when it is asked for again. */
#define TWICE LOSS_PERMILLE(30)
#define THRICE LOSS_PERMILLE(120)
/* Copies of one packet: one that misses so many misses them for another reason. */
#define RESENDS_MOST 7U

void resend_init(struct resend *resend)
{
	*resend = (struct resend){ .room = ROOM_MOST };
}

static struct sent *place_of(struct slot *slot, uint16_t seq)
{
	return &slot->resend.sent[seq % SENT_MAX];
}

static struct sent *take_place(struct slot *slot, uint16_t seq)
{
	struct sent *sent = place_of(slot, seq);

	slot->resend.due -= sent->due;
	*sent = (struct sent){ .seq = seq, .used = true };
	return sent;
}

static bool is_sent(const struct sent *sent, uint16_t seq)
{
	return sent->used && sent->seq == seq;
}

void resend_note(struct slot *slot, const struct publish *publish, const struct packet *packet,
	const struct rewrite_out *out)
{
	struct resend *resend = &slot->resend;

	loss_sent(&slot->loss);
	resend->room += packet->len;
	if (resend->room > ROOM_MOST)
		resend->room = ROOM_MOST;
	if (!slot->spec.video)
		take_place(slot, out->seq)->red = red_choose(slot, publish, packet, out);
}

uint8_t resend_red(const struct slot *slot, uint16_t seq)
{
	const struct sent *sent = &slot->resend.sent[seq % SENT_MAX];

	return !slot->spec.video && is_sent(sent, seq) ? sent->red : 0;
}

/* The packet that was sent as `seq`, and its place. NULL when it cannot be sent again as it was. */
static struct packet *find(struct router *router, const struct slot *slot, uint16_t seq,
	rs_time now, const struct publish **out_publish, struct rewrite_out *out)
{
	uint32_t stream;
	int64_t number;
	struct red red;

	if (!rewrite_find(&slot->rewrite, seq, &stream, &number))
		return NULL;
	const struct track *track = track_of_stream(router, stream);
	if (track == NULL)
		return NULL;
	struct packet *packet = store_find(&track->store, stream, number, now);
	if (packet == NULL)
		return NULL;
	const struct rewrite_in in = rewrite_in_of(packet, false);
	if (!rewrite_again(&slot->rewrite, &in, out) ||
		!red_gather(slot, track->publish, packet, out, resend_red(slot, seq), &red))
		return NULL;
	*out_publish = track->publish;
	return packet;
}

enum outcome {
	SENT,
	WAITS, /* the receiver's line has no room now: later it may */
	GONE,
};

static bool line_has_room(const struct slot *slot, rs_time now)
{
	const struct peer *peer = slot->peer;

	if (!slot->spec.video)
		return egress_repairs_sound(peer, now);
	return peer->egress == NULL || egress_repairs_pictures(peer->egress, now);
}

static enum outcome send_again(
	struct router *router, struct slot *slot, struct sent *sent, size_t keep_room, rs_time now)
{
	const struct publish *publish;
	struct rewrite_out out;
	struct packet *packet = find(router, slot, sent->seq, now, &publish, &out);

	if (packet == NULL) {
		router->counters.tx_nack_missed++;
		return GONE;
	}
	if (slot->resend.room < packet->len + keep_room || sent->resends == RESENDS_MOST) {
		router->counters.tx_nack_refused++;
		return GONE;
	}
	if (!line_has_room(slot, now)) {
		router->counters.tx_resend_waits++;
		return WAITS;
	}
	slot->resend.room -= packet->len;
	router->counters.tx_resent++;
	sent->resends = (sent->resends + 1U) & RESENDS_MOST;
	sent->at_ms = (uint32_t)(now / 1000);
	slot_send(router, slot, publish, packet, &out,
		slot->spec.rtx_ssrc != 0 && slot_payload(slot, packet->video.codec)->rtx_pt != 0,
		now);
	return SENT;
}

static void set_due(struct slot *slot, struct sent *sent, unsigned copies)
{
	slot->resend.due += copies - sent->due;
	sent->due = copies & 7U;
}

static bool answered_lately(const struct slot *slot, const struct sent *sent, rs_time now)
{
	const rs_time wait = rs_time_max(WAIT_LEAST, slot->peer->rtt / 3);

	return sent->resends > 0 && RS_MS((uint32_t)(now / 1000) - sent->at_ms) < wait;
}

static unsigned copies_of(const struct slot *slot, const struct sent *sent)
{
	const uint32_t share = loss_share(&slot->loss);
	const unsigned again = sent->resends > 0 ? 1 : 0;

	if (share < TWICE)
		return 1;
	return (share < THRICE ? 2 : 3) + again;
}

/* A packet after it carried it and is not missed itself: sent again, it would come later than by that one, and
 * a receiver that sees packets come late makes its buffer longer for all of them. */
static bool came_along(struct slot *slot, uint16_t seq)
{
	for (unsigned back = 1; back <= RED_REACH; back++) {
		const uint16_t later = (uint16_t)(seq + back);
		const struct sent *sent = place_of(slot, later);
		if (is_sent(sent, later) && !sent->asked && (sent->red >> (back - 1) & 1) != 0)
			return true;
	}
	return false;
}

void resend_missed(struct slot *slot, uint16_t seq)
{
	struct sent *sent = place_of(slot, seq);

	if (!is_sent(sent, seq)) {
		if (!slot->spec.video || !slot->rewrite.started)
			return; /* too old to be known to the octet */
		sent = take_place(slot, seq);
	}
	if (sent->asked)
		return;
	sent->asked = true;
	const struct sent *before = place_of(slot, (uint16_t)(seq - 1));
	loss_asked(&slot->loss, is_sent(before, (uint16_t)(seq - 1)) && before->asked);
	red_adapt(slot);
}

void resend_asked(struct router *router, struct slot *slot, uint16_t seq, rs_time now)
{
	struct sent *sent = place_of(slot, seq);

	if (!slot->spec.nack)
		return;
	if (!is_sent(sent, seq)) {
		router->counters.tx_nack_missed++;
		return;
	}
	if (came_along(slot, seq) || answered_lately(slot, sent, now))
		return;
	const unsigned copies = copies_of(slot, sent);
	switch (send_again(router, slot, sent, 0, now)) {
	case SENT:
		set_due(slot, sent, copies - 1);
		break;
	case WAITS: /* sound that cannot go now comes too late */
		set_due(slot, sent, slot->spec.video ? copies : 0);
		break;
	case GONE:
		set_due(slot, sent, 0);
		break;
	}
}

uint8_t resend_copies(const struct slot *slot, uint16_t seq)
{
	const struct sent *sent = &slot->resend.sent[seq % SENT_MAX];

	return is_sent(sent, seq) ? sent->resends : 0;
}

void resend_arrived(struct slot *slot, uint16_t seq)
{
	struct sent *sent = place_of(slot, seq);

	if (is_sent(sent, seq))
		sent->asked = false;
}

void resend_lost(struct router *router, struct slot *slot, uint16_t seq, uint8_t copy, rs_time now)
{
	const struct sent *sent = place_of(slot, seq);

	if (resend_copies(slot, seq) != copy ||
		(is_sent(sent, seq) && (sent->due > 0 || (copy > 0 && !sent->asked))))
		return;
	resend_missed(slot, seq);
	resend_asked(router, slot, seq, now);
}

void resend_tick(struct router *router, struct slot *slot, rs_time now)
{
	for (size_t i = 0; i < SENT_MAX && slot->resend.due > 0; i++) {
		struct sent *sent = &slot->resend.sent[i];
		if (sent->due == 0 || sent->at_ms == (uint32_t)(now / 1000))
			continue;
		const enum outcome outcome =
			send_again(router, slot, sent, sent->resends > 0 ? ROOM_FIRST : 0, now);
		if (outcome == SENT)
			set_due(slot, sent, sent->due - 1U);
		else if (outcome == GONE)
			set_due(slot, sent, 0);
	}
}
