/* Lots that anyone can verify (PROTOCOL.md section 3.4), and the order they give: a whole list drawn by lot, or presses made in the
 * same moment. The seed of a draw is worked out from a key nobody is told and the draw's number; its SHA-256 is published
 * before anybody could gain from it, the seed itself with the draw. */
#include "signaling/floor/floor_priv.h"
#include "signaling/rules/lot.h"

#include <stdio.h>

void floor_set_lot_key(struct floor *floor, const uint8_t key[FLOOR_LOT_KEY_LEN])
{
	memcpy(floor->lot_key, key, FLOOR_LOT_KEY_LEN);
}

void floor_seed(const struct floor *floor, uint32_t draw, uint8_t out_seed[RS_SHA256_LEN])
{
	char text[32];
	const int len = snprintf(text, sizeof(text), "rostrum-lots:%u", draw);
	rs_hmac_sha256(floor->lot_key, sizeof(floor->lot_key), text, (size_t)len, out_seed);
}

uint64_t floor_lot(const uint8_t seed[RS_SHA256_LEN], const char *word, const char *delegation)
{
	char hex[2 * RS_SHA256_LEN + 1];
	char text[sizeof(hex) + FLOOR_WORD_MAX + RS_NAME_MAX + 3];
	uint8_t digest[RS_SHA256_LEN];
	uint64_t lot = 0;
	rs_hex_encode(seed, RS_SHA256_LEN, hex);
	const int len = snprintf(text, sizeof(text), "%s:%s:%s", hex, word, delegation);
	rs_sha256(text, (size_t)len, digest);
	for (size_t i = 0; i < sizeof(lot); i++)
		lot = lot << 8 | digest[i];
	return lot;
}

/* ---- the order ---- */

/* A list being ordered: what takes part, and the place each gets. */
struct ordering {
	const struct floor_list *list;
	bool presses;                      /* only those of the window, by time */
	uint64_t lots[RULES_ENTRIES_MAX];  /* of each entry */
	bool waits[RULES_ENTRIES_MAX];     /* takes part, and has no place yet */
	uint16_t order[RULES_ENTRIES_MAX]; /* which entry stands in each place */
};

static int64_t earliest(const struct floor_entry *entry)
{
	return entry->pressed_ms - entry->uncertainty_ms;
}

static int64_t latest(const struct floor_entry *entry)
{
	return entry->pressed_ms + entry->uncertainty_ms;
}

static bool same_rank(const struct floor_entry *a, const struct floor_entry *b)
{
	return a->block == b->block && a->level == b->level;
}

static bool ranks_before(const struct floor_entry *a, const struct floor_entry *b)
{
	return a->block != b->block ? a->block < b->block : a->level < b->level;
}

/* The one of the first rank that waits and is certainly pressed first. */
static size_t leader(const struct ordering *ordering)
{
	const struct floor_entry *entries = ordering->list->entries;
	size_t best = ordering->list->n;
	for (size_t i = 0; i < ordering->list->n; i++) {
		if (!ordering->waits[i])
			continue;
		if (best == ordering->list->n || ranks_before(&entries[i], &entries[best]) ||
			(same_rank(&entries[i], &entries[best]) &&
				latest(&entries[i]) < latest(&entries[best])))
			best = i;
	}
	return best;
}

/* Next in place: of all that may have been first, the lowest lot. Whoever certainly pressed before another also stands before. */
static size_t next_of(const struct ordering *ordering)
{
	const struct floor_entry *entries = ordering->list->entries;
	const size_t first = leader(ordering);
	size_t best = first;
	for (size_t i = 0; i < ordering->list->n; i++) {
		if (!ordering->waits[i] || !same_rank(&entries[i], &entries[first]))
			continue;
		if (ordering->presses && earliest(&entries[i]) > latest(&entries[first]))
			continue;
		if (ordering->lots[i] < ordering->lots[best])
			best = i;
	}
	return best;
}

/* In a draw of the whole list. */
static bool takes_part(const struct floor_entry *entry)
{
	return !entry->fixed && !entry->requested;
}

static const char *who_of(const struct floor_entry *entry)
{
	return entry->delegation[0] != '\0' ? entry->delegation : entry->participant;
}

/* Those who take part change places among themselves; everybody else stays. */
static void order_list(struct ordering *ordering, const uint8_t *seed, const char *word)
{
	const struct floor_list *list = ordering->list;
	bool slots[RULES_ENTRIES_MAX];
	for (size_t i = 0; i < list->n; i++) {
		const struct floor_entry *entry = &list->entries[i];
		slots[i] = ordering->presses ? entry->requested : takes_part(entry);
		ordering->waits[i] = slots[i];
		ordering->lots[i] = slots[i] ? floor_lot(seed, word, who_of(entry)) : 0;
		ordering->order[i] = (uint16_t)i;
	}
	for (size_t i = 0; i < list->n; i++) {
		if (!slots[i])
			continue;
		const size_t next = next_of(ordering);
		ordering->order[i] = (uint16_t)next;
		ordering->waits[next] = false;
	}
}

/* SHA-256 of "3,7,1": the entries in their order. Not inlined: its text and an ordering are more than a frame may take. */
__attribute__((noinline)) static void digest_order(
	const struct ordering *ordering, uint8_t out_digest[RS_SHA256_LEN])
{
	char text[RULES_ENTRIES_MAX * sizeof("4294967295")];
	size_t len = 0;
	for (size_t i = 0; i < ordering->list->n; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u", i > 0 ? "," : "",
			ordering->list->entries[ordering->order[i]].id);
	}
	rs_sha256(text, len, out_digest);
}

/* Into the new order, each circle of places once round. */
static void permute(struct floor_list *list, struct ordering *ordering)
{
	for (size_t i = 0; i < list->n; i++) {
		list->entries[i].lot = ordering->lots[i];
		list->entries[i].requested = list->entries[i].requested && !ordering->presses;
	}
	for (size_t start = 0; start < list->n; start++) {
		const struct floor_entry first = list->entries[start];
		size_t i = start;
		while (ordering->order[i] != start && ordering->order[i] != i) {
			const size_t from = ordering->order[i];
			list->entries[i] = list->entries[from];
			ordering->order[i] = (uint16_t)i;
			i = from;
		}
		if (i != start || ordering->order[i] == start)
			list->entries[i] = first;
		ordering->order[i] = (uint16_t)i;
	}
}

/* ---- decide ---- */

static bool in_window(const struct floor *floor, const struct floor_list *list, int64_t wall_ms)
{
	const struct rules_window *window = &floor->rules.window;
	return list->opened_ms != 0 &&
	       wall_ms < list->opened_ms + window->window_ms + window->line_ms;
}

static struct event *add_lots(const struct floor *floor, size_t item, enum event_kind kind,
	const char *by, uint32_t draw, struct events *out_events)
{
	struct event *event = events_add(out_events, kind, by);
	event->list = LIST_SPEAKERS;
	event->draw = draw;
	(void)rs_set_text(event->item, floor->items[item].id);
	return event;
}

static struct event *add_announced(
	const struct floor *floor, size_t item, const char *by, struct events *out_events)
{
	uint8_t seed[RS_SHA256_LEN];
	struct event *event =
		add_lots(floor, item, EVENT_LOTS_ANNOUNCED, by, floor->last_draw + 1, out_events);
	floor_seed(floor, event->draw, seed);
	lot_commit(seed, event->digest);
	return event;
}

void floor_decide_window_opening(
	const struct floor *floor, const char *by, const char *item, struct events *out_events)
{
	const size_t at = floor_find_item(floor, item);
	const struct floor_list *list = &floor->items[at].lists[LIST_SPEAKERS];
	const bool announced = list->draw != 0 && list->opened_ms == 0;
	if (floor->rules.window.window_ms != 0 && floor->rules.self_inscription && !announced &&
		!list->ended)
		add_announced(floor, at, by, out_events)->window_ms = floor->rules.window.window_ms;
}

static enum verdict decide_announce(const struct floor *floor, size_t item,
	const struct floor_command *command, struct events *out_events)
{
	const struct floor_list *list = &floor->items[item].lists[LIST_SPEAKERS];
	/* Another seed for the asking would be a choice. */
	if (list->draw != 0 && (list->opened_ms == 0 || in_window(floor, list, command->wall_ms)))
		return VERDICT_ALREADY_SO;
	(void)add_announced(floor, item, command->by, out_events);
	return VERDICT_OK;
}

/* ENTRY:WHO:BLOCK:LEVEL, and what keeps it from the next. */
#define PLACE_LEN (sizeof("4294967295:::4294967295:4294967295 ") + RS_NAME_MAX)
_Static_assert(RULES_ENTRIES_MAX *PLACE_LEN <= (EVENTS_MAX - 1) * (EVENT_NAMES_MAX - PLACE_LEN),
	"the longest list is published by one command");

/* All that the draw went by, in the order it gave; whoever kept the place stands there by the entry's number alone. Then nobody
 * needs to know what else was on the log to work the draw out again. */
static void add_places(const struct floor *floor, size_t item, const char *by,
	const struct ordering *ordering, struct events *out_events)
{
	const struct floor_list *list = ordering->list;
	for (size_t i = 0; i < list->n;) {
		struct event *event =
			add_lots(floor, item, EVENT_LOTS_PLACES, by, list->draw, out_events);
		size_t len = 0;
		while (i < list->n && len + PLACE_LEN <= EVENT_NAMES_MAX) {
			const struct floor_entry *entry = &list->entries[ordering->order[i++]];
			char *at = event->names + len;
			len += (size_t)snprintf(
				at, PLACE_LEN, "%s%u", len > 0 ? " " : "", entry->id);
			if (takes_part(entry))
				len += (size_t)snprintf(event->names + len, PLACE_LEN, ":%s:%u:%u",
					who_of(entry), entry->block, entry->level);
		}
	}
}

/* Told with the seed: the order it gives. */
static void add_drawn(const struct floor *floor, size_t item, enum event_kind kind, const char *by,
	const char *word, struct events *out_events)
{
	const struct floor_list *list = &floor->items[item].lists[LIST_SPEAKERS];
	struct ordering ordering = { .list = list, .presses = kind == EVENT_PRESSES_ORDERED };
	uint8_t seed[RS_SHA256_LEN];
	floor_seed(floor, list->draw, seed);
	order_list(&ordering, seed, word);
	if (!ordering.presses)
		add_places(floor, item, by, &ordering, out_events);
	struct event *event = add_lots(floor, item, kind, by, list->draw, out_events);
	memcpy(event->lot_seed, seed, sizeof(seed));
	(void)rs_set_text(event->word, word);
	digest_order(&ordering, event->digest);
}

static enum verdict decide_draw(const struct floor *floor, size_t item,
	const struct floor_command *command, struct events *out_events)
{
	const struct floor_list *list = &floor->items[item].lists[LIST_SPEAKERS];
	if (list->draw == 0 || list->opened_ms != 0)
		return VERDICT_NO_LOTS;
	add_drawn(floor, item, EVENT_LOTS_DRAWN, command->by, floor_wish_of(command)->word,
		out_events);
	return VERDICT_OK;
}

enum verdict floor_decide_lots(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	const size_t item = floor_find_item(floor, command->item);
	if (item == floor->n_items)
		return VERDICT_NO_SUCH_ITEM;
	if (!floor->in_session && !floor->rules.in_advance)
		return VERDICT_NOT_IN_SESSION;
	return command->kind == FLOOR_ANNOUNCE_LOTS
		       ? decide_announce(floor, item, command, out_events)
		       : decide_draw(floor, item, command, out_events);
}

static bool has_presses(const struct floor_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->entries[i].requested)
			return true;
	}
	return false;
}

/* Index of the first item whose presses wait to be ordered; n_items when there is none. */
static size_t item_in_window(const struct floor *floor)
{
	size_t i = 0;
	while (i < floor->n_items && (floor->items[i].lists[LIST_SPEAKERS].opened_ms == 0 ||
					     !has_presses(&floor->items[i].lists[LIST_SPEAKERS])))
		i++;
	return i;
}

int64_t floor_window_ends(const struct floor *floor)
{
	const size_t item = item_in_window(floor);
	if (item == floor->n_items)
		return INT64_MAX;
	return floor->items[item].lists[LIST_SPEAKERS].opened_ms + floor->rules.window.window_ms +
	       floor->rules.window.line_ms;
}

void floor_decide_window(const struct floor *floor, int64_t wall_ms, struct events *out_events)
{
	if (wall_ms >= floor_window_ends(floor))
		add_drawn(floor, item_in_window(floor), EVENT_PRESSES_ORDERED, "", "", out_events);
}

/* ---- apply ---- */

void floor_apply_lots(struct floor *floor, const struct event *event)
{
	const size_t item = floor_find_item(floor, event->item);
	if (item == floor->n_items)
		return;
	struct floor_list *list = &floor->items[item].lists[event->list];
	if (event->kind == EVENT_LOTS_ANNOUNCED) {
		floor->last_draw = event->draw;
		list->draw = event->draw;
		list->opened_ms = event->window_ms != 0 ? event->wall_ms : 0;
		memcpy(list->commitment, event->digest, sizeof(list->commitment));
		return;
	}
	struct ordering ordering = { .list = list,
		.presses = event->kind == EVENT_PRESSES_ORDERED };
	order_list(&ordering, event->lot_seed, event->word);
	permute(list, &ordering);
	list->draw = 0;
	list->opened_ms = 0;
}
