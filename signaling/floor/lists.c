/* The lists of all agenda items, and where their entries lie. Most items have few entries or none, so all share one pool: each
 * list is a stretch of it, in the order of items and kinds, and moves when one before it grows or shrinks. */
#include "signaling/floor/floor_priv.h"

const struct floor_list *floor_list(const struct floor *floor, enum list_kind kind)
{
	return &floor->items[floor->current].lists[kind];
}

const struct floor_list *floor_current_list(const struct floor *floor)
{
	return floor_list(floor, LIST_SPEAKERS);
}

size_t floor_list_find(const struct floor_list *list, uint32_t entry)
{
	size_t i = 0;
	while (i < list->n && list->entries[i].id != entry)
		i++;
	return i;
}

bool floor_find_place(const struct floor *floor, uint32_t entry, struct floor_place *out_place)
{
	for (size_t i = 0; i < floor->n_items; i++) {
		for (size_t kind = 0; kind <= LIST_COUNT; kind++) {
			const struct floor_list *list = &floor->items[i].lists[kind];
			const size_t at = floor_list_find(list, entry);
			if (at < list->n) {
				*out_place =
					(struct floor_place){ .item = i, .list = kind, .at = at };
				return true;
			}
		}
	}
	return false;
}

const struct floor_entry *floor_find_entry(const struct floor *floor, uint32_t entry)
{
	struct floor_place place;
	if (!floor_find_place(floor, entry, &place) || place.item != floor->current)
		return NULL;
	return floor_entry_at(floor, &place);
}

const struct floor_entry *floor_entry_at(const struct floor *floor, const struct floor_place *place)
{
	return &floor->items[place->item].lists[place->list].entries[place->at];
}

bool floor_list_has_room(const struct floor *floor, const struct floor_list *list)
{
	return list->n < floor->rules.entries_max &&
	       floor->n_pool < (size_t)floor->rules.entries_max * FLOOR_FULL_LISTS_MAX;
}

/* The stretches behind this list lie elsewhere now. */
static void lay_out(struct floor *floor)
{
	struct floor_entry *next = floor->pool;
	for (size_t i = 0; i < floor->n_items; i++) {
		for (size_t kind = 0; kind <= LIST_COUNT; kind++) {
			floor->items[i].lists[kind].entries = next;
			next += floor->items[i].lists[kind].n;
		}
	}
}

void floor_list_insert(
	struct floor *floor, struct floor_list *list, size_t at, const struct floor_entry *entry)
{
	if (!floor_list_has_room(floor, list))
		return;
	const struct floor_entry copy = *entry; /* it may lie in what is moved */
	const size_t to = (size_t)(list->entries - floor->pool) + (at < list->n ? at : list->n);
	memmove(&floor->pool[to + 1], &floor->pool[to],
		(floor->n_pool - to) * sizeof(*floor->pool));
	floor->pool[to] = copy;
	floor->n_pool++;
	list->n++;
	lay_out(floor);
}

void floor_list_remove(struct floor *floor, struct floor_list *list, size_t at)
{
	const size_t from = (size_t)(list->entries - floor->pool) + at;
	floor->n_pool--;
	memmove(&floor->pool[from], &floor->pool[from + 1],
		(floor->n_pool - from) * sizeof(*floor->pool));
	list->n--;
	lay_out(floor);
}

void floor_list_empty(struct floor *floor, struct floor_list *list)
{
	const size_t from = (size_t)(list->entries - floor->pool);
	floor->n_pool -= list->n;
	memmove(&floor->pool[from], &floor->pool[from + list->n],
		(floor->n_pool - from) * sizeof(*floor->pool));
	list->n = 0;
	lay_out(floor);
}
