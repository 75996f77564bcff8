#include "signaling/meeting/visibility.h"

#include "signaling/meeting/meeting_priv.h"

bool meeting_would_admit(const struct meeting *meeting, enum visibility visibility,
	const struct participant *participant)
{
	if (visibility == VISIBILITY_PUBLIC)
		return true;
	if (participant == NULL || participant->role == ROLE_VIEWER)
		return false;
	return participant->role != ROLE_DELEGATE ||
	       (meeting->rules.excluded[visibility] & (1u << participant->category)) == 0;
}

bool meeting_admits(const struct meeting *meeting, const struct participant *participant)
{
	return meeting_would_admit(meeting, meeting->visibility, participant);
}

struct meeting_mark meeting_hidden_until(
	const struct meeting *meeting, const struct participant *participant)
{
	struct meeting_mark until = { .event = 0 };
	for (size_t i = 0; i < VISIBILITY_COUNT; i++) {
		const struct meeting_mark *mark = &meeting->hidden[i];
		if (meeting_would_admit(meeting, (enum visibility)i, participant))
			continue;
		if (mark->event > until.event)
			until.event = mark->event;
		/* By itself: the wall clock may have been set back between two. */
		if (mark->wall_ms > until.wall_ms)
			until.wall_ms = mark->wall_ms;
	}
	return until;
}

void meeting_mark_hidden(struct meeting *meeting, const struct event *event)
{
	meeting->hidden[meeting->visibility] =
		(struct meeting_mark){ .event = event->number, .wall_ms = event->wall_ms };
}

enum verdict meeting_decide_visibility(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	if (meeting->visibility == command->visibility)
		return VERDICT_ALREADY_SO;
	events_add(out_events, EVENT_VISIBILITY_CHANGED, command->by)->visibility =
		command->visibility;
	if (meeting->session[0] == '\0')
		return VERDICT_OK;
	meeting_add_recording(
		out_events, EVENT_RECORDING_STOPPED, command->by, meeting->session, "visibility");
	meeting_add_start(meeting, command->visibility, command->by, command->session, out_events);
	return VERDICT_OK;
}

enum verdict meeting_decide_webcast(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events)
{
	if (command->on && meeting->visibility != VISIBILITY_PUBLIC)
		return VERDICT_NOT_PUBLIC;
	if (meeting->webcast == command->on)
		return VERDICT_ALREADY_SO;
	events_add(out_events, EVENT_WEBCAST, command->by)->on = command->on;
	return VERDICT_OK;
}
