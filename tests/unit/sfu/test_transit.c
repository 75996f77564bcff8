/* Time of packets through the server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sfu/io/transit.h"

#define WALL INT64_C(1795305600000000)

static void a_batch_counts_as_long_as_its_first_packet(void **state)
{
	struct transit transit = { .n_batches = 0 };
	rs_time packet, turn;

	transit_batch(&transit, WALL, 3);
	transit_batch(&transit, WALL + 300, 2);
	transit_turn(&transit, WALL + 400, RS_MS(5), RS_MS(5) + 350);
	assert_int_equal(transit.packets, 5);
	assert_int_equal(transit.counts[3], 3); /* 200 to 500 us */
	assert_int_equal(transit.counts[1], 2); /* 50 to 100 us */
	assert_int_equal(transit.sum_us, 3 * 400 + 2 * 100);
	transit_worst(&transit, &packet, &turn);
	assert_int_equal(packet, 400);
	assert_int_equal(turn, 350);
	transit_worst(&transit, &packet, &turn);
	assert_int_equal(packet, 0);
	assert_int_equal(turn, 0);
}

static void bounds_belong_to_the_bucket_below(void **state)
{
	struct transit transit = { .n_batches = 0 };

	for (size_t i = 0; i < TRANSIT_BUCKETS; i++) {
		transit_batch(&transit, WALL, 1);
		transit_turn(&transit, WALL + transit_bounds[i], 0, 0);
		assert_int_equal(transit.counts[i], 1);
	}
	transit_batch(&transit, WALL, 1);
	transit_turn(&transit, WALL + transit_bounds[TRANSIT_BUCKETS - 1] + 1, 0, 0);
	assert_int_equal(transit.counts[TRANSIT_BUCKETS], 1);
}

static void a_clock_that_was_set_and_a_packet_without_a_stamp_count_nothing(void **state)
{
	struct transit transit = { .n_batches = 0 };

	transit_batch(&transit, 0, 7);
	transit_batch(&transit, WALL, 7);
	transit_turn(&transit, WALL - 1, 0, 0);
	transit_batch(&transit, WALL, 7);
	transit_turn(&transit, WALL + RS_SEC(3600), 0, 0);
	assert_int_equal(transit.packets, 0);
}

static void more_batches_than_remembered_join_the_last(void **state)
{
	struct transit transit = { .n_batches = 0 };

	for (unsigned i = 0; i < TRANSIT_BATCHES + 5; i++)
		transit_batch(&transit, WALL, 2);
	transit_turn(&transit, WALL + 10, 0, 0);
	assert_int_equal(transit.counts[0], 2 * (TRANSIT_BATCHES + 5));
	transit_turn(&transit, WALL + 20, 0, 0);
	assert_int_equal(transit.packets, 2 * (TRANSIT_BATCHES + 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_counts_as_long_as_its_first_packet),
		cmocka_unit_test(bounds_belong_to_the_bucket_below),
		cmocka_unit_test(a_clock_that_was_set_and_a_packet_without_a_stamp_count_nothing),
		cmocka_unit_test(more_batches_than_remembered_join_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
