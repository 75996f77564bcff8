/* Clocks of pages, presses, and a race of two hundred: who pressed first stands first wherever the lines allow to tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "common/base/rand.h"
#include "signaling/floor/floor.h"
#include "signaling/service/state/sync.h"

#define LINE RS_MS(500)

static void a_press_is_placed_by_the_pages_clock(void **state)
{
	struct sync sync = { .n = 0 };
	assert_true(sync_rtt(&sync) < 0);
	assert_int_equal(sync_press(&sync, 5, LINE, RS_SEC(9)).ago, 0);
	/* The page's clock is 100 s ahead; its line takes 40 ms each way. */
	sync_ask(&sync, 7, RS_SEC(10));
	sync_answer(&sync, 8, 1, RS_SEC(10)); /* not what was asked */
	assert_true(sync_rtt(&sync) < 0);
	sync_answer(&sync, 7, 110040, RS_SEC(10) + RS_MS(80));
	sync_answer(&sync, 7, 999999, RS_SEC(11)); /* nothing is open */
	assert_int_equal(sync_rtt(&sync), RS_MS(80));
	const struct sync_press press = sync_press(&sync, 120000, LINE, RS_SEC(20) + RS_MS(42));
	assert_true(press.believed);
	assert_int_equal(press.ago, RS_MS(42));
	assert_int_equal(press.uncertainty, RS_MS(6));
}

static void what_the_line_cannot_have_taken_is_not_believed(void **state)
{
	struct sync sync = { .n = 0 };
	sync_ask(&sync, 7, RS_SEC(10));
	sync_answer(&sync, 7, 10040, RS_SEC(10) + RS_MS(80));
	/* Said to have been made 200 ms ago, and after it came: both count as 40 ms ago. */
	assert_false(sync_press(&sync, 19800, LINE, RS_SEC(20)).believed);
	assert_int_equal(sync_press(&sync, 19800, LINE, RS_SEC(20)).ago, RS_MS(40));
	assert_int_equal(sync_press(&sync, 20100, LINE, RS_SEC(20)).ago, RS_MS(40));
	/* However slow a page pretends to be, the profile's bound holds. */
	for (uint32_t i = 1; i <= SYNC_SAMPLES_MAX; i++) {
		sync_ask(&sync, i, RS_SEC(30 + i));
		sync_answer(&sync, i, 1000 * (30 + i) + 2000, RS_SEC(34 + i));
	}
	const struct sync_press late = sync_press(&sync, 57000, LINE, RS_SEC(60));
	assert_false(late.believed);
	assert_int_equal(late.ago, LINE);
}

/* NTP comes back on a computer that was an hour slow: eight minutes of answers would say so still. */
static void a_clock_that_was_set_is_known_by_its_next_answer(void **state)
{
	struct sync sync = { .n = 0 };
	int64_t ms = 0;
	rs_time now = RS_SEC(10);
	assert_false(sync_offset(&sync, now, 0, &ms));
	for (uint32_t i = 1; i <= SYNC_SAMPLES_MAX; i++, now += RS_SEC(30)) {
		/* Slow as a line may be, and 100 parts in a million fast, it is the same clock. */
		const rs_time slow = i % 5 == 0 ? RS_MS(900) : 0;
		sync_ask(&sync, i, now);
		sync_answer(&sync, i, (now + (now / 10000)) / 1000 - 3600000 + 1,
			now + RS_MS(2) + slow);
	}
	assert_int_equal(sync.n, SYNC_SAMPLES_MAX);
	assert_true(sync_offset(&sync, now, now / 1000, &ms));
	assert_in_range(-ms, 3599900, 3600000);
	sync_ask(&sync, 99, now);
	sync_answer(&sync, 99, now / 1000 + 20, now + RS_MS(40));
	assert_int_equal(sync.n, 1);
	assert_true(sync_offset(&sync, now, now / 1000, &ms));
	assert_int_equal(ms, 0);
	assert_int_equal(sync_rtt(&sync), RS_MS(40));
	const struct sync_press press =
		sync_press(&sync, (now + RS_SEC(5)) / 1000, LINE, now + RS_SEC(5) + RS_MS(21));
	assert_true(press.believed);
	assert_int_equal(press.ago, RS_MS(21));
}

/* ---- a race ---- */

#define RACERS 200

struct racer {
	rs_time up, down, jitter; /* one way */
	rs_time ahead;            /* its clock */
	struct sync sync;
	rs_time pressed, came;
	rs_time claims; /* earlier than it was */
	struct sync_press press;
};

static rs_time delay(struct rs_rand *rand, rs_time base, rs_time jitter)
{
	return base + rs_rand_below(rand, (uint32_t)jitter + 1);
}

static void meet(struct racer *racer, struct rs_rand *rand, rs_time now)
{
	const rs_time base = RS_MS(20 + rs_rand_below(rand, 380));
	const rs_time skew = base * ((int)rs_rand_below(rand, 11) - 5) / 100;
	*racer = (struct racer){ .up = base + skew,
		.down = base - skew,
		.jitter = RS_MS(rs_rand_below(rand, 20)),
		.ahead = RS_SEC(rs_rand_below(rand, 100000)) };
	for (uint32_t n = 1; n <= 12; n++) {
		const rs_time there = now + delay(rand, racer->down, racer->jitter);
		sync_ask(&racer->sync, n, now);
		sync_answer(&racer->sync, n, (there + racer->ahead) / RS_MS(1),
			there + delay(rand, racer->up, racer->jitter));
		now = there + RS_SEC(1);
	}
}

static void press(struct racer *racer, struct rs_rand *rand, rs_time pressed)
{
	racer->pressed = pressed;
	racer->came = pressed + delay(rand, racer->up, racer->jitter);
	racer->press = sync_press(&racer->sync, (pressed - racer->claims + racer->ahead) / RS_MS(1),
		LINE, racer->came);
}

static int by_arrival(const void *a, const void *b)
{
	const struct racer *const *x = a;
	const struct racer *const *y = b;
	return (*x)->came < (*y)->came ? -1 : 1;
}

static struct floor_person person(const void *ctx, const char *participant)
{
	(void)ctx;
	return (struct floor_person){ .presence = FLOOR_PRESENT, .delegation = participant };
}

static struct racer racers[RACERS];
static struct events events;

static void apply(struct floor *floor, int64_t wall_ms)
{
	for (size_t i = 0; i < events.n; i++) {
		events.list[i].wall_ms = wall_ms;
		floor_apply(floor, &events.list[i]);
	}
	events.n = 0;
}

/* The list as the race left it; entries are numbers of racers. */
static struct floor *run(struct rs_rand *rand, rs_time opened)
{
	static const char *const items[] = { "1" };
	const struct rules rules = { .self_inscription = true,
		.entries_max = RACERS,
		.open_microphones_max = 1,
		.window = { .window_ms = 2000, .line_ms = 500 } };
	const struct racer *order[RACERS];
	uint8_t key[FLOOR_LOT_KEY_LEN];
	struct floor *floor = NULL;
	assert_int_equal(floor_new(&rules, items, 1, &floor), 0);
	rs_rand_bytes(rand, key, sizeof(key));
	floor_set_lot_key(floor, key);
	floor_apply(floor, &(struct event){ .kind = EVENT_MEETING_OPENED });
	floor_decide_window_opening(floor, "chair", "1", &events);
	floor_apply(floor, &(struct event){ .kind = EVENT_ITEM_TAKEN_UP, .item = "1" });
	apply(floor, opened / RS_MS(1));
	for (size_t i = 0; i < RACERS; i++)
		order[i] = &racers[i];
	qsort(order, RACERS, sizeof(order[0]), by_arrival);
	for (size_t i = 0; i < RACERS; i++) {
		char name[16];
		(void)snprintf(name, sizeof(name), "%zu", (size_t)(order[i] - racers));
		const struct floor_wish wish = { .pressed = true,
			.pressed_ms = (order[i]->came - order[i]->press.ago) / RS_MS(1),
			.uncertainty_ms = (uint32_t)(order[i]->press.uncertainty / RS_MS(1)) + 1 };
		const struct floor_command ask = { .kind = FLOOR_ASK,
			.by = name,
			.delegation = name,
			.participant = "",
			.wall_ms = order[i]->came / RS_MS(1),
			.wish = &wish };
		assert_int_equal(floor_decide(floor, &ask, person, NULL, &events), VERDICT_OK);
		apply(floor, order[i]->came / RS_MS(1));
	}
	floor_decide_window(floor, floor_window_ends(floor), &events);
	assert_int_equal(events.n, 1);
	apply(floor, opened / RS_MS(1) + 2500);
	return floor;
}

static void in_a_race_of_two_hundred_who_certainly_pressed_first_stands_first(void **state)
{
	size_t told = 0;
	size_t all = 0;
	size_t disbelieved = 0;
	size_t inverted = 0;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct rs_rand rand;
		rs_rand_init_seed(&rand, seed);
		const rs_time opened = RS_SEC(1000);
		for (size_t i = 0; i < RACERS; i++) {
			meet(&racers[i], &rand, RS_SEC(10));
			press(&racers[i], &rand, opened + RS_MS(450 + rs_rand_below(&rand, 1000)));
			disbelieved += !racers[i].press.believed;
		}
		struct floor *floor = run(&rand, opened);
		const struct floor_list *list = floor_current_list(floor);
		assert_int_equal(list->n, RACERS);
		for (size_t i = 0; i < list->n; i++)
			for (size_t j = i + 1; j < list->n; j++) {
				const struct racer *a = &racers[atoi(list->entries[i].participant)];
				const struct racer *b = &racers[atoi(list->entries[j].participant)];
				const rs_time apart = a->pressed > b->pressed
							      ? a->pressed - b->pressed
							      : b->pressed - a->pressed;
				const rs_time unsure =
					a->press.uncertainty + b->press.uncertainty + RS_MS(4);
				all++;
				if (!a->press.believed || !b->press.believed)
					continue;
				/* Each interval holds the true time: apart by twice both, they never overlap. */
				told += apart > 2 * unsure;
				inverted += apart > 2 * unsure && a->pressed > b->pressed;
			}
		floor_free(floor);
	}
	printf("# pairs told apart: %zu of %zu, presses not believed: %zu of %d\n", told, all,
		disbelieved, 5 * RACERS);
	assert_int_equal(inverted, 0);
	assert_true(told > all / 3);
	assert_true(disbelieved < 5 * RACERS / 20);
}

static size_t place_of_first(const struct floor *floor)
{
	const struct floor_list *list = floor_current_list(floor);
	size_t i = 0;
	while (strcmp(list->entries[i].participant, "0") != 0)
		i++;
	return i;
}

static void who_claims_an_early_press_gains_nothing(void **state)
{
	size_t honest = 0;
	size_t cheating = 0;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		for (int cheats = 0; cheats < 2; cheats++) {
			struct rs_rand rand;
			rs_rand_init_seed(&rand, seed);
			const rs_time opened = RS_SEC(1000);
			for (size_t i = 0; i < RACERS; i++) {
				meet(&racers[i], &rand, RS_SEC(10));
				racers[i].claims = cheats && i == 0 ? RS_MS(300) : 0;
				press(&racers[i], &rand,
					opened + RS_MS(450 + rs_rand_below(&rand, 1000)));
			}
			struct floor *floor = run(&rand, opened);
			*(cheats ? &cheating : &honest) += place_of_first(floor);
			floor_free(floor);
		}
	}
	printf("# mean place: honest %zu, claiming 300 ms: %zu of %d\n", honest / 60, cheating / 60,
		RACERS);
	assert_true(cheating + 60 * 2 >= honest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_press_is_placed_by_the_pages_clock),
		cmocka_unit_test(what_the_line_cannot_have_taken_is_not_believed),
		cmocka_unit_test(a_clock_that_was_set_is_known_by_its_next_answer),
		cmocka_unit_test(in_a_race_of_two_hundred_who_certainly_pressed_first_stands_first),
		cmocka_unit_test(who_claims_an_early_press_gains_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
