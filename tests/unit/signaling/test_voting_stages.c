/* Roll calls, the announced lock, corrections and statements of intent, second votes, annulled votes, who is entitled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/voting/voting.h"

/* In French order: Algérie, Égypte, France, Kenya, Norvège; the file has another. Norway has no line. */
static const struct {
	const char *id, *delegation, *country;
	enum category category;
} people[] = {
	{ "KEN", "KEN", "Kenya", CATEGORY_MEMBER },
	{ "FRA", "FRA", "France", CATEGORY_MEMBER },
	{ "EGY", "EGY", "Égypte", CATEGORY_MEMBER },
	{ "DZA", "DZA", "Algérie", CATEGORY_MEMBER },
	{ "NOR", "NOR", "Norvège", CATEGORY_MEMBER },
	{ "EU", "EU", "Union européenne", CATEGORY_OBSERVER },
};

struct world {
	struct voting *voting;
	struct events events;
	int64_t wall_ms;
	uint8_t seed[LOT_SEED_LEN];
};
static struct world world;

static void is_there(const char *id, bool there)
{
	struct event event = { .kind = there ? EVENT_PARTICIPANT_JOINED : EVENT_PARTICIPANT_LEFT };
	(void)rs_set_text(event.participant, id);
	voting_apply(world.voting, &event);
}

static void setup(struct rules_voting voting)
{
	struct meeting *meeting = NULL;
	world = (struct world){ .wall_ms = 1000000, .seed = { 1 } };
	assert_int_equal(meeting_new(0, 1, RS_ARRAY_LEN(people), &meeting), 0);
	(void)rs_set_text(meeting->channels[0].id, "fr");
	meeting->rules = (struct rules){
		.majorities = { { .name = "simple",
					.numerator = 1,
					.denominator = 2,
					.more_than = true },
			{ .name = "of-all",
				.numerator = 1,
				.denominator = 2,
				.more_than = true,
				.base = RULES_WITH_ABSTENTIONS } },
		.n_majorities = 2,
		.voting = voting,
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(people); i++) {
		struct participant *participant = &meeting->participants[i];
		(void)rs_set_text(participant->id, people[i].id);
		(void)rs_set_text(participant->delegation, people[i].delegation);
		(void)rs_set_text(participant->country, people[i].country);
		participant->category = people[i].category;
		participant->role = ROLE_DELEGATE;
	}
	assert_int_equal(voting_new(meeting, &world.voting), 0);
	meeting_free(meeting);
	voting_apply(world.voting, &(struct event){ .kind = EVENT_MEETING_OPENED });
	for (size_t i = 0; i < RS_ARRAY_LEN(people); i++)
		is_there(people[i].id, strcmp(people[i].id, "NOR") != 0);
}

#define ROUNDS ((struct rules_voting){ .rounds = 2, .second_vote_h = 48 })

static enum verdict act(struct voting_command command)
{
	world.events.n = 0;
	command.by = command.by != NULL ? command.by : "chair";
	command.title = command.title != NULL ? command.title : "Draft resolution";
	command.majority = command.majority != NULL ? command.majority : "simple";
	command.delegation = command.delegation != NULL ? command.delegation : "";
	command.reason = command.reason != NULL ? command.reason : "";
	command.seed = world.seed;
	command.key = "";
	command.check = "";
	command.wall_ms = world.wall_ms;
	if (command.decision == 0)
		command.decision = world.voting->now.number;
	const enum verdict verdict = voting_decide(world.voting, &command, &world.events);
	for (size_t i = 0; i < world.events.n && verdict == VERDICT_OK; i++)
		voting_apply(world.voting, &world.events.list[i]);
	return verdict;
}

#define DO(...) ((struct voting_command){ __VA_ARGS__ })
#define OK(...) assert_int_equal(act(DO(__VA_ARGS__)), VERDICT_OK)
#define REFUSED(verdict, ...) assert_int_equal(act(DO(__VA_ARGS__)), verdict)

static void begin(enum decision_mode mode)
{
	OK(.kind = VOTING_PROPOSE, .mode = mode);
	OK(.kind = VOTING_BEGIN);
}

static const char *called(void)
{
	const size_t i = voting_called(world.voting);
	return i < world.voting->n_delegations ? world.voting->delegations[i].name : "";
}

static void answer(const char *who, enum vote vote)
{
	assert_string_equal(called(), who);
	OK(.kind = VOTING_CAST, .by = who, .vote = vote);
	OK(.kind = VOTING_CALL_NEXT);
}

/* The seed so that the lot falls on the delegation at this place of the alphabet. */
static void lot_on(uint32_t place)
{
	for (uint8_t i = 0; i < 255; i++) {
		struct lot lot;
		world.seed[0] = i;
		lot_init(&lot, world.seed);
		if (lot_below(&lot, 5) == place)
			return;
	}
	fail();
}

static void a_roll_call_begins_at_the_lot_and_goes_by_the_alphabet_of_the_language(void **state)
{
	static const char *const order[] = { "FRA", "KEN", "NOR", "DZA", "EGY" };
	setup(ROUNDS);
	lot_on(2); /* after Algérie and Égypte */
	OK(.kind = VOTING_PROPOSE, .mode = DECISION_ROLL_CALL);
	assert_int_equal(strlen(world.events.list[0].commitment), LOT_HEX_LEN);
	assert_string_equal(world.events.list[0].seed, "");
	OK(.kind = VOTING_BEGIN);
	/* Those whose answer is heard in the hall are entitled too; observers are not. */
	assert_string_equal(world.events.list[0].names, "DZA EGY FRA KEN NOR");
	assert_int_equal(strlen(world.events.list[0].seed), LOT_HEX_LEN);
	for (size_t i = 0; i < RS_ARRAY_LEN(order); i++)
		assert_string_equal(
			world.voting->delegations[world.voting->order[i]].name, order[i]);
	/* Nobody answers who was not called. */
	REFUSED(VERDICT_NOT_YOUR_TURN, .kind = VOTING_CAST, .by = "FRA", .vote = VOTE_YES);
	OK(.kind = VOTING_CALL_NEXT);
	assert_string_equal(called(), "FRA");
	REFUSED(VERDICT_NOT_YOUR_TURN, .kind = VOTING_CAST, .by = "KEN", .vote = VOTE_YES);
	REFUSED(VERDICT_NOT_ENTITLED, .kind = VOTING_CAST, .by = "EU", .vote = VOTE_YES);
	voting_free(world.voting);
}

static void who_does_not_answer_is_absent_and_is_called_again(void **state)
{
	setup(ROUNDS);
	lot_on(0);
	begin(DECISION_ROLL_CALL);
	OK(.kind = VOTING_CALL_NEXT);
	answer("DZA", VOTE_YES);
	OK(.kind = VOTING_CALL_NEXT); /* Egypt says nothing */
	assert_int_equal(world.events.list[0].vote, VOTE_ABSENT);
	answer("FRA", VOTE_NO);
	REFUSED(VERDICT_NOT_ALL_CALLED, .kind = VOTING_LOCK);
	answer("KEN", VOTE_ABSTAIN);
	assert_string_equal(called(), "NOR");
	REFUSED(VERDICT_NOT_ALL_CALLED, .kind = VOTING_LOCK);
	OK(.kind = VOTING_CALL_NEXT); /* nor Norway: the second round begins */
	assert_int_equal(world.voting->now.round, 2);
	answer("EGY", VOTE_YES);
	assert_string_equal(called(), "NOR");
	OK(.kind = VOTING_ENTER_VOTE, .by = "secretariat", .delegation = "NOR", .vote = VOTE_NO);
	REFUSED(VERDICT_ALL_CALLED, .kind = VOTING_CALL_NEXT);
	/* Changed until the lock, by whoever was called. */
	OK(.kind = VOTING_CAST, .by = "DZA", .vote = VOTE_ABSTAIN);
	OK(.kind = VOTING_LOCK);
	assert_int_equal(world.voting->now.yes, 1);
	assert_int_equal(world.voting->now.no, 2);
	assert_int_equal(world.voting->now.abstain, 2);
	OK(.kind = VOTING_PROCLAIM);
	assert_int_equal(world.voting->now.outcome, OUTCOME_REJECTED);
	voting_free(world.voting);
}

static void with_one_round_it_ends_with_the_last_name(void **state)
{
	setup((struct rules_voting){ .rounds = 1 });
	lot_on(3);
	begin(DECISION_ROLL_CALL);
	for (size_t i = 0; i < 5; i++)
		OK(.kind = VOTING_CALL_NEXT);
	OK(.kind = VOTING_CALL_NEXT); /* the last is absent, nobody is left */
	assert_int_equal(world.events.n, 1);
	REFUSED(VERDICT_ALL_CALLED, .kind = VOTING_CALL_NEXT);
	REFUSED(VERDICT_MALFORMED, .kind = VOTING_CAST, .by = "KEN", .vote = VOTE_ABSENT);
	assert_int_equal(voting_missing(world.voting), 0);
	OK(.kind = VOTING_LOCK);
	voting_free(world.voting);
}

static void the_lot_is_the_one_that_was_committed_to(void **state)
{
	setup(ROUNDS);
	OK(.kind = VOTING_PROPOSE, .mode = DECISION_ROLL_CALL);
	world.seed[5] ^= 1;
	REFUSED(VERDICT_LOT_LOST, .kind = VOTING_BEGIN);
	world.seed[5] ^= 1;
	OK(.kind = VOTING_BEGIN);
	voting_free(world.voting);
}

static void the_lock_is_announced_with_its_time(void **state)
{
	setup((struct rules_voting){ .rounds = 2, .lock_warning_s = 10 });
	begin(DECISION_RECORDED);
	REFUSED(VERDICT_LOCK_NOT_ANNOUNCED, .kind = VOTING_LOCK);
	OK(.kind = VOTING_ANNOUNCE_LOCK, .seconds = 5); /* not shorter than the rules say */
	assert_int_equal(world.voting->now.lock_due_ms, world.wall_ms + 10000);
	REFUSED(VERDICT_ALREADY_SO, .kind = VOTING_ANNOUNCE_LOCK, .seconds = 5);
	world.wall_ms += 9999;
	OK(.kind = VOTING_CAST, .by = "KEN", .vote = VOTE_YES);
	REFUSED(VERDICT_LOCK_NOT_DUE, .kind = VOTING_LOCK);
	world.wall_ms++;
	OK(.kind = VOTING_LOCK);
	voting_free(world.voting);
}

static void a_ruling_corrects_between_lock_and_proclamation(void **state)
{
	setup(ROUNDS);
	begin(DECISION_RECORDED);
	OK(.kind = VOTING_CAST, .by = "KEN", .vote = VOTE_NO);
	REFUSED(VERDICT_NOT_LOCKED, .kind = VOTING_CORRECT, .delegation = "KEN", .vote = VOTE_YES);
	REFUSED(VERDICT_NOT_PROCLAIMED, .kind = VOTING_STATE_INTENT, .by = "KEN", .vote = VOTE_YES);
	OK(.kind = VOTING_LOCK);
	OK(.kind = VOTING_CORRECT, .delegation = "KEN", .vote = VOTE_YES,
		.reason = "The wrong key");
	assert_int_equal(world.events.list[0].was, VOTE_NO);
	REFUSED(VERDICT_ALREADY_SO, .kind = VOTING_CORRECT, .delegation = "KEN", .vote = VOTE_YES);
	REFUSED(VERDICT_NOT_ENTITLED, .kind = VOTING_CORRECT, .delegation = "EU", .vote = VOTE_YES);
	assert_int_equal(world.voting->now.yes, 1);
	assert_int_equal(world.voting->now.no, 0);
	assert_string_equal(world.voting->corrections[0].reason, "The wrong key");
	OK(.kind = VOTING_PROCLAIM);
	assert_int_equal(world.voting->now.outcome, OUTCOME_ADOPTED);
	voting_free(world.voting);
}

static void corrections_of_one_vote_have_a_limit(void **state)
{
	setup(ROUNDS);
	begin(DECISION_RECORDED);
	OK(.kind = VOTING_LOCK);
	for (size_t i = 0; i < VOTING_CORRECTIONS_MAX; i++)
		OK(.kind = VOTING_CORRECT, .delegation = "KEN", .vote = i % 2 ? VOTE_NO : VOTE_YES);
	REFUSED(VERDICT_TOO_MANY, .kind = VOTING_CORRECT, .delegation = "KEN", .vote = VOTE_YES);
	voting_free(world.voting);
}

static void after_the_result_a_statement_of_intent_changes_nothing(void **state)
{
	setup(ROUNDS);
	begin(DECISION_RECORDED);
	OK(.kind = VOTING_CAST, .by = "KEN", .vote = VOTE_NO);
	OK(.kind = VOTING_LOCK);
	OK(.kind = VOTING_PROCLAIM);
	REFUSED(VERDICT_RESULT_STANDS, .kind = VOTING_CORRECT, .delegation = "KEN",
		.vote = VOTE_YES);
	REFUSED(VERDICT_ALREADY_SO, .kind = VOTING_STATE_INTENT, .by = "KEN", .vote = VOTE_NO);
	OK(.kind = VOTING_STATE_INTENT, .by = "KEN", .vote = VOTE_YES);
	OK(.kind = VOTING_STATE_INTENT, .by = "secretariat", .delegation = "FRA", .vote = VOTE_YES);
	REFUSED(VERDICT_NOT_ENTITLED, .kind = VOTING_STATE_INTENT, .by = "EU", .vote = VOTE_YES);
	assert_int_equal(world.voting->now.no, 1);
	assert_int_equal(world.voting->now.yes, 0);
	assert_int_equal(world.voting->now.outcome, OUTCOME_REJECTED);
	voting_free(world.voting);
}

static void tie(uint32_t again)
{
	OK(.kind = VOTING_PROPOSE, .mode = DECISION_RECORDED, .again = again);
	OK(.kind = VOTING_BEGIN);
	OK(.kind = VOTING_CAST, .by = "KEN", .vote = VOTE_NO);
	OK(.kind = VOTING_CAST, .by = "FRA", .vote = VOTE_YES);
	OK(.kind = VOTING_LOCK);
	OK(.kind = VOTING_PROCLAIM);
}

static void equality_is_a_second_vote_and_then_a_rejection(void **state)
{
	struct rules_voting plenary = ROUNDS;
	plenary.equality = RULES_EQUALITY_SECOND_VOTE;
	setup(plenary);
	tie(0);
	assert_int_equal(world.voting->now.outcome, OUTCOME_SECOND_VOTE);
	assert_int_equal(world.voting->n_ties, 1);
	assert_int_equal(world.voting->ties[0].due_ms, world.wall_ms + INT64_C(48) * 3600 * 1000);
	REFUSED(VERDICT_NO_SUCH_DECISION, .kind = VOTING_PROPOSE, .mode = DECISION_RECORDED,
		.again = 7);
	/* It is due at a later meeting. */
	voting_apply(world.voting, &(struct event){ .kind = EVENT_MEETING_CLOSED });
	voting_apply(world.voting, &(struct event){ .kind = EVENT_MEETING_OPENED });
	tie(1);
	assert_int_equal(world.voting->now.outcome, OUTCOME_REJECTED);
	assert_int_equal(world.voting->n_ties, 0);
	voting_free(world.voting);
	setup(ROUNDS);
	tie(0);
	assert_int_equal(world.voting->now.outcome, OUTCOME_REJECTED);
	voting_free(world.voting);
}

static void an_annulled_vote_is_proposed_again_under_another_number(void **state)
{
	setup(ROUNDS);
	begin(DECISION_RECORDED);
	OK(.kind = VOTING_CAST, .by = "KEN", .vote = VOTE_NO);
	OK(.kind = VOTING_ANNUL, .reason = "The wrong text was before the meeting");
	assert_int_equal(world.events.n, 2);
	assert_int_equal(world.voting->now.stage, VOTING_PROPOSED);
	assert_int_equal(world.voting->now.number, 2);
	assert_int_equal(world.voting->now.no, 0);
	REFUSED(VERDICT_NO_SUCH_DECISION, .kind = VOTING_CAST, .by = "KEN", .decision = 1,
		.vote = VOTE_NO);
	REFUSED(VERDICT_VOTING_NOT_OPEN, .kind = VOTING_ANNUL);
	OK(.kind = VOTING_BEGIN);
	OK(.kind = VOTING_LOCK);
	OK(.kind = VOTING_ANNUL, .reason = "Locked by mistake");
	OK(.kind = VOTING_BEGIN);
	OK(.kind = VOTING_LOCK);
	OK(.kind = VOTING_PROCLAIM);
	REFUSED(VERDICT_RESULT_STANDS, .kind = VOTING_ANNUL);
	voting_free(world.voting);
}

static void an_objection_stands_until_whoever_made_it_withdraws_it(void **state)
{
	setup(ROUNDS);
	OK(.kind = VOTING_PROPOSE, .mode = DECISION_CONSENSUS);
	REFUSED(VERDICT_NOT_ENTITLED, .kind = VOTING_OBJECT, .by = "EU");
	REFUSED(VERDICT_ALREADY_SO, .kind = VOTING_WITHDRAW_OBJECTION, .by = "KEN");
	OK(.kind = VOTING_OBJECT, .by = "KEN");
	OK(.kind = VOTING_OBJECT, .by = "FRA");
	OK(.kind = VOTING_WITHDRAW_OBJECTION, .by = "KEN");
	REFUSED(VERDICT_OBJECTED, .kind = VOTING_PROCLAIM);
	OK(.kind = VOTING_WITHDRAW_OBJECTION, .by = "FRA");
	OK(.kind = VOTING_PROCLAIM);
	assert_int_equal(world.voting->now.outcome, OUTCOME_ADOPTED);
	voting_free(world.voting);
}

static void hands_without_a_line_are_counted(void **state)
{
	setup(ROUNDS);
	begin(DECISION_HANDS);
	REFUSED(VERDICT_MORE_THAN_ENTITLED, .kind = VOTING_ENTER_TOTALS, .yes = 6);
	OK(.kind = VOTING_ENTER_TOTALS, .yes = 3, .no = 2); /* Norway has no line, and a hand */
	voting_free(world.voting);
}

static void who_is_entitled_follows_the_profile(void **state)
{
	setup((struct rules_voting){ .entitled = RULES_ENTITLED_AUTHORISED });
	begin(DECISION_RECORDED);
	assert_int_equal(world.voting->now.entitled, 5);
	is_there("NOR", true); /* back from a lost line */
	OK(.kind = VOTING_CAST, .by = "NOR", .vote = VOTE_YES);
	voting_free(world.voting);
	setup((struct rules_voting){ .entitled = RULES_ENTITLED_PRESENT });
	begin(DECISION_RECORDED);
	assert_string_equal(world.events.list[0].names, "DZA EGY FRA KEN");
	/* What an event says holds, whoever is there as it is replayed. */
	const struct event opened = world.events.list[0];
	for (size_t i = 0; i < RS_ARRAY_LEN(people); i++)
		is_there(people[i].id, false);
	voting_apply(world.voting, &(struct event){ .kind = EVENT_MEETING_CLOSED });
	voting_apply(world.voting, &opened);
	assert_int_equal(world.voting->now.entitled, 4);
	voting_free(world.voting);
}

static void abstentions_count_where_the_majority_says_so(void **state)
{
	setup(ROUNDS);
	OK(.kind = VOTING_PROPOSE, .mode = DECISION_RECORDED, .majority = "of-all");
	OK(.kind = VOTING_BEGIN);
	OK(.kind = VOTING_CAST, .by = "KEN", .vote = VOTE_YES);
	OK(.kind = VOTING_CAST, .by = "FRA", .vote = VOTE_ABSTAIN);
	assert_int_equal(voting_required(world.voting), 2);
	voting_free(world.voting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_roll_call_begins_at_the_lot_and_goes_by_the_alphabet_of_the_language),
		cmocka_unit_test(who_does_not_answer_is_absent_and_is_called_again),
		cmocka_unit_test(with_one_round_it_ends_with_the_last_name),
		cmocka_unit_test(the_lot_is_the_one_that_was_committed_to),
		cmocka_unit_test(the_lock_is_announced_with_its_time),
		cmocka_unit_test(a_ruling_corrects_between_lock_and_proclamation),
		cmocka_unit_test(corrections_of_one_vote_have_a_limit),
		cmocka_unit_test(after_the_result_a_statement_of_intent_changes_nothing),
		cmocka_unit_test(equality_is_a_second_vote_and_then_a_rejection),
		cmocka_unit_test(an_annulled_vote_is_proposed_again_under_another_number),
		cmocka_unit_test(an_objection_stands_until_whoever_made_it_withdraws_it),
		cmocka_unit_test(hands_without_a_line_are_counted),
		cmocka_unit_test(who_is_entitled_follows_the_profile),
		cmocka_unit_test(abstentions_count_where_the_majority_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
