/* The clock of a statement: limits, warnings' ground, the cut, lost lines, and the closing of the list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/floor/floor.h"

static const struct rules rules = {
	.name = "test",
	.may_ask = ROLE_BIT(ROLE_DELEGATE),
	.self_inscription = true,
	.one_entry_per_delegation = true,
	.entries_max = 4,
	.holder_may_yield = true,
	.open_microphones_max = 3,
	.hold_lost_place = true,
	.time = { .statement_s = 180, .warn_s = 30, .grace_s = 15, .cut = true },
};

/* KEN and KEN-2 are of one delegation; FRA is there; x is away. */
static struct floor_person person(const void *ctx, const char *participant)
{
	return (struct floor_person){
		.presence = participant[0] == 'x' ? FLOOR_AWAY : FLOOR_PRESENT,
		.delegation = strncmp(participant, "KEN", 3) == 0 ? "KEN" : participant,
	};
}

struct world {
	struct floor *floor;
	int64_t now;
	enum event_kind last;
	enum event_cause cause;
};

static void apply(struct world *world, const struct events *events)
{
	for (size_t i = 0; i < events->n; i++) {
		struct event event = events->list[i];
		event.wall_ms = world->now;
		floor_apply(world->floor, &event);
		world->last = event.kind;
		world->cause = event.cause;
	}
}

static void setup(struct world *world, const struct rules *with)
{
	static const char *const items[] = { "1", "2" };
	*world = (struct world){ .now = 1000000 };
	assert_int_equal(floor_new(with, items, 2, &world->floor), 0);
	floor_apply(world->floor, &(struct event){ .kind = EVENT_MEETING_OPENED });
	floor_apply(world->floor, &(struct event){ .kind = EVENT_ITEM_TAKEN_UP, .item = "1" });
}

static enum verdict act(struct world *world, struct floor_command command)
{
	static struct events events;
	events.n = 0;
	if (command.by == NULL) {
		command.by = "chair";
		command.presides = true;
	}
	command.delegation = command.delegation != NULL ? command.delegation : "";
	command.participant = command.participant != NULL ? command.participant : "";
	const enum verdict verdict = floor_decide(world->floor, &command, person, NULL, &events);
	apply(world, &events);
	return verdict;
}

static enum verdict chair_does(struct world *world, enum floor_command_kind kind)
{
	return act(world, (struct floor_command){ .kind = kind });
}

/* A delegate asks and is called. */
static void speaks(struct world *world, const char *who)
{
	assert_int_equal(
		act(world, (struct floor_command){ .kind = FLOOR_ASK, .by = who }), VERDICT_OK);
	assert_int_equal(act(world, (struct floor_command){ .kind = FLOOR_GIVE,
					    .entry = world->floor->last_entry }),
		VERDICT_OK);
}

static void a_statement_of_the_list_has_the_profiles_time(void **state)
{
	static struct world world;
	setup(&world, &rules);
	speaks(&world, "KEN");
	assert_int_equal(world.floor->now.clock.allotted_ms, 180000);
	world.now += 70000;
	assert_int_equal(floor_used_ms(world.floor, world.now), 70000);
	floor_free(world.floor);
}

static void a_clock_may_wait_for_the_first_word(void **state)
{
	static struct world world;
	static struct events events;
	struct rules waits = rules;
	waits.time.voice_wait_s = 8;
	setup(&world, &waits);
	speaks(&world, "KEN");
	assert_int_equal(world.floor->now.clock.since_ms, 0);
	world.now += 3000;
	assert_int_equal(floor_used_ms(world.floor, world.now), 0);
	events.n = 0;
	floor_decide_voice(world.floor, &events);
	assert_int_equal(events.list[0].cause, CAUSE_VOICE);
	apply(&world, &events);
	world.now += 1000;
	assert_int_equal(floor_used_ms(world.floor, world.now), 1000);
	/* Later words begin nothing. */
	events.n = 0;
	floor_decide_voice(world.floor, &events);
	assert_int_equal(events.n, 0);

	/* Who says nothing does not hold the meeting up. */
	speaks(&world, "FRA");
	assert_true(floor_due(world.floor) == world.now + 8000);
	floor_decide_time(world.floor, world.now + 7999, &events);
	assert_int_equal(events.n, 0);
	world.now += 8000;
	floor_decide_time(world.floor, world.now, &events);
	assert_int_equal(events.list[0].kind, EVENT_CLOCK_STARTED);
	apply(&world, &events);
	assert_int_equal(world.floor->now.clock.since_ms, world.now);

	/* The chair's key is first, both ways. */
	speaks(&world, "KEN");
	assert_int_equal(chair_does(&world, FLOOR_START_CLOCK), VERDICT_OK);
	assert_int_equal(world.floor->now.awaits_ms, 0);
	floor_free(world.floor);
}

static void who_is_called_without_the_list_has_no_limit(void **state)
{
	static struct world world;
	setup(&world, &rules);
	assert_int_equal(
		act(&world, (struct floor_command){ .kind = FLOOR_GIVE, .participant = "FRA" }),
		VERDICT_OK);
	assert_int_equal(world.floor->now.clock.allotted_ms, 0);
	assert_true(floor_due(world.floor) == INT64_MAX);
	floor_free(world.floor);
}

static void a_limit_holds_for_the_item_and_for_those_called_after_it(void **state)
{
	static struct world world;
	setup(&world, &rules);
	speaks(&world, "FRA");
	const struct floor_command limit = { .kind = FLOOR_SET_LIMIT, .seconds = 120 };
	assert_int_equal(act(&world, limit), VERDICT_OK);
	assert_int_equal(act(&world, limit), VERDICT_ALREADY_SO);
	assert_int_equal(world.floor->now.clock.allotted_ms, 180000);
	speaks(&world, "KEN");
	assert_int_equal(world.floor->now.clock.allotted_ms, 120000);
	floor_apply(world.floor, &(struct event){ .kind = EVENT_ITEM_TAKEN_UP, .item = "2" });
	speaks(&world, "FRA");
	assert_int_equal(world.floor->now.clock.allotted_ms, 180000);
	floor_free(world.floor);
}

static void the_clock_stands_while_the_chair_stops_it(void **state)
{
	static struct world world;
	setup(&world, &rules);
	assert_int_equal(chair_does(&world, FLOOR_STOP_CLOCK), VERDICT_NOBODY_HAS_THE_FLOOR);
	speaks(&world, "KEN");
	assert_int_equal(chair_does(&world, FLOOR_START_CLOCK), VERDICT_ALREADY_SO);
	world.now += 10000;
	assert_int_equal(chair_does(&world, FLOOR_STOP_CLOCK), VERDICT_OK);
	world.now += 60000;
	assert_int_equal(floor_used_ms(world.floor, world.now), 10000);
	assert_true(floor_due(world.floor) == INT64_MAX);
	assert_string_equal(floor_open(world.floor, 0), "KEN"); /* the clock is not the gate */
	assert_int_equal(chair_does(&world, FLOOR_START_CLOCK), VERDICT_OK);
	world.now += 5000;
	assert_int_equal(floor_used_ms(world.floor, world.now), 15000);
	floor_free(world.floor);
}

static void time_is_extended_or_lifted(void **state)
{
	static struct world world;
	setup(&world, &rules);
	const struct floor_command more = { .kind = FLOOR_EXTEND, .seconds = 60 };
	const struct floor_command without = { .kind = FLOOR_EXTEND, .seconds = 0 };
	const struct floor_command too_much = { .kind = FLOOR_EXTEND, .seconds = RULES_TIME_MAX_S };
	assert_int_equal(act(&world, more), VERDICT_NOBODY_HAS_THE_FLOOR);
	speaks(&world, "KEN");
	assert_int_equal(act(&world, too_much), VERDICT_TOO_MANY);
	assert_int_equal(act(&world, more), VERDICT_OK);
	assert_int_equal(world.floor->now.clock.allotted_ms, 240000);
	assert_int_equal(act(&world, without), VERDICT_OK);
	assert_int_equal(world.floor->now.clock.allotted_ms, 0);
	assert_int_equal(act(&world, more), VERDICT_ALREADY_SO);
	floor_free(world.floor);
}

static void time_and_grace_over_the_floor_is_taken_if_the_profile_cuts(void **state)
{
	static struct world world;
	static struct events events;
	events.n = 0;
	setup(&world, &rules);
	speaks(&world, "KEN");
	const int64_t end = world.now + 195000;
	assert_true(floor_due(world.floor) == end);
	floor_decide_time(world.floor, end - 1, &events);
	assert_int_equal(events.n, 0);
	floor_decide_time(world.floor, end, &events);
	assert_int_equal(events.n, 1);
	apply(&world, &events);
	assert_int_equal(world.last, EVENT_FLOOR_TAKEN);
	assert_int_equal(world.cause, CAUSE_TIME);
	assert_string_equal(world.floor->now.holder, "");
	floor_free(world.floor);

	struct rules soft = rules;
	soft.time.cut = false;
	setup(&world, &soft);
	speaks(&world, "KEN");
	assert_true(floor_due(world.floor) == INT64_MAX);
	floor_free(world.floor);
}

static void lose_line(struct world *world, const char *who)
{
	static struct events events;
	events.n = 0;
	floor_decide_lost(world->floor, who, &events);
	apply(world, &events);
}

static void a_lost_line_freezes_the_clock_and_holds_the_place(void **state)
{
	static struct world world;
	setup(&world, &rules);
	speaks(&world, "KEN");
	lose_line(&world, "FRA");
	assert_int_equal(world.last, EVENT_FLOOR_GIVEN);
	world.now += 50000;
	lose_line(&world, "KEN");
	assert_int_equal(world.last, EVENT_CLOCK_STOPPED);
	assert_int_equal(world.cause, CAUSE_LOST_LINE);
	assert_true(world.floor->now.suspended);
	assert_string_equal(world.floor->now.holder, "KEN");
	assert_null(floor_open(world.floor, 0)); /* nothing passes before the chair decides */
	assert_int_equal(chair_does(&world, FLOOR_START_CLOCK), VERDICT_NOT_CONNECTED);

	world.last = EVENT_COUNT;
	lose_line(&world, "KEN");
	assert_int_equal(world.last, EVENT_COUNT); /* known already */

	world.now += 30000;
	assert_int_equal(chair_does(&world, FLOOR_RESUME), VERDICT_OK);
	assert_false(world.floor->now.suspended);
	assert_string_equal(floor_open(world.floor, 0), "KEN");
	assert_int_equal(floor_used_ms(world.floor, world.now), 50000);
	assert_int_equal(chair_does(&world, FLOOR_RESUME), VERDICT_ALREADY_SO);
	floor_free(world.floor);
}

static void a_substitute_of_the_delegation_goes_on_with_the_time_left(void **state)
{
	static struct world world;
	setup(&world, &rules);
	speaks(&world, "KEN");
	world.now += 50000;
	lose_line(&world, "KEN");
	world.now += 20000;
	struct floor_command resume = { .kind = FLOOR_RESUME, .participant = "FRA" };
	assert_int_equal(act(&world, resume), VERDICT_OTHER_DELEGATION);
	resume.participant = "KEN-2";
	assert_int_equal(act(&world, resume), VERDICT_OK);
	assert_int_equal(world.cause, CAUSE_SUBSTITUTE);
	assert_string_equal(floor_open(world.floor, 0), "KEN-2");
	assert_int_equal(floor_used_ms(world.floor, world.now), 50000);
	assert_int_equal(world.floor->now.clock.allotted_ms, 180000);
	floor_free(world.floor);
}

static void who_leaves_on_purpose_or_under_another_profile_loses_the_floor(void **state)
{
	static struct world world;
	static struct events events;
	events.n = 0;
	setup(&world, &rules);
	speaks(&world, "KEN");
	floor_decide_left(world.floor, "KEN", CAUSE_LEFT, &events);
	apply(&world, &events);
	assert_int_equal(world.last, EVENT_FLOOR_TAKEN);
	floor_free(world.floor);

	struct rules strict = rules;
	strict.hold_lost_place = false;
	setup(&world, &strict);
	speaks(&world, "KEN");
	lose_line(&world, "KEN");
	assert_int_equal(world.last, EVENT_FLOOR_GIVEN);
	events.n = 0;
	floor_decide_left(world.floor, "KEN", CAUSE_LOST_LINE, &events);
	apply(&world, &events);
	assert_int_equal(world.last, EVENT_FLOOR_TAKEN);
	floor_free(world.floor);
}

static void a_closed_list_takes_no_more_requests_but_calls_those_on_it(void **state)
{
	static struct world world;
	setup(&world, &rules);
	const struct floor_command ask = { .kind = FLOOR_ASK, .by = "KEN" };
	assert_int_equal(act(&world, ask), VERDICT_OK);
	assert_int_equal(chair_does(&world, FLOOR_CLOSE_LIST), VERDICT_OK);
	assert_int_equal(chair_does(&world, FLOOR_CLOSE_LIST), VERDICT_ALREADY_SO);
	const struct floor_command late = { .kind = FLOOR_ASK, .by = "FRA" };
	assert_int_equal(act(&world, late), VERDICT_LIST_CLOSED);
	assert_int_equal(
		act(&world, (struct floor_command){ .kind = FLOOR_GIVE, .entry = 1 }), VERDICT_OK);
	assert_int_equal(chair_does(&world, FLOOR_OPEN_LIST), VERDICT_OK);
	assert_int_equal(act(&world, late), VERDICT_OK);
	floor_free(world.floor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_of_the_list_has_the_profiles_time),
		cmocka_unit_test(a_clock_may_wait_for_the_first_word),
		cmocka_unit_test(who_is_called_without_the_list_has_no_limit),
		cmocka_unit_test(a_limit_holds_for_the_item_and_for_those_called_after_it),
		cmocka_unit_test(the_clock_stands_while_the_chair_stops_it),
		cmocka_unit_test(time_is_extended_or_lifted),
		cmocka_unit_test(time_and_grace_over_the_floor_is_taken_if_the_profile_cuts),
		cmocka_unit_test(a_lost_line_freezes_the_clock_and_holds_the_place),
		cmocka_unit_test(a_substitute_of_the_delegation_goes_on_with_the_time_left),
		cmocka_unit_test(who_leaves_on_purpose_or_under_another_profile_loses_the_floor),
		cmocka_unit_test(a_closed_list_takes_no_more_requests_but_calls_those_on_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
