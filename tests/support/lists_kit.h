/* tests/support/lists_kit.h
 *
 * A floor with two items to try lists of speakers on: people told by their names, commands as one line. For the test
 * program that includes it alone.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_LISTS_KIT_H
#define ROSTRUM_TESTS_SUPPORT_LISTS_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "signaling/floor/floor.h"

static const struct rules rules = {
	.name = "test",
	.self_inscription = true,
	.in_advance = true,
	.swaps = true,
	.one_entry_per_delegation = true,
	.entries_max = 8,
	.holder_may_yield = true,
	.open_microphones_max = 3,
	.hold_lost_place = true,
	.time = { .statement_s = 300 },
	.replies = { .per_delegation = 1, .allotted_s = { 120 } },
};

/* A name's first letter: m, o, i, n and g are members, observers, IGOs, NGOs and groups, x is away, z unknown; its second, the place
 * in protocol order and the rank. KEN-2 is another badge of Kenya. */
static inline struct floor_person person(const void *ctx, const char *participant)
{
	static const char letters[] = "moing";
	const char *category = strchr(letters, participant[0]);
	(void)ctx;
	if (participant[0] == 'z')
		return (struct floor_person){ .presence = FLOOR_UNKNOWN, .delegation = "" };
	return (struct floor_person){
		.presence = participant[0] == 'x' ? FLOOR_AWAY : FLOOR_PRESENT,
		.delegation = strncmp(participant, "KEN", 3) == 0 ? "KEN" : participant,
		.category =
			category != NULL ? (enum category)(category - letters) : CATEGORY_MEMBER,
		.order = (uint32_t)(unsigned char)participant[1],
		.level = participant[0] == 'l' ? (uint32_t)(participant[1] - '0') : 0,
		.rank = participant[1] == '2' ? RANK_ALTERNATE : RANK_HEAD,
		.in_room = participant[0] == 'r',
	};
}

static struct events events;
static int64_t now = 1000000;

static inline struct floor *scheduled(const struct rules *with)
{
	static const char *const items[] = { "1", "2" };
	struct floor *floor = NULL;
	now = 1000000;
	assert_int_equal(floor_new(with, items, 2, &floor), 0);
	return floor;
}

static inline void open_item(struct floor *floor, const char *item)
{
	struct event event = { .kind = EVENT_ITEM_TAKEN_UP, .wall_ms = now };
	(void)rs_set_text(event.item, item);
	floor_apply(floor, &event);
}

static inline struct floor *in_session(const struct rules *with)
{
	struct floor *floor = scheduled(with);
	floor_apply(floor, &(struct event){ .kind = EVENT_MEETING_OPENED, .wall_ms = now });
	open_item(floor, "1");
	return floor;
}

static inline void apply(struct floor *floor)
{
	for (size_t i = 0; i < events.n; i++) {
		events.list[i].wall_ms = now;
		floor_apply(floor, &events.list[i]);
	}
}

__attribute__((noinline, unused)) static enum verdict act(
	struct floor *floor, const char *by, struct floor_command command)
{
	events.n = 0;
	command.by = by;
	command.delegation = strcmp(by, "chair") == 0 ? "" : person(NULL, by).delegation;
	command.presides = strcmp(by, "chair") == 0;
	command.wall_ms = now;
	if (command.participant == NULL)
		command.participant = "";
	const enum verdict verdict = floor_decide(floor, &command, person, NULL, &events);
	assert_true((verdict == VERDICT_OK) == (events.n > 0));
	apply(floor);
	return verdict;
}

#define DO(floor, by, ...) act((floor), (by), (struct floor_command){ __VA_ARGS__ })
#define ASK(floor, by) assert_int_equal(DO(floor, by, .kind = FLOOR_ASK, .item = "1"), VERDICT_OK)

/* "KEN FRA": who waits for that item, in order; who has no place yet in brackets. */
static inline const char *waiting(const struct floor *floor, const char *item)
{
	static char text[1024];
	const struct floor_list *list =
		&floor->items[floor_find_item(floor, item)].lists[LIST_SPEAKERS];
	text[0] = '\0';
	for (size_t i = 0; i < list->n; i++) {
		const struct floor_entry *entry = &list->entries[i];
		const size_t len = strlen(text);
		(void)snprintf(text + len, sizeof(text) - len, entry->requested ? "%s(%s)" : "%s%s",
			i > 0 ? " " : "", entry->participant);
	}
	return text;
}

static inline uint32_t entry_of(const struct floor *floor, const char *participant)
{
	for (size_t i = 0; i < floor->n_pool; i++) {
		if (strcmp(floor->pool[i].participant, participant) == 0)
			return floor->pool[i].id;
	}
	return 0;
}

#endif
