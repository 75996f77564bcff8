/* Three workers of one SFU, each with its own router, and what crosses between them: the publishers are at
 * one, the listeners at another, the recorder at worker 0. */
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
#include "common/rtp/vp8.h"
#include "tests/support/router_crew.h"

#define KEN_SSRC 7U
#define FRA_SSRC 8U
#define CAMERA_SSRC 17U

static const struct kit_peer ken = { .id = "KEN", .csrc = 1001, .home = 1, .place = 1 };
static const struct kit_peer fra = { .id = "FRA", .csrc = 1002, .home = 2, .place = 2 };
static const struct kit_peer viewer = {
	.id = "viewer", .csrc = 1003, .silent = true, .home = 2, .place = 3
};
static const struct kit_peer other = {
	.id = "other", .csrc = 1004, .silent = true, .home = 0, .place = 4
};

/* Who sends and hears nothing. */
static struct kit_peer deaf(const struct kit_peer *peer)
{
	struct kit_peer made = *peer;

	made.audio = "";
	made.video = "";
	return made;
}

static void speak(
	unsigned worker, uint32_t handle, uint32_t ssrc, uint16_t seq, uint8_t level, rs_time now)
{
	kit_speak(&crew.kits[worker], handle, ssrc, seq, level, now);
	crew_arrive(now);
}

static void show(unsigned worker, uint32_t handle, const struct kit_media *media, rs_time now)
{
	kit_show(&crew.kits[worker], handle, media, now);
	crew_arrive(now);
}

static size_t heard(unsigned worker, uint32_t handle, const struct kit_peer *peer, unsigned mid)
{
	return kit_count_rtp(&crew.kits[worker], handle, kit_slot_ssrc(peer, mid, false));
}

static const struct router_counters *counters(unsigned worker)
{
	return router_counters(crew.kits[worker].router);
}

static bool next_event(unsigned worker, enum router_event_kind kind, struct router_event *out)
{
	while (router_poll(crew.kits[worker].router, out) == 1)
		if (out->kind == kind)
			return true;
	return false;
}

/* ---- packets ---- */

static void a_packet_crosses_once_to_who_hears_it(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer);
	const uint32_t second = crew_join(&(struct kit_peer){
		.id = "second", .csrc = 1005, .silent = true, .home = 2, .place = 5 });

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	crew.crossed = 0;
	kit_speak(&crew.kits[1], k, KEN_SSRC, 1, 10, RS_MS(20));
	assert_int_equal(heard(2, v, &viewer, 3), 0);
	crew_arrive(RS_MS(20));
	assert_int_equal(heard(2, v, &viewer, 3), 1);
	assert_int_equal(kit_count_rtp(&crew.kits[2], second, 0), 1);
	assert_int_equal(counters(1)->relay_sent, 1);
	assert_int_equal(counters(2)->relay_taken, 1);
	assert_int_equal(counters(0)->relay_taken, 0); /* nobody listens there */
	assert_int_equal(counters(2)->rx_packets, 0);
}

static void the_packet_is_as_it_would_be_at_home(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer);
	uint8_t level = 10;

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(1, k, KEN_SSRC, 1, level, RS_MS(20));
	const struct kit_packet *packet =
		kit_rtp(&crew.kits[2], v, kit_slot_ssrc(&viewer, 3, false), 0);
	const struct rtp_packet rtp = kit_parsed(packet);
	struct rtp_ext ext;
	assert_int_equal(rtp.pt, KIT_SLOT_OPUS);
	assert_int_equal(rtp.csrcs[0], 1001);
	assert_true(rtp_ext_find(&rtp, 2, &ext));
	assert_int_equal(ext.data_view[0], level);
	assert_int_equal(rtp.payload_len, 40);
	assert_int_equal(rtp.payload_view[2], 1); /* its number, written into the payload */
}

static void what_the_gate_stops_does_not_cross(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer);

	crew_meet(&(struct kit_meeting){ .event = 1 }, 0);
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	assert_int_equal(counters(1)->relay_sent, 0);
	crew_meet(&(struct kit_meeting){ .event = 2, .open = { "KEN" } }, RS_MS(30));
	speak(1, k, KEN_SSRC, 2, 10, RS_MS(40));
	assert_int_equal(heard(2, v, &viewer, 3), 1); /* the very first */
	crew_meet(&(struct kit_meeting){ .event = 3 }, RS_MS(50));
	speak(1, k, KEN_SSRC, 3, 10, RS_MS(60));
	assert_int_equal(counters(1)->relay_sent, 1);
}

/* The order closing the microphone is known where the packet arrives, not yet where it came from. */
static void a_gate_closed_at_either_end_is_closed(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer);

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	kit_must_meeting(&crew.kits[2], &(struct kit_meeting){ .event = 2 }, RS_MS(10));
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	assert_int_equal(counters(1)->relay_sent, 1);
	assert_int_equal(heard(2, v, &viewer, 3), 0);
	assert_int_equal(counters(2)->rx_gated, 1);
}

static void a_change_of_floor_between_workers_is_one_stream(void **state)
{
	const uint32_t k = crew_join(&ken), f = crew_join(&fra), o = crew_join(&other);
	const uint32_t slot = kit_slot_ssrc(&other, 3, false);
	rs_time now = 0;
	uint16_t seq = 0;

	for (unsigned turn = 0; turn < 6; turn++) {
		const bool first = turn % 2 == 0;
		crew_meet(&(struct kit_meeting){ .event = turn + 1,
				  .open = { first ? "KEN" : "FRA" } },
			now);
		for (int i = 0; i < 25; i++, now += RS_MS(20)) {
			speak(1, k, KEN_SSRC, seq, 10, now);
			speak(2, f, FRA_SSRC, (uint16_t)(seq + 1000), 10, now);
			crew_tick(now);
			seq++;
		}
	}
	assert_int_equal(kit_count_rtp(&crew.kits[0], o, slot), 150);
	struct rtp_packet before = kit_parsed(kit_rtp(&crew.kits[0], o, slot, 0));
	for (size_t i = 1; i < 150; i++) {
		const struct rtp_packet rtp = kit_parsed(kit_rtp(&crew.kits[0], o, slot, i));
		assert_int_equal(rtp.seq, (uint16_t)(before.seq + 1));
		assert_int_equal(rtp.rtp_ts - before.rtp_ts, 960);
		assert_int_equal(rtp.csrcs[0], i / 25 % 2 == 0 ? 1001 : 1002);
		before = rtp;
	}
}

static void a_listener_elsewhere_is_resent_what_it_lost(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 3, false);
	struct rs_writer writer;
	uint8_t rtcp[64];

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	const uint16_t lost = kit_parsed(kit_rtp(&crew.kits[2], v, slot, 0)).seq;
	rs_writer_init(&writer, rtcp, sizeof(rtcp));
	rtcp_write_rr(&writer, 1, NULL, 0);
	rtcp_write_nack(&writer, 1, slot, &lost, 1);
	assert_int_equal(router_recv_rtcp(crew.kits[2].router, v, rtcp, writer.len, RS_MS(60)), 0);
	assert_int_equal(heard(2, v, &viewer, 3), 2);
	assert_int_equal(counters(2)->tx_resent, 1);
	assert_int_equal(crew.n, 0); /* home is not asked */
}

/* ---- who wants what ---- */

static void a_speaker_is_told_what_listeners_elsewhere_lose(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer);
	struct rtcp_report report = { .ssrc = kit_slot_ssrc(&viewer, 3, false),
		.highest_seq = 100 };
	rs_time now = 0;

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	kit_report(&crew.kits[2], v, &report, now);
	report.highest_seq = 200;
	report.lost = 10;
	kit_report(&crew.kits[2], v, &report, now);
	for (uint16_t i = 0; i < 150; i++) {
		now += RS_MS(20);
		speak(1, k, KEN_SSRC, i, 10, now);
		crew_tick(now);
	}
	assert_in_range(kit_told(&crew.kits[1], k).fraction_lost, 20, 26);
	/* What is no longer told is not reported for ever. */
	crew.full = true;
	for (uint16_t i = 150; i < 350; i++) {
		now += RS_MS(20);
		kit_speak(&crew.kits[1], k, KEN_SSRC, i, 10, now);
		crew_tick(now);
	}
	assert_int_equal(kit_told(&crew.kits[1], k).fraction_lost, 0);
}

static void in_direct_mode_only_what_is_bound_crosses(void **state)
{
	const struct kit_peer one = deaf(&ken), two = deaf(&fra);
	const uint32_t k = crew_join(&one), f = crew_join(&two);
	const uint32_t v = crew_join(&(struct kit_peer){ .id = "v",
		.csrc = 1006,
		.silent = true,
		.audio = "source-KEN",
		.video = "source-KEN",
		.home = 0,
		.place = 6 });

	crew_meet(&(struct kit_meeting){ .event = 1, .direct = true }, 0);
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	assert_int_equal(kit_count_rtp(&crew.kits[0], v, 0), 2); /* both its slots */
	speak(2, f, FRA_SSRC, 1, 10, RS_MS(20));
	show(2, f, &(struct kit_media){ .ssrc = 18, .seq = 1, .keyframe = true }, RS_MS(20));
	assert_int_equal(counters(2)->relay_sent, 0);
	crew_leave("v", RS_MS(30));
	speak(1, k, KEN_SSRC, 2, 10, RS_MS(40));
	assert_int_equal(counters(1)->relay_sent, 1);
}

static void who_is_not_connected_wants_nothing(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer);

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	router_peer_ready(crew.kits[2].router, v, false, RS_MS(10));
	crew_arrive(RS_MS(10));
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	assert_int_equal(counters(1)->relay_sent, 0);
	router_peer_ready(crew.kits[2].router, v, true, RS_MS(30));
	crew_arrive(RS_MS(30));
	speak(1, k, KEN_SSRC, 2, 10, RS_MS(40));
	assert_int_equal(heard(2, v, &viewer, 3), 1);
}

static void what_found_no_room_is_said_again(void **state)
{
	const uint32_t k = crew_join(&ken);
	uint32_t v = 0;

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	crew.full = true;
	v = crew_join(&viewer);
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	assert_true(counters(2)->relay_dropped > 0);
	assert_int_equal(heard(2, v, &viewer, 3), 0);
	crew.full = false;
	crew_tick(RS_MS(40));
	speak(1, k, KEN_SSRC, 2, 10, RS_MS(40));
	assert_int_equal(heard(2, v, &viewer, 3), 1);
}

static void a_full_ring_loses_packets_and_counts_them(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer);

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	crew.full = true;
	speak(1, k, KEN_SSRC, 2, 10, RS_MS(40));
	crew.full = false;
	speak(1, k, KEN_SSRC, 3, 10, RS_MS(60));
	assert_int_equal(counters(1)->relay_dropped, 1);
	assert_int_equal(counters(1)->relay_sent, 2);
	assert_int_equal(heard(2, v, &viewer, 3), 2);
}

/* A publisher that begins anew under the same name does not know who wanted its stream. */
static void a_publisher_that_begins_anew_is_wanted_as_before(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer);
	const struct router_send send = { .mid = "0",
		.source = "KEN",
		.media = ROUTER_MICROPHONE,
		.csrc = 1001,
		.codec = ROUTER_OPUS,
		.pt = KIT_OPUS,
		.ext = { .mid = KIT_EXT_MID, .level = KIT_EXT_LEVEL, .twcc = KIT_EXT_TWCC } };
	const struct router_peer spec = {
		.id = "KEN", .meeting = "m", .sends = &send, .n_sends = 1, .home = 1, .place = 1
	};
	uint32_t handle = 0;

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	/* At home the session is another; elsewhere nothing has changed. */
	assert_int_equal(router_peer_replace(crew.kits[1].router, &spec, RS_MS(30), &handle), 0);
	router_peer_ready(crew.kits[1].router, handle, true, RS_MS(30));
	crew_arrive(RS_MS(30));
	crew_arrive(RS_MS(30));
	speak(1, handle, 9, 500, 10, RS_MS(40));
	assert_int_equal(heard(2, v, &viewer, 3), 2);
}

/* ---- what is asked of a source ---- */

static void a_key_frame_is_asked_of_the_publisher_once_for_all(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer), o = crew_join(&other);
	const struct kit_media first = { .ssrc = CAMERA_SSRC, .seq = 1, .picture = 1 };
	const struct kit_media key = {
		.ssrc = CAMERA_SSRC, .seq = 2, .picture = 2, .keyframe = true, .height = 180
	};

	crew_meet(&(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .speaker = "KEN" }, 0);
	show(1, k, &first, RS_MS(20));
	crew_tick(RS_MS(20));
	assert_int_equal(kit_count_rtcp(&crew.kits[1], k, RTCP_PSFB, RTCP_FMT_PLI), 1);
	assert_int_equal(heard(2, v, &viewer, 6), 0);
	for (rs_time now = RS_MS(30); now < RS_MS(1100); now += RS_MS(10))
		crew_tick(now);
	/* Again and again until it comes, but not more often for three who ask than for one. */
	const size_t asked = kit_count_rtcp(&crew.kits[1], k, RTCP_PSFB, RTCP_FMT_PLI);
	assert_in_range(asked, 2, 5);
	show(1, k, &key, RS_MS(1100));
	assert_int_equal(heard(2, v, &viewer, 6), 1);
	assert_int_equal(heard(0, o, &other, 6), 1);
	for (rs_time now = RS_MS(1110); now < RS_MS(1900); now += RS_MS(10))
		crew_tick(now);
	assert_int_equal(kit_count_rtcp(&crew.kits[1], k, RTCP_PSFB, RTCP_FMT_PLI), asked);
	assert_int_equal(kit_count_rtcp(&crew.kits[2], v, RTCP_PSFB, RTCP_FMT_PLI), 0);
}

static void a_layer_is_chosen_by_sizes_that_home_has_seen(void **state)
{
	const struct kit_peer many = {
		.id = "KEN", .csrc = 1001, .simulcast = true, .home = 1, .place = 1
	};
	const struct kit_peer small = { .id = "small",
		.csrc = 1003,
		.silent = true,
		.max_height = 200,
		.home = 2,
		.place = 3 };
	static const char *const rids[] = { "q", "h", "f" };
	const uint32_t k = crew_join(&many), v = crew_join(&small);

	crew_meet(&(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .speaker = "KEN" }, 0);
	for (uint16_t round = 1; round <= 3; round++) {
		for (uint16_t i = 0; i < 3; i++) {
			show(1, k,
				&(struct kit_media){ .ssrc = CAMERA_SSRC + i,
					.seq = round,
					.picture = round,
					.rid = rids[i],
					.keyframe = true,
					.height = (uint16_t)(90 << i) },
				RS_MS(20 * round));
		}
		crew_tick(RS_MS(20 * round));
	}
	const size_t n = heard(2, v, &small, 6);
	assert_true(n >= 2);
	const struct kit_packet *last =
		kit_rtp(&crew.kits[2], v, kit_slot_ssrc(&small, 6, false), n - 1);
	const struct rtp_packet rtp = kit_parsed(last);
	struct vp8_descriptor vp8;
	uint16_t width = 0;
	uint16_t height = 0;
	assert_int_equal(vp8_parse(rtp.payload_view, rtp.payload_len, &vp8), 0);
	assert_int_equal(
		vp8_keyframe_size(rtp.payload_view, rtp.payload_len, &vp8, &width, &height), 0);
	assert_int_equal(height, 180);
}

static const struct kit_packet *last_rtcp(unsigned worker, uint32_t handle)
{
	const struct kit *kit = &crew.kits[worker];

	for (size_t i = kit->n_caught; i > 0; i--)
		if (kit->caught[i - 1].rtcp && kit->caught[i - 1].peer == handle)
			return &kit->caught[i - 1];
	abort();
}

static void the_publishers_clock_reaches_listeners_elsewhere(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer);
	const struct rtcp_sr sr = {
		.ssrc = KEN_SSRC, .ntp = (uint64_t)4000000000U << 32, .rtp_ts = 960
	};
	struct rs_writer writer;
	uint8_t rtcp[64];

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	rs_writer_init(&writer, rtcp, sizeof(rtcp));
	rtcp_write_sr(&writer, &sr, NULL, 0);
	assert_int_equal(router_recv_rtcp(crew.kits[1].router, k, rtcp, writer.len, RS_MS(220)), 0);
	crew_arrive(RS_MS(220));
	for (rs_time now = RS_MS(230); now < RS_MS(1400); now += RS_MS(10))
		crew_tick(now);
	const struct kit_packet *report = last_rtcp(2, v);
	struct rtcp_item item;
	struct rtcp_sr said;
	size_t cursor = 0;
	assert_int_equal(rtcp_next(report->data, report->len, &cursor, &item), 1);
	assert_int_equal(rtcp_sr_parse(&item, &said), 0);
	/* The first packet was captured at 220 ms by our clock, not at 20 ms when it arrived. */
	const struct rtp_packet first =
		kit_parsed(kit_rtp(&crew.kits[2], v, kit_slot_ssrc(&viewer, 3, false), 0));
	const rs_time at = ntp_to_wall_us(said.ntp) - 1795305600000000;
	const int64_t expected = (at - RS_MS(220)) * 48 / 1000;
	assert_in_range(said.rtp_ts - first.rtp_ts, expected - 2, expected + 2);
}

/* ---- state ---- */

static void what_a_publisher_does_is_told_by_its_home_alone(void **state)
{
	const uint32_t k = crew_join(&ken);
	struct router_event event;

	(void)crew_join(&viewer);
	crew_meet(&(struct kit_meeting){ .event = 4, .open = { "KEN" } }, RS_MS(10));
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	assert_true(next_event(1, ROUTER_EVENT_SOURCE, &event));
	assert_true(event.flowing);
	assert_true(next_event(1, ROUTER_EVENT_GATE, &event));
	assert_int_equal(event.event, 4);
	assert_false(next_event(2, ROUTER_EVENT_SOURCE, &event));
	crew_meet(&(struct kit_meeting){ .event = 5, .open = { "KEN" } }, RS_MS(30));
	crew_leave("KEN", RS_MS(40));
	assert_true(next_event(1, ROUTER_EVENT_SOURCE, &event));
	assert_false(event.flowing);
	while (router_poll(crew.kits[2].router, &event) == 1)
		assert_int_equal(event.kind, ROUTER_EVENT_SLOT);
	size_t cursor = 0;
	struct router_source_stats stats;
	(void)crew_join(&ken);
	assert_int_equal(router_source_next(crew.kits[2].router, &cursor, RS_MS(50), &stats), 0);
	cursor = 0;
	assert_int_equal(router_source_next(crew.kits[1].router, &cursor, RS_MS(50), &stats), 1);
}

static void who_speaks_is_told_by_its_home_alone(void **state)
{
	const uint32_t k = crew_join(&ken);
	struct router_event event;
	rs_time now = 0;

	(void)crew_join(&viewer);
	crew_meet(&(struct kit_meeting){ .event = 4, .open = { "KEN" } }, 0);
	for (uint16_t seq = 1; seq <= 100; seq++, now += RS_MS(20)) {
		speak(1, k, KEN_SSRC, seq, 20, now);
		crew_tick(now);
	}
	assert_true(next_event(1, ROUTER_EVENT_SPEAKING, &event));
	assert_true(event.speaking);
	/* A steady voice is no change, neither at home nor where it is only known by what crosses. */
	assert_false(next_event(1, ROUTER_EVENT_SPEAKING, &event));
	assert_false(next_event(2, ROUTER_EVENT_SPEAKING, &event));
}

/* Of what was sent last to a listener at worker 0. */
static uint32_t last_csrc(uint32_t handle, uint32_t slot)
{
	const size_t n = kit_count_rtp(&crew.kits[0], handle, slot);

	return kit_parsed(kit_rtp(&crew.kits[0], handle, slot, n - 1)).csrcs[0];
}

/* The desk's flow, not its packets, decides whether a channel passes the floor through. */
static void a_desk_elsewhere_takes_over_its_channel(void **state)
{
	const uint32_t k = crew_join(&ken), f = crew_join(&fra);
	const struct kit_peer french = { .id = "v",
		.csrc = 1006,
		.silent = true,
		.audio = "channel-fr",
		.home = 0,
		.place = 6 };
	const uint32_t v = crew_join(&french);
	const uint32_t slot = kit_slot_ssrc(&french, 3, false);

	crew_meet(
		&(struct kit_meeting){
			.event = 1, .open = { "KEN" }, .channel = "fr", .desk = "FRA" },
		0);
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	assert_int_equal(kit_parsed(kit_rtp(&crew.kits[0], v, slot, 0)).csrcs[0], 1001);
	speak(2, f, FRA_SSRC, 1, 10, RS_MS(40));
	speak(1, k, KEN_SSRC, 2, 10, RS_MS(40));
	speak(2, f, FRA_SSRC, 2, 10, RS_MS(60));
	assert_int_equal(last_csrc(v, slot), 1002);
}

static void the_loudest_is_known_everywhere(void **state)
{
	const uint32_t k = crew_join(&ken), f = crew_join(&fra);
	const struct kit_peer one = { .id = "v",
		.csrc = 1006,
		.silent = true,
		.mix = ROUTER_LOUDEST,
		.home = 0,
		.place = 6 };
	const uint32_t v = crew_join(&one);
	const uint32_t slot = kit_slot_ssrc(&one, 3, false);
	rs_time now = 0;

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN", "FRA" } }, 0);
	for (uint16_t seq = 1; seq <= 200; seq++, now += RS_MS(20)) {
		const bool first = seq <= 100;
		speak(1, k, KEN_SSRC, seq, first ? 10 : 60, now);
		speak(2, f, FRA_SSRC, seq, first ? 60 : 10, now);
		crew_tick(now);
		if (seq == 100 || seq == 200)
			assert_int_equal(last_csrc(v, slot), first ? 1001 : 1002);
	}
}

static void the_later_publisher_of_a_source_is_the_source_everywhere(void **state)
{
	const struct kit_peer one = deaf(&ken);
	const uint32_t k = crew_join(&one), v = crew_join(&viewer);
	const uint32_t again = crew_join(&(struct kit_peer){
		.id = "KEN2", .source = "KEN", .csrc = 1001, .home = 0, .place = 7 });

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	speak(0, again, FRA_SSRC, 1, 10, RS_MS(20));
	assert_int_equal(heard(2, v, &viewer, 3), 1);
	assert_int_equal(counters(0)->relay_sent, 1);
	crew_leave("KEN2", RS_MS(30));
	speak(1, k, KEN_SSRC, 2, 10, RS_MS(40));
	assert_int_equal(heard(2, v, &viewer, 3), 2);
}

static void a_peer_elsewhere_is_judged_as_at_home(void **state)
{
	const struct router_recv recvs[] = {
		{ .mid = "1", .ssrc = 5, .codec = ROUTER_OPUS, .pt = 111, .feed = "floor" },
		{ .mid = "2", .ssrc = 5, .codec = ROUTER_OPUS, .pt = 111, .feed = "floor" },
	};
	struct router_peer spec = {
		.id = "p", .meeting = "m", .recvs = recvs, .n_recvs = 2, .home = 1, .place = 9
	};
	uint32_t handle = 0;
	struct router *router = crew.kits[0].router;

	assert_int_equal(router_peer_set(router, &spec, 0, &handle), -EINVAL);
	spec.n_recvs = 1;
	spec.home = CREW_WORKERS;
	assert_int_equal(router_peer_set(router, &spec, 0, &handle), -EINVAL);
	spec.home = 1;
	assert_int_equal(router_peer_set(router, &spec, 0, &handle), 0);
	assert_int_equal(ROUTER_PEER_INDEX(handle), 8);
	spec.id = "another";
	assert_int_equal(router_peer_set(router, &spec, 0, &handle), -EEXIST);
	spec.place = 17;
	assert_int_equal(router_peer_set(router, &spec, 0, &handle), -E2BIG);
}

static void who_changes_homes_is_another_peer(void **state)
{
	const uint32_t k = crew_join(&ken), v = crew_join(&viewer);
	struct kit_peer moved = ken;

	crew_meet(&(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(1, k, KEN_SSRC, 1, 10, RS_MS(20));
	kit_speak(&crew.kits[1], k, KEN_SSRC, 2, 10, RS_MS(30)); /* under way meanwhile */
	moved.home = 0;
	const uint32_t there = crew_join(&moved);
	assert_int_equal(counters(2)->relay_stale, 1);
	assert_int_equal(router_recv_rtp(crew.kits[1].router, k, NULL, 0, 0), -ENOENT);
	speak(0, there, KEN_SSRC, 3, 10, RS_MS(40));
	assert_int_equal(heard(2, v, &viewer, 3), 2);
}

static void without_others_nothing_is_relayed(void **state)
{
	static struct kit alone;
	assert_int_equal(kit_init(&alone), 0);
	const struct kit_peer here = { .id = "KEN", .csrc = 1001 };
	const uint32_t k = kit_must_join(&alone, &here);
	kit_must_meeting(&alone, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	kit_speak(&alone, k, KEN_SSRC, 1, 10, RS_MS(20));
	assert_int_equal(router_counters(alone.router)->relay_sent, 0);
	kit_done(&alone);

	struct rs_rand rand;
	struct router *router = NULL;
	rs_rand_init_seed(&rand, 1);
	struct router_config config = { .rand = &rand, .emit = NULL, .workers = 2 };
	assert_int_equal(router_new(&config, &router), -EINVAL);
	config.workers = ROUTER_WORKERS_MAX + 1;
	assert_int_equal(router_new(&config, &router), -EINVAL);
}

/* ---- the recorder ---- */

/* The floor's one sound, which is made of the others. */
static uint32_t floor_track(void)
{
	for (size_t i = 0; i < crew.kits[0].n_taps; i++)
		if (crew.kits[0].taps[i].tap.channel)
			return crew.kits[0].taps[i].tap.track;
	return 0;
}

/* Of the sources themselves. */
static size_t taps(enum router_tap_kind kind)
{
	size_t n = 0;
	for (size_t i = 0; i < crew.kits[0].n_taps; i++) {
		const struct router_tap *tap = &crew.kits[0].taps[i].tap;
		n += tap->kind == kind && (tap->track == 0 || tap->track != floor_track());
	}
	return n;
}

static void the_recorder_gets_everything_once_wherever_it_comes_from(void **state)
{
	const uint32_t k = crew_join(&ken), f = crew_join(&fra);
	const uint32_t o =
		crew_join(&(struct kit_peer){ .id = "USA", .csrc = 1008, .home = 0, .place = 8 });
	rs_time now = 0;

	crew_meet(&(struct kit_meeting){ .event = 1, .record = true }, 0);
	assert_int_equal(router_tap_start(crew.kits[0].router, "m", 0), 0);
	crew_arrive(0);
	for (uint16_t seq = 0; seq < 75; seq++, now += RS_MS(20)) {
		static const char *const speakers[] = { "KEN", "FRA", "USA" };
		if (seq % 25 == 0)
			crew_meet(&(struct kit_meeting){ .event = 2U + seq / 25U,
					  .record = true,
					  .open = { speakers[seq / 25] } },
				now);
		speak(1, k, KEN_SSRC, seq, 10, now);
		speak(2, f, FRA_SSRC, seq, 10, now);
		speak(0, o, 9, seq, 10, now);
		crew_tick(now);
	}
	assert_int_equal(taps(ROUTER_TAP_PACKET), 75);
	assert_int_equal(taps(ROUTER_TAP_TRACK), 3);
	assert_int_equal(taps(ROUTER_TAP_MARK), 5); /* three opened, two closed */
	/* The publishers' own numbers, each once, in order. */
	uint16_t wanted = 0;
	for (size_t i = 0; i < crew.kits[0].n_taps; i++) {
		const struct kit_tap *tap = &crew.kits[0].taps[i];
		struct rtp_packet rtp;
		if (tap->tap.kind != ROUTER_TAP_PACKET || tap->tap.track == floor_track())
			continue;
		assert_int_equal(rtp_parse(tap->data, tap->len, &rtp), 0);
		assert_int_equal(rtp.seq, wanted);
		assert_int_equal(tap->tap.at, wanted * RS_MS(20));
		wanted++;
	}
	assert_int_equal(crew.kits[1].n_taps + crew.kits[2].n_taps, 0);
}

static void the_recorder_asks_the_publisher_for_its_picture(void **state)
{
	const uint32_t k = crew_join(&ken);

	crew_meet(&(struct kit_meeting){ .event = 1, .record = true, .visible = { "KEN" } }, 0);
	assert_int_equal(router_tap_start(crew.kits[0].router, "m", 0), 0);
	crew_arrive(0);
	show(1, k, &(struct kit_media){ .ssrc = CAMERA_SSRC, .seq = 1, .picture = 1 }, RS_MS(20));
	assert_int_equal(taps(ROUTER_TAP_PACKET), 0);
	assert_int_equal(kit_count_rtcp(&crew.kits[1], k, RTCP_PSFB, RTCP_FMT_PLI), 1);
	show(1, k,
		&(struct kit_media){ .ssrc = CAMERA_SSRC,
			.seq = 2,
			.picture = 2,
			.keyframe = true,
			.height = 180 },
		RS_MS(40));
	assert_int_equal(taps(ROUTER_TAP_PACKET), 1);
	router_tap_keyframe(crew.kits[0].router, crew.kits[0].taps[0].tap.track, RS_SEC(1));
	crew_arrive(RS_SEC(1));
	assert_int_equal(kit_count_rtcp(&crew.kits[1], k, RTCP_PSFB, RTCP_FMT_PLI), 2);
	router_tap_stop(crew.kits[0].router, "m");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, crew_setup, crew_teardown)
	const struct CMUnitTest tests[] = {
		CASE(a_packet_crosses_once_to_who_hears_it),
		CASE(the_packet_is_as_it_would_be_at_home),
		CASE(what_the_gate_stops_does_not_cross),
		CASE(a_gate_closed_at_either_end_is_closed),
		CASE(a_change_of_floor_between_workers_is_one_stream),
		CASE(a_listener_elsewhere_is_resent_what_it_lost),
		CASE(a_speaker_is_told_what_listeners_elsewhere_lose),
		CASE(in_direct_mode_only_what_is_bound_crosses),
		CASE(who_is_not_connected_wants_nothing),
		CASE(what_found_no_room_is_said_again),
		CASE(a_full_ring_loses_packets_and_counts_them),
		CASE(a_publisher_that_begins_anew_is_wanted_as_before),
		CASE(a_key_frame_is_asked_of_the_publisher_once_for_all),
		CASE(a_layer_is_chosen_by_sizes_that_home_has_seen),
		CASE(the_publishers_clock_reaches_listeners_elsewhere),
		CASE(what_a_publisher_does_is_told_by_its_home_alone),
		CASE(a_desk_elsewhere_takes_over_its_channel),
		CASE(who_speaks_is_told_by_its_home_alone),
		CASE(the_loudest_is_known_everywhere),
		CASE(the_later_publisher_of_a_source_is_the_source_everywhere),
		CASE(a_peer_elsewhere_is_judged_as_at_home),
		CASE(who_changes_homes_is_another_peer),
		CASE(without_others_nothing_is_relayed),
		CASE(the_recorder_gets_everything_once_wherever_it_comes_from),
		CASE(the_recorder_asks_the_publisher_for_its_picture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
