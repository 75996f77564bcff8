#include "signaling/wire/event/lists.h"

#include "signaling/meeting/delegation.h"
#include "signaling/rules/rules.h"
#include "signaling/wire/json/doc.h"

static void put_hash(json_t **data, const char *key, const uint8_t hash[EVENT_HASH_LEN])
{
	char hex[2 * EVENT_HASH_LEN + 1];
	rs_hex_encode(hash, EVENT_HASH_LEN, hex);
	doc_put(data, key, json_string(hex));
}

/* Only what is so is said. */
static void put_count(json_t **data, const char *key, int64_t n)
{
	if (n != 0)
		doc_put(data, key, json_integer(n));
}

static void put_true(json_t **data, const char *key, bool is)
{
	if (is)
		doc_put(data, key, json_true());
}

static void write_inscription(json_t **data, const struct event *event)
{
	doc_put_text(data, "group", event->group);
	doc_put_text(data, "language", event->language);
	if (event->category != CATEGORY_MEMBER) {
		doc_put(data, "category",
			json_string(category_name((enum category)event->category)));
	}
	put_count(data, "block", event->block);
	put_count(data, "level", event->level);
	put_true(data, "fixed", event->fixed);
	put_true(data, "in_room", event->in_room);
	if (event->requested) {
		doc_put(data, "pressed", json_integer(event->pressed_ms));
		doc_put(data, "uncertainty", json_integer(event->uncertainty_ms));
	}
}

static void write_lots(json_t **data, const struct event *event)
{
	doc_put(data, "draw", json_integer(event->draw));
	if (event->kind == EVENT_LOTS_ANNOUNCED) {
		put_hash(data, "commitment", event->digest);
		put_count(data, "window", event->window_ms);
		return;
	}
	if (event->kind == EVENT_LOTS_PLACES) {
		doc_put(data, "places", json_string(event->names));
		return;
	}
	put_hash(data, "seed", event->lot_seed);
	doc_put_text(data, "word", event->word);
	put_hash(data, "order", event->digest);
}

static bool is_lots(enum event_kind kind)
{
	return kind == EVENT_LOTS_ANNOUNCED || kind == EVENT_LOTS_PLACES ||
	       kind == EVENT_LOTS_DRAWN || kind == EVENT_PRESSES_ORDERED;
}

static bool is_swap(enum event_kind kind)
{
	return kind == EVENT_SWAP_OFFERED || kind == EVENT_SWAP_DECLINED ||
	       kind == EVENT_SWAP_WITHDRAWN || kind == EVENT_ENTRIES_SWAPPED;
}

static void write_act(json_t **data, const struct event *event)
{
	if (event->kind == EVENT_ENTRY_ADDED)
		write_inscription(data, event);
	else if (is_lots(event->kind))
		write_lots(data, event);
	else if (event->kind == EVENT_BUDGET_SET)
		doc_put(data, "category",
			json_string(category_name((enum category)event->category)));
	else if (is_swap(event->kind))
		doc_put(data, "with", json_integer(event->other));
}

void event_list_write(json_t **data, const struct event *event, uint64_t members)
{
	if ((members & MEMBER_LIST_ACT) == 0)
		return;
	doc_put_text(data, "item", event->item);
	write_act(data, event);
}

static void read_hash(const struct object *data, const char *key, uint8_t out[EVENT_HASH_LEN])
{
	const char *hex = object_text(data, key);
	if (strlen(hex) != (size_t)2 * EVENT_HASH_LEN ||
		rs_hex_decode(hex, strlen(hex), out, EVENT_HASH_LEN) < 0)
		object_fail(data, key, "64 hexadecimal digits are expected");
}

static void read_category(const struct object *data, struct event *event, const char *text)
{
	enum category category = CATEGORY_MEMBER;
	if (category_parse(text, &category) < 0)
		object_fail(data, "category", "no such category");
	event->category = category;
}

static void read_name(const struct object *data, const char *key, char out[RS_NAME_MAX + 1])
{
	if (object_has(data, key))
		(void)rs_copy_text(out, RS_NAME_MAX + 1, object_name(data, key),
			strlen(object_name(data, key)));
}

static void read_inscription(const struct object *data, struct event *event)
{
	read_name(data, "group", event->group);
	doc_copy_text(data, "language", true, event->language, sizeof(event->language));
	read_category(data, event, object_text_or(data, "category", "member"));
	event->block = (uint32_t)object_int_or(data, "block", 0, UINT32_MAX, 0);
	event->level = (uint32_t)object_int_or(data, "level", 0, UINT32_MAX, 0);
	event->fixed = object_bool_or(data, "fixed", false);
	event->in_room = object_bool_or(data, "in_room", false);
	event->requested = object_has(data, "pressed");
	event->pressed_ms = object_int_or(data, "pressed", 0, DOC_INT_MAX, 0);
	event->uncertainty_ms =
		(uint32_t)object_int_or(data, "uncertainty", 0, RULES_LINE_MAX_MS, 0);
}

static void read_lots(const struct object *data, struct event *event)
{
	event->draw = (uint32_t)object_int(data, "draw", 1, UINT32_MAX);
	if (event->kind == EVENT_LOTS_ANNOUNCED) {
		read_hash(data, "commitment", event->digest);
		event->window_ms =
			(uint32_t)object_int_or(data, "window", 0, RULES_WINDOW_MAX_MS, 0);
		return;
	}
	if (event->kind == EVENT_LOTS_PLACES) {
		const char *places = object_text(data, "places");
		if (!rs_copy_text(event->names, sizeof(event->names), places, strlen(places)))
			object_fail(data, "places", "too long");
		return;
	}
	read_hash(data, "seed", event->lot_seed);
	read_hash(data, "order", event->digest);
	read_name(data, "word", event->word);
}

void event_list_read(const struct object *data, struct event *event, uint64_t members)
{
	if ((members & MEMBER_LIST_ACT) == 0)
		return;
	read_name(data, "item", event->item);
	if (event->kind == EVENT_ENTRY_ADDED)
		read_inscription(data, event);
	else if (is_lots(event->kind))
		read_lots(data, event);
	else if (event->kind == EVENT_BUDGET_SET)
		read_category(data, event, object_text(data, "category"));
	else if (is_swap(event->kind))
		event->other = (uint32_t)object_int(data, "with", 1, UINT32_MAX);
}
