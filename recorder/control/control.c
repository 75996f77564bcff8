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

static const struct {
	const char *type;
	int (*take)(struct control *control, const struct object *message, struct archive_now when);
} handlers[] = {
	{ "state", take_state },
	{ "meeting", take_meeting },
	{ "meeting-gone", take_meeting_gone },
	{ "event", take_event },
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
		if (got < 0 || frame.kind != FRAME_MESSAGE) {
			(void)rs_copy_text(error, CONTROL_ERROR_LEN,
				"frame of impossible length or kind", 34); /* fits */
			return -EBADMSG;
		}
		err = take_message(control, &frame, when, error);
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

int control_sync(struct control *control)
{
	struct keeper_report report;
	json_t *told;
	int err = 0;
	if (!control->connected)
		return 0;
	while (err == 0 && keeper_poll(control->keeper, &report) == 1)
		err = say_report(control, &report);
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
