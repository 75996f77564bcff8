/* Booths and desks: who is live where, who may take a channel from whom, what a channel carries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/booths_kit.h"
#include "tests/support/oom.h"

static void badges_sit_in_the_booth_of_their_file(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	const struct interpretation *machine = booths->machine;
	(void)state;
	/* Three are declared, ar is made for its interpreter, Sweden's has one of their own (GA rule 53). */
	assert_int_equal(machine->n_booths, 5);
	assert_string_equal(machine->booths[booths_desk(booths, "fr-2")->booth].id, "fr");
	assert_string_equal(machine->booths[booths_desk(booths, "es-1")->booth].id, "es");
	assert_string_equal(machine->booths[booths_desk(booths, "ar-1")->booth].id, "ar");
	assert_int_equal(booths_desk(booths, "ar-1")->output, AR);
	assert_string_equal(
		machine->booths[booths_desk(booths, "swe-1")->booth].id, "delegation-SWE");
	/* Languages beyond what the booth works into are no outputs; French comes first in the French booth. */
	assert_int_equal(booths_desk(booths, "fr-1")->outputs, 1 << EN | 1 << FR);
	assert_int_equal(booths_desk(booths, "fr-1")->output, FR);
	assert_int_equal(booths_desk(booths, "fr-2")->outputs, 1 << FR);
	assert_int_equal(booths_desk(booths, "en-2")->outputs, 1 << EN);
	assert_int_equal(booths_desk(booths, "swe-1")->output, EN);
	assert_null(interpretation_find(machine, "KEN"));
	booths_free(booths);
}

static void a_desk_goes_live_and_idle(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_idle(booths, "fr-1"), VERDICT_ALREADY_SO);
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths->events.list[0].cause, CAUSE_SELF);
	assert_string_equal(booths_owner(booths, FR), "fr-1");
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_ALREADY_SO);
	booths->wall_ms += 1000;
	assert_int_equal(booths_idle(booths, "fr-1"), VERDICT_OK);
	assert_string_equal(booths_owner(booths, FR), "");
	assert_int_equal(booths_desk(booths, "fr-1")->used_ms, 1000);
	booths_free(booths);
}

static void going_live_takes_the_channel_from_the_partner_in_one_event(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	booths->wall_ms += 500;
	assert_int_equal(booths_live(booths, "fr-2", "fr"), VERDICT_OK);
	assert_int_equal(booths->events.n, 1);
	assert_int_equal(booths->events.list[0].cause, CAUSE_PARTNER);
	assert_null(interpretation_live_in(booths->machine, "fr-1"));
	assert_int_equal(booths_desk(booths, "fr-1")->used_ms, 500);
	booths_free(booths);
}

static void a_desk_is_live_in_one_channel_at_a_time(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "fr-1", "en"), VERDICT_OK);
	assert_int_equal(booths->events.n, 2);
	assert_string_equal(booths_owner(booths, EN), "fr-1");
	assert_string_equal(booths_owner(booths, FR), "");
	booths_free(booths);
}

static void foreign_and_unknown_channels_are_refused(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-2", "en"), VERDICT_CHANNEL_NOT_YOURS);
	assert_int_equal(booths_live(booths, "KEN", "fr"), VERDICT_CHANNEL_NOT_YOURS);
	assert_int_equal(booths_live(booths, "fr-1", "tlh"), VERDICT_NO_SUCH_CHANNEL);
	booths_free(booths);
}

static void where_partners_are_asked_the_channel_is_not_taken(void **state)
{
	struct rules_interpretation rules = booths_rules;
	rules.handover_asks = true;
	struct booths *booths = booths_new(&rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "fr-2", "fr"), VERDICT_PARTNER_LIVE);
	/* A desk nothing comes from may be relieved at any time. */
	booths->silent = "fr-1";
	assert_int_equal(booths_live(booths, "fr-2", "fr"), VERDICT_OK);
	assert_int_equal(booths->events.list[0].cause, CAUSE_FORCED);
	booths_free(booths);
}

static void between_booths_the_profile_says_who_may_take_a_channel(void **state)
{
	static const struct {
		enum rules_interlock interlock;
		bool asks;
		enum verdict verdict;
	} cases[] = {
		{ RULES_INTERLOCK_OVERRIDE, true, VERDICT_OK },
		{ RULES_INTERLOCK_BUSY, false, VERDICT_CHANNEL_BUSY },
		{ RULES_INTERLOCK_NONE, false, VERDICT_OK },
		{ RULES_INTERLOCK_NONE, true, VERDICT_PARTNER_LIVE },
	};
	(void)state;
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		struct rules_interpretation rules = booths_rules;
		rules.interlock = cases[i].interlock;
		rules.handover_asks = cases[i].asks;
		struct booths *booths = booths_new(&rules);
		assert_int_equal(booths_live(booths, "en-1", "en"), VERDICT_OK);
		assert_int_equal(booths_live(booths, "fr-1", "en"), cases[i].verdict);
		if (cases[i].verdict == VERDICT_OK)
			assert_int_equal(booths->events.list[0].cause, CAUSE_OVERRIDE);
		booths_free(booths);
	}
}

static void the_cough_key_is_of_who_is_live(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_cough(booths, "fr-1", true), VERDICT_NOT_LIVE);
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_cough(booths, "fr-1", false), VERDICT_ALREADY_SO);
	assert_int_equal(booths_cough(booths, "fr-1", true), VERDICT_OK);
	assert_true(booths_desk(booths, "fr-1")->cough);
	/* The channel stays theirs, and does not fall to the floor for it. */
	assert_true(interpretation_carries(booths->machine, FR));
	assert_int_equal(booths_idle(booths, "fr-1"), VERDICT_OK);
	assert_false(booths_desk(booths, "fr-1")->cough);
	booths_free(booths);
}

static void an_output_is_chosen_while_idle(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_output(booths, "fr-1", "fr"), VERDICT_ALREADY_SO);
	assert_int_equal(booths_output(booths, "fr-1", "es"), VERDICT_CHANNEL_NOT_YOURS);
	assert_int_equal(booths_output(booths, "fr-1", "tlh"), VERDICT_NO_SUCH_CHANNEL);
	assert_int_equal(booths_output(booths, "fr-1", "en"), VERDICT_OK);
	assert_int_equal(booths_desk(booths, "fr-1")->output, EN);
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_desk(booths, "fr-1")->output, FR);
	assert_int_equal(booths_output(booths, "fr-1", "en"), VERDICT_LIVE_ELSEWHERE);
	booths_free(booths);
}

static void a_channel_passes_the_floor_while_its_language_is_spoken_there(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_false(interpretation_carries(booths->machine, FR));
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_true(interpretation_carries(booths->machine, FR));
	assert_int_equal(booths_language(booths, "fr"), VERDICT_OK);
	assert_int_equal(booths_language(booths, "fr"), VERDICT_ALREADY_SO);
	assert_false(interpretation_carries(booths->machine, FR));
	assert_string_equal(booths_owner(booths, FR), "fr-1");
	assert_int_equal(booths_language(booths, "fr-CH"), VERDICT_OK);
	assert_false(interpretation_carries(booths->machine, FR));
	assert_int_equal(booths_language(booths, ""), VERDICT_OK);
	assert_true(interpretation_carries(booths->machine, FR));
	booths_free(booths);
}

static void a_lost_interpreter_leaves_an_idle_desk_and_an_alarmed_partner(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	booths_lost(booths, "fr-2", CAUSE_LOST_LINE);
	assert_int_equal(booths->events.n, 0);
	booths_lost(booths, "fr-1", CAUSE_LOST_LINE);
	assert_int_equal(booths->events.n, 1);
	assert_int_equal(booths->events.list[0].cause, CAUSE_LOST_LINE);
	assert_int_equal(booths_desk(booths, "fr-2")->alarm.cause, CAUSE_LOST_LINE);
	assert_int_equal(booths_desk(booths, "fr-1")->alarm.cause, CAUSE_NONE);
	assert_int_equal(booths_desk(booths, "en-1")->alarm.cause, CAUSE_NONE);
	assert_int_equal(booths_live(booths, "fr-2", "fr"), VERDICT_OK);
	assert_int_equal(booths_desk(booths, "fr-2")->alarm.cause, CAUSE_NONE);
	booths_free(booths);
}

static void closing_the_meeting_empties_the_booths(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_language(booths, "en"), VERDICT_OK);
	interpretation_apply(booths->machine,
		&(struct event){ .kind = EVENT_MEETING_CLOSED, .wall_ms = booths->wall_ms + 7 });
	assert_null(interpretation_live_in(booths->machine, "fr-1"));
	assert_int_equal(booths_desk(booths, "fr-1")->used_ms, 7);
	assert_string_equal(booths->machine->language, "");
	booths_free(booths);
}

static int try_new(void *ctx)
{
	struct interpretation *machine = NULL;
	const int err = interpretation_new(ctx, &machine);
	interpretation_free(machine);
	return err;
}

static void without_memory_there_is_no_machine(void **state)
{
	struct meeting *meeting = booths_meeting(&booths_rules);
	(void)state;
	check_oom(try_new, meeting);
	meeting_free(meeting);
}

static void a_desk_that_is_back_soon_goes_on_where_nobody_took_over(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	booths_lost(booths, "fr-1", CAUSE_LOST_LINE);
	booths_pass(booths, 4999);
	booths_back(booths, "fr-1");
	assert_string_equal(booths_owner(booths, FR), "fr-1");
	assert_int_equal(booths_desk(booths, "fr-2")->alarm.cause, CAUSE_NONE);
	/* Too late; */
	booths_lost(booths, "fr-1", CAUSE_LOST_LINE);
	booths_pass(booths, 5000);
	booths_back(booths, "fr-1");
	assert_string_equal(booths_owner(booths, FR), "");
	/* the partner was quicker, and is idle again; */
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	booths_lost(booths, "fr-1", CAUSE_LOST_LINE);
	assert_int_equal(booths_live(booths, "fr-2", "fr"), VERDICT_OK);
	assert_int_equal(booths_idle(booths, "fr-2"), VERDICT_OK);
	booths_back(booths, "fr-1");
	assert_string_equal(booths_owner(booths, FR), "");
	/* who left on purpose does not come back so. */
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	booths_lost(booths, "fr-1", CAUSE_LEFT);
	booths_back(booths, "fr-1");
	assert_string_equal(booths_owner(booths, FR), "");
	booths_free(booths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(badges_sit_in_the_booth_of_their_file),
		cmocka_unit_test(a_desk_goes_live_and_idle),
		cmocka_unit_test(going_live_takes_the_channel_from_the_partner_in_one_event),
		cmocka_unit_test(a_desk_is_live_in_one_channel_at_a_time),
		cmocka_unit_test(foreign_and_unknown_channels_are_refused),
		cmocka_unit_test(where_partners_are_asked_the_channel_is_not_taken),
		cmocka_unit_test(between_booths_the_profile_says_who_may_take_a_channel),
		cmocka_unit_test(the_cough_key_is_of_who_is_live),
		cmocka_unit_test(an_output_is_chosen_while_idle),
		cmocka_unit_test(a_channel_passes_the_floor_while_its_language_is_spoken_there),
		cmocka_unit_test(a_lost_interpreter_leaves_an_idle_desk_and_an_alarmed_partner),
		cmocka_unit_test(a_desk_that_is_back_soon_goes_on_where_nobody_took_over),
		cmocka_unit_test(closing_the_meeting_empties_the_booths),
		cmocka_unit_test(without_memory_there_is_no_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
