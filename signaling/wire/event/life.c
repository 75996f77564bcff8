#include "signaling/wire/event/life.h"

#include "signaling/wire/json/doc.h"

void life_write_data(json_t **data, const struct event *event, uint64_t members)
{
	if (event->kind == EVENT_VISIBILITY_CHANGED)
		doc_put(data, "visibility", json_string(visibility_name(event->visibility)));
	/* Of a record, public is not said: that is what older ones are. */
	if (event->kind == EVENT_RECORDING_STARTED && event->visibility != VISIBILITY_PUBLIC)
		doc_put(data, "class", json_string(visibility_name(event->visibility)));
	if (event->kind == EVENT_RECORDING_STARTED && event->on)
		doc_put(data, "webcast", json_true());
	if ((members & MEMBER_QUORUM) && event->quorum != 0) {
		doc_put(data, "present", json_integer(event->present));
		doc_put(data, "quorum", json_integer(event->quorum));
		doc_put(data, "overridden", json_boolean(event->overridden));
	}
}

static void read_visibility_of(
	const struct object *data, const char *key, const char *name, struct event *event)
{
	if (visibility_parse(name, &event->visibility) < 0)
		object_fail(data, key, "public, private or closed-members is expected");
}

void life_read_data(const struct object *data, struct event *event, uint64_t members)
{
	if (event->kind == EVENT_VISIBILITY_CHANGED)
		read_visibility_of(data, "visibility", object_text(data, "visibility"), event);
	if (event->kind == EVENT_RECORDING_STARTED) {
		read_visibility_of(data, "class", object_text_or(data, "class", "public"), event);
		event->on = object_bool_or(data, "webcast", false);
	}
	if (members & MEMBER_QUORUM) {
		event->present = (uint32_t)object_int_or(data, "present", 0, UINT32_MAX, 0);
		event->quorum = (uint32_t)object_int_or(data, "quorum", 0, UINT32_MAX, 0);
		event->overridden = object_bool_or(data, "overridden", false);
	}
}
