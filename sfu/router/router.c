/* Birth and death, where packets come in, and the tick that visits who has something due. */
#include <errno.h>

#include "sfu/router/router_priv.h"

#define SLOW RS_MS(100)
#define MEETINGS 64
#define PEERS 1024
#define PACKETS 65536

int router_new(const struct router_config *config, struct router **out_router)
{
	if (config->rand == NULL || config->emit == NULL || config->peers > 0xffff)
		return -EINVAL;
	if (config->workers > ROUTER_WORKERS_MAX ||
		(config->workers > 1 &&
			(config->worker >= config->workers || config->relay == NULL)))
		return -EINVAL;
	RS_CLEANUP(router_freep) struct router *router = rs_zalloc(sizeof(*router));
	if (router == NULL)
		return -ENOMEM;
	router->config = *config;
	if (config->meetings == 0)
		router->config.meetings = MEETINGS;
	if (config->peers == 0)
		router->config.peers = PEERS;
	router->next_tick = RS_TIME_NEVER;
	router->next_egress = RS_TIME_NEVER;
	router->peers = rs_calloc(router->config.peers, sizeof(struct peer *));
	router->generations = rs_calloc(router->config.peers, sizeof(*router->generations));
	router->quiet_until = rs_calloc(router->config.peers, sizeof(*router->quiet_until));
	if (router->peers == NULL || router->generations == NULL || router->quiet_until == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < router->config.peers; i++)
		router->quiet_until[i] = RS_TIME_NEVER; /* nobody is there */
	const int err = pool_init(&router->pool, config->packets > 0 ? config->packets : PACKETS);
	if (err < 0)
		return err;
	*out_router = rs_steal(&router);
	return 0;
}

struct router *router_free(struct router *router)
{
	if (router == NULL)
		return NULL;
	router->config.tap = NULL; /* nobody is told any more */
	peer_free_all(router);
	meeting_free_all(router);
	router->peers = rs_release(router->peers);
	router->generations = rs_release(router->generations);
	router->quiet_until = rs_release(router->quiet_until);
	pool_done(&router->pool);
	return rs_release(router);
}

void router_freep(struct router **router)
{
	*router = router_free(*router);
}

void wake(struct router *router, rs_time now)
{
	router->now = now;
	if (router->next_tick == RS_TIME_NEVER)
		router->next_tick = now + TICK;
}

/* Transport-wide number of the packet, if the peer sends one, for its feedback. */
static void note_arrival(
	struct peer *peer, const struct track *track, const struct rtp_packet *rtp, rs_time now)
{
	struct rtp_ext ext;
	struct rs_reader reader;

	if (peer->feedback == NULL || !rtp_ext_find(rtp, track->publish->spec.ext.twcc, &ext))
		return;
	rs_reader_init(&reader, ext.data_view, ext.len);
	const uint16_t number = rs_read_u16(&reader);
	if (reader.failed)
		return;
	feedback_add(peer->feedback, number, now);
	peer->media_ssrc = rtp->ssrc;
}

int router_recv_rtp(
	struct router *router, uint32_t handle, const uint8_t *data, size_t len, rs_time now)
{
	struct peer *peer = peer_of(router, handle);
	struct rtp_packet rtp;
	struct track *track;
	bool rtx;

	if (peer == NULL)
		return -ENOENT;
	wake(router, now);
	router->counters.rx_packets++;
	peer->stats.rx_packets++;
	peer->stats.rx_octets += len;
	peer->stats.rx_at = now;
	if (len > ROUTER_PACKET_MAX || rtp_parse(data, len, &rtp) < 0) {
		router->counters.rx_malformed++;
		return -EBADMSG;
	}
	const int err = demux(router, peer, &rtp, now, &track, &rtx);
	if (err < 0)
		return err;
	note_arrival(peer, track, &rtp, now);
	watch_rtp_in(peer->watch, track, &rtp);
	track->red = rtp.pt == track->publish->spec.red_pt && track->publish->spec.red_pt != 0;
	if (track->red)
		return red_recv(router, track, &rtp, data, now);
	return track_recv(router, track, &rtp, data, rtx ? ARRIVAL_RTX : ARRIVAL_ORIGINAL, now);
}

struct slot *slot_by_ssrc(const struct peer *peer, uint32_t ssrc)
{
	for (size_t i = 0; i < peer->n_slots; i++)
		if (peer->slots[i]->spec.ssrc == ssrc)
			return peer->slots[i];
	return NULL;
}

/* Number i of a NACK: 1, 0 when its bit is not set, -ENOENT at the end. */
static int nack_at(const struct rtcp_feedback *feedback, size_t i, uint16_t *out_seq)
{
	uint16_t pid;
	uint16_t blp;

	const int err = rtcp_nack_parse(feedback, i / 17, &pid, &blp);
	if (err < 0)
		return err;
	*out_seq = (uint16_t)(pid + i % 17);
	return i % 17 == 0 || (blp >> (i % 17 - 1) & 1) != 0;
}

static void recv_nack(
	struct router *router, struct slot *slot, const struct rtcp_feedback *feedback, rs_time now)
{
	uint16_t seq;
	int is;

	for (size_t i = 0; (is = nack_at(feedback, i, &seq)) >= 0; i++)
		if (is == 1)
			resend_missed(slot, seq);
	for (size_t i = 0; (is = nack_at(feedback, i, &seq)) >= 0; i++)
		if (is == 1)
			resend_asked(router, slot, seq, now);
}

static void recv_fir(struct router *router, const struct peer *peer,
	const struct rtcp_feedback *feedback, rs_time now)
{
	uint32_t ssrc;
	uint8_t command;

	for (size_t i = 0; rtcp_fir_parse(feedback, i, &ssrc, &command) == 0; i++) {
		struct slot *slot = slot_by_ssrc(peer, ssrc);
		if (slot != NULL)
			slot_keyframe_asked(router, slot, now);
	}
}

static int recv_feedback(
	struct router *router, struct peer *peer, const struct rtcp_item *item, rs_time now)
{
	struct rtcp_feedback feedback;

	const int err = rtcp_feedback_parse(item, &feedback);
	if (err < 0)
		return err;
	struct slot *slot = slot_by_ssrc(peer, feedback.media_ssrc);
	if (item->type == RTCP_RTPFB && item->count == RTCP_FMT_TWCC)
		egress_feedback(router, peer, &feedback, now);
	else if (item->type == RTCP_PSFB && item->count == RTCP_FMT_ALFB)
		egress_remb(peer, &feedback, now);
	else if (item->type == RTCP_PSFB && item->count == RTCP_FMT_FIR)
		recv_fir(router, peer, &feedback, now);
	else if (slot != NULL && item->type == RTCP_RTPFB && item->count == RTCP_FMT_NACK)
		recv_nack(router, slot, &feedback, now);
	else if (slot != NULL && item->type == RTCP_PSFB && item->count == RTCP_FMT_PLI)
		slot_keyframe_asked(router, slot, now);
	return 0;
}

static int recv_reports(
	struct router *router, struct peer *peer, const struct rtcp_item *item, rs_time now)
{
	struct rtcp_sr sr;
	struct rtcp_report report;
	int err;

	if (item->type == RTCP_SR) {
		err = rtcp_sr_parse(item, &sr);
		if (err < 0)
			return err;
		struct track *track = peer_track_by_ssrc(peer, sr.ssrc);
		if (track != NULL)
			reports_sr(router, track, &sr, now);
	}
	for (size_t i = 0; (err = rtcp_report_parse(item, i, &report)) == 0; i++) {
		struct slot *slot = slot_by_ssrc(peer, report.ssrc);
		if (slot == NULL)
			continue;
		reports_rr(router, slot, &report, now);
		egress_report(peer, &report, now);
	}
	return err == -ENOENT ? 0 : err;
}

static int recv_bye(
	struct router *router, struct peer *peer, const struct rtcp_item *item, rs_time now)
{
	uint32_t ssrc;
	int err;

	for (size_t i = 0; (err = rtcp_bye_parse(item, i, &ssrc)) == 0; i++) {
		struct track *track = peer_track_by_ssrc(peer, ssrc);
		if (track == NULL)
			continue;
		track->last = now - RS_SEC(60);
		publish_flow(router, track->publish, now);
	}
	return err == -ENOENT ? 0 : err;
}

int router_recv_rtcp(
	struct router *router, uint32_t handle, const uint8_t *data, size_t len, rs_time now)
{
	struct peer *peer = peer_of(router, handle);
	struct rtcp_item item;
	size_t cursor = 0;
	int err;

	if (peer == NULL)
		return -ENOENT;
	wake(router, now);
	peer_wake(router, peer, now);
	watch_rtcp(peer->watch, data, len, false);
	while ((err = rtcp_next(data, len, &cursor, &item)) == 1) {
		err = 0;
		if (item.type == RTCP_SR || item.type == RTCP_RR)
			err = recv_reports(router, peer, &item, now);
		else if (item.type == RTCP_RTPFB || item.type == RTCP_PSFB)
			err = recv_feedback(router, peer, &item, now);
		else if (item.type == RTCP_BYE)
			err = recv_bye(router, peer, &item, now);
		if (err < 0)
			break;
	}
	if (err < 0)
		router->counters.rtcp_malformed++;
	return err;
}

static void send_feedback(struct router *router, struct peer *peer, rs_time now)
{
	uint8_t data[ROUTER_PACKET_MAX];
	struct rs_writer writer;

	while (peer->feedback != NULL) {
		emit_begin(&writer, peer, data, sizeof(data));
		if (feedback_poll(peer->feedback, peer->own_ssrc, peer->media_ssrc, now, &writer) <=
			0)
			return;
		emit_rtcp(router, peer, &writer);
	}
}

static void tick_publish(struct router *router, struct publish *publish, bool slow, rs_time now)
{
	for (unsigned i = 0; i < publish->n_tracks; i++) {
		nack_tick(router, &publish->tracks[i], now);
		keyframe_tick(router, &publish->tracks[i], now);
	}
	relay_tick(router, publish, slow, now);
	if (slow)
		demand_look(router, publish, now);
	if (!slow || publish->relay.remote)
		return;
	publish_flow(router, publish, now);
	if (publish->spec.media == ROUTER_MICROPHONE) {
		speech_tick(&publish->audio.speech, now);
		publish_speaking(router, publish, false);
	}
}

static void tick_peer(struct router *router, struct peer *peer, bool slow, rs_time now)
{
	for (size_t i = 0; i < peer->n_publishes; i++)
		tick_publish(router, peer->publishes[i], slow, now);
	if (peer->home != router->config.worker)
		return;
	send_feedback(router, peer, now);
	reports_to_publisher(router, peer, now);
	for (size_t i = 0; i < peer->n_slots; i++) {
		reports_to_receiver(router, peer->slots[i], now);
		resend_tick(router, peer->slots[i], now);
	}
	egress_tick(router, peer, now);
}

static void tick_meeting(struct router *router, struct meeting *meeting, rs_time now)
{
	if (ranks_tick(meeting, now))
		meeting_resolve(router, meeting, now);
	for (size_t i = 0; i < TAP_SLOTS(meeting); i++)
		if (tap_slot(meeting, i) != NULL)
			reports_to_receiver(router, tap_slot(meeting, i), now);
	tap_tick(router, meeting, now);
}

/* A listener of sound alone has nothing to do between two of its reports, unless it asks for something: a
 * thousand of them are not visited ten times in between. 0 = the next tick counts. */
static rs_time quiet_until(const struct peer *peer)
{
	rs_time until = RS_TIME_NEVER;

	if (peer->n_publishes > 0 || peer->egress != NULL)
		return 0;
	for (size_t i = 0; i < peer->n_slots; i++) {
		if (peer->slots[i]->resend.due > 0)
			return 0;
		until = rs_time_min(until, peer->slots[i]->next_sr);
	}
	return until;
}

void peer_wake(struct router *router, const struct peer *peer, rs_time now)
{
	router->quiet_until[ROUTER_PEER_INDEX(peer->handle)] = 0;
	if (router->next_tick != RS_TIME_NEVER) /* else wake() is called when something comes */
		router->next_tick = rs_time_min(router->next_tick, now + TICK);
}

/* When the next of them has something to do. */
static rs_time tick_peers(struct router *router, bool slow, rs_time now)
{
	rs_time next = RS_TIME_NEVER;

	for (size_t i = 0; i < router->config.peers; i++) {
		if (router->quiet_until[i] <= now && router->peers[i] != NULL) {
			tick_peer(router, router->peers[i], slow, now);
			router->quiet_until[i] = quiet_until(router->peers[i]);
		}
		next = rs_time_min(next, router->quiet_until[i]);
	}
	return next;
}

void router_tick(struct router *router, rs_time now)
{
	const bool slow = now >= router->next_slow;

	router->now = now;
	egress_wake(router, now);
	if (router->next_tick == RS_TIME_NEVER || now < router->next_tick)
		return;
	const rs_time next = tick_peers(router, slow, now);
	if (slow) {
		for (struct meeting *meeting = router->meetings; meeting != NULL;
			meeting = meeting->next)
			tick_meeting(router, meeting, now);
		router->next_slow = now + SLOW;
	}
	router->next_tick = rs_time_max(next, now + TICK);
}

rs_time router_deadline(const struct router *router)
{
	return rs_time_min(router->next_tick, router->next_egress);
}
