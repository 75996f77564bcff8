#include "signaling/wire/event/standing.h"

#include "signaling/wire/json/doc.h"

#include <stdio.h>

/* Microphones that are open beside the floor. */
#define OPEN_MAX 64

/* What the holder of the floor speaks as, in one word: what lies over the lists comes first. */
static const char *as_of(const struct event *event)
{
	if (event->on)
		return "point-of-order";
	return event->motion[0] != '\0' ? "motion" : list_name(event->list);
}

static json_t *floor_json(const struct event *event)
{
	json_t *floor = json_object();
	doc_put(&floor, "participant", json_string(event->participant));
	if (event->entry != 0)
		doc_put(&floor, "entry", json_integer(event->entry));
	doc_put(&floor, "as", json_string(as_of(event)));
	doc_put_text(&floor, "motion", event->motion);
	doc_put_text(&floor, "group", event->group);
	doc_put_text(&floor, "language", event->language);
	return floor;
}

void standing_write(json_t **data, const struct event *event)
{
	if (event->kind != EVENT_RECORDING_STARTED)
		return;
	doc_put_text(data, "item", event->item);
	if (event->participant[0] != '\0')
		doc_put(data, "floor", floor_json(event));
	if (event->names[0] == '\0')
		return;
	json_t *open = json_array();
	for (const char *at = event->names; *at != '\0';) {
		const size_t len = strcspn(at, " ");
		doc_push(&open, json_stringn(at, len));
		at += len + strspn(at + len, " ");
	}
	doc_put(data, "open", open);
}

static void read_floor(const struct object *floor, struct event *event)
{
	const char *as = object_text_or(floor, "as", list_name(LIST_SPEAKERS));
	(void)rs_set_text(event->participant, object_name(floor, "participant"));
	event->entry = (uint32_t)object_int_or(floor, "entry", 1, UINT32_MAX, 0);
	doc_copy_text(floor, "motion", true, event->motion, sizeof(event->motion));
	doc_copy_text(floor, "group", true, event->group, sizeof(event->group));
	doc_copy_text(floor, "language", true, event->language, sizeof(event->language));
	event->on = strcmp(as, "point-of-order") == 0;
	if (!event->on && strcmp(as, "motion") != 0 && list_parse(as, &event->list) < 0)
		object_fail(floor, "as", "no such list");
}

static void read_open(const struct object *data, struct event *event)
{
	const size_t n = object_array(data, "open", OPEN_MAX);
	for (size_t i = 0; i < n; i++) {
		const char *name = object_text_at(data, "open", i);
		const size_t len = strlen(event->names);
		if (!rs_name_valid(name, strlen(name))) {
			object_fail(data, "open", "names are expected");
			return;
		}
		(void)snprintf(event->names + len, sizeof(event->names) - len, "%s%s",
			len > 0 ? " " : "", name); /* so many names fit */
	}
}

void standing_read(const struct object *data, struct event *event)
{
	if (event->kind != EVENT_RECORDING_STARTED)
		return;
	doc_copy_text(data, "item", true, event->item, sizeof(event->item));
	if (object_has(data, "floor")) {
		const struct object floor = object_child(data, "floor");
		read_floor(&floor, event);
	}
	read_open(data, event);
}
