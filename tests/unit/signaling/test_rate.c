/* How often somebody may ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "signaling/io/rate.h"
#include "tests/support/oom.h"

static struct rs_rand rand_state;

static struct rate *make(uint32_t per_second, uint32_t burst, size_t keys)
{
	const struct rate_limits limits = { per_second, burst, keys };
	struct rate *rate = NULL;
	rs_rand_init_seed(&rand_state, 7);
	assert_int_equal(rate_new(&limits, &rand_state, &rate), 0);
	return rate;
}

static uint32_t take(struct rate *rate, const char *key, rs_time now)
{
	return rate_take(rate, key, strlen(key), 1, now);
}

static void a_burst_is_let_through_and_then_the_rate(void **state)
{
	struct rate *rate = make(10, 3, 8);
	assert_int_equal(take(rate, "a", 0), 0);
	assert_int_equal(take(rate, "a", 0), 0);
	assert_int_equal(take(rate, "a", 0), 0);
	assert_int_equal(take(rate, "a", 0), 1);
	assert_int_equal(take(rate, "a", RS_MS(99)), 1);
	assert_int_equal(take(rate, "a", RS_MS(101)), 0);
	assert_int_equal(take(rate, "a", RS_MS(150)), 1);
	assert_int_equal(take(rate, "a", RS_SEC(100)), 0);
	rate_free(rate);
}

static void keys_do_not_pay_for_each_other(void **state)
{
	struct rate *rate = make(1, 1, 8);
	assert_int_equal(take(rate, "a", 0), 0);
	assert_int_equal(take(rate, "b", 0), 0);
	assert_int_equal(take(rate, "a", 0), 1);
	assert_int_equal(take(rate, "b", 0), 1);
	rate_free(rate);
}

static void what_costs_more_waits_longer_and_takes_nothing_in_vain(void **state)
{
	struct rate *rate = make(2, 10, 8);
	assert_int_equal(rate_take(rate, "a", 1, 10, 0), 0);
	assert_int_equal(rate_take(rate, "a", 1, 10, 0), 5);
	assert_int_equal(rate_take(rate, "a", 1, 99, 0), 5); /* never more than a burst */
	assert_int_equal(rate_take(rate, "a", 1, 4, RS_SEC(2)), 0);
	rate_free(rate);
}

static void the_quiet_are_forgotten_and_strangers_share_when_it_is_full(void **state)
{
	struct rate *rate = make(1, 2, 2);
	assert_int_equal(take(rate, "a", 0), 0);
	assert_int_equal(take(rate, "b", 0), 0);
	assert_int_equal(take(rate, "c", 0), 0);
	assert_int_equal(take(rate, "d", 0), 0);
	assert_int_equal(rate_count(rate), 2);
	assert_int_equal(take(rate, "e", 0), 1); /* c and d had the two */
	assert_int_equal(take(rate, "a", 0), 0); /* is no stranger */
	assert_int_equal(take(rate, "f", RS_SEC(5)), 0);
	assert_int_equal(rate_count(rate), 1);
	rate_free(rate);
}

static void a_clock_that_stands_or_goes_back_gives_nothing(void **state)
{
	struct rate *rate = make(100, 1, 2);
	assert_int_equal(take(rate, "a", RS_SEC(10)), 0);
	assert_int_equal(take(rate, "a", RS_SEC(5)), 1);
	rate_free(rate);
}

static int make_and_use(void *ctx)
{
	(void)ctx;
	const struct rate_limits limits = { 1, 1, 4 };
	struct rate *rate = NULL;
	const int err = rate_new(&limits, &rand_state, &rate);
	if (err < 0)
		return err;
	/* Out of memory, all are strangers: nobody goes free. */
	uint32_t refused = 0;
	for (int i = 0; i < 3; i++)
		refused += take(rate, "a", 0);
	rate_free(rate);
	assert_in_range(refused, 1, 2);
	return refused == 2 ? 0 : -ENOMEM; /* it came to a bucket of its own later */
}

static void it_survives_want_of_memory(void **state)
{
	rs_rand_init_seed(&rand_state, 7);
	check_oom(make_and_use, NULL);
}

static void limits_of_nothing_are_refused(void **state)
{
	static const struct rate_limits bad[] = { { 0, 1, 1 }, { 1, 0, 1 }, { 1, 1, 0 } };
	struct rate *rate = NULL;
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(rate_new(&bad[i], &rand_state, &rate), -EINVAL);
}

static void what_was_taken_for_nothing_comes_back(void **state)
{
	const struct rate_limits limits = { .per_second = 1, .burst = 10, .keys = 4 };
	struct rs_rand rand;
	struct rate *rate = NULL;
	(void)state;
	rs_rand_init_seed(&rand, 1);
	assert_int_equal(rate_new(&limits, &rand, &rate), 0);
	assert_int_equal(rate_take(rate, "a", 1, 10, 0), 0);
	rate_give(rate, "a", 1, 6, 0);
	assert_int_equal(rate_take(rate, "a", 1, 6, 0), 0);
	assert_int_equal(rate_take(rate, "a", 1, 1, 0), 1);
	rate_give(rate, "a", 1, 99, 0); /* never more than a burst */
	assert_int_equal(rate_take(rate, "a", 1, 10, 0), 0);
	assert_int_equal(rate_take(rate, "a", 1, 1, 0), 1);
	rate_free(rate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_taken_for_nothing_comes_back),
		cmocka_unit_test(a_burst_is_let_through_and_then_the_rate),
		cmocka_unit_test(keys_do_not_pay_for_each_other),
		cmocka_unit_test(what_costs_more_waits_longer_and_takes_nothing_in_vain),
		cmocka_unit_test(the_quiet_are_forgotten_and_strangers_share_when_it_is_full),
		cmocka_unit_test(a_clock_that_stands_or_goes_back_gives_nothing),
		cmocka_unit_test(it_survives_want_of_memory),
		cmocka_unit_test(limits_of_nothing_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
