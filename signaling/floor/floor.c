#include "signaling/floor/floor.h"

#include <errno.h>

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
	floor->lists = rs_calloc(n_items + 1, sizeof(*floor->lists));
	if (floor->lists == NULL) {
		floor_free(floor);
		return -ENOMEM;
	}
	floor->n_lists = n_items + 1;
	for (size_t i = 0; i < floor->n_lists; i++) {
		struct floor_list *list = &floor->lists[i];
		(void)rs_set_text(list->item, i == 0 ? "" : items[i - 1]);
		list->allotted_ms = rules->time.statement_s * 1000;
		list->entries = rs_calloc(rules->entries_max, sizeof(*list->entries));
		list->replies = rs_calloc(rules->entries_max, sizeof(*list->replies));
		list->replied = rs_calloc(rules->entries_max, sizeof(*list->replied));
		if (list->entries == NULL || list->replies == NULL || list->replied == NULL) {
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
	for (size_t i = 0; floor->lists != NULL && i < floor->n_lists; i++) {
		rs_release(floor->lists[i].entries);
		rs_release(floor->lists[i].replies);
		rs_release(floor->lists[i].replied);
	}
	rs_release(floor->lists);
	return rs_release(floor);
}

const struct floor_list *floor_current_list(const struct floor *floor)
{
	return &floor->lists[floor->current];
}

int64_t floor_used_ms(const struct floor *floor, int64_t wall_ms)
{
	const struct floor_clock *clock = &floor->now.clock;
	return clock->used_ms + (clock->since_ms != 0 ? wall_ms - clock->since_ms : 0);
}

int64_t floor_cut_at(const struct floor *floor)
{
	const struct floor_clock *clock = &floor->now.clock;
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
