/* Relay: what desks hear, how deep a channel is, auto-relay; nobody hears themselves, and who loses the pivot is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/booths_kit.h"

static size_t depth(const struct booths *booths, size_t channel)
{
	size_t chain[MEETING_CHANNELS_MAX];
	return interpretation_chain(booths->machine, channel, chain);
}

static int hears(const struct booths *booths, const char *badge)
{
	return interpretation_hears(booths->machine, booths_desk(booths, badge));
}

static void depth_counts_from_the_floor(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	size_t chain[MEETING_CHANNELS_MAX];
	(void)state;
	assert_int_equal(depth(booths, FR), 0);
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(depth(booths, FR), 1);
	assert_int_equal(booths_source(booths, "es-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "es-1", "es"), VERDICT_OK);
	assert_int_equal(interpretation_chain(booths->machine, ES, chain), 2);
	assert_int_equal(chain[0], FR);
	assert_int_equal(chain[1], ES);
	/* French is spoken: the channel passes the floor, and so the other is one away from it. */
	assert_int_equal(booths_language(booths, "fr"), VERDICT_OK);
	assert_int_equal(depth(booths, FR), 0);
	assert_int_equal(depth(booths, ES), 1);
	booths_free(booths);
}

static void a_source_is_one_of_the_channels_or_the_floor(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_source(booths, "fr-1", "floor"), VERDICT_ALREADY_SO);
	assert_int_equal(booths_source(booths, "fr-1", "tlh"), VERDICT_NO_SUCH_CHANNEL);
	assert_int_equal(booths_source(booths, "fr-1", "es"), VERDICT_OK);
	assert_int_equal(hears(booths, "fr-1"), ES);
	assert_int_equal(booths_source(booths, "fr-1", "es"), VERDICT_ALREADY_SO);
	assert_int_equal(booths_source(booths, "fr-1", "floor"), VERDICT_OK);
	assert_int_equal(hears(booths, "fr-1"), INTERPRETATION_NONE);
	booths_free(booths);
}

static void nobody_chooses_to_hear_themselves(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_source(booths, "fr-1", "fr"), VERDICT_RELAY_CYCLE);
	assert_int_equal(booths_source(booths, "es-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "es-1", "es"), VERDICT_OK);
	assert_int_equal(booths_source(booths, "en-1", "es"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "en-1", "en"), VERDICT_OK);
	assert_int_equal(booths_source(booths, "fr-1", "es"), VERDICT_RELAY_CYCLE);
	assert_int_equal(booths_source(booths, "fr-1", "en"), VERDICT_RELAY_CYCLE);
	/* Who is idle may listen to anything. */
	assert_int_equal(booths_source(booths, "fr-2", "en"), VERDICT_OK);
	booths_free(booths);
}

static void a_desk_that_stands_by_counts_for_circles(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_language(booths, "fr"), VERDICT_OK);
	assert_int_equal(booths_source(booths, "fr-1", "en"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "en-1", "en"), VERDICT_OK);
	assert_int_equal(booths_source(booths, "en-1", "fr"), VERDICT_RELAY_CYCLE);
	booths_free(booths);
}

static void going_live_in_what_one_hears_falls_to_the_floor(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_source(booths, "es-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "es-1", "es"), VERDICT_OK);
	assert_int_equal(booths_source(booths, "fr-2", "es"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "fr-2", "fr"), VERDICT_OK);
	assert_int_equal(booths->events.n, 2);
	assert_int_equal(booths->events.list[0].kind, EVENT_DESK_SOURCE);
	assert_string_equal(booths->events.list[0].names, "fr-2");
	assert_int_equal(booths->events.list[0].cause, CAUSE_CYCLE);
	assert_int_equal(booths->events.list[1].kind, EVENT_DESK_LIVE);
	assert_int_equal(hears(booths, "fr-2"), INTERPRETATION_NONE);
	assert_int_equal(booths_desk(booths, "fr-2")->alarm.cause, CAUSE_CYCLE);
	booths_free(booths);
}

static void who_loses_the_pivot_falls_to_the_floor_and_is_alarmed(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_source(booths, "es-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_source(booths, "en-2", "fr"), VERDICT_OK);
	/* The partner takes over: that is no loss. */
	assert_int_equal(booths_live(booths, "fr-2", "fr"), VERDICT_OK);
	assert_int_equal(booths->events.n, 1);
	assert_int_equal(hears(booths, "es-1"), FR);

	assert_int_equal(booths_idle(booths, "fr-2"), VERDICT_OK);
	assert_int_equal(booths->events.n, 2);
	assert_int_equal(booths->events.list[1].kind, EVENT_DESK_SOURCE);
	assert_string_equal(booths->events.list[1].names, "en-2 es-1");
	assert_string_equal(booths->events.list[1].source, "floor");
	assert_int_equal(booths->events.list[1].cause, CAUSE_PIVOT);
	assert_int_equal(hears(booths, "es-1"), INTERPRETATION_NONE);
	assert_int_equal(booths_desk(booths, "es-1")->alarm.cause, CAUSE_PIVOT);
	assert_int_equal(booths_desk(booths, "es-1")->alarm.channel, FR);
	/* Seen to be so. */
	assert_int_equal(booths_source(booths, "es-1", "floor"), VERDICT_OK);
	assert_int_equal(booths_desk(booths, "es-1")->alarm.cause, CAUSE_NONE);
	booths_free(booths);
}

static void a_booth_that_works_into_another_language_is_the_floor_of_all_others(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "en"), VERDICT_OK);
	assert_int_equal(hears(booths, "es-1"), EN);
	assert_int_equal(interpretation_auto(booths->machine, booths_desk(booths, "es-1")), EN);
	assert_int_equal(hears(booths, "en-1"), EN);
	/* The booth itself, and who chose, hear what they heard. */
	assert_int_equal(hears(booths, "fr-1"), INTERPRETATION_NONE);
	assert_int_equal(hears(booths, "fr-2"), INTERPRETATION_NONE);
	assert_int_equal(booths_source(booths, "es-1", "fr"), VERDICT_OK);
	assert_int_equal(interpretation_auto(booths->machine, booths_desk(booths, "es-1")),
		INTERPRETATION_NONE);
	assert_int_equal(booths_source(booths, "es-1", "floor"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "es-1", "es"), VERDICT_OK);
	assert_int_equal(depth(booths, ES), 2);
	assert_int_equal(booths_idle(booths, "fr-1"), VERDICT_OK);
	assert_int_equal(depth(booths, ES), 1);
	booths_free(booths);
}

static void the_earliest_of_two_is_the_floor_of_the_others(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "en"), VERDICT_OK);
	booths->wall_ms++;
	/* Sweden's interpreter takes the channel: the floor of all booths (GA rule 53), the French too. */
	assert_int_equal(booths_live(booths, "swe-1", "en"), VERDICT_OK);
	assert_int_equal(hears(booths, "fr-1"), EN);
	assert_int_equal(hears(booths, "swe-1"), INTERPRETATION_NONE);
	booths_free(booths);
}

static void without_auto_relay_the_floor_is_the_floor(void **state)
{
	struct rules_interpretation rules = booths_rules;
	rules.auto_relay = false;
	struct booths *booths = booths_new(&rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "en"), VERDICT_OK);
	assert_int_equal(hears(booths, "es-1"), INTERPRETATION_NONE);
	booths_free(booths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depth_counts_from_the_floor),
		cmocka_unit_test(a_source_is_one_of_the_channels_or_the_floor),
		cmocka_unit_test(nobody_chooses_to_hear_themselves),
		cmocka_unit_test(a_desk_that_stands_by_counts_for_circles),
		cmocka_unit_test(going_live_in_what_one_hears_falls_to_the_floor),
		cmocka_unit_test(who_loses_the_pivot_falls_to_the_floor_and_is_alarmed),
		cmocka_unit_test(
			a_booth_that_works_into_another_language_is_the_floor_of_all_others),
		cmocka_unit_test(the_earliest_of_two_is_the_floor_of_the_others),
		cmocka_unit_test(without_auto_relay_the_floor_is_the_floor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
