/* Lists of speakers: inscription in advance, order by keys, who is absent, changes of places, lots, presses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/rand.h"
#include "tests/support/examples.h"
#include "tests/support/lists_kit.h"

/* ---- in advance ---- */

static void one_inscribes_in_advance_for_an_item(void **state)
{
	struct floor *floor = scheduled(&rules);
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_ASK), VERDICT_NOT_IN_SESSION);
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_ASK, .item = "3"), VERDICT_NO_SUCH_ITEM);
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_ASK, .item = "2"), VERDICT_OK);
	assert_int_equal(
		DO(floor, "KEN-2", .kind = FLOOR_ASK, .item = "2"), VERDICT_ALREADY_ON_LIST);
	assert_int_equal(floor_list_state(floor, 2, LIST_SPEAKERS), FLOOR_LIST_PLANNED);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_INSCRIBE, .item = "2",
				 .participant = "FRA", .position = 1),
		VERDICT_OK);
	assert_int_equal(
		DO(floor, "chair", .kind = FLOOR_INSCRIBE, .item = "2", .participant = "z"),
		VERDICT_NO_SUCH_PARTICIPANT);
	assert_string_equal(waiting(floor, "2"), "FRA KEN");
	/* Nobody is called for an item that is not taken up. */
	floor_apply(floor, &(struct event){ .kind = EVENT_MEETING_OPENED, .wall_ms = now });
	open_item(floor, "1");
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = 1), VERDICT_NO_SUCH_ENTRY);
	open_item(floor, "2");
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = 1), VERDICT_OK);
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_WITHDRAW), VERDICT_NOT_ON_LIST);
	floor_free(floor);
}

static void without_that_rule_there_is_nothing_in_advance(void **state)
{
	struct rules live = rules;
	live.in_advance = false;
	struct floor *floor = scheduled(&live);
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_ASK, .item = "1"), VERDICT_NOT_IN_SESSION);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_CLOSE_LIST), VERDICT_NOT_IN_SESSION);
	floor_free(floor);
	floor = in_session(&live);
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_ASK, .item = "2"), VERDICT_LIST_CLOSED);
	ASK(floor, "KEN");
	floor_apply(floor, &(struct event){ .kind = EVENT_MEETING_CLOSED, .wall_ms = now });
	assert_string_equal(waiting(floor, "1"), "");
	floor_free(floor);
}

static void what_is_prepared_outlasts_a_sitting(void **state)
{
	struct floor *floor = in_session(&rules);
	ASK(floor, "KEN");
	assert_int_equal(DO(floor, "FRA", .kind = FLOOR_ASK, .item = "2"), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_CLOSE_LIST, .item = "2"), VERDICT_OK);
	floor_apply(floor, &(struct event){ .kind = EVENT_MEETING_ADJOURNED, .wall_ms = now });
	assert_string_equal(waiting(floor, "1"), "KEN");
	floor_apply(floor, &(struct event){ .kind = EVENT_MEETING_CLOSED, .wall_ms = now });
	assert_string_equal(waiting(floor, "1"), "");
	assert_string_equal(waiting(floor, "2"), "FRA");
	assert_int_equal(floor_list_state(floor, 2, LIST_SPEAKERS), FLOOR_LIST_CLOSED);
	floor_free(floor);
}

static void all_lists_together_are_bounded(void **state)
{
	static const char *const items[] = { "1", "2", "3", "4", "5", "6" };
	struct rules small = rules;
	struct floor *floor = NULL;
	small.entries_max = 2;
	assert_int_equal(floor_new(&small, items, 6, &floor), 0);
	for (size_t i = 0; i < 6; i++) {
		for (const char *by = "AB"; *by != '\0'; by++) {
			const enum verdict verdict = act(floor, (const char[]){ *by, '\0' },
				(struct floor_command){ .kind = FLOOR_ASK, .item = items[i] });
			assert_int_equal(
				verdict, i < FLOOR_FULL_LISTS_MAX ? VERDICT_OK : VERDICT_TOO_MANY);
		}
	}
	assert_int_equal(DO(floor, "C", .kind = FLOOR_ASK, .item = items[0]), VERDICT_TOO_MANY);
	floor_free(floor);
}

/* ---- the life of a list ---- */

static void a_list_is_planned_open_closed_exhausted_and_ended(void **state)
{
	struct floor *floor = scheduled(&rules);
	assert_int_equal(floor_list_state(floor, 1, LIST_SPEAKERS), FLOOR_LIST_PLANNED);
	floor_apply(floor, &(struct event){ .kind = EVENT_MEETING_OPENED, .wall_ms = now });
	open_item(floor, "1");
	assert_int_equal(floor_list_state(floor, 1, LIST_SPEAKERS), FLOOR_LIST_OPEN);
	ASK(floor, "KEN");
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_END_LIST), VERDICT_LIST_NOT_EXHAUSTED);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_CLOSE_LIST), VERDICT_OK);
	assert_int_equal(floor_list_state(floor, 1, LIST_SPEAKERS), FLOOR_LIST_CLOSED);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_END_LIST), VERDICT_LIST_NOT_EXHAUSTED);
	assert_int_equal(DO(floor, "FRA", .kind = FLOOR_ASK), VERDICT_LIST_CLOSED);
	/* The secretariat may still add (GA rule 73 closes the list to requests). */
	assert_int_equal(
		DO(floor, "chair", .kind = FLOOR_INSCRIBE, .participant = "FRA"), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = 1), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = 2), VERDICT_OK);
	assert_int_equal(floor_list_state(floor, 1, LIST_SPEAKERS), FLOOR_LIST_EXHAUSTED);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_END_LIST), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_END_LIST), VERDICT_ALREADY_SO);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_INSCRIBE, .participant = "BRA"),
		VERDICT_LIST_CLOSED);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_OPEN_LIST), VERDICT_OK);
	assert_int_equal(floor_list_state(floor, 1, LIST_SPEAKERS), FLOOR_LIST_OPEN);
	floor_free(floor);
}

/* ---- order ---- */

static void entries_stand_by_category_then_by_time(void **state)
{
	struct rules ordered = rules;
	ordered.order = (struct rules_order){ .by_category = true,
		.block = { [CATEGORY_GROUP] = 0,
			[CATEGORY_MEMBER] = 1,
			[CATEGORY_OBSERVER] = 2,
			[CATEGORY_IGO] = 3,
			[CATEGORY_NGO] = 3 } };
	struct floor *floor = in_session(&ordered);
	ASK(floor, "n1");
	ASK(floor, "mb");
	ASK(floor, "o1");
	ASK(floor, "ma");
	ASK(floor, "i1");
	assert_string_equal(waiting(floor, "1"), "mb ma o1 n1 i1");
	/* On behalf of a group a member stands with the groups. */
	const struct floor_wish group = { .group = "G77" };
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_ASK, .wish = &group), VERDICT_OK);
	assert_string_equal(waiting(floor, "1"), "KEN mb ma o1 n1 i1");
	/* Who was put there by hand stays there. */
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_MOVE, .entry = entry_of(floor, "n1"),
				 .position = 1),
		VERDICT_OK);
	ASK(floor, "g1");
	assert_string_equal(waiting(floor, "1"), "n1 KEN g1 mb ma o1 i1");
	floor_free(floor);
}

/* Heads of state come first, though they asked last; those of one level in the order of asking, or by rank within it. */
static void entries_stand_by_level(void **state)
{
	struct rules ordered = rules;
	ordered.order = (struct rules_order){ .by_level = true };
	struct floor *floor = in_session(&ordered);
	ASK(floor, "l5");
	ASK(floor, "l8");
	ASK(floor, "l5b");
	ASK(floor, "l0");
	assert_string_equal(waiting(floor, "1"), "l0 l5 l5b l8");
	floor_free(floor);

	ordered.order.by_rank = true;
	floor = in_session(&ordered);
	ASK(floor, "l2"); /* an alternate */
	ASK(floor, "l3");
	ASK(floor, "l1");
	assert_string_equal(waiting(floor, "1"), "l1 l2 l3");
	floor_free(floor);
}

static void entries_stand_by_rank_and_protocol(void **state)
{
	struct rules ordered = rules;
	ordered.order = (struct rules_order){ .by_rank = true, .by_protocol = true };
	struct floor *floor = in_session(&ordered);
	ASK(floor, "a2"); /* an alternate */
	ASK(floor, "ad");
	ASK(floor, "ac");
	assert_string_equal(waiting(floor, "1"), "ac ad a2");
	floor_free(floor);
}

/* ---- absent, lost ---- */

static void who_is_absent_is_left_out_and_put_back(void **state)
{
	struct floor *floor = in_session(&rules);
	ASK(floor, "xA");
	ASK(floor, "FRA");
	ASK(floor, "BRA");
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_SKIP, .entry = 1), VERDICT_OK);
	assert_int_equal(events.list[0].cause, CAUSE_ABSENT);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_SKIP, .entry = 2), VERDICT_OK);
	assert_int_equal(events.list[0].cause, CAUSE_CHAIR);
	assert_string_equal(waiting(floor, "1"), "BRA");
	assert_int_equal(floor->items[1].lists[FLOOR_ASIDE].n, 2);
	assert_int_equal(
		DO(floor, "chair", .kind = FLOOR_REQUEUE, .entry = 1, .position = 1), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_REQUEUE, .entry = 2), VERDICT_OK);
	assert_string_equal(waiting(floor, "1"), "xA BRA FRA");
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_REQUEUE, .entry = 2), VERDICT_ALREADY_SO);
	/* Who asked again meanwhile is not put on the list twice. */
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_SKIP, .entry = 3), VERDICT_OK);
	ASK(floor, "BRA");
	assert_int_equal(
		DO(floor, "chair", .kind = FLOOR_REQUEUE, .entry = 3), VERDICT_ALREADY_ON_LIST);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_WITHDRAW, .entry = 3), VERDICT_OK);
	floor_free(floor);
}

static void who_lost_the_line_goes_back_with_the_time_that_is_left(void **state)
{
	struct floor *floor = in_session(&rules);
	ASK(floor, "KEN");
	ASK(floor, "FRA");
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = 1), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_REQUEUE, .entry = 1), VERDICT_ALREADY_SO);
	now += 70000;
	events.n = 0;
	floor_decide_lost(floor, "KEN", &events);
	apply(floor);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_REQUEUE, .entry = 1), VERDICT_OK);
	assert_int_equal(events.list[0].cause, CAUSE_LOST_LINE);
	assert_string_equal(floor->now.holder, "");
	assert_string_equal(waiting(floor, "1"), "FRA KEN");
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = 2), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = 1), VERDICT_OK);
	assert_int_equal(floor_used_ms(floor, now), 70000);
	floor_free(floor);
}

/* ---- changes of places ---- */

static void two_change_places_by_consent(void **state)
{
	struct floor *floor = in_session(&rules);
	const struct floor_wish with_3 = { .other = 3 };
	ASK(floor, "KEN");
	ASK(floor, "FRA");
	ASK(floor, "BRA");
	assert_int_equal(DO(floor, "FRA", .kind = FLOOR_OFFER_SWAP, .entry = 1, .wish = &with_3),
		VERDICT_NOT_PERMITTED);
	assert_int_equal(DO(floor, "KEN-2", .kind = FLOOR_OFFER_SWAP, .entry = 1, .wish = &with_3),
		VERDICT_OK);
	assert_int_equal(
		DO(floor, "KEN", .kind = FLOOR_OFFER_SWAP, .wish = &with_3), VERDICT_ALREADY_SO);
	assert_int_equal(
		DO(floor, "FRA", .kind = FLOOR_ACCEPT_SWAP, .entry = 1), VERDICT_NOT_PERMITTED);
	assert_int_equal(
		DO(floor, "KEN", .kind = FLOOR_ACCEPT_SWAP, .entry = 1), VERDICT_NOT_PERMITTED);
	assert_int_equal(DO(floor, "BRA", .kind = FLOOR_ACCEPT_SWAP, .entry = 1), VERDICT_OK);
	assert_string_equal(waiting(floor, "1"), "BRA FRA KEN");
	assert_int_equal(DO(floor, "BRA", .kind = FLOOR_ACCEPT_SWAP, .entry = 1), VERDICT_NO_SWAP);
	floor_free(floor);
}

static void an_offer_is_declined_withdrawn_or_lapses(void **state)
{
	struct floor *floor = in_session(&rules);
	const struct floor_wish with_2 = { .other = 2 };
	const struct floor_wish with_9 = { .other = 9 };
	ASK(floor, "KEN");
	ASK(floor, "FRA");
	assert_int_equal(
		DO(floor, "KEN", .kind = FLOOR_OFFER_SWAP, .wish = &with_9), VERDICT_NO_SUCH_ENTRY);
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_OFFER_SWAP, .wish = &with_2), VERDICT_OK);
	assert_int_equal(DO(floor, "FRA", .kind = FLOOR_DECLINE_SWAP, .entry = 1), VERDICT_OK);
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_OFFER_SWAP, .wish = &with_2), VERDICT_OK);
	assert_int_equal(
		DO(floor, "FRA", .kind = FLOOR_WITHDRAW_SWAP, .entry = 1), VERDICT_NOT_PERMITTED);
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_WITHDRAW_SWAP, .entry = 1), VERDICT_OK);
	assert_int_equal(DO(floor, "KEN", .kind = FLOOR_OFFER_SWAP, .wish = &with_2), VERDICT_OK);
	/* Either is called: that ends it. */
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = 2), VERDICT_OK);
	assert_int_equal(floor_current_list(floor)->entries[0].offers, 0);
	floor_free(floor);

	struct rules without = rules;
	without.swaps = false;
	floor = in_session(&without);
	ASK(floor, "KEN");
	ASK(floor, "FRA");
	assert_int_equal(
		DO(floor, "KEN", .kind = FLOOR_OFFER_SWAP, .wish = &with_2), VERDICT_NOT_PERMITTED);
	floor_free(floor);
}

/* ---- lots ---- */

static void lots_are_announced_then_drawn(void **state)
{
	struct floor *floor = in_session(&rules);
	uint8_t seed[RS_SHA256_LEN];
	uint8_t commitment[RS_SHA256_LEN];
	const struct floor_wish word = { .word = "42" };
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_DRAW_LOTS), VERDICT_NO_LOTS);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_ANNOUNCE_LOTS), VERDICT_OK);
	memcpy(commitment, events.list[0].digest, sizeof(commitment));
	/* Nobody tries seeds until one suits. */
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_ANNOUNCE_LOTS), VERDICT_ALREADY_SO);
	ASK(floor, "KEN");
	ASK(floor, "FRA");
	ASK(floor, "BRA");
	ASK(floor, "JPN");
	assert_int_equal(
		DO(floor, "chair", .kind = FLOOR_MOVE, .entry = 4, .position = 1), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_DRAW_LOTS, .wish = &word), VERDICT_OK);
	assert_int_equal(events.n, 2);
	assert_int_equal(events.list[0].kind, EVENT_LOTS_PLACES);
	assert_int_equal(events.list[1].kind, EVENT_LOTS_DRAWN);
	memcpy(seed, events.list[1].lot_seed, sizeof(seed));
	uint8_t digest[RS_SHA256_LEN];
	rs_sha256(seed, sizeof(seed), digest);
	assert_memory_equal(digest, commitment, sizeof(digest));
	const struct floor_list *list = floor_current_list(floor);
	assert_string_equal(list->entries[0].participant, "JPN"); /* by hand */
	for (size_t i = 2; i < list->n; i++) {
		assert_true(floor_lot(seed, "42", list->entries[i - 1].delegation) <
			    floor_lot(seed, "42", list->entries[i].delegation));
	}
	/* What the event says of the outcome is what it is. */
	char order[64];
	(void)snprintf(order, sizeof(order), "%u,%u,%u,%u", list->entries[0].id,
		list->entries[1].id, list->entries[2].id, list->entries[3].id);
	rs_sha256(order, strlen(order), digest);
	assert_memory_equal(digest, events.list[1].digest, sizeof(digest));
	/* Nothing else is needed to work it out: JPN kept the place. */
	char places[128];
	int len = snprintf(places, sizeof(places), "%u", list->entries[0].id);
	for (size_t i = 1; i < list->n; i++)
		len += snprintf(places + len, sizeof(places) - (size_t)len, " %u:%s:0:0",
			list->entries[i].id, list->entries[i].delegation);
	assert_string_equal(events.list[0].names, places);
	/* Another draw has another seed. */
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_ANNOUNCE_LOTS), VERDICT_OK);
	assert_memory_not_equal(events.list[0].digest, commitment, sizeof(commitment));
	floor_free(floor);
}

/* The worked example of PROTOCOL.md section 3.4, line by line. */
static void the_example_of_the_paper_is_worked_out(void **state)
{
	uint8_t seed[RS_SHA256_LEN];
	uint8_t commitment[RS_SHA256_LEN];
	char hex[2 * RS_SHA256_LEN + 1];
	char line[128];
	size_t len;
	uint64_t last = 0;
	char *paper = examples_read("signaling/wire/PROTOCOL.md", &len);
	const char *at = strstr(paper, "<!-- lots -->");
	assert_non_null(at);
	for (uint8_t i = 0; i < RS_SHA256_LEN; i++)
		seed[i] = i;
	rs_sha256(seed, sizeof(seed), commitment);
	rs_hex_encode(seed, sizeof(seed), hex);
	(void)snprintf(line, sizeof(line), "seed %s\n", hex);
	assert_non_null(at = strstr(at, line));
	rs_hex_encode(commitment, sizeof(commitment), hex);
	(void)snprintf(line, sizeof(line), "commitment %s\nword 42\n", hex);
	assert_non_null(at = strstr(at, line));
	static const char *const order[] = { "JPN", "BRA", "KEN", "FRA" };
	for (size_t i = 0; i < RS_ARRAY_LEN(order); i++) {
		const uint64_t lot = floor_lot(seed, "42", order[i]);
		assert_true(lot > last);
		last = lot;
		(void)snprintf(line, sizeof(line), "\n%s %016" PRIx64 "\n", order[i], lot);
		assert_non_null(at = strstr(at, line));
	}
	free(paper);
}

static void every_order_is_drawn_as_often(void **state)
{
	unsigned first[4] = { 0 };
	static const char *const who[] = { "KEN", "FRA", "BRA", "JPN" };
	uint8_t seed[RS_SHA256_LEN];
	struct rs_rand rand;
	rs_rand_init_seed(&rand, 1);
	for (int n = 0; n < 20000; n++) {
		size_t best = 0;
		rs_rand_bytes(&rand, seed, sizeof(seed));
		for (size_t i = 1; i < 4; i++) {
			if (floor_lot(seed, "", who[i]) < floor_lot(seed, "", who[best]))
				best = i;
		}
		first[best]++;
	}
	for (size_t i = 0; i < 4; i++)
		assert_in_range(first[i], 4700, 5300);
}

/* ---- presses ---- */

static const struct rules_window half_a_second = { .window_ms = 500, .line_ms = 400 };

static struct floor *race(void)
{
	struct rules raced = rules;
	raced.window = half_a_second;
	struct floor *floor = in_session(&raced);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_CLOSE_LIST), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_OPEN_LIST), VERDICT_OK);
	assert_int_equal(events.n, 2);
	assert_int_equal(events.list[1].kind, EVENT_LOTS_ANNOUNCED);
	assert_int_equal(events.list[1].window_ms, 500);
	return floor;
}

/* `by` pressed so long after the opening, and it came so long after. */
static enum verdict press(struct floor *floor, const char *by, int64_t pressed_ms, int64_t came_ms,
	uint32_t uncertainty_ms)
{
	const int64_t opened = floor_current_list(floor)->opened_ms;
	const struct floor_wish wish = {
		.pressed = true, .pressed_ms = opened + pressed_ms, .uncertainty_ms = uncertainty_ms
	};
	now = opened + came_ms;
	return DO(floor, by, .kind = FLOOR_ASK, .wish = &wish);
}

static void close_window(struct floor *floor)
{
	events.n = 0;
	now = floor_window_ends(floor);
	floor_decide_window(floor, now - 1, &events);
	assert_int_equal(events.n, 0);
	floor_decide_window(floor, now, &events);
	assert_int_equal(events.n, 1);
	apply(floor);
	assert_true(floor_window_ends(floor) == INT64_MAX);
}

static void presses_are_ordered_by_when_they_were_made(void **state)
{
	struct floor *floor = race();
	assert_true(floor_window_ends(floor) == INT64_MAX);
	assert_int_equal(press(floor, "KEN", 200, 220, 10), VERDICT_OK);
	assert_int_equal(press(floor, "FRA", 100, 350, 10), VERDICT_OK);
	assert_int_equal(press(floor, "BRA", 150, 400, 10), VERDICT_OK);
	assert_string_equal(waiting(floor, "1"), "(KEN) (FRA) (BRA)");
	close_window(floor);
	assert_string_equal(waiting(floor, "1"), "FRA BRA KEN");
	floor_free(floor);
}

static void no_press_counts_before_the_opening_or_after_it_came(void **state)
{
	struct floor *floor = race();
	assert_int_equal(press(floor, "KEN", -5000, 300, 0), VERDICT_OK);
	assert_int_equal(events.list[0].pressed_ms, floor_current_list(floor)->opened_ms);
	assert_int_equal(press(floor, "FRA", 400, 350, 0), VERDICT_OK);
	assert_int_equal(events.list[0].pressed_ms, floor_current_list(floor)->opened_ms + 350);
	/* Too late for the window: behind those who were in it. */
	assert_int_equal(press(floor, "BRA", 501, 600, 0), VERDICT_OK);
	assert_false(events.list[0].requested);
	assert_string_equal(waiting(floor, "1"), "(KEN) (FRA) BRA");
	close_window(floor);
	assert_string_equal(waiting(floor, "1"), "KEN FRA BRA");
	floor_free(floor);
}

static void presses_within_the_uncertainty_are_drawn_by_lot(void **state)
{
	struct floor *floor = race();
	assert_int_equal(press(floor, "KEN", 100, 300, 20), VERDICT_OK);
	assert_int_equal(press(floor, "FRA", 130, 300, 20), VERDICT_OK);
	assert_int_equal(press(floor, "BRA", 250, 300, 20), VERDICT_OK);
	close_window(floor);
	const uint8_t *seed = events.list[0].lot_seed;
	assert_string_equal(waiting(floor, "1"),
		floor_lot(seed, "", "KEN") < floor_lot(seed, "", "FRA") ? "KEN FRA BRA"
									: "FRA KEN BRA");
	floor_free(floor);
}

static void the_floor_may_be_given_before_the_presses_are_ordered(void **state)
{
	struct floor *floor = race();
	assert_int_equal(press(floor, "KEN", 100, 150, 5), VERDICT_OK);
	assert_int_equal(DO(floor, "chair", .kind = FLOOR_GIVE, .entry = 1), VERDICT_OK);
	assert_true(floor_window_ends(floor) == INT64_MAX);
	floor_free(floor);
}

/* ---- random commands ---- */

static struct floor_wish wish;

static struct floor_command any(struct rs_rand *rand, const struct floor *floor)
{
	static const enum floor_command_kind kinds[] = { FLOOR_ASK, FLOOR_ASK, FLOOR_INSCRIBE,
		FLOOR_WITHDRAW, FLOOR_MOVE, FLOOR_SKIP, FLOOR_REQUEUE, FLOOR_OFFER_SWAP,
		FLOOR_ACCEPT_SWAP, FLOOR_DECLINE_SWAP, FLOOR_WITHDRAW_SWAP, FLOOR_ANNOUNCE_LOTS,
		FLOOR_DRAW_LOTS, FLOOR_GIVE, FLOOR_TAKE, FLOOR_SET_LIMIT, FLOOR_SET_BUDGET,
		FLOOR_CLOSE_LIST, FLOOR_OPEN_LIST, FLOOR_OPEN_LIST, FLOOR_END_LIST, FLOOR_ASK_REPLY,
		FLOOR_RAISE_POINT, FLOOR_HEAR_POINT, FLOOR_RULE, FLOOR_SETTLE };
	static const char *const items[] = { "", "1", "2" };
	static const char *const people[] = { "KEN", "KEN-2", "FRA", "m1", "n1", "o1", "xA" };
	wish = (struct floor_wish){ .other = rs_rand_below(rand, floor->last_entry + 2),
		.pressed = rs_rand_below(rand, 2) == 0,
		.pressed_ms = now - rs_rand_below(rand, 600),
		.uncertainty_ms = rs_rand_below(rand, 50),
		.category = (enum category)rs_rand_below(rand, CATEGORY_COUNT) };
	return (struct floor_command){
		.kind = kinds[rs_rand_below(rand, RS_ARRAY_LEN(kinds))],
		.entry = rs_rand_below(rand, 3) == 0
				 ? 0
				 : floor->last_entry -
					   rs_rand_below(rand, floor->last_entry + 1) / 4,
		.position = rs_rand_below(rand, 6),
		.participant = people[rs_rand_below(rand, RS_ARRAY_LEN(people))],
		.seconds = rs_rand_below(rand, 900),
		.item = items[rs_rand_below(rand, 3)],
		.wish = &wish,
	};
}

/* Lists hold nobody twice, lie in the pool one behind the other, and nothing is offered to who is not there. */
static void check(const struct floor *floor)
{
	const struct floor_entry *next = floor->pool;
	for (size_t i = 0; i < floor->n_items; i++) {
		for (size_t kind = 0; kind <= LIST_COUNT; kind++) {
			const struct floor_list *list = &floor->items[i].lists[kind];
			assert_ptr_equal(list->entries, next);
			next += list->n;
			assert_true(list->n <= floor->rules.entries_max);
			for (size_t a = 0; a < list->n && kind != FLOOR_ASIDE; a++)
				for (size_t b = 0; b < a; b++)
					assert_string_not_equal(list->entries[a].delegation,
						list->entries[b].delegation);
		}
	}
	assert_ptr_equal(next, floor->pool + floor->n_pool);
	for (size_t i = 0; i < floor->n_pool; i++) {
		const struct floor_entry *entry = &floor->pool[i];
		bool there = entry->offers == 0;
		assert_int_not_equal(entry->id, 0);
		for (size_t j = 0; j < floor->n_pool; j++) {
			there = there || floor->pool[j].id == entry->offers;
			if (i != j)
				assert_int_not_equal(entry->id, floor->pool[j].id);
		}
		assert_true(there);
	}
}

static uint8_t sum[RS_SHA256_LEN];

/* Of all that counts in the state. */
static const uint8_t *digest(const struct floor *floor)
{
	struct rs_hash *hash = NULL;
	assert_int_equal(rs_hash_new(RS_HASH_SHA256, &hash), 0);
	rs_hash_add(hash, floor->pool, floor->n_pool * sizeof(*floor->pool));
	rs_hash_add(hash, &floor->now, sizeof(floor->now));
	rs_hash_add(hash, floor->waited, sizeof(floor->waited));
	for (size_t i = 0; i < floor->n_items; i++) {
		const struct floor_item *item = &floor->items[i];
		rs_hash_add(hash, item->budgets, sizeof(item->budgets));
		for (size_t kind = 0; kind <= LIST_COUNT; kind++) {
			const struct floor_list *list = &item->lists[kind];
			rs_hash_add(hash, &list->n, sizeof(list->n));
			rs_hash_add(hash, &list->closed, sizeof(list->closed));
			rs_hash_add(hash, &list->ended, sizeof(list->ended));
			rs_hash_add(hash, &list->draw, sizeof(list->draw));
			rs_hash_add(hash, &list->opened_ms, sizeof(list->opened_ms));
			rs_hash_add(hash, &list->allotted_ms, sizeof(list->allotted_ms));
		}
	}
	rs_hash_finish(hash, sum);
	rs_hash_free(hash);
	return sum;
}

static void step(struct floor *floor, struct floor *replay, struct rs_rand *rand)
{
	static const char *const actors[] = { "KEN", "KEN-2", "FRA", "m1", "n1", "chair", "chair" };
	uint8_t before[RS_SHA256_LEN];
	events.n = 0;
	now += rs_rand_below(rand, 400);
	memcpy(before, digest(floor), sizeof(before));
	floor_decide_window(floor, now, &events);
	if (events.n == 0) {
		struct floor_command command = any(rand, floor);
		command.by = actors[rs_rand_below(rand, RS_ARRAY_LEN(actors))];
		command.presides = strcmp(command.by, "chair") == 0;
		command.delegation = command.presides ? "" : person(NULL, command.by).delegation;
		command.wall_ms = now;
		(void)floor_decide(floor, &command, person, NULL, &events);
	}
	assert_memory_equal(before, digest(floor), sizeof(before)); /* deciding changes nothing */
	apply(floor);
	for (size_t i = 0; i < events.n; i++)
		floor_apply(replay, &events.list[i]);
	check(floor);
}

static void random_lists_keep_their_properties(void **state)
{
	struct rules raced = rules;
	struct rs_rand rand;
	raced.window = half_a_second;
	raced.order = (struct rules_order){ .by_category = true, .block = { 1, 2, 2, 3, 0 } };
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct floor *floor = in_session(&raced);
		struct floor *replay = in_session(&raced);
		uint8_t live[RS_SHA256_LEN];
		rs_rand_init_seed(&rand, seed);
		for (int i = 0; i < 1500; i++) {
			if (rs_rand_below(&rand, 200) == 0) {
				const char *item = rs_rand_below(&rand, 2) == 0 ? "1" : "2";
				open_item(floor, item);
				open_item(replay, item);
			}
			step(floor, replay, &rand);
		}
		memcpy(live, digest(floor), sizeof(live));
		assert_memory_equal(live, digest(replay), sizeof(live));
		assert_true(floor->last_entry > 50);
		floor_free(floor);
		floor_free(replay);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_inscribes_in_advance_for_an_item),
		cmocka_unit_test(without_that_rule_there_is_nothing_in_advance),
		cmocka_unit_test(what_is_prepared_outlasts_a_sitting),
		cmocka_unit_test(all_lists_together_are_bounded),
		cmocka_unit_test(a_list_is_planned_open_closed_exhausted_and_ended),
		cmocka_unit_test(entries_stand_by_category_then_by_time),
		cmocka_unit_test(entries_stand_by_level),
		cmocka_unit_test(entries_stand_by_rank_and_protocol),
		cmocka_unit_test(who_is_absent_is_left_out_and_put_back),
		cmocka_unit_test(who_lost_the_line_goes_back_with_the_time_that_is_left),
		cmocka_unit_test(two_change_places_by_consent),
		cmocka_unit_test(an_offer_is_declined_withdrawn_or_lapses),
		cmocka_unit_test(lots_are_announced_then_drawn),
		cmocka_unit_test(the_example_of_the_paper_is_worked_out),
		cmocka_unit_test(every_order_is_drawn_as_often),
		cmocka_unit_test(presses_are_ordered_by_when_they_were_made),
		cmocka_unit_test(no_press_counts_before_the_opening_or_after_it_came),
		cmocka_unit_test(presses_within_the_uncertainty_are_drawn_by_lot),
		cmocka_unit_test(the_floor_may_be_given_before_the_presses_are_ordered),
		cmocka_unit_test(random_lists_keep_their_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
