/* Where a packet that comes late belongs among what came live, and what came late before. */
#include "recorder/archive/track/streams.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HZ 48000U
#define FRAME 960U
#define FRAME_US 20000

/* Packets `from` to `to` of a stream that began at session time 0 with number 100. */
static void came(struct streams *streams, uint32_t ssrc, int64_t from, int64_t to)
{
	for (int64_t i = from; i <= to; i++)
		streams_note(streams, ssrc, 0x10000 + 100 + i, (uint32_t)(i * FRAME), i * FRAME_US);
}

/* Session time of what is judged. */
static int64_t now_us;

static struct stream_place judge(
	struct streams *live, struct streams *late, uint32_t ssrc, int64_t i, int64_t said_us)
{
	const struct stream_packet packet = { .ssrc = ssrc,
		.seq = (uint16_t)(100 + i),
		.rtp_ts = (uint32_t)(i * FRAME),
		.said_us = said_us };
	return streams_judge(live, late, HZ, &packet, now_us);
}

static void the_stream_goes_on_where_it_was_cut(void **state)
{
	struct streams live = { .n = 0 }, late = { .n = 0 };
	came(&live, 1, 0, 49);
	streams_end(&live);
	for (int64_t i = 40; i < 50; i++)
		assert_true(judge(&live, &late, 1, i, 0).had);
	const struct stream_place place = judge(&live, &late, 1, 50, 7);
	assert_false(place.had);
	assert_int_equal(place.seq, 0x10000 + 150);
	assert_int_equal(place.next, place.seq);
	assert_int_equal(place.time_us,
		50 * FRAME_US); /* as its timestamp says, whatever the clock of the box is */
	/* What is missing between the two is to be counted. */
	assert_int_equal(judge(&live, &late, 1, 53, 7).next, 0x10000 + 150);
}

static void what_came_late_once_is_there(void **state)
{
	struct streams live = { .n = 0 }, late = { .n = 0 };
	came(&live, 1, 0, 49);
	streams_end(&live);
	came(&late, 1, 50, 99);
	assert_true(judge(&live, &late, 1, 49, 0).had);
	assert_true(judge(&live, &late, 1, 60, 0).had);
	assert_true(judge(&live, &late, 1, 99, 0).had);
	const struct stream_place place = judge(&live, &late, 1, 100, 0);
	assert_false(place.had);
	assert_int_equal(place.next, 0x10000 + 200);
}

/* More than half a circle of numbers, as twenty minutes are. */
static void numbers_are_followed_around_the_circle(void **state)
{
	struct streams live = { .n = 0 }, late = { .n = 0 };
	came(&live, 1, 0, 49);
	streams_end(&live);
	for (int64_t i = 50; i < 70000; i++) {
		const struct stream_place place = judge(&live, &late, 1, i, 0);
		assert_false(place.had);
		assert_int_equal(place.seq, 0x10000 + 100 + i);
		assert_int_equal(place.time_us, i * FRAME_US);
	}
}

static void of_the_stream_that_is_received_only_its_beginning_can_be_missing(void **state)
{
	struct streams live = { .n = 0 }, late = { .n = 0 };
	came(&live, 1, 0, 49);
	streams_end(&live);
	came(&live, 2, 100, 120);
	assert_false(judge(&live, &late, 2, 99, 0).had);
	assert_true(judge(&live, &late, 2, 100, 0).had);
	now_us = 120 * FRAME_US + STREAMS_QUIET_US;
	assert_true(judge(&live, &late, 2, 121, 0).had); /* it is on its way */
	now_us++;
	assert_false(judge(&live, &late, 2, 121, 0).had);
	now_us = 0;
	streams_end(&live);
	assert_false(judge(&live, &late, 2, 121, 0).had);
}

/* A box that was itself restarted has other numbers; the time tells. */
static void a_stream_nobody_knows_is_placed_by_the_time(void **state)
{
	struct streams live = { .n = 0 }, late = { .n = 0 };
	came(&live, 1, 0, 49);
	streams_end(&live);
	assert_true(judge(&live, &late, 9, 5, 30 * FRAME_US).had);
	const struct stream_place place = judge(&live, &late, 9, 5, 200 * FRAME_US);
	assert_false(place.had);
	assert_int_equal(place.time_us, 200 * FRAME_US);
	assert_int_equal(place.next, place.seq);
	/* Also when it is known by what came late already. */
	streams_note(&late, 9, place.seq, 5 * FRAME, place.time_us);
	came(&live, 3, 210, 220);
	assert_true(judge(&live, &late, 9, 5 + 10, 210 * FRAME_US).had);
	assert_false(judge(&live, &late, 9, 5 + 9, 209 * FRAME_US).had);
}

static void what_a_kill_left_behind_the_ledger_is_there(void **state)
{
	struct streams live = { .n = 0 }, late = { .n = 0 };
	const struct stream read = { .ssrc = 1,
		.seq_first = 0x10000 + 150,
		.seq_last = 0x10000 + 199,
		.rtp_last = 50 * FRAME, /* of the first packet of the last line */
		.time_first_us = 50 * FRAME_US,
		.time_last_us = 50 * FRAME_US };
	streams_recall(&late, &read);
	streams_cover(&late, 99 * FRAME_US, 110 * FRAME_US);
	assert_true(judge(&live, &late, 1, 99, 0).had);
	assert_true(judge(&live, &late, 1, 110, 0).had);
	const struct stream_place place = judge(&live, &late, 1, 111, 0);
	assert_false(place.had);
	assert_int_equal(place.time_us, 111 * FRAME_US);
	/* One of another kill beside it. */
	streams_cover(&late, 119 * FRAME_US, 130 * FRAME_US);
	assert_true(judge(&live, &late, 1, 110, 0).had);
	assert_false(judge(&live, &late, 1, 119, 0).had);
	assert_true(judge(&live, &late, 1, 130, 0).had);
	for (int i = 0; i < STREAMS_COVERED_MAX - 1; i++)
		streams_cover(&late, 1000 * FRAME_US, 1001 * FRAME_US);
	assert_false(judge(&live, &late, 1, 110, 0).had);
	assert_true(judge(&live, &late, 1, 130, 0).had);
}

static void the_oldest_streams_are_forgotten(void **state)
{
	struct streams live = { .n = 0 }, late = { .n = 0 };
	for (uint32_t ssrc = 1; ssrc <= STREAMS_MAX + 1; ssrc++) {
		came(&live, ssrc, (int64_t)ssrc * 10, (int64_t)ssrc * 10 + 1);
		streams_end(&live);
	}
	assert_int_equal(live.n, STREAMS_MAX);
	assert_int_equal(live.list[0].ssrc, 2);
	assert_true(judge(&live, &late, 2, 21, 0).had);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_stream_goes_on_where_it_was_cut),
		cmocka_unit_test(what_came_late_once_is_there),
		cmocka_unit_test(numbers_are_followed_around_the_circle),
		cmocka_unit_test(of_the_stream_that_is_received_only_its_beginning_can_be_missing),
		cmocka_unit_test(a_stream_nobody_knows_is_placed_by_the_time),
		cmocka_unit_test(what_a_kill_left_behind_the_ledger_is_there),
		cmocka_unit_test(the_oldest_streams_are_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
