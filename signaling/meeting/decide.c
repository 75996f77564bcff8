#include "signaling/meeting/meeting_priv.h"
#include "signaling/meeting/visibility.h"

static size_t item_index(const struct meeting *meeting, const char *id)
{
	size_t i = 0;
	while (i < meeting->n_items && strcmp(meeting->items[i].id, id) != 0)
		i++;
	return i;
}

/* A recorder may be wordy: cut to what an event holds, between characters. */
static void cut_reason(char out[EVENT_REASON_MAX + 1], const char *reason)
{
	size_t len = strnlen(reason, EVENT_REASON_MAX);
	while (len > 0 && !rs_utf8_valid(reason, len))
		len--;
	(void)rs_copy_text(out, EVENT_REASON_MAX + 1, reason, len);
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
	meeting_add_start(meeting, meeting->visibility, command->by, command->session, out_events);
	return VERDICT_OK;
}

static enum verdict decide_stop(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	if (meeting->session[0] == '\0')
		return VERDICT_ALREADY_SO;
	meeting_add_recording(
		out_events, EVENT_RECORDING_STOPPED, command->by, meeting->session, "");
	return VERDICT_OK;
}

static enum verdict decide_chat(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	const bool close = command->kind == MEETING_CLOSE_CHAT;
	if (meeting->chat_closed == close)
		return VERDICT_ALREADY_SO;
	(void)events_add(out_events, close ? EVENT_CHAT_CLOSED : EVENT_CHAT_OPENED, command->by);
	return VERDICT_OK;
}

enum verdict meeting_decide(const struct meeting *meeting, const struct meeting_command *command,
	struct events *out_events)
{
	switch (command->kind) {
	case MEETING_OPEN_DOORS:
	case MEETING_CLOSE_DOORS:
	case MEETING_BEGIN_SOUND_CHECK:
	case MEETING_END_SOUND_CHECK:
	case MEETING_OPEN:
	case MEETING_ADJOURN:
	case MEETING_CLOSE:
	case MEETING_SUSPEND:
	case MEETING_RESUME:
		return meeting_decide_life(meeting, command, out_events);
	case MEETING_SET_INTERPRETATION_END:
		return decide_interpretation_end(meeting, command, out_events);
	case MEETING_SET_VISIBILITY:
		return meeting_decide_visibility(meeting, command, out_events);
	case MEETING_WEBCAST:
		return meeting_decide_webcast(meeting, command, out_events);
	case MEETING_TAKE_UP_ITEM:
		return decide_item(meeting, command, out_events);
	case MEETING_RECORD:
		return decide_record(meeting, command, out_events);
	case MEETING_STOP_RECORDING:
		return decide_stop(meeting, command, out_events);
	case MEETING_CLOSE_CHAT:
	case MEETING_OPEN_CHAT:
		return decide_chat(meeting, command, out_events);
	case MEETING_REMOVE_MESSAGE:
		events_add(out_events, EVENT_MESSAGE_REMOVED, command->by)->message =
			command->message;
		return VERDICT_OK;
	}
	return VERDICT_MALFORMED;
}

void meeting_decide_unchecked(const struct meeting *meeting, size_t i, struct events *out_events)
{
	if (strcmp(meeting->checking, meeting->participants[i].id) != 0)
		return;
	struct event *event = events_add(out_events, EVENT_SOUND_CHECK_ENDED, "");
	event->cause = CAUSE_LEFT;
	(void)rs_set_text(event->participant, meeting->checking);
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
		if (present && presence->by_seat)
			(void)rs_set_text(event->by_seat, participant->seat);
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
			meeting_add_start(
				meeting, meeting->class, "", meeting->session, out_events);
		}
		return;
	}
	char cut[EVENT_REASON_MAX + 1];
	cut_reason(cut, reason);
	if (meeting->recording == MEETING_RECORDING_ON || strcmp(meeting->reason, cut) != 0)
		meeting_add_recording(
			out_events, EVENT_RECORDING_FAILED, "", meeting->session, cut);
}

void meeting_decide_media(
	const struct meeting *meeting, const char *instance, struct events *out_events)
{
	if (strcmp(meeting->instance, instance) != 0) {
		(void)rs_set_text(
			events_add(out_events, EVENT_MEDIA_SERVER, "")->instance, instance);
	}
}
