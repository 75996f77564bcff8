#include "tests/support/known_sfu.h"

#include "common/control/frame.h"
#include "common/rtp/rtcp.h"
#include "recorder/control/account.h"
#include "sfu/control/tap.h"
#include "tests/support/known_content_priv.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define KEPT 1024
#define TICK RS_MS(10)
#define KEY_EVERY RS_SEC(1)

struct kept {
	uint16_t seq;
	size_t len;
	uint8_t data[KNOWN_PACKET_MAX];
};

struct known_sfu {
	struct known_world *world;
	struct router *router;
	struct rs_rand rand;
	uint32_t peer;
	rs_time now;
	rs_time ticked;
	struct rs_buf output; /* of the tap */
	struct frame_reader input;
	uint32_t numbers[2]; /* tap's tracks: sound, picture; 0 = not announced */
	struct account account;
	struct account_track counts[2];
	struct kept kept[2][KEPT];
	uint16_t rtx_seq;
	uint64_t resent;
	uint64_t rtx;
	rs_time key_asked;
};

static struct known_source *source_at(struct known_sfu *sfu, unsigned i)
{
	return i == 0 ? &sfu->world->sound : &sfu->world->picture;
}

/* --- from the router to the recorder --- */

static void to_recorder(struct known_sfu *sfu, const struct router_tap *tap)
{
	assert_int_equal(tap_write(&sfu->output, tap, KNOWN_EPOCH), 0);
	assert_int_equal(
		frame_reader_feed(&sfu->input, rs_buf_data(&sfu->output), rs_buf_len(&sfu->output)),
		0);
	rs_buf_consume(&sfu->output, rs_buf_len(&sfu->output));
	struct frame frame;
	struct frame_packet packet;
	assert_int_equal(frame_reader_next(&sfu->input, &frame), 1);
	assert_int_equal(frame.kind, FRAME_PACKET);
	assert_int_equal(frame_packet_parse(frame.body, frame.len, &packet), 0);
	for (unsigned i = 0; i < 2; i++) {
		if (packet.track != sfu->numbers[i])
			continue;
		sfu->counts[i].received++;
		struct track *track = source_at(sfu, i)->track;
		if (track_deadline(track) <= sfu->now)
			assert_int_equal(track_tick(track, sfu->now), 0);
		assert_int_equal(track_recv_rtp(track, packet.rtp, packet.rtp_len,
					 packet.arrival_wall_us, sfu->now),
			0);
	}
}

static void on_tap(void *ctx, const struct router_tap *tap)
{
	struct known_sfu *sfu = ctx;
	if (tap->kind == ROUTER_TAP_PACKET)
		to_recorder(sfu, tap);
	if (tap->kind == ROUTER_TAP_TRACK && !tap->channel)
		sfu->numbers[tap->media == ROUTER_MICROPHONE ? 0 : 1] = tap->track;
	for (unsigned i = 0; i < 2; i++) {
		if (tap->track == 0 || tap->track != sfu->numbers[i])
			continue;
		if (tap->kind == ROUTER_TAP_CLOCK)
			track_report(source_at(sfu, i)->track, tap->ntp, tap->rtp);
		if (tap->kind == ROUTER_TAP_SENT)
			(void)account_sent(&sfu->account, &sfu->counts[i], tap->packets);
	}
}

/* --- from the router to the sender --- */

static void resend(struct known_sfu *sfu, unsigned i, uint16_t seq)
{
	const struct kept *kept = &sfu->kept[i][seq % KEPT];
	struct rtp_packet packet;
	uint8_t data[KNOWN_PACKET_MAX];
	struct rs_writer w;
	if (kept->len == 0 || kept->seq != seq)
		return;
	sfu->resent++;
	rs_writer_init(&w, data, sizeof(data));
	if (i == 0) {
		rs_write_bytes(&w, kept->data, kept->len);
	} else { /* RFC 4588 section 4 */
		sfu->rtx++;
		assert_int_equal(rtp_parse(kept->data, kept->len, &packet), 0);
		rtp_write_header(&w, &(struct rtp_header){ .marker = packet.marker,
					     .pt = KNOWN_RTX_PT,
					     .seq = sfu->rtx_seq++,
					     .rtp_ts = packet.rtp_ts,
					     .ssrc = KNOWN_RTX_SSRC });
		rs_write_u16(&w, seq);
		rs_write_bytes(&w, packet.payload_view, packet.payload_len);
	}
	assert_false(w.failed);
	known_fly(sfu->world, source_at(sfu, i), data, w.len, sfu->now);
}

static void take_nack(struct known_sfu *sfu, const struct rtcp_feedback *nack)
{
	uint16_t pid;
	uint16_t blp;
	const unsigned i = nack->media_ssrc == KNOWN_SOUND_SSRC ? 0 : 1;
	for (size_t at = 0; rtcp_nack_parse(nack, at, &pid, &blp) == 0; at++) {
		resend(sfu, i, pid);
		for (unsigned bit = 0; bit < 16; bit++)
			if ((blp >> bit & 1) != 0)
				resend(sfu, i, (uint16_t)(pid + bit + 1));
	}
}

static void on_packet(
	void *ctx, uint32_t peer, enum router_packet_kind kind, const uint8_t *data, size_t len)
{
	struct known_sfu *sfu = ctx;
	struct rtcp_item item;
	struct rtcp_feedback feedback;
	size_t cursor = 0;
	if (kind != ROUTER_RTCP)
		return;
	while (rtcp_next(data, len, &cursor, &item) == 1) {
		const bool transport = item.type == RTCP_RTPFB && item.count == RTCP_FMT_NACK;
		const bool key = item.type == RTCP_PSFB && item.count == RTCP_FMT_PLI;
		if (!(transport || key) || rtcp_feedback_parse(&item, &feedback) < 0)
			continue;
		if (transport)
			take_nack(sfu, &feedback);
		else
			sfu->world->picture.key_wish_at = sfu->now + RS_MS(30);
	}
}

/* --- the world's side --- */

static void open_meeting(struct known_sfu *sfu)
{
	const struct router_send sends[] = {
		{ .mid = "0",
			.source = "KEN",
			.media = ROUTER_MICROPHONE,
			.csrc = 1001,
			.codec = ROUTER_OPUS,
			.pt = KNOWN_SOUND_PT,
			.ssrc = KNOWN_SOUND_SSRC },
		{ .mid = "1",
			.source = "KEN",
			.media = ROUTER_CAMERA,
			.csrc = 1001,
			.codec = ROUTER_VP8,
			.pt = KNOWN_PICTURE_PT,
			.rtx_pt = KNOWN_RTX_PT,
			.ssrc = KNOWN_PICTURE_SSRC,
			.rtx_ssrc = KNOWN_RTX_SSRC },
	};
	const struct router_peer peer = {
		.id = "KEN", .meeting = "demo", .sends = sends, .n_sends = 2
	};
	const char *const ken[] = { "KEN" };
	const struct router_meeting meeting = { .id = "demo",
		.event = 1,
		.mode = ROUTER_FLOOR,
		.open = ken,
		.n_open = 1,
		.visible = ken,
		.n_visible = 1,
		.speaker = "KEN",
		.record = true };
	assert_int_equal(router_peer_set(sfu->router, &peer, 0, &sfu->peer), 0);
	router_peer_ready(sfu->router, sfu->peer, true, 0);
	assert_int_equal(router_meeting_set(sfu->router, &meeting, 0), 0);
	assert_int_equal(router_tap_start(sfu->router, "demo", 0), 0);
}

void known_sfu_join(struct known_world *world)
{
	struct known_sfu *sfu = rs_zalloc(sizeof(*sfu));
	assert_non_null(sfu);
	sfu->world = world;
	sfu->key_asked = -KEY_EVERY;
	rs_rand_init_seed(&sfu->rand, 7);
	rs_buf_init(&sfu->output, 1 << 16);
	frame_reader_init(&sfu->input);
	const struct router_config config = { .meetings = 1,
		.peers = 1,
		.packets = 2048,
		.wall_offset = KNOWN_EPOCH,
		.rand = &sfu->rand,
		.emit = on_packet,
		.tap = on_tap,
		.ctx = sfu };
	assert_int_equal(router_new(&config, &sfu->router), 0);
	world->sfu = sfu;
	open_meeting(sfu);
}

struct known_sfu *known_sfu_free(struct known_sfu *sfu)
{
	if (sfu == NULL)
		return NULL;
	router_free(sfu->router);
	rs_buf_done(&sfu->output);
	frame_reader_done(&sfu->input);
	return rs_release(sfu);
}

void known_sfu_keep(struct known_sfu *sfu, const struct known_source *source, uint16_t seq,
	const uint8_t *data, size_t len)
{
	struct kept *kept = &sfu->kept[source->sound ? 0 : 1][seq % KEPT];
	kept->seq = seq;
	kept->len = len;
	memcpy(kept->data, data, len);
}

void known_sfu_recv(struct known_sfu *sfu, const uint8_t *data, size_t len, rs_time now)
{
	known_sfu_tick(sfu, now);
	/* One that came again although the first was merely late is refused. */
	const int err = router_recv_rtp(sfu->router, sfu->peer, data, len, sfu->now);
	assert_true(err == 0 || err == -EALREADY);
}

void known_sfu_report(struct known_sfu *sfu, const struct known_source *source, uint64_t ntp,
	uint32_t rtp_ts, rs_time now)
{
	uint8_t data[64];
	struct rs_writer w;
	known_sfu_tick(sfu, now);
	rs_writer_init(&w, data, sizeof(data));
	const struct rtcp_sr sr = { .ssrc = source->sound ? KNOWN_SOUND_SSRC : KNOWN_PICTURE_SSRC,
		.ntp = ntp,
		.rtp_ts = rtp_ts };
	rtcp_write_sr(&w, &sr, NULL, 0);
	assert_int_equal(router_recv_rtcp(sfu->router, sfu->peer, data, w.len, sfu->now), 0);
}

void known_sfu_tick(struct known_sfu *sfu, rs_time now)
{
	while (sfu->ticked + TICK <= now) {
		sfu->ticked += TICK;
		sfu->now = sfu->ticked;
		router_tick(sfu->router, sfu->now);
	}
	if (now > sfu->now)
		sfu->now = now;
	const struct track *picture = sfu->world->picture.track;
	if (sfu->numbers[1] == 0 || picture == NULL || !track_wants_key(picture) ||
		sfu->now - sfu->key_asked < KEY_EVERY)
		return;
	sfu->key_asked = sfu->now;
	router_tap_keyframe(sfu->router, sfu->numbers[1], sfu->now);
}

uint64_t known_sfu_resent(const struct known_sfu *sfu)
{
	return sfu->resent;
}

uint64_t known_sfu_rtx(const struct known_sfu *sfu)
{
	return sfu->rtx;
}

uint64_t known_sfu_missing(const struct known_sfu *sfu)
{
	return sfu->account.compared ? sfu->account.missing : UINT64_MAX;
}
