/* The list of speakers, the floor, the presiding microphones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "signaling/floor/floor.h"

static const struct rules rules = {
	.name = "test",
	.may_ask = ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_CHAIR),
	.self_inscription = true,
	.one_entry_per_delegation = true,
	.entries_max = 4,
	.holder_may_yield = true,
	.open_microphones_max = 3,
};

/* Everyone is there but those whose name begins with an x; z is unknown. */
static struct floor_person person(const void *ctx, const char *participant)
{
	if (participant[0] == 'z')
		return (struct floor_person){ .presence = FLOOR_UNKNOWN, .delegation = "" };
	return (struct floor_person){
		.presence = participant[0] == 'x' ? FLOOR_AWAY : FLOOR_PRESENT,
		.delegation = strcmp(participant, "KEN-2") == 0 ? "KEN" : participant,
	};
}

static struct floor *open_floor_with(const struct rules *with)
{
	static const char *const items[] = { "1", "2" };
	struct floor *floor = NULL;
	assert_int_equal(floor_new(with, items, 2, &floor), 0);
	floor_apply(floor, &(struct event){ .kind = EVENT_MEETING_OPENED });
	floor_apply(floor, &(struct event){ .kind = EVENT_ITEM_TAKEN_UP, .item = "1" });
	return floor;
}

static struct floor *open_floor(void)
{
	return open_floor_with(&rules);
}

/* Decide and, when allowed, apply; a refusal has no events. Not inlined: its events and a caller's own are more than a
 * frame may take. */
__attribute__((noinline)) static enum verdict act(struct floor *floor, struct floor_command command)
{
	static struct events events;
	events.n = 0;
	if (command.delegation == NULL)
		command.delegation = "";
	if (command.participant == NULL)
		command.participant = "";
	const enum verdict verdict = floor_decide(floor, &command, person, NULL, &events);
	if (verdict != VERDICT_OK)
		assert_int_equal(events.n, 0);
	for (size_t i = 0; i < events.n; i++)
		floor_apply(floor, &events.list[i]);
	return verdict;
}

static enum verdict ask(struct floor *floor, const char *by)
{
	return act(floor, (struct floor_command){ .kind = FLOOR_ASK, .by = by, .delegation = by });
}

static enum verdict chair_does(struct floor *floor, enum floor_command_kind kind, uint32_t entry)
{
	return act(floor, (struct floor_command){
				  .kind = kind, .by = "chair", .presides = true, .entry = entry });
}

/* "FRA KEN": who waits, in order. */
static const char *waiting(const struct floor *floor)
{
	static char text[256];
	const struct floor_list *list = floor_current_list(floor);
	text[0] = '\0';
	for (size_t i = 0; i < list->n; i++) {
		const size_t len = strlen(text);
		(void)snprintf(text + len, sizeof(text) - len, "%s%s", i > 0 ? " " : "",
			list->entries[i].participant);
	}
	return text;
}

static void speakers_are_listed_in_the_order_of_asking(void **state)
{
	struct floor *floor = open_floor();
	assert_int_equal(ask(floor, "KEN"), VERDICT_OK);
	assert_int_equal(ask(floor, "FRA"), VERDICT_OK);
	assert_int_equal(ask(floor, "KEN"), VERDICT_ALREADY_ON_LIST);
	assert_string_equal(waiting(floor), "KEN FRA");
	assert_int_equal(floor_current_list(floor)->entries[1].id, 2);
	floor_free(floor);
}

static void one_entry_waits_for_each_delegation(void **state)
{
	struct floor *floor = open_floor();
	struct floor_command second = { .kind = FLOOR_ASK, .by = "KEN-2", .delegation = "KEN" };
	assert_int_equal(ask(floor, "KEN"), VERDICT_OK);
	assert_int_equal(act(floor, second), VERDICT_ALREADY_ON_LIST);
	floor_free(floor);

	struct rules many = rules;
	many.one_entry_per_delegation = false;
	floor = open_floor_with(&many);
	assert_int_equal(ask(floor, "KEN"), VERDICT_OK);
	assert_int_equal(act(floor, second), VERDICT_OK);
	floor_free(floor);
}

static void asking_is_refused_by_profile_and_limit(void **state)
{
	struct floor *floor = open_floor();
	for (const char *by = "ABCD"; *by != '\0'; by++)
		assert_int_equal(ask(floor, (const char[]){ *by, '\0' }), VERDICT_OK);
	assert_int_equal(ask(floor, "E"), VERDICT_TOO_MANY);
	floor_free(floor);

	struct rules closed = rules;
	closed.self_inscription = false;
	floor = open_floor_with(&closed);
	assert_int_equal(ask(floor, "KEN"), VERDICT_LIST_CLOSED);
	floor_free(floor);
}

static void an_entry_is_withdrawn_by_its_owner_or_the_chair_alone(void **state)
{
	struct floor *floor = open_floor();
	assert_int_equal(ask(floor, "KEN"), VERDICT_OK);
	assert_int_equal(ask(floor, "FRA"), VERDICT_OK);
	assert_int_equal(
		act(floor,
			(struct floor_command){ .kind = FLOOR_WITHDRAW, .by = "FRA", .entry = 1 }),
		VERDICT_NOT_PERMITTED);
	assert_int_equal(chair_does(floor, FLOOR_WITHDRAW, 0), VERDICT_NOT_ON_LIST);
	assert_int_equal(chair_does(floor, FLOOR_WITHDRAW, 9), VERDICT_NO_SUCH_ENTRY);
	assert_int_equal(chair_does(floor, FLOOR_WITHDRAW, 1), VERDICT_OK);
	assert_int_equal(act(floor, (struct floor_command){ .kind = FLOOR_WITHDRAW, .by = "FRA" }),
		VERDICT_OK);
	assert_string_equal(waiting(floor), "");
	floor_free(floor);
}

static void an_entry_moves_to_any_place(void **state)
{
	static const struct {
		uint32_t entry, position;
		enum verdict verdict;
		const char *order;
	} moves[] = {
		{ 3, 1, VERDICT_OK, "C A B D" },
		{ 3, 1, VERDICT_ALREADY_SO, "C A B D" },
		{ 3, 4, VERDICT_OK, "A B D C" },
		{ 1, 99, VERDICT_OK, "B D C A" }, /* past the end is the end */
		{ 2, 2, VERDICT_OK, "D B C A" },
		{ 7, 1, VERDICT_NO_SUCH_ENTRY, "D B C A" },
	};
	struct floor *floor = open_floor();
	for (const char *by = "ABCD"; *by != '\0'; by++)
		assert_int_equal(ask(floor, (const char[]){ *by, '\0' }), VERDICT_OK);
	for (size_t i = 0; i < RS_ARRAY_LEN(moves); i++) {
		assert_int_equal(act(floor, (struct floor_command){ .kind = FLOOR_MOVE,
						    .by = "chair",
						    .presides = true,
						    .entry = moves[i].entry,
						    .position = moves[i].position }),
			moves[i].verdict);
		assert_string_equal(waiting(floor), moves[i].order);
	}
	floor_free(floor);
}

static void giving_the_floor_takes_it_from_the_holder_in_one_event(void **state)
{
	struct floor *floor = open_floor();
	assert_int_equal(ask(floor, "KEN"), VERDICT_OK);
	assert_int_equal(ask(floor, "FRA"), VERDICT_OK);
	assert_int_equal(chair_does(floor, FLOOR_GIVE, 2), VERDICT_OK);
	assert_string_equal(floor->now.holder, "FRA");
	assert_string_equal(waiting(floor), "KEN");

	static struct events events;
	events.n = 0;
	const struct floor_command give = { .kind = FLOOR_GIVE,
		.by = "chair",
		.presides = true,
		.delegation = "",
		.entry = 1,
		.participant = "" };
	assert_int_equal(floor_decide(floor, &give, person, NULL, &events), VERDICT_OK);
	assert_int_equal(events.n, 1);
	assert_int_equal(events.list[0].kind, EVENT_FLOOR_GIVEN);
	assert_int_equal(events.list[0].cause, CAUSE_LIST);
	assert_string_equal(floor->now.holder, "FRA"); /* deciding changes nothing */
	floor_apply(floor, &events.list[0]);
	assert_string_equal(floor_open(floor, 0), "KEN");
	assert_null(floor_open(floor, 1));
	floor_free(floor);
}

static void the_floor_is_given_to_those_present_only(void **state)
{
	struct floor *floor = open_floor();
	struct floor_command give = { .kind = FLOOR_GIVE, .by = "chair", .presides = true };
	assert_int_equal(chair_does(floor, FLOOR_GIVE, 5), VERDICT_NO_SUCH_ENTRY);
	give.participant = "zed";
	assert_int_equal(act(floor, give), VERDICT_NO_SUCH_PARTICIPANT);
	give.participant = "xia";
	assert_int_equal(act(floor, give), VERDICT_NOT_CONNECTED);
	give.participant = "KEN";
	assert_int_equal(act(floor, give), VERDICT_OK);
	assert_int_equal(floor->now.entry, 0);
	assert_int_equal(act(floor, give), VERDICT_ALREADY_SO);
	floor_free(floor);
}

static void the_floor_is_taken_or_yielded(void **state)
{
	struct floor *floor = open_floor();
	const struct floor_command yield = { .kind = FLOOR_TAKE, .by = "KEN" };
	assert_int_equal(chair_does(floor, FLOOR_TAKE, 0), VERDICT_NOBODY_HAS_THE_FLOOR);
	assert_int_equal(ask(floor, "KEN"), VERDICT_OK);
	assert_int_equal(chair_does(floor, FLOOR_GIVE, 1), VERDICT_OK);
	assert_int_equal(act(floor, (struct floor_command){ .kind = FLOOR_TAKE, .by = "FRA" }),
		VERDICT_NOT_PERMITTED);
	assert_int_equal(act(floor, yield), VERDICT_OK);
	assert_null(floor_open(floor, 0));
	floor_free(floor);
}

static void presiding_microphones_open_beside_the_floor_up_to_the_cap(void **state)
{
	struct floor *floor = open_floor();
	assert_int_equal(chair_does(floor, FLOOR_CLOSE_MICROPHONE, 0), VERDICT_ALREADY_SO);
	assert_int_equal(chair_does(floor, FLOOR_OPEN_MICROPHONE, 0), VERDICT_OK);
	assert_int_equal(chair_does(floor, FLOOR_OPEN_MICROPHONE, 0), VERDICT_ALREADY_SO);
	struct floor_command vice = {
		.kind = FLOOR_OPEN_MICROPHONE, .by = "vice", .presides = true
	};
	assert_int_equal(act(floor, vice), VERDICT_OK);
	vice.by = "third";
	assert_int_equal(act(floor, vice), VERDICT_TOO_MANY); /* one place is the holder's */

	struct floor_command give = {
		.kind = FLOOR_GIVE, .by = "chair", .presides = true, .participant = "vice"
	};
	assert_int_equal(act(floor, give), VERDICT_OK);
	assert_string_equal(floor_open(floor, 0), "vice");
	assert_string_equal(floor_open(floor, 1), "chair");
	assert_null(floor_open(floor, 2)); /* not twice */
	floor_free(floor);
}

static void each_item_has_its_own_list(void **state)
{
	struct floor *floor = open_floor();
	assert_int_equal(ask(floor, "KEN"), VERDICT_OK);
	floor_apply(floor, &(struct event){ .kind = EVENT_ITEM_TAKEN_UP, .item = "2" });
	assert_string_equal(waiting(floor), "");
	assert_int_equal(ask(floor, "KEN"), VERDICT_OK);
	assert_int_equal(floor_current_list(floor)->entries[0].id, 2);
	floor_apply(floor, &(struct event){ .kind = EVENT_ITEM_TAKEN_UP, .item = "1" });
	assert_int_equal(floor_current_list(floor)->entries[0].id, 1);
	floor_free(floor);
}

static void closing_takes_everything_away(void **state)
{
	struct floor *floor = open_floor();
	static struct events events;
	events.n = 0;
	assert_int_equal(ask(floor, "KEN"), VERDICT_OK);
	assert_int_equal(ask(floor, "FRA"), VERDICT_OK);
	assert_int_equal(chair_does(floor, FLOOR_GIVE, 1), VERDICT_OK);
	assert_int_equal(chair_does(floor, FLOOR_OPEN_MICROPHONE, 0), VERDICT_OK);
	floor_decide_closing(floor, "chair", &events);
	assert_int_equal(events.n, 2);
	for (size_t i = 0; i < events.n; i++)
		floor_apply(floor, &events.list[i]);
	assert_null(floor_open(floor, 0));
	floor_apply(floor, &(struct event){ .kind = EVENT_MEETING_CLOSED });
	assert_string_equal(waiting(floor), "");
	assert_int_equal(ask(floor, "KEN"), VERDICT_NOT_IN_SESSION);
	floor_free(floor);
}

static void leaving_costs_floor_and_microphone(void **state)
{
	struct floor *floor = open_floor();
	static struct events events;
	events.n = 0;
	assert_int_equal(ask(floor, "KEN"), VERDICT_OK);
	assert_int_equal(chair_does(floor, FLOOR_GIVE, 1), VERDICT_OK);
	floor_decide_left(floor, "FRA", CAUSE_LEFT, &events);
	assert_int_equal(events.n, 0);
	floor_decide_left(floor, "KEN", CAUSE_LEFT, &events);
	assert_int_equal(events.n, 1);
	assert_int_equal(events.list[0].kind, EVENT_FLOOR_TAKEN);
	assert_int_equal(events.list[0].cause, CAUSE_LEFT);
	floor_free(floor);
}

static void a_failed_birth_leaks_nothing(void **state)
{
	static const char *const items[] = { "1" };
	const int64_t alive = rs_mem_alive();
	struct floor *floor = NULL;
	int err = -ENOMEM;
	for (int64_t n = 0; err == -ENOMEM; n++) {
		rs_mem_fail_after(n);
		err = floor_new(&rules, items, 1, &floor);
		rs_mem_fail_after(-1);
		if (err == -ENOMEM)
			assert_int_equal(rs_mem_alive(), alive);
	}
	assert_int_equal(err, 0);
	floor_free(floor);
	assert_int_equal(rs_mem_alive(), alive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speakers_are_listed_in_the_order_of_asking),
		cmocka_unit_test(one_entry_waits_for_each_delegation),
		cmocka_unit_test(asking_is_refused_by_profile_and_limit),
		cmocka_unit_test(an_entry_is_withdrawn_by_its_owner_or_the_chair_alone),
		cmocka_unit_test(an_entry_moves_to_any_place),
		cmocka_unit_test(giving_the_floor_takes_it_from_the_holder_in_one_event),
		cmocka_unit_test(the_floor_is_given_to_those_present_only),
		cmocka_unit_test(the_floor_is_taken_or_yielded),
		cmocka_unit_test(presiding_microphones_open_beside_the_floor_up_to_the_cap),
		cmocka_unit_test(each_item_has_its_own_list),
		cmocka_unit_test(closing_takes_everything_away),
		cmocka_unit_test(leaving_costs_floor_and_microphone),
		cmocka_unit_test(a_failed_birth_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
