/* Who hears whom: the router's desired state, gate, feeds and slots, packet by packet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "common/rtp/ntp.h"
#include "common/rtp/rtcp.h"
#include "tests/support/oom.h"
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

static bool next_event(enum router_event_kind kind, struct router_event *out)
{
	while (router_poll(kit.router, out) == 1)
		if (out->kind == kind)
			return true;
	return false;
}

static void nobody_is_heard_until_the_gate_opens(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra);
	const uint32_t slot = kit_slot_ssrc(&fra, 3, false);
	struct router_event event;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1 }, 0);
	kit_speak(&kit, k, 7, 1, 10, RS_MS(20));
	assert_int_equal(kit_count_rtp(&kit, f, 0), 0);
	assert_int_equal(router_counters(kit.router)->rx_gated, 1);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 2, .open = { "KEN" } }, RS_MS(30));
	assert_false(next_event(ROUTER_EVENT_GATE, &event));
	kit_speak(&kit, k, 7, 2, 10, RS_MS(40));
	const struct rtp_packet rtp = kit_parsed(kit_rtp(&kit, f, slot, 0));
	assert_int_equal(rtp.pt, KIT_SLOT_OPUS);
	assert_int_equal(rtp.n_csrcs, 1);
	assert_int_equal(rtp.csrcs[0], 1001);
	struct rtp_ext ext;
	assert_true(rtp_ext_find(&rtp, 9, &ext) && ext.len == 1 && ext.data_view[0] == '3');
	assert_true(rtp_ext_find(&rtp, 2, &ext) && ext.data_view[0] == 10);
	assert_int_equal(kit_count_rtp(&kit, k, 0), 0); /* not to themselves */
	assert_true(next_event(ROUTER_EVENT_GATE, &event));
	assert_int_equal(event.event, 2);
	assert_string_equal(event.source, "KEN");
	assert_true(event.opened == RS_MS(30) && event.first == RS_MS(40));

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 3 }, RS_MS(50));
	kit_speak(&kit, k, 7, 3, 10, RS_MS(60));
	assert_int_equal(kit_count_rtp(&kit, f, 0), 1);

	/* Open again: the listener's stream goes on without a hole. */
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 4, .open = { "KEN" } }, RS_MS(70));
	kit_speak(&kit, k, 7, 4, 10, RS_MS(80));
	const struct rtp_packet again = kit_parsed(kit_rtp(&kit, f, slot, 1));
	assert_int_equal(again.seq, (uint16_t)(rtp.seq + 1));
	assert_int_equal(again.rtp_ts, rtp.rtp_ts + 2 * 960);
}

static void a_closed_source_is_not_even_resent(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra);
	const uint32_t slot = kit_slot_ssrc(&fra, 3, false);
	uint8_t data[64];
	struct rs_writer writer;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	kit_speak(&kit, k, 7, 1, 10, RS_MS(20));
	const uint16_t seq = kit_parsed(kit_rtp(&kit, f, slot, 0)).seq;
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, slot, &seq, 1);
	assert_int_equal(router_recv_rtcp(kit.router, f, data, writer.len, RS_MS(30)), 0);
	assert_int_equal(kit_count_rtp(&kit, f, slot), 2);
	assert_memory_equal(kit_rtp(&kit, f, slot, 1)->data, kit_rtp(&kit, f, slot, 0)->data,
		kit_rtp(&kit, f, slot, 0)->len);
	assert_int_equal(router_recv_rtcp(kit.router, f, data, writer.len, RS_MS(35)),
		0); /* too soon again */
	assert_int_equal(kit_count_rtp(&kit, f, slot), 2);
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 2 }, RS_MS(40));
	assert_int_equal(router_recv_rtcp(kit.router, f, data, writer.len, RS_MS(90)), 0);
	assert_int_equal(kit_count_rtp(&kit, f, slot), 2);
	assert_int_equal(router_counters(kit.router)->tx_nack_missed, 1);
}

static void what_was_said_before_the_gate_opened_is_not_heard_late(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .record = true }, 0);
	assert_int_equal(router_tap_start(kit.router, "m", 0), 0);
	kit_speak(&kit, k, 7, 1, 10, RS_MS(20));
	kit_speak(&kit, k, 7, 3, 10, RS_MS(60));
	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 2, .open = { "KEN" }, .record = true }, RS_MS(70));
	kit_forget(&kit);
	const struct kit_media late = { .ssrc = 7, .seq = 2, .rtp_ts = 2 * 960 };
	assert_int_equal(kit_send(&kit, k, &late, RS_MS(75)), -EALREADY);
	assert_int_equal(kit.n_taps, 0);
	assert_int_equal(kit_count_rtp(&kit, f, 0), 0);
	kit_speak(&kit, k, 7, 4, 10, RS_MS(80));
	assert_int_equal(kit_count_rtp(&kit, f, 0), 1);
}

static void speakers_keep_their_rank_while_open(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra),
		       v = kit_must_join(&kit, &viewer);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN", "FRA" } }, 0);
	kit_speak(&kit, k, 7, 1, 10, 0);
	kit_speak(&kit, f, 8, 1, 10, 0);
	assert_int_equal(
		kit_parsed(kit_rtp(&kit, v, kit_slot_ssrc(&viewer, 3, false), 0)).csrcs[0], 1001);
	assert_int_equal(
		kit_parsed(kit_rtp(&kit, v, kit_slot_ssrc(&viewer, 4, false), 0)).csrcs[0], 1002);
	kit_forget(&kit);
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 2, .open = { "FRA" } }, 0);
	kit_speak(&kit, f, 8, 2, 10, 0);
	assert_int_equal(kit_count_rtp(&kit, v, kit_slot_ssrc(&viewer, 3, false)), 0);
	assert_int_equal(kit_count_rtp(&kit, v, kit_slot_ssrc(&viewer, 4, false)), 1);
}

static void a_channel_carries_its_desk_or_else_the_floor(void **state)
{
	static const struct kit_peer desk = { .id = "fr-1", .csrc = 1004 };
	static const struct kit_peer french = {
		.id = "french", .csrc = 1005, .silent = true, .audio = "channel-fr"
	};
	const uint32_t k = kit_must_join(&kit, &ken), d = kit_must_join(&kit, &desk),
		       l = kit_must_join(&kit, &french), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&french, 3, false);

	kit_must_meeting(
		&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" }, .channel = "fr" }, 0);
	kit_speak(&kit, k, 7, 1, 10, 0);
	kit_speak(&kit, d, 8, 1, 10, 0);
	assert_int_equal(kit_count_rtp(&kit, l, slot), 1);
	assert_int_equal(kit_parsed(kit_rtp(&kit, l, slot, 0)).csrcs[0], 1001);

	kit_must_meeting(&kit,
		&(struct kit_meeting){
			.event = 2, .open = { "KEN" }, .channel = "fr", .desk = "fr-1" },
		RS_MS(10));
	kit_forget(&kit);
	kit_speak(&kit, k, 7, 2, 10, RS_MS(20));
	kit_speak(&kit, d, 8, 2, 10, RS_MS(20));
	assert_int_equal(kit_count_rtp(&kit, l, 0), 1);
	assert_int_equal(kit_parsed(kit_rtp(&kit, l, slot, 0)).csrcs[0], 1004);
	assert_int_equal(kit_count_rtp(&kit, v, 0), 1); /* the floor does not hear the desk */
	assert_int_equal(kit_parsed(kit_rtp(&kit, v, 0, 0)).csrcs[0], 1001);

	/* The desk falls silent for good: the floor comes back. */
	for (uint16_t i = 3; i < 303; i++) {
		kit_speak(&kit, k, 7, i, 10, i * RS_MS(20));
		router_tick(kit.router, i * RS_MS(20));
		kit_forget(&kit);
	}
	kit_speak(&kit, k, 7, 303, 10, RS_SEC(7));
	assert_int_equal(kit_parsed(kit_rtp(&kit, l, slot, 0)).csrcs[0], 1001);
}

static void a_desk_is_not_to_be_had_beside_its_channel(void **state)
{
	static const struct kit_peer desk = { .id = "fr-1", .csrc = 1004 };
	static const struct kit_peer spy = {
		.id = "spy", .csrc = 1005, .silent = true, .audio = "source-fr-1"
	};
	const uint32_t d = kit_must_join(&kit, &desk), s = kit_must_join(&kit, &spy);

	kit_must_meeting(
		&kit, &(struct kit_meeting){ .event = 1, .channel = "fr", .desk = "fr-1" }, 0);
	kit_speak(&kit, d, 8, 1, 10, 0);
	assert_int_equal(kit_count_rtp(&kit, s, 0), 0);
}

static void changing_the_language_disturbs_nothing_else(void **state)
{
	struct kit_peer listener = {
		.id = "listener", .csrc = 1005, .silent = true, .video = "source-KEN"
	};
	static const struct kit_peer desk = { .id = "fr-1", .csrc = 1004 };
	const uint32_t k = kit_must_join(&kit, &ken), d = kit_must_join(&kit, &desk),
		       l = kit_must_join(&kit, &listener);
	const uint32_t video = kit_slot_ssrc(&listener, 6, false);
	uint32_t again;

	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 1,
			.open = { "KEN" },
			.visible = { "KEN" },
			.channel = "fr",
			.desk = "fr-1" },
		0);
	kit_speak(&kit, k, 7, 1, 10, 0);
	kit_speak(&kit, d, 8, 1, 10, 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 9, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	kit_forget(&kit);
	listener.audio = "channel-fr";
	assert_int_equal(kit_join(&kit, &listener, RS_MS(1), &again), 0);
	assert_int_equal(again, l);
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 0);
	kit_speak(&kit, d, 8, 2, 10, RS_MS(20));
	assert_int_equal(
		kit_parsed(kit_rtp(&kit, l, kit_slot_ssrc(&listener, 3, false), 0)).csrcs[0], 1004);
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 9, .seq = 2, .picture = 2 }, RS_MS(33));
	assert_int_equal(kit_count_rtp(&kit, l, video), 1); /* a delta frame: the picture went on */
}

static void saying_the_same_again_changes_nothing(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &fra);
	const struct kit_meeting spec = {
		.event = 1, .open = { "KEN" }, .visible = { "KEN" }, .speaker = "KEN"
	};
	struct router_event event;

	kit_must_meeting(&kit, &spec, 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 9, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	kit_speak(&kit, k, 7, 1, 10, 0);
	while (router_poll(kit.router, &event) == 1)
		;
	kit_forget(&kit);
	kit_must_meeting(&kit, &spec, RS_MS(5));
	assert_int_equal(kit_must_join(&kit, &ken), k);
	assert_int_equal(kit_must_join(&kit, &fra), f);
	assert_int_equal(kit.n_caught, 0);
	assert_int_equal(router_poll(kit.router, &event), 0);
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 9, .seq = 2, .picture = 2 }, RS_MS(33));
	assert_int_equal(kit_count_rtp(&kit, f, kit_slot_ssrc(&fra, 6, false)), 1);
}

static void a_later_publisher_takes_the_source_over(void **state)
{
	static const struct kit_peer box = { .id = "box", .source = "KEN", .csrc = 1009 };
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	kit_speak(&kit, k, 7, 1, 10, 0);
	const uint32_t b = kit_must_join(&kit, &box);
	kit_forget(&kit);
	kit_speak(&kit, k, 7, 2, 10, RS_MS(20));
	kit_speak(&kit, b, 8, 1, 10, RS_MS(20));
	assert_int_equal(kit_count_rtp(&kit, v, 0), 1);
	assert_int_equal(kit_parsed(kit_rtp(&kit, v, 0, 0)).csrcs[0], 1009);
	router_peer_remove(kit.router, "box", RS_MS(30));
	kit_forget(&kit);
	kit_speak(&kit, k, 7, 3, 10, RS_MS(40));
	assert_int_equal(kit_parsed(kit_rtp(&kit, v, 0, 0)).csrcs[0], 1001);
}

static void limits_and_bad_specifications_are_refused_whole(void **state)
{
	static const char *many[ROUTER_OPEN_MAX + 1];
	struct router_meeting spec = { .id = "m", .open = many, .n_open = ROUTER_OPEN_MAX };
	uint32_t handle;

	for (size_t i = 0; i < RS_ARRAY_LEN(many); i++)
		many[i] = "KEN";
	assert_int_equal(router_meeting_set(kit.router, &spec, 0), 0);
	spec.n_open++;
	assert_int_equal(router_meeting_set(kit.router, &spec, 0), -E2BIG);
	spec.n_open = 1;
	many[0] = "not a name";
	assert_int_equal(router_meeting_set(kit.router, &spec, 0), -EINVAL);

	struct router_recv recv = { .mid = "3", .ssrc = 1, .pt = 111, .feed = "nonsense" };
	struct router_peer peer = { .id = "p", .meeting = "m", .recvs = &recv, .n_recvs = 1 };
	assert_int_equal(router_peer_set(kit.router, &peer, 0, &handle), -EINVAL);
	recv.feed = "channel-";
	assert_int_equal(router_peer_set(kit.router, &peer, 0, &handle), -EINVAL);
	recv.feed = "floor";
	recv.ssrc = 0;
	assert_int_equal(router_peer_set(kit.router, &peer, 0, &handle), -EINVAL);
	recv.ssrc = 1;
	assert_int_equal(router_peer_set(kit.router, &peer, 0, &handle), 0);
	peer.n_recvs = ROUTER_RECVS_MAX + 1;
	assert_int_equal(router_peer_set(kit.router, &peer, 0, &handle), -E2BIG);
	peer.n_recvs = 0;
	for (unsigned i = 0; i < 16; i++) {
		const char id[] = { 'a', (char)('a' + i), '\0' };
		peer.id = id;
		assert_int_equal(
			router_peer_set(kit.router, &peer, 0, &handle), i < 15 ? 0 : -E2BIG);
	}
	for (unsigned i = 0; i < 4; i++) {
		const char id[] = { 'm', (char)('a' + i), '\0' };
		assert_int_equal(router_tap_start(kit.router, id, 0), i < 3 ? 0 : -E2BIG);
	}
}

#define WALL_OFFSET 1795305600000000 /* of the kit */

/* A report of `handle` on what the viewer's first section gets, as if it took `rtt` to here and back. */
static void report_round_trip(uint32_t handle, rs_time rtt, rs_time now)
{
	const struct rtcp_report report = {
		.ssrc = kit_slot_ssrc(&viewer, 3, false),
		.last_sr = ntp_middle(ntp_from_wall_us(WALL_OFFSET + now - RS_MS(500) - rtt)),
		.since_sr = ntp_middle_from_us(RS_MS(500)),
	};
	kit_report(&kit, handle, &report, now);
}

static uint32_t round_trip(uint32_t handle, rs_time now)
{
	struct router_peer_stats stats;
	assert_int_equal(router_peer_stats(kit.router, handle, now, &stats), 0);
	return stats.rtt_ms;
}

static void a_round_trip_of_long_ago_is_not_told(void **state)
{
	const uint32_t v = kit_must_join(&kit, &viewer);
	const rs_time begin = RS_SEC(100);

	assert_int_equal(round_trip(v, begin), 0);
	report_round_trip(v, RS_MS(800), begin);
	assert_in_range(round_trip(v, begin), 799, 801);
	report_round_trip(v, RS_MS(800), begin + RS_SEC(10));
	assert_in_range(round_trip(v, begin + RS_SEC(25)), 799, 801);
	assert_int_equal(round_trip(v, begin + RS_SEC(26)), 0);
	/* Nor does it weigh on what is measured then. */
	report_round_trip(v, RS_MS(40), begin + RS_SEC(60));
	assert_in_range(round_trip(v, begin + RS_SEC(61)), 39, 41);
}

static void a_removed_peer_is_gone_and_its_handle_with_it(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	struct router_peer_stats stats;

	kit_must_meeting(&kit,
		&(struct kit_meeting){
			.event = 1, .open = { "KEN" }, .visible = { "KEN" }, .speaker = "KEN" },
		0);
	kit_speak(&kit, k, 7, 1, 10, 0);
	assert_int_equal(router_peer_stats(kit.router, k, 0, &stats), 0);
	assert_int_equal(stats.rx_packets, 1);
	router_peer_remove(kit.router, "KEN", 0);
	router_peer_remove(kit.router, "KEN", 0);
	const struct kit_media media = { .ssrc = 7, .seq = 2 };
	assert_int_equal(kit_send(&kit, k, &media, 0), -ENOENT);
	assert_int_equal(router_peer_stats(kit.router, k, 0, &stats), -ENOENT);
	const uint32_t again = kit_must_join(&kit, &ken);
	assert_int_not_equal(again, k);
	assert_int_equal(ROUTER_PEER_INDEX(again), ROUTER_PEER_INDEX(k));
	kit_forget(&kit);
	kit_speak(&kit, again, 17, 1, 10, RS_MS(20));
	assert_int_equal(kit_count_rtp(&kit, v, 0), 1);
	router_meeting_remove(kit.router, "m", RS_MS(30));
	kit_speak(&kit, again, 17, 2, 10, RS_MS(40));
	assert_int_equal(kit_count_rtp(&kit, v, 0), 1);
}

static void a_peer_may_move_to_another_meeting(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	uint32_t handle;
	struct router_peer spec = { .id = "KEN", .meeting = "not a name" };

	assert_int_equal(router_peer_set(kit.router, &spec, 0, &handle), -EINVAL);
	kit_speak(&kit, k, 7, 1, 10, 0); /* it stayed as it was */
	spec.meeting = "other";
	assert_int_equal(router_peer_set(kit.router, &spec, 0, &handle), 0);
	assert_int_not_equal(handle, k);
	const struct kit_media media = { .ssrc = 7, .seq = 2 };
	assert_int_equal(kit_send(&kit, k, &media, 0), -ENOENT);
}

static void a_section_that_changes_goes_on_with_its_numbers(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	struct router_recv recv = { .mid = "3", .ssrc = 55, .pt = 111, .feed = "floor" };
	const struct router_peer spec = { .id = "p", .meeting = "m", .recvs = &recv, .n_recvs = 1 };
	uint32_t p;

	kit_must_meeting(&kit, &(struct kit_meeting){ .open = { "KEN" } }, 0);
	assert_int_equal(router_peer_set(kit.router, &spec, 0, &p), 0);
	router_peer_ready(kit.router, p, true, 0);
	kit_speak(&kit, k, 7, 1, 10, 0);
	recv.pt = 109;
	assert_int_equal(router_peer_set(kit.router, &spec, 0, &p), 0);
	kit_speak(&kit, k, 7, 2, 10, RS_MS(20));
	const struct rtp_packet before = kit_parsed(kit_rtp(&kit, p, 55, 0));
	const struct rtp_packet after = kit_parsed(kit_rtp(&kit, p, 55, 1));
	assert_int_equal(after.pt, 109);
	assert_int_equal(after.seq, (uint16_t)(before.seq + 1));
	assert_int_equal(after.rtp_ts, before.rtp_ts + 960);
}

/* The SRTP key lives on: a number that came twice would spend its keystream twice. */
static void a_section_that_comes_back_goes_on_with_its_numbers(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	struct router_recv recvs[] = {
		{ .mid = "3", .ssrc = 55, .pt = 111, .feed = "floor" },
		{ .mid = "4", .ssrc = 66, .pt = 111, .feed = "" },
	};
	struct router_peer spec = { .id = "p", .meeting = "m", .recvs = recvs, .n_recvs = 1 };
	uint32_t p;
	uint16_t last = 0;

	kit_must_meeting(&kit, &(struct kit_meeting){ .open = { "KEN" }, .visible = { "KEN" } }, 0);
	for (uint16_t i = 0; i < 20; i++) {
		const rs_time now = i * RS_MS(20);
		recvs[0].ssrc = i % 2 == 0 ? 55 : 56; /* each comes and goes */
		assert_int_equal(router_peer_set(kit.router, &spec, now, &p), 0);
		router_peer_ready(kit.router, p, true, now);
		kit_speak(&kit, k, 7, i, 10, now);
		const struct kit_packet *packet = kit_rtp(&kit, p, 55, (size_t)i / 2);
		if (i % 2 == 0 && i > 0)
			assert_int_equal(kit_parsed(packet).seq, (uint16_t)(last + 1));
		last = i % 2 == 0 ? kit_parsed(packet).seq : last;
	}
	/* ... also when it is a picture's now, or that of a picture's retransmissions. */
	recvs[0] = (struct router_recv){ .mid = "6",
		.video = true,
		.ssrc = 56,
		.rtx_ssrc = 55,
		.codec = ROUTER_VP8,
		.pt = 96,
		.rtx_pt = 97,
		.nack = true,
		.feed = "source-KEN" };
	const uint16_t sound = kit_parsed(kit_rtp(&kit, p, 56, 9)).seq;
	assert_int_equal(router_peer_set(kit.router, &spec, RS_SEC(1), &p), 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 9, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		RS_SEC(1));
	const struct rtp_packet picture = kit_parsed(kit_rtp(&kit, p, 56, 10));
	assert_int_equal(picture.seq, (uint16_t)(sound + 1));
	uint8_t nack[64];
	struct rs_writer writer;
	rs_writer_init(&writer, nack, sizeof(nack));
	rtcp_write_rr(&writer, 1, NULL, 0);
	rtcp_write_nack(&writer, 1, 56, &picture.seq, 1);
	assert_int_equal(
		router_recv_rtcp(kit.router, p, nack, writer.len, RS_SEC(1) + RS_MS(50)), 0);
	assert_int_equal(kit_parsed(kit_rtp(&kit, p, 55, 10)).seq, (uint16_t)(last + 1));
}

static void a_peer_is_sent_so_many_ssrcs_in_its_life(void **state)
{
	struct router_recv recv = { .mid = "3", .pt = 111, .feed = "" };
	const struct router_peer spec = { .id = "p", .meeting = "m", .recvs = &recv, .n_recvs = 1 };
	uint32_t p;

	for (recv.ssrc = 1; recv.ssrc <= 64; recv.ssrc++)
		assert_int_equal(router_peer_set(kit.router, &spec, 0, &p), 0);
	assert_int_equal(router_peer_set(kit.router, &spec, 0, &p), -E2BIG);
	recv.ssrc = 1;
	assert_int_equal(router_peer_set(kit.router, &spec, 0, &p), 0);
}

static void listeners_of_sound_are_left_alone_between_reports(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	const struct router_recv recv = { .mid = "3", .ssrc = 55, .pt = 111, .feed = "floor" };
	const struct router_peer spec = { .id = "p", .meeting = "m", .recvs = &recv, .n_recvs = 1 };
	uint32_t p;
	rs_time now = 0;

	kit_must_meeting(&kit, &(struct kit_meeting){ .open = { "KEN" } }, 0);
	assert_int_equal(router_peer_set(kit.router, &spec, 0, &p), 0);
	router_peer_ready(kit.router, p, true, 0);
	for (uint16_t i = 0; i < 105; i++, now += RS_MS(20)) {
		kit_speak(&kit, k, 7, i, 10, now);
		router_tick(kit.router, now);
	}
	assert_int_equal(kit_count_rtcp(&kit, p, RTCP_SR, 0), 3);
	router_peer_remove(kit.router, "KEN", now);
	now = router_deadline(kit.router);
	router_tick(kit.router, now);
	assert_in_range(router_deadline(kit.router), now + RS_MS(500), now + RS_SEC(1));

	/* It asks for something: the next tick is for it. */
	uint8_t report[32];
	struct rs_writer writer;
	rs_writer_init(&writer, report, sizeof(report));
	rtcp_write_rr(&writer, 1, NULL, 0);
	assert_int_equal(router_recv_rtcp(kit.router, p, report, writer.len, now + 1), 0);
	assert_in_range(router_deadline(kit.router), now + 1, now + 1 + RS_MS(10));
	router_peer_remove(kit.router, "p", now + 1);
	router_tick(kit.router, now + RS_MS(20));
	assert_true(router_deadline(kit.router) == RS_TIME_NEVER);
}

static void direct_mode_plays_every_source(void **state)
{
	static const struct kit_peer player = { .id = "player",
		.csrc = 1008,
		.silent = true,
		.audio = "source-KEN",
		.video = "source-KEN" };
	const uint32_t k = kit_must_join(&kit, &ken), p = kit_must_join(&kit, &player),
		       v = kit_must_join(&kit, &viewer);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 0, .direct = true }, 0);
	kit_speak(&kit, k, 7, 1, 10, 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 9, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	assert_int_equal(kit_count_rtp(&kit, p, kit_slot_ssrc(&player, 3, false)), 1);
	assert_int_equal(kit_count_rtp(&kit, p, kit_slot_ssrc(&player, 6, false)), 1);
	assert_int_equal(kit_count_rtp(&kit, v, kit_slot_ssrc(&viewer, 3, false)), 1);
}

static void sources_report_when_they_flow_and_stop(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	struct router_event event;
	size_t cursor = 0;
	struct router_source_stats stats;

	assert_true(router_deadline(kit.router) == RS_TIME_NEVER);
	kit_speak(&kit, k, 7, 1, 27, RS_MS(20));
	assert_true(next_event(ROUTER_EVENT_SOURCE, &event));
	assert_true(event.flowing && event.media == ROUTER_MICROPHONE);
	rs_time now = RS_MS(20);
	while (!next_event(ROUTER_EVENT_SOURCE, &event)) {
		assert_true(router_deadline(kit.router) > now);
		now = router_deadline(kit.router);
		router_tick(kit.router, now);
	}
	assert_false(event.flowing);
	assert_in_range(now, RS_MS(5020), RS_MS(5130));
	assert_int_equal(router_source_next(kit.router, &cursor, RS_SEC(1), &stats), 1);
	assert_string_equal(stats.source, "KEN");
	assert_int_equal(stats.packets, 1);
	assert_int_equal(stats.gated, 1);
	assert_int_equal(router_source_next(kit.router, &cursor, RS_SEC(1), &stats), 1);
	assert_int_equal(router_source_next(kit.router, &cursor, RS_SEC(1), &stats), 0);
}

static void a_source_stops_flowing_when_its_publisher_leaves(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);
	struct router_event event;

	kit_speak(&kit, k, 7, 1, 27, RS_MS(20));
	assert_true(next_event(ROUTER_EVENT_SOURCE, &event) && event.flowing);
	router_peer_remove(kit.router, "KEN", RS_MS(30));
	assert_true(next_event(ROUTER_EVENT_SOURCE, &event));
	assert_string_equal(event.source, "KEN");
	assert_false(event.flowing);
}

static void whether_a_source_flows_is_told_by_the_publisher_it_comes_from(void **state)
{
	static const struct kit_peer box = { .id = "box", .source = "KEN", .csrc = 1009 };
	const uint32_t k = kit_must_join(&kit, &ken);
	struct router_event event;

	kit_speak(&kit, k, 7, 1, 27, 0);
	assert_true(next_event(ROUTER_EVENT_SOURCE, &event) && event.flowing);
	/* The one that takes over sends nothing yet. */
	const uint32_t b = kit_must_join(&kit, &box);
	assert_true(next_event(ROUTER_EVENT_SOURCE, &event) && !event.flowing);
	kit_speak(&kit, b, 8, 1, 27, RS_MS(20));
	assert_true(next_event(ROUTER_EVENT_SOURCE, &event) && event.flowing);
	/* That the former one goes says nothing about the source. */
	router_peer_remove(kit.router, "KEN", RS_MS(30));
	assert_false(next_event(ROUTER_EVENT_SOURCE, &event));
}

static void desks_stay_off_the_floor_in_direct_mode_too(void **state)
{
	static const struct kit_peer desk = { .id = "fr-1", .csrc = 1004 };
	const uint32_t k = kit_must_join(&kit, &ken), d = kit_must_join(&kit, &desk),
		       v = kit_must_join(&kit, &viewer);

	kit_must_meeting(&kit,
		&(struct kit_meeting){
			.event = 1, .direct = true, .channel = "fr", .desk = "fr-1" },
		0);
	kit_speak(&kit, d, 8, 1, 10, 0);
	assert_int_equal(kit_count_rtp(&kit, v, 0), 0);
	kit_speak(&kit, k, 7, 1, 10, 0);
	assert_int_equal(kit_parsed(kit_rtp(&kit, v, 0, 0)).csrcs[0], 1001);
}

static void two_streams_of_one_ssrc_are_refused(void **state)
{
	struct router_recv recvs[2] = {
		{ .mid = "3", .ssrc = 5, .codec = ROUTER_OPUS, .pt = 111, .feed = "floor" },
		{ .mid = "4", .ssrc = 6, .codec = ROUTER_OPUS, .pt = 111, .feed = "floor" },
	};
	const struct router_peer spec = {
		.id = "p", .meeting = "m", .recvs = recvs, .n_recvs = RS_ARRAY_LEN(recvs)
	};
	uint32_t handle;

	recvs[1].ssrc = 5;
	assert_int_equal(router_peer_set(kit.router, &spec, 0, &handle), -EINVAL);
	recvs[1].ssrc = 6;
	recvs[1].rtx_ssrc = 5;
	assert_int_equal(router_peer_set(kit.router, &spec, 0, &handle), -EINVAL);
	recvs[1].rtx_ssrc = 6;
	assert_int_equal(router_peer_set(kit.router, &spec, 0, &handle), -EINVAL);
	recvs[1].rtx_ssrc = 7;
	assert_int_equal(router_peer_set(kit.router, &spec, 0, &handle), 0);
}

static int everything_once(void *ctx)
{
	static struct kit own;
	const struct kit_meeting spec = { .event = 1, .open = { "KEN" }, .channel = "fr" };
	uint32_t handle;

	int err = kit_init(&own);
	if (err < 0)
		return err;
	err = router_tap_start(own.router, "m", 0);
	if (err == 0)
		err = kit_meeting(&own, &spec, 0);
	if (err == 0)
		err = kit_join(&own, &ken, 0, &handle);
	kit_done(&own);
	return err;
}

static void each_failing_allocation_is_survived(void **state)
{
	check_oom(everything_once, NULL);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(nobody_is_heard_until_the_gate_opens),
		CASE(a_closed_source_is_not_even_resent),
		CASE(what_was_said_before_the_gate_opened_is_not_heard_late),
		CASE(speakers_keep_their_rank_while_open),
		CASE(a_channel_carries_its_desk_or_else_the_floor),
		CASE(a_desk_is_not_to_be_had_beside_its_channel),
		CASE(changing_the_language_disturbs_nothing_else),
		CASE(saying_the_same_again_changes_nothing),
		CASE(a_later_publisher_takes_the_source_over),
		CASE(limits_and_bad_specifications_are_refused_whole),
		CASE(a_round_trip_of_long_ago_is_not_told),
		CASE(a_removed_peer_is_gone_and_its_handle_with_it),
		CASE(a_peer_may_move_to_another_meeting),
		CASE(a_section_that_changes_goes_on_with_its_numbers),
		CASE(a_section_that_comes_back_goes_on_with_its_numbers),
		CASE(a_peer_is_sent_so_many_ssrcs_in_its_life),
		CASE(listeners_of_sound_are_left_alone_between_reports),
		CASE(direct_mode_plays_every_source),
		CASE(sources_report_when_they_flow_and_stop),
		CASE(a_source_stops_flowing_when_its_publisher_leaves),
		CASE(whether_a_source_flows_is_told_by_the_publisher_it_comes_from),
		CASE(desks_stay_off_the_floor_in_direct_mode_too),
		CASE(two_streams_of_one_ssrc_are_refused),
		cmocka_unit_test(each_failing_allocation_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
