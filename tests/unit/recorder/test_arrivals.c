/* What is heard and seen where sound arrived late. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "recorder/programme/arrivals.h"

static struct script_segment segments[] = {
	{ .name = "room-1", .delivered = true },
	{ .name = "room-2", .delivered = true },
};
static const struct script_show shows[] = { { "room-1", 0 }, { "KEN", 1500 }, { "", 6000 },
	{ "FRA", 9000 } };
static const struct script script = { .segments = segments,
	.n_segments = 2,
	.shows = (struct script_show *)(uintptr_t)shows,
	.n_shows = 4 };

static void say(struct arrivals *arrivals, size_t segment, int64_t from_ms, int64_t to_ms)
{
	for (int64_t at = from_ms; at < to_ms; at += 20)
		assert_int_equal(arrivals_add(arrivals, segment, at, 20), 0);
}

static void the_floor_gives_way_from_the_first_packet_to_the_last(void **state)
{
	struct arrivals arrivals = { .n = 0 };
	say(&arrivals, 0, 1000, 2000);
	say(&arrivals, 0, 2400, 3000); /* a pause */
	say(&arrivals, 0, 4000, 5000);
	arrivals_settle(&arrivals);
	assert_int_equal(arrivals.n, 2);
	assert_true(arrivals_heard(&arrivals, ARRIVALS_FLOOR, 980));
	assert_false(arrivals_heard(&arrivals, ARRIVALS_FLOOR, 995)); /* it would reach into it */
	assert_true(arrivals_heard(&arrivals, 0, 1000));
	assert_false(arrivals_heard(&arrivals, ARRIVALS_FLOOR, 2200));
	assert_true(arrivals_heard(&arrivals, 0, 2980));
	assert_false(arrivals_heard(&arrivals, ARRIVALS_FLOOR, 2980));
	assert_true(arrivals_heard(&arrivals, ARRIVALS_FLOOR, 3000));
	assert_true(arrivals_heard(&arrivals, ARRIVALS_FLOOR, 3500));
	assert_false(arrivals_heard(&arrivals, ARRIVALS_FLOOR, 4500));
	assert_true(arrivals_heard(&arrivals, ARRIVALS_FLOOR, 5000));
	assert_true(arrivals_heard(&arrivals, ARRIVALS_FLOOR, 99000));
	arrivals_done(&arrivals);
}

static void of_two_rooms_who_began_first_is_heard_to_the_end(void **state)
{
	struct arrivals arrivals = { .n = 0 };
	say(&arrivals, 1, 2000, 4000);
	say(&arrivals, 0, 1000, 3000);
	arrivals_settle(&arrivals);
	assert_true(arrivals_heard(&arrivals, 0, 2500));
	assert_false(arrivals_heard(&arrivals, 1, 2500));
	assert_false(arrivals_heard(&arrivals, 0, 3000));
	assert_true(arrivals_heard(&arrivals, 1, 3000));
	assert_false(arrivals_heard(&arrivals, ARRIVALS_FLOOR, 3980));
	arrivals_done(&arrivals);
}

static void the_camera_of_who_is_heard_is_seen_and_then_who_was(void **state)
{
	static const struct script_show expected[] = { { "room-1", 0 }, { "KEN", 3000 },
		{ "room-2", 5000 }, { "", 7000 }, { "FRA", 9000 } };
	struct arrivals arrivals = { .n = 0 };
	struct script_show *list;
	size_t n;
	say(&arrivals, 0, 1000, 3000);
	say(&arrivals, 1, 5000, 7000);
	arrivals_settle(&arrivals);
	assert_int_equal(arrivals_shows(&arrivals, &script, &list, &n), 0);
	assert_int_equal(n, RS_ARRAY_LEN(expected));
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(list[i].source, expected[i].source);
		assert_int_equal(list[i].t_ms, expected[i].t_ms);
	}
	rs_release(list);
	arrivals_done(&arrivals);
}

static void without_any_all_is_as_it_was(void **state)
{
	struct arrivals arrivals = { .n = 0 };
	struct script_show *list;
	size_t n;
	arrivals_settle(&arrivals);
	assert_true(arrivals_heard(&arrivals, ARRIVALS_FLOOR, 0));
	assert_false(arrivals_heard(&arrivals, 0, 0));
	assert_int_equal(arrivals_shows(&arrivals, &script, &list, &n), 0);
	assert_int_equal(n, RS_ARRAY_LEN(shows));
	assert_memory_equal(list, shows, sizeof(shows));
	rs_release(list);
	arrivals_done(&arrivals);
}

static void there_is_a_limit(void **state)
{
	struct arrivals arrivals = { .n = 0 };
	for (int64_t i = 0; i < ARRIVALS_MAX; i++)
		assert_int_equal(arrivals_add(&arrivals, 0, 1000 * i, 20), 0);
	assert_int_equal(arrivals_add(&arrivals, 0, INT64_C(1000) * ARRIVALS_MAX, 20), -E2BIG);
	assert_int_equal(arrivals.n, ARRIVALS_MAX);
	arrivals_done(&arrivals);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_floor_gives_way_from_the_first_packet_to_the_last),
		cmocka_unit_test(of_two_rooms_who_began_first_is_heard_to_the_end),
		cmocka_unit_test(the_camera_of_who_is_heard_is_seen_and_then_who_was),
		cmocka_unit_test(without_any_all_is_as_it_was),
		cmocka_unit_test(there_is_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
