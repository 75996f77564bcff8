#include "recorder/control/control.h"

#include "common/control/object.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PROTOCOL "rostrum.control.1"
#define STATE_MEETINGS_MAX 4096

struct control {
	char node[RS_NAME_MAX + 1];
	char instance[RS_NAME_MAX + 1];
	struct keeper *keeper;
	struct room *room;
	bool connected;
	int64_t revision; /* last one taken and last one answered */
	int64_t answered;
	struct {
		uint64_t ticket; /* the next frame must be its part; 0 = none is announced */
		char meeting[RS_NAME_MAX + 1];
		char session[NAMES_SESSION_MAX + 1];
		char source[RS_NAME_MAX + 1];
		char outage[RS_NAME_MAX + 1];
		struct late_part part;
	} late;
	struct frame_reader reader;
	struct rs_buf output;
	struct control_stats stats;
};

int control_new(const char *node, const char *instance, struct keeper *keeper, struct room *room,
	struct control **out_control)
{
	struct control *control = rs_zalloc(sizeof(*control));
	if (control == NULL)
		return -ENOMEM;
	control->keeper = keeper;
	control->room = room;
	(void)rs_copy_text(
		control->node, sizeof(control->node), node, strlen(node)); /* checked as a name */
	(void)rs_copy_text(
		control->instance, sizeof(control->instance), instance, strlen(instance));
	frame_reader_init(&control->reader);
	rs_buf_init(&control->output, CONTROL_OUTPUT_MAX);
	*out_control = control;
	return 0;
}

struct control *control_free(struct control *control)
{
	if (control == NULL)
		return NULL;
	frame_reader_done(&control->reader);
	rs_buf_done(&control->output);
	return rs_release(control);
}

static int say(struct control *control, json_t *message)
{
	char *text = message != NULL ? json_dumps(message, JSON_COMPACT) : NULL;
	json_decref(message);
	if (text == NULL)
		return -ENOMEM;
	const int err = frame_write_message(&control->output, text, strlen(text));
	free(text);
	return err;
}

static json_t *recordings(const struct control *control)
{
	json_t *list = json_array();
	const struct keeper_meeting *meeting;
	for (size_t i = 0; (meeting = keeper_at(control->keeper, i)) != NULL; i++) {
		uint32_t generation;
		const struct archive *archive =
			keeper_archive(control->keeper, meeting->id, &generation);
		if (archive == NULL)
			continue;
		if (json_array_append_new(
			    list, json_pack("{s:s, s:I}", "meeting", meeting->id, "last_event",
					  (json_int_t)archive_last_event(archive))) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static void reset_stream(struct control *control)
{
	frame_reader_done(&control->reader);
	frame_reader_init(&control->reader);
	rs_buf_consume(&control->output, rs_buf_len(&control->output));
	control->answered = control->revision;
	control->late.ticket = 0;
	keeper_late_forget(control->keeper);
}

int control_connected(struct control *control)
{
	reset_stream(control);
	control->connected = true;
	(void)keeper_take_resync(control->keeper); /* hello says what is missing */
	const int err = say(control,
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:n, s:o}", "type", "hello", "protocol",
			PROTOCOL, "kind", "recorder", "node", control->node, "instance",
			control->instance, "revision", (json_int_t)control->revision, "state",
			"recordings", recordings(control)));
	keeper_say_again(control->keeper);
	room_say_again(control->room);
	return err;
}

void control_disconnected(struct control *control)
{
	control->connected = false;
	reset_stream(control);
}

static void parse_channels(const struct object *object, struct keeper_meeting *meeting)
{
	meeting->n_channels = object_array(object, "channels", ARCHIVE_CHANNELS_MAX);
	if (object->error->failed)
		meeting->n_channels = 0;
	for (size_t i = 0; i < meeting->n_channels && !object->error->failed; i++) {
		const struct object one = object_at(object, "channels", i);
		struct archive_channel *channel = &meeting->channels[i];
		const char *id = object_name(&one, "id");
		const char *language = object_text_or(&one, "language", "und");
		const char *name = object_text_or(&one, "name", id);
		(void)rs_copy_text(channel->id, sizeof(channel->id), id, strlen(id)); /* checked */
		/* Only shown: may be cut. */
		(void)rs_copy_text(
			channel->language, sizeof(channel->language), language, strlen(language));
		(void)rs_copy_text(channel->name, sizeof(channel->name), name, strlen(name));
	}
}

/* Returns whether it is to be recorded. */
static bool parse_meeting(const struct object *object, struct keeper_meeting *out)
{
	const char *id = object_name(object, "id");
	const bool record = object_bool(object, "record");
	const char *title = object_text_or(object, "title", id);
	const char *session = object_text_or(object, "session", "");
	const char *class = object_text_or(object, "class", "");
	const char *tap = object_text_or(object, "tap", "");
	(void)rs_copy_text(out->id, sizeof(out->id), id, strlen(id));             /* checked */
	(void)rs_copy_text(out->title, sizeof(out->title), title, strlen(title)); /* may be cut */
	parse_channels(object, out);
	if (object->error->failed || !record)
		return false;
	if (!rs_copy_text(out->session, sizeof(out->session), session, strlen(session)) ||
		!names_session_valid(out->session))
		object_fail(object, "session", "cannot name a directory");
	else if (!rs_copy_text(out->class, sizeof(out->class), class, strlen(class)))
		object_fail(object, "class", "is too long");
	else if (!rs_copy_text(out->tap, sizeof(out->tap), tap, strlen(tap)))
		object_fail(object, "tap", "is too long for the path of a socket");
	return !object->error->failed;
}

/* Lists of objects, of whatever is told of them; on reading they are taken as foreign. NULL = nothing, or out of memory: a
 * record without names is better than none. */
static char *about_of(const struct object *object)
{
	static const char *const lists[] = { "agenda", "delegations", "participants" };
	const json_t *about = json_object_get(object->json, "about");
	json_t *kept = json_object();
	for (size_t i = 0; i < RS_ARRAY_LEN(lists); i++) {
		json_t *list = json_object_get(about, lists[i]);
		if (json_is_array(list))
			(void)json_object_set(kept, lists[i], list);
	}
	char *text = json_object_size(kept) > 0 ? json_dumps(kept, JSON_COMPACT) : NULL;
	json_decref(kept);
	return text;
}

/* One meeting. The struct is large: not on the stack. */
static int set_meeting(
	struct control *control, const struct object *object, struct archive_now when)
{
	struct keeper_meeting *meeting = rs_zalloc(sizeof(*meeting));
	if (meeting == NULL)
		return -ENOMEM;
	const bool record = parse_meeting(object, meeting);
	int err = 0;
	char *about = record ? about_of(object) : NULL;
	meeting->about = about;
	if (record)
		err = keeper_set(control->keeper, meeting, when);
	else if (!object->error->failed)
		keeper_remove(control->keeper, meeting->id, "recording was switched off", when);
	rs_release(meeting);
	free(about);
	if (err == -E2BIG)
		control->stats.refused++;
	return err == -E2BIG ? 0 : err;
}

static int take_state(
	struct control *control, const struct object *message, struct archive_now when)
{
	const size_t n = object_array(message, "meetings", STATE_MEETINGS_MAX);
	int err = 0;
	keeper_sweep_begin(control->keeper);
	for (size_t i = 0; i < n && err == 0 && !message->error->failed; i++) {
		const struct object meeting = object_at(message, "meetings", i);
		err = set_meeting(control, &meeting, when);
	}
	if (err == 0 && !message->error->failed)
		keeper_sweep_end(control->keeper, when);
	return err;
}

static int take_meeting(
	struct control *control, const struct object *message, struct archive_now when)
{
	const struct object meeting = object_child(message, "meeting");
	return message->error->failed ? 0 : set_meeting(control, &meeting, when);
}

static int take_meeting_gone(
	struct control *control, const struct object *message, struct archive_now when)
{
	const char *meeting = object_name(message, "meeting");
	if (!message->error->failed)
		keeper_remove(control->keeper, meeting, "meeting was closed", when);
	return 0;
}

static int take_event(
	struct control *control, const struct object *message, struct archive_now when)
{
	const char *meeting = object_name(message, "meeting");
	struct archive_event event = {
		.number = object_int(message, "event", 1, INT64_MAX),
		.hash = object_text(message, "hash"),
		.payload = object_text(message, "payload"),
	};
	if (message->error->failed)
		return 0;
	event.len = strlen(event.payload);
	const int err = keeper_event(control->keeper, meeting, &event, when);
	if (err == -EBADMSG)
		control->stats.refused++;
	return err == -EAGAIN ? err : 0; /* had it, or not recorded: nothing to do */
}

static void read_spans(const struct object *message, struct late_part *part)
{
	const json_t *open = json_object_get(message->json, "open");
	part->n_open = object_array(message, "open", LATE_SPANS_MAX);
	for (size_t i = 0; i < part->n_open && !message->error->failed; i++) {
		const json_t *span = json_array_get(open, i);
		const json_t *from = json_array_get(span, 0);
		const json_t *to = json_array_get(span, 1);
		if (!json_is_integer(from) || !json_is_integer(to))
			object_fail(message, "open", "two times are expected");
		part->open[i] = (struct late_span){ .from_us = json_integer_value(from),
			.to_us = json_integer_value(to) };
	}
}

/* What the next frame brings. */
static int take_late(struct control *control, const struct object *message, struct archive_now when)
{
	struct late_part *part = &control->late.part;
	const char *meeting = object_name(message, "meeting");
	const char *session = object_text(message, "session");
	const char *source = object_name(message, "source");
	const char *outage = object_name(message, "outage");
	const int64_t ticket = object_int(message, "ticket", 1, INT64_MAX);
	*part = (struct late_part){ .source = control->late.source,
		.outage = control->late.outage,
		.number = (uint32_t)object_int(message, "part", 1, UINT32_MAX),
		.parts = (uint32_t)object_int(message, "parts", 1, UINT32_MAX),
		.from_us = object_int(message, "from_us", 0, INT64_MAX / 2),
		.to_us = object_int(message, "to_us", 0, INT64_MAX / 2),
		.shift_us = object_int(message, "shift_us", -INT64_MAX / 2, INT64_MAX / 2) };
	if (!message->error->failed)
		read_spans(message, part);
	if (!message->error->failed && (!rs_set_text(control->late.session, session) ||
					       !names_session_valid(control->late.session)))
		object_fail(message, "session", "cannot name a directory");
	if (message->error->failed)
		return 0;
	(void)rs_set_text(control->late.meeting, meeting); /* names, all three */
	(void)rs_set_text(control->late.source, source);
	(void)rs_set_text(control->late.outage, outage);
	control->late.ticket = (uint64_t)ticket;
	return 0;
}

static const struct {
	const char *type;
	int (*take)(struct control *control, const struct object *message, struct archive_now when);
} handlers[] = {
	{ "state", take_state },
	{ "meeting", take_meeting },
	{ "meeting-gone", take_meeting_gone },
	{ "event", take_event },
	{ "late", take_late },
};

static int dispatch(struct control *control, const struct object *message, struct archive_now when)
{
	const char *type = object_text(message, "type");
	for (size_t i = 0; i < RS_ARRAY_LEN(handlers) && !message->error->failed; i++) {
		if (strcmp(type, handlers[i].type) != 0)
			continue;
		const int64_t revision = object_int(message, "revision", 0, INT64_MAX);
		if (message->error->failed)
			return 0;
		const int err = handlers[i].take(control, message, when);
		if (err == 0 && !message->error->failed)
			control->revision = revision;
		return err;
	}
	control->stats.unknown++;
	return 0;
}

static int take_message(struct control *control, const struct frame *frame, struct archive_now when,
	char error[CONTROL_ERROR_LEN])
{
	struct object_error failure = { 0 };
	json_error_t why;
	control->stats.messages++;
	json_t *json =
		json_loadb((const char *)frame->body, frame->len, JSON_REJECT_DUPLICATES, &why);
	const struct object message = object_root(json, "control message", &failure);
	int err = dispatch(control, &message, when);
	if (failure.failed) {
		(void)rs_copy_text(error, CONTROL_ERROR_LEN, failure.text,
			strlen(failure.text)); /* may be cut */
		err = -EBADMSG;
	}
	json_decref(json);
	return err;
}

/* Its message was right before it. */
static int take_part(struct control *control, const struct frame *frame, struct archive_now when,
	char error[CONTROL_ERROR_LEN])
{
	struct frame_late late;
	if (control->late.ticket == 0 || frame_late_parse(frame->body, frame->len, &late) < 0 ||
		late.ticket != control->late.ticket) {
		(void)rs_copy_text(error, CONTROL_ERROR_LEN, "late part without its message", 29);
		return -EBADMSG;
	}
	control->late.ticket = 0;
	control->late.part.data = late.part;
	control->late.part.len = late.len;
	keeper_late(control->keeper, control->late.meeting, control->late.session, late.ticket,
		&control->late.part, when);
	return 0;
}

int control_recv(struct control *control, const uint8_t *data, size_t len, struct archive_now when,
	char error[CONTROL_ERROR_LEN])
{
	(void)rs_copy_text(error, CONTROL_ERROR_LEN, "out of memory", 13); /* fits */
	int err = frame_reader_feed(&control->reader, data, len);
	struct frame frame;
	while (err == 0) {
		const int got = frame_reader_next(&control->reader, &frame);
		if (got == 0)
			return 0;
		if (got < 0 || frame.kind == FRAME_PACKET) {
			(void)rs_copy_text(error, CONTROL_ERROR_LEN,
				"frame of impossible length or kind", 34); /* fits */
			return -EBADMSG;
		}
		err = frame.kind == FRAME_LATE ? take_part(control, &frame, when, error)
					       : take_message(control, &frame, when, error);
	}
	return err;
}

static const char *state_name(enum keeper_state state)
{
	switch (state) {
	case KEEPER_RECORDING:
		return "recording";
	case KEEPER_STOPPED:
		return "stopped";
	case KEEPER_FAILED:
		return "failed";
	}
	return "failed";
}

static int say_report(struct control *control, const struct keeper_report *report)
{
	if (report->kind == KEEPER_REPORT_ARCHIVED)
		return say(
			control, json_pack("{s:s, s:s, s:I, s:b}", "type", "archived", "meeting",
					 report->meeting, "last_event",
					 (json_int_t)report->last_event, "sealed", report->sealed));
	json_t *message = json_pack("{s:s, s:s, s:s, s:s, s:s}", "type", "recording", "meeting",
		report->meeting, "state", state_name(report->state), "reason", report->reason,
		"directory", report->directory);
	json_t *account = json_pack("{s:I, s:I}", "missing", (json_int_t)report->account.missing,
		"breaks", (json_int_t)report->account.breaks);
	if (report->account.compared && json_object_set(message, "account", account) < 0) {
		json_decref(message);
		message = NULL;
	}
	json_decref(account);
	return say(control, message);
}

static int say_late(struct control *control, const struct keeper_late *late)
{
	static const char *const states[] = { "kept", "refused", "later" };
	return say(
		control, json_pack("{s:s, s:s, s:I, s:s, s:s, s:i, s:i, s:i, s:i}", "type", "late",
				 "meeting", late->meeting, "ticket", (json_int_t)late->ticket,
				 "state", states[late->state], "reason", late->reason, "kept",
				 (int)late->count.kept, "had", (int)late->count.had, "shut",
				 (int)late->count.shut, "before", (int)late->count.before));
}

int control_sync(struct control *control)
{
	struct keeper_report report;
	struct keeper_late late;
	json_t *told;
	int err = 0;
	if (!control->connected)
		return 0;
	while (err == 0 && keeper_poll(control->keeper, &report) == 1)
		err = say_report(control, &report);
	while (err == 0 && keeper_late_poll(control->keeper, &late) == 1)
		err = say_late(control, &late);
	while (err == 0 && (told = room_take(control->room)) != NULL)
		err = say(control, told);
	if (err == 0 && control->revision != control->answered) {
		control->answered = control->revision;
		err = say(control, json_pack("{s:s, s:I}", "type", "applied", "revision",
					   (json_int_t)control->revision));
	}
	if (err == 0 && keeper_take_resync(control->keeper))
		err = -EAGAIN;
	return err;
}

struct rs_buf *control_output(struct control *control)
{
	return &control->output;
}

const struct control_stats *control_stats(const struct control *control)
{
	return &control->stats;
}
