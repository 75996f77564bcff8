/* How long a statement may be: the list's time, or that of a category or of a group's spokesperson, within what a category has
 * left of its budget; and the time of a list worked out from what is left of a segment. */
#include "signaling/floor/floor_priv.h"

/* Computed times are round. */
#define ROUND_S 5

static uint32_t lower_limit(uint32_t a_ms, uint32_t b_ms)
{
	if (a_ms == 0 || b_ms == 0)
		return a_ms + b_ms;
	return a_ms < b_ms ? a_ms : b_ms;
}

uint32_t floor_budget_left(const struct floor_budget *budget)
{
	return budget->total_ms > budget->used_ms ? budget->total_ms - budget->used_ms : 0;
}

enum verdict floor_decide_allotted(
	const struct floor *floor, const struct floor_entry *entry, uint32_t *out_allotted_ms)
{
	const struct rules_limits *limits = &floor->rules.limits;
	const struct floor_item *item = &floor->items[floor->current];
	const struct floor_budget *budget = &item->budgets[entry->category];
	if (entry->list == LIST_REPLIES) {
		*out_allotted_ms = floor_reply_allotted(floor, entry->delegation);
		return VERDICT_OK;
	}
	uint32_t allotted_ms = item->lists[entry->list].allotted_ms;
	if (entry->group[0] != '\0' && limits->group_s != 0)
		allotted_ms = limits->group_s * 1000;
	else
		allotted_ms = lower_limit(allotted_ms, limits->category_s[entry->category] * 1000);
	if (budget->total_ms != 0) {
		/* What was spoken before the line was lost is charged already, and counts again in the clock. */
		const uint32_t left_ms = floor_budget_left(budget);
		if (left_ms == 0)
			return VERDICT_NO_TIME_LEFT;
		allotted_ms = lower_limit(allotted_ms, left_ms + entry->used_ms);
	}
	*out_allotted_ms = allotted_ms;
	return VERDICT_OK;
}

uint32_t floor_allotted_ms(const struct floor *floor, const struct floor_entry *entry)
{
	uint32_t allotted_ms = 0;
	/* 0 means without limit: of a budget that is used up a moment is left. */
	return floor_decide_allotted(floor, entry, &allotted_ms) == VERDICT_OK ? allotted_ms : 1;
}

/* What is left until then, for everybody who waits, within the bounds of the profile. */
static uint32_t computed_s(const struct floor *floor, const struct floor_list *list,
	const struct floor_command *command)
{
	const struct rules_limits *limits = &floor->rules.limits;
	const int64_t left_s = (floor_wish_of(command)->until_ms - command->wall_ms) / 1000;
	int64_t each_s = left_s > 0 ? left_s / (int64_t)list->n : 0;
	each_s -= each_s % ROUND_S;
	if (limits->most_s != 0 && each_s > limits->most_s)
		each_s = limits->most_s;
	if (each_s > RULES_TIME_MAX_S)
		each_s = RULES_TIME_MAX_S;
	if (each_s < limits->least_s)
		each_s = limits->least_s;
	return each_s < ROUND_S ? ROUND_S : (uint32_t)each_s;
}

enum verdict floor_decide_limit(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	const size_t item = floor_find_item(floor, command->item);
	if (item == floor->n_items)
		return VERDICT_NO_SUCH_ITEM;
	if (!floor->in_session && !floor->rules.in_advance)
		return VERDICT_NOT_IN_SESSION;
	const struct floor_list *list = &floor->items[item].lists[LIST_SPEAKERS];
	const bool computes = floor_wish_of(command)->until_ms != 0;
	if (computes && list->n == 0)
		return VERDICT_NOT_ON_LIST;
	const uint32_t allotted_ms =
		1000 * (computes ? computed_s(floor, list, command) : command->seconds);
	if (list->allotted_ms == allotted_ms)
		return VERDICT_ALREADY_SO;
	struct event *event = events_add(out_events, EVENT_LIMIT_SET, command->by);
	event->allotted_ms = allotted_ms;
	(void)rs_set_text(event->item, floor->items[item].id);
	return VERDICT_OK;
}

enum verdict floor_decide_budget(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	const size_t item = floor_find_item(floor, command->item);
	const enum category category = floor_wish_of(command)->category;
	if (item == floor->n_items)
		return VERDICT_NO_SUCH_ITEM;
	if (!floor->in_session && !floor->rules.in_advance)
		return VERDICT_NOT_IN_SESSION;
	if (floor->items[item].budgets[category].total_ms == command->seconds * 1000)
		return VERDICT_ALREADY_SO;
	struct event *event = events_add(out_events, EVENT_BUDGET_SET, command->by);
	event->allotted_ms = command->seconds * 1000;
	event->category = category;
	(void)rs_set_text(event->item, floor->items[item].id);
	return VERDICT_OK;
}

void floor_apply_limit(struct floor *floor, const struct event *event)
{
	const size_t item = floor_find_item(floor, event->item);
	if (item == floor->n_items)
		return;
	if (event->kind == EVENT_LIMIT_SET)
		floor->items[item].lists[LIST_SPEAKERS].allotted_ms = event->allotted_ms;
	else
		floor->items[item].budgets[event->category].total_ms = event->allotted_ms;
}

void floor_charge(struct floor *floor, struct floor_statement *statement, int64_t wall_ms)
{
	struct floor_entry *called = &statement->called;
	if (called->id == 0 || called->list != LIST_SPEAKERS)
		return;
	const uint32_t used_ms = (uint32_t)floor_clock_used_ms(&statement->clock, wall_ms);
	if (used_ms > called->used_ms) {
		floor->items[floor->current].budgets[called->category].used_ms +=
			used_ms - called->used_ms;
		called->used_ms = used_ms;
	}
}
