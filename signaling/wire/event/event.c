#include "signaling/wire/event/event.h"

#include "common/control/object.h"
#include "signaling/wire/event/booths.h"
#include "signaling/wire/event/captions.h"
#include "signaling/wire/event/documents.h"
#include "signaling/wire/event/life.h"
#include "signaling/wire/event/lists.h"
#include "signaling/wire/event/standing.h"
#include "signaling/wire/event/voting.h"
#include "signaling/wire/json/doc.h"

#include <errno.h>

static json_t *write_data(const struct event *event)
{
	const uint64_t members = event_members(event->kind);
	json_t *data = json_object();

	if (members & MEMBER_SITTING)
		doc_put(&data, "sitting", json_integer(event->sitting));
	if (members & MEMBER_UNTIL) {
		doc_put(&data, "until",
			event->until_ms != 0 ? json_integer(event->until_ms) : json_null());
	}
	if (members & MEMBER_ITEM)
		doc_put(&data, "item", json_string(event->item));
	if (members & MEMBER_CHANNEL)
		doc_put(&data, "channel", json_string(event->channel));
	if (members & MEMBER_ENTRY) {
		doc_put(&data, "entry",
			event->entry != 0 ? json_integer(event->entry) : json_null());
	}
	if (members & MEMBER_PARTICIPANT)
		doc_put(&data, "participant", json_string(event->participant));
	if (members & MEMBER_PERSON) {
		doc_put(&data, "name", json_string(event->name));
		doc_put(&data, "role", json_string(role_name(event->role)));
	}
	if (members & (MEMBER_PERSON | MEMBER_DELEGATION))
		doc_put(&data, "delegation", doc_text_or_null(event->delegation));
	if ((members & MEMBER_PLACE) && event->place != PLACE_REMOTE)
		doc_put(&data, "place", json_string(place_name(event->place)));
	if ((members & MEMBER_VOICE) && event->voice[0] != '\0')
		doc_put(&data, "voice", json_string(event->voice));
	if (members & MEMBER_POSITION)
		doc_put(&data, "position", json_integer(event->position));
	if (members & MEMBER_ALLOTTED) {
		doc_put(&data, "allotted",
			event->allotted_ms != 0 ? json_integer(event->allotted_ms) : json_null());
	}
	if (members & MEMBER_LIST)
		doc_put(&data, "list", json_string(list_name(event->list)));
	if (members & MEMBER_MOTION)
		doc_put(&data, "motion", json_string(event->motion));
	if (members & MEMBER_SIDE)
		doc_put(&data, "side", json_string(side_name(event->side)));
	if (members & MEMBER_RESULT)
		doc_put(&data, "outcome", json_string(outcome_name(event->outcome)));
	if (members & MEMBER_RULING)
		doc_put(&data, "ruling", json_string(ruling_name(event->ruling)));
	if (members & MEMBER_DECISION)
		event_write_decision(&data, event);
	if (members & MEMBER_LINE)
		doc_put(&data, "line", json_string(line_name(event->line)));
	if (members & MEMBER_SESSION)
		doc_put(&data, "session", json_string(event->session));
	if (members & MEMBER_REASON)
		doc_put(&data, "reason", doc_text_or_null(event->reason));
	if (members & MEMBER_INSTANCE)
		doc_put(&data, "instance", doc_text_or_null(event->instance));
	life_write_data(&data, event, members);
	standing_write(&data, event);
	if (members & MEMBER_MESSAGE)
		doc_put(&data, "message", json_integer((json_int_t)event->message));
	documents_write_data(&data, event);
	event_write_booths(&data, event, members);
	if (members & MEMBER_CAPTION)
		captions_write_data(&data, event);
	event_list_write(&data, event, members);
	if (members & MEMBER_CAUSE)
		doc_put(&data, "cause", json_string(cause_name(event->cause)));
	return data;
}

int wire_event_write(const struct event *event, struct rs_buf *out)
{
	json_t *json = json_object();
	doc_put(&json, "event", json_integer((json_int_t)event->number));
	doc_put(&json, "time", json_integer(event->wall_ms));
	doc_put(&json, "name", json_string(event_name(event->kind)));
	doc_put(&json, "by", doc_text_or_null(event->by));
	doc_put_text(&json, "by_seat", event->by_seat);
	doc_put(&json, "data", write_data(event));
	return doc_append(json, out);
}

static void read_person(const struct object *data, struct event *event)
{
	doc_copy_text(data, "name", false, event->name, sizeof(event->name));
	if (role_parse(object_text(data, "role"), &event->role) < 0)
		object_fail(data, "role", "no such role");
}

static void read_data(const struct object *data, struct event *event)
{
	const uint64_t members = event_members(event->kind);

	if (members & MEMBER_SITTING)
		event->sitting = (uint32_t)object_int(data, "sitting", 1, UINT32_MAX);
	if (members & MEMBER_UNTIL)
		event->until_ms = object_int_or(data, "until", 1, DOC_INT_MAX, 0);
	if (members & MEMBER_ITEM)
		(void)rs_set_text(event->item, object_name(data, "item"));
	if (members & MEMBER_CHANNEL)
		(void)rs_set_text(event->channel, object_name(data, "channel"));
	if (members & MEMBER_ENTRY)
		event->entry = (uint32_t)object_int_or(data, "entry", 1, UINT32_MAX, 0);
	if (members & MEMBER_PARTICIPANT)
		(void)rs_set_text(event->participant, object_name(data, "participant"));
	if (members & MEMBER_PERSON)
		read_person(data, event);
	if (members & (MEMBER_PERSON | MEMBER_DELEGATION))
		doc_copy_text(
			data, "delegation", true, event->delegation, sizeof(event->delegation));
	if ((members & MEMBER_PLACE) &&
		place_parse(
			object_text_or(data, "place", place_name(PLACE_REMOTE)), &event->place) < 0)
		object_fail(data, "place", "no such place");
	if (members & MEMBER_VOICE)
		doc_copy_text(data, "voice", true, event->voice, sizeof(event->voice));
	if (members & MEMBER_POSITION)
		event->position = (uint32_t)object_int(data, "position", 1, UINT32_MAX);
	if (members & MEMBER_ALLOTTED)
		event->allotted_ms = (uint32_t)object_int_or(data, "allotted", 1, UINT32_MAX, 0);
	if ((members & MEMBER_LIST) &&
		list_parse(object_text_or(data, "list", list_name(LIST_SPEAKERS)), &event->list) <
			0)
		object_fail(data, "list", "no such list");
	if (members & MEMBER_MOTION)
		(void)rs_set_text(event->motion, object_name(data, "motion"));
	if ((members & MEMBER_SIDE) && side_parse(object_text(data, "side"), &event->side) < 0)
		object_fail(data, "side", "no such side");
	if ((members & MEMBER_RESULT) &&
		outcome_parse(object_text(data, "outcome"), &event->outcome) < 0)
		object_fail(data, "outcome", "no such outcome");
	if ((members & MEMBER_RULING) &&
		ruling_parse(object_text(data, "ruling"), &event->ruling) < 0)
		object_fail(data, "ruling", "no such ruling");
	if (members & MEMBER_DECISION)
		event_read_decision(data, event);
	if ((members & MEMBER_LINE) && line_parse(object_text(data, "line"), &event->line) < 0)
		object_fail(data, "line", "no such line");
	if (members & MEMBER_SESSION)
		doc_copy_text(data, "session", false, event->session, sizeof(event->session));
	if (members & MEMBER_REASON)
		doc_copy_text(data, "reason", true, event->reason, sizeof(event->reason));
	if (members & MEMBER_INSTANCE)
		doc_copy_text(data, "instance", true, event->instance, sizeof(event->instance));
	life_read_data(data, event, members);
	standing_read(data, event);
	if (members & MEMBER_MESSAGE)
		event->message = (uint64_t)object_int(data, "message", 1, DOC_INT_MAX);
	documents_read_data(data, event);
	event_read_booths(data, event, members);
	if (members & MEMBER_CAPTION)
		captions_read_data(data, event);
	event_list_read(data, event, members);
	if ((members & MEMBER_CAUSE) && cause_parse(object_text(data, "cause"), &event->cause) < 0)
		object_fail(data, "cause", "no such cause");
}

int wire_event_parse(
	const char *json, size_t len, struct event *out_event, char error[WIRE_ERROR_LEN])
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	struct object_error failure;
	const struct object object = object_root(root, "event", &failure);
	struct event event = {
		.number = (uint64_t)object_int(&object, "event", 1, DOC_INT_MAX),
		.wall_ms = object_int(&object, "time", 0, DOC_INT_MAX),
	};
	doc_copy_text(&object, "by", true, event.by, sizeof(event.by));
	doc_copy_text(&object, "by_seat", true, event.by_seat, sizeof(event.by_seat));
	if (event_parse_name(object_text(&object, "name"), &event.kind) < 0)
		object_fail(&object, "name", "this version knows no such event");
	const struct object data = object_child(&object, "data");
	if (!failure.failed)
		read_data(&data, &event);
	if (failure.failed) {
		(void)rs_copy_text(error, WIRE_ERROR_LEN, failure.text, strlen(failure.text));
		return -EBADMSG;
	}
	*out_event = event;
	return 0;
}

int wire_event_frame(const char *payload, size_t payload_len, const char *patch, size_t patch_len,
	struct rs_buf *out)
{
	static const char head[] = "{\"type\":\"event\",";
	static const char middle[] = ",\"patch\":";
	const size_t len = sizeof(head) - 1 + payload_len - 2 + sizeof(middle) - 1 + patch_len + 1;
	uint8_t *room = rs_buf_room(out, len);
	if (room == NULL)
		return -ENOMEM;

	/* The payload's own braces make way for those of the frame. */
	char *at = mempcpy(room, head, sizeof(head) - 1);
	at = mempcpy(at, payload + 1, payload_len - 2);
	at = mempcpy(at, middle, sizeof(middle) - 1);
	at = mempcpy(at, patch, patch_len);
	*at = '}';
	rs_buf_commit(out, len);
	return 0;
}
