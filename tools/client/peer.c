#include "tools/client/peer.h"

#include "common/rtp/ntp.h"
#include "common/rtp/rtp.h"
#include "common/rtp/twcc.h"
#include "sfu/bwe/feedback.h"
#include "tools/client/resend.h"
#include "tools/client/round_trip.h"
#include "tools/client/rtc_client_priv.h"

#include <errno.h>
#include <string.h>

#define REPORT_INTERVAL RS_SEC(1)
#define UFRAG_LEN 8
#define PWD_LEN 24
#define CNAME "rostrum-client"
#define AUDIO_HZ 48000
#define VIDEO_HZ 90000

struct section {
	struct rtc_sender senders[RTC_LAYERS_MAX];
	struct rtc_resend *resends[RTC_LAYERS_MAX]; /* NULL = nothing is sent again */
	struct rtc_receiver receiver;
	unsigned keyframes; /* wanted: a bit a layer */
	uint8_t lost;       /* of the first stream: 1/256, as last reported */
};

struct rtc_peer {
	struct rtc_peer_config config;
	struct rtc_client *client;
	struct ice_credentials own;
	char fingerprint[RTC_CLIENT_FINGERPRINT_LEN];
	uint32_t ssrc; /* of our reports */
	bool answered;
	struct rtc_answer answer;
	struct section sections[RTC_SECTIONS_MAX];
	struct rtc_round_trip round_trip;
	struct feedback feedback;
	uint32_t feedback_ssrc; /* a stream of the server, 0 = none yet */
	uint16_t transport_seq; /* of the next packet sent */
	rs_time now;            /* of the last tick */
	rs_time report_due;
	struct rtc_peer_stats stats;
};

/* What is lost is sent again by RTX, not as it was. */
static bool is_rtx(const struct rtc_agreed *agreed, const struct rtc_sender *sender)
{
	return agreed->rtx_pt != 0 && sender->rtx_ssrc != 0 &&
	       (sender->rid == NULL || agreed->ext_repaired != 0);
}

/* --- Birth and death --- */

static size_t layers_of(const struct rtc_section *section)
{
	return section->n_layers < 2 ? 1 : section->n_layers;
}

static uint32_t hz_of(const struct rtc_section *section)
{
	return section->media == RTC_AUDIO ? AUDIO_HZ : VIDEO_HZ;
}

static int sections_keep(struct rtc_peer *peer, struct rs_rand *rand)
{
	int err = 0;
	for (size_t i = 0; i < peer->config.n_sections && peer->config.resend > 0; i++) {
		struct rtc_section *config = &peer->config.sections[i];
		struct section *section = &peer->sections[i];
		if (config->direction != RTC_SEND)
			continue;
		for (size_t k = 0; k < layers_of(config) && err == 0; k++)
			err = rtc_resend_new(peer->config.resend, &section->resends[k]);
		for (size_t k = 0; k < layers_of(config) && config->media == RTC_VIDEO; k++) {
			section->senders[k].rtx_ssrc = rs_rand_u32(rand);
			section->senders[k].rtx_seq = (uint16_t)(rs_rand_u32(rand) & 0x7FFF);
		}
		/* Of simulcast the header extensions tell (RFC 8853). */
		config->rtx_ssrc = config->n_layers < 2 ? section->senders[0].rtx_ssrc : 0;
	}
	return err;
}

static void sections_init(struct rtc_peer *peer, struct rs_rand *rand)
{
	for (size_t i = 0; i < peer->config.n_sections; i++) {
		struct rtc_section *config = &peer->config.sections[i];
		struct section *section = &peer->sections[i];
		rtc_receiver_init(&section->receiver, hz_of(config));
		for (size_t k = 0; k < layers_of(config); k++) {
			rtc_sender_init(&section->senders[k], rs_rand_u32(rand), hz_of(config),
				(uint16_t)(rs_rand_u32(rand) & 0x7FFF), rs_rand_u32(rand));
			if (config->n_layers >= 2)
				section->senders[k].rid = rtc_rid(k);
		}
		config->ssrc = config->n_layers < 2 ? section->senders[0].ssrc : 0;
	}
}

int rtc_peer_new(const struct rtc_peer_config *config, rs_time now, struct rtc_peer **out_peer)
{
	if (config->n_sections == 0 || config->n_sections > RTC_SECTIONS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < config->n_sections; i++) {
		if (config->sections[i].n_layers > RTC_LAYERS_MAX)
			return -EINVAL;
	}
	struct rtc_peer *peer = rs_zalloc(sizeof(*peer));
	if (peer == NULL)
		return -ENOMEM;
	struct rs_rand rand;
	rs_rand_init_seed(&rand, config->seed);
	peer->config = *config;
	peer->ssrc = rs_rand_u32(&rand);
	/* Peers made in one moment do not report in one moment. */
	peer->report_due = now + rs_rand_below(&rand, (uint32_t)REPORT_INTERVAL);
	rs_rand_text(&rand, peer->own.ufrag, UFRAG_LEN);
	rs_rand_text(&rand, peer->own.pwd, PWD_LEN);
	sections_init(peer, &rand);
	feedback_init(&peer->feedback);
	const struct rtc_client_config client = {
		.own = peer->own,
		.check_interval = config->check_interval,
		.dead_after = config->dead_after,
		.seed = config->seed,
	};
	int err = sections_keep(peer, &rand);
	if (err == 0)
		err = rtc_client_new(&client, now, &peer->client);
	if (err < 0) {
		rtc_peer_free(peer);
		return err;
	}
	rtc_client_fingerprint(peer->client, "sha-256", peer->fingerprint);
	*out_peer = peer;
	return 0;
}

struct rtc_peer *rtc_peer_free(struct rtc_peer *peer)
{
	if (peer == NULL)
		return NULL;
	for (size_t i = 0; i < RTC_SECTIONS_MAX; i++)
		for (size_t k = 0; k < RTC_LAYERS_MAX; k++)
			rtc_resend_free(peer->sections[i].resends[k]);
	rtc_client_free(peer->client);
	return rs_release(peer);
}

/* --- What the line carries --- */

static uint16_t next_number(const struct rtc_peer *peer)
{
	return peer->config.estimator != NULL ? estimator_next(peer->config.estimator)
					      : peer->transport_seq;
}

/* A sealed packet of `len` octets goes out, with a transport-wide number if it was agreed. */
static void sent_note(struct rtc_peer *peer, const struct rtc_agreed *agreed, size_t len)
{
	const uint32_t octets = (uint32_t)len + RTC_PEER_BELOW;
	if (agreed->ext_twcc != 0)
		peer->transport_seq++;
	if (peer->config.estimator == NULL)
		return;
	if (agreed->ext_twcc != 0)
		(void)estimator_sent(peer->config.estimator, octets, peer->now); /* as foretold */
	else
		estimator_sent_unnumbered(peer->config.estimator, octets, peer->now);
}

static void rtt_note(struct rtc_peer *peer, const struct rtcp_report *report, rs_time now)
{
	const rs_time took = rtc_round_trip_heard(&peer->round_trip, report, now);
	if (took >= 0 && peer->config.estimator != NULL)
		estimator_rtt(peer->config.estimator, took);
}

/* Of who gives no transport-wide feedback, pictures tell: there is always the smallest. */
static void lost_note(
	struct rtc_peer *peer, size_t i, const struct rtcp_report *report, rs_time now)
{
	if (peer->config.estimator != NULL && peer->config.sections[i].media == RTC_VIDEO)
		estimator_report(peer->config.estimator, report->highest_seq, report->lost, now);
}

static void line_note(struct rtc_peer *peer, const struct rtcp_feedback *feedback, rs_time now)
{
	struct twcc_feedback twcc;
	if (peer->config.estimator != NULL && twcc_parse(feedback, &twcc) == 0)
		estimator_feedback(peer->config.estimator, &twcc, now);
}

/* --- Offer and answer --- */

int rtc_peer_offer(const struct rtc_peer *peer, struct rs_buf *out)
{
	struct rtc_offer offer = {
		.ufrag = peer->own.ufrag,
		.pwd = peer->own.pwd,
		.fingerprint = peer->fingerprint,
		.cname = CNAME,
		.twcc = peer->config.reports,
		.n_sections = peer->config.n_sections,
	};
	memcpy(offer.sections, peer->config.sections, sizeof(offer.sections));
	return rtc_offer_write(&offer, out);
}

int rtc_peer_answer(struct rtc_peer *peer, const char *text, size_t len, bool has_v6, rs_time now)
{
	struct rtc_answer answer;
	struct rs_addr reachable[RTC_CANDIDATES_MAX];
	size_t n = 0;
	if (peer->answered)
		return -EPROTO;
	int err = rtc_answer_parse(text, len, &answer);
	if (err < 0)
		return err;
	for (size_t i = 0; i < answer.n_candidates; i++) {
		if (has_v6 || answer.candidates[i].family == RS_ADDR_V4)
			reachable[n++] = answer.candidates[i];
	}
	if (n == 0 || answer.n_sections != peer->config.n_sections)
		return -EBADMSG;
	err = rtc_client_connect(peer->client, &answer.ice, answer.fingerprint, reachable, n, now);
	if (err < 0)
		return err;
	peer->answer = answer;
	peer->answered = true;
	/* The very octets that were sent are sent again, which is no time for a number of its own. */
	for (size_t i = 0; i < answer.n_sections && peer->config.estimator != NULL; i++)
		if (peer->config.sections[i].media == RTC_AUDIO &&
			peer->config.sections[i].direction == RTC_SEND)
			peer->answer.sections[i].ext_twcc = 0;
	return 0;
}

/* --- In --- */

/* What is in the clear of a packet that may stay sealed: rtp_parse() would ask its last octet for padding. */
struct header {
	uint8_t pt;
	uint16_t seq;
	uint32_t rtp_ts;
	uint32_t ssrc;
	struct rtp_packet exts; /* for rtp_ext_find() */
};

static bool header_parse(const uint8_t *data, size_t len, struct header *out_header)
{
	struct rs_reader reader;
	rs_reader_init(&reader, data, len);
	const uint8_t first = rs_read_u8(&reader);
	out_header->pt = rs_read_u8(&reader) & 0x7F;
	out_header->seq = rs_read_u16(&reader);
	out_header->rtp_ts = rs_read_u32(&reader);
	out_header->ssrc = rs_read_u32(&reader);
	rs_read_skip(&reader, (size_t)(first & 0x0F) * 4);
	out_header->exts.ext_profile = 0;
	if ((first & 0x10) != 0) {
		out_header->exts.ext_profile = rs_read_u16(&reader);
		out_header->exts.ext_len = (size_t)rs_read_u16(&reader) * 4;
		out_header->exts.ext_view = rs_read_view(&reader, out_header->exts.ext_len);
	}
	return !reader.failed;
}

static bool fits(const struct rtc_peer *peer, size_t i, const struct header *header, bool rtx)
{
	const struct rtc_agreed *agreed = &peer->answer.sections[i];
	const uint32_t ssrc = rtx ? agreed->rtx_ssrc : agreed->ssrc;
	const uint8_t pt = rtx ? agreed->rtx_pt : agreed->pt;
	return agreed->live && peer->config.sections[i].direction == RTC_RECEIVE &&
	       pt == header->pt && pt != 0 && (ssrc == 0 || ssrc == header->ssrc);
}

static void number_note(struct rtc_peer *peer, const struct rtc_agreed *agreed,
	const struct header *header, rs_time now)
{
	struct rtp_ext ext;
	if (!peer->config.reports || agreed->ext_twcc == 0 ||
		!rtp_ext_find(&header->exts, agreed->ext_twcc, &ext) || ext.len != 2)
		return;
	feedback_add(&peer->feedback,
		(uint16_t)((unsigned)ext.data_view[0] << 8 | ext.data_view[1]), now);
	peer->feedback_ssrc = header->ssrc;
}

static void media_open(struct rtc_peer *peer, size_t i, uint8_t *data, size_t len, rs_time now)
{
	struct rtp_packet packet;
	if (rtc_client_open(peer->client, false, data, &len) < 0 ||
		rtp_parse(data, len, &packet) < 0) {
		peer->stats.unauthentic++;
		return;
	}
	peer->stats.opened++;
	const struct rtc_peer_media media = {
		.section = i,
		.seq = packet.seq,
		.rtp_ts = packet.rtp_ts,
		.payload_view = packet.payload_view,
		.len = packet.payload_len,
		.arrived = now,
	};
	if (peer->config.on_media != NULL && packet.payload_len > 0)
		peer->config.on_media(peer->config.ctx, &media);
}

static void rtp_recv(struct rtc_peer *peer, uint8_t *data, size_t len, rs_time now)
{
	struct header header;
	if (!header_parse(data, len, &header))
		return;
	for (size_t i = 0; i < peer->config.n_sections; i++) {
		const bool rtx = fits(peer, i, &header, true);
		if (!rtx && !fits(peer, i, &header, false))
			continue;
		number_note(peer, &peer->answer.sections[i], &header, now);
		if (rtx) {
			peer->stats.rtx++;
			return;
		}
		const enum rtc_arrival arrival = rtc_receiver_add(&peer->sections[i].receiver,
			header.ssrc, header.seq, header.rtp_ts, len, now);
		const unsigned every = peer->config.open_every;
		if (arrival != RTC_ARRIVAL_REPEAT && every > 0 && header.seq % every == 0)
			media_open(peer, i, data, len, now);
		return;
	}
	peer->stats.unknown++;
}

static void keyframe_note(struct rtc_peer *peer, uint32_t ssrc)
{
	for (size_t i = 0; i < peer->config.n_sections; i++) {
		const struct rtc_section *config = &peer->config.sections[i];
		for (size_t k = 0; k < layers_of(config); k++) {
			if (config->direction == RTC_SEND &&
				peer->sections[i].senders[k].ssrc == ssrc)
				peer->sections[i].keyframes |= 1U << k;
		}
	}
}

static void report_note(struct rtc_peer *peer, const struct rtcp_item *item, rs_time now)
{
	struct rtcp_sr sr;
	if (rtcp_sr_parse(item, &sr) < 0)
		return;
	for (size_t i = 0; i < peer->config.n_sections; i++) {
		struct rtc_receiver *receiver = &peer->sections[i].receiver;
		if (receiver->started && receiver->ssrc == sr.ssrc)
			rtc_receiver_sr(receiver, ntp_middle(sr.ntp), now);
	}
}

/* What the other end says of the streams it gets from here; an SR and an RR carry the same blocks. */
static void loss_note(struct rtc_peer *peer, const struct rtcp_item *item, rs_time now)
{
	struct rtcp_report report;
	for (size_t n = 0; rtcp_report_parse(item, n, &report) == 0; n++) {
		rtt_note(peer, &report, now);
		for (size_t i = 0; i < peer->config.n_sections; i++) {
			if (peer->config.sections[i].direction == RTC_SEND &&
				peer->sections[i].senders[0].ssrc == report.ssrc) {
				peer->sections[i].lost = report.fraction_lost;
				lost_note(peer, i, &report, now);
			}
		}
	}
}

/* Pictures wait for the line's queue to drain, and are asked for again. Sound never waits. */
static bool is_held_back(const struct rtc_peer *peer, size_t i)
{
	return peer->config.estimator != NULL && peer->config.sections[i].media == RTC_VIDEO &&
	       estimator_pace_bps(peer->config.estimator, peer->now) == 0;
}

/* A packet whose number, if it has one, was told of before. */
static void again_note(struct rtc_peer *peer, size_t len)
{
	if (peer->config.estimator != NULL)
		estimator_sent_unnumbered(
			peer->config.estimator, (uint32_t)len + RTC_PEER_BELOW, peer->now);
}

/* By RTX it is a packet of another stream, sealed anew; else the very packet that was sealed before. */
static void resend(struct rtc_peer *peer, size_t i, size_t k, uint16_t seq)
{
	const struct rtc_agreed *agreed = &peer->answer.sections[i];
	struct rtc_sender *sender = &peer->sections[i].senders[k];
	uint8_t kept[RTC_RESEND_MAX];
	uint8_t data[RTC_CLIENT_MTU];
	const int found = rtc_resend_find(peer->sections[i].resends[k], seq, kept, sizeof(kept));
	if (found < 0 || is_held_back(peer, i))
		return;
	size_t len = (size_t)found;
	if (is_rtx(agreed, sender)) {
		const int written = rtc_sender_write_rtx(
			sender, agreed, kept, len, next_number(peer), data, sizeof(data));
		len = written < 0 ? 0 : (size_t)written;
		if (len == 0 || rtc_client_seal(peer->client, false, data, &len, sizeof(data)) < 0)
			return;
		sent_note(peer, agreed, len);
	} else {
		again_note(peer, len);
	}
	peer->stats.resent++;
	peer->stats.resent_octets += len + RTC_PEER_BELOW;
	rtc_client_enqueue(peer->client, is_rtx(agreed, sender) ? data : kept, len);
}

static void nack_note(struct rtc_peer *peer, uint32_t ssrc, uint16_t pid, uint16_t blp)
{
	peer->stats.nacked += 1 + (uint64_t)__builtin_popcount(blp);
	for (size_t i = 0; i < peer->config.n_sections; i++) {
		for (size_t k = 0; k < layers_of(&peer->config.sections[i]); k++) {
			if (peer->sections[i].resends[k] == NULL ||
				peer->sections[i].senders[k].ssrc != ssrc)
				continue;
			resend(peer, i, k, pid);
			for (unsigned bit = 0; bit < 16; bit++)
				if ((blp >> bit & 1) != 0)
					resend(peer, i, k, (uint16_t)(pid + bit + 1));
		}
	}
}

static void feedback_note(struct rtc_peer *peer, const struct rtcp_item *item, rs_time now)
{
	struct rtcp_feedback feedback;
	uint16_t pid;
	uint16_t blp;
	uint32_t ssrc;
	uint8_t seq;
	if (rtcp_feedback_parse(item, &feedback) < 0)
		return;
	if (item->type == RTCP_RTPFB && item->count == RTCP_FMT_TWCC)
		line_note(peer, &feedback, now);
	if (item->type == RTCP_PSFB && item->count == RTCP_FMT_PLI)
		keyframe_note(peer, feedback.media_ssrc);
	for (size_t i = 0; item->type == RTCP_PSFB && item->count == RTCP_FMT_FIR &&
			   rtcp_fir_parse(&feedback, i, &ssrc, &seq) == 0;
		i++)
		keyframe_note(peer, ssrc);
	for (size_t i = 0; item->type == RTCP_RTPFB && item->count == RTCP_FMT_NACK &&
			   rtcp_nack_parse(&feedback, i, &pid, &blp) == 0;
		i++)
		nack_note(peer, feedback.media_ssrc, pid, blp);
}

static void rtcp_recv(struct rtc_peer *peer, uint8_t *data, size_t len, rs_time now)
{
	struct rtcp_item item;
	size_t cursor = 0;
	if (rtc_client_open(peer->client, true, data, &len) < 0) {
		peer->stats.unauthentic++;
		return;
	}
	while (rtcp_next(data, len, &cursor, &item) == 1) {
		if (item.type == RTCP_SR)
			report_note(peer, &item, now);
		if (item.type == RTCP_SR || item.type == RTCP_RR)
			loss_note(peer, &item, now);
		else if (item.type == RTCP_RTPFB || item.type == RTCP_PSFB)
			feedback_note(peer, &item, now);
	}
}

void rtc_peer_recv(struct rtc_peer *peer, uint8_t *data, size_t len, rs_time now)
{
	/* RFC 7983 section 7. */
	if (len > 0 && data[0] >= 128 && data[0] <= 191) {
		if (!rtc_client_is_connected(peer->client))
			return;
		if (rtp_is_rtcp(data, len))
			rtcp_recv(peer, data, len, now);
		else
			rtp_recv(peer, data, len, now);
	} else if (peer->answered) {
		rtc_client_recv(peer->client, data, len, now);
	}
}

/* --- Out --- */

static size_t reports_collect(struct rtc_peer *peer, rs_time now, struct rtcp_report *reports)
{
	size_t n = 0;
	for (size_t i = 0; i < peer->config.n_sections && peer->config.reports; i++)
		n += rtc_receiver_report(&peer->sections[i].receiver, now, &reports[n]);
	return n;
}

static void rtcp_enqueue(struct rtc_peer *peer, struct rs_writer *writer, size_t cap)
{
	size_t len = writer->len;
	if (!writer->failed && len > 0 &&
		rtc_client_seal(peer->client, true, writer->data, &len, cap) == 0)
		rtc_client_enqueue(peer->client, writer->data, len);
}

/* Sender reports of all that was sent, the first with what was received; or receiver reports alone. */
static void report_send(struct rtc_peer *peer, rs_time now, int64_t wall_us)
{
	struct rtcp_report reports[RTC_SECTIONS_MAX];
	size_t n_reports = reports_collect(peer, now, reports);
	uint8_t data[RTC_CLIENT_MTU];
	struct rs_writer writer;
	rs_writer_init(&writer, data, sizeof(data) - CRYPT_RTCP_TRAILER);
	for (size_t i = 0; i < peer->config.n_sections; i++) {
		for (size_t k = 0; k < layers_of(&peer->config.sections[i]); k++) {
			struct rtcp_sr sr;
			if (!rtc_sender_report(&peer->sections[i].senders[k], now, wall_us, &sr))
				continue;
			if (writer.len == 0)
				rtc_round_trip_sent(&peer->round_trip, sr.ntp, now);
			rtcp_write_sr(&writer, &sr, reports, n_reports);
			n_reports = 0;
		}
	}
	if (writer.len == 0 && n_reports > 0)
		rtcp_write_rr(&writer, peer->ssrc, reports, n_reports);
	if (writer.len > 0)
		rtcp_write_cname(&writer, peer->ssrc, CNAME);
	rtcp_enqueue(peer, &writer, sizeof(data));
}

static void feedback_send(struct rtc_peer *peer, rs_time now)
{
	int more = 1;
	while (more == 1) {
		uint8_t data[RTC_CLIENT_MTU];
		struct rs_writer writer;
		rs_writer_init(&writer, data, sizeof(data) - CRYPT_RTCP_TRAILER);
		more = feedback_poll(
			&peer->feedback, peer->ssrc, peer->feedback_ssrc, now, &writer);
		if (more == 1)
			rtcp_enqueue(peer, &writer, sizeof(data));
	}
}

void rtc_peer_tick(struct rtc_peer *peer, rs_time now, int64_t wall_us)
{
	peer->now = now;
	rtc_client_tick(peer->client, now);
	if (rtc_peer_state(peer) != RTC_PEER_CONNECTED)
		return;
	if (peer->report_due <= now) {
		peer->report_due = now + REPORT_INTERVAL;
		report_send(peer, now, wall_us);
	}
	if (feedback_deadline(&peer->feedback) <= now)
		feedback_send(peer, now);
}

rs_time rtc_peer_deadline(const struct rtc_peer *peer)
{
	const rs_time client = rtc_client_deadline(peer->client);
	if (rtc_peer_state(peer) != RTC_PEER_CONNECTED)
		return client;
	return rs_time_min(
		client, rs_time_min(peer->report_due, feedback_deadline(&peer->feedback)));
}

int rtc_peer_poll(struct rtc_peer *peer, struct rtc_client_datagram *out_datagram)
{
	return rtc_client_poll(peer->client, out_datagram);
}

int rtc_peer_send(struct rtc_peer *peer, size_t section, size_t layer,
	const struct rtc_payload *payload, uint8_t *out, size_t cap)
{
	if (section >= peer->config.n_sections ||
		peer->config.sections[section].direction != RTC_SEND ||
		layer >= layers_of(&peer->config.sections[section]))
		return -ENOENT;
	const struct rtc_agreed *agreed = &peer->answer.sections[section];
	if (rtc_peer_state(peer) != RTC_PEER_CONNECTED || !agreed->live)
		return -EPROTO;
	const int written = rtc_sender_write(&peer->sections[section].senders[layer], agreed,
		payload, next_number(peer), out, cap);
	if (written < 0)
		return written;
	const struct rtc_sender *sender = &peer->sections[section].senders[layer];
	struct rtc_resend *resend = peer->sections[section].resends[layer];
	const uint16_t seq = (uint16_t)(sender->seq - 1);
	const bool plain = is_rtx(agreed, sender);
	size_t len = (size_t)written;
	if (resend != NULL && plain)
		rtc_resend_keep(resend, seq, out, len);
	const int err = rtc_client_seal(peer->client, false, out, &len, cap);
	if (err < 0)
		return err;
	sent_note(peer, agreed, len);
	if (resend != NULL && !plain)
		rtc_resend_keep(resend, seq, out, len);
	return (int)len;
}

int rtc_peer_pad(struct rtc_peer *peer, size_t section, uint8_t octets, uint8_t *out, size_t cap)
{
	if (section >= peer->config.n_sections ||
		peer->config.sections[section].direction != RTC_SEND)
		return -ENOENT;
	const struct rtc_agreed *agreed = &peer->answer.sections[section];
	struct rtc_sender *sender = &peer->sections[section].senders[0];
	if (rtc_peer_state(peer) != RTC_PEER_CONNECTED || !agreed->live ||
		!is_rtx(agreed, sender) || agreed->ext_twcc == 0)
		return -EPROTO;
	const int written =
		rtc_sender_write_padding(sender, agreed, octets, next_number(peer), out, cap);
	if (written < 0)
		return written;
	size_t len = (size_t)written;
	const int err = rtc_client_seal(peer->client, false, out, &len, cap);
	if (err < 0)
		return err;
	sent_note(peer, agreed, len);
	return (int)len;
}

struct rs_addr rtc_peer_remote(const struct rtc_peer *peer)
{
	return rtc_client_remote(peer->client);
}

/* --- What it is like --- */

enum rtc_peer_state rtc_peer_state(const struct rtc_peer *peer)
{
	if (rtc_client_is_dead(peer->client))
		return RTC_PEER_DEAD;
	if (rtc_client_has_failed(peer->client))
		return RTC_PEER_FAILED;
	if (rtc_client_is_connected(peer->client))
		return RTC_PEER_CONNECTED;
	return peer->answered ? RTC_PEER_CONNECTING : RTC_PEER_NEW;
}

bool rtc_peer_has(const struct rtc_peer *peer, size_t section)
{
	return section < peer->config.n_sections && peer->answer.sections[section].live;
}

bool rtc_peer_takes_red(const struct rtc_peer *peer, size_t section)
{
	return rtc_peer_has(peer, section) && peer->config.sections[section].red &&
	       peer->answer.sections[section].red_pt != 0;
}

const struct rtc_receiver *rtc_peer_receiver(const struct rtc_peer *peer, size_t section)
{
	return &peer->sections[section].receiver;
}

uint8_t rtc_peer_lost(const struct rtc_peer *peer, size_t section)
{
	return peer->sections[section].lost;
}

rs_time rtc_peer_rtt(const struct rtc_peer *peer)
{
	return peer->round_trip.known ? peer->round_trip.smooth : -1;
}

bool rtc_peer_keyframe_wanted(struct rtc_peer *peer, size_t section, size_t layer)
{
	const unsigned bit = 1U << layer;
	const bool wanted = (peer->sections[section].keyframes & bit) != 0;
	peer->sections[section].keyframes &= ~bit;
	return wanted;
}

const struct rtc_peer_stats *rtc_peer_stats(const struct rtc_peer *peer)
{
	return &peer->stats;
}
