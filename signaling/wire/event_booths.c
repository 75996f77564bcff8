#include "signaling/wire/event_booths.h"

#include "signaling/interpretation/interpretation.h"
#include "signaling/wire/doc.h"

static json_t *desks_array(const char *names)
{
	json_t *array = json_array();
	for (const char *at = names; *at != '\0';) {
		const size_t len = strcspn(at, " ");
		doc_push(&array, json_stringn(at, len));
		at += len + strspn(at + len, " ");
	}
	return array;
}

void event_write_booths(json_t **data, const struct event *event, uint64_t members)
{
	if (members & MEMBER_LANGUAGE)
		doc_put(data, "language", doc_text_or_null(event->language));
	if (members & MEMBER_SOURCE) {
		doc_put(data, "desks", desks_array(event->names));
		doc_put(data, "source", json_string(event->source));
	}
	if (members & MEMBER_ON)
		doc_put(data, "on", json_boolean(event->on));
	if (members & MEMBER_DUE) {
		doc_put(data, "due",
			event->due_ms != 0 ? json_integer(event->due_ms) : json_null());
	}
}

static void read_desks(const struct object *data, char out[EVENT_NAMES_MAX + 1])
{
	const size_t n = object_array(data, "desks", INTERPRETATION_DESKS_MAX);
	size_t len = 0;
	for (size_t i = 0; i < n; i++) {
		const char *name = object_text_at(data, "desks", i);
		const size_t name_len = strlen(name);
		if (!rs_name_valid(name, name_len) || len + 1 + name_len > EVENT_NAMES_MAX) {
			object_fail(data, "desks", "badges are expected, not too many");
			return;
		}
		if (len > 0)
			out[len++] = ' ';
		memcpy(out + len, name, name_len + 1);
		len += name_len;
	}
	if (n == 0)
		object_fail(data, "desks", "one badge at least is expected");
}

void event_read_booths(const struct object *data, struct event *event, uint64_t members)
{
	if (members & MEMBER_LANGUAGE)
		doc_copy_text(data, "language", true, event->language, sizeof(event->language));
	if (members & MEMBER_SOURCE) {
		read_desks(data, event->names);
		(void)rs_set_text(event->source, object_name(data, "source"));
	}
	if (members & MEMBER_ON)
		event->on = object_bool(data, "on");
	if (members & MEMBER_DUE)
		event->due_ms = object_int_or(data, "due", 1, DOC_INT_MAX, 0);
}
