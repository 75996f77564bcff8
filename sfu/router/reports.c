/* Reports of RTCP: to publishers on what arrives, to receivers on when it was captured. */
#include "common/rtp/ntp.h"
#include "common/rtp/seq.h"
#include "sfu/router/router_priv.h"

#define INTERVAL RS_SEC(1)
#define RTT_MAX RS_SEC(10)
/* Browsers report every few seconds: three reports that did not come, and what was measured is of another line. */
#define RTT_KEPT RS_SEC(15)

uint64_t router_ntp(const struct router *router, rs_time now)
{
	return ntp_from_wall_us(now + router->config.wall_offset);
}

void reports_sr(struct router *router, struct track *track, const struct rtcp_sr *sr, rs_time now)
{
	track->has_sr = true;
	track->sr_ntp = sr->ntp;
	track->sr_rtp = sr->rtp_ts;
	track->sr_at = now;
	peer_clock_add(&track->publish->peer->clock, sr->ntp, true, now);
	tap_clock(router, track);
	relay_clock(router, track);
}

void peer_measured_rtt(struct peer *peer, rs_time sample, rs_time now)
{
	peer->rtt = peer_rtt(peer, now) > 0 ? (peer->rtt * 7 + sample) / 8 : sample;
	peer->rtt_at = now;
}

rs_time peer_rtt(const struct peer *peer, rs_time now)
{
	return now - peer->rtt_at <= RTT_KEPT ? peer->rtt : 0;
}

/* RFC 3550 section 6.4.1: round trip = now - LSR - DLSR. */
static void note_rtt(
	struct router *router, struct peer *peer, const struct rtcp_report *report, rs_time now)
{
	if (report->last_sr == 0)
		return;
	const uint32_t middle =
		ntp_middle(router_ntp(router, now)) - report->last_sr - report->since_sr;
	const rs_time sample = ntp_middle_to_us(middle);
	if (sample > RTT_MAX) /* clocks do not resolve less than it took, or the report lies */
		return;
	peer_measured_rtt(peer, sample, now);
}

void reports_rr(
	struct router *router, struct slot *slot, const struct rtcp_report *report, rs_time now)
{
	note_rtt(router, slot->peer, report, now);
	loss_reported(&slot->loss, report);
	red_adapt(slot);
}

uint32_t track_rtp_now(const struct track *track, rs_time now)
{
	uint32_t rtp_ts;

	if (capture_rtp_at(track, now, &rtp_ts))
		return rtp_ts;
	const rs_time since = now - clockmap_time(&track->clock, (uint32_t)track->clock.last_ts);
	return (uint32_t)(track->clock.last_ts + rtp_ticks_from_us(since, track->clock.hz));
}

/* What listeners lose of a microphone before it is sent again, less what they have by redundancy made here. */
uint32_t listeners_lose(const struct publish *publish)
{
	struct loss_tally tally = { .receivers = 0 };

	for (const struct slot *slot = publish->slots; slot != NULL; slot = slot->next)
		if (slot->peer != NULL && slot->peer->ready)
			loss_tally_add(
				&tally, loss_after(loss_share(&slot->loss), slot->red.blocks));
	return loss_tally_told(&tally);
}

/* The share of packets lost is told as it was before repair: a publisher that hears of none stops protecting its
 * audio. Of a microphone it is that of the listeners too, since an encoder's protection (the in-band FEC of Opus) serves
 * them all; the count of packets lost stays that of the publisher's own line, by which it judges how much that carries. */
static struct rtcp_report report_of(struct track *track, rs_time now)
{
	const uint64_t expected = track_expected(track);
	const uint64_t expected_now = expected - track->expected_before;
	const uint64_t received_now = track->received - track->received_before;
	const uint64_t lost_now = expected_now > received_now ? expected_now - received_now : 0;
	const int64_t lost = (int64_t)expected - (int64_t)track->received;
	struct rtcp_report report = {
		.ssrc = track->ssrc,
		.fraction_lost = (uint8_t)(expected_now > 0 ? lost_now * 255 / expected_now : 0),
		.lost = (int32_t)(lost > 0x7fffff    ? 0x7fffff
				  : lost < -0x800000 ? -0x800000
						     : lost),
		.highest_seq =
			(uint32_t)(track->highest - track->first_seq + (track->first_seq & 0xffff)),
		.jitter = track->jitter_x16 >> 4,
	};

	if (track->publish->spec.media == ROUTER_MICROPHONE && track->publish->open) {
		const uint32_t here = listeners_lose(track->publish);
		const uint32_t elsewhere = relay_loss(track->publish);
		const uint32_t told = (here > elsewhere ? here : elsewhere) * 255 / LOSS_ALL;
		if (told > report.fraction_lost)
			report.fraction_lost = (uint8_t)told;
	}
	track->expected_before = expected;
	track->received_before = track->received;
	if (track->has_sr) {
		report.last_sr = ntp_middle(track->sr_ntp);
		report.since_sr = ntp_middle_from_us(now - track->sr_at);
	}
	return report;
}

void reports_to_publisher(struct router *router, struct peer *peer, rs_time now)
{
	struct rtcp_report reports[RTCP_REPORTS_MAX];
	size_t n = 0;
	struct rs_writer writer;
	uint8_t data[ROUTER_PACKET_MAX];

	if (now < peer->next_rr)
		return;
	peer->next_rr = now + INTERVAL;
	for (size_t i = 0; i < peer->n_publishes; i++)
		for (unsigned j = 0; j < peer->publishes[i]->n_tracks && n < RTCP_REPORTS_MAX; j++)
			if (peer->publishes[i]->tracks[j].flowing)
				reports[n++] = report_of(&peer->publishes[i]->tracks[j], now);
	if (n == 0)
		return;
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_rr(&writer, peer->own_ssrc, reports, n);
	rtcp_write_cname(&writer, peer->own_ssrc, CNAME);
	emit_rtcp(router, peer, &writer);
}

static void send_sr(struct router *router, const struct slot *slot, uint32_t rtp_ts, rs_time now)
{
	const struct rtcp_sr sr = {
		.ssrc = slot->spec.ssrc,
		.ntp = router_ntp(router, now),
		.rtp_ts = rtp_ts,
		.packets = slot->packets,
		.octets = slot->octets,
	};
	struct rs_writer writer;
	uint8_t data[128];

	if (slot->peer == NULL) {
		tap_channel_clock(router, slot, sr.ntp, sr.rtp_ts);
		return;
	}
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_sr(&writer, &sr, NULL, 0);
	rtcp_write_cname(&writer, slot->spec.ssrc, CNAME);
	emit_rtcp(router, slot->peer, &writer);
}

void reports_to_receiver(struct router *router, struct slot *slot, rs_time now)
{
	uint32_t ts_offset;

	if (now < slot->next_sr)
		return;
	slot->next_sr = now + INTERVAL;
	const uint32_t stream = rewrite_stream(&slot->rewrite, &ts_offset);
	const struct track *track = stream != 0 ? track_of_stream(router, stream) : NULL;
	if (track == NULL || !track->publish->open)
		return;
	send_sr(router, slot, track_rtp_now(track, now) + ts_offset, now);
}
