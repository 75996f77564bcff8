/* What happens to packets on their way: key frames, repair, layers, loudness, reports, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "common/rtp/abs_capture.h"
#include "common/rtp/rtcp.h"
#include "common/rtp/vp8.h"
#include "tests/support/router_kit.h"

static struct kit kit;

static const struct kit_peer ken = { .id = "KEN", .csrc = 1001 };
static const struct kit_peer fra = { .id = "FRA", .csrc = 1002 };
static const struct kit_peer viewer = { .id = "viewer", .csrc = 1003, .silent = true };

static int setup(void **state)
{
	return kit_init(&kit);
}

static int teardown(void **state)
{
	kit_done(&kit);
	return 0;
}

static void a_switch_of_speaker_asks_for_a_key_frame_once_and_waits_for_it(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra),
		       v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 6, false);
	struct kit_meeting spec = { .event = 1, .visible = { "KEN", "FRA" }, .speaker = "KEN" };

	kit_must_meeting(&kit, &spec, 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 7, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	kit_show(&kit, f,
		&(struct kit_media){
			.ssrc = 8, .seq = 1, .picture = 900, .keyframe = true, .height = 180 },
		0);
	const struct rtp_packet first = kit_parsed(kit_rtp(&kit, v, slot, 0));
	struct vp8_descriptor a, b;
	assert_int_equal(vp8_parse(first.payload_view, first.payload_len, &a), 0);
	kit_forget(&kit);
	spec.speaker = "FRA";
	kit_must_meeting(&kit, &spec, RS_MS(500));
	assert_int_equal(kit_count_rtcp(&kit, f, RTCP_PSFB, RTCP_FMT_PLI), 1);
	kit_show(&kit, f, &(struct kit_media){ .ssrc = 8, .seq = 2, .picture = 901 }, RS_MS(510));
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 7, .seq = 2, .picture = 2 }, RS_MS(510));
	assert_int_equal(kit_count_rtp(&kit, v, slot), 0);
	kit_show(&kit, f,
		&(struct kit_media){
			.ssrc = 8, .seq = 3, .picture = 902, .keyframe = true, .height = 180 },
		RS_MS(540));
	const struct rtp_packet next = kit_parsed(kit_rtp(&kit, v, slot, 0));
	assert_int_equal(next.seq, (uint16_t)(first.seq + 1));
	assert_int_equal(vp8_parse(next.payload_view, next.payload_len, &b), 0);
	assert_int_equal(b.picture_id, a.picture_id + 1);
	assert_int_equal(b.tl0_pic_idx, (uint8_t)(a.tl0_pic_idx + 1));
	assert_int_equal(kit_count_rtcp(&kit, f, RTCP_PSFB, RTCP_FMT_PLI), 1);
}

/* From the very message on, also what waits to be sent again; the others go on, and so does the public afterwards. */
static void off_the_air_the_public_is_sent_nothing(void **state)
{
	struct kit_peer webcast = viewer;
	webcast.public = true;
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra),
		       v = kit_must_join(&kit, &webcast);
	const uint32_t sound = kit_slot_ssrc(&webcast, 3, false);
	const uint32_t picture = kit_slot_ssrc(&webcast, 6, false);
	struct kit_meeting spec = {
		.event = 1, .open = { "KEN" }, .visible = { "KEN" }, .speaker = "KEN"
	};
	const struct kit_media key = {
		.ssrc = 7, .seq = 1, .picture = 1, .keyframe = true, .height = 180
	};

	kit_must_meeting(&kit, &spec, 0);
	kit_speak(&kit, k, 5, 1, 20, 0);
	kit_show(&kit, k, &key, 0);
	assert_int_equal(kit_count_rtp(&kit, v, sound), 1);
	assert_int_equal(kit_count_rtp(&kit, v, picture), 1);
	const struct rtp_packet last = kit_parsed(kit_rtp(&kit, v, picture, 0));
	kit_forget(&kit);

	spec.event = 2;
	spec.off_air = true;
	kit_must_meeting(&kit, &spec, RS_MS(20));
	kit_speak(&kit, k, 5, 2, 20, RS_MS(20));
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 7, .seq = 2, .picture = 2 }, RS_MS(33));
	assert_int_equal(kit_count_rtp(&kit, v, 0), 0);
	assert_true(kit_count_rtp(&kit, f, 0) >= 2);
	kit_forget(&kit);

	spec.event = 3;
	spec.off_air = false;
	kit_must_meeting(&kit, &spec, RS_MS(600));
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 1);
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 7, .seq = 3, .picture = 3 }, RS_MS(610));
	assert_int_equal(kit_count_rtp(&kit, v, picture), 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 7, .seq = 4, .picture = 4, .keyframe = true, .height = 180 },
		RS_MS(640));
	const struct rtp_packet next = kit_parsed(kit_rtp(&kit, v, picture, 0));
	assert_int_equal(next.seq, (uint16_t)(last.seq + 1));
	kit_speak(&kit, k, 5, 30, 20, RS_MS(640));
	assert_int_equal(kit_count_rtp(&kit, v, sound), 1);
}

static void key_frame_requests_are_repeated_until_one_comes(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	uint8_t data[16];
	struct rs_writer writer;

	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .speaker = "KEN" }, 0);
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 7, .seq = 1, .picture = 1 }, 0);
	for (rs_time now = 0; now <= RS_MS(1400); now += RS_MS(10))
		router_tick(kit.router, now);
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 4);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 7, .seq = 2, .picture = 2, .keyframe = true, .height = 180 },
		RS_MS(1400));
	kit_forget(&kit);
	/* A storm of a receiver's requests is one request. */
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_pli(&writer, 1, kit_slot_ssrc(&viewer, 6, false));
	for (rs_time now = RS_MS(1800); now < RS_MS(1900); now += RS_MS(1)) {
		assert_int_equal(router_recv_rtcp(kit.router, v, data, writer.len, now), 0);
		router_tick(kit.router, now);
	}
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 1);
}

static void video_is_repaired_by_rtx(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 6, false);
	uint8_t data[64];
	struct rs_writer writer;

	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .speaker = "KEN" }, 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 7, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	const struct rtp_packet sent = kit_parsed(kit_rtp(&kit, v, slot, 0));
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, slot, &sent.seq, 1);
	assert_int_equal(router_recv_rtcp(kit.router, v, data, writer.len, RS_MS(30)), 0);
	const struct rtp_packet rtx = kit_parsed(kit_rtp(&kit, v, slot + 1, 0));
	assert_int_equal(rtx.pt, KIT_SLOT_RTX);
	assert_int_equal(rtx.rtp_ts, sent.rtp_ts);
	assert_int_equal(rtx.payload_view[0] << 8 | rtx.payload_view[1], sent.seq);
	assert_int_equal(rtx.payload_len, sent.payload_len + 2);
	assert_memory_equal(rtx.payload_view + 2, sent.payload_view, sent.payload_len);
	/* Too old by now. */
	assert_int_equal(router_recv_rtcp(kit.router, v, data, writer.len, RS_SEC(3)), 0);
	assert_int_equal(kit_count_rtp(&kit, v, slot + 1), 1);
}

static void a_publishers_gaps_are_asked_for_and_filled(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 6, false);

	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .speaker = "KEN" }, 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 7, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 7, .seq = 4, .picture = 4 }, RS_MS(10));
	router_tick(kit.router, RS_MS(20));
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_RTPFB, RTCP_FMT_NACK), 1);
	assert_int_equal(router_counters(kit.router)->nacks_sent, 2);
	const uint16_t first = kit_parsed(kit_rtp(&kit, v, slot, 0)).seq;
	/* Number 2 comes as RTX, which was never seen before; number 3 late and plain. */
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 70, .seq = 99, .picture = 2, .rtx = true, .rtx_of = 2 },
		RS_MS(50));
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 7, .seq = 3, .picture = 3 }, RS_MS(51));
	assert_int_equal(kit_count_rtp(&kit, v, slot), 4);
	assert_int_equal(kit_parsed(kit_rtp(&kit, v, slot, 2)).seq, (uint16_t)(first + 1));
	assert_int_equal(kit_parsed(kit_rtp(&kit, v, slot, 3)).seq, (uint16_t)(first + 2));
	assert_int_equal(router_counters(kit.router)->rx_repaired, 2);
	const struct kit_media again = {
		.ssrc = 7, .seq = 3, .picture = 3, .rtp_ts = 9000, .video = true
	};
	assert_int_equal(kit_send(&kit, k, &again, RS_MS(52)), -EALREADY);
	for (rs_time now = RS_MS(60); now < RS_SEC(1); now += RS_MS(10))
		router_tick(kit.router, now);
	assert_int_equal(router_counters(kit.router)->nacks_sent, 2);
}

static void a_stream_that_begins_anew_is_asked_for_a_key_frame(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 6, false);

	kit_must_meeting(&kit, &(struct kit_meeting){ .visible = { "KEN" }, .speaker = "KEN" }, 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 7, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	const uint16_t first = kit_parsed(kit_rtp(&kit, v, slot, 0)).seq;
	kit_forget(&kit);
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 8, .seq = 900, .picture = 60 }, RS_SEC(2));
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 1);
	assert_int_equal(kit_count_rtp(&kit, v, slot), 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 8, .seq = 901, .picture = 61, .keyframe = true, .height = 180 },
		RS_MS(2033));
	assert_int_equal(kit_parsed(kit_rtp(&kit, v, slot, 0)).seq, (uint16_t)(first + 1));
}

/* As Firefox was seen to begin: its sound stands for 1.3 s and then goes on where it stood. */
static void a_senders_stall_costs_no_sound_at_later_switches(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra),
		       v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 3, false);
	size_t sent = 0;

	for (uint16_t i = 0; i < 500; i++) {
		const rs_time now = RS_SEC(1) + i * RS_MS(20);
		const bool turn_of_ken = i / 100 % 2 == 0;
		if (i % 100 == 0)
			kit_must_meeting(&kit,
				&(struct kit_meeting){ .open = { turn_of_ken ? "KEN" : "FRA" } },
				now);
		if (i < 10)
			kit_speak(&kit, k, 7, i, 10, now);
		else if (i >= 75)
			kit_speak(&kit, k, 7, (uint16_t)(i - 65), 10, now);
		kit_speak(&kit, f, 8, i, 10, now);
		sent += !turn_of_ken || i < 10 || i >= 75;
	}
	assert_in_range(kit_count_rtp(&kit, v, slot), sent - 3, sent);
}

static void slow_streams_give_their_memory_back_in_time(void **state)
{
	static const struct kit_peer third = { .id = "CHL", .csrc = 1005 };
	const uint32_t peers[] = { kit_must_join(&kit, &ken), kit_must_join(&kit, &fra),
		kit_must_join(&kit, &third) };

	kit_must_meeting(&kit, &(struct kit_meeting){ .visible = { "KEN", "FRA", "CHL" } }, 0);
	for (uint16_t i = 1; i < 1000; i++)
		for (size_t p = 0; p < RS_ARRAY_LEN(peers); p++)
			kit_show(&kit, peers[p],
				&(struct kit_media){ .ssrc = 7, .seq = i, .picture = i },
				i * RS_MS(33));
	assert_int_equal(router_counters(kit.router)->pool_empty, 0);
}

static void padding_is_not_forwarded_and_leaves_no_hole(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 6, false);

	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .speaker = "KEN" }, 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 7, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 7, .seq = 2, .picture = 1, .padding = 200 },
		RS_MS(5));
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 7, .seq = 3, .picture = 2 }, RS_MS(33));
	assert_int_equal(kit_count_rtp(&kit, v, slot), 2);
	assert_int_equal(kit_parsed(kit_rtp(&kit, v, slot, 1)).seq,
		(uint16_t)(kit_parsed(kit_rtp(&kit, v, slot, 0)).seq + 1));
}

static void the_highest_layer_that_flows_is_taken_at_its_key_frame(void **state)
{
	static const struct kit_peer cam = { .id = "KEN", .csrc = 1001, .simulcast = true };
	static const struct kit_peer small = {
		.id = "small", .csrc = 1006, .silent = true, .max_height = 180
	};
	const uint32_t k = kit_must_join(&kit, &cam), v = kit_must_join(&kit, &viewer),
		       s = kit_must_join(&kit, &small);
	const uint32_t slot = kit_slot_ssrc(&viewer, 6, false);
	uint16_t at = 1;

	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .speaker = "KEN" }, 0);
	kit_show(&kit, k,
		&(struct kit_media){ .ssrc = 7,
			.seq = 1,
			.picture = 1,
			.keyframe = true,
			.height = 180,
			.rid = "q" },
		0);
	kit_show(&kit, k,
		&(struct kit_media){ .ssrc = 8,
			.seq = 1,
			.picture = 1,
			.keyframe = true,
			.height = 360,
			.rid = "h" },
		0);
	for (; at < 5; at++) {
		const rs_time now = at * RS_MS(33);
		kit_show(&kit, k,
			&(struct kit_media){ .ssrc = 7,
				.seq = (uint16_t)(at + 1),
				.picture = (uint16_t)(at + 1) },
			now);
		kit_show(&kit, k,
			&(struct kit_media){ .ssrc = 8,
				.seq = (uint16_t)(at + 1),
				.picture = (uint16_t)(at + 1) },
			now);
	}
	/* q's key frame, then h's and all of h. */
	assert_int_equal(kit_count_rtp(&kit, v, slot), 6);
	assert_int_equal(kit_count_rtp(&kit, s, kit_slot_ssrc(&small, 6, false)), 5);

	/* h stops: q again, from its next key frame. */
	kit_forget(&kit);
	for (; at < 80; at++) {
		const rs_time now = at * RS_MS(33);
		kit_show(&kit, k,
			&(struct kit_media){ .ssrc = 7,
				.seq = (uint16_t)(at + 1),
				.picture = (uint16_t)(at + 1) },
			now);
		router_tick(kit.router, now);
	}
	assert_in_range(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 1, 4);
	assert_int_equal(kit_count_rtp(&kit, v, slot), 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 7, .seq = 81, .picture = 81, .keyframe = true, .height = 180 },
		at * RS_MS(33));
	assert_int_equal(kit_count_rtp(&kit, v, slot), 1);
}

static void one_slot_follows_the_loudest_without_flutter(void **state)
{
	static const struct kit_peer phone = {
		.id = "phone", .csrc = 1007, .silent = true, .mix = ROUTER_LOUDEST
	};
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra),
		       p = kit_must_join(&kit, &phone);
	const uint32_t slot = kit_slot_ssrc(&phone, 3, false);
	unsigned switches = 0;
	uint32_t last = 0;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN", "FRA" } }, 0);
	for (uint16_t i = 1; i < 300; i++) {
		const rs_time now = i * RS_MS(20);
		/* Two seconds of the one, then two of the other, each with a short laugh in between. */
		const bool other = i / 100 % 2 == 1 || i == 50 || i == 51;
		kit_forget(&kit);
		kit_speak(&kit, k, 7, i, other ? 70 : 20, now);
		kit_speak(&kit, f, 8, i, other ? 20 : 70, now);
		router_tick(kit.router, now);
		assert_true(kit_count_rtp(&kit, p, slot) <= 1);
		const struct kit_packet *packet = kit_rtp(&kit, p, slot, 0);
		if (packet != NULL) {
			const uint32_t csrc = kit_parsed(packet).csrcs[0];
			switches += last != 0 && csrc != last;
			last = csrc;
		}
	}
	assert_int_equal(switches, 2);
	assert_int_equal(kit_count_rtp(&kit, p, kit_slot_ssrc(&phone, 4, false)), 0);
}

static void a_room_hears_the_others_and_never_itself(void **state)
{
	static const struct kit_peer room = { .id = "room", .csrc = 1008, .mix = ROUTER_OTHERS };
	const uint32_t r = kit_must_join(&kit, &room), k = kit_must_join(&kit, &ken),
		       f = kit_must_join(&kit, &fra), v = kit_must_join(&kit, &viewer);
	const uint32_t first = kit_slot_ssrc(&room, 3, false);
	const uint32_t second = kit_slot_ssrc(&room, 4, false);

	/* Its own is open first, and does not take a slot away. */
	kit_must_meeting(
		&kit, &(struct kit_meeting){ .event = 1, .open = { "room", "KEN", "FRA" } }, 0);
	for (uint16_t i = 1; i < 50; i++) {
		kit_speak(&kit, r, 6, i, 10, i * RS_MS(20));
		kit_speak(&kit, k, 7, i, 30, i * RS_MS(20));
		kit_speak(&kit, f, 8, i, 30, i * RS_MS(20));
	}
	assert_int_equal(kit_count_rtp(&kit, r, first), 49);
	assert_int_equal(kit_count_rtp(&kit, r, second), 49);
	assert_int_equal(kit_parsed(kit_rtp(&kit, r, first, 0)).csrcs[0], 1001);
	assert_int_equal(kit_parsed(kit_rtp(&kit, r, second, 0)).csrcs[0], 1002);
	/* Who does not send it hears it. */
	assert_int_equal(
		kit_parsed(kit_rtp(&kit, v, kit_slot_ssrc(&viewer, 3, false), 0)).csrcs[0], 1008);
	/* Alone on the floor it hears nothing. */
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 2, .open = { "room" } }, RS_SEC(1));
	kit_forget(&kit);
	kit_speak(&kit, r, 6, 50, 10, RS_SEC(1));
	kit_speak(&kit, k, 7, 50, 10, RS_SEC(1));
	assert_int_equal(kit_count_rtp(&kit, r, first), 0);
	assert_int_equal(kit_count_rtp(&kit, r, second), 0);
}

static void reports_say_what_was_lost_and_when_it_was_captured(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 3, false);
	const uint64_t second = (uint64_t)1 << 32;
	uint8_t data[64];
	struct rs_writer writer;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	/* The speaker's clock says 1000 s when its RTP time is 960; the report arrives at 50 ms. */
	kit_speak(&kit, k, 7, 1, 10, RS_MS(50));
	const struct rtcp_sr sr = { .ssrc = 7, .ntp = 1000 * second, .rtp_ts = 960 };
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_sr(&writer, &sr, NULL, 0);
	assert_int_equal(router_recv_rtcp(kit.router, k, data, writer.len, RS_MS(50)), 0);
	const struct rtp_packet first = kit_parsed(kit_rtp(&kit, v, slot, 0));
	for (uint16_t i = 2; i < 60; i++) {
		if (i % 4 != 0) /* a quarter is lost */
			kit_speak(&kit, k, 7, i, 10, i * RS_MS(20) + RS_MS(30));
		router_tick(kit.router, i * RS_MS(20) + RS_MS(30));
	}
	struct rtcp_item item;
	struct rtcp_sr told;
	bool seen = false;
	for (size_t i = 0; i < kit.n_caught; i++) {
		size_t cursor = 0;
		if (!kit.caught[i].rtcp ||
			rtcp_next(kit.caught[i].data, kit.caught[i].len, &cursor, &item) != 1)
			continue;
		if (kit.caught[i].peer == v && rtcp_sr_parse(&item, &told) == 0) {
			/* Our NTP time 50 ms is the first packet's RTP time; it goes on at 48 kHz. */
			const uint64_t wall =
				told.ntp - ((uint64_t)2208988800 + 1795305600) * second;
			const double ms = (double)wall * 1000.0 / (double)second;
			const double ticks = (double)(int32_t)(told.rtp_ts - first.rtp_ts);
			assert_true(ticks - (ms - 50.0) * 48.0 < 2.0 &&
				    ticks - (ms - 50.0) * 48.0 > -2.0);
			seen = true;
		}
		struct rtcp_report report;
		if (kit.caught[i].peer == k && rtcp_report_parse(&item, 0, &report) == 0) {
			assert_int_equal(report.ssrc, 7);
			assert_in_range(report.fraction_lost, 55, 70);
			assert_int_equal(report.last_sr, 1000 << 16);
			assert_true(report.since_sr > 0);
		}
	}
	assert_true(seen);
	assert_true(kit_count_rtcp(&kit, k, RTCP_RR, 1) >= 1);
}

#define SECOND ((uint64_t)1 << 32)
#define OUR_START \
	((UINT64_C(2208988800) + 1795305600) * SECOND) /* our NTP time when the test begins */

static bool find_capture(const struct kit_packet *packet, struct abs_capture *out)
{
	const struct rtp_packet rtp = kit_parsed(packet);
	struct rtp_ext ext;

	return rtp_ext_find(&rtp, KIT_EXT_SLOT_ABS_CAPTURE, &ext) &&
	       abs_capture_parse(ext.data_view, ext.len, out) == 0;
}

/* When it was captured by our clock, in ms since the test began. */
static double captured_ms(const struct abs_capture *capture)
{
	return (double)(int64_t)(capture->ntp - OUR_START) * 1000.0 / (double)SECOND -
	       (double)capture->offset_us / 1000.0;
}

static void expect_captured(const struct kit_packet *packet, double ms)
{
	struct abs_capture capture;

	assert_true(find_capture(packet, &capture));
	assert_true(capture.has_offset);
	const double off = captured_ms(&capture) - ms;
	if (off < -0.1 || off > 0.1)
		fail_msg("captured %.3f ms off", off);
}

static void capture_times_go_on_by_our_clock_and_before_the_first_report(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 3, false);
	const uint64_t theirs = OUR_START - 500 * SECOND; /* a clock 500 s late */
	struct kit_media media = { .ssrc = 7, .level = 10 };
	uint8_t data[64];
	struct rs_writer writer;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	/* Captured at 0 ms and 200 ms; here 30 ms and 20 ms after. */
	media.seq = 1;
	media.captured = theirs;
	assert_int_equal(kit_send(&kit, k, &media, RS_MS(30)), 0);
	expect_captured(kit_rtp(&kit, v, slot, 0), 30);
	media = (struct kit_media){ .ssrc = 7, .level = 10, .seq = 11, .rtp_ts = 9600 };
	media.captured = theirs + SECOND / 5;
	assert_int_equal(kit_send(&kit, k, &media, RS_MS(220)), 0);
	/* The least delay seen, 20 ms, is taken for none. */
	expect_captured(kit_rtp(&kit, v, slot, 1), 220);
	struct abs_capture capture;
	assert_true(find_capture(kit_rtp(&kit, v, slot, 1), &capture));
	assert_true(capture.ntp == theirs + SECOND / 5);
	assert_in_range(-capture.offset_us, 500 * 1000000LL + 19000, 500 * 1000000LL + 21000);
	/* A report knows better. Packets that say nothing are reckoned on, now and then. */
	const struct rtcp_sr sr = { .ssrc = 7, .ntp = theirs + SECOND / 4, .rtp_ts = 12000 };
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_sr(&writer, &sr, NULL, 0);
	assert_int_equal(router_recv_rtcp(kit.router, k, data, writer.len, RS_MS(255)), 0);
	for (uint16_t seq = 12; seq <= 33; seq++) {
		media = (struct kit_media){ .ssrc = 7, .level = 10, .seq = seq };
		media.rtp_ts = 9600 + (seq - 11U) * 960;
		assert_int_equal(kit_send(&kit, k, &media, RS_MS(300) + seq * RS_MS(20)), 0);
	}
	unsigned stamped = 0;
	for (uint16_t i = 2; i < 24; i++) {
		const struct kit_packet *packet = kit_rtp(&kit, v, slot, i);
		if (!find_capture(packet, &capture))
			continue;
		stamped++;
		expect_captured(packet, 200 + (i - 1) * 20 + 5);
	}
	assert_int_equal(stamped, 2); /* numbers 16 and 32 */
}

static void without_any_clock_the_capture_time_is_the_arrival(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 3, false);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	kit_speak(&kit, k, 7, 15, 10, RS_MS(10));
	kit_speak(&kit, k, 7, 16, 10, RS_MS(45)); /* 15 ms late */
	expect_captured(kit_rtp(&kit, v, slot, 1), 30);
}

static void what_is_resent_says_the_capture_time_it_said_before(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 3, false);
	const uint64_t theirs = OUR_START - 500 * SECOND;
	struct kit_media media = { .ssrc = 7, .level = 10, .seq = 1, .captured = theirs };
	uint8_t data[64];
	struct rs_writer writer;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	assert_int_equal(kit_send(&kit, k, &media, RS_MS(30)), 0);
	/* Meanwhile the way is found to be shorter. */
	media = (struct kit_media){ .ssrc = 7, .level = 10, .seq = 2, .rtp_ts = 960 };
	media.captured = theirs + SECOND / 50;
	assert_int_equal(kit_send(&kit, k, &media, RS_MS(25)), 0);
	const struct kit_packet *first = kit_rtp(&kit, v, slot, 0);
	const uint16_t seq = kit_parsed(first).seq;
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, slot, &seq, 1);
	assert_int_equal(router_recv_rtcp(kit.router, v, data, writer.len, RS_MS(60)), 0);
	const struct kit_packet *again = kit_rtp(&kit, v, slot, 2);
	assert_non_null(again);
	assert_int_equal(again->len, first->len);
	assert_memory_equal(again->data, first->data, first->len);
}

static void reports_of_a_stream_that_was_left_behind_do_not_count(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const struct rtcp_sr old = { .ssrc = 7, .ntp = (uint64_t)1000 << 32, .rtp_ts = 960 };
	static const uint8_t bye[] = { 0x81, 203, 0x00, 0x01, 0, 0, 0, 7 };
	uint8_t data[64];
	struct rs_writer writer;
	struct router_event event;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	kit_speak(&kit, k, 7, 1, 10, 0);
	kit_speak(&kit, k, 8, 1, 10, RS_MS(20));
	while (router_poll(kit.router, &event) == 1)
		;
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_sr(&writer, &old, NULL, 0);
	rs_write_bytes(&writer, bye, sizeof(bye));
	assert_int_equal(router_recv_rtcp(kit.router, k, data, writer.len, RS_MS(30)), 0);
	assert_int_equal(router_poll(kit.router, &event), 0); /* it flows on */
	kit_forget(&kit);
	for (rs_time now = RS_MS(40); now < RS_SEC(2); now += RS_MS(10))
		router_tick(kit.router, now);
	struct rtcp_item item;
	struct rtcp_report report;
	for (size_t i = 0; i < kit.n_caught; i++) {
		size_t cursor = 0;
		if (kit.caught[i].peer == k && kit.caught[i].rtcp &&
			rtcp_next(kit.caught[i].data, kit.caught[i].len, &cursor, &item) == 1 &&
			rtcp_report_parse(&item, 0, &report) == 0)
			assert_int_equal(report.last_sr, 0);
	}
	assert_int_equal(kit_count_rtp(&kit, v, 0), 0);
}

static void a_flood_of_nacks_is_not_answered_by_a_flood(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 6, false);
	uint16_t seqs[512];
	uint8_t data[1400];
	struct rs_writer writer;

	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .speaker = "KEN" }, 0);
	for (uint16_t i = 0; i < RS_ARRAY_LEN(seqs); i++)
		kit_show(&kit, k,
			&(struct kit_media){ .ssrc = 7,
				.seq = i,
				.picture = i,
				.keyframe = i == 0,
				.height = 180 },
			i * RS_MS(1));
	const uint16_t first = kit_parsed(kit_rtp(&kit, v, slot, 0)).seq;
	for (uint16_t i = 0; i < RS_ARRAY_LEN(seqs); i++)
		seqs[i] = (uint16_t)(first + i);
	kit_forget(&kit);
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, slot, seqs, RS_ARRAY_LEN(seqs));
	for (rs_time now = RS_MS(520); now < RS_MS(620); now += RS_MS(1))
		assert_int_equal(router_recv_rtcp(kit.router, v, data, writer.len, now), 0);
	assert_in_range(kit_count_rtp(&kit, v, slot + 1), 64, 512);
}

static void publishers_of_audio_alone_get_transport_feedback(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);

	for (uint16_t i = 1; i < 20; i++) {
		const struct kit_media media = {
			.ssrc = 7, .seq = i, .rtp_ts = i * 960U, .twcc = i
		};
		assert_int_equal(kit_send(&kit, k, &media, i * RS_MS(20)), 0);
		router_tick(kit.router, i * RS_MS(20));
	}
	assert_in_range(kit_count_rtcp(&kit, k, RTCP_RTPFB, RTCP_FMT_TWCC), 2, 4);
}

static void unknown_and_malformed_packets_are_counted_and_dropped(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	const struct router_counters *counters = router_counters(kit.router);
	struct kit_media media = { .ssrc = 7, .seq = 1, .video = true, .no_mid = true };
	uint8_t data[ROUTER_PACKET_MAX];

	const size_t len = kit_write(&media, data);
	for (size_t cut = 0; cut < 12; cut++)
		assert_int_equal(router_recv_rtp(kit.router, k, data, cut, 0), -EBADMSG);
	data[1] = 50; /* a payload type nobody has */
	assert_int_equal(router_recv_rtp(kit.router, k, data, len, 0), -EPROTO);
	assert_int_equal(counters->rx_unknown_ssrc, 1);
	assert_int_equal(router_recv_rtp(kit.router, 12345, data, len, 0), -ENOENT);
	assert_int_equal(router_recv_rtcp(kit.router, 12345, data, len, 0), -ENOENT);
	assert_int_equal(router_recv_rtcp(kit.router, k, data, 3, 0), -EBADMSG);
	assert_int_equal(counters->rtcp_malformed, 1);
	assert_int_equal(counters->rx_malformed, 12);
}

static void a_flood_of_ssrcs_is_refused_and_media_goes_on(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	unsigned refused = 0;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	for (uint32_t i = 0; i < 100; i++) {
		const struct kit_media media = { .ssrc = 100 + i, .seq = 1 };
		refused += kit_send(&kit, k, &media, RS_MS(i)) == -E2BIG;
	}
	assert_int_equal(refused, 100 - 24);
	assert_int_equal(router_counters(kit.router)->rx_ssrcs_refused, refused);
	kit_forget(&kit);
	kit_speak(&kit, k, 9000, 1, 10, RS_SEC(5)); /* the others are idle by now */
	assert_int_equal(kit_count_rtp(&kit, v, 0), 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_switch_of_speaker_asks_for_a_key_frame_once_and_waits_for_it),
		CASE(off_the_air_the_public_is_sent_nothing),
		CASE(key_frame_requests_are_repeated_until_one_comes),
		CASE(video_is_repaired_by_rtx),
		CASE(a_publishers_gaps_are_asked_for_and_filled),
		CASE(a_stream_that_begins_anew_is_asked_for_a_key_frame),
		CASE(a_senders_stall_costs_no_sound_at_later_switches),
		CASE(slow_streams_give_their_memory_back_in_time),
		CASE(padding_is_not_forwarded_and_leaves_no_hole),
		CASE(the_highest_layer_that_flows_is_taken_at_its_key_frame),
		CASE(one_slot_follows_the_loudest_without_flutter),
		CASE(a_room_hears_the_others_and_never_itself),
		CASE(reports_say_what_was_lost_and_when_it_was_captured),
		CASE(capture_times_go_on_by_our_clock_and_before_the_first_report),
		CASE(without_any_clock_the_capture_time_is_the_arrival),
		CASE(what_is_resent_says_the_capture_time_it_said_before),
		CASE(reports_of_a_stream_that_was_left_behind_do_not_count),
		CASE(a_flood_of_nacks_is_not_answered_by_a_flood),
		CASE(publishers_of_audio_alone_get_transport_feedback),
		CASE(unknown_and_malformed_packets_are_counted_and_dropped),
		CASE(a_flood_of_ssrcs_is_refused_and_media_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
