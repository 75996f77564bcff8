/* Relay: what desks hear, how deep a channel is, auto-relay; nobody hears themselves, and who loses the pivot is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

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

static void who_lost_the_pivot_hears_it_again_when_it_is_back(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	booths_live(booths, "fr-1", "fr");
	booths_live(booths, "es-1", "es");
	assert_int_equal(booths_source(booths, "es-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_source(booths, "en-1", "fr"), VERDICT_OK);
	booths_lost(booths, "fr-1", CAUSE_LOST_LINE);
	/* She has seen to it herself. */
	assert_int_equal(booths_source(booths, "en-1", "floor"), VERDICT_OK);
	booths_pass(booths, 2000);
	booths_back(booths, "fr-1");
	assert_int_equal(booths_desk(booths, "es-1")->source, FR);
	assert_int_equal(booths_desk(booths, "es-1")->alarm.cause, CAUSE_NONE);
	assert_int_equal(booths_desk(booths, "en-1")->source, INTERPRETATION_NONE);
	booths_free(booths);
}

static void who_would_hear_themselves_does_not_hear_the_pivot_again(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	booths_live(booths, "fr-1", "fr");
	booths_live(booths, "es-1", "es");
	assert_int_equal(booths_source(booths, "es-1", "fr"), VERDICT_OK);
	booths_lost(booths, "fr-1", CAUSE_LOST_LINE);
	assert_int_equal(booths_source(booths, "fr-1", "es"), VERDICT_OK);
	booths_back(booths, "fr-1");
	assert_string_equal(booths_owner(booths, FR), "fr-1");
	assert_int_equal(booths_desk(booths, "es-1")->source, INTERPRETATION_NONE);
	assert_int_equal(booths_desk(booths, "es-1")->alarm.cause, CAUSE_PIVOT);
	booths_free(booths);
}

static void with_no_time_to_resume_nobody_does(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	booths_live(booths, "fr-1", "fr");
	booths_lost(booths, "fr-1", CAUSE_LOST_LINE);
	assert_false(interpretation_may_resume(booths->machine, "fr-1", 0, booths->wall_ms));
	assert_true(interpretation_may_resume(booths->machine, "fr-1", 1, booths->wall_ms));
	booths_free(booths);
}

/* 300 badges: all of one pivot's, each with the longest name. */
static struct meeting *a_crowded_meeting(void)
{
	struct meeting *meeting = NULL;
	assert_int_equal(meeting_new(0, 2, 300, &meeting), 0);
	(void)rs_set_text(meeting->channels[0].id, "en");
	(void)rs_set_text(meeting->channels[1].id, "fr");
	for (size_t i = 0; i < 300; i++) {
		struct participant *participant = &meeting->participants[i];
		(void)snprintf(
			participant->id, sizeof(participant->id), "%0*zu", MEETING_BADGE_MAX, i);
		participant->role = ROLE_INTERPRETER;
		(void)rs_set_text(participant->languages[0], i == 0 ? "fr" : "en");
		participant->n_languages = 1;
	}
	assert_int_equal(meeting_ready(meeting), 0);
	return meeting;
}

static void all_desks_there_can_be_lose_one_pivot(void **state)
{
	struct meeting *meeting = a_crowded_meeting();
	struct interpretation *machine = NULL;
	static struct events events;
	(void)state;
	assert_int_equal(interpretation_new(meeting, &machine), 0);
	/* Badges beyond have no desk. */
	assert_int_equal(machine->n_desks, INTERPRETATION_DESKS_MAX);
	assert_null(interpretation_find(machine, meeting->participants[256].id));
	const char *pivot = machine->desks[0].id;
	const struct interpretation_command live = {
		.kind = INTERPRETATION_GO_LIVE, .by = pivot, .channel = "fr"
	};
	const struct interpretation_command idle = { .kind = INTERPRETATION_GO_IDLE, .by = pivot };
	events.n = 0;
	assert_int_equal(interpretation_decide(machine, &live, &events), VERDICT_OK);
	interpretation_apply(machine, &events.list[0]);
	for (size_t i = 1; i < machine->n_desks; i++)
		machine->desks[i].source = 1;
	events.n = 0;
	assert_int_equal(interpretation_decide(machine, &idle, &events), VERDICT_OK);
	assert_int_equal(events.n, 1 + INTERPRETATION_PIVOT_EVENTS);
	for (size_t i = 0; i < events.n; i++)
		interpretation_apply(machine, &events.list[i]);
	for (size_t i = 1; i < machine->n_desks; i++) {
		assert_int_equal(machine->desks[i].source, INTERPRETATION_NONE);
		assert_int_equal(machine->desks[i].alarm.cause, CAUSE_PIVOT);
	}
	interpretation_free(machine);
	meeting_free(meeting);
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
		cmocka_unit_test(who_lost_the_pivot_hears_it_again_when_it_is_back),
		cmocka_unit_test(who_would_hear_themselves_does_not_hear_the_pivot_again),
		cmocka_unit_test(with_no_time_to_resume_nobody_does),
		cmocka_unit_test(
			a_booth_that_works_into_another_language_is_the_floor_of_all_others),
		cmocka_unit_test(the_earliest_of_two_is_the_floor_of_the_others),
		cmocka_unit_test(without_auto_relay_the_floor_is_the_floor),
		cmocka_unit_test(all_desks_there_can_be_lose_one_pivot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
