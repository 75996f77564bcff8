/* Who gets how much of a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sfu/bwe/allocation.h"

#define STEADY RS_SEC(3)

static struct allocation_slot slots[3];

static void give(
	struct allocation_slot *slot, unsigned priority, uint32_t a, uint32_t b, uint32_t c)
{
	const uint32_t bps[] = { a, b, c };

	allocation_slot_init(slot);
	slot->priority = priority;
	for (slot->n_rungs = 0; slot->n_rungs < 3 && bps[slot->n_rungs] > 0; slot->n_rungs++)
		slot->rungs[slot->n_rungs].bps = bps[slot->n_rungs];
}

/* Content, speaker and chair: three layers each, of 100, 400 and 1000 kbit/s. */
static int setup(void **state)
{
	for (unsigned i = 0; i < 3; i++)
		give(&slots[i], i, 100000, 400000, 1000000);
	return 0;
}

static void decide_for(uint32_t bps, rs_time from)
{
	(void)allocation_decide(slots, 3, bps, from);
	(void)allocation_decide(slots, 3, bps, from + STEADY);
}

static void every_picture_comes_before_any_grows_and_then_by_priority(void **state)
{
	static const struct {
		uint32_t bps;
		int rungs[3];
	} cases[] = {
		{ 5000000, { 2, 2, 2 } },
		{ 2000000, { 2, 1, 1 } },
		{ 1000000, { 1, 1, 0 } },
		{ 700000, { 1, 0, 0 } },
		{ 340000, { 0, 0, 0 } },
		{ 250000, { 0, 0, -1 } },
		{ 120000, { 0, -1, -1 } },
		{ 90000, { -1, -1, -1 } },
		{ 0, { -1, -1, -1 } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)setup(NULL);
		decide_for(cases[i].bps, 0);
		for (unsigned at = 0; at < 3; at++)
			assert_int_equal(slots[at].rung, cases[i].rungs[at]);
	}
}

static void priority_wins_over_the_order_of_the_list(void **state)
{
	slots[2].priority = 0;
	slots[0].priority = 2;
	decide_for(250000, 0);
	assert_int_equal(slots[2].rung, 0);
	assert_int_equal(slots[1].rung, 0);
	assert_int_equal(slots[0].rung, ALLOCATION_PAUSED);
	assert_int_equal(slots[0].reason, ALLOCATION_PAUSED_LINE);
	assert_int_equal(slots[2].reason, ALLOCATION_LINE);
}

static void down_is_at_once_and_up_takes_time(void **state)
{
	decide_for(5000000, 0);
	assert_int_equal(slots[2].rung, 2);
	assert_int_equal(slots[2].reason, ALLOCATION_FULL);
	(void)allocation_decide(slots, 3, 320000, RS_SEC(10));
	assert_int_equal(slots[0].rung, 0);
	assert_int_equal(slots[2].rung, 0);
	(void)allocation_decide(slots, 3, 5000000, RS_SEC(10) + RS_MS(100));
	assert_int_equal(slots[2].rung, 0);
	assert_int_equal(slots[2].reason, ALLOCATION_STEADYING);
	(void)allocation_decide(slots, 3, 5000000, RS_SEC(10) + RS_MS(1999));
	assert_int_equal(slots[2].rung, 0);
	(void)allocation_decide(slots, 3, 5000000, RS_SEC(10) + RS_MS(2000));
	assert_int_equal(slots[2].rung, 2);
}

static void room_that_comes_and_goes_raises_nothing(void **state)
{
	decide_for(320000, 0);
	for (rs_time now = RS_SEC(4); now < RS_SEC(8); now += RS_MS(600)) {
		(void)allocation_decide(slots, 3, 5000000, now);
		(void)allocation_decide(slots, 3, 320000, now + RS_MS(300));
	}
	assert_int_equal(slots[0].rung, 0);
}

static void growing_wants_room_to_spare_and_staying_does_not(void **state)
{
	allocation_slot_init(&slots[1]);
	slots[1].n_rungs = slots[2].n_rungs = 0;
	(void)allocation_decide(slots, 1, 430000, 0);
	(void)allocation_decide(slots, 1, 430000, STEADY);
	assert_int_equal(slots[0].rung, 0);
	(void)allocation_decide(slots, 1, 445000, STEADY);
	(void)allocation_decide(slots, 1, 445000, 2 * STEADY);
	assert_int_equal(slots[0].rung, 1);
	(void)allocation_decide(slots, 1, 390000, 3 * STEADY);
	assert_int_equal(slots[0].rung, 1);
	(void)allocation_decide(slots, 1, 370000, 4 * STEADY);
	assert_int_equal(slots[0].rung, 0);
}

static void a_source_that_goes_leaves_its_share(void **state)
{
	decide_for(2000000, 0);
	assert_int_equal(slots[1].rung, 1);
	slots[0].n_rungs = 0;
	decide_for(2000000, RS_SEC(20));
	assert_int_equal(slots[0].rung, ALLOCATION_PAUSED);
	assert_int_equal(slots[0].reason, ALLOCATION_NO_SOURCE);
	assert_int_equal(slots[1].rung, 2);
	assert_int_equal(slots[2].rung, 1);
}

static void what_would_be_best_is_told_for_probing(void **state)
{
	assert_int_equal(allocation_decide(slots, 3, 0, 0), 3300000);
	slots[1].n_rungs = 1;
	assert_int_equal(allocation_decide(slots, 3, 0, 0), 2310000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			every_picture_comes_before_any_grows_and_then_by_priority, setup),
		cmocka_unit_test_setup(priority_wins_over_the_order_of_the_list, setup),
		cmocka_unit_test_setup(down_is_at_once_and_up_takes_time, setup),
		cmocka_unit_test_setup(room_that_comes_and_goes_raises_nothing, setup),
		cmocka_unit_test_setup(growing_wants_room_to_spare_and_staying_does_not, setup),
		cmocka_unit_test_setup(a_source_that_goes_leaves_its_share, setup),
		cmocka_unit_test_setup(what_would_be_best_is_told_for_probing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
