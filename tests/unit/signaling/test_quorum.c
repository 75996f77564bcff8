/* Quorum: who is counted, what is asked of which body, and what is said when there is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "signaling/meeting/quorum.h"

#define DELEGATIONS 12

static const struct rules rules = {
	.quorum = {
		[RULES_PLENARY] = {
			.to_open = { .numerator = 1, .denominator = 3, .may_override = true },
			.to_decide = { .numerator = 1, .denominator = 2, .more_than = true },
		},
		[RULES_COMMITTEE] = {
			.to_open = { .numerator = 1, .denominator = 4 },
			.to_decide = { .numerator = 1, .denominator = 2, .more_than = true },
		},
	},
	.quorum_places = 1u << PLACE_REMOTE | 1u << PLACE_IN_ROOM,
};

/* Twelve members with two badges each, an observer and the chair. */
static struct meeting *of_twelve(enum rules_body body)
{
	struct meeting *meeting = NULL;
	assert_int_equal(meeting_new(0, 0, 2 * DELEGATIONS + 2, &meeting), 0);
	meeting->rules = rules;
	meeting->body = body;
	for (size_t i = 0; i < 2 * DELEGATIONS; i++) {
		struct participant *participant = &meeting->participants[i];
		(void)snprintf(participant->id, sizeof(participant->id), "d%zu-%zu",
			i % DELEGATIONS, i / DELEGATIONS);
		(void)snprintf(participant->delegation, sizeof(participant->delegation), "d%zu",
			i % DELEGATIONS);
		participant->role = ROLE_DELEGATE;
	}
	struct participant *observer = &meeting->participants[2 * DELEGATIONS];
	(void)rs_set_text(observer->id, "observer");
	(void)rs_set_text(observer->delegation, "observer");
	observer->role = ROLE_DELEGATE;
	observer->category = CATEGORY_OBSERVER;
	struct participant *chair = &meeting->participants[2 * DELEGATIONS + 1];
	(void)rs_set_text(chair->id, "chair");
	(void)rs_set_text(chair->delegation, "d0"); /* presides, and does not sit for it */
	chair->role = ROLE_CHAIR;
	assert_int_equal(meeting_ready(meeting), 0);
	return meeting;
}

static void come(struct meeting *meeting, const char *id, enum place place)
{
	struct event joined = { .kind = EVENT_PARTICIPANT_JOINED, .place = place };
	(void)rs_set_text(joined.participant, id);
	meeting_apply(meeting, &joined);
}

static struct quorum count(const struct meeting *meeting)
{
	struct quorum quorum;
	meeting_quorum(meeting, &quorum);
	return quorum;
}

static void members_are_counted_once_however_many_of_them_are_here(void **state)
{
	struct meeting *meeting = of_twelve(RULES_PLENARY);
	assert_int_equal(count(meeting).authorised, DELEGATIONS);
	assert_int_equal(count(meeting).present, 0);
	come(meeting, "d3-0", PLACE_REMOTE);
	come(meeting, "d3-1", PLACE_IN_ROOM);
	assert_int_equal(count(meeting).present, 1);
	come(meeting, "d4-1", PLACE_REMOTE);
	assert_int_equal(count(meeting).present, 2);
	come(meeting, "observer", PLACE_REMOTE);
	come(meeting, "chair", PLACE_REMOTE);
	assert_int_equal(count(meeting).present, 2);
	meeting_free(meeting);
}

static void each_body_asks_for_its_part(void **state)
{
	struct meeting *meeting = of_twelve(RULES_PLENARY);
	assert_int_equal(count(meeting).to_open, 4);
	assert_int_equal(count(meeting).to_decide, 7);
	meeting->body = RULES_COMMITTEE;
	assert_int_equal(count(meeting).to_open, 3);
	assert_int_equal(count(meeting).to_decide, 7);
	meeting->body = RULES_INFORMAL;
	assert_int_equal(count(meeting).to_open, 0);
	assert_int_equal(count(meeting).to_decide, 0);
	meeting_free(meeting);
}

static void a_part_that_is_no_whole_number_is_rounded_up(void **state)
{
	struct meeting *meeting = of_twelve(RULES_PLENARY);
	meeting->rules.quorum[RULES_PLENARY].to_open.denominator = 5;
	assert_int_equal(count(meeting).to_open, 3); /* 2.4 */
	meeting->rules.quorum[RULES_PLENARY].to_decide.denominator = 5;
	assert_int_equal(count(meeting).to_decide, 3); /* more than 2.4 */
	meeting_free(meeting);
}

static void ways_of_being_here_count_as_the_profile_says(void **state)
{
	struct meeting *meeting = of_twelve(RULES_PLENARY);
	meeting->rules.quorum_places = 1u << PLACE_IN_ROOM;
	come(meeting, "d1-0", PLACE_REMOTE);
	come(meeting, "d2-0", PLACE_IN_ROOM);
	assert_int_equal(count(meeting).present, 1);
	/* Who leaves the room and goes on from elsewhere counts no more. */
	come(meeting, "d2-0", PLACE_REMOTE);
	assert_int_equal(count(meeting).present, 0);
	meeting_free(meeting);
}

static struct events events;

static enum verdict open_meeting(const struct meeting *meeting, bool overrides)
{
	const struct meeting_command command = { .kind = MEETING_OPEN,
		.by = "chair",
		.item = "",
		.session = "",
		.participant = "",
		.overrides = overrides };
	events.n = 0;
	return meeting_decide(meeting, &command, &events);
}

static void the_meeting_is_called_to_order_at_the_quorum_and_not_one_below(void **state)
{
	static const char *const ids[] = { "d1-0", "d2-1", "d3-0", "d4-0" };
	struct meeting *meeting = of_twelve(RULES_PLENARY);
	for (size_t i = 0; i < RS_ARRAY_LEN(ids); i++) {
		assert_int_equal(open_meeting(meeting, false), VERDICT_NO_QUORUM);
		come(meeting, ids[i], PLACE_REMOTE);
	}
	assert_int_equal(open_meeting(meeting, false), VERDICT_OK);
	assert_int_equal(events.list[0].present, 4);
	assert_int_equal(events.list[0].quorum, 4);
	assert_false(events.list[0].overridden);
	meeting_free(meeting);
}

static void the_chair_goes_on_without_where_the_profile_lets_and_the_event_says_so(void **state)
{
	struct meeting *meeting = of_twelve(RULES_PLENARY);
	come(meeting, "d1-0", PLACE_REMOTE);
	assert_int_equal(open_meeting(meeting, true), VERDICT_OK);
	assert_true(events.list[0].overridden);
	assert_int_equal(events.list[0].present, 1);
	assert_int_equal(events.list[0].quorum, 4);
	meeting->body = RULES_COMMITTEE;
	assert_int_equal(open_meeting(meeting, true), VERDICT_NO_QUORUM);
	meeting_free(meeting);
}

static void a_body_without_quorum_says_nothing_of_it(void **state)
{
	struct meeting *meeting = of_twelve(RULES_INFORMAL);
	assert_int_equal(open_meeting(meeting, true), VERDICT_OK);
	assert_int_equal(events.list[0].quorum, 0);
	assert_false(events.list[0].overridden);
	meeting_free(meeting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_counted_once_however_many_of_them_are_here),
		cmocka_unit_test(each_body_asks_for_its_part),
		cmocka_unit_test(a_part_that_is_no_whole_number_is_rounded_up),
		cmocka_unit_test(ways_of_being_here_count_as_the_profile_says),
		cmocka_unit_test(the_meeting_is_called_to_order_at_the_quorum_and_not_one_below),
		cmocka_unit_test(
			the_chair_goes_on_without_where_the_profile_lets_and_the_event_says_so),
		cmocka_unit_test(a_body_without_quorum_says_nothing_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
