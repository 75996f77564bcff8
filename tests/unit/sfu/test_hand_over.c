/* What crosses from thread to thread: records in a ring, orders to all. */
#include "sfu/io/orders.h"
#include "sfu/io/ring.h"
#include "tests/support/oom.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SIZE 256

static struct ring *ring_of(size_t octets)
{
	struct ring *ring = NULL;
	assert_int_equal(ring_new(octets, &ring), 0);
	return ring;
}

static bool push(struct ring *ring, const void *data, size_t len)
{
	const struct ring_part part = { data, len };
	return ring_push(ring, &part, 1);
}

/* ---- ring ---- */

static void a_ring_is_a_power_of_two(void **state)
{
	struct ring *ring = NULL;
	assert_int_equal(ring_new(0, &ring), -EINVAL);
	assert_int_equal(ring_new(32, &ring), -EINVAL);
	assert_int_equal(ring_new(100, &ring), -EINVAL);
}

static void parts_come_out_as_one_record(void **state)
{
	struct ring *ring = ring_of(SIZE);
	const struct ring_part parts[] = { { "abc", 3 }, { NULL, 0 }, { "defg", 4 } };
	assert_true(ring_is_empty(ring));
	assert_true(ring_push(ring, parts, 3));
	assert_false(ring_is_empty(ring));
	size_t len = 0;
	const void *record = ring_next(ring, ring_mark(ring), &len);
	assert_non_null(record);
	assert_int_equal(len, 7);
	assert_memory_equal(record, "abcdefg", 7);
	assert_int_equal((uintptr_t)record % 8, 0);
	ring_pop(ring);
	assert_true(ring_is_empty(ring));
	assert_null(ring_next(ring, ring_mark(ring), &len));
	ring_free(ring);
}

static void what_came_after_the_mark_waits(void **state)
{
	struct ring *ring = ring_of(SIZE);
	assert_true(push(ring, "one", 4));
	const uint64_t mark = ring_mark(ring);
	assert_true(push(ring, "two", 4));
	size_t len = 0;
	assert_string_equal(ring_next(ring, mark, &len), "one");
	ring_pop(ring);
	assert_null(ring_next(ring, mark, &len));
	assert_string_equal(ring_next(ring, ring_mark(ring), &len), "two");
	ring_free(ring);
}

static void a_full_ring_refuses_until_there_is_room(void **state)
{
	struct ring *ring = ring_of(SIZE);
	uint8_t data[24] = { 0 };
	for (uint8_t i = 0; i < SIZE / 32; i++) {
		data[0] = i;
		assert_true(push(ring, data, sizeof(data)));
	}
	assert_false(push(ring, data, 1));
	size_t len = 0;
	const uint8_t *record = ring_next(ring, ring_mark(ring), &len);
	assert_int_equal(record[0], 0);
	assert_false(push(ring, data, sizeof(data))); /* looked at is not given back */
	ring_pop(ring);
	data[0] = 99;
	assert_true(push(ring, data, sizeof(data)));
	assert_false(push(ring, data, 1));
	for (int i = 1; i < SIZE / 32; i++) {
		record = ring_next(ring, ring_mark(ring), &len);
		assert_int_equal(record[0], i);
		ring_pop(ring);
	}
	record = ring_next(ring, ring_mark(ring), &len);
	assert_int_equal(record[0], 99);
	ring_free(ring);
}

static void a_record_longer_than_half_the_ring_is_refused(void **state)
{
	struct ring *ring = ring_of(SIZE);
	const uint8_t data[SIZE] = { 0 };
	assert_true(push(ring, data, SIZE / 2 - 8));
	assert_false(push(ring, data, SIZE / 2 - 7));
	ring_free(ring);
}

static void a_record_that_would_cross_the_end_begins_anew(void **state)
{
	uint8_t data[120];
	for (size_t each = 1; each <= sizeof(data); each++) {
		struct ring *ring = ring_of(SIZE);
		for (int round = 0; round < 64; round++) {
			memset(data, round, each);
			assert_true(push(ring, data, each));
			size_t len = 0;
			const uint8_t *record = ring_next(ring, ring_mark(ring), &len);
			assert_non_null(record);
			assert_int_equal(len, each);
			assert_memory_equal(record, data, each);
			ring_pop(ring);
		}
		assert_true(ring_is_empty(ring));
		ring_free(ring);
	}
}

#define RECORDS 200000

/* Records of changing length, each of one octet repeated; what finds no room is said again. */
static void *push_all(void *arg)
{
	struct ring *ring = arg;
	uint8_t data[100];
	for (uint32_t i = 0; i < RECORDS; i++) {
		memset(data, (int)(i & 0xff), sizeof(data));
		while (!push(ring, data, 1 + i % sizeof(data)))
			(void)sched_yield();
	}
	return NULL;
}

static void two_threads_lose_and_mix_nothing(void **state)
{
	struct ring *ring = ring_of(1024);
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, push_all, ring), 0);
	uint32_t taken = 0;
	uint32_t wrong = 0;
	while (taken < RECORDS) {
		size_t len = 0;
		const uint64_t mark = ring_mark(ring);
		const uint8_t *record = NULL;
		while ((record = ring_next(ring, mark, &len)) != NULL) {
			wrong += len != 1 + taken % 100;
			for (size_t i = 0; i < len; i++)
				wrong += record[i] != (taken & 0xff);
			ring_pop(ring);
			taken++;
		}
		(void)sched_yield();
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(wrong, 0);
	assert_true(ring_is_empty(ring));
	ring_free(ring);
}

static int make_ring(void *ctx)
{
	struct ring *ring = NULL;
	const int err = ring_new(SIZE, &ring);
	ring_free(ring);
	return err;
}

/* ---- orders ---- */

static struct orders *orders_of(size_t most, unsigned readers)
{
	struct orders *orders = NULL;
	assert_int_equal(orders_new(most, readers, &orders), 0);
	return orders;
}

static void put(struct orders *orders, const char *text)
{
	const struct order order = { .kind = ORDER_PEER_SET, .text = rs_strdup(text) };
	assert_int_equal(orders_put(orders, &order), 0);
}

static void every_reader_gets_every_order_in_its_own_time(void **state)
{
	struct orders *orders = orders_of(4, 2);
	assert_true(orders_are_done(orders));
	put(orders, "a");
	put(orders, "b");
	assert_string_equal(orders_next(orders, 0)->text, "a");
	assert_string_equal(orders_next(orders, 0)->text, "a"); /* until it is done */
	orders_pop(orders, 0);
	assert_string_equal(orders_next(orders, 0)->text, "b");
	orders_pop(orders, 0);
	assert_null(orders_next(orders, 0));
	assert_false(orders_are_done(orders));
	assert_int_equal(orders_done(orders), 0);
	assert_string_equal(orders_next(orders, 1)->text, "a");
	orders_pop(orders, 1);
	assert_string_equal(orders_next(orders, 1)->text, "b");
	orders_pop(orders, 1);
	assert_true(orders_are_done(orders));
	orders_free(orders);
}

static void the_slowest_reader_bounds_the_list(void **state)
{
	struct orders *orders = orders_of(2, 2);
	put(orders, "a");
	put(orders, "b");
	assert_int_equal(orders_room(orders), 0);
	const struct order third = { .kind = ORDER_STATS };
	const struct order late = { .kind = ORDER_PEER_SET, .text = rs_strdup("late") };
	assert_int_equal(orders_put(orders, &late), -E2BIG);
	orders_pop(orders, 0);
	assert_int_equal(orders_put(orders, &third), -E2BIG);
	orders_pop(orders, 1);
	assert_int_equal(orders_room(orders), 1);
	assert_int_equal(orders_put(orders, &third), 0);
	assert_string_equal(orders_next(orders, 1)->text, "b");
	orders_pop(orders, 1);
	assert_null(orders_next(orders, 1)->text);
	assert_int_equal(orders_next(orders, 1)->kind, ORDER_STATS);
	orders_free(orders);
}

static void orders_for_nobody_or_of_no_room_are_refused(void **state)
{
	struct orders *orders = NULL;
	assert_int_equal(orders_new(0, 1, &orders), -EINVAL);
	assert_int_equal(orders_new(1, 0, &orders), -EINVAL);
}

static int make_orders(void *ctx)
{
	struct orders *orders = NULL;
	int err = orders_new(2, 2, &orders);
	if (err == 0) {
		const struct order order = { .kind = ORDER_PEER_SET, .text = rs_strdup("x") };
		err = order.text != NULL ? orders_put(orders, &order) : -ENOMEM;
	}
	orders_free(orders);
	return err;
}

static void failing_memory_leaves_nothing_behind(void **state)
{
	check_oom(make_ring, NULL);
	check_oom(make_orders, NULL);
}

static int nothing_is_left(void **state)
{
	return rs_mem_alive() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ring_is_a_power_of_two),
		cmocka_unit_test(parts_come_out_as_one_record),
		cmocka_unit_test(what_came_after_the_mark_waits),
		cmocka_unit_test(a_full_ring_refuses_until_there_is_room),
		cmocka_unit_test(a_record_longer_than_half_the_ring_is_refused),
		cmocka_unit_test(a_record_that_would_cross_the_end_begins_anew),
		cmocka_unit_test(two_threads_lose_and_mix_nothing),
		cmocka_unit_test(every_reader_gets_every_order_in_its_own_time),
		cmocka_unit_test(the_slowest_reader_bounds_the_list),
		cmocka_unit_test(orders_for_nobody_or_of_no_room_are_refused),
		cmocka_unit_test(failing_memory_leaves_nothing_behind),
	};
	return cmocka_run_group_tests(tests, NULL, nothing_is_left);
}
