/* Motions under random commands: the stack holds every statement once with its time, deciding changes nothing, replay is equal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/rand.h"
#include "signaling/floor/explanations.h"
#include "signaling/floor/motions.h"
#include "signaling/proceedings/questions.h"

#define STEPS 4000
#define LOG_MAX 8192
#define SEEDS 6

#define ROLES (ROLE_BIT(ROLE_DELEGATE))
static const struct rules rules = {
	.name = "test",
	.may_ask = ROLES,
	.self_inscription = true,
	.entries_max = 8,
	.holder_may_yield = true,
	.open_microphones_max = 3,
	.hold_lost_place = true,
	.time = { .statement_s = 600, .warn_s = 30 },
	.points = { .may_raise = ROLES, .appeals = true, .appeal_majority = "simple" },
	.majorities = { { .name = "simple", .numerator = 1, .denominator = 2, .more_than = true } },
	.n_majorities = 1,
	.motions = { .may_move = ROLES,
		.kinds = { { .name = "suspend", .rank = 1, .mover_s = 60, .majority = "simple" },
			{ .name = "adjourn",
				.rank = 2,
				.in_favour = 1,
				.against = 1,
				.mover_s = 60,
				.speaker_s = 60,
				.majority = "simple" },
			{ .name = "close", .rank = 3, .against = 2, .majority = "simple" } },
		.n = 3 },
	.explanations = { .may_explain = ROLES, .before = true, .after = true },
};

static const char *const people[] = { "chair", "KEN", "FRA", "BRA", "JPN" };

struct world {
	struct proceedings *live;
	struct proceedings *replay;
	int64_t now;
	size_t logged;
};

static struct events events;
static struct event log_of[LOG_MAX];

static struct proceedings *a_meeting(void)
{
	struct meeting *meeting = NULL;
	struct proceedings *proceedings = NULL;
	assert_int_equal(meeting_new(2, 0, RS_ARRAY_LEN(people), &meeting), 0);
	meeting->rules = rules;
	(void)rs_set_text(meeting->items[0].id, "1");
	(void)rs_set_text(meeting->items[1].id, "2");
	for (size_t i = 0; i < RS_ARRAY_LEN(people); i++) {
		struct participant *one = &meeting->participants[i];
		(void)rs_set_text(one->id, people[i]);
		one->role = i == 0 ? ROLE_CHAIR : ROLE_DELEGATE;
		(void)rs_set_text(one->delegation, i == 0 ? "" : people[i]);
	}
	assert_int_equal(meeting_ready(meeting), 0);
	assert_int_equal(proceedings_new(meeting, &proceedings), 0);
	return proceedings;
}

/* Time used by a statement up to now; of one that is interrupted it stands. */
static int64_t used(const struct floor_statement *statement, int64_t now)
{
	const struct floor_clock *clock = &statement->clock;
	return clock->used_ms + (clock->since_ms != 0 ? now - clock->since_ms : 0);
}

/* Every statement there is, by the entry it was called by. */
struct statements {
	struct floor_statement list[MOTIONS_PENDING_MAX + 2];
	size_t n;
};

static struct statements all_of(const struct floor *floor)
{
	struct statements all = { .n = 0 };
	all.list[all.n++] = floor->now;
	all.list[all.n++] = floor->interrupted;
	for (size_t i = 0; i < floor->motions->n_pending; i++)
		all.list[all.n++] = floor->motions->pending[i].interrupted;
	return all;
}

static const struct floor_statement *find(const struct statements *all, uint32_t entry)
{
	for (size_t i = 0; i < all->n; i++) {
		if (all->list[i].holder[0] != '\0' && all->list[i].entry == entry)
			return &all->list[i];
	}
	return NULL;
}

/* No statement twice; each motion precedes the one it lies over; only who speaks has a clock that runs. */
static void check_stack(const struct floor *floor)
{
	const struct statements all = all_of(floor);
	const struct motions *motions = floor->motions;
	for (size_t i = 0; i < all.n; i++) {
		if (i > 0)
			assert_int_equal(all.list[i].clock.since_ms, 0);
		for (size_t j = 0; j < i && all.list[i].entry != 0; j++)
			assert_true(all.list[i].holder[0] == '\0' ||
				    all.list[j].holder[0] == '\0' ||
				    all.list[i].entry != all.list[j].entry);
	}
	for (size_t i = 1; i < motions->n_pending; i++)
		assert_true(motion_rules(floor, &motions->pending[i])->rank <
			    motion_rules(floor, &motions->pending[i - 1])->rank);
	for (size_t i = 1; i < motions->n_waiting; i++)
		assert_true(motion_rules(floor, &motions->waiting[i])->rank >=
			    motion_rules(floor, &motions->waiting[i - 1])->rank);
	assert_true(floor->interrupted.holder[0] == '\0' || floor->point.stage != FLOOR_POINT_NONE);
}

/* What was interrupted, or came back, has neither lost nor gained time: only a running clock counts. */
static void check_time(const struct statements *before, const struct floor *floor, int64_t now)
{
	const struct statements after = all_of(floor);
	for (size_t i = 0; i < before->n; i++) {
		const struct floor_statement *was = &before->list[i];
		const struct floor_statement *is = find(&after, was->entry);
		if (was->entry == 0 || was->holder[0] == '\0' || is == NULL)
			continue;
		assert_int_equal(used(was, now), used(is, now));
		assert_string_equal(was->holder, is->holder);
	}
}

static void apply_all(struct world *world)
{
	proceedings_stamp(world->live, world->now, &events);
	for (size_t i = 0; i < events.n; i++) {
		const struct statements before = all_of(world->live->floor);
		proceedings_apply(world->live, &events.list[i]);
		if (events.list[i].kind != EVENT_MEETING_CLOSED)
			check_time(&before, world->live->floor, world->now);
		check_stack(world->live->floor);
		assert_true(world->logged < LOG_MAX);
		log_of[world->logged++] = events.list[i];
	}
}

static uint32_t some_entry(struct rs_rand *rand, const struct floor *floor)
{
	const struct motions *motions = floor->motions;
	const struct motion *top = motions_top(floor);
	const struct floor_list *list = floor_list(floor, LIST_SPEAKERS);
	switch (rs_rand_below(rand, 6)) {
	case 0:
		return motions->n_waiting > 0 ? motions->waiting[0].entry : 0;
	case 1:
		return top != NULL ? top->entry : 0;
	case 2:
		return top != NULL && top->n_speakers > 0 ? top->speakers[0].entry : 0;
	case 3:
		return floor->n_points > 0 ? floor->points[0].id : floor->point.entry;
	case 4:
		return list->n > 0 ? list->entries[0].id : 0;
	default:
		return rs_rand_below(rand, floor->last_entry + 2);
	}
}

static struct command some_command(struct rs_rand *rand, const struct proceedings *proceedings)
{
	static const enum command_kind chairs[] = { COMMAND_GIVE_FLOOR, COMMAND_TAKE_FLOOR,
		COMMAND_STOP_CLOCK, COMMAND_START_CLOCK, COMMAND_HEAR_POINT, COMMAND_RULE,
		COMMAND_SETTLE_POINT, COMMAND_TAKE_UP_MOTION, COMMAND_TAKE_UP_MOTION,
		COMMAND_PUT_QUESTION, COMMAND_PUT_QUESTION, COMMAND_PROPOSE_DECISION,
		COMMAND_OPEN_VOTING, COMMAND_LOCK_VOTING, COMMAND_PROCLAIM,
		COMMAND_WITHDRAW_DECISION, COMMAND_WITHDRAW_MOTION, COMMAND_SUSPEND_MEETING,
		COMMAND_RESUME_MEETING, COMMAND_SET_LIMIT, COMMAND_TAKE_UP_ITEM };
	static const enum command_kind delegates[] = { COMMAND_ASK_FOR_FLOOR, COMMAND_RAISE_POINT,
		COMMAND_APPEAL, COMMAND_RAISE_MOTION, COMMAND_RAISE_MOTION, COMMAND_WITHDRAW_MOTION,
		COMMAND_SPEAK_ON_MOTION, COMMAND_CAST, COMMAND_OBJECT, COMMAND_EXPLAIN_VOTE,
		COMMAND_WITHDRAW };
	const bool chair = rs_rand_below(rand, 2) == 0;
	struct command command = {
		.kind = chair ? chairs[rs_rand_below(rand, RS_ARRAY_LEN(chairs))]
			      : delegates[rs_rand_below(rand, RS_ARRAY_LEN(delegates))],
		.role = chair ? ROLE_CHAIR : ROLE_DELEGATE,
		.entry = some_entry(rand, proceedings->floor),
		.seconds = 30 * rs_rand_below(rand, 3),
		.decision = proceedings->voting->now.number,
		.mode = rs_rand_below(rand, 2) == 0 ? DECISION_CONSENSUS : DECISION_RECORDED,
		.vote = rs_rand_below(rand, 2) == 0 ? VOTE_YES : VOTE_NO,
		.ruling = (enum ruling)rs_rand_below(rand, RULING_COUNT),
		.side = (enum motion_side)rs_rand_below(rand, SIDE_COUNT),
		.list = LIST_EXPLANATIONS_AFTER,
		.title = "L.7",
		.majority = "simple",
	};
	/* Mostly what is meant is there. */
	const struct floor *floor = proceedings->floor;
	if (command.kind == COMMAND_PUT_QUESTION || command.kind == COMMAND_SPEAK_ON_MOTION)
		command.entry = floor->point.stage == FLOOR_POINT_APPEALED ? floor->point.entry
				: motions_top(floor) != NULL ? motions_top(floor)->entry
							     : 0;
	if (command.kind == COMMAND_TAKE_UP_MOTION && floor->motions->n_waiting > 0)
		command.entry = floor->motions->waiting[0].entry;
	(void)rs_set_text(command.by, chair ? people[0] : people[1 + rs_rand_below(rand, 4)]);
	(void)rs_set_text(command.motion, rules.motions.kinds[rs_rand_below(rand, 3)].name);
	(void)rs_set_text(command.item, rs_rand_below(rand, 2) == 0 ? "1" : "2");
	return command;
}

static void be_present(struct world *world, size_t i, bool present)
{
	events.n = 0;
	proceedings_decide_presence(world->live, i,
		&(const struct presence){ .present = present,
			.line = LINE_JOINED,
			.cause = present ? CAUSE_JOINED : CAUSE_LEFT },
		&events);
	apply_all(world);
}

static void take_floor_shape(
	const struct proceedings *proceedings, struct floor *out_floor, struct motions *out_motions)
{
	*out_floor = *proceedings->floor;
	*out_motions = *proceedings->floor->motions;
}

static void play(struct world *world, struct rs_rand *rand)
{
	static struct floor floor_before;
	static struct floor floor_after;
	static struct motions before;
	static struct motions after;
	for (int step = 0; step < STEPS && world->logged < LOG_MAX - EVENTS_MAX; step++) {
		world->now += rs_rand_below(rand, 5000);
		if (rs_rand_below(rand, 100) == 0) {
			const size_t i = 1 + rs_rand_below(rand, 4);
			be_present(world, i, !world->live->meeting->participants[i].present);
			continue;
		}
		const struct command command = some_command(rand, world->live);
		take_floor_shape(world->live, &floor_before, &before);
		const enum verdict verdict =
			proceedings_decide(world->live, &command, world->now, &events);
		take_floor_shape(world->live, &floor_after, &after);
		assert_memory_equal(&floor_before, &floor_after, sizeof(floor_before));
		assert_memory_equal(&before, &after, sizeof(before));
		assert_true((verdict == VERDICT_OK) == (events.n > 0));
		apply_all(world);
	}
}

static void the_stack_neither_loses_nor_doubles_a_speakers_time(void **state)
{
	size_t settled = 0;
	size_t over = 0;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct world world = { .live = a_meeting(), .replay = a_meeting(), .now = 1000000 };
		struct rs_rand rand;
		rs_rand_init_seed(&rand, seed);
		for (size_t i = 0; i < RS_ARRAY_LEN(people); i++)
			be_present(&world, i, true);
		const struct command open = {
			.kind = COMMAND_OPEN_MEETING, .by = "chair", .role = ROLE_CHAIR
		};
		assert_int_equal(
			proceedings_decide(world.live, &open, world.now, &events), VERDICT_OK);
		apply_all(&world);
		play(&world, &rand);
		for (size_t i = 0; i < world.logged; i++) {
			proceedings_apply(world.replay, &log_of[i]);
			settled += log_of[i].kind == EVENT_MOTION_SETTLED;
			over += world.replay->n_votings > 1;
		}
		assert_memory_equal(world.live->floor->motions, world.replay->floor->motions,
			sizeof(*world.live->floor->motions));
		assert_memory_equal(&world.live->floor->now, &world.replay->floor->now,
			sizeof(world.live->floor->now));
		assert_memory_equal(&world.live->voting->now.number,
			&world.replay->voting->now.number, sizeof(world.live->voting->now.number));
		assert_int_equal(world.live->n_votings, world.replay->n_votings);
		proceedings_free(world.live);
		proceedings_free(world.replay);
	}
	/* What is tried does happen. */
	assert_in_range(settled, 20, SEEDS * LOG_MAX);
	assert_in_range(over, 20, SEEDS * LOG_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_stack_neither_loses_nor_doubles_a_speakers_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
