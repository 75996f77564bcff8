#include "signaling/wire/event/booths.h"

#include "signaling/interpretation/interpretation.h"
#include "signaling/interpretation/signals.h"
#include "signaling/wire/json/doc.h"

static void write_awaited(json_t **data, const struct event *event)
{
	if (event->participant[0] != '\0')
		doc_put(data, "participant", json_string(event->participant));
	if (event->entry != 0)
		doc_put(data, "entry", json_integer(event->entry));
	if (event->decision != 0)
		doc_put(data, "decision", json_integer(event->decision));
	if (event->overridden)
		doc_put(data, "override", json_true());
	doc_put(data, "booths", doc_names(event->names));
}

static void write_signals(json_t **data, const struct event *event, uint64_t members)
{
	if (members & MEMBER_BOOTH)
		doc_put(data, "booth", json_string(event->booth));
	if (members & MEMBER_IMPEDIMENT)
		doc_put(data, "reason", json_string(impediment_name(event->impediment)));
	if (members & MEMBER_CALL) {
		doc_put(data, "call", json_integer(event->call));
		doc_put(data, "to", json_string(call_to_name(event->call_to)));
	}
	if (members & MEMBER_AWAITED)
		write_awaited(data, event);
}

void event_write_booths(json_t **data, const struct event *event, uint64_t members)
{
	if (members & MEMBER_LANGUAGE)
		doc_put(data, "language", doc_text_or_null(event->language));
	if (members & MEMBER_SOURCE) {
		doc_put(data, "desks", doc_names(event->names));
		doc_put(data, "source", json_string(event->source));
	}
	if (members & MEMBER_ON)
		doc_put(data, "on", json_boolean(event->on));
	if (members & MEMBER_DUE) {
		doc_put(data, "due",
			event->due_ms != 0 ? json_integer(event->due_ms) : json_null());
	}
	write_signals(data, event, members);
}

/* One at least. */
static void read_names(const struct object *data, const char *key, size_t max, struct event *event)
{
	doc_copy_names(data, key, max, event->names, sizeof(event->names));
	if (event->names[0] == '\0')
		object_fail(data, key, "one name at least is expected");
}

static void read_awaited(const struct object *data, struct event *event)
{
	if (object_has(data, "participant"))
		(void)rs_set_text(event->participant, object_name(data, "participant"));
	event->entry = (uint32_t)object_int_or(data, "entry", 1, UINT32_MAX, 0);
	event->decision = (uint32_t)object_int_or(data, "decision", 1, UINT32_MAX, 0);
	event->overridden = object_bool_or(data, "override", false);
	read_names(data, "booths", MEETING_CHANNELS_MAX, event);
}

static void read_signals(const struct object *data, struct event *event, uint64_t members)
{
	if (members & MEMBER_BOOTH)
		doc_copy_text(data, "booth", false, event->booth, sizeof(event->booth));
	if ((members & MEMBER_IMPEDIMENT) &&
		impediment_parse(object_text(data, "reason"), &event->impediment) < 0)
		object_fail(data, "reason", "no such reason");
	if (members & MEMBER_CALL) {
		event->call = (uint32_t)object_int(data, "call", 1, UINT32_MAX);
		if (call_to_parse(object_text(data, "to"), &event->call_to) < 0)
			object_fail(data, "to", "chair or technician is expected");
	}
	if (members & MEMBER_AWAITED)
		read_awaited(data, event);
}

void event_read_booths(const struct object *data, struct event *event, uint64_t members)
{
	if (members & MEMBER_LANGUAGE)
		doc_copy_text(data, "language", true, event->language, sizeof(event->language));
	if (members & MEMBER_SOURCE) {
		read_names(data, "desks", INTERPRETATION_DESKS_MAX, event);
		(void)rs_set_text(event->source, object_name(data, "source"));
	}
	if (members & MEMBER_ON)
		event->on = object_bool(data, "on");
	if (members & MEMBER_DUE)
		event->due_ms = object_int_or(data, "due", 1, DOC_INT_MAX, 0);
	read_signals(data, event, members);
}
