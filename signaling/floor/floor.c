#include "signaling/floor/floor.h"

#include "signaling/floor/explanations.h"
#include "signaling/floor/floor_priv.h"
#include "signaling/floor/motions.h"

#include <errno.h>

static int init_item(struct floor *floor, size_t i, const char *id)
{
	struct floor_item *item = &floor->items[i];
	(void)rs_set_text(item->id, id);
	for (size_t kind = 0; kind <= LIST_COUNT; kind++) {
		item->lists[kind] =
			(struct floor_list){ .kind = (enum list_kind)kind, .entries = floor->pool };
	}
	item->lists[LIST_SPEAKERS].allotted_ms = floor->rules.time.statement_s * 1000;
	item->replied = rs_calloc(floor->rules.entries_max, sizeof(*item->replied));
	return item->replied == NULL ? -ENOMEM : 0;
}

int floor_new(const struct rules *rules, const char *const *items, size_t n_items,
	struct floor **out_floor)
{
	if (rules->entries_max > RULES_ENTRIES_MAX ||
		rules->open_microphones_max > RULES_MICROPHONES_MAX)
		return -E2BIG;

	struct floor *floor = rs_zalloc(sizeof(*floor));
	if (floor == NULL)
		return -ENOMEM;
	floor->rules = *rules;
	floor->pool =
		rs_calloc((size_t)rules->entries_max * FLOOR_FULL_LISTS_MAX, sizeof(*floor->pool));
	floor->items = rs_calloc(n_items + 1, sizeof(*floor->items));
	floor->motions = rs_zalloc(sizeof(*floor->motions));
	if (floor->pool == NULL || floor->items == NULL || floor->motions == NULL ||
		explanations_new(rules->entries_max, &floor->explanations) < 0) {
		floor_free(floor);
		return -ENOMEM;
	}
	floor->n_items = n_items + 1;
	for (size_t i = 0; i < floor->n_items; i++) {
		if (init_item(floor, i, i == 0 ? "" : items[i - 1]) < 0) {
			floor_free(floor);
			return -ENOMEM;
		}
	}
	*out_floor = floor;
	return 0;
}

struct floor *floor_free(struct floor *floor)
{
	if (floor == NULL)
		return NULL;
	for (size_t i = 0; i < floor->n_items; i++)
		rs_release(floor->items[i].replied);
	rs_release(floor->items);
	rs_release(floor->pool);
	rs_release(floor->motions);
	explanations_free(floor->explanations);
	return rs_release(floor);
}

enum floor_debate floor_debate(const struct floor *floor)
{
	return floor->items[floor->current].debate;
}

int64_t floor_used_ms(const struct floor *floor, int64_t wall_ms)
{
	return floor_clock_used_ms(&floor->now.clock, wall_ms);
}

int64_t floor_clock_used_ms(const struct floor_clock *clock, int64_t wall_ms)
{
	return clock->used_ms + (clock->since_ms != 0 ? wall_ms - clock->since_ms : 0);
}

int64_t floor_due(const struct floor *floor)
{
	const struct floor_clock *clock = &floor->now.clock;
	if (floor->now.awaits_ms != 0)
		return floor->now.awaits_ms;
	if (!floor->rules.time.cut || clock->allotted_ms == 0 || clock->since_ms == 0)
		return INT64_MAX;
	return clock->since_ms - clock->used_ms + clock->allotted_ms +
	       floor->rules.time.grace_s * INT64_C(1000);
}

const char *floor_open(const struct floor *floor, size_t i)
{
	const bool held = floor->now.holder[0] != '\0' && !floor->now.suspended;
	if (!floor->in_session)
		return NULL;
	if (held && i == 0)
		return floor->now.holder;

	/* The chair given the floor is open once, as holder. */
	size_t at = held ? 1 : 0;
	for (size_t p = 0; p < floor->n_presiding; p++) {
		if (held && strcmp(floor->presiding[p], floor->now.holder) == 0)
			continue;
		if (at++ == i)
			return floor->presiding[p];
	}
	return NULL;
}

struct event *floor_add_person(struct events *events, enum event_kind kind, const char *by,
	const char *participant, enum event_cause cause)
{
	struct event *event = events_add(events, kind, by);
	(void)rs_set_text(event->participant, participant);
	event->cause = cause;
	return event;
}

struct event *floor_add_act(struct events *events, enum event_kind kind, const char *by,
	uint32_t entry, const char *participant)
{
	struct event *event = events_add(events, kind, by);
	event->entry = entry;
	(void)rs_set_text(event->participant, participant);
	return event;
}
