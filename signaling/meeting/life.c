/* The life of a meeting: scheduled, test, called to order and in session, suspended, adjourned, closed. */
#include "signaling/meeting/meeting_priv.h"
#include "signaling/meeting/quorum.h"

void meeting_add_recording(struct events *events, enum event_kind kind, const char *by,
	const char *session, const char *reason)
{
	struct event *event = events_add(events, kind, by);
	(void)rs_set_text(event->session, session);
	(void)rs_set_text(event->reason, reason);
}

void meeting_add_start(const struct meeting *meeting, enum visibility visibility, const char *by,
	const char *session, struct events *events)
{
	meeting_add_recording(events, EVENT_RECORDING_STARTED, by, session, "");
	struct event *started = &events->list[events->n - 1];
	started->visibility = visibility;
	started->on = meeting->webcast && visibility == VISIBILITY_PUBLIC;
}

/* People may come in and be heard by the technicians; nothing of it is proceedings. */
static enum verdict decide_doors(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	const bool opens = command->kind == MEETING_OPEN_DOORS;
	if (meeting_is_sitting(meeting) || opens == (meeting->phase == MEETING_TEST))
		return VERDICT_ALREADY_SO;
	events_add(out_events, opens ? EVENT_DOORS_OPENED : EVENT_DOORS_CLOSED, command->by);
	return VERDICT_OK;
}

/* One microphone at a time, so that who listens knows whom they hear; the next takes the place of the one before. */
static enum verdict decide_sound_check(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	if (meeting->phase != MEETING_TEST)
		return VERDICT_NOT_IN_SESSION;
	if (command->kind == MEETING_END_SOUND_CHECK) {
		if (meeting->checking[0] == '\0')
			return VERDICT_ALREADY_SO;
		struct event *event = events_add(out_events, EVENT_SOUND_CHECK_ENDED, command->by);
		event->cause = CAUSE_SELF;
		(void)rs_set_text(event->participant, meeting->checking);
		return VERDICT_OK;
	}
	const struct participant *participant = meeting_find(meeting, command->participant);
	if (participant == NULL)
		return VERDICT_NO_SUCH_PARTICIPANT;
	if (!participant->present)
		return VERDICT_NOT_CONNECTED;
	if (strcmp(meeting->checking, participant->id) == 0)
		return VERDICT_ALREADY_SO;
	(void)rs_set_text(events_add(out_events, EVENT_SOUND_CHECK_BEGUN, command->by)->participant,
		participant->id);
	return VERDICT_OK;
}

static enum verdict decide_open(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	if (meeting_is_sitting(meeting))
		return VERDICT_ALREADY_SO;

	struct event *opened = events_add(out_events, EVENT_MEETING_OPENED, command->by);
	opened->sitting = meeting->sitting + 1;
	const enum verdict verdict =
		meeting_judge_quorum(meeting, QUORUM_TO_OPEN, command->overrides, opened);
	if (verdict != VERDICT_OK)
		return verdict;
	if (meeting->rules.first_item_on_opening && meeting->n_items > 0 &&
		meeting->item == meeting->n_items) {
		(void)rs_set_text(events_add(out_events, EVENT_ITEM_TAKEN_UP, command->by)->item,
			meeting->items[0].id);
	}
	if (meeting->record && meeting->mode == MEETING_FLOOR) {
		meeting_add_start(
			meeting, meeting->visibility, command->by, command->session, out_events);
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

/* The sitting is over: until the next one, or for good. Each has its own archive. */
static enum verdict decide_end(const struct meeting *meeting, const struct meeting_command *command,
	struct events *out_events)
{
	const bool adjourns = command->kind == MEETING_ADJOURN;
	if (!meeting_is_sitting(meeting) && (adjourns || meeting->phase != MEETING_ADJOURNED))
		return VERDICT_NOT_IN_SESSION;

	struct event *event = events_add(
		out_events, adjourns ? EVENT_MEETING_ADJOURNED : EVENT_MEETING_CLOSED, command->by);
	event->sitting = meeting->sitting;
	event->until_ms = adjourns ? command->until_ms : 0;
	if (meeting->session[0] != '\0') {
		meeting_add_recording(out_events, EVENT_RECORDING_STOPPED, command->by,
			meeting->session, adjourns ? "adjourned" : "closed");
	}
	return VERDICT_OK;
}

enum verdict meeting_decide_life(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	switch (command->kind) {
	case MEETING_OPEN_DOORS:
	case MEETING_CLOSE_DOORS:
		return decide_doors(meeting, command, out_events);
	case MEETING_BEGIN_SOUND_CHECK:
	case MEETING_END_SOUND_CHECK:
		return decide_sound_check(meeting, command, out_events);
	case MEETING_OPEN:
		return decide_open(meeting, command, out_events);
	case MEETING_SUSPEND:
	case MEETING_RESUME:
		return decide_suspension(meeting, command, out_events);
	case MEETING_ADJOURN:
	case MEETING_CLOSE:
		return decide_end(meeting, command, out_events);
	case MEETING_SET_VISIBILITY:
	case MEETING_TAKE_UP_ITEM:
	case MEETING_WEBCAST:
	case MEETING_RECORD:
	case MEETING_STOP_RECORDING:
	case MEETING_CLOSE_CHAT:
	case MEETING_OPEN_CHAT:
	case MEETING_REMOVE_MESSAGE:
	case MEETING_SET_INTERPRETATION_END:
		break;
	}
	return VERDICT_MALFORMED;
}
