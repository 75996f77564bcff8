#include "signaling/floor/floor_priv.h"
#include "signaling/floor/motions.h"

size_t floor_presiding_find(const struct floor *floor, const char *participant)
{
	size_t i = 0;
	while (i < floor->n_presiding && strcmp(floor->presiding[i], participant) != 0)
		i++;
	return i;
}

static void apply_added(struct floor *floor, const struct event *event)
{
	struct floor_list *list = &floor->items[floor->current].lists[event->list];
	struct floor_entry entry = { .id = event->entry, .asked_ms = event->wall_ms };
	floor->last_entry = event->entry;
	(void)rs_set_text(entry.participant, event->participant);
	(void)rs_set_text(entry.delegation, event->delegation);
	floor_list_insert(floor, list, event->position - 1, &entry);
}

static void apply_withdrawn(struct floor *floor, const struct event *event)
{
	struct floor_place place;
	if (floor_find_place(floor, event->entry, &place))
		floor_list_remove(floor, &floor->items[place.item].lists[place.kind], place.at);
}

static void apply_moved(struct floor *floor, const struct event *event)
{
	struct floor_place place;
	if (!floor_find_place(floor, event->entry, &place) || event->position == 0)
		return;
	struct floor_list *list = &floor->items[place.item].lists[place.kind];
	const struct floor_entry moved = list->entries[place.at];
	floor_list_remove(floor, list, place.at);
	floor_list_insert(floor, list, event->position - 1, &moved);
}

/* Called: it waits no longer. */
static void apply_called(struct floor *floor, uint32_t entry)
{
	struct floor_place place;
	if (!floor_find_place(floor, entry, &place))
		return;
	struct floor_list *list = &floor->items[place.item].lists[place.kind];
	if (place.kind == LIST_REPLIES)
		floor_reply_given(floor, place.item, list->entries[place.at].delegation);
	floor_list_remove(floor, list, place.at);
}

static void apply_given(struct floor *floor, const struct event *event)
{
	if (event->entry != 0)
		apply_called(floor, event->entry);
	/* A substitute goes on with the time that is left. */
	const int64_t used_ms =
		event->cause == CAUSE_SUBSTITUTE ? floor_used_ms(floor, event->wall_ms) : 0;
	floor->now = (struct floor_statement){
		.entry = event->entry,
		.clock = {
			.allotted_ms = event->allotted_ms,
			.used_ms = used_ms,
			.since_ms = event->wall_ms,
		},
	};
	(void)rs_set_text(floor->now.holder, event->participant);
}

void floor_interrupt(
	struct floor *floor, const struct event *event, struct floor_statement *out_kept)
{
	*out_kept = floor->now;
	out_kept->ran = floor->now.clock.since_ms != 0;
	out_kept->clock.used_ms = floor_used_ms(floor, event->wall_ms);
	out_kept->clock.since_ms = 0;
	floor->now = (struct floor_statement){
		.entry = event->entry,
		.clock = { .allotted_ms = event->allotted_ms, .since_ms = event->wall_ms },
	};
	(void)rs_set_text(floor->now.holder, event->participant);
}

void floor_return(struct floor *floor, int64_t wall_ms)
{
	if (floor->now.ran)
		floor->now.clock.since_ms = wall_ms;
	floor->now.ran = false;
}

/* Who was interrupted may go meanwhile. */
static void apply_taken(struct floor *floor, const struct event *event)
{
	const char *who = event->participant;
	const bool held = strcmp(floor->now.holder, who) == 0;
	if (held)
		floor->now = (struct floor_statement){ .entry = 0 };
	if (held && event->cause != CAUSE_LEFT)
		return;
	if (strcmp(floor->interrupted.holder, who) == 0)
		floor->interrupted = (struct floor_statement){ .entry = 0 };
	motions_forget(floor, who);
}

static void apply_clock_stopped(struct floor *floor, const struct event *event)
{
	floor->now.clock.used_ms = floor_used_ms(floor, event->wall_ms);
	floor->now.clock.since_ms = 0;
	if (event->cause == CAUSE_LOST_LINE)
		floor->now.suspended = true;
}

static void apply_clock_started(struct floor *floor, const struct event *event)
{
	if (floor->now.clock.since_ms == 0)
		floor->now.clock.since_ms = event->wall_ms;
	floor->now.suspended = false;
}

static void apply_microphone(struct floor *floor, const struct event *event)
{
	const size_t i = floor_presiding_find(floor, event->participant);
	if (event->kind == EVENT_MICROPHONE_OPENED) {
		if (i == floor->n_presiding && i < RULES_MICROPHONES_MAX) {
			(void)rs_set_text(floor->presiding[i], event->participant);
			floor->n_presiding++;
		}
		return;
	}
	if (i == floor->n_presiding)
		return;
	floor->n_presiding--;
	memmove(floor->presiding[i], floor->presiding[i + 1],
		(floor->n_presiding - i) * sizeof(floor->presiding[0]));
}

static void apply_item(struct floor *floor, const struct event *event)
{
	for (size_t i = 1; i < floor->n_items; i++) {
		if (strcmp(floor->items[i].id, event->item) == 0)
			floor->current = i;
	}
}

/* Nobody speaks, and what was raised in the sitting is over with it. */
static void apply_adjourned(struct floor *floor)
{
	floor->in_session = false;
	floor->now = (struct floor_statement){ .entry = 0 };
	floor->interrupted = (struct floor_statement){ .entry = 0 };
	floor->point = (struct floor_point){ .stage = FLOOR_POINT_NONE };
	floor->n_points = 0;
	floor->n_presiding = 0;
}

static void apply_closed(struct floor *floor)
{
	apply_adjourned(floor);
	for (size_t i = 0; i < floor->n_items; i++) {
		for (size_t kind = 0; kind < LIST_COUNT; kind++) {
			floor_list_empty(floor, &floor->items[i].lists[kind]);
			floor->items[i].lists[kind].closed = false;
		}
	}
}

void floor_apply(struct floor *floor, const struct event *event)
{
	motions_apply(floor, event);
	switch (event->kind) {
	case EVENT_MEETING_OPENED:
		floor->in_session = true;
		return;
	case EVENT_MEETING_SUSPENDED:
		floor->in_session = false;
		floor->now.clock.used_ms = floor_used_ms(floor, event->wall_ms);
		floor->now.clock.since_ms = 0;
		return;
	case EVENT_MEETING_RESUMED:
		floor->in_session = true;
		if (floor->now.holder[0] != '\0' && !floor->now.suspended)
			floor->now.clock.since_ms = event->wall_ms;
		return;
	case EVENT_MEETING_ADJOURNED:
		apply_adjourned(floor);
		return;
	case EVENT_MEETING_CLOSED:
		apply_closed(floor);
		return;
	case EVENT_ITEM_TAKEN_UP:
		apply_item(floor, event);
		return;
	case EVENT_ENTRY_ADDED:
		apply_added(floor, event);
		return;
	case EVENT_ENTRY_WITHDRAWN:
		apply_withdrawn(floor, event);
		return;
	case EVENT_ENTRY_MOVED:
		apply_moved(floor, event);
		return;
	case EVENT_FLOOR_GIVEN:
		apply_given(floor, event);
		return;
	case EVENT_FLOOR_TAKEN:
		apply_taken(floor, event);
		return;
	case EVENT_CLOCK_STOPPED:
		apply_clock_stopped(floor, event);
		return;
	case EVENT_CLOCK_STARTED:
		apply_clock_started(floor, event);
		return;
	case EVENT_TIME_EXTENDED:
		floor->now.clock.allotted_ms = event->allotted_ms;
		return;
	case EVENT_LIMIT_SET:
		floor->items[floor->current].lists[LIST_SPEAKERS].allotted_ms = event->allotted_ms;
		return;
	case EVENT_LIST_CLOSED:
	case EVENT_LIST_OPENED:
		floor->items[floor->current].lists[LIST_SPEAKERS].closed =
			event->kind == EVENT_LIST_CLOSED;
		return;
	case EVENT_POINT_RAISED:
	case EVENT_POINT_WITHDRAWN:
	case EVENT_POINT_HEARD:
	case EVENT_POINT_RULED:
	case EVENT_RULING_APPEALED:
	case EVENT_POINT_SETTLED:
		floor_apply_point(floor, event);
		return;
	case EVENT_MICROPHONE_OPENED:
	case EVENT_MICROPHONE_CLOSED:
		apply_microphone(floor, event);
		return;
	case EVENT_DOORS_OPENED:
	case EVENT_DOORS_CLOSED:
	case EVENT_SOUND_CHECK_BEGUN:
	case EVENT_SOUND_CHECK_ENDED:
	case EVENT_PARTICIPANT_JOINED:
	case EVENT_PARTICIPANT_LEFT:
	case EVENT_INTERPRETATION_END_SET:
	case EVENT_LINE_CHANGED:
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
	case EVENT_DECISION_OBJECTED:
	case EVENT_OBJECTION_WITHDRAWN:
	case EVENT_DECISION_WITHDRAWN:
	case EVENT_VOTING_OPENED:
	case EVENT_DELEGATION_CALLED:
	case EVENT_VOTE_CAST:
	case EVENT_TOTALS_ENTERED:
	case EVENT_VOTING_LOCKED:
	case EVENT_LOCK_ANNOUNCED:
	case EVENT_VOTE_CORRECTED:
	case EVENT_VOTING_ANNULLED:
	case EVENT_INTENT_STATED:
	case EVENT_DECISION_PROCLAIMED:
	case EVENT_DESK_LIVE:
	case EVENT_DESK_IDLE:
	case EVENT_RECORDING_STARTED:
	case EVENT_RECORDING_STOPPED:
	case EVENT_RECORDING_FAILED:
	case EVENT_CHAT_CLOSED:
	case EVENT_CHAT_OPENED:
	case EVENT_MESSAGE_REMOVED:
	case EVENT_MEDIA_SERVER:
	case EVENT_COUNT:
		return;
	}
}
