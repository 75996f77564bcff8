/* Inscription: who puts whom on which list of which item, in advance or while it is open, and where the entry comes to stand;
 * withdrawing, moving, leaving out who is absent and putting back; closing, reopening and ending a list. */
#include "signaling/floor/floor_priv.h"

const struct floor_wish *floor_wish_of(const struct floor_command *command)
{
	static const struct floor_wish nothing = { .other = 0 };
	return command->wish != NULL ? command->wish : &nothing;
}

size_t floor_find_item(const struct floor *floor, const char *id)
{
	if (id == NULL || id[0] == '\0')
		return floor->current;
	size_t i = 1;
	while (i < floor->n_items && strcmp(floor->items[i].id, id) != 0)
		i++;
	return i;
}

struct event *floor_add_entry(struct events *events, enum event_kind kind, const char *by,
	const struct floor *floor, const struct floor_place *place)
{
	const struct floor_item *item = &floor->items[place->item];
	const struct floor_entry *entry = &item->lists[place->list].entries[place->at];
	struct event *event = events_add(events, kind, by);
	event->entry = entry->id;
	(void)rs_set_text(event->participant, entry->participant);
	(void)rs_set_text(event->item, item->id);
	return event;
}

/* ---- who comes to stand where ---- */

static bool ranks_after(const struct floor_entry *entry, uint32_t block, uint32_t level)
{
	return entry->block != block ? entry->block > block : entry->level > level;
}

/* Behind everybody who ranks before or the same; who was put somewhere by hand keeps that place. */
static size_t place_for(const struct floor_list *list, uint32_t block, uint32_t level)
{
	size_t at = list->n;
	for (size_t i = list->n; i > 0; i--) {
		const struct floor_entry *entry = &list->entries[i - 1];
		if (entry->fixed)
			continue;
		if (!ranks_after(entry, block, level))
			break;
		at = i - 1;
	}
	return at;
}

static void set_keys(const struct rules_order *order, const struct floor_person *person,
	enum category category, struct event *event)
{
	if (order->by_category)
		event->block = order->block[category];
	if (order->by_level)
		event->level = person->level * RANK_COUNT * (DELEGATION_ORDER_MAX + 1);
	if (order->by_rank)
		event->level += (uint32_t)person->rank * (DELEGATION_ORDER_MAX + 1);
	if (order->by_protocol)
		event->level += person->order;
}

static bool is_waiting(const struct floor *floor, const struct floor_list *list,
	const char *participant, const char *delegation)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct floor_entry *entry = &list->entries[i];
		if (strcmp(entry->participant, participant) == 0)
			return true;
		if (floor->rules.one_entry_per_delegation && delegation[0] != '\0' &&
			strcmp(entry->delegation, delegation) == 0)
			return true;
	}
	return false;
}

/* ---- decide ---- */

/* The time of a press counts for a while after the opening; it is not believed to be before it, nor later than it came. */
static void set_press(const struct floor *floor, const struct floor_list *list,
	const struct floor_command *command, struct event *event)
{
	const struct floor_wish *wish = floor_wish_of(command);
	const struct rules_window *window = &floor->rules.window;
	int64_t pressed_ms = wish->pressed ? wish->pressed_ms : command->wall_ms;
	if (list->opened_ms == 0 ||
		command->wall_ms >= list->opened_ms + window->window_ms + window->line_ms)
		return;
	if (pressed_ms > command->wall_ms)
		pressed_ms = command->wall_ms;
	if (pressed_ms < list->opened_ms)
		pressed_ms = list->opened_ms;
	if (pressed_ms > list->opened_ms + window->window_ms)
		return;
	event->requested = true;
	event->pressed_ms = pressed_ms;
	event->uncertainty_ms = wish->pressed ? wish->uncertainty_ms : 0;
}

static struct event *add_inscription(const struct floor *floor, size_t item,
	const struct floor_command *command, const char *participant,
	const struct floor_person *person, struct events *out_events)
{
	const struct floor_list *list = &floor->items[item].lists[LIST_SPEAKERS];
	const struct floor_wish *wish = floor_wish_of(command);
	const bool grouped = wish->group[0] != '\0';
	const enum category category = grouped ? CATEGORY_GROUP : person->category;
	struct event *event = events_add(out_events, EVENT_ENTRY_ADDED, command->by);
	event->entry = floor->last_entry + 1;
	event->category = category;
	event->in_room = person->in_room;
	(void)rs_set_text(event->item, floor->items[item].id);
	(void)rs_set_text(event->participant, participant);
	(void)rs_set_text(event->group, wish->group);
	(void)rs_set_text(event->language, wish->language);
	set_keys(&floor->rules.order, person, category, event);
	event->position = (uint32_t)place_for(list, event->block, event->level) + 1;
	return event;
}

enum verdict floor_decide_ask(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events)
{
	const size_t item = floor_find_item(floor, command->item);
	if (item == floor->n_items)
		return VERDICT_NO_SUCH_ITEM;
	/* In advance one says for which item. */
	if (!floor->in_session &&
		(!floor->rules.in_advance || command->item == NULL || command->item[0] == '\0'))
		return VERDICT_NOT_IN_SESSION;
	const struct floor_list *list = &floor->items[item].lists[LIST_SPEAKERS];
	if (!floor->rules.self_inscription || list->closed || list->ended ||
		(item != floor->current && !floor->rules.in_advance))
		return VERDICT_LIST_CLOSED;
	if (is_waiting(floor, list, command->by, command->delegation))
		return VERDICT_ALREADY_ON_LIST;
	if (!floor_list_has_room(floor, list))
		return VERDICT_TOO_MANY;

	const struct floor_person who = person(ctx, command->by);
	struct event *event = add_inscription(floor, item, command, command->by, &who, out_events);
	event->cause = CAUSE_SELF;
	(void)rs_set_text(event->delegation, command->delegation);
	set_press(floor, list, command, event);
	return VERDICT_OK;
}

/* By the secretariat, also when the list is closed (GA rule 73 closes it to requests alone). */
enum verdict floor_decide_inscribe(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events)
{
	const size_t item = floor_find_item(floor, command->item);
	const struct floor_person who = person(ctx, command->participant);
	if (item == floor->n_items)
		return VERDICT_NO_SUCH_ITEM;
	if (who.presence == FLOOR_UNKNOWN)
		return VERDICT_NO_SUCH_PARTICIPANT;
	if (!floor->in_session && !floor->rules.in_advance)
		return VERDICT_NOT_IN_SESSION;
	const struct floor_list *list = &floor->items[item].lists[LIST_SPEAKERS];
	if (list->ended)
		return VERDICT_LIST_CLOSED;
	if (is_waiting(floor, list, command->participant, who.delegation))
		return VERDICT_ALREADY_ON_LIST;
	if (!floor_list_has_room(floor, list))
		return VERDICT_TOO_MANY;

	struct event *event =
		add_inscription(floor, item, command, command->participant, &who, out_events);
	event->cause = CAUSE_CHAIR;
	(void)rs_set_text(event->delegation, who.delegation);
	if (command->position != 0) {
		event->fixed = true;
		event->position =
			command->position > list->n ? (uint32_t)list->n + 1 : command->position;
	}
	return VERDICT_OK;
}

bool floor_own_place(const struct floor *floor, const struct floor_command *command,
	struct floor_place *out_place)
{
	const size_t item = floor_find_item(floor, command->item);
	if (item == floor->n_items)
		return false;
	const struct floor_list *list = &floor->items[item].lists[LIST_SPEAKERS];
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->entries[i].participant, command->by) == 0) {
			*out_place = (struct floor_place){
				.item = item, .list = LIST_SPEAKERS, .at = i
			};
			return true;
		}
	}
	return false;
}

enum verdict floor_decide_withdraw(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	struct floor_place place;
	if (command->entry == 0) {
		if (!floor_own_place(floor, command, &place))
			return VERDICT_NOT_ON_LIST;
	} else if (!floor_find_place(floor, command->entry, &place)) {
		return VERDICT_NO_SUCH_ENTRY;
	}
	const bool own = strcmp(floor_entry_at(floor, &place)->participant, command->by) == 0;
	if (!own && !command->presides)
		return VERDICT_NOT_PERMITTED;
	struct event *event =
		floor_add_entry(out_events, EVENT_ENTRY_WITHDRAWN, command->by, floor, &place);
	event->position = (uint32_t)place.at + 1;
	event->cause = own ? CAUSE_SELF : CAUSE_CHAIR;
	return VERDICT_OK;
}

enum verdict floor_decide_move(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	struct floor_place place;
	if (!floor_find_place(floor, command->entry, &place) || place.list == FLOOR_ASIDE)
		return VERDICT_NO_SUCH_ENTRY;
	const size_t n = floor->items[place.item].lists[place.list].n;
	const uint32_t position = command->position > n ? (uint32_t)n : command->position;
	if (position == place.at + 1)
		return VERDICT_ALREADY_SO;
	struct event *event =
		floor_add_entry(out_events, EVENT_ENTRY_MOVED, command->by, floor, &place);
	event->position = position;
	event->cause = CAUSE_CHAIR;
	return VERDICT_OK;
}

/* Called, and nobody came: aside until the chair puts the entry back. */
enum verdict floor_decide_skip(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events)
{
	struct floor_place place;
	if (!floor_find_place(floor, command->entry, &place))
		return VERDICT_NO_SUCH_ENTRY;
	if (place.list == FLOOR_ASIDE)
		return VERDICT_ALREADY_SO;
	const char *participant = floor_entry_at(floor, &place)->participant;
	floor_add_entry(out_events, EVENT_ENTRY_SKIPPED, command->by, floor, &place)->cause =
		person(ctx, participant).presence == FLOOR_PRESENT ? CAUSE_CHAIR : CAUSE_ABSENT;
	return VERDICT_OK;
}

/* Who has the floor and no line goes back to the list with the time that is left. */
static enum verdict decide_requeue_speaker(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	const struct floor_entry *entry = &floor->now.called;
	const struct floor_list *list = floor_list(floor, entry->list);
	if (!floor->now.suspended)
		return VERDICT_ALREADY_SO;
	if (is_waiting(floor, list, entry->participant, entry->delegation))
		return VERDICT_ALREADY_ON_LIST;
	if (!floor_list_has_room(floor, list))
		return VERDICT_TOO_MANY;
	struct event *event = events_add(out_events, EVENT_ENTRY_REQUEUED, command->by);
	event->entry = entry->id;
	event->cause = CAUSE_LOST_LINE;
	event->position = command->position == 0 || command->position > list->n
				  ? (uint32_t)list->n + 1
				  : command->position;
	(void)rs_set_text(event->participant, entry->participant);
	(void)rs_set_text(event->item, floor->items[floor->current].id);
	return VERDICT_OK;
}

enum verdict floor_decide_requeue(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	struct floor_place place;
	if (floor->now.called.id != 0 && floor->now.called.id == command->entry)
		return decide_requeue_speaker(floor, command, out_events);
	if (!floor_find_place(floor, command->entry, &place))
		return VERDICT_NO_SUCH_ENTRY;
	if (place.list != FLOOR_ASIDE)
		return VERDICT_ALREADY_SO;
	const struct floor_entry *entry = floor_entry_at(floor, &place);
	const struct floor_list *list = &floor->items[place.item].lists[entry->list];
	if (is_waiting(floor, list, entry->participant, entry->delegation))
		return VERDICT_ALREADY_ON_LIST;
	if (!floor_list_has_room(floor, list))
		return VERDICT_TOO_MANY;
	struct event *event =
		floor_add_entry(out_events, EVENT_ENTRY_REQUEUED, command->by, floor, &place);
	event->cause = CAUSE_CHAIR;
	event->position = command->position == 0 || command->position > list->n
				  ? (uint32_t)list->n + 1
				  : command->position;
	return VERDICT_OK;
}

/* ---- the list itself ---- */

enum floor_list_state floor_list_state(const struct floor *floor, size_t item, enum list_kind kind)
{
	const struct floor_item *at = &floor->items[item];
	const struct floor_list *list = &at->lists[kind];
	if (list->ended)
		return FLOOR_LIST_ENDED;
	if (list->closed)
		return list->n == 0 ? FLOOR_LIST_EXHAUSTED : FLOOR_LIST_CLOSED;
	return item != 0 && at->taken_up_ms == 0 ? FLOOR_LIST_PLANNED : FLOOR_LIST_OPEN;
}

const char *floor_list_state_name(enum floor_list_state state)
{
	static const char *const names[] = {
		[FLOOR_LIST_PLANNED] = "planned",
		[FLOOR_LIST_OPEN] = "open",
		[FLOOR_LIST_CLOSED] = "closed",
		[FLOOR_LIST_EXHAUSTED] = "exhausted",
		[FLOOR_LIST_ENDED] = "ended",
	};
	return names[state];
}

static void add_closure(const struct floor *floor, size_t item, enum event_kind kind,
	const struct floor_command *command, struct events *out_events)
{
	struct event *event = events_add(out_events, kind, command->by);
	event->cause = CAUSE_CHAIR;
	(void)rs_set_text(event->item, floor->items[item].id);
}

enum verdict floor_decide_closure(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	const size_t item = floor_find_item(floor, command->item);
	if (item == floor->n_items)
		return VERDICT_NO_SUCH_ITEM;
	if (!floor->in_session && !floor->rules.in_advance)
		return VERDICT_NOT_IN_SESSION;
	const struct floor_list *list = &floor->items[item].lists[LIST_SPEAKERS];
	if (command->kind == FLOOR_END_LIST) {
		if (list->ended)
			return VERDICT_ALREADY_SO;
		if (floor_list_state(floor, item, LIST_SPEAKERS) != FLOOR_LIST_EXHAUSTED)
			return VERDICT_LIST_NOT_EXHAUSTED;
		add_closure(floor, item, EVENT_LIST_ENDED, command, out_events);
		return VERDICT_OK;
	}
	const bool closes = command->kind == FLOOR_CLOSE_LIST;
	if (list->closed == closes)
		return VERDICT_ALREADY_SO;
	add_closure(
		floor, item, closes ? EVENT_LIST_CLOSED : EVENT_LIST_OPENED, command, out_events);
	if (!closes && item == floor->current && floor->in_session)
		floor_decide_window_opening(floor, command->by, floor->items[item].id, out_events);
	return VERDICT_OK;
}

/* ---- apply ---- */

static void apply_added(struct floor *floor, const struct event *event)
{
	struct floor_list *list =
		&floor->items[floor_find_item(floor, event->item)].lists[event->list];
	struct floor_entry entry = {
		.id = event->entry,
		.list = event->list,
		.category = (enum category)event->category,
		.asked_ms = event->wall_ms,
		.block = event->block,
		.level = event->level,
		.fixed = event->fixed,
		.requested = event->requested,
		.in_room = event->in_room,
		.pressed_ms = event->pressed_ms,
		.uncertainty_ms = event->uncertainty_ms,
	};
	floor->last_entry = event->entry;
	(void)rs_set_text(entry.participant, event->participant);
	(void)rs_set_text(entry.delegation, event->delegation);
	(void)rs_set_text(entry.group, event->group);
	(void)rs_set_text(entry.language, event->language);
	floor_list_insert(floor, list, event->position - 1, &entry);
}

/* To another place by hand: there it stays. */
static void put(struct floor *floor, const struct floor_place *from, size_t to_list, size_t at)
{
	struct floor_item *item = &floor->items[from->item];
	struct floor_entry entry = *floor_entry_at(floor, from);
	entry.requested = false;
	entry.fixed = to_list != FLOOR_ASIDE;
	floor_list_remove(floor, &item->lists[from->list], from->at);
	floor_list_insert(floor, &item->lists[to_list], at, &entry);
}

static void apply_requeued(struct floor *floor, const struct event *event)
{
	struct floor_place place;
	if (floor_find_place(floor, event->entry, &place)) {
		put(floor, &place, floor_entry_at(floor, &place)->list, event->position - 1);
		return;
	}
	if (floor->now.called.id != event->entry)
		return;
	struct floor_entry entry = floor->now.called;
	floor_charge(floor, &floor->now, event->wall_ms);
	entry.used_ms = (uint32_t)floor_used_ms(floor, event->wall_ms);
	entry.fixed = true;
	floor->now = (struct floor_statement){ .entry = 0 };
	floor_list_insert(floor, &floor->items[floor->current].lists[entry.list],
		event->position - 1, &entry);
}

static void apply_withdrawn(struct floor *floor, const struct floor_place *place, uint32_t entry)
{
	floor_list_remove(floor, &floor->items[place->item].lists[place->list], place->at);
	floor_forget_offers(floor, entry);
}

void floor_apply_inscription(struct floor *floor, const struct event *event)
{
	struct floor_place place;
	const bool found = floor_find_place(floor, event->entry, &place);
	switch ((int)event->kind) {
	case EVENT_ENTRY_ADDED:
		if (floor_find_item(floor, event->item) < floor->n_items)
			apply_added(floor, event);
		return;
	case EVENT_ENTRY_WITHDRAWN:
		if (found)
			apply_withdrawn(floor, &place, event->entry);
		return;
	case EVENT_ENTRY_MOVED:
		if (found && event->position != 0)
			put(floor, &place, place.list, event->position - 1);
		return;
	case EVENT_ENTRY_SKIPPED:
		if (found)
			put(floor, &place, FLOOR_ASIDE, SIZE_MAX);
		floor_forget_offers(floor, event->entry);
		return;
	case EVENT_ENTRY_REQUEUED:
		apply_requeued(floor, event);
		return;
	default:
		return; /* only these are handed here */
	}
}

void floor_settle_lists(struct floor *floor, bool closes)
{
	for (size_t i = 0; i < floor->n_items; i++) {
		const bool kept = floor->rules.in_advance && floor->items[i].taken_up_ms == 0;
		for (size_t kind = 0; kind <= LIST_COUNT; kind++) {
			struct floor_list *list = &floor->items[i].lists[kind];
			if (closes && !kept) {
				floor_list_empty(floor, list);
				list->closed = false;
			}
			if (list->opened_ms != 0)
				list->draw = 0;
			list->opened_ms = 0;
			for (size_t at = 0; at < list->n; at++)
				list->entries[at].requested = false;
		}
	}
}

void floor_apply_closure(struct floor *floor, const struct event *event)
{
	const size_t item = floor_find_item(floor, event->item);
	if (item == floor->n_items)
		return;
	struct floor_list *list = &floor->items[item].lists[LIST_SPEAKERS];
	list->closed = event->kind != EVENT_LIST_OPENED;
	list->ended = event->kind == EVENT_LIST_ENDED;
}
