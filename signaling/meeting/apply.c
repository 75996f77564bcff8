#include "signaling/meeting/visibility.h"

static void apply_opened(struct meeting *meeting, const struct event *event)
{
	meeting->phase = MEETING_IN_SESSION;
	meeting->sitting = event->sitting;
	meeting->opened_ms = event->wall_ms;
	meeting->opened_event = event->number;
	meeting->recorded = false;
	/* What was said of another day does not hold today. */
	if (meeting->interpretation_ends_ms < event->wall_ms)
		meeting->interpretation_ends_ms = 0;
	meeting->checking[0] = '\0';
	meeting->until_ms = 0;
}

static void apply_doors(struct meeting *meeting, bool open)
{
	if (open)
		meeting->before_test = meeting->phase;
	meeting->phase = open ? MEETING_TEST : meeting->before_test;
	meeting->checking[0] = '\0';
}

static void apply_item(struct meeting *meeting, const struct event *event)
{
	for (size_t i = 0; i < meeting->n_items; i++) {
		if (strcmp(meeting->items[i].id, event->item) == 0)
			meeting->item = i;
	}
}

static void apply_presence(struct meeting *meeting, const struct event *event)
{
	struct participant *participant = meeting_find(meeting, event->participant);
	if (participant == NULL)
		return;
	if (event->kind == EVENT_LINE_CHANGED) {
		participant->line = event->line;
		return;
	}
	participant->present = event->kind == EVENT_PARTICIPANT_JOINED;
	participant->line = participant->present ? LINE_JOINED : LINE_AWAY;
	participant->place = participant->present ? event->place : PLACE_REMOTE;
	/* Whoever joins from afar has left the seat. */
	if (participant->present && participant->place == PLACE_REMOTE)
		participant->seated = false;
}

static void apply_seat(struct meeting *meeting, const struct event *event)
{
	struct participant *participant = meeting_find(meeting, event->by);
	if (participant != NULL && event->by_seat[0] != '\0')
		participant->seated = true;
}

/* The sitting is over, and the room empties: no key says who goes. */
static void apply_rising(struct meeting *meeting)
{
	for (size_t i = 0; i < meeting->n_participants; i++)
		meeting->participants[i].seated = false;
}

static void apply_started(struct meeting *meeting, const struct event *event)
{
	/* The same session again: the recorder is back. The first of a sitting tells its opening too. */
	if (strcmp(meeting->session, event->session) != 0) {
		meeting->session_event = meeting->recorded ? event->number : meeting->opened_event;
		(void)rs_set_text(meeting->session, event->session);
		meeting->class = event->visibility;
	}
	meeting->recorded = true;
	meeting->recording = MEETING_RECORDING_ON;
	meeting->reason[0] = '\0';
}

static void apply_failed(struct meeting *meeting, const struct event *event)
{
	meeting->recording = strcmp(event->reason, MEETING_NO_RECORDER) == 0
				     ? MEETING_RECORDING_WAITING
				     : MEETING_RECORDING_FAILED;
	(void)rs_set_text(meeting->reason, event->reason);
}

static void apply_stopped(struct meeting *meeting, const struct event *event)
{
	(void)rs_set_text(meeting->stopped_session, event->session);
	meeting->stopped_class = meeting->class;
	meeting->stopped_event = event->number;
	meeting->recording = MEETING_RECORDING_OFF;
	meeting->session[0] = '\0';
	meeting->reason[0] = '\0';
}

/* Another media server has none of the peers of the one before. */
static void apply_media(struct meeting *meeting, const struct event *event)
{
	(void)rs_set_text(meeting->instance, event->instance);
	for (size_t i = 0; i < meeting->n_participants; i++) {
		if (meeting->participants[i].line == LINE_CONNECTED)
			meeting->participants[i].line = LINE_JOINED;
	}
}

void meeting_apply(struct meeting *meeting, const struct event *event)
{
	meeting_mark_hidden(meeting, event);
	apply_seat(meeting, event);
	meeting->event = event->number;
	switch ((int)event->kind) {
	case EVENT_VISIBILITY_CHANGED:
		meeting->visibility = event->visibility;
		meeting->webcast = meeting->webcast && event->visibility == VISIBILITY_PUBLIC;
		return;
	case EVENT_WEBCAST:
		meeting->webcast = event->on;
		return;
	case EVENT_DOORS_OPENED:
	case EVENT_DOORS_CLOSED:
		apply_doors(meeting, event->kind == EVENT_DOORS_OPENED);
		if (event->kind == EVENT_DOORS_CLOSED)
			apply_rising(meeting);
		return;
	case EVENT_SOUND_CHECK_BEGUN:
		(void)rs_set_text(meeting->checking, event->participant);
		return;
	case EVENT_SOUND_CHECK_ENDED:
		meeting->checking[0] = '\0';
		return;
	case EVENT_MEETING_OPENED:
		apply_opened(meeting, event);
		return;
	case EVENT_MEETING_ADJOURNED:
		meeting->phase = MEETING_ADJOURNED;
		apply_rising(meeting);
		meeting->until_ms = event->until_ms;
		return;
	case EVENT_MEETING_SUSPENDED:
		meeting->phase = MEETING_SUSPENDED;
		return;
	case EVENT_MEETING_RESUMED:
		meeting->phase = MEETING_IN_SESSION;
		return;
	case EVENT_MEETING_CLOSED:
		meeting->phase = MEETING_CLOSED;
		apply_rising(meeting);
		meeting->until_ms = 0;
		return;
	case EVENT_INTERPRETATION_END_SET:
		meeting->interpretation_ends_ms = event->until_ms;
		return;
	case EVENT_ITEM_TAKEN_UP:
		apply_item(meeting, event);
		return;
	case EVENT_PARTICIPANT_JOINED:
	case EVENT_PARTICIPANT_LEFT:
	case EVENT_LINE_CHANGED:
		apply_presence(meeting, event);
		return;
	case EVENT_RECORDING_STARTED:
		apply_started(meeting, event);
		return;
	case EVENT_RECORDING_STOPPED:
		apply_stopped(meeting, event);
		return;
	case EVENT_RECORDING_FAILED:
		apply_failed(meeting, event);
		return;
	case EVENT_MEDIA_SERVER:
		apply_media(meeting, event);
		return;
	case EVENT_CHAT_CLOSED:
	case EVENT_CHAT_OPENED:
		meeting->chat_closed = event->kind == EVENT_CHAT_CLOSED;
		return;
	default: /* others' */
		return;
	}
}
