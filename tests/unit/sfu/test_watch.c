/* A peer somebody looks at: its packets, its slots and why they carry what they carry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/rtp/rtcp.h"
#include "tests/support/router_kit.h"

static struct kit kit;
static const struct kit_peer ken = { .id = "KEN", .csrc = 1001 };
static const struct kit_peer looked_at = { .id = "FRA", .csrc = 1002, .watch = true };
static struct router_record records[4096];
static uint64_t missed;

static int setup(void **state)
{
	return kit_init(&kit);
}

static int teardown(void **state)
{
	kit_done(&kit);
	return 0;
}

static size_t take(uint32_t peer)
{
	return router_watch_take(kit.router, peer, records, RS_ARRAY_LEN(records), &missed);
}

static void expect(size_t i, enum router_record_kind kind, bool out, uint32_t ssrc, rs_time at)
{
	assert_int_equal(records[i].kind, kind);
	assert_int_equal(records[i].out, out);
	assert_int_equal(records[i].ssrc, ssrc);
	assert_int_equal(records[i].at, at);
}

static void packets_of_a_watched_peer_are_recorded_both_ways(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), f = kit_must_join(&kit, &looked_at);
	const uint32_t slot = kit_slot_ssrc(&looked_at, 3, false);
	uint8_t data[64];
	struct rs_writer writer;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	kit_speak(&kit, f, 8, 1, 20, RS_MS(10));
	kit_speak(&kit, k, 7, 1, 20, RS_MS(15));
	const uint16_t seq = kit_parsed(kit_rtp(&kit, f, slot, 0)).seq;
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, slot, &seq, 1);
	assert_int_equal(router_recv_rtcp(kit.router, f, data, writer.len, RS_MS(60)), 0);
	assert_int_equal(take(f), 4);
	assert_int_equal(missed, 0);
	expect(0, ROUTER_RECORD_AUDIO, false, 8, RS_MS(10));
	expect(1, ROUTER_RECORD_AUDIO, true, slot, RS_MS(15));
	assert_int_equal(records[1].seq, seq);
	expect(2, ROUTER_RECORD_NACK, false, slot, RS_MS(60));
	assert_int_equal(records[2].seq, seq);
	assert_int_equal(records[2].size, 1);
	expect(3, ROUTER_RECORD_AUDIO, true, slot, RS_MS(60));
	assert_int_equal(take(f), 0);
	/* Nobody looks at KEN. */
	assert_false(router_watched(kit.router, k));
	assert_int_equal(take(k), 0);
}

static void what_is_not_taken_is_overwritten_and_counted(void **state)
{
	const uint32_t f = kit_must_join(&kit, &looked_at);

	for (uint16_t i = 1; i <= 2050; i++)
		kit_speak(&kit, f, 8, i, 20, i * RS_MS(20));
	assert_int_equal(take(f), 2048);
	assert_int_equal(missed, 2);
	assert_int_equal(records[0].seq, 3);
	assert_int_equal(records[2047].seq, 2050);
}

static void slots_say_what_they_carry_and_why(void **state)
{
	static const struct kit_peer eye = {
		.id = "eye", .csrc = 1003, .silent = true, .watch = true, .max_height = 180
	};
	static const struct kit_peer big = { .id = "KEN", .csrc = 1001, .simulcast = true };
	const uint32_t k = kit_must_join(&kit, &big), e = kit_must_join(&kit, &eye);
	struct router_slot_stats slot;
	struct router_track_stats track;
	size_t cursor = 0;

	kit_must_meeting(&kit,
		&(struct kit_meeting){
			.event = 1, .open = { "KEN" }, .visible = { "KEN" }, .speaker = "KEN" },
		0);
	kit_show(&kit, k,
		&(struct kit_media){ .ssrc = 7,
			.seq = 1,
			.rid = "q",
			.picture = 1,
			.keyframe = true,
			.height = 180 },
		RS_MS(10));
	kit_show(&kit, k,
		&(struct kit_media){ .ssrc = 8,
			.seq = 1,
			.rid = "h",
			.picture = 1,
			.keyframe = true,
			.height = 360 },
		RS_MS(10));
	for (int i = 0; i < 2; i++)
		assert_int_equal(router_slot_next(kit.router, e, &cursor, RS_SEC(1), &slot), 1);
	assert_int_equal(router_slot_next(kit.router, e, &cursor, RS_SEC(1), &slot), 1);
	assert_string_equal(slot.mid, "6");
	assert_string_equal(slot.source, "KEN");
	assert_true(slot.video);
	assert_int_equal(slot.layer, 0);
	assert_int_equal(slot.height, 180);
	assert_int_equal(slot.why, ROUTER_LAYER_BY_WISH);
	assert_int_equal(slot.packets, 1);
	assert_in_range(slot.bitrate_bps, 500, 2000);
	assert_int_equal(router_slot_next(kit.router, e, &cursor, RS_SEC(1), &slot), 0);
	/* Since the last walk nothing came. */
	cursor = 2;
	assert_int_equal(router_slot_next(kit.router, e, &cursor, RS_SEC(2), &slot), 1);
	assert_int_equal(slot.bitrate_bps, 0);
	cursor = 0;
	assert_int_equal(router_track_next(kit.router, k, &cursor, RS_SEC(1), &track), 1);
	assert_string_equal(track.source, "KEN");
	assert_int_equal(track.media, ROUTER_CAMERA);
	assert_int_equal(track.height, 180);
	assert_int_equal(router_track_next(kit.router, k, &cursor, RS_SEC(1), &track), 1);
	assert_int_equal(track.layer, 1);
	assert_int_equal(router_track_next(kit.router, k, &cursor, RS_SEC(1), &track), 0);
}

static void only_so_many_are_watched_at_a_time(void **state)
{
	char names[ROUTER_WATCHED_MAX + 1][8];
	uint32_t peers[ROUTER_WATCHED_MAX + 1];

	for (unsigned i = 0; i <= ROUTER_WATCHED_MAX; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "p%u", i);
		peers[i] = kit_must_join(&kit,
			&(struct kit_peer){
				.id = names[i], .csrc = 1 + i, .silent = true, .watch = true });
		assert_int_equal(router_watched(kit.router, peers[i]), i < ROUTER_WATCHED_MAX);
	}
	assert_int_equal(router_counters(kit.router)->watch_refused, 1);
	/* Who goes makes room. */
	router_peer_remove(kit.router, "p0", 0);
	(void)kit_must_join(&kit, &(struct kit_peer){ .id = names[ROUTER_WATCHED_MAX],
					  .csrc = 1 + ROUTER_WATCHED_MAX,
					  .silent = true,
					  .watch = true });
	assert_true(router_watched(kit.router, peers[ROUTER_WATCHED_MAX]));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(packets_of_a_watched_peer_are_recorded_both_ways),
		CASE(what_is_not_taken_is_overwritten_and_counted),
		CASE(slots_say_what_they_carry_and_why),
		CASE(only_so_many_are_watched_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
