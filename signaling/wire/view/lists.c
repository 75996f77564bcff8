#include "signaling/wire/view/lists.h"

#include "signaling/floor/motions.h"
#include "signaling/wire/json/doc.h"

static json_t *entry_part(const struct floor_entry *entry)
{
	json_t *part = json_object();
	doc_put(&part, "entry", json_integer(entry->id));
	doc_put(&part, "participant", json_string(entry->participant));
	doc_put(&part, "asked", json_integer(entry->asked_ms));
	doc_put_text(&part, "group", entry->group);
	doc_put_text(&part, "language", entry->language);
	if (entry->requested)
		doc_put(&part, "requested", json_true());
	if (entry->fixed)
		doc_put(&part, "fixed", json_true());
	if (entry->offers != 0)
		doc_put(&part, "offers", json_integer(entry->offers));
	if (entry->used_ms != 0)
		doc_put(&part, "used", json_integer(entry->used_ms));
	return part;
}

json_t *lists_entries(const struct floor_entry *entries, size_t n)
{
	json_t *part = json_array();
	for (size_t i = 0; i < n; i++)
		doc_push(&part, entry_part(&entries[i]));
	return part;
}

void lists_put(json_t **object, const struct floor *floor)
{
	const struct floor_item *item = &floor->items[floor->current];
	const struct floor_list *list = &item->lists[LIST_SPEAKERS];
	const struct floor_list *aside = &item->lists[FLOOR_ASIDE];
	const struct floor_list *replies = &item->lists[LIST_REPLIES];
	doc_put(object, "list", lists_entries(list->entries, list->n));
	doc_put(object, "skipped", lists_entries(aside->entries, aside->n));
	doc_put(object, "replies", lists_entries(replies->entries, replies->n));
}

/* The lots that are announced and not drawn yet. */
static void put_lots(
	json_t **part, const struct floor *floor, const struct floor_list *list, bool patch)
{
	char hex[2 * RS_SHA256_LEN + 1];
	const bool window = list->opened_ms != 0;
	const struct rules_window *rules = &floor->rules.window;
	rs_hex_encode(list->commitment, RS_SHA256_LEN, hex);
	doc_patch(part, "draw", json_integer(list->draw), list->draw != 0, patch);
	doc_patch(part, "commitment", json_string(hex), list->draw != 0, patch);
	doc_patch(part, "window", json_integer(list->opened_ms + rules->window_ms + rules->line_ms),
		window, patch);
}

static json_t *waited_part(const struct floor_waited *waited)
{
	json_t *part = json_object();
	doc_put(&part, "n", json_integer(waited->n));
	doc_put(&part, "mean", json_integer(waited->n != 0 ? waited->sum_ms / waited->n : 0));
	return part;
}

static void put_budgets(json_t **part, const struct floor_item *item, bool patch)
{
	json_t *budgets = json_object();
	bool any = false;
	for (size_t i = 0; i < CATEGORY_COUNT; i++) {
		const struct floor_budget *budget = &item->budgets[i];
		json_t *left = json_object();
		doc_put(&left, "total", json_integer(budget->total_ms));
		doc_put(&left, "left", json_integer(floor_budget_left(budget)));
		any = any || budget->total_ms != 0;
		doc_patch(&budgets, category_name((enum category)i), left, budget->total_ms != 0,
			patch);
	}
	doc_patch(part, "budgets", budgets, any, patch);
}

static json_t *list_part(const struct floor *floor, size_t item, bool patch)
{
	const struct floor_item *at = &floor->items[item];
	const struct floor_list *list = &at->lists[LIST_SPEAKERS];
	json_t *part = json_object();
	doc_put(&part, "closed", json_boolean(list->closed));
	doc_put(&part, "state",
		json_string(floor_list_state_name(floor_list_state(floor, item, LIST_SPEAKERS))));
	doc_patch(
		&part, "allotted", json_integer(list->allotted_ms), list->allotted_ms != 0, patch);
	put_lots(&part, floor, list, patch);
	put_budgets(&part, at, patch);
	return part;
}

json_t *lists_inscription(const struct floor *floor, bool patch)
{
	json_t *part = list_part(floor, floor->current, patch);
	const char *debate = floor_debate_name(floor_debate(floor));
	doc_patch(&part, "debate", json_string(debate), debate[0] != '\0', patch);
	json_t *waited = json_object();
	doc_put(&waited, "remote", waited_part(&floor->waited[false]));
	doc_put(&waited, "room", waited_part(&floor->waited[true]));
	doc_put(&part, "waited", waited);
	return part;
}

/* Nobody has asked for it, and nothing was decided about it. */
static bool is_bare(const struct floor_item *item)
{
	const struct floor_list *list = &item->lists[LIST_SPEAKERS];
	return list->n == 0 && !list->closed && list->draw == 0 && item->taken_up_ms == 0;
}

json_t *lists_advance(const struct floor *floor, const char *item, bool patch)
{
	json_t *part = json_object();
	for (size_t i = 1; i < floor->n_items; i++) {
		const struct floor_item *at = &floor->items[i];
		const struct floor_list *list = &at->lists[LIST_SPEAKERS];
		if (item[0] != '\0' && strcmp(item, at->id) != 0)
			continue;
		if (i == floor->current || is_bare(at)) {
			if (patch)
				doc_put(&part, at->id, json_null());
			continue;
		}
		json_t *one = list_part(floor, i, patch);
		doc_put(&one, "list", lists_entries(list->entries, list->n));
		doc_put(&part, at->id, one);
	}
	return part;
}
