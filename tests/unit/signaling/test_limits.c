/* Speaking time: by category and group, computed from a segment, within a budget; and how long speakers waited. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/lists_kit.h"

static uint32_t allotted(struct floor *floor, const char *by, const struct floor_wish *wish)
{
	assert_int_equal(DO(floor, by, .kind = FLOOR_ASK, .wish = wish), VERDICT_OK);
	assert_int_equal(
		DO(floor, "chair", .kind = FLOOR_GIVE, .entry = floor->last_entry), VERDICT_OK);
	return floor->now.clock.allotted_ms / 1000;
}

static void limits_go_by_category_and_group(void **state)
{
	struct rules limited = rules;
	limited.limits.category_s[CATEGORY_NGO] = 120;
	limited.limits.group_s = 600;
	struct floor *floor = in_session(&limited);
	const struct floor_wish group = { .group = "G77" };
	assert_int_equal(allotted(floor, "m1", NULL), 300);
	assert_int_equal(allotted(floor, "n1", NULL), 120);
	assert_int_equal(allotted(floor, "n1", &group), 600);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_SET_LIMIT, .seconds = 60), VERDICT_OK);
	assert_int_equal(allotted(floor, "n1", NULL), 60);
	floor_free(floor);
}

static void a_limit_is_computed_from_the_time_of_the_segment(void **state)
{
	struct rules bounded = rules;
	bounded.limits.least_s = 90;
	bounded.limits.most_s = 200;
	struct floor *floor = in_session(&bounded);
	struct floor_wish until = { .until_ms = now + 1000 * 1000 };
	assert_int_equal(
		DO(floor, "chair", .kind = FLOOR_SET_LIMIT, .wish = &until), VERDICT_NOT_ON_LIST);
	for (const char *by = "ABCDEFG"; *by != '\0'; by++)
		ASK(floor, ((const char[]){ *by, '\0' }));
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_SET_LIMIT, .wish = &until), VERDICT_OK);
	assert_int_equal(events.list[0].allotted_ms, 140000); /* 142 s each, rounded down */
	until.until_ms = now + 7 * 1000 * 1000;
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_SET_LIMIT, .wish = &until), VERDICT_OK);
	assert_int_equal(events.list[0].allotted_ms, 200000);
	until.until_ms = now - 1;
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_SET_LIMIT, .wish = &until), VERDICT_OK);
	assert_int_equal(events.list[0].allotted_ms, 90000);
	floor_free(floor);
}

static void a_category_shares_a_budget(void **state)
{
	struct floor *floor = in_session(&rules);
	const struct floor_wish ngo = { .category = CATEGORY_NGO };
	const struct floor_budget *budget = &floor->items[1].budgets[CATEGORY_NGO];
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_SET_BUDGET, .seconds = 400, .wish = &ngo),
		VERDICT_OK);
	assert_int_equal(allotted(floor, "n1", NULL), 300);
	now += 250000;
	/* A point of order stops the clock; nothing is charged for it. */
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_RAISE_POINT), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_HEAR_POINT, .entry = floor->last_entry),
		VERDICT_OK);
	now += 60000;
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_RULE), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_SETTLE), VERDICT_OK);
	assert_int_equal(allotted(floor, "m1", NULL), 300);
	assert_int_equal(floor_budget_left(budget), 150000);
	assert_int_equal(allotted(floor, "n2", NULL), 150);
	now += 200000;
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_TAKE), VERDICT_OK);
	assert_int_equal(floor_budget_left(budget), 0);
	ASK(floor, "n3");
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = floor->last_entry),
		VERDICT_NO_TIME_LEFT);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_SET_BUDGET, .wish = &ngo), VERDICT_OK);
	assert_int_equal(
		DO(floor, "chair", .kind = FLOOR_GIVE, .entry = floor->last_entry), VERDICT_OK);
	floor_free(floor);
}

static void waiting_is_counted_for_the_room_and_for_the_others(void **state)
{
	struct floor *floor = in_session(&rules);
	ASK(floor, "r1");
	ASK(floor, "m1");
	now += 30000;
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = 1), VERDICT_OK);
	now += 60000;
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = 2), VERDICT_OK);
	assert_int_equal(floor->waited[true].n, 1);
	assert_int_equal(floor->waited[true].sum_ms, 30000);
	assert_int_equal(floor->waited[false].sum_ms, 90000);
	floor_free(floor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_go_by_category_and_group),
		cmocka_unit_test(a_limit_is_computed_from_the_time_of_the_segment),
		cmocka_unit_test(a_category_shares_a_budget),
		cmocka_unit_test(waiting_is_counted_for_the_room_and_for_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
