/* The client's peer against what it will meet: signaling's answer and the media server's transport. */
#include "common/rtp/rtp.h"
#include "common/rtp/twcc.h"
#include "sfu/ice/stun.h"
#include "sfu/transport/transport.h"
#include "signaling/sdp/sdp.h"
#include "tests/support/oom.h"
#include "tests/support/simlink.h"
#include "tools/client/peer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WALL_S 1795305600

static struct dtls_identity *identity;

static const struct peer_plan publish_plan = {
	.source = "box", .csrc = 7, .send = { PEER_MICROPHONE, PEER_CAMERA }, .n_send = 2
};
static const struct peer_plan play_plan = {
	.recv = { { PEER_AUDIO, "floor", 0, PEER_MIX_LOUDEST, 0 },
		{ PEER_VIDEO, "speaker", 0, PEER_MIX_RANK, 0 } },
	.n_recv = 2
};

struct world {
	struct rtc_peer *peer;
	struct transport *transport; /* the media server */
	struct peer_spec spec;       /* what it was told */
	struct simlink *up;
	struct simlink *down;
	rs_time now;
	bool server_gone;
	unsigned media;      /* packets the peer opened */
	size_t last_section; /* of them */
	uint8_t last_payload[64];
	size_t last_len;
	unsigned rtcp[256];        /* RTCP packets of the peer by type */
	unsigned feedback;         /* transport-wide ones among them */
	struct rtcp_report report; /* the last */
	unsigned rtp;              /* packets of media that came to the server */
	uint8_t last_rtp[256];     /* the last of them, opened */
	size_t last_rtp_len;
};

static struct rs_addr address(uint8_t host)
{
	const uint8_t ip[4] = { 192, 0, 2, host };
	return rs_addr_v4(ip, 50000);
}

static void on_media(void *ctx, const struct rtc_peer_media *media)
{
	struct world *world = ctx;
	world->media++;
	world->last_section = media->section;
	world->last_len =
		media->len < sizeof(world->last_payload) ? media->len : sizeof(world->last_payload);
	memcpy(world->last_payload, media->payload_view, world->last_len);
}

static struct rtc_peer_config config_of(struct world *world, enum rtc_direction direction)
{
	return (struct rtc_peer_config){
		.n_sections = 2,
		.sections = { { RTC_AUDIO, direction, 0, 0 }, { RTC_VIDEO, direction, 0, 0 } },
		.seed = 1,
		.open_every = 1,
		.resend = 8,
		.reports = true,
		.check_interval = RS_MS(100),
		.dead_after = RS_MS(400),
		.on_media = on_media,
		.ctx = world,
	};
}

/* What signaling and the media server do with the offer; its answer goes to the peer. */
static void answer(struct world *world, enum rtc_direction direction)
{
	struct peer_node node = { .addresses = { "198.51.100.9:9", "192.0.2.200:50000" },
		.n_addresses = 2 };
	struct rs_buf offer;
	struct rs_buf sdp;
	struct rs_rand rand;
	struct transport_config config;
	char why[PEER_WHY_LEN] = "";
	rs_buf_init(&offer, RTC_SDP_MAX);
	rs_buf_init(&sdp, RTC_SDP_MAX);
	rs_rand_init_seed(&rand, 1);
	(void)snprintf(node.fingerprint, sizeof(node.fingerprint), "sha-256 %s",
		dtls_identity_fingerprint(identity));
	assert_int_equal(rtc_peer_offer(world->peer, &offer), 0);
	assert_int_equal(sdp_answer(NULL, (const char *)rs_buf_data(&offer), rs_buf_len(&offer),
				 direction == RTC_SEND ? &publish_plan : &play_plan, &node, &rand,
				 &world->spec, &sdp, why),
		0);
	transport_config_default(&config);
	config.dtls.identity = identity;
	(void)strcpy(config.ice.local.ufrag, world->spec.ufrag);
	(void)strcpy(config.ice.local.pwd, world->spec.pwd);
	(void)strcpy(config.ice.remote.ufrag, world->spec.remote_ufrag);
	(void)strcpy(config.ice.remote.pwd, world->spec.remote_pwd);
	assert_int_equal(dtls_fingerprint_parse(
				 "sha-256", world->spec.fingerprint + 8, &config.dtls.fingerprint),
		0);
	assert_int_equal(transport_new(&config, world->now, &world->transport), 0);
	assert_int_equal(rtc_peer_answer(world->peer, (const char *)rs_buf_data(&sdp),
				 rs_buf_len(&sdp), true, world->now),
		0);
	assert_int_equal(rtc_peer_answer(world->peer, (const char *)rs_buf_data(&sdp),
				 rs_buf_len(&sdp), true, world->now),
		-EPROTO);
	rs_buf_done(&offer);
	rs_buf_done(&sdp);
}

static void world_init(struct world *world, enum rtc_direction direction, uint32_t loss_permille)
{
	struct rtc_peer_config config = config_of(world, direction);
	if (loss_permille > 0)
		config.dead_after = 0; /* four checks in a row may well be lost */
	struct simlink_config link = {
		.delay = RS_MS(20), .seed = 1, .loss_permille = loss_permille
	};
	*world = (struct world){ .now = RS_SEC(1000), .spec = { .id = "p1" } };
	assert_int_equal(simlink_new(&link, &world->up), 0);
	link.seed = 2;
	assert_int_equal(simlink_new(&link, &world->down), 0);
	assert_int_equal(rtc_peer_new(&config, world->now, &world->peer), 0);
	assert_int_equal(rtc_peer_state(world->peer), RTC_PEER_NEW);
	answer(world, direction);
	assert_int_equal(rtc_peer_state(world->peer), RTC_PEER_CONNECTING);
}

static void world_done(struct world *world)
{
	rtc_peer_free(world->peer);
	transport_free(world->transport);
	simlink_free(world->up);
	simlink_free(world->down);
}

static void report_read(struct world *world, uint8_t *data, size_t len)
{
	struct rtcp_item item;
	size_t cursor = 0;
	while (rtcp_next(data, len, &cursor, &item) == 1) {
		world->rtcp[item.type]++;
		world->feedback += item.type == RTCP_RTPFB && item.count == RTCP_FMT_TWCC;
		if (item.type == RTCP_SR || item.type == RTCP_RR)
			(void)!rtcp_report_parse(&item, 0, &world->report);
	}
}

static void media_read(struct world *world, uint8_t *data, size_t len, int kind)
{
	if (kind == TRANSPORT_RTCP)
		report_read(world, data, len);
	if (kind != TRANSPORT_RTP || len > sizeof(world->last_rtp))
		return;
	world->rtp++;
	memcpy(world->last_rtp, data, len);
	world->last_rtp_len = len;
}

static void server_recv(struct world *world, struct simlink_datagram *datagram)
{
	const struct ice_path from = { .local = 0, .remote = datagram->from };
	size_t len = datagram->len;
	/* Only what goes to the candidate that is there. */
	const struct rs_addr here = address(200);
	if (world->server_gone || !rs_addr_equal(&datagram->to, &here))
		return;
	if (datagram->data[0] < 128) {
		(void)!transport_recv(world->transport, datagram->data, len, &from, world->now);
		return;
	}
	const int kind = transport_open(world->transport, datagram->data, &len, &from, world->now);
	media_read(world, datagram->data, len, kind);
}

static void drain(struct world *world)
{
	const struct rs_addr client = address(1);
	const struct rs_addr server = address(200);
	struct transport_output output;
	struct rtc_client_datagram datagram;
	while (transport_poll(world->transport, &output) == 1) {
		if (output.kind == TRANSPORT_DATAGRAM)
			simlink_send(world->down, &server, &client, output.data_view, output.len,
				world->now);
	}
	while (rtc_peer_poll(world->peer, &datagram) == 1)
		simlink_send(world->up, &client, &datagram.to, datagram.data_view, datagram.len,
			world->now);
}

static void world_step(struct world *world)
{
	struct simlink_datagram datagram;
	while (simlink_recv(world->up, world->now, &datagram) == 1)
		server_recv(world, &datagram);
	while (simlink_recv(world->down, world->now, &datagram) == 1)
		rtc_peer_recv(world->peer, datagram.data, datagram.len, world->now);
	transport_tick(world->transport, world->now);
	rtc_peer_tick(world->peer, world->now, world->now + RS_SEC(WALL_S));
	drain(world);
	assert_true(rtc_peer_deadline(world->peer) > world->now);
}

static void world_run(struct world *world, rs_time duration)
{
	const rs_time end = world->now + duration;
	for (;;) {
		world_step(world);
		const rs_time line =
			rs_time_min(simlink_deadline(world->up), simlink_deadline(world->down));
		const rs_time ends = rs_time_min(
			transport_deadline(world->transport), rtc_peer_deadline(world->peer));
		if (rs_time_min(line, ends) > end)
			break;
		world->now = rs_time_max(rs_time_min(line, ends), world->now);
	}
	world->now = end;
}

/* The media server sends a packet of a slot, with transport-wide number `seq` if the slot has them. */
static void server_send(struct world *world, size_t slot, uint16_t seq, const char *text)
{
	const struct rs_addr client = address(1);
	const struct rs_addr server = address(200);
	const struct peer_recv *recv = &world->spec.recv[slot];
	const uint8_t number[2] = { (uint8_t)(seq >> 8), (uint8_t)seq };
	uint8_t data[256];
	struct rs_writer writer;
	const struct rtp_header header = {
		.pt = recv->pt,
		.seq = seq,
		.rtp_ts = seq * 960U,
		.ssrc = recv->ssrc,
		.n_exts = recv->ext.twcc != 0,
		.exts = { { .id = recv->ext.twcc, .len = 2, .data_view = number } },
	};
	rs_writer_init(&writer, data, sizeof(data));
	rtp_write_header(&writer, &header);
	rs_write_bytes(&writer, text, strlen(text));
	size_t len = writer.len;
	assert_int_equal(
		transport_seal_rtp(world->transport, data, len, data, sizeof(data), &len), 0);
	simlink_send(world->down, &server, &client, data, len, world->now);
}

static void server_send_rtcp(struct world *world, struct rs_writer *writer, size_t cap)
{
	const struct rs_addr client = address(1);
	const struct rs_addr server = address(200);
	size_t len = writer->len;
	assert_false(writer->failed);
	assert_int_equal(transport_seal_rtcp(world->transport, writer->data, &len, cap), 0);
	simlink_send(world->down, &server, &client, writer->data, len, world->now);
}

/* --- Connecting --- */

static void it_connects_by_the_candidate_that_answers(void **state)
{
	struct world world;
	world_init(&world, RTC_RECEIVE, 0);
	world_run(&world, RS_SEC(1));
	assert_int_equal(rtc_peer_state(world.peer), RTC_PEER_CONNECTED);
	assert_true(transport_is_open(world.transport));
	const struct rs_addr remote = rtc_peer_remote(world.peer);
	const struct rs_addr server = address(200);
	assert_true(rs_addr_equal(&remote, &server));
	assert_true(rtc_peer_has(world.peer, 0) && rtc_peer_has(world.peer, 1));
	assert_false(rtc_peer_has(world.peer, 2));
	world_done(&world);
}

static void it_connects_over_a_lossy_line(void **state)
{
	struct world world;
	world_init(&world, RTC_SEND, 300);
	world_run(&world, RS_SEC(20));
	assert_int_equal(rtc_peer_state(world.peer), RTC_PEER_CONNECTED);
	world_done(&world);
}

static void a_dead_server_is_noticed_in_half_a_second(void **state)
{
	struct world world;
	world_init(&world, RTC_RECEIVE, 0);
	world_run(&world, RS_SEC(5));
	world.server_gone = true;
	world_run(&world, RS_MS(390));
	assert_int_equal(rtc_peer_state(world.peer), RTC_PEER_CONNECTED);
	world_run(&world, RS_MS(160));
	assert_int_equal(rtc_peer_state(world.peer), RTC_PEER_DEAD);
	assert_int_equal(rtc_peer_deadline(world.peer), RS_TIME_NEVER);
	world_done(&world);
}

static void a_check_of_the_server_is_answered(void **state)
{
	struct world world;
	struct rtc_client_datagram datagram;
	struct stun_msg answered;
	uint8_t data[STUN_MAX_LEN];
	world_init(&world, RTC_RECEIVE, 0);
	world_run(&world, RS_SEC(1));
	const char *pwd = world.spec.remote_pwd;
	const struct stun_msg check = { .class = STUN_REQUEST,
		.method = STUN_METHOD_BINDING,
		.txid = "of a server",
		.has_priority = true,
		.role = STUN_ROLE_CONTROLLED };
	int len = stun_write(&check, "another password, no good", 25, data, sizeof(data));
	rtc_peer_recv(world.peer, data, (size_t)len, world.now);
	assert_int_equal(rtc_peer_poll(world.peer, &datagram), 0);
	len = stun_write(&check, pwd, strlen(pwd), data, sizeof(data));
	rtc_peer_recv(world.peer, data, (size_t)len, world.now);
	assert_int_equal(rtc_peer_poll(world.peer, &datagram), 1);
	assert_int_equal(stun_parse(datagram.data_view, datagram.len, &answered), 0);
	assert_int_equal(answered.class, STUN_SUCCESS);
	assert_memory_equal(answered.txid, check.txid, STUN_TXID_LEN);
	assert_int_equal(
		stun_verify(datagram.data_view, datagram.len, &answered, pwd, strlen(pwd)), 0);
	world_done(&world);
}

static void an_answer_it_cannot_use_is_refused(void **state)
{
	static const char one_section[] =
		"a=ice-ufrag:aB3d\na=ice-pwd:0123456789abcdef012345\n"
		"a=fingerprint:sha-256 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
		"00:00:00:00:00:00:00:00:00:00:00:00\nm=audio 9 UDP/TLS/RTP/SAVPF 111\n"
		"a=candidate:1 1 udp 1 2001:db8::1 1 typ host\n";
	struct world world = { .now = 0 };
	struct rtc_peer_config config = config_of(&world, RTC_RECEIVE);
	struct rtc_peer *peer = NULL;
	assert_int_equal(rtc_peer_new(&config, 0, &peer), 0);
	assert_int_equal(rtc_peer_answer(peer, "no", 2, true, 0), -EBADMSG);
	assert_int_equal(
		rtc_peer_answer(peer, one_section, strlen(one_section), true, 0), -EBADMSG);
	rtc_peer_free(peer);
	config.n_sections = 1;
	assert_int_equal(rtc_peer_new(&config, 0, &peer), 0);
	/* Its only candidate is of IPv6. */
	assert_int_equal(
		rtc_peer_answer(peer, one_section, strlen(one_section), false, 0), -EBADMSG);
	assert_int_equal(rtc_peer_answer(peer, one_section, strlen(one_section), true, 0), 0);
	rtc_peer_free(peer);
	config.n_sections = 0;
	assert_int_equal(rtc_peer_new(&config, 0, &peer), -EINVAL);
	config.n_sections = RTC_SECTIONS_MAX + 1;
	assert_int_equal(rtc_peer_new(&config, 0, &peer), -EINVAL);
}

/* --- Media --- */

static void what_is_sent_is_opened_and_counted(void **state)
{
	struct world world;
	world_init(&world, RTC_RECEIVE, 0);
	world_run(&world, RS_SEC(1));
	for (uint16_t i = 0; i < 10; i++) {
		server_send(&world, 0, (uint16_t)(100 + i + (i >= 5)), "sound");
		server_send(&world, 1, (uint16_t)(500 + i), "picture");
		world_run(&world, RS_MS(20));
	}
	world_run(&world, RS_MS(100));
	assert_int_equal(world.media, 20);
	assert_int_equal(world.last_section, 1);
	assert_int_equal(world.last_len, 7);
	assert_memory_equal(world.last_payload, "picture", 7);
	assert_int_equal(rtc_peer_receiver(world.peer, 0)->counts.packets, 10);
	assert_int_equal(rtc_receiver_lost(rtc_peer_receiver(world.peer, 0)), 1);
	assert_int_equal(rtc_receiver_lost(rtc_peer_receiver(world.peer, 1)), 0);
	assert_int_equal(rtc_peer_stats(world.peer)->unauthentic, 0);
	world_done(&world);
}

static void what_was_forged_is_not_opened(void **state)
{
	struct world world;
	world_init(&world, RTC_RECEIVE, 0);
	world_run(&world, RS_SEC(1));
	uint8_t forged[64] = { 0x80, 111, 0, 1 };
	const uint32_t ssrc = world.spec.recv[0].ssrc;
	for (unsigned i = 0; i < 4; i++)
		forged[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
	rtc_peer_recv(world.peer, forged, sizeof(forged), world.now);
	assert_int_equal(rtc_peer_stats(world.peer)->unauthentic, 1);
	forged[8] ^= 1;
	rtc_peer_recv(world.peer, forged, sizeof(forged), world.now);
	assert_int_equal(rtc_peer_stats(world.peer)->unknown, 1);
	rtc_peer_recv(world.peer, forged, 5, world.now); /* cut short: ignored */
	assert_int_equal(world.media, 0);
	world_done(&world);
}

static void reports_tell_the_server_what_was_lost(void **state)
{
	struct world world;
	world_init(&world, RTC_RECEIVE, 0);
	world_run(&world, RS_SEC(1));
	for (uint16_t i = 0; i < 100; i++) {
		if (i % 10 != 5)
			server_send(&world, 0, i, "sound");
		world_run(&world, RS_MS(20));
	}
	world_run(&world, RS_SEC(1));
	assert_in_range(world.rtcp[RTCP_RR], 2, 4);
	assert_int_equal(world.report.ssrc, world.spec.recv[0].ssrc);
	assert_int_equal(world.report.lost, 10);
	assert_int_equal(world.report.highest_seq, 99);
	world_done(&world);
}

static void transport_wide_numbers_are_reported(void **state)
{
	struct world world;
	world_init(&world, RTC_RECEIVE, 0);
	world_run(&world, RS_SEC(1));
	if (world.spec.recv[1].ext.twcc == 0) {
		/* Not agreed: then nothing may be reported. */
		server_send(&world, 1, 1, "picture");
		world_run(&world, RS_SEC(1));
		assert_int_equal(world.feedback, 0);
	} else {
		for (uint16_t i = 0; i < 50; i++) {
			server_send(&world, 1, i, "picture");
			world_run(&world, RS_MS(20));
		}
		world_run(&world, RS_MS(300));
		assert_in_range(world.feedback, 8, 12);
	}
	world_done(&world);
}

static void it_sends_media_with_what_was_agreed(void **state)
{
	struct world world;
	world_init(&world, RTC_SEND, 0);
	uint8_t out[RTC_PEER_DATAGRAM_MAX];
	const struct rtc_payload payload = { .rtp_ts = 960,
		.level = 20,
		.at = world.now,
		.data_view = (const uint8_t *)"sound",
		.len = 5 };
	assert_int_equal(rtc_peer_send(world.peer, 0, 0, &payload, out, sizeof(out)), -EPROTO);
	world_run(&world, RS_SEC(1));
	assert_int_equal(rtc_peer_send(world.peer, 2, 0, &payload, out, sizeof(out)), -ENOENT);
	assert_int_equal(rtc_peer_send(world.peer, 0, 1, &payload, out, sizeof(out)), -ENOENT);
	assert_int_equal(rtc_peer_send(world.peer, 0, 0, &payload, out, 20), -ENOSPC);
	const int sent = rtc_peer_send(world.peer, 0, 0, &payload, out, sizeof(out));
	assert_true(sent > 0);

	size_t len = (size_t)sent;
	struct rtp_packet packet;
	struct rtp_ext ext;
	const struct peer_send *agreed = &world.spec.send[0];
	const struct ice_path path = { .local = 0, .remote = address(1) };
	assert_int_equal(
		transport_open(world.transport, out, &len, &path, world.now), TRANSPORT_RTP);
	assert_int_equal(rtp_parse(out, len, &packet), 0);
	assert_int_equal(packet.ssrc, agreed->ssrcs[0]);
	assert_int_equal(packet.pt, agreed->pt);
	assert_memory_equal(packet.payload_view, "sound", 5);
	assert_true(rtp_ext_find(&packet, agreed->ext.level, &ext));
	assert_int_equal(ext.len, 1);
	assert_int_equal(ext.data_view[0] & 0x7f, 20); /* RFC 6464: below the voice flag */
	assert_true(rtp_ext_find(&packet, agreed->ext.twcc, &ext));
	assert_true(rtp_ext_find(&packet, agreed->ext.mid, &ext));
	assert_memory_equal(ext.data_view, agreed->mid, strlen(agreed->mid));
	world_run(&world, RS_SEC(2));
	assert_in_range(world.rtcp[RTCP_SR], 1, 2); /* of sound; no picture was sent */
	world_done(&world);
}

static void a_picture_loss_is_heard_once(void **state)
{
	struct world world;
	world_init(&world, RTC_SEND, 0);
	world_run(&world, RS_SEC(1));
	uint8_t data[128];
	struct rs_writer writer;
	assert_false(rtc_peer_keyframe_wanted(world.peer, 1, 0));
	rs_writer_init(&writer, data, sizeof(data) - CRYPT_RTCP_TRAILER);
	rtcp_write_pli(&writer, 1, world.spec.send[1].ssrcs[0]);
	const uint16_t missing[] = { 5, 6, 9 };
	rtcp_write_nack(&writer, 1, world.spec.send[1].ssrcs[0], missing, 3);
	server_send_rtcp(&world, &writer, sizeof(data));
	world_run(&world, RS_MS(50));
	assert_false(rtc_peer_keyframe_wanted(world.peer, 0, 0));
	assert_true(rtc_peer_keyframe_wanted(world.peer, 1, 0));
	assert_false(rtc_peer_keyframe_wanted(world.peer, 1, 0));
	assert_int_equal(rtc_peer_stats(world.peer)->nacked, 3);
	world_done(&world);
}

static void what_the_server_says_is_lost_is_known_by_section(void **state)
{
	struct world world;
	world_init(&world, RTC_SEND, 0);
	world_run(&world, RS_SEC(1));
	assert_int_equal(rtc_peer_lost(world.peer, 0), 0);
	const struct rtcp_report reports[] = { { .ssrc = 7, .fraction_lost = 200 },
		{ .ssrc = world.spec.send[0].ssrcs[0], .fraction_lost = 26 } };
	uint8_t data[128];
	struct rs_writer writer;
	rs_writer_init(&writer, data, sizeof(data) - CRYPT_RTCP_TRAILER);
	rtcp_write_rr(&writer, 1, reports, 2);
	server_send_rtcp(&world, &writer, sizeof(data));
	world_run(&world, RS_MS(50));
	assert_int_equal(rtc_peer_lost(world.peer, 0), 26);
	assert_int_equal(rtc_peer_lost(world.peer, 1), 0);
	world_done(&world);
}

/* A packet of the peer that is lost on the line. */
static uint16_t send_in_vain(struct world *world, size_t section, const char *text)
{
	uint8_t out[RTC_PEER_DATAGRAM_MAX];
	const struct rtc_payload payload = { .marker = true,
		.rtp_ts = 960,
		.at = world->now,
		.data_view = (const uint8_t *)text,
		.len = strlen(text) };
	const int sent = rtc_peer_send(world->peer, section, 0, &payload, out, sizeof(out));
	assert_true(sent > 0);
	return (uint16_t)(out[2] << 8 | out[3]);
}

static void ask_again(struct world *world, size_t section, uint16_t seq)
{
	uint8_t data[128];
	struct rs_writer writer;
	rs_writer_init(&writer, data, sizeof(data) - CRYPT_RTCP_TRAILER);
	rtcp_write_nack(&writer, 1, world->spec.send[section].ssrcs[0], &seq, 1);
	server_send_rtcp(world, &writer, sizeof(data));
	world_run(world, RS_MS(50));
}

static void what_was_lost_is_sent_again_as_pictures_by_rtx(void **state)
{
	struct world world;
	struct rtp_packet packet;
	world_init(&world, RTC_SEND, 0);
	world_run(&world, RS_SEC(1));
	const struct peer_send *agreed = &world.spec.send[1];
	assert_int_equal(agreed->n_ssrcs, 2);
	const uint16_t lost = send_in_vain(&world, 1, "picture");
	ask_again(&world, 1, lost);
	assert_int_equal(world.rtp, 1);
	assert_int_equal(rtp_parse(world.last_rtp, world.last_rtp_len, &packet), 0);
	assert_int_equal(packet.ssrc, agreed->ssrcs[1]);
	assert_int_equal(packet.pt, agreed->rtx_pt);
	assert_true(packet.marker);
	assert_int_equal(packet.payload_len, 2 + 7);
	assert_int_equal(packet.payload_view[0] << 8 | packet.payload_view[1], lost);
	assert_memory_equal(packet.payload_view + 2, "picture", 7);
	const uint16_t first = packet.seq;
	ask_again(&world, 1, lost);
	assert_int_equal(rtp_parse(world.last_rtp, world.last_rtp_len, &packet), 0);
	assert_int_equal(packet.seq, (uint16_t)(first + 1));

	ask_again(&world, 1, (uint16_t)(lost + 1)); /* never sent */
	for (unsigned i = 0; i < 8; i++)
		(void)send_in_vain(&world, 1, "later");
	ask_again(&world, 1, lost); /* too long ago */
	assert_int_equal(world.rtp, 2);
	assert_int_equal(rtc_peer_stats(world.peer)->nacked, 4);
	assert_int_equal(rtc_peer_stats(world.peer)->resent, 2);
	world_done(&world);
}

static void what_was_lost_is_sent_again_as_sound_as_it_was(void **state)
{
	struct world world;
	struct rtp_packet packet;
	world_init(&world, RTC_SEND, 0);
	world_run(&world, RS_SEC(1));
	const uint16_t lost = send_in_vain(&world, 0, "sound");
	ask_again(&world, 0, lost);
	assert_int_equal(world.rtp, 1);
	assert_int_equal(rtp_parse(world.last_rtp, world.last_rtp_len, &packet), 0);
	assert_int_equal(packet.ssrc, world.spec.send[0].ssrcs[0]);
	assert_int_equal(packet.seq, lost);
	assert_memory_equal(packet.payload_view, "sound", 5);
	ask_again(&world, 0, lost);
	assert_int_equal(world.rtp, 1); /* it came: a second one is a replay */
	world_done(&world);
}

/* --- A line that is measured --- */

static struct estimator estimator;

static void measured_init(struct world *world)
{
	struct rtc_peer_config config = config_of(world, RTC_SEND);
	struct simlink_config link = { .delay = RS_MS(20), .seed = 1 };
	*world = (struct world){ .now = RS_SEC(1000), .spec = { .id = "p1" } };
	estimator_init(&estimator, true, world->now);
	config.sections[1].n_layers = 3;
	config.estimator = &estimator;
	assert_int_equal(simlink_new(&link, &world->up), 0);
	assert_int_equal(simlink_new(&link, &world->down), 0);
	assert_int_equal(rtc_peer_new(&config, world->now, &world->peer), 0);
	answer(world, RTC_SEND);
	world_run(world, RS_SEC(1));
}

static void send_here(struct world *world, size_t section, size_t layer, const char *text)
{
	const struct rs_addr client = address(1);
	const struct rs_addr server = address(200);
	uint8_t out[RTC_PEER_DATAGRAM_MAX];
	const struct rtc_payload payload = {
		.at = world->now, .data_view = (const uint8_t *)text, .len = strlen(text)
	};
	const int len = rtc_peer_send(world->peer, section, layer, &payload, out, sizeof(out));
	assert_true(len > 0);
	simlink_send(world->up, &client, &server, out, (size_t)len, world->now);
	world_run(world, RS_MS(30));
}

/* The number of the last packet that came; -1 = it had none. */
static int number_of(const struct world *world, const struct peer_send *agreed)
{
	struct rtp_packet packet;
	struct rtp_ext ext;
	assert_int_equal(rtp_parse(world->last_rtp, world->last_rtp_len, &packet), 0);
	if (!rtp_ext_find(&packet, agreed->ext.twcc, &ext))
		return -1;
	return ext.data_view[0] << 8 | ext.data_view[1];
}

static void a_measured_line_numbers_pictures_and_not_sound(void **state)
{
	struct world world;
	measured_init(&world);
	const uint16_t next = estimator_next(&estimator);
	send_here(&world, 0, 0, "sound");
	assert_int_equal(number_of(&world, &world.spec.send[0]), -1);
	assert_int_equal(estimator_next(&estimator), next);
	send_here(&world, 1, 2, "picture");
	assert_int_equal(number_of(&world, &world.spec.send[1]), next);
	assert_int_equal(estimator_next(&estimator), (uint16_t)(next + 1));
	assert_true(estimator_audio_bps(&estimator, world.now) > 0);
	world_done(&world);
}

/* A size of the picture is told by its RID, what repairs it by another extension (RFC 8852). */
static void a_size_of_a_picture_is_repaired_by_rtx_and_probed_by_padding(void **state)
{
	struct world world;
	struct rtp_packet packet;
	struct rtp_ext ext;
	uint8_t out[RTC_PEER_DATAGRAM_MAX];
	measured_init(&world);
	const struct peer_send *agreed = &world.spec.send[1];
	send_here(&world, 1, 2, "picture");
	assert_int_equal(rtp_parse(world.last_rtp, world.last_rtp_len, &packet), 0);
	const uint32_t ssrc = packet.ssrc;
	const uint16_t seq = packet.seq;
	uint8_t data[128];
	struct rs_writer writer;
	rs_writer_init(&writer, data, sizeof(data) - CRYPT_RTCP_TRAILER);
	rtcp_write_nack(&writer, 1, ssrc, &seq, 1);
	server_send_rtcp(&world, &writer, sizeof(data));
	const uint16_t next = estimator_next(&estimator);
	world_run(&world, RS_MS(50));
	assert_int_equal(rtp_parse(world.last_rtp, world.last_rtp_len, &packet), 0);
	assert_int_equal(packet.pt, agreed->rtx_pt);
	assert_true(packet.ssrc != ssrc);
	assert_true(rtp_ext_find(&packet, agreed->ext.repaired_rid, &ext));
	assert_memory_equal(ext.data_view, "f", ext.len);
	assert_int_equal(number_of(&world, agreed), next);
	assert_true(rtc_peer_stats(world.peer)->resent_octets > 0);

	assert_int_equal(rtc_peer_pad(world.peer, 7, 100, out, sizeof(out)), -ENOENT);
	assert_int_equal(rtc_peer_pad(world.peer, 0, 100, out, sizeof(out)), -EPROTO);
	assert_int_equal(rtc_peer_pad(world.peer, 1, 100, out, 50), -ENOSPC);
	const int len = rtc_peer_pad(world.peer, 1, 100, out, sizeof(out));
	assert_true(len > 100);
	const struct rs_addr client = address(1);
	const struct rs_addr server = address(200);
	simlink_send(world.up, &client, &server, out, (size_t)len, world.now);
	world_run(&world, RS_MS(30));
	assert_int_equal(rtp_parse(world.last_rtp, world.last_rtp_len, &packet), 0);
	assert_int_equal(packet.padding, 100);
	assert_int_equal(packet.payload_len, 0);
	assert_int_equal(packet.pt, agreed->rtx_pt);
	assert_int_equal(number_of(&world, agreed), (uint16_t)(next + 1));
	world_done(&world);
}

static void what_the_server_says_of_arrivals_is_heard(void **state)
{
	struct world world;
	uint8_t data[256];
	struct rs_writer writer;
	struct twcc_feedback feedback = { .media_ssrc = 1, .n_packets = 1 };
	measured_init(&world);
	feedback.base_seq = estimator_next(&estimator);
	feedback.arrivals[0].received = true;
	send_here(&world, 1, 0, "picture");
	assert_true(history_in_flight(&estimator.history) > 0);
	rs_writer_init(&writer, data, sizeof(data) - CRYPT_RTCP_TRAILER);
	twcc_write(&writer, &feedback);
	server_send_rtcp(&world, &writer, sizeof(data));
	world_run(&world, RS_MS(30));
	assert_int_equal(history_in_flight(&estimator.history), 0);
	world_done(&world);
}

static int make_and_free(void *ctx)
{
	struct world world = { .now = 0 };
	const struct rtc_peer_config config = config_of(&world, RTC_SEND);
	struct rtc_peer *peer = NULL;
	const int err = rtc_peer_new(&config, 0, &peer);
	if (err < 0)
		return err;
	struct rs_buf offer;
	rs_buf_init(&offer, RTC_SDP_MAX);
	const int written = rtc_peer_offer(peer, &offer);
	rs_buf_done(&offer);
	rtc_peer_free(peer);
	return written;
}

static void memory_may_run_out(void **state)
{
	check_oom(make_and_free, NULL);
}

static int set_up(void **state)
{
	const int err = crypt_start();
	return err < 0 ? err : dtls_identity_new(WALL_S, &identity);
}

static int tear_down(void **state)
{
	identity = dtls_identity_free(identity);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_connects_by_the_candidate_that_answers),
		cmocka_unit_test(it_connects_over_a_lossy_line),
		cmocka_unit_test(a_dead_server_is_noticed_in_half_a_second),
		cmocka_unit_test(a_check_of_the_server_is_answered),
		cmocka_unit_test(an_answer_it_cannot_use_is_refused),
		cmocka_unit_test(what_is_sent_is_opened_and_counted),
		cmocka_unit_test(what_was_forged_is_not_opened),
		cmocka_unit_test(reports_tell_the_server_what_was_lost),
		cmocka_unit_test(transport_wide_numbers_are_reported),
		cmocka_unit_test(it_sends_media_with_what_was_agreed),
		cmocka_unit_test(a_picture_loss_is_heard_once),
		cmocka_unit_test(what_the_server_says_is_lost_is_known_by_section),
		cmocka_unit_test(what_was_lost_is_sent_again_as_pictures_by_rtx),
		cmocka_unit_test(what_was_lost_is_sent_again_as_sound_as_it_was),
		cmocka_unit_test(a_measured_line_numbers_pictures_and_not_sound),
		cmocka_unit_test(a_size_of_a_picture_is_repaired_by_rtx_and_probed_by_padding),
		cmocka_unit_test(what_the_server_says_of_arrivals_is_heard),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
