/* Points of order, rights of reply, and whatever comes in any order: invariants over random commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/rand.h"
#include "signaling/floor/motions.h"

static const struct rules rules = {
	.name = "test",
	.may_ask = ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_CHAIR),
	.self_inscription = true,
	.one_entry_per_delegation = true,
	.entries_max = 4,
	.holder_may_yield = true,
	.open_microphones_max = 3,
	.hold_lost_place = true,
	.time = { .statement_s = 180, .warn_s = 30, .grace_s = 15, .cut = true },
	.replies = { .per_delegation = 2, .allotted_s = { 600, 300 } },
	.points = { .may_raise = ROLE_BIT(ROLE_DELEGATE),
		.speak_s = 60,
		.appeals = true,
		.chair_settles = true },
};

static const char *const items[] = { "1", "2" };

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
	struct events events;
};

static void setup(struct world *world)
{
	*world = (struct world){ .now = 1000000 };
	assert_int_equal(floor_new(&rules, items, 2, &world->floor), 0);
	floor_apply(world->floor, &(struct event){ .kind = EVENT_MEETING_OPENED });
	floor_apply(world->floor, &(struct event){ .kind = EVENT_ITEM_TAKEN_UP, .item = "1" });
}

static void apply(struct world *world)
{
	for (size_t i = 0; i < world->events.n; i++) {
		world->events.list[i].wall_ms = world->now;
		floor_apply(world->floor, &world->events.list[i]);
	}
}

static enum verdict act(struct world *world, const char *by, enum floor_command_kind kind,
	struct floor_command more)
{
	more.kind = kind;
	more.by = by;
	more.presides = strcmp(by, "chair") == 0;
	more.delegation = more.presides ? "" : person(NULL, by).delegation;
	more.participant = more.participant != NULL ? more.participant : "";
	world->events.n = 0;
	const enum verdict verdict =
		floor_decide(world->floor, &more, person, NULL, &world->events);
	apply(world);
	return verdict;
}

#define WITH(...) ((struct floor_command){ __VA_ARGS__ })
#define NOTHING WITH(.entry = 0)

static void speaks(struct world *world, const char *who)
{
	assert_int_equal(act(world, who, FLOOR_ASK, NOTHING), VERDICT_OK);
	assert_int_equal(act(world, "chair", FLOOR_GIVE, WITH(.entry = world->floor->last_entry)),
		VERDICT_OK);
}

static void a_point_interrupts_and_the_speaker_goes_on_with_the_time_left(void **state)
{
	static struct world world;
	setup(&world);
	speaks(&world, "KEN");
	world.now += 40000;
	assert_int_equal(act(&world, "FRA", FLOOR_RAISE_POINT, NOTHING), VERDICT_OK);
	assert_string_equal(world.floor->now.holder, "KEN"); /* heard only when the chair says so */
	assert_int_equal(act(&world, "chair", FLOOR_HEAR_POINT, WITH(.entry = 2)), VERDICT_OK);
	assert_string_equal(floor_open(world.floor, 0), "FRA");
	assert_int_equal(world.floor->now.clock.allotted_ms, 60000);

	world.now += 20000;
	assert_int_equal(
		act(&world, "chair", FLOOR_RULE, WITH(.ruling = RULING_REJECTED)), VERDICT_OK);
	assert_null(floor_open(world.floor, 0));
	assert_int_equal(act(&world, "chair", FLOOR_SETTLE, NOTHING), VERDICT_OK);
	assert_int_equal(world.events.list[0].ruling, RULING_REJECTED);
	assert_string_equal(floor_open(world.floor, 0), "KEN");
	world.now += 5000;
	assert_int_equal(floor_used_ms(world.floor, world.now), 45000);
	floor_free(world.floor);
}

static void a_point_is_raised_when_the_list_is_closed_and_nobody_speaks(void **state)
{
	static struct world world;
	setup(&world);
	assert_int_equal(act(&world, "chair", FLOOR_CLOSE_LIST, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "KEN", FLOOR_RAISE_POINT, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "KEN", FLOOR_RAISE_POINT, NOTHING), VERDICT_ALREADY_ON_LIST);
	assert_int_equal(act(&world, "chair", FLOOR_HEAR_POINT, WITH(.entry = 1)), VERDICT_OK);
	assert_int_equal(
		act(&world, "chair", FLOOR_RULE, WITH(.ruling = RULING_UPHELD)), VERDICT_OK);
	assert_int_equal(act(&world, "chair", FLOOR_SETTLE, NOTHING), VERDICT_OK);
	assert_string_equal(world.floor->now.holder, "");
	floor_free(world.floor);
}

static void nothing_else_moves_the_floor_while_a_point_is_pending(void **state)
{
	static struct world world;
	setup(&world);
	assert_int_equal(act(&world, "KEN", FLOOR_RAISE_POINT, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "FRA", FLOOR_RAISE_POINT, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "chair", FLOOR_HEAR_POINT, WITH(.entry = 1)), VERDICT_OK);
	assert_int_equal(
		act(&world, "chair", FLOOR_HEAR_POINT, WITH(.entry = 2)), VERDICT_POINT_PENDING);
	assert_int_equal(act(&world, "chair", FLOOR_GIVE, WITH(.participant = "FRA")),
		VERDICT_POINT_PENDING);
	assert_int_equal(act(&world, "chair", FLOOR_TAKE, NOTHING), VERDICT_POINT_PENDING);
	assert_int_equal(act(&world, "FRA", FLOOR_WITHDRAW_POINT, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "FRA", FLOOR_WITHDRAW_POINT, NOTHING), VERDICT_NO_SUCH_ENTRY);
	floor_free(world.floor);
}

static void a_ruling_is_appealed_against_and_the_meeting_decides(void **state)
{
	static struct world world;
	setup(&world);
	speaks(&world, "KEN");
	assert_int_equal(act(&world, "FRA", FLOOR_APPEAL, NOTHING), VERDICT_NO_RULING);
	assert_int_equal(act(&world, "FRA", FLOOR_RAISE_POINT, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "chair", FLOOR_HEAR_POINT, WITH(.entry = 2)), VERDICT_OK);
	assert_int_equal(act(&world, "chair", FLOOR_SETTLE, NOTHING), VERDICT_NO_RULING);
	assert_int_equal(
		act(&world, "chair", FLOOR_RULE, WITH(.ruling = RULING_REJECTED)), VERDICT_OK);
	assert_int_equal(act(&world, "BRA", FLOOR_APPEAL, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "FRA", FLOOR_APPEAL, NOTHING), VERDICT_ALREADY_SO);
	assert_string_equal(world.floor->point.appellant, "BRA");
	assert_int_equal(
		act(&world, "chair", FLOOR_SETTLE, WITH(.ruling = RULING_UPHELD)), VERDICT_OK);
	assert_int_equal(world.events.list[0].ruling, RULING_UPHELD);
	assert_string_equal(world.floor->now.holder, "KEN");
	floor_free(world.floor);
}

static void who_was_interrupted_may_go_meanwhile(void **state)
{
	static struct world world;
	setup(&world);
	speaks(&world, "KEN");
	assert_int_equal(act(&world, "FRA", FLOOR_RAISE_POINT, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "chair", FLOOR_HEAR_POINT, WITH(.entry = 2)), VERDICT_OK);
	world.events.n = 0;
	floor_decide_left(world.floor, "KEN", CAUSE_LEFT, &world.events);
	assert_int_equal(world.events.n, 1);
	apply(&world);
	assert_string_equal(world.floor->now.holder, "FRA");
	assert_int_equal(
		act(&world, "chair", FLOOR_RULE, WITH(.ruling = RULING_UPHELD)), VERDICT_OK);
	assert_int_equal(act(&world, "chair", FLOOR_SETTLE, NOTHING), VERDICT_OK);
	assert_string_equal(world.floor->now.holder, "");
	floor_free(world.floor);
}

static void a_delegation_replies_as_often_and_as_long_as_the_profile_says(void **state)
{
	static struct world world;
	setup(&world);
	assert_int_equal(act(&world, "chair", FLOOR_CLOSE_LIST, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "chair", FLOOR_ASK_REPLY, NOTHING), VERDICT_NOT_PERMITTED);
	assert_int_equal(act(&world, "KEN", FLOOR_ASK_REPLY, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "KEN-2", FLOOR_ASK_REPLY, NOTHING), VERDICT_ALREADY_ON_LIST);
	assert_int_equal(act(&world, "chair", FLOOR_GIVE, WITH(.entry = 1)), VERDICT_OK);
	assert_int_equal(world.floor->now.clock.allotted_ms, 600000);
	assert_int_equal(act(&world, "KEN-2", FLOOR_ASK_REPLY, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "chair", FLOOR_GIVE, WITH(.entry = 2)), VERDICT_OK);
	assert_int_equal(world.floor->now.clock.allotted_ms, 300000);
	assert_int_equal(act(&world, "KEN", FLOOR_ASK_REPLY, NOTHING), VERDICT_NO_MORE_REPLIES);
	/* Each item has its own count. */
	floor_apply(world.floor, &(struct event){ .kind = EVENT_ITEM_TAKEN_UP, .item = "2" });
	assert_int_equal(act(&world, "KEN", FLOOR_ASK_REPLY, NOTHING), VERDICT_OK);
	floor_free(world.floor);
}

static void a_reply_is_withdrawn_by_its_owner_or_the_chair(void **state)
{
	static struct world world;
	setup(&world);
	assert_int_equal(act(&world, "KEN", FLOOR_ASK_REPLY, NOTHING), VERDICT_OK);
	assert_int_equal(
		act(&world, "FRA", FLOOR_WITHDRAW, WITH(.entry = 1)), VERDICT_NOT_PERMITTED);
	assert_int_equal(act(&world, "KEN", FLOOR_WITHDRAW, WITH(.entry = 1)), VERDICT_OK);
	assert_int_equal(
		act(&world, "KEN", FLOOR_WITHDRAW, WITH(.entry = 1)), VERDICT_NO_SUCH_ENTRY);
	assert_int_equal(act(&world, "KEN", FLOOR_ASK_REPLY, NOTHING), VERDICT_OK);
	assert_int_equal(act(&world, "chair", FLOOR_WITHDRAW, WITH(.entry = 2)), VERDICT_OK);
	assert_int_equal(floor_list(world.floor, LIST_REPLIES)->n, 0);
	floor_free(world.floor);
}

/* ---- random commands ---- */

#define STEPS 20000
#define LOG_MAX (2 * STEPS)

/* All but where things lie. */
static void take_shape(const struct floor *floor, struct floor *out_shape)
{
	*out_shape = *floor;
	out_shape->items = NULL;
	out_shape->pool = NULL;
	out_shape->motions = NULL;
	out_shape->explanations = NULL;
}

static bool same(const struct floor *a, const struct floor *b)
{
	static struct floor left;
	static struct floor right;
	take_shape(a, &left);
	take_shape(b, &right);
	if (memcmp(&left, &right, sizeof(left)) != 0 ||
		memcmp(a->motions, b->motions, sizeof(*a->motions)) != 0)
		return false;
	if (memcmp(a->pool, b->pool, a->n_pool * sizeof(*a->pool)) != 0)
		return false;
	for (size_t i = 0; i < a->n_items; i++) {
		const struct floor_item *x = &a->items[i];
		const struct floor_item *y = &b->items[i];
		if (x->n_replied != y->n_replied ||
			memcmp(x->replied, y->replied, x->n_replied * sizeof(*x->replied)) != 0)
			return false;
		for (size_t kind = 0; kind < LIST_COUNT; kind++) {
			const struct floor_list *one = &x->lists[kind];
			const struct floor_list *other = &y->lists[kind];
			if (one->n != other->n || one->closed != other->closed ||
				one->allotted_ms != other->allotted_ms)
				return false;
		}
	}
	return true;
}

static void check(const struct floor *floor, int64_t now)
{
	size_t open = 0;
	while (floor_open(floor, open) != NULL)
		open++;
	assert_true(open <= floor->rules.open_microphones_max);
	if (floor->now.holder[0] == '\0') {
		assert_false(floor->now.suspended);
		assert_int_equal(floor->now.clock.since_ms, 0);
	}
	if (floor->now.suspended)
		assert_true(floor_open(floor, 0) == NULL ||
			    strcmp(floor_open(floor, 0), floor->now.holder) != 0 ||
			    floor->n_presiding > 0);
	assert_true(floor_used_ms(floor, now) >= 0);
	assert_true(floor->interrupted.holder[0] == '\0' || floor->point.stage != FLOOR_POINT_NONE);
	assert_int_equal(floor->interrupted.clock.since_ms, 0);
}

static struct floor_command any_command(struct rs_rand *rand)
{
	static const char *const people[] = { "chair", "KEN", "KEN-2", "FRA", "BRA", "x" };
	const char *by = people[rs_rand_below(rand, 5)];
	const bool chairs = strcmp(by, "chair") == 0;
	return (struct floor_command){
		.kind = (enum floor_command_kind)rs_rand_below(rand, FLOOR_CLOSE_MICROPHONE + 1),
		.by = by,
		.presides = chairs,
		.delegation = chairs ? "" : person(NULL, by).delegation,
		.entry = rs_rand_below(rand, 2) == 0 ? 0 : rs_rand_below(rand, 40),
		.position = 1 + rs_rand_below(rand, 5),
		.participant = people[rs_rand_below(rand, RS_ARRAY_LEN(people))],
		.seconds = 30 * rs_rand_below(rand, 5),
		.ruling = (enum ruling)rs_rand_below(rand, RULING_COUNT),
	};
}

/* What the outside world does: lines are lost, people leave, time is over, items change, sittings end and begin. */
static void outside(struct world *world, struct rs_rand *rand)
{
	const char *holder = world->floor->now.holder;
	switch (rs_rand_below(rand, 40)) {
	case 0:
		floor_decide_lost(world->floor, holder, &world->events);
		return;
	case 1:
		if (holder[0] != '\0')
			floor_decide_left(world->floor, holder, CAUSE_LEFT, &world->events);
		return;
	case 2:
		floor_decide_left(world->floor, "KEN", CAUSE_LOST_LINE, &world->events);
		return;
	case 3:
		(void)rs_set_text(
			events_add(&world->events, EVENT_ITEM_TAKEN_UP, "chair")->item, "2");
		return;
	case 4:
		if (rs_rand_below(rand, 20) != 0 || !world->floor->in_session)
			return;
		floor_decide_closing(world->floor, "chair", &world->events);
		(void)events_add(&world->events, EVENT_MEETING_CLOSED, "chair");
		(void)events_add(&world->events, EVENT_MEETING_OPENED, "chair");
		return;
	default:
		floor_decide_time(world->floor, world->now, &world->events);
		return;
	}
}

static void any_sequence_of_commands_keeps_the_invariants_and_replays(void **state)
{
	static struct world world;
	static struct event log[LOG_MAX];
	size_t logged = 0;
	struct rs_rand rand;
	struct floor *replayed = NULL;
	setup(&world);
	assert_int_equal(floor_new(&rules, items, 2, &replayed), 0);
	floor_apply(replayed, &(struct event){ .kind = EVENT_MEETING_OPENED });
	floor_apply(replayed, &(struct event){ .kind = EVENT_ITEM_TAKEN_UP, .item = "1" });
	rs_rand_init_seed(&rand, 7);
	for (int step = 0; step < STEPS; step++) {
		world.now += rs_rand_below(&rand, 20000);
		world.events.n = 0;
		if (rs_rand_below(&rand, 4) == 0) {
			outside(&world, &rand);
		} else {
			static struct floor before;
			static struct floor after;
			take_shape(world.floor, &before);
			const struct floor_command command = any_command(&rand);
			(void)floor_decide(world.floor, &command, person, NULL, &world.events);
			take_shape(world.floor, &after);
			assert_memory_equal(&before, &after, sizeof(before));
		}
		apply(&world);
		for (size_t i = 0; i < world.events.n && logged < LOG_MAX; i++)
			log[logged++] = world.events.list[i];
		check(world.floor, world.now);
	}
	assert_in_range(logged, STEPS / 10, LOG_MAX - 1);
	for (size_t i = 0; i < logged; i++)
		floor_apply(replayed, &log[i]);
	assert_true(same(world.floor, replayed));
	floor_free(replayed);
	floor_free(world.floor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_point_interrupts_and_the_speaker_goes_on_with_the_time_left),
		cmocka_unit_test(a_point_is_raised_when_the_list_is_closed_and_nobody_speaks),
		cmocka_unit_test(nothing_else_moves_the_floor_while_a_point_is_pending),
		cmocka_unit_test(a_ruling_is_appealed_against_and_the_meeting_decides),
		cmocka_unit_test(who_was_interrupted_may_go_meanwhile),
		cmocka_unit_test(a_delegation_replies_as_often_and_as_long_as_the_profile_says),
		cmocka_unit_test(a_reply_is_withdrawn_by_its_owner_or_the_chair),
		cmocka_unit_test(any_sequence_of_commands_keeps_the_invariants_and_replays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
