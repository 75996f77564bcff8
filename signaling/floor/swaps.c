/* Changing places by two consents: whoever waits offers the place to another of the same list, who accepts or declines. An offer
 * ends by itself when either entry leaves the list. */
#include "signaling/floor/floor_priv.h"

/* The badge's own entry, or that of its delegation. */
static bool is_own(const struct floor_entry *entry, const struct floor_command *command)
{
	return strcmp(entry->participant, command->by) == 0 ||
	       (command->delegation[0] != '\0' &&
		       strcmp(entry->delegation, command->delegation) == 0);
}

static struct event *add_swap(struct events *events, enum event_kind kind,
	const struct floor_command *command, const struct floor *floor,
	const struct floor_place *place, uint32_t other)
{
	struct event *event = floor_add_entry(events, kind, command->by, floor, place);
	event->other = other;
	return event;
}

static enum verdict decide_offer(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	struct floor_place place;
	struct floor_place to;
	const uint32_t other = floor_wish_of(command)->other;
	if (!floor_find_place(floor, other, &to) || to.list == FLOOR_ASIDE)
		return VERDICT_NO_SUCH_ENTRY;
	if (command->entry == 0) {
		if (!floor_own_place(floor, command, &place))
			return VERDICT_NOT_ON_LIST;
	} else if (!floor_find_place(floor, command->entry, &place)) {
		return VERDICT_NO_SUCH_ENTRY;
	}
	const struct floor_entry *entry = floor_entry_at(floor, &place);
	const struct floor_entry *with = floor_entry_at(floor, &to);
	if (!floor->rules.swaps || !is_own(entry, command))
		return VERDICT_NOT_PERMITTED;
	if (place.item != to.item || place.list != to.list || entry == with || entry->requested ||
		with->requested)
		return VERDICT_NO_SUCH_ENTRY;
	if (entry->offers != 0)
		return VERDICT_ALREADY_SO;
	(void)add_swap(out_events, EVENT_SWAP_OFFERED, command, floor, &place, other);
	return VERDICT_OK;
}

/* `entry` is the one that offers. */
static enum verdict decide_answer(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	struct floor_place place;
	struct floor_place to;
	if (!floor_find_place(floor, command->entry, &place))
		return VERDICT_NO_SUCH_ENTRY;
	const struct floor_entry *entry = floor_entry_at(floor, &place);
	if (entry->offers == 0 || !floor_find_place(floor, entry->offers, &to))
		return VERDICT_NO_SWAP;
	const bool withdraws = command->kind == FLOOR_WITHDRAW_SWAP;
	if (!is_own(withdraws ? entry : floor_entry_at(floor, &to), command))
		return VERDICT_NOT_PERMITTED;
	const enum event_kind kind = withdraws                            ? EVENT_SWAP_WITHDRAWN
				     : command->kind == FLOOR_ACCEPT_SWAP ? EVENT_ENTRIES_SWAPPED
									  : EVENT_SWAP_DECLINED;
	(void)add_swap(out_events, kind, command, floor, &place, entry->offers);
	return VERDICT_OK;
}

enum verdict floor_decide_swap(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	return command->kind == FLOOR_OFFER_SWAP ? decide_offer(floor, command, out_events)
						 : decide_answer(floor, command, out_events);
}

void floor_forget_offers(struct floor *floor, uint32_t entry)
{
	for (size_t i = 0; i < floor->n_pool; i++) {
		if (floor->pool[i].offers == entry || floor->pool[i].id == entry)
			floor->pool[i].offers = 0;
	}
}

/* Places agreed upon are not undone by keys or lots. */
static void swap(struct floor_entry *a, struct floor_entry *b)
{
	const struct floor_entry first = *a;
	*a = *b;
	*b = first;
	a->fixed = true;
	b->fixed = true;
}

void floor_apply_swap(struct floor *floor, const struct event *event)
{
	struct floor_place place;
	struct floor_place to;
	if (!floor_find_place(floor, event->entry, &place))
		return;
	struct floor_list *list = &floor->items[place.item].lists[place.list];
	if (event->kind == EVENT_SWAP_OFFERED) {
		list->entries[place.at].offers = event->other;
		return;
	}
	list->entries[place.at].offers = 0;
	if (event->kind != EVENT_ENTRIES_SWAPPED || !floor_find_place(floor, event->other, &to) ||
		to.item != place.item || to.list != place.list)
		return;
	swap(&list->entries[place.at], &list->entries[to.at]);
	/* What others had been offered was another place. */
	floor_forget_offers(floor, event->entry);
	floor_forget_offers(floor, event->other);
}
