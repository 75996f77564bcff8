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
	meeting->event = event->number;
	switch (event->kind) {
	case EVENT_VISIBILITY_CHANGED:
		meeting->visibility = event->visibility;
		return;
	case EVENT_DOORS_OPENED:
	case EVENT_DOORS_CLOSED:
		apply_doors(meeting, event->kind == EVENT_DOORS_OPENED);
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
	case EVENT_ENTRY_ADDED:
	case EVENT_ENTRY_WITHDRAWN:
	case EVENT_ENTRY_MOVED:
	case EVENT_ENTRY_SKIPPED:
	case EVENT_ENTRY_REQUEUED:
	case EVENT_SWAP_OFFERED:
	case EVENT_SWAP_DECLINED:
	case EVENT_SWAP_WITHDRAWN:
	case EVENT_ENTRIES_SWAPPED:
	case EVENT_LOTS_ANNOUNCED:
	case EVENT_LOTS_PLACES:
	case EVENT_LOTS_DRAWN:
	case EVENT_PRESSES_ORDERED:
	case EVENT_FLOOR_GIVEN:
	case EVENT_FLOOR_TAKEN:
	case EVENT_CLOCK_STOPPED:
	case EVENT_CLOCK_STARTED:
	case EVENT_TIME_EXTENDED:
	case EVENT_LIMIT_SET:
	case EVENT_LIST_CLOSED:
	case EVENT_LIST_OPENED:
	case EVENT_LIST_ENDED:
	case EVENT_BUDGET_SET:
	case EVENT_POINT_RAISED:
	case EVENT_POINT_WITHDRAWN:
	case EVENT_POINT_HEARD:
	case EVENT_POINT_RULED:
	case EVENT_RULING_APPEALED:
	case EVENT_POINT_SETTLED:
	case EVENT_MOTION_RAISED:
	case EVENT_MOTION_WITHDRAWN:
	case EVENT_MOTION_TAKEN_UP:
	case EVENT_MOTION_SPEAKER_ADDED:
	case EVENT_MOTION_SPEAKER_WITHDRAWN:
	case EVENT_MOTION_LIMIT_SET:
	case EVENT_MOTION_SETTLED:
	case EVENT_DEBATE_ADJOURNED:
	case EVENT_DEBATE_CLOSED:
	case EVENT_DEBATE_REOPENED:
	case EVENT_DECISION_PROPOSED:
	case EVENT_SPONSOR_ADDED:
	case EVENT_DECISION_OBJECTED:
	case EVENT_OBJECTION_WITHDRAWN:
	case EVENT_DECISION_WITHDRAWN:
	case EVENT_VOTING_OPENED:
	case EVENT_DELEGATION_CALLED:
	case EVENT_BALLOT_ISSUED:
	case EVENT_BALLOTS_PUBLISHED:
	case EVENT_VOTE_CAST:
	case EVENT_TOTALS_ENTERED:
	case EVENT_LOCK_ANNOUNCED:
	case EVENT_VOTING_LOCKED:
	case EVENT_VOTE_CORRECTED:
	case EVENT_VOTING_ANNULLED:
	case EVENT_INTENT_STATED:
	case EVENT_DECISION_PROCLAIMED:
	case EVENT_MICROPHONE_OPENED:
	case EVENT_MICROPHONE_CLOSED:
	case EVENT_FLOOR_LANGUAGE_SET:
	case EVENT_DESK_LIVE:
	case EVENT_DESK_IDLE:
	case EVENT_DESK_COUGH:
	case EVENT_DESK_SOURCE:
	case EVENT_DESK_OUTPUT:
	case EVENT_HANDOVER_REQUESTED:
	case EVENT_HANDOVER_ACCEPTED:
	case EVENT_HANDOVER_ENDED:
	case EVENT_SPEAK_SLOWER:
	case EVENT_INTERPRETATION_IMPEDED:
	case EVENT_IMPEDIMENT_CLEARED:
	case EVENT_CALL_MADE:
	case EVENT_CALL_ANSWERED:
	case EVENT_BOOTHS_AWAITED:
	case EVENT_BOOTHS_NOT_AWAITED:
	case EVENT_MESSAGE_REMOVED:
	case EVENT_DOCUMENT_ADDED:
	case EVENT_DOCUMENT_WITHDRAWN:
	case EVENT_COUNT:
		return;
	}
}
