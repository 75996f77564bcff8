/* Proposals and votes: consensus, show of hands, recorded vote; random commands change nothing while decided, and replay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/rand.h"
#include "signaling/voting/voting.h"
#include "tests/support/oom.h"

static const struct rules rules = {
	.name = "test",
	.majorities = { { .name = "simple", .numerator = 1, .denominator = 2, .more_than = true },
		{ .name = "two-thirds", .numerator = 2, .denominator = 3 },
		{ .name = "absolute",
			.numerator = 1,
			.denominator = 2,
			.more_than = true,
			.base = RULES_AUTHORISED },
		{ .name = "half", .numerator = 1, .denominator = 2 } },
	.n_majorities = 4,
	.voting = { .rounds = 2, .second_vote_h = 48 },
};

/* Kenya has two badges; the interpreter votes nowhere. */
static const struct {
	const char *id;
	enum role role;
	const char *delegation;
} people[] = {
	{ "chair", ROLE_CHAIR, "" },
	{ "KEN", ROLE_DELEGATE, "KEN" },
	{ "KEN-2", ROLE_DELEGATE, "KEN" },
	{ "FRA", ROLE_DELEGATE, "FRA" },
	{ "BRA", ROLE_DELEGATE, "BRA" },
	{ "NOR", ROLE_DELEGATE, "NOR" },
	{ "fr-1", ROLE_INTERPRETER, "" },
};

static const uint8_t seed[LOT_SEED_LEN] = { 7 };
static const struct voting_ballot ballot = { .token = { 1 }, .vote = VOTE_YES };

struct world {
	struct voting *voting;
	struct events events;
};

static int make_of(const struct delegation *delegation, size_t n, struct voting **out_voting)
{
	struct meeting *meeting = NULL;
	int err = meeting_new(1, 0, RS_ARRAY_LEN(people), &meeting);
	if (err < 0)
		return err;
	meeting->rules = rules;
	(void)rs_set_text(meeting->items[0].id, "1");
	for (size_t i = 0; i < RS_ARRAY_LEN(people); i++) {
		(void)rs_set_text(meeting->participants[i].id, people[i].id);
		(void)rs_set_text(meeting->participants[i].delegation, people[i].delegation);
		meeting->participants[i].role = people[i].role;
	}
	err = meeting_set_delegations(meeting, delegation, n);
	if (err == 0)
		err = voting_new(meeting, out_voting);
	meeting_free(meeting);
	return err;
}

static int make(struct voting **out_voting)
{
	return make_of(NULL, 0, out_voting);
}

static void is_there(struct world *world, const char *id, bool there)
{
	struct event event = { .kind = there ? EVENT_PARTICIPANT_JOINED : EVENT_PARTICIPANT_LEFT };
	(void)rs_set_text(event.participant, id);
	voting_apply(world->voting, &event);
}

/* In session; Kenya (twice), France and Brazil are there, Norway is not. */
static void setup(struct world *world)
{
	*world = (struct world){ .voting = NULL };
	assert_int_equal(make(&world->voting), 0);
	voting_apply(world->voting, &(struct event){ .kind = EVENT_MEETING_OPENED });
	for (size_t i = 0; i < RS_ARRAY_LEN(people); i++)
		is_there(world, people[i].id, strcmp(people[i].id, "NOR") != 0);
}

static enum verdict act(struct world *world, struct voting_command command)
{
	world->events.n = 0;
	if (command.by == NULL)
		command.by = "chair";
	if (command.title == NULL)
		command.title = "Draft resolution";
	if (command.majority == NULL)
		command.majority = "simple";
	command.key = "aa";
	command.check = "cc";
	if (command.seed == NULL)
		command.seed = seed;
	if (command.delegation == NULL)
		command.delegation = "";
	if (command.reason == NULL)
		command.reason = "The Chair rules so.";
	if (command.decision == 0)
		command.decision = world->voting->now.number;
	const enum verdict verdict = voting_decide(world->voting, &command, &world->events);
	if (verdict != VERDICT_OK)
		assert_int_equal(world->events.n, 0);
	for (size_t i = 0; i < world->events.n; i++)
		voting_apply(world->voting, &world->events.list[i]);
	return verdict;
}

#define DO(...) ((struct voting_command){ __VA_ARGS__ })

static enum verdict does(struct world *world, enum voting_command_kind kind)
{
	return act(world, DO(.kind = kind));
}

static enum verdict cast(struct world *world, const char *by, enum vote vote)
{
	return act(world, DO(.kind = VOTING_CAST, .by = by, .vote = vote));
}

static void begin(struct world *world, enum decision_mode mode, const char *majority)
{
	assert_int_equal(act(world, DO(.kind = VOTING_PROPOSE, .mode = mode, .majority = majority)),
		VERDICT_OK);
	assert_int_equal(does(world, VOTING_BEGIN), VERDICT_OK);
}

static enum outcome finish(struct world *world)
{
	assert_int_equal(does(world, VOTING_LOCK), VERDICT_OK);
	assert_int_equal(does(world, VOTING_PROCLAIM), VERDICT_OK);
	return world->voting->now.outcome;
}

static void a_member_whose_vote_was_taken_is_not_entitled(void **state)
{
	const struct delegation kenya = { .id = "KEN", .without_vote = true };
	struct world world = { .voting = NULL };
	(void)state;
	assert_int_equal(make_of(&kenya, 1, &world.voting), 0);
	voting_apply(world.voting, &(struct event){ .kind = EVENT_MEETING_OPENED });
	for (size_t i = 0; i < RS_ARRAY_LEN(people); i++)
		is_there(&world, people[i].id, true);
	assert_int_equal(voting_without_vote(world.voting), 1);
	for (enum decision_mode mode = DECISION_HANDS; mode <= DECISION_SECRET; mode++) {
		begin(&world, mode, "simple");
		assert_int_equal(world.voting->now.entitled, 3);
		assert_string_equal(world.events.list[0].names, "BRA FRA NOR");
		assert_int_not_equal(cast(&world, "KEN-2", VOTE_YES), VERDICT_OK);
		assert_int_equal(does(&world, VOTING_ANNUL), VERDICT_OK);
		assert_int_equal(does(&world, VOTING_WITHDRAW), VERDICT_OK);
	}
	voting_free(world.voting);
}

static void a_majority_is_the_least_number_that_is_enough(void **state)
{
	static const struct {
		size_t majority;
		uint32_t base;
		uint32_t required;
	} cases[] = {
		{ 0, 0, 1 }, { 0, 9, 5 }, { 0, 10, 6 },                   /* more than half */
		{ 1, 9, 6 }, { 1, 10, 7 }, { 1, 11, 8 }, { 1, 193, 129 }, /* two thirds */
		{ 3, 10, 5 }, { 3, 9, 5 },                                /* half */
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++)
		assert_int_equal(
			voting_majority(&rules.majorities[cases[i].majority], cases[i].base),
			cases[i].required);
	struct rules_majority more = rules.majorities[0];
	more.extra = 2;
	assert_int_equal(voting_majority(&more, 10), 8);
}

static void without_objection_the_gavel_adopts(void **state)
{
	static struct world world;
	setup(&world);
	assert_int_equal(
		act(&world, DO(.kind = VOTING_PROPOSE, .mode = DECISION_CONSENSUS)), VERDICT_OK);
	assert_int_equal(act(&world, DO(.kind = VOTING_PROPOSE)), VERDICT_DECISION_PENDING);
	assert_int_equal(does(&world, VOTING_BEGIN), VERDICT_NO_SUCH_DECISION);
	assert_int_equal(does(&world, VOTING_PROCLAIM), VERDICT_OK);
	assert_int_equal(world.voting->now.outcome, OUTCOME_ADOPTED);
	assert_int_equal(does(&world, VOTING_PROCLAIM), VERDICT_ALREADY_SO);
	voting_free(world.voting);
}

static void an_objection_turns_consensus_into_a_vote(void **state)
{
	static struct world world;
	setup(&world);
	assert_int_equal(
		act(&world, DO(.kind = VOTING_PROPOSE, .mode = DECISION_CONSENSUS)), VERDICT_OK);
	assert_int_equal(
		act(&world, DO(.kind = VOTING_OBJECT, .by = "fr-1")), VERDICT_NOT_ENTITLED);
	assert_int_equal(act(&world, DO(.kind = VOTING_OBJECT, .by = "FRA")), VERDICT_OK);
	assert_int_equal(act(&world, DO(.kind = VOTING_OBJECT, .by = "FRA")), VERDICT_ALREADY_SO);
	assert_false(world.voting->delegations[0].objects);
	assert_true(world.voting->delegations[1].objects);
	assert_int_equal(does(&world, VOTING_PROCLAIM), VERDICT_OBJECTED);
	assert_int_equal(
		act(&world, DO(.kind = VOTING_PROPOSE, .mode = DECISION_HANDS, .majority = "most")),
		VERDICT_NO_SUCH_MAJORITY);
	begin(&world, DECISION_RECORDED, "simple");
	assert_int_equal(world.voting->now.number, 2);
	assert_int_equal(world.voting->now.objections, 0);
	voting_free(world.voting);
}

static void a_delegation_has_one_vote_whoever_of_it_casts_it(void **state)
{
	static struct world world;
	setup(&world);
	begin(&world, DECISION_RECORDED, "simple");
	assert_int_equal(world.voting->now.entitled, 3);
	assert_int_equal(cast(&world, "KEN", VOTE_YES), VERDICT_OK);
	assert_int_equal(cast(&world, "KEN-2", VOTE_YES), VERDICT_ALREADY_SO);
	assert_int_equal(cast(&world, "KEN-2", VOTE_NO), VERDICT_OK);
	assert_int_equal(world.voting->now.yes, 0);
	assert_int_equal(world.voting->now.no, 1);
	assert_int_equal(voting_missing(world.voting), 2);
	voting_free(world.voting);
}

static void who_comes_after_the_opening_does_not_vote(void **state)
{
	static struct world world;
	setup(&world);
	begin(&world, DECISION_RECORDED, "simple");
	is_there(&world, "NOR", true);
	assert_int_equal(cast(&world, "NOR", VOTE_YES), VERDICT_NOT_ENTITLED);
	assert_int_equal(cast(&world, "chair", VOTE_YES), VERDICT_NOT_ENTITLED);
	voting_free(world.voting);
}

static void who_has_not_voted_and_is_away_is_known_before_the_lock(void **state)
{
	static struct world world;
	setup(&world);
	begin(&world, DECISION_RECORDED, "simple");
	assert_int_equal(cast(&world, "BRA", VOTE_YES), VERDICT_OK);
	is_there(&world, "BRA", false); /* what was cast stands */
	is_there(&world, "FRA", false);
	is_there(&world, "KEN", false); /* its other badge is there */
	size_t offline = 0;
	for (size_t i = 0; i < world.voting->n_delegations; i++) {
		if (voting_is_offline(world.voting, i)) {
			assert_string_equal(world.voting->delegations[i].name, "FRA");
			offline++;
		}
	}
	assert_int_equal(offline, 1);
	assert_int_equal(voting_missing(world.voting), 2);
	/* Whoever comes back votes: entitled is entitled. */
	is_there(&world, "FRA", true);
	assert_int_equal(cast(&world, "FRA", VOTE_NO), VERDICT_OK);
	voting_free(world.voting);
}

static void votes_change_until_the_lock_and_equality_rejects(void **state)
{
	static struct world world;
	setup(&world);
	begin(&world, DECISION_RECORDED, "half");
	assert_int_equal(does(&world, VOTING_PROCLAIM), VERDICT_VOTING_IN_PROGRESS);
	assert_int_equal(does(&world, VOTING_WITHDRAW), VERDICT_VOTING_IN_PROGRESS);
	assert_int_equal(cast(&world, "KEN", VOTE_YES), VERDICT_OK);
	assert_int_equal(cast(&world, "FRA", VOTE_ABSTAIN), VERDICT_OK);
	assert_int_equal(cast(&world, "BRA", VOTE_NO), VERDICT_OK);
	assert_int_equal(voting_required(world.voting), 1); /* who abstains does not vote */
	assert_int_equal(does(&world, VOTING_LOCK), VERDICT_OK);
	assert_int_equal(does(&world, VOTING_LOCK), VERDICT_ALREADY_SO);
	assert_int_equal(cast(&world, "BRA", VOTE_YES), VERDICT_VOTING_NOT_OPEN);
	assert_true(voting_in_progress(world.voting));
	assert_int_equal(does(&world, VOTING_PROCLAIM), VERDICT_OK);
	assert_int_equal(world.voting->now.outcome, OUTCOME_REJECTED);
	assert_false(voting_in_progress(world.voting));
	voting_free(world.voting);
}

static void an_absolute_majority_counts_who_did_not_vote(void **state)
{
	static struct world world;
	setup(&world);
	begin(&world, DECISION_RECORDED, "absolute");
	assert_int_equal(cast(&world, "KEN", VOTE_YES), VERDICT_OK);
	assert_int_equal(finish(&world), OUTCOME_REJECTED); /* 1 of 3 */
	begin(&world, DECISION_RECORDED, "simple");
	assert_int_equal(cast(&world, "KEN", VOTE_YES), VERDICT_OK);
	assert_int_equal(finish(&world), OUTCOME_ADOPTED); /* 1 of 1 */
	begin(&world, DECISION_RECORDED, "two-thirds");
	assert_int_equal(finish(&world), OUTCOME_REJECTED); /* nobody voted */
	voting_free(world.voting);
}

static void hands_are_counted_by_the_secretariat(void **state)
{
	static struct world world;
	setup(&world);
	begin(&world, DECISION_HANDS, "simple");
	assert_int_equal(cast(&world, "KEN", VOTE_YES), VERDICT_VOTING_NOT_OPEN);
	assert_int_equal(does(&world, VOTING_LOCK), VERDICT_NO_TOTALS);
	assert_int_equal(act(&world, DO(.kind = VOTING_ENTER_TOTALS, .yes = 3, .no = 2)),
		VERDICT_MORE_THAN_ENTITLED);
	assert_int_equal(act(&world, DO(.kind = VOTING_ENTER_TOTALS, .yes = UINT32_MAX, .no = 2)),
		VERDICT_MORE_THAN_ENTITLED);
	assert_int_equal(
		act(&world, DO(.kind = VOTING_ENTER_TOTALS, .yes = 1, .no = 2)), VERDICT_OK);
	assert_int_equal(act(&world, DO(.kind = VOTING_ENTER_TOTALS, .yes = 1, .no = 2)),
		VERDICT_ALREADY_SO);
	assert_int_equal(
		act(&world, DO(.kind = VOTING_ENTER_TOTALS, .yes = 2, .no = 1)), VERDICT_OK);
	assert_int_equal(voting_missing(world.voting), 0);
	assert_int_equal(finish(&world), OUTCOME_ADOPTED);
	voting_free(world.voting);
}

static void a_press_for_another_decision_does_not_count(void **state)
{
	static struct world world;
	setup(&world);
	begin(&world, DECISION_RECORDED, "simple");
	(void)finish(&world);
	begin(&world, DECISION_RECORDED, "simple");
	assert_int_equal(
		act(&world, DO(.kind = VOTING_CAST, .by = "KEN", .vote = VOTE_YES, .decision = 1)),
		VERDICT_NO_SUCH_DECISION);
	assert_int_equal(world.voting->now.yes, 0);
	voting_free(world.voting);
}

static void closing_withdraws_what_is_not_decided(void **state)
{
	static struct world world;
	setup(&world);
	begin(&world, DECISION_RECORDED, "simple");
	world.events.n = 0;
	voting_decide_closing(world.voting, "chair", &world.events);
	assert_int_equal(world.events.n, 1);
	assert_int_equal(world.events.list[0].kind, EVENT_DECISION_WITHDRAWN);
	assert_int_equal(world.events.list[0].cause, CAUSE_CLOSED);
	voting_apply(world.voting, &(struct event){ .kind = EVENT_MEETING_CLOSED });
	assert_int_equal(world.voting->now.stage, VOTING_NONE);
	assert_int_equal(does(&world, VOTING_PROPOSE), VERDICT_NOT_IN_SESSION);
	voting_free(world.voting);
}

static void a_result_is_shown_until_the_next_item(void **state)
{
	static struct world world;
	setup(&world);
	begin(&world, DECISION_RECORDED, "simple");
	(void)finish(&world);
	assert_int_equal(does(&world, VOTING_WITHDRAW), VERDICT_NO_SUCH_DECISION);
	voting_apply(world.voting, &(struct event){ .kind = EVENT_ITEM_TAKEN_UP, .item = "1" });
	assert_int_equal(world.voting->now.stage, VOTING_NONE);
	voting_free(world.voting);
}

/* ---- random commands ---- */

#define STEPS 40000

/* Everything that must not change while a command is judged, and must come back by replay. */
static void assert_same(const struct voting *a, const struct voting *b)
{
	assert_int_equal(a->in_session, b->in_session);
	assert_int_equal(a->last, b->last);
	assert_int_equal(a->now.stage, b->now.stage);
	assert_int_equal(a->now.number, b->now.number);
	assert_int_equal(a->now.mode, b->now.mode);
	assert_int_equal(a->now.totals, b->now.totals);
	assert_int_equal(a->now.entitled, b->now.entitled);
	assert_int_equal(a->now.yes, b->now.yes);
	assert_int_equal(a->now.no, b->now.no);
	assert_int_equal(a->now.abstain, b->now.abstain);
	assert_int_equal(a->now.outcome, b->now.outcome);
	assert_string_equal(a->now.majority, b->now.majority);
	assert_int_equal(a->now.objections, b->now.objections);
	assert_int_equal(a->now.again, b->now.again);
	assert_int_equal(a->now.lock_due_ms, b->now.lock_due_ms);
	assert_int_equal(a->now.round, b->now.round);
	assert_int_equal(a->now.called, b->now.called);
	assert_string_equal(a->now.commitment, b->now.commitment);
	assert_string_equal(a->now.seed, b->now.seed);
	assert_int_equal(a->n_corrections, b->n_corrections);
	assert_memory_equal(
		a->corrections, b->corrections, a->n_corrections * sizeof(a->corrections[0]));
	assert_int_equal(a->n_ties, b->n_ties);
	assert_memory_equal(a->ties, b->ties, a->n_ties * sizeof(a->ties[0]));
	assert_memory_equal(a->order, b->order, a->now.entitled * sizeof(a->order[0]));
	assert_memory_equal(
		a->delegations, b->delegations, a->n_delegations * sizeof(a->delegations[0]));
	for (size_t i = 0; i < a->n_badges; i++)
		assert_int_equal(a->badges[i].present, b->badges[i].present);
}

static void check(const struct voting *voting)
{
	const struct voting_decision *now = &voting->now;
	uint32_t entitled = 0;
	uint32_t cast_votes = 0;
	uint32_t objections = 0;
	for (size_t i = 0; i < voting->n_delegations; i++) {
		const struct voting_delegation *delegation = &voting->delegations[i];
		objections += delegation->objects;
		entitled += delegation->entitled;
		cast_votes += delegation->vote != VOTE_NONE && delegation->vote != VOTE_ABSENT;
		assert_true(now->mode != DECISION_ROLL_CALL || delegation->called ||
			    delegation->vote == VOTE_NONE);
		assert_true(delegation->entitled || delegation->vote == VOTE_NONE);
	}
	assert_int_equal(entitled, now->entitled);
	assert_int_equal(objections, now->objections);
	assert_true(now->yes + now->no + now->abstain <= now->entitled);
	if (voting_is_by_name(voting))
		assert_int_equal(cast_votes, now->yes + now->no + now->abstain);
	else
		assert_int_equal(cast_votes, 0);
	if (now->stage == VOTING_PROCLAIMED && now->mode != DECISION_CONSENSUS &&
		now->outcome == OUTCOME_ADOPTED)
		assert_true(now->yes > now->no && now->yes >= voting_required(voting));
	if (now->stage == VOTING_PROCLAIMED)
		assert_int_equal(now->objections, 0);
}

static void something_happens(const struct voting *voting, struct rs_rand *rand, struct events *out)
{
	static const enum event_kind outside[] = { EVENT_MEETING_SUSPENDED, EVENT_MEETING_RESUMED,
		EVENT_MEETING_CLOSED, EVENT_MEETING_OPENED };
	static const char *const majorities[] = { "simple", "two-thirds", "absolute", "none" };
	const char *who = people[rs_rand_below(rand, RS_ARRAY_LEN(people))].id;
	const uint32_t dice = rs_rand_below(rand, 100);
	if (dice < 8) {
		struct event *event = events_add(
			out, dice < 5 ? EVENT_PARTICIPANT_JOINED : EVENT_PARTICIPANT_LEFT, who);
		(void)rs_set_text(event->participant, who);
		return;
	}
	if (!voting->in_session || dice == 8) {
		(void)events_add(out, outside[rs_rand_below(rand, 4)], "chair");
		return;
	}
	/* What the chair does with a vote is seldom, or none would come to its end. */
	enum voting_command_kind kind =
		(enum voting_command_kind)rs_rand_below(rand, VOTING_STATE_INTENT + 1);
	if (kind == VOTING_ANNUL && rs_rand_below(rand, 20) > 0)
		kind = VOTING_CALL_NEXT;
	const struct voting_command command = {
		.kind = kind,
		.by = who,
		.decision = rs_rand_below(rand, 8) == 0 ? rs_rand_below(rand, 4) : voting->last,
		.title = "Draft resolution",
		.mode = (enum decision_mode)rs_rand_below(rand, DECISION_MODE_COUNT),
		.majority = majorities[rs_rand_below(rand, 4)],
		.vote = (enum vote)(VOTE_YES + rs_rand_below(rand, 4)),
		.seed = seed,
		.key = "aa",
		.check = "cc",
		.ballots = &ballot,
		.n_ballots = voting->now.mode == DECISION_SECRET ? rs_rand_below(rand, 2) : 0,
		.delegation = people[rs_rand_below(rand, RS_ARRAY_LEN(people))].delegation,
		.reason = "The Chair rules so.",
		.seconds = rs_rand_below(rand, 3),
		.again = rs_rand_below(rand, 10) == 0 ? rs_rand_below(rand, voting->last + 1) : 0,
		.wall_ms = 1000 + rs_rand_below(rand, 9000),
		.yes = rs_rand_below(rand, 4),
		.no = rs_rand_below(rand, 3),
		.abstain = rs_rand_below(rand, 2),
	};
	(void)voting_decide(voting, &command, out);
}

static void any_sequence_of_commands_keeps_the_invariants_and_replays(void **state)
{
	static struct world world;
	struct voting *replay = NULL;
	struct rs_rand rand;
	size_t adopted = 0;
	size_t rejected = 0;
	rs_rand_init_seed(&rand, 11);
	world = (struct world){ .voting = NULL };
	assert_int_equal(make(&world.voting), 0);
	assert_int_equal(make(&replay), 0);
	for (int step = 0; step < STEPS; step++) {
		world.events.n = 0;
		something_happens(world.voting, &rand, &world.events);
		assert_same(world.voting, replay); /* deciding changed nothing */
		for (size_t i = 0; i < world.events.n; i++) {
			const struct event *event = &world.events.list[i];
			voting_apply(world.voting, event);
			voting_apply(replay, event);
			if (event->kind == EVENT_DECISION_PROCLAIMED) {
				adopted += event->outcome == OUTCOME_ADOPTED;
				rejected += event->outcome == OUTCOME_REJECTED;
			}
		}
		check(world.voting);
		assert_same(world.voting, replay);
	}
	assert_true(adopted > 50 && rejected > 50); /* the walk goes where it matters */
	voting_free(world.voting);
	voting_free(replay);
}

static int build(void *ctx)
{
	struct voting *voting = NULL;
	(void)ctx;
	const int err = make(&voting);
	voting_free(voting);
	return err;
}

static void a_birth_without_memory_leaks_nothing(void **state)
{
	check_oom(build, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_whose_vote_was_taken_is_not_entitled),
		cmocka_unit_test(a_majority_is_the_least_number_that_is_enough),
		cmocka_unit_test(without_objection_the_gavel_adopts),
		cmocka_unit_test(an_objection_turns_consensus_into_a_vote),
		cmocka_unit_test(a_delegation_has_one_vote_whoever_of_it_casts_it),
		cmocka_unit_test(who_comes_after_the_opening_does_not_vote),
		cmocka_unit_test(who_has_not_voted_and_is_away_is_known_before_the_lock),
		cmocka_unit_test(votes_change_until_the_lock_and_equality_rejects),
		cmocka_unit_test(an_absolute_majority_counts_who_did_not_vote),
		cmocka_unit_test(hands_are_counted_by_the_secretariat),
		cmocka_unit_test(a_press_for_another_decision_does_not_count),
		cmocka_unit_test(closing_withdraws_what_is_not_decided),
		cmocka_unit_test(a_result_is_shown_until_the_next_item),
		cmocka_unit_test(any_sequence_of_commands_keeps_the_invariants_and_replays),
		cmocka_unit_test(a_birth_without_memory_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
