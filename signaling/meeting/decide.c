#include "signaling/meeting/meeting.h"

static size_t item_index(const struct meeting *meeting, const char *id)
{
	size_t i = 0;
	while (i < meeting->n_items && strcmp(meeting->items[i].id, id) != 0)
		i++;
	return i;
}

static void add_recording(struct events *events, enum event_kind kind, const char *by,
	const char *session, const char *reason)
{
	struct event *event = events_add(events, kind, by);
	(void)rs_set_text(event->session, session);
	(void)rs_set_text(event->reason, reason);
}

/* A recorder may be wordy: cut to what an event holds, between characters. */
static void cut_reason(char out[EVENT_REASON_MAX + 1], const char *reason)
{
	size_t len = strnlen(reason, EVENT_REASON_MAX);
	while (len > 0 && !rs_utf8_valid(reason, len))
		len--;
	(void)rs_copy_text(out, EVENT_REASON_MAX + 1, reason, len);
}

static enum verdict decide_open(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	if (meeting->phase == MEETING_IN_SESSION || meeting->phase == MEETING_SUSPENDED)
		return VERDICT_ALREADY_SO;

	events_add(out_events, EVENT_MEETING_OPENED, command->by)->sitting = meeting->sitting + 1;
	if (meeting->rules.first_item_on_opening && meeting->n_items > 0 &&
		meeting->item == meeting->n_items) {
		(void)rs_set_text(events_add(out_events, EVENT_ITEM_TAKEN_UP, command->by)->item,
			meeting->items[0].id);
	}
	if (meeting->record && meeting->mode == MEETING_FLOOR) {
		add_recording(
			out_events, EVENT_RECORDING_STARTED, command->by, command->session, "");
	}
	return VERDICT_OK;
}

/* A short stop (GA rule 76): nobody is heard until the meeting is resumed. */
static enum verdict decide_suspension(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	const bool suspends = command->kind == MEETING_SUSPEND;
	if (meeting->phase == (suspends ? MEETING_SUSPENDED : MEETING_IN_SESSION))
		return VERDICT_ALREADY_SO;
	if (meeting->phase != (suspends ? MEETING_IN_SESSION : MEETING_SUSPENDED))
		return VERDICT_NOT_IN_SESSION;
	events_add(
		out_events, suspends ? EVENT_MEETING_SUSPENDED : EVENT_MEETING_RESUMED, command->by)
		->sitting = meeting->sitting;
	return VERDICT_OK;
}

static enum verdict decide_close(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	if (meeting->phase != MEETING_IN_SESSION && meeting->phase != MEETING_SUSPENDED)
		return VERDICT_NOT_IN_SESSION;

	events_add(out_events, EVENT_MEETING_CLOSED, command->by)->sitting = meeting->sitting;
	if (meeting->session[0] != '\0') {
		add_recording(out_events, EVENT_RECORDING_STOPPED, command->by, meeting->session,
			"closed");
	}
	return VERDICT_OK;
}

static enum verdict decide_interpretation_end(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	if (meeting->interpretation_ends_ms == command->until_ms)
		return VERDICT_ALREADY_SO;
	events_add(out_events, EVENT_INTERPRETATION_END_SET, command->by)->until_ms =
		command->until_ms;
	return VERDICT_OK;
}

static enum verdict decide_item(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	if (meeting->phase != MEETING_IN_SESSION)
		return VERDICT_NOT_IN_SESSION;
	const size_t i = item_index(meeting, command->item);
	if (i == meeting->n_items)
		return VERDICT_NO_SUCH_ITEM;
	if (i == meeting->item && !command->again)
		return VERDICT_ALREADY_SO;
	(void)rs_set_text(
		events_add(out_events, EVENT_ITEM_TAKEN_UP, command->by)->item, command->item);
	return VERDICT_OK;
}

static enum verdict decide_record(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	if (meeting->phase != MEETING_IN_SESSION)
		return VERDICT_NOT_IN_SESSION;
	if (meeting->session[0] != '\0')
		return VERDICT_ALREADY_SO;
	add_recording(out_events, EVENT_RECORDING_STARTED, command->by, command->session, "");
	return VERDICT_OK;
}

static enum verdict decide_stop(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	if (meeting->session[0] == '\0')
		return VERDICT_ALREADY_SO;
	add_recording(out_events, EVENT_RECORDING_STOPPED, command->by, meeting->session, "");
	return VERDICT_OK;
}

enum verdict meeting_decide(const struct meeting *meeting, const struct meeting_command *command,
	struct events *out_events)
{
	switch (command->kind) {
	case MEETING_OPEN:
		return decide_open(meeting, command, out_events);
	case MEETING_CLOSE:
		return decide_close(meeting, command, out_events);
	case MEETING_SUSPEND:
	case MEETING_RESUME:
		return decide_suspension(meeting, command, out_events);
	case MEETING_SET_INTERPRETATION_END:
		return decide_interpretation_end(meeting, command, out_events);
	case MEETING_TAKE_UP_ITEM:
		return decide_item(meeting, command, out_events);
	case MEETING_RECORD:
		return decide_record(meeting, command, out_events);
	case MEETING_STOP_RECORDING:
		return decide_stop(meeting, command, out_events);
	}
	return VERDICT_MALFORMED;
}

void meeting_decide_presence(const struct meeting *meeting, size_t i,
	const struct presence *presence, struct events *out_events)
{
	const struct participant *participant = &meeting->participants[i];
	enum line known = participant->line;

	const bool present = presence->present;
	const bool moved = present && presence->place != participant->place;
	if (present != participant->present || moved || presence->cause == CAUSE_ELSEWHERE) {
		struct event *event = events_add(out_events,
			present ? EVENT_PARTICIPANT_JOINED : EVENT_PARTICIPANT_LEFT,
			participant->id);
		(void)rs_set_text(event->participant, participant->id);
		(void)rs_set_text(event->name, participant->name);
		(void)rs_set_text(event->delegation, participant->delegation);
		event->role = participant->role;
		event->place = present ? presence->place : PLACE_REMOTE;
		event->cause = presence->cause;
		known = present ? LINE_JOINED : LINE_AWAY;
	}
	if (!present || presence->line == known)
		return;
	struct event *event = events_add(out_events, EVENT_LINE_CHANGED, "");
	(void)rs_set_text(event->participant, participant->id);
	event->line = presence->line;
}

void meeting_decide_recorder(
	const struct meeting *meeting, const char *reason, struct events *out_events)
{
	if (meeting->session[0] == '\0')
		return;
	if (reason == NULL) {
		if (meeting->recording != MEETING_RECORDING_ON) {
			add_recording(
				out_events, EVENT_RECORDING_STARTED, "", meeting->session, "");
		}
		return;
	}
	char cut[EVENT_REASON_MAX + 1];
	cut_reason(cut, reason);
	if (meeting->recording == MEETING_RECORDING_ON || strcmp(meeting->reason, cut) != 0)
		add_recording(out_events, EVENT_RECORDING_FAILED, "", meeting->session, cut);
}

void meeting_decide_media(
	const struct meeting *meeting, const char *instance, struct events *out_events)
{
	if (strcmp(meeting->instance, instance) != 0) {
		(void)rs_set_text(
			events_add(out_events, EVENT_MEDIA_SERVER, "")->instance, instance);
	}
}
