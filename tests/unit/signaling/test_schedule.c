/* How long the interpreters last: their hours at the microphone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signaling/interpretation/schedule.h"
#include "tests/support/booths_kit.h"

#define HOUR_MS INT64_C(3600000)

static struct rules_interpretation three_hours(void)
{
	struct rules_interpretation rules = booths_rules;
	rules.desk_max_s = 3 * 3600;
	return rules;
}

static void a_turn_counts_while_it_lasts_and_afterwards(void **state)
{
	(void)state;
	struct booths *booths = booths_new(&booths_rules);
	assert_int_equal(schedule_used_ms(booths_desk(booths, "fr-1"), booths->wall_ms), 0);
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	booths_pass(booths, HOUR_MS / 2);
	assert_int_equal(
		schedule_used_ms(booths_desk(booths, "fr-1"), booths->wall_ms), HOUR_MS / 2);
	assert_int_equal(booths_live(booths, "fr-2", "fr"), VERDICT_OK);
	booths_pass(booths, HOUR_MS);
	assert_int_equal(
		schedule_used_ms(booths_desk(booths, "fr-1"), booths->wall_ms), HOUR_MS / 2);
	assert_int_equal(schedule_used_ms(booths_desk(booths, "fr-2"), booths->wall_ms), HOUR_MS);
	booths_free(booths);
}

/* Two desks of three hours each. */
static void a_booth_lasts_as_long_as_its_desks_have_hours_between_them(void **state)
{
	(void)state;
	const struct rules_interpretation rules = three_hours();
	struct booths *booths = booths_new(&rules);
	size_t booth;
	/* Who has not begun is not counted: not every booth works in every meeting. */
	assert_int_equal(schedule_ends_ms(booths->machine, booths->wall_ms, &booth), INT64_MAX);
	const int64_t began_ms = booths->wall_ms;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	booths_pass(booths, HOUR_MS);
	assert_int_equal(
		schedule_ends_ms(booths->machine, booths->wall_ms, &booth), began_ms + 6 * HOUR_MS);
	assert_string_equal(booths->machine->booths[booth].id, "fr");
	/* A pause puts it off. */
	assert_int_equal(booths_idle(booths, "fr-1"), VERDICT_OK);
	booths_pass(booths, HOUR_MS);
	assert_int_equal(
		schedule_ends_ms(booths->machine, booths->wall_ms, &booth), began_ms + 7 * HOUR_MS);
	booths_free(booths);
}

static void the_first_booth_that_is_used_up_counts(void **state)
{
	(void)state;
	const struct rules_interpretation rules = three_hours();
	struct booths *booths = booths_new(&rules);
	size_t booth;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "ar-1", "ar"), VERDICT_OK);
	booths_pass(booths, HOUR_MS);
	assert_int_equal(schedule_ends_ms(booths->machine, booths->wall_ms, &booth),
		booths->wall_ms + 2 * HOUR_MS);
	assert_string_equal(booths->machine->booths[booth].id, "ar");
	/* Past the end nothing is left, and never less than that. */
	booths_pass(booths, 4 * HOUR_MS);
	assert_int_equal(
		schedule_ends_ms(booths->machine, booths->wall_ms, &booth), booths->wall_ms);
	booths_free(booths);
}

static void without_hours_in_the_profile_nothing_ends(void **state)
{
	(void)state;
	struct rules_interpretation rules = three_hours();
	rules.desk_max_s = 0;
	struct booths *booths = booths_new(&rules);
	size_t booth;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	booths_pass(booths, HOUR_MS);
	assert_int_equal(schedule_ends_ms(booths->machine, booths->wall_ms, &booth), INT64_MAX);
	booths_free(booths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_turn_counts_while_it_lasts_and_afterwards),
		cmocka_unit_test(a_booth_lasts_as_long_as_its_desks_have_hours_between_them),
		cmocka_unit_test(the_first_booth_that_is_used_up_counts),
		cmocka_unit_test(without_hours_in_the_profile_nothing_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
