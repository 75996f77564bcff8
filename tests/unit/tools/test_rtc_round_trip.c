/* How long a report and its answer are under way, over a media server that waits before it answers, and clocks that are set. */
#include "tools/client/round_trip.h"

#include "common/rtp/ntp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define WALL_US INT64_C(1795305600000000)
/* Told in units of 1/65536 s by either end. */
#define UNIT 32

/* A report leaves at `now` with what the wall clock says; the answer comes after `way` and `waited`. */
static rs_time answered(
	struct rtc_round_trip *trip, int64_t wall_us, rs_time now, rs_time way, rs_time waited)
{
	const uint64_t ntp = ntp_from_wall_us(wall_us);
	const struct rtcp_report report = { .last_sr = ntp_middle(ntp),
		.since_sr = ntp_middle_from_us(waited) };
	rtc_round_trip_sent(trip, ntp, now);
	return rtc_round_trip_heard(trip, &report, now + way + waited);
}

static void assert_about(rs_time is, rs_time expected)
{
	assert_true(is >= expected - UNIT && is <= expected + UNIT);
}

static void what_the_answer_waited_is_no_part_of_the_way(void **state)
{
	struct rtc_round_trip trip = { .known = false };
	(void)state;
	assert_about(answered(&trip, WALL_US, RS_SEC(5), RS_MS(40), RS_MS(700)), RS_MS(40));
	assert_true(trip.known);
	assert_about(trip.smooth, RS_MS(40));
	/* An eighth of what is new. */
	assert_about(answered(&trip, WALL_US + RS_SEC(1), RS_SEC(6), RS_MS(120), 0), RS_MS(120));
	assert_about(trip.smooth, RS_MS(50));
}

static void a_clock_that_is_set_changes_nothing(void **state)
{
	struct rtc_round_trip trip = { .known = false };
	(void)state;
	for (int i = 0; i < 20; i++) {
		const int64_t set = i % 2 == 0 ? RS_SEC(3600) : -RS_SEC(7);
		assert_about(answered(&trip, WALL_US + set + RS_SEC(i), RS_SEC(5 + i), RS_MS(30),
				     RS_MS(100)),
			RS_MS(30));
	}
	assert_about(trip.smooth, RS_MS(30));
}

static void what_answers_no_report_of_ours_says_nothing(void **state)
{
	struct rtc_round_trip trip = { .known = false };
	const uint32_t first = ntp_middle(ntp_from_wall_us(WALL_US));
	(void)state;
	assert_int_equal(rtc_round_trip_heard(&trip, &(struct rtcp_report){ .last_sr = 0 }, 9), -1);
	assert_int_equal(
		rtc_round_trip_heard(&trip, &(struct rtcp_report){ .last_sr = first }, 9), -1);
	/* One that is so old that it is forgotten. */
	for (int i = 0; i <= RTC_ROUND_TRIP_REPORTS; i++)
		rtc_round_trip_sent(&trip, ntp_from_wall_us(WALL_US + RS_SEC(i)), RS_SEC(i));
	const rs_time now = RS_SEC(RTC_ROUND_TRIP_REPORTS) + RS_MS(1);
	assert_int_equal(
		rtc_round_trip_heard(&trip, &(struct rtcp_report){ .last_sr = first }, now), -1);
	/* It lay there before it came. */
	const uint32_t last =
		ntp_middle(ntp_from_wall_us(WALL_US + RS_SEC(RTC_ROUND_TRIP_REPORTS)));
	const struct rtcp_report lies = { .last_sr = last, .since_sr = ntp_middle_from_us(9000) };
	assert_int_equal(rtc_round_trip_heard(&trip, &lies, now), -1);
	assert_false(trip.known);
	/* What clocks do not resolve is none. */
	const struct rtcp_report quick = { .last_sr = last, .since_sr = ntp_middle_from_us(1016) };
	assert_int_equal(rtc_round_trip_heard(&trip, &quick, now), 0);
	assert_true(trip.known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_answer_waited_is_no_part_of_the_way),
		cmocka_unit_test(a_clock_that_is_set_changes_nothing),
		cmocka_unit_test(what_answers_no_report_of_ours_says_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
