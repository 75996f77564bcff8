#include "sfu/router/egress.h"

#include <errno.h>
#include <string.h>

#include "sfu/router/router_priv.h"

/* Sent at so much of the estimate, percent: a frame is done before the next one, and retransmissions find room. */
#define PACING 105
/* Between two looks at a queue: what is due then leaves together. */
#define TURN RS_MS(3)
/* Frames are left out while what waits would take longer than this to send. One that carries nothing new on top of what the
 * slot is leaving anyway waits less. */
#define QUEUE_MOST RS_MS(700)
#define QUEUE_LEAVING RS_MS(100)
/* A retransmission that cannot go now is asked for again. */
#define RESEND_WAITS RS_MS(40)
/* Padding of one packet: the count is one octet (RFC 3550 section 5.1). */
#define PADDING_MOST 255
#define PADDING_LEAST 40

/* ---- birth and death ---- */

int egress_prepare(
	const struct peer *peer, const struct router_peer *spec, struct egress **out_egress)
{
	bool video = false;

	*out_egress = NULL;
	for (size_t i = 0; i < spec->n_recvs; i++)
		video = video || spec->recvs[i].video;
	if (!video || (peer != NULL && peer->egress != NULL))
		return 0;
	*out_egress = rs_zalloc(sizeof(**out_egress));
	return *out_egress != NULL ? 0 : -ENOMEM;
}

static bool gives_feedback(const struct peer *peer)
{
	for (size_t i = 0; i < peer->n_slots; i++)
		if (peer->slots[i]->spec.video && peer->slots[i]->spec.ext.twcc != 0 &&
			peer->slots[i]->spec.rtx_ssrc != 0)
			return true;
	return false;
}

void egress_set(struct router *router, struct peer *peer, struct egress *egress, rs_time now)
{
	if (egress == NULL)
		return;
	egress->peer = peer;
	peer->egress = egress;
	estimator_init(&egress->estimator, gives_feedback(peer), now);
	pacer_init(&egress->pacer, estimator_bps(&egress->estimator), now);
	for (size_t i = 0; i < RS_ARRAY_LEN(egress->slots); i++)
		allocation_slot_init(&egress->slots[i]);
	egress->allocate_at = now;
	egress->audio_told = peer->audio_octets;
}

static struct egress_entry *entry_at(struct egress *egress, size_t i)
{
	return &egress->queue[(egress->head + i) & (EGRESS_QUEUE - 1)];
}

static void take_head(struct router *router, struct egress *egress)
{
	struct egress_entry *entry = entry_at(egress, 0);

	egress->queue_octets -= (uint32_t)entry->packet->len;
	pool_drop(&router->pool, entry->packet);
	egress->head++;
	egress->n_queue--;
}

static void unlist(struct router *router, struct egress *egress)
{
	if (!egress->listed)
		return;
	struct egress **link = &router->egresses;
	while (*link != egress)
		link = &(*link)->next;
	*link = egress->next;
	egress->listed = false;
}

static void list(struct router *router, struct egress *egress, rs_time now)
{
	if (egress->listed)
		return;
	egress->listed = true;
	egress->next = router->egresses;
	router->egresses = egress;
	router->next_egress = rs_time_min(router->next_egress, now + TURN);
}

void egress_clear(struct router *router, struct peer *peer)
{
	if (peer->egress == NULL)
		return;
	while (peer->egress->n_queue > 0)
		take_head(router, peer->egress);
	unlist(router, peer->egress);
}

struct egress *egress_free(struct router *router, struct egress *egress)
{
	if (egress == NULL)
		return NULL;
	if (egress->peer != NULL)
		egress_clear(router, egress->peer);
	return rs_release(egress);
}

void egress_forget(struct router *router, const struct slot *slot)
{
	struct egress *egress = slot->peer != NULL ? slot->peer->egress : NULL;

	if (egress == NULL)
		return;
	for (size_t i = 0; i < egress->n_queue; i++)
		if (entry_at(egress, i)->slot == slot)
			entry_at(egress, i)->slot = NULL;
	if (egress->pad_slot == slot)
		egress->pad_slot = NULL;
}

/* ---- the estimate ---- */

/* Sound is counted in the peer, where its packets touch memory anyway; here it is told on. */
static void tell_audio(struct egress *egress, rs_time now)
{
	const uint32_t octets = egress->peer->audio_octets - egress->audio_told;

	if (octets == 0)
		return;
	egress->audio_told = egress->peer->audio_octets;
	estimator_sent_unnumbered(&egress->estimator, octets, now);
	pacer_spend(&egress->pacer, octets, now);
}

static void set_rate(struct egress *egress, rs_time now)
{
	const uint64_t bps = estimator_pace_bps(&egress->estimator, now);

	pacer_set(&egress->pacer, (uint32_t)(bps * PACING / 100), now);
}

void egress_feedback(
	struct router *router, struct peer *peer, const struct rtcp_feedback *feedback, rs_time now)
{
	struct egress *egress = peer->egress;
	struct twcc_feedback twcc;

	if (egress == NULL || !egress->estimator.feedback)
		return;
	if (twcc_parse(feedback, &twcc) < 0) {
		router->counters.rtcp_malformed++;
		return;
	}
	const uint32_t before = estimator_bps(&egress->estimator);
	if (peer->rtt > 0)
		estimator_rtt(&egress->estimator, peer->rtt);
	estimator_feedback(&egress->estimator, &twcc, now);
	set_rate(egress, now);
	carried_feedback(router, egress, &twcc, now);
	if (estimator_bps(&egress->estimator) < before)
		allocate(router, peer, now);
}

void egress_remb(struct peer *peer, const struct rtcp_feedback *feedback, rs_time now)
{
	uint32_t bps;

	if (peer->egress != NULL && rtcp_remb_parse(feedback, &bps) == 0)
		estimator_remb(&peer->egress->estimator, bps, now);
}

void egress_report(struct peer *peer, const struct rtcp_report *report, rs_time now)
{
	struct egress *egress = peer->egress;

	if (egress == NULL || egress->pad_slot == NULL ||
		egress->pad_slot->spec.ssrc != report->ssrc)
		return;
	if (peer->rtt > 0)
		estimator_rtt(&egress->estimator, peer->rtt);
	estimator_report(&egress->estimator, report->highest_seq, report->lost, now);
}

void router_peer_moved(struct router *router, uint32_t handle, rs_time now)
{
	struct peer *peer = peer_of(router, handle);

	if (peer == NULL || peer->egress == NULL)
		return;
	estimator_moved(&peer->egress->estimator, now);
	set_rate(peer->egress, now);
	allocate(router, peer, now);
}

/* ---- sending ---- */

static void send_now(struct router *router, struct egress *egress, struct slot *slot,
	const struct publish *publish, const struct packet *packet, const struct rewrite_out *out,
	bool rtx, rs_time now)
{
	const uint16_t number = estimator_next(&egress->estimator);

	tell_audio(egress, now);
	const size_t len = slot_write(router, slot, publish, packet, out, rtx, &number);
	if (len == 0)
		return;
	egress->pad_slot = slot;
	if (slot_is_numbered(slot, packet))
		carried_note(egress, slot, number, out->seq, rtx);
	if (slot_is_numbered(slot, packet) || !egress->estimator.feedback)
		(void)estimator_sent(&egress->estimator, (uint32_t)len + EGRESS_BELOW_RTP, now);
	else
		estimator_sent_unnumbered(
			&egress->estimator, (uint32_t)len + EGRESS_BELOW_RTP, now);
	pacer_spend(&egress->pacer, (uint32_t)len + EGRESS_BELOW_RTP, now);
}

static void enqueue(struct router *router, struct egress *egress, struct slot *slot,
	struct packet *packet, const struct rewrite_out *out, rs_time now)
{
	if (egress->n_queue == EGRESS_QUEUE || packet == &router->pool.scratch) {
		router->counters.tx_queue_full++;
		return;
	}
	packet->refs++;
	*entry_at(egress, egress->n_queue++) =
		(struct egress_entry){ .packet = packet, .slot = slot, .out = *out };
	egress->queue_octets += (uint32_t)packet->len;
	list(router, egress, now);
}

/* Repairs go before what waits, within limits. */
bool egress_repairs_pictures(const struct egress *egress, rs_time now)
{
	return egress->pacer.bps > 0 && pacer_deadline(&egress->pacer) - now < RESEND_WAITS;
}

void egress_send(struct router *router, struct slot *slot, const struct publish *publish,
	struct packet *packet, const struct rewrite_out *out, bool rtx, rs_time now)
{
	struct egress *egress = slot->peer->egress;

	if (rtx || (egress->n_queue == 0 && pacer_may_send(&egress->pacer, now)))
		send_now(router, egress, slot, publish, packet, out, rtx, now);
	else
		enqueue(router, egress, slot, packet, out, now);
}

static rs_time waiting_time(const struct egress *egress)
{
	const uint32_t bps = estimator_bps(&egress->estimator);

	return (rs_time)egress->queue_octets * 8 * 1000000 / bps;
}

bool egress_admits(
	struct router *router, struct slot *slot, const struct packet *packet, rs_time now)
{
	struct egress_gate *gate = &slot->gate;
	const struct egress *egress = slot->peer != NULL ? slot->peer->egress : NULL;

	if (egress == NULL || (egress->n_queue == 0 && !gate->refused))
		return true;
	if (gate->stream == packet->stream && gate->rtp_ts == packet->rtp_ts)
		return !gate->refused;
	gate->stream = packet->stream;
	gate->rtp_ts = packet->rtp_ts;
	const bool leaving = !slot_aims_at(router, slot, packet->stream);
	gate->refused = waiting_time(egress) > (leaving ? QUEUE_LEAVING : QUEUE_MOST);
	if (gate->refused) {
		router->counters.tx_frames_left_out++;
		rewrite_break(&slot->rewrite); /* it goes on with a key frame */
	}
	return !gate->refused;
}

bool egress_repairs_sound(const struct peer *peer, rs_time now)
{
	const struct egress *egress = peer->egress;

	return egress == NULL ||
	       (!egress->no_spare && estimator_pace_bps(&egress->estimator, now) > 0);
}

/* The head of the queue, if its source is still what it was. */
static void send_head(struct router *router, struct egress *egress, rs_time now)
{
	const struct egress_entry *entry = entry_at(egress, 0);
	const struct track *track = track_of_stream(router, entry->packet->stream);

	if (entry->slot != NULL && track != NULL && track->publish->open)
		send_now(router, egress, entry->slot, track->publish, entry->packet, &entry->out,
			false, now);
	take_head(router, egress);
}

/* ---- padding ---- */

static struct slot *slot_for_padding(const struct egress *egress)
{
	const struct peer *peer = egress->peer;

	if (egress->pad_slot != NULL && egress->pad_slot->spec.rtx_ssrc != 0)
		return egress->pad_slot;
	for (size_t i = 0; i < peer->n_slots; i++) {
		const struct router_recv *spec = &peer->slots[i]->spec;
		if (spec->video && spec->rtx_ssrc != 0 && spec->rtx_pt != 0 && spec->ext.twcc != 0)
			return peer->slots[i];
	}
	return NULL;
}

/* False when there is nothing to send padding by. */
static bool pad(struct router *router, struct egress *egress, uint32_t octets, rs_time now)
{
	struct slot *slot = slot_for_padding(egress);
	const uint32_t most = octets < PADDING_MOST ? octets : PADDING_MOST;
	const uint8_t padding = (uint8_t)(most > PADDING_LEAST ? most : PADDING_LEAST);

	if (slot == NULL)
		return false;
	tell_audio(egress, now);
	const size_t len =
		slot_write_padding(router, slot, padding, estimator_next(&egress->estimator));
	if (len == 0)
		return false;
	router->counters.tx_padding++;
	(void)estimator_sent(&egress->estimator, (uint32_t)len + EGRESS_BELOW_RTP, now);
	pacer_spend(&egress->pacer, (uint32_t)len + EGRESS_BELOW_RTP, now);
	return true;
}

/* ---- time ---- */

static void run(struct router *router, struct egress *egress, rs_time now)
{
	uint32_t due;

	tell_audio(egress, now);
	estimator_tick(&egress->estimator, now);
	set_rate(egress, now);
	while (egress->n_queue > 0 && pacer_may_send(&egress->pacer, now))
		send_head(router, egress, now);
	while ((due = estimator_probe_due(&egress->estimator, now)) > 0)
		if (!pad(router, egress, due, now))
			break;
}

void egress_tick(struct router *router, struct peer *peer, rs_time now)
{
	struct egress *egress = peer->egress;

	if (egress == NULL || !peer->ready)
		return;
	run(router, egress, now);
	if (now >= egress->allocate_at)
		allocate(router, peer, now);
	if (egress->n_queue > 0 || estimator_is_probing(&egress->estimator, now))
		list(router, egress, now);
}

void egress_wake(struct router *router, rs_time now)
{
	if (now < router->next_egress)
		return;
	router->next_egress = RS_TIME_NEVER;
	for (struct egress **link = &router->egresses; *link != NULL;) {
		struct egress *egress = *link;
		run(router, egress, now);
		if (egress->n_queue > 0 || estimator_is_probing(&egress->estimator, now)) {
			link = &egress->next;
			router->next_egress = now + TURN;
			continue;
		}
		*link = egress->next;
		egress->listed = false;
	}
}
