/* Packets sent under transport-wide numbers, and what feedback says of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sfu/bwe/history.h"

static struct history history;

static int setup(void **state)
{
	history_init(&history);
	return 0;
}

/* A feedback on packets from `base`, one character each: '.' lost, a digit = received so many ms after the one before. */
static struct twcc_feedback told(uint16_t base, uint32_t reference, const char *packets)
{
	struct twcc_feedback feedback = { .base_seq = base, .reference = reference };

	for (; *packets != '\0'; packets++)
		feedback.arrivals[feedback.n_packets++] = (struct twcc_arrival){
			.received = *packets != '.',
			.delta = *packets != '.' ? (*packets - '0') * 4 : 0,
		};
	return feedback;
}

/* Walks over it; what came out goes to `out`. */
static size_t hear(const struct twcc_feedback *feedback, struct history_packet out[16])
{
	struct history_walk walk;
	size_t n = 0;

	history_walk_init(&history, feedback, &walk);
	while (n < 16 && history_next(&history, &walk, &out[n]) == 1)
		n++;
	return n;
}

static void send_some(unsigned n, rs_time from)
{
	for (unsigned i = 0; i < n; i++)
		(void)history_add(&history, 1000, 0, from + RS_MS(i)); /* numbers go up by one */
}

static void numbers_begin_at_one_and_wrap(void **state)
{
	assert_int_equal(history_add(&history, 100, 0, 0), 1);
	for (unsigned i = 2; i < 65536; i++)
		assert_int_equal(history_add(&history, 100, 0, i), i);
	assert_int_equal(history_add(&history, 100, 0, 0), 0);
	assert_int_equal(history_add(&history, 100, 0, 0), 1);
}

static void feedback_says_when_packets_arrived_and_which_are_lost(void **state)
{
	struct history_packet out[16];
	const struct twcc_feedback feedback = told(1, 10, "5.1");

	send_some(2, RS_MS(100));
	history_unnumbered(&history, 80, RS_MS(105));
	history_unnumbered(&history, 20, RS_MS(106));
	(void)history_add(&history, 500, 3, RS_MS(110));
	assert_int_equal(history_in_flight(&history), 2600);
	assert_int_equal(hear(&feedback, out), 3);

	assert_true(out[0].number == 1 && out[0].arrived && out[0].sent == RS_MS(100));
	assert_true(out[0].arrival == RS_MS(645));
	assert_int_equal(out[0].octets, 1000);
	assert_true(out[1].number == 2 && !out[1].arrived);
	assert_true(out[2].number == 3 && out[2].arrived && out[2].arrival == RS_MS(646));
	assert_int_equal(out[2].octets, 500);
	assert_int_equal(out[2].before, 100);
	assert_int_equal(out[2].cluster, 3);
	assert_int_equal(history_in_flight(&history), 0);
	assert_true(history_oldest(&history) == RS_TIME_NEVER);
}

static void what_was_told_lost_may_come_late_but_nothing_comes_twice(void **state)
{
	struct history_packet out[16];
	const struct twcc_feedback first = told(1, 10, "1.1");
	const struct twcc_feedback second = told(2, 10, "91");

	send_some(3, 0);
	assert_int_equal(hear(&first, out), 3);
	assert_int_equal(hear(&first, out), 0);
	assert_int_equal(hear(&second, out), 1);
	assert_true(out[0].number == 2 && out[0].arrived && out[0].was_lost);
	assert_int_equal(hear(&second, out), 0);
	assert_int_equal(history_in_flight(&history), 0);
}

static void a_feedback_that_got_lost_leaves_nothing_under_way(void **state)
{
	struct history_packet out[16];
	const struct twcc_feedback third = told(5, 10, "11");

	send_some(7, 0);
	assert_int_equal(hear(&third, out), 2);
	assert_int_equal(history_in_flight(&history), 1000);
	assert_true(history_oldest(&history) == RS_MS(6));
}

static void numbers_never_sent_or_long_forgotten_are_left_out(void **state)
{
	struct history_packet out[16];
	const struct twcc_feedback future = told(2, 10, "11");
	const struct twcc_feedback past = told(65535, 10, "11");
	const struct twcc_feedback old = told(1, 10, "11");

	send_some(1, 0);
	assert_int_equal(hear(&future, out), 0);
	assert_int_equal(hear(&past, out), 0);
	send_some(HISTORY_SIZE + 1, 0);
	assert_int_equal(hear(&old, out), 0);
	assert_int_equal(history_in_flight(&history), HISTORY_SIZE * 1000);
}

static void the_reference_time_wraps(void **state)
{
	struct history_packet out[16];
	const struct twcc_feedback before = told(1, 0xffffff, "1");
	const struct twcc_feedback after = told(2, 0, "1");

	send_some(2, 0);
	assert_int_equal(hear(&before, out), 1);
	const rs_time arrival = out[0].arrival;
	assert_int_equal(hear(&after, out), 1);
	assert_true(out[0].arrival - arrival == TWCC_REFERENCE_US);
}

static void another_path_forgets_what_is_under_way_and_goes_on_counting(void **state)
{
	struct history_packet out[16];
	const struct twcc_feedback feedback = told(1, 10, "1111");

	send_some(3, 0);
	history_forget(&history);
	assert_int_equal(history_in_flight(&history), 0);
	assert_int_equal(history_add(&history, 100, 0, 0), 4);
	assert_int_equal(hear(&feedback, out), 1);
	assert_int_equal(out[0].number, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(numbers_begin_at_one_and_wrap, setup),
		cmocka_unit_test_setup(
			feedback_says_when_packets_arrived_and_which_are_lost, setup),
		cmocka_unit_test_setup(
			what_was_told_lost_may_come_late_but_nothing_comes_twice, setup),
		cmocka_unit_test_setup(a_feedback_that_got_lost_leaves_nothing_under_way, setup),
		cmocka_unit_test_setup(numbers_never_sent_or_long_forgotten_are_left_out, setup),
		cmocka_unit_test_setup(the_reference_time_wraps, setup),
		cmocka_unit_test_setup(
			another_path_forgets_what_is_under_way_and_goes_on_counting, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
