#include "tools/client/receiver.h"

#include "common/rtp/ntp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SSRC 7

static enum rtc_arrival add(struct rtc_receiver *receiver, unsigned seq)
{
	return rtc_receiver_add(receiver, SSRC, (uint16_t)seq, seq * 960, 100, RS_MS(20) * seq);
}

static void numbers_in_order_are_counted_once(void **state)
{
	struct rtc_receiver receiver;
	rtc_receiver_init(&receiver, 48000);
	for (unsigned i = 100; i < 110; i++)
		assert_int_equal(add(&receiver, i), RTC_ARRIVAL_NEXT);
	assert_int_equal(receiver.counts.packets, 10);
	assert_int_equal(receiver.counts.octets, 1000);
	assert_int_equal(receiver.counts.expected, 10);
	assert_int_equal(rtc_receiver_lost(&receiver), 0);
}

static void a_gap_is_loss_until_it_is_filled(void **state)
{
	struct rtc_receiver receiver;
	rtc_receiver_init(&receiver, 48000);
	add(&receiver, 1);
	assert_int_equal(add(&receiver, 4), RTC_ARRIVAL_NEXT);
	assert_int_equal(rtc_receiver_lost(&receiver), 2);
	assert_int_equal(add(&receiver, 3), RTC_ARRIVAL_LATE);
	assert_int_equal(rtc_receiver_lost(&receiver), 1);
	assert_int_equal(add(&receiver, 3), RTC_ARRIVAL_REPEAT);
	assert_int_equal(add(&receiver, 4), RTC_ARRIVAL_REPEAT);
	assert_int_equal(receiver.counts.repeats, 2);
	assert_int_equal(receiver.counts.late, 1);
	assert_int_equal(rtc_receiver_lost(&receiver), 1);
}

static void what_came_before_the_first_is_not_ours(void **state)
{
	struct rtc_receiver receiver;
	rtc_receiver_init(&receiver, 48000);
	add(&receiver, 0);
	assert_int_equal(add(&receiver, 65535), RTC_ARRIVAL_REPEAT);
	assert_int_equal(receiver.counts.expected, 1);
}

static void the_window_ends_where_it_says(void **state)
{
	struct rtc_receiver receiver;
	rtc_receiver_init(&receiver, 48000);
	add(&receiver, 10);
	add(&receiver, 20 + RTC_RECEIVER_WINDOW);
	assert_int_equal(add(&receiver, 21), RTC_ARRIVAL_LATE);
	assert_int_equal(add(&receiver, 20), RTC_ARRIVAL_REPEAT);
}

static void numbers_wrap_without_loss(void **state)
{
	struct rtc_receiver receiver;
	struct rtcp_report report;
	rtc_receiver_init(&receiver, 48000);
	for (unsigned i = 65500; i < 3 * 65536; i++)
		assert_int_equal(add(&receiver, i), RTC_ARRIVAL_NEXT);
	assert_int_equal(rtc_receiver_lost(&receiver), 0);
	assert_true(rtc_receiver_report(&receiver, 0, &report));
	assert_int_equal(report.highest_seq, 3 * 65536 - 1);
}

static void another_ssrc_begins_anew(void **state)
{
	struct rtc_receiver receiver;
	rtc_receiver_init(&receiver, 48000);
	add(&receiver, 1);
	assert_int_equal(rtc_receiver_add(&receiver, SSRC + 1, 40000, 0, 100, 0), RTC_ARRIVAL_NEXT);
	assert_int_equal(receiver.counts.restarts, 1);
	assert_int_equal(receiver.counts.packets, 2);
	assert_int_equal(rtc_receiver_lost(&receiver), 0);
}

static void a_report_says_loss_of_its_interval_and_of_all(void **state)
{
	struct rtc_receiver receiver;
	struct rtcp_report report;
	rtc_receiver_init(&receiver, 48000);
	assert_false(rtc_receiver_report(&receiver, 0, &report));
	for (unsigned i = 1; i <= 100; i++)
		if (i % 4 != 0 || i > 96)
			add(&receiver, i);
	assert_true(rtc_receiver_report(&receiver, RS_SEC(2), &report));
	assert_int_equal(report.ssrc, SSRC);
	assert_int_equal(report.lost, 24);
	assert_in_range(report.fraction_lost, 60, 64);
	assert_int_equal(report.last_sr, 0);
	for (unsigned i = 101; i <= 200; i++)
		add(&receiver, i);
	assert_true(rtc_receiver_report(&receiver, RS_SEC(4), &report));
	assert_int_equal(report.lost, 24);
	assert_int_equal(report.fraction_lost, 0);
}

static void a_report_says_when_the_senders_came(void **state)
{
	struct rtc_receiver receiver;
	struct rtcp_report report;
	rtc_receiver_init(&receiver, 48000);
	add(&receiver, 1);
	rtc_receiver_sr(&receiver, 0x12345678, RS_SEC(1));
	assert_true(rtc_receiver_report(&receiver, RS_MS(1500), &report));
	assert_int_equal(report.last_sr, 0x12345678);
	assert_int_equal(report.since_sr, 0x8000); /* half a second */
}

static void jitter_is_that_of_rfc_3550(void **state)
{
	struct rtc_receiver even;
	struct rtc_receiver uneven;
	struct rtcp_report report;
	rtc_receiver_init(&even, 48000);
	rtc_receiver_init(&uneven, 48000);
	for (unsigned i = 1; i < 500; i++) {
		add(&even, i);
		/* Every second one 10 ms late: each transit differs by 480 ticks from the last. */
		rtc_receiver_add(&uneven, SSRC, (uint16_t)i, i * 960, 100,
			RS_MS(20) * i + (i % 2 ? RS_MS(10) : 0));
	}
	assert_true(rtc_receiver_report(&even, 0, &report));
	assert_int_equal(report.jitter, 0);
	assert_true(rtc_receiver_report(&uneven, 0, &report));
	assert_in_range(report.jitter, 470, 480);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_in_order_are_counted_once),
		cmocka_unit_test(a_gap_is_loss_until_it_is_filled),
		cmocka_unit_test(what_came_before_the_first_is_not_ours),
		cmocka_unit_test(the_window_ends_where_it_says),
		cmocka_unit_test(numbers_wrap_without_loss),
		cmocka_unit_test(another_ssrc_begins_anew),
		cmocka_unit_test(a_report_says_loss_of_its_interval_and_of_all),
		cmocka_unit_test(a_report_says_when_the_senders_came),
		cmocka_unit_test(jitter_is_that_of_rfc_3550),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
