/* The parts of the estimate, each by itself; the whole is in test_bandwidth.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sfu/bwe/estimator.h"
#include "sfu/bwe/pacer.h"

/* ---- pacer ---- */

static void a_burst_goes_at_once_and_the_rest_at_the_rate(void **state)
{
	struct pacer pacer;
	unsigned sent = 0;

	pacer_init(&pacer, 1000000, 0);
	for (rs_time now = 0; now < RS_SEC(1); now += RS_MS(1))
		for (; pacer_may_send(&pacer, now); sent++)
			pacer_spend(&pacer, 1000, now);
	assert_in_range(sent, 125, 130); /* 1 Mbit/s, and 25 ms of it at once */
}

static void nothing_goes_at_rate_nought_until_a_rate_is_set(void **state)
{
	struct pacer pacer;

	pacer_init(&pacer, 0, 0);
	assert_false(pacer_may_send(&pacer, RS_SEC(1)));
	assert_true(pacer_deadline(&pacer) == RS_TIME_NEVER);
	pacer_set(&pacer, 80000, RS_SEC(1));
	assert_true(pacer_may_send(&pacer, RS_SEC(1)));
}

static void the_deadline_is_when_the_next_may_go(void **state)
{
	struct pacer pacer;

	pacer_init(&pacer, 800000, 0);
	while (pacer_may_send(&pacer, 0))
		pacer_spend(&pacer, 1000, 0);
	const rs_time deadline = pacer_deadline(&pacer);
	assert_true(deadline > 0);
	assert_false(pacer_may_send(&pacer, deadline - 2));
	assert_true(pacer_may_send(&pacer, deadline));
}

static void sound_overdraws_but_not_without_bound(void **state)
{
	struct pacer pacer;

	pacer_init(&pacer, 80000, 0);
	for (unsigned i = 0; i < 1000; i++)
		pacer_spend(&pacer, 1000, 0);
	assert_true(pacer_deadline(&pacer) < RS_MS(300));
}

/* ---- rate ---- */

static void a_rate_is_that_of_half_a_second(void **state)
{
	struct rate rate;

	rate_init(&rate);
	assert_int_equal(rate_bps(&rate, 0), 0);
	for (rs_time now = 0; now < RS_SEC(2); now += RS_MS(10))
		rate_add(&rate, 1250, now);
	assert_in_range(rate_bps(&rate, RS_MS(1999)), 990000, 1010000);
	assert_in_range(rate_bps(&rate, RS_MS(2250)), 430000, 550000);
	assert_int_equal(rate_bps(&rate, RS_SEC(4)), 0);
	rate_add(&rate, 1250, RS_SEC(4));
	assert_int_equal(rate_bps(&rate, RS_SEC(4)), 100000); /* in at least 100 ms */
}

/* ---- probes ---- */

/* Of what is lost behind the last packet that came, no feedback tells; and if nothing else is sent, none comes at all. */
static void a_probe_whose_end_is_lost_is_judged_all_the_same(void **state)
{
	static struct estimator estimator;
	static struct twcc_feedback feedback = { .reference = 20 };
	rs_time now = RS_SEC(1);
	unsigned sent = 0;

	estimator_init(&estimator, true, now);
	estimator_want(&estimator, 1000000);
	feedback.base_seq = estimator_next(&estimator);
	for (; estimator.prober.phase != PROBER_WAITING; now += RS_MS(1)) {
		estimator_tick(&estimator, now);
		for (; estimator_probe_due(&estimator, now) > 0; sent++)
			(void)estimator_sent(&estimator, 250, now);
	}
	/* All but the last two came, the last feedback ever. */
	for (; feedback.n_packets < sent - 2; feedback.n_packets++)
		feedback.arrivals[feedback.n_packets] =
			(struct twcc_arrival){ .received = true, .delta = 12 };
	estimator_feedback(&estimator, &feedback, now + RS_MS(60));
	assert_int_equal(estimator.cause, ESTIMATOR_STARTED);
	for (const rs_time end = now + RS_MS(1200); now < end; now += RS_MS(10))
		estimator_tick(&estimator, now);
	assert_int_equal(estimator.cause, ESTIMATOR_PROBED);
	assert_true(estimator.bps > ESTIMATOR_START_BPS);
}

/* ---- loss ---- */

struct lossy {
	struct trial trial;
	rs_time now;
	uint32_t bps;
	unsigned cuts, raises;
};

/* Packets of 1000 octets at the rate of the estimate; `lost` of each ten do not come. */
static void over(struct lossy *lossy, rs_time time, unsigned lost)
{
	unsigned i = 0;

	for (const rs_time end = lossy->now + time; lossy->now < end; i++) {
		uint32_t bps;
		trial_add(&lossy->trial, lossy->now, 1000, i * 7 % 10 < lost);
		switch (trial_judge(
			&lossy->trial, lossy->bps, false, RS_MS(100), lossy->now, &bps)) {
		case TRIAL_KEEP:
			break;
		case TRIAL_CUT:
			lossy->cuts++;
			lossy->bps = bps;
			break;
		case TRIAL_RAISE:
			lossy->raises++;
			lossy->bps = bps;
			break;
		}
		lossy->now += (rs_time)8000 * 1000000 / lossy->bps;
	}
}

static void loss_that_a_cut_does_not_change_is_the_lines_own(void **state)
{
	struct lossy lossy = { .bps = 1000000 };

	trial_init(&lossy.trial);
	over(&lossy, RS_SEC(5), 0);
	over(&lossy, RS_SEC(10), 3);
	assert_int_equal(lossy.cuts, 1);
	assert_int_equal(lossy.raises, 1);
	assert_int_equal(lossy.bps, 1000000);
	assert_true(trial_own(&lossy.trial) > 0.25 && trial_own(&lossy.trial) < 0.35);
	over(&lossy, RS_SEC(10), 0); /* the line is better again */
	assert_true(trial_own(&lossy.trial) < 0.05);
}

static void a_line_that_loses_everything_is_not_taken_for_one_that_does(void **state)
{
	struct lossy lossy = { .bps = 1000000 };

	trial_init(&lossy.trial);
	over(&lossy, RS_SEC(30), 10);
	assert_true(trial_own(&lossy.trial) <= 0.8);
}

static void loss_that_goes_with_a_cut_was_ours(void **state)
{
	struct lossy lossy = { .bps = 1000000 };

	trial_init(&lossy.trial);
	over(&lossy, RS_SEC(5), 0);
	for (unsigned i = 0; i < 40 && lossy.cuts == 0; i++)
		over(&lossy, RS_MS(100), 5);
	assert_int_equal(lossy.cuts, 1);
	assert_in_range(lossy.bps, 400000, 550000); /* what came through */
	over(&lossy, RS_SEC(5), 0);
	assert_int_equal(lossy.raises, 0);
	assert_true(trial_own(&lossy.trial) < 0.02);
}

/* ---- receivers without transport-wide feedback ---- */

static void reports_of_no_loss_keep_the_estimate_and_loss_of_our_making_cuts_it(void **state)
{
	static struct estimator estimator;
	uint32_t highest = 0;
	int32_t lost = 0;
	uint32_t least = UINT32_MAX;
	rs_time now = 0;

	estimator_init(&estimator, false, 0);
	assert_int_equal(estimator_bps(&estimator), ESTIMATOR_START_REPORTS_BPS);
	for (; now < RS_SEC(30); now += RS_MS(5)) {
		(void)estimator_sent(&estimator, 1000, now);
		highest++;
		if (now > RS_SEC(10) && now < RS_SEC(14) && highest % 2 == 0)
			lost++;
		if (now % RS_SEC(1) == 0)
			estimator_report(&estimator, highest, lost, now);
		if (now == RS_SEC(10))
			assert_int_equal(estimator_bps(&estimator), ESTIMATOR_START_REPORTS_BPS);
		least = estimator_bps(&estimator) < least ? estimator_bps(&estimator) : least;
	}
	assert_true(least < 1000000);
	assert_true(estimator_bps(&estimator) > least);
}

static void what_a_receiver_says_of_itself_bounds_the_estimate_for_a_while(void **state)
{
	static struct estimator estimator;

	estimator_init(&estimator, false, 0);
	estimator_remb(&estimator, 500000, 0);
	assert_int_equal(estimator_bps(&estimator), 500000);
	estimator_report(&estimator, 1, 0, RS_SEC(9));
	assert_int_equal(estimator_bps(&estimator), 500000);
	estimator_report(&estimator, 2, 0, RS_SEC(11));
	assert_int_equal(estimator_bps(&estimator), ESTIMATOR_START_REPORTS_BPS);
	estimator_init(&estimator, true, 0);
	estimator_remb(&estimator, 50000, 0);
	assert_int_equal(estimator_bps(&estimator), ESTIMATOR_START_BPS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_goes_at_once_and_the_rest_at_the_rate),
		cmocka_unit_test(nothing_goes_at_rate_nought_until_a_rate_is_set),
		cmocka_unit_test(the_deadline_is_when_the_next_may_go),
		cmocka_unit_test(sound_overdraws_but_not_without_bound),
		cmocka_unit_test(a_rate_is_that_of_half_a_second),
		cmocka_unit_test(a_probe_whose_end_is_lost_is_judged_all_the_same),
		cmocka_unit_test(loss_that_a_cut_does_not_change_is_the_lines_own),
		cmocka_unit_test(a_line_that_loses_everything_is_not_taken_for_one_that_does),
		cmocka_unit_test(loss_that_goes_with_a_cut_was_ours),
		cmocka_unit_test(
			reports_of_no_loss_keep_the_estimate_and_loss_of_our_making_cuts_it),
		cmocka_unit_test(what_a_receiver_says_of_itself_bounds_the_estimate_for_a_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
