/* Transport-wide feedback to publishers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "common/rtp/twcc.h"
#include "sfu/bwe/feedback.h"

static uint8_t data[2048];
static size_t written;

static int poll_at(struct feedback *feedback, rs_time now)
{
	struct rs_writer writer;

	rs_writer_init(&writer, data, sizeof(data));
	const int got = feedback_poll(feedback, 1, 2, now, &writer);
	written = writer.len;
	return got;
}

static struct twcc_feedback parsed(void)
{
	struct twcc_feedback out;
	struct rtcp_feedback fb;
	struct rtcp_item item;
	size_t cursor = 0;

	assert_int_equal(rtcp_next(data, written, &cursor, &item), 1);
	assert_int_equal(item.count, RTCP_FMT_TWCC);
	assert_int_equal(rtcp_feedback_parse(&item, &fb), 0);
	assert_int_equal(twcc_parse(&fb, &out), 0);
	return out;
}

static void a_report_is_due_after_its_interval_and_names_the_lost(void **state)
{
	struct feedback feedback;

	feedback_init(&feedback);
	assert_true(feedback_deadline(&feedback) == RS_TIME_NEVER);
	assert_int_equal(poll_at(&feedback, RS_SEC(9)), 0);
	feedback_add(&feedback, 65535, RS_MS(640));
	feedback_add(&feedback, 1, RS_MS(660)); /* 0 is lost */
	feedback_add(&feedback, 1, RS_MS(661)); /* once */
	assert_true(feedback_deadline(&feedback) == RS_MS(740));
	assert_int_equal(poll_at(&feedback, RS_MS(739)), 0);
	assert_int_equal(poll_at(&feedback, RS_MS(740)), 1);

	const struct twcc_feedback out = parsed();
	assert_int_equal(out.sender_ssrc, 1);
	assert_int_equal(out.media_ssrc, 2);
	assert_int_equal(out.base_seq, 65535);
	assert_int_equal(out.n_packets, 3);
	assert_int_equal(out.reference, 10);
	assert_true(out.arrivals[0].received && out.arrivals[0].delta == 0);
	assert_false(out.arrivals[1].received);
	assert_true(out.arrivals[2].received && out.arrivals[2].delta == 80);
	assert_int_equal(poll_at(&feedback, RS_SEC(9)), 0);
}

static void many_packets_are_reported_at_once(void **state)
{
	struct feedback feedback;

	feedback_init(&feedback);
	for (uint16_t i = 0; i < FEEDBACK_PACKETS; i++) {
		assert_int_equal(poll_at(&feedback, i * RS_MS(1)), 0);
		feedback_add(&feedback, i, i * RS_MS(1));
	}
	assert_int_equal(poll_at(&feedback, RS_MS(49)), 1);
	assert_int_equal(parsed().n_packets, FEEDBACK_PACKETS);
	assert_int_equal(parsed().feedback_count, 0);
}

static void a_late_packet_is_reported_again(void **state)
{
	struct feedback feedback;

	feedback_init(&feedback);
	feedback_add(&feedback, 10, RS_MS(1));
	feedback_add(&feedback, 12, RS_MS(2));
	assert_int_equal(poll_at(&feedback, RS_MS(200)), 1);
	feedback_add(&feedback, 11, RS_MS(201));
	feedback_add(&feedback, 13, RS_MS(202));
	assert_int_equal(poll_at(&feedback, RS_MS(301)), 1);
	const struct twcc_feedback out = parsed();
	assert_int_equal(out.base_seq, 11);
	assert_int_equal(out.n_packets, 3);
	assert_true(out.arrivals[0].received && out.arrivals[1].received);
	assert_true(out.arrivals[1].delta < 0); /* 12 came before 11 */
	assert_int_equal(out.feedback_count, 1);
}

static void a_jump_starts_anew_and_old_numbers_are_ignored(void **state)
{
	struct feedback feedback;

	feedback_init(&feedback);
	feedback_add(&feedback, 1, RS_MS(1));
	feedback_add(&feedback, 5000, RS_MS(2));
	feedback_add(&feedback, 4000, RS_MS(3));
	assert_int_equal(poll_at(&feedback, RS_MS(200)), 1);
	assert_int_equal(parsed().base_seq, 5000);
	assert_int_equal(parsed().n_packets, 1);
}

static void arrivals_too_far_apart_go_into_two_reports(void **state)
{
	struct feedback feedback;

	feedback_init(&feedback);
	feedback_add(&feedback, 1, RS_MS(64));
	feedback_add(&feedback, 2, RS_SEC(20));
	assert_int_equal(poll_at(&feedback, RS_SEC(20)), 1);
	assert_int_equal(parsed().n_packets, 1);
	assert_int_equal(poll_at(&feedback, RS_SEC(20)), 1);
	assert_int_equal(parsed().base_seq, 2);
	assert_int_equal(poll_at(&feedback, RS_SEC(20)), 0);
}

static void a_report_that_does_not_fit_says_so(void **state)
{
	struct feedback feedback;
	struct rs_writer writer;

	feedback_init(&feedback);
	feedback_add(&feedback, 1, 0);
	rs_writer_init(&writer, data, 20);
	assert_int_equal(feedback_poll(&feedback, 1, 2, RS_MS(100), &writer), -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_due_after_its_interval_and_names_the_lost),
		cmocka_unit_test(many_packets_are_reported_at_once),
		cmocka_unit_test(a_late_packet_is_reported_again),
		cmocka_unit_test(a_jump_starts_anew_and_old_numbers_are_ignored),
		cmocka_unit_test(arrivals_too_far_apart_go_into_two_reports),
		cmocka_unit_test(a_report_that_does_not_fit_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
