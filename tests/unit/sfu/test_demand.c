/* How many layers of a camera are wanted of its publisher, in virtual time: of one worker, of several, and for a recorder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/rtp/rtcp.h"
#include "sfu/router/demand.h"
#include "tests/support/router_crew.h"

static const struct kit_peer ken = {
	.id = "KEN", .csrc = 1001, .simulcast = true, .video = "", .home = 1, .place = 1
};
static const struct kit_peer viewer = {
	.id = "viewer", .csrc = 1003, .silent = true, .home = 1, .place = 2
};
static const struct kit_meeting hidden = { .event = 1 };
static const struct kit_meeting shown = { .event = 2, .visible = { "KEN" }, .speaker = "KEN" };
static const struct kit_meeting called = { .event = 3, .warm = { "KEN" } };

/* The layers KEN's page sends, as it was told last; and how often it was told. */
static unsigned sends;
static unsigned told;
static rs_time clock_now;
static uint16_t picture;
static uint32_t k;

/* Known to all workers; its handle at home. */
static uint32_t join(const struct kit_peer *peer)
{
	uint32_t handle = 0;

	for (unsigned worker = 0; worker < CREW_WORKERS; worker++) {
		uint32_t one;
		assert_int_equal(kit_join(&crew.kits[worker], peer, clock_now, &one), 0);
		handle = worker == peer->home ? one : handle;
	}
	crew_arrive(clock_now);
	return handle;
}

static int setup(void **state)
{
	const int err = crew_setup(state);

	sends = 3;
	told = 0;
	clock_now = 0;
	picture = 0;
	k = join(&ken);
	return err;
}

static void hear(void)
{
	struct router_event event;

	for (unsigned worker = 0; worker < CREW_WORKERS; worker++) {
		while (router_poll(crew.kits[worker].router, &event) == 1) {
			if (event.kind != ROUTER_EVENT_LAYERS)
				continue;
			assert_int_equal(worker, ken.home);
			assert_string_equal(event.peer_id, "KEN");
			assert_string_equal(event.mid, "1");
			assert_int_equal(event.media, ROUTER_CAMERA);
			assert_int_equal(event.of, 3);
			assert_in_range(event.layers, 1, 3);
			assert_int_not_equal(event.layers, sends);
			sends = event.layers;
			told++;
		}
	}
}

/* One picture of each layer that is wanted, each a key frame, ten a second. */
static void go_on(rs_time duration)
{
	static const char *const rids[] = { "q", "h", "f" };
	const rs_time until = clock_now + duration;

	for (; clock_now < until; clock_now += RS_MS(100)) {
		picture++;
		for (unsigned i = 0; i < sends; i++) {
			const struct kit_media media = {
				.ssrc = 17 + i,
				.seq = picture,
				.rtp_ts = picture * 9000U,
				.keyframe = true,
				.picture = picture,
				.height = (uint16_t)(180 << i),
				.rid = rids[i],
			};
			kit_show(&crew.kits[ken.home], k, &media, clock_now);
		}
		crew_tick(clock_now);
		crew_arrive(clock_now);
		hear();
	}
}

static void meet(const struct kit_meeting *meeting)
{
	crew_meet(meeting, clock_now);
	crew_arrive(clock_now);
	hear();
}

static void nobody_sees_it_and_all_but_the_lowest_rest(void **state)
{
	meet(&hidden);
	go_on(DEMAND_HOLD - RS_MS(200));
	assert_int_equal(sends, 3);
	go_on(RS_MS(400));
	assert_int_equal(sends, 1);
	go_on(RS_SEC(60));
	assert_int_equal(told, 1);
}

static void who_is_seen_sends_all_at_once(void **state)
{
	meet(&hidden);
	(void)join(&viewer);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
	meet(&shown);
	assert_int_equal(sends, 3);
	go_on(RS_SEC(60));
	assert_int_equal(told, 2);
}

static void it_rests_some_time_after_it_was_seen(void **state)
{
	meet(&shown);
	(void)join(&viewer);
	go_on(RS_SEC(10));
	meet(&hidden);
	go_on(DEMAND_HOLD - RS_MS(200));
	meet(&shown); /* again, before the time is over */
	go_on(RS_MS(200));
	meet(&hidden);
	go_on(DEMAND_HOLD - RS_MS(200));
	assert_int_equal(told, 0);
	go_on(RS_MS(400));
	assert_int_equal(sends, 1);
}

static void a_small_picture_wants_the_layers_that_fit(void **state)
{
	struct kit_peer small = viewer;

	small.max_height = 360;
	meet(&shown);
	(void)join(&small);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 2);
	small.max_height = 720;
	(void)join(&small);
	hear();
	assert_int_equal(sends, 3);
	small.paused = true;
	(void)join(&small);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
}

static void who_comes_to_see_it_has_it_at_once(void **state)
{
	meet(&shown);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
	const uint32_t v = join(&viewer);
	hear();
	assert_int_equal(sends, 3);
	router_peer_ready(crew.kits[viewer.home].router, v, false, clock_now);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
	router_peer_ready(crew.kits[viewer.home].router, v, true, clock_now);
	hear();
	assert_int_equal(sends, 3);
}

static void who_is_called_is_warm_before_anybody_sees(void **state)
{
	meet(&hidden);
	(void)join(&viewer);
	go_on(RS_SEC(10));
	meet(&called);
	assert_int_equal(sends, 3);
	go_on(RS_SEC(60));
	meet(&shown);
	go_on(RS_SEC(1));
	assert_int_equal(told, 2);
	assert_int_equal(sends, 3);
}

static void a_recorder_wants_the_largest(void **state)
{
	struct kit_meeting recorded = shown;

	recorded.record = true;
	meet(&recorded);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1); /* there is none yet */
	assert_int_equal(router_tap_start(crew.kits[0].router, "m", clock_now), 0);
	crew_arrive(clock_now);
	hear();
	assert_int_equal(sends, 3);
	recorded.visible[0] = NULL;
	meet(&recorded); /* what is not visible is not recorded */
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
	recorded.visible[0] = "KEN";
	meet(&recorded);
	assert_int_equal(sends, 3);
	router_tap_stop(crew.kits[0].router, "m");
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
}

static void who_is_at_another_worker_wants_it_too(void **state)
{
	struct kit_peer far = viewer;

	far.home = 2;
	meet(&shown);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
	const uint32_t v = join(&far);
	crew_arrive(clock_now);
	hear();
	assert_int_equal(sends, 3);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 3);
	assert_true(kit_count_rtp(&crew.kits[2], v, kit_slot_ssrc(&far, 6, false)) > 0);
	crew_leave("viewer", clock_now);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
}

static void a_wish_that_found_no_room_is_said_again(void **state)
{
	struct kit_peer far = viewer;

	far.home = 2;
	meet(&shown);
	go_on(RS_SEC(10));
	crew.full = true;
	(void)join(&far);
	crew_arrive(clock_now);
	hear();
	assert_int_equal(sends, 1);
	crew.full = false;
	go_on(RS_MS(200));
	assert_int_equal(sends, 3);
}

static void while_the_lowest_does_not_come_all_are_wanted(void **state)
{
	meet(&hidden);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
	for (unsigned i = 0; i < 50; i++, clock_now += RS_MS(100)) {
		crew_tick(clock_now); /* nothing comes at all */
		hear();
	}
	assert_int_equal(sends, 3);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
}

static void before_the_meeting_is_known_all_are_wanted(void **state)
{
	go_on(RS_SEC(20));
	assert_int_equal(told, 0);
}

static void a_section_that_ends_leaves_nothing_resting(void **state)
{
	struct kit_peer other = ken;

	meet(&hidden);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
	other.csrc = 1002; /* another section of the same peer */
	k = join(&other);
	hear();
	assert_int_equal(sends, 3);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
}

static void who_is_not_the_source_any_more_rests(void **state)
{
	const struct kit_peer again = {
		.id = "KEN2", .source = "KEN", .csrc = 1001, .home = 2, .place = 3
	};

	meet(&shown);
	(void)join(&viewer);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 3);
	(void)join(&again);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 1);
	crew_leave("KEN2", clock_now);
	hear();
	assert_int_equal(sends, 3);
}

static void nothing_is_asked_of_a_layer_that_rests(void **state)
{
	struct router_track_stats stats;
	size_t cursor = 0;
	unsigned resting = 0;

	meet(&shown);
	const uint32_t v = join(&viewer);
	go_on(RS_SEC(1));
	meet(&hidden);
	go_on(RS_SEC(10));
	crew.kits[1].n_caught = 0;
	go_on(RS_SEC(60));
	assert_int_equal(kit_count_rtcp(&crew.kits[1], k, RTCP_PSFB, RTCP_FMT_PLI), 0);
	assert_int_equal(kit_count_rtcp(&crew.kits[1], k, RTCP_RTPFB, RTCP_FMT_NACK), 0);
	while (router_track_next(crew.kits[1].router, k, &cursor, clock_now, &stats) == 1)
		resting += stats.rests && !stats.flowing;
	assert_int_equal(resting, 2);

	/* And when it is wanted again it is shown. */
	meet(&shown);
	go_on(RS_SEC(1));
	const size_t n = kit_count_rtp(&crew.kits[1], v, kit_slot_ssrc(&viewer, 6, false));
	assert_true(n > 5);
	cursor = 0;
	while (router_track_next(crew.kits[1].router, k, &cursor, clock_now, &stats) == 1)
		assert_true(stats.flowing && !stats.rests);
}

/* 1080 lines become 360: the largest that rests may be just what is wished. */
static void what_was_known_of_resting_sizes_is_forgotten(void **state)
{
	struct kit_peer small = viewer;
	const struct kit_media smaller = { .ssrc = 17,
		.seq = 500,
		.rtp_ts = 500 * 9000,
		.keyframe = true,
		.picture = 500,
		.height = 90,
		.rid = "q" };

	small.max_height = 360;
	meet(&shown);
	(void)join(&small);
	go_on(RS_SEC(10));
	assert_int_equal(sends, 2);
	kit_show(&crew.kits[1], k, &smaller, clock_now);
	clock_now += RS_MS(200);
	crew_tick(clock_now);
	hear();
	assert_int_equal(sends, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, crew_teardown)
		CASE(nobody_sees_it_and_all_but_the_lowest_rest),
		CASE(who_is_seen_sends_all_at_once),
		CASE(it_rests_some_time_after_it_was_seen),
		CASE(a_small_picture_wants_the_layers_that_fit),
		CASE(who_comes_to_see_it_has_it_at_once),
		CASE(who_is_called_is_warm_before_anybody_sees),
		CASE(a_recorder_wants_the_largest),
		CASE(who_is_at_another_worker_wants_it_too),
		CASE(a_wish_that_found_no_room_is_said_again),
		CASE(while_the_lowest_does_not_come_all_are_wanted),
		CASE(before_the_meeting_is_known_all_are_wanted),
		CASE(a_section_that_ends_leaves_nothing_resting),
		CASE(who_is_not_the_source_any_more_rests),
		CASE(nothing_is_asked_of_a_layer_that_rests),
		CASE(what_was_known_of_resting_sizes_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
