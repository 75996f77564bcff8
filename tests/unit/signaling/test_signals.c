/* What booths say without speaking, and the wait for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/interpretation/signals.h"

static const struct rules_interpretation rules = {
	.wait_ms = 1500, .wait_max_ms = 8000, .slower_hold_s = 30
};

static struct signals state;
static struct events events;

static int setup(void **unused)
{
	(void)unused;
	state = (struct signals){ .slower = 0 };
	return 0;
}

static void apply_at(int64_t wall_ms)
{
	for (size_t i = 0; i < events.n; i++) {
		events.list[i].wall_ms = wall_ms;
		signals_apply(&state, &rules, &events.list[i]);
	}
}

static enum verdict act(const struct signals_command *command, int64_t wall_ms)
{
	events.n = 0;
	const struct signals before = state;
	const enum verdict verdict = signals_decide(&state, command, &events);
	assert_memory_equal(&before, &state, sizeof(state));
	if (verdict != VERDICT_OK)
		assert_int_equal(events.n, 0);
	apply_at(wall_ms);
	return verdict;
}

static void happen(enum event_kind kind, const char *participant)
{
	events.n = 0;
	struct event *event = events_add(&events, kind, "");
	(void)rs_set_text(event->participant, participant);
	apply_at(0);
}

static void nobody_is_known_for_asking_to_speak_slower(void **unused)
{
	(void)unused;
	const struct signals_command ask = { .kind = SIGNALS_SLOWER, .by = "fr-1" };
	assert_int_equal(act(&ask, 1000), VERDICT_OK);
	assert_string_equal(events.list[0].by, "");
	assert_string_equal(events.list[0].participant, "");
	assert_int_equal(act(&ask, 20000), VERDICT_OK);
	assert_int_equal(signals_slower(&state, &rules, 20000), 2);
	assert_int_equal(signals_slower(&state, &rules, 49999), 2);
	assert_int_equal(signals_slower(&state, &rules, 50000), 0);
	/* After a while it begins anew. */
	assert_int_equal(act(&ask, 60000), VERDICT_OK);
	assert_int_equal(signals_slower(&state, &rules, 60000), 1);
	const struct signals_command again = {
		.kind = SIGNALS_SLOWER, .by = "fr-1", .asked = true
	};
	assert_int_equal(act(&again, 61000), VERDICT_ALREADY_SO);
}

static void slower_was_said_to_whoever_spoke_then(void **unused)
{
	(void)unused;
	const struct signals_command ask = { .kind = SIGNALS_SLOWER, .by = "fr-1" };
	assert_int_equal(act(&ask, 1000), VERDICT_OK);
	happen(EVENT_FLOOR_GIVEN, "KEN");
	assert_int_equal(signals_slower(&state, &rules, 1001), 0);
}

static struct signals_command cannot(const char *booth, enum impediment_reason reason)
{
	return (struct signals_command){
		.kind = SIGNALS_CANNOT, .by = "fr-1", .booth = booth, .reason = reason
	};
}

static void an_impediment_stands_until_it_is_cleared(void **unused)
{
	(void)unused;
	const struct signals_command sound = cannot("fr", IMPEDIMENT_SOUND);
	const struct signals_command video = cannot("fr", IMPEDIMENT_NO_VIDEO);
	const struct signals_command spanish = cannot("es", IMPEDIMENT_SPEED);
	const struct signals_command clear = {
		.kind = SIGNALS_CLEAR, .by = "chair", .booth = "fr"
	};
	assert_int_equal(act(&clear, 1), VERDICT_NO_SUCH_BOOTH);
	assert_int_equal(act(&sound, 5), VERDICT_OK);
	assert_int_equal(act(&sound, 6), VERDICT_ALREADY_SO);
	assert_int_equal(act(&spanish, 7), VERDICT_OK);
	/* Another reason takes the place of the first. */
	assert_int_equal(act(&video, 8), VERDICT_OK);
	assert_int_equal(state.n_impediments, 2);
	assert_int_equal(state.impediments[0].reason, IMPEDIMENT_NO_VIDEO);
	assert_int_equal(state.impediments[0].since_ms, 8);
	happen(EVENT_FLOOR_GIVEN, "KEN");
	assert_int_equal(state.n_impediments, 2);
	assert_int_equal(act(&clear, 9), VERDICT_OK);
	assert_int_equal(state.n_impediments, 1);
	assert_string_equal(state.impediments[0].booth, "es");
	happen(EVENT_MEETING_ADJOURNED, "");
	assert_int_equal(state.n_impediments, 0);
}

static void a_call_is_answered_by_who_serves_the_meeting_or_taken_back(void **unused)
{
	(void)unused;
	const struct signals_command call = {
		.kind = SIGNALS_CALL, .by = "fr-1", .to = CALL_TO_TECHNICIAN
	};
	assert_int_equal(act(&call, 5), VERDICT_OK);
	assert_int_equal(act(&call, 6), VERDICT_ALREADY_SO);
	struct signals_command answer = { .kind = SIGNALS_ANSWER, .by = "es-1", .call = 1 };
	assert_int_equal(act(&answer, 7), VERDICT_NOT_PERMITTED);
	answer.call = 2;
	assert_int_equal(act(&answer, 7), VERDICT_NO_SUCH_CALL);
	answer = (struct signals_command){
		.kind = SIGNALS_ANSWER, .by = "tech", .serves = true, .call = 1
	};
	assert_int_equal(act(&answer, 8), VERDICT_OK);
	assert_int_equal(state.n_calls, 0);

	assert_int_equal(act(&call, 9), VERDICT_OK);
	assert_int_equal(state.calls[0].number, 2);
	answer = (struct signals_command){ .kind = SIGNALS_ANSWER, .by = "fr-1", .call = 2 };
	assert_int_equal(act(&answer, 10), VERDICT_OK);
	assert_int_equal(state.n_calls, 0);
}

static void calls_are_bounded(void **unused)
{
	(void)unused;
	char desk[16];
	struct signals_command call = { .kind = SIGNALS_CALL, .by = desk, .to = CALL_TO_CHAIR };
	for (int i = 0; i < SIGNALS_CALLS_MAX; i++) {
		(void)snprintf(desk, sizeof(desk), "desk-%d", i);
		assert_int_equal(act(&call, i), VERDICT_OK);
	}
	(void)snprintf(desk, sizeof(desk), "one-more");
	assert_int_equal(act(&call, 99), VERDICT_TOO_MANY);
	const struct signals_command answer = {
		.kind = SIGNALS_ANSWER, .by = "chair", .serves = true, .call = 4
	};
	assert_int_equal(act(&answer, 99), VERDICT_OK);
	assert_int_equal(state.n_calls, SIGNALS_CALLS_MAX - 1);
	assert_string_equal(state.calls[3].by, "desk-4");
	assert_int_equal(act(&call, 99), VERDICT_OK);
	assert_int_equal(state.calls[SIGNALS_CALLS_MAX - 1].number, SIGNALS_CALLS_MAX + 1);
}

static struct signals_hold wanted(const char *participant)
{
	struct signals_hold hold = { .until_ms = 9000 };
	(void)rs_set_text(hold.by, "chair");
	(void)rs_set_text(hold.participant, participant);
	return hold;
}

static void hold(const char *participant)
{
	const struct signals_hold it = wanted(participant);
	events.n = 0;
	signals_decide_hold(&it, &events);
	apply_at(1000);
}

static void a_grant_waits_for_booths_that_speak_and_only_once(void **unused)
{
	(void)unused;
	const struct signals_hold kenya = wanted("KEN");
	const struct signals_hold france = wanted("FRA");
	assert_false(signals_must_hold(&state, &rules, &kenya, 1500));
	assert_true(signals_must_hold(&state, &rules, &kenya, 1499));
	const struct rules_interpretation never = { .wait_ms = 0 };
	assert_false(signals_must_hold(&state, &never, &kenya, 0));
	hold("KEN");
	/* Asked for again it goes on at once; another one waits. */
	assert_false(signals_must_hold(&state, &rules, &kenya, 0));
	assert_true(signals_must_hold(&state, &rules, &france, 0));
}

static void what_is_held_goes_on_with_silence_or_with_time(void **unused)
{
	(void)unused;
	assert_false(signals_released(&state, &rules, 60000, INT64_MAX));
	hold("KEN");
	assert_false(signals_released(&state, &rules, 1499, 8999));
	assert_true(signals_released(&state, &rules, 1500, 1000));
	assert_true(signals_released(&state, &rules, 0, 9000));
}

static void what_is_held_ends_when_something_else_happens(void **unused)
{
	(void)unused;
	static const enum event_kind ends[] = { EVENT_FLOOR_GIVEN, EVENT_FLOOR_TAKEN,
		EVENT_VOTING_OPENED, EVENT_DECISION_WITHDRAWN, EVENT_MEETING_SUSPENDED,
		EVENT_POINT_RAISED, EVENT_BOOTHS_NOT_AWAITED, EVENT_MEETING_ADJOURNED,
		EVENT_MEETING_CLOSED };
	for (size_t i = 0; i < RS_ARRAY_LEN(ends); i++) {
		hold("KEN");
		assert_int_not_equal(state.hold.until_ms, 0);
		happen(ends[i], "");
		assert_int_equal(state.hold.until_ms, 0);
	}
}

static void names_are_read_and_written(void **unused)
{
	(void)unused;
	for (int i = 0; i < IMPEDIMENT_COUNT; i++) {
		enum impediment_reason reason;
		assert_int_equal(
			impediment_parse(impediment_name((enum impediment_reason)i), &reason), 0);
		assert_int_equal(reason, i);
	}
	for (int i = 0; i < CALL_TO_COUNT; i++) {
		enum call_to to;
		assert_int_equal(call_to_parse(call_to_name((enum call_to)i), &to), 0);
		assert_int_equal(to, i);
	}
	enum impediment_reason reason;
	assert_true(impediment_parse("tired", &reason) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nobody_is_known_for_asking_to_speak_slower, setup),
		cmocka_unit_test_setup(slower_was_said_to_whoever_spoke_then, setup),
		cmocka_unit_test_setup(an_impediment_stands_until_it_is_cleared, setup),
		cmocka_unit_test_setup(
			a_call_is_answered_by_who_serves_the_meeting_or_taken_back, setup),
		cmocka_unit_test_setup(calls_are_bounded, setup),
		cmocka_unit_test_setup(a_grant_waits_for_booths_that_speak_and_only_once, setup),
		cmocka_unit_test_setup(what_is_held_goes_on_with_silence_or_with_time, setup),
		cmocka_unit_test_setup(what_is_held_ends_when_something_else_happens, setup),
		cmocka_unit_test_setup(names_are_read_and_written, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
