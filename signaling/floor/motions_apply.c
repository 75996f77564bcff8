#include "signaling/floor/motions.h"

#include "signaling/floor/floor_priv.h"

static size_t find(const struct motion *list, size_t n, uint32_t entry)
{
	size_t i = 0;
	while (i < n && list[i].entry != entry)
		i++;
	return i;
}

static void drop_waiting(struct motions *motions, size_t i)
{
	motions->n_waiting--;
	memmove(&motions->waiting[i], &motions->waiting[i + 1],
		(motions->n_waiting - i) * sizeof(motions->waiting[0]));
}

static void apply_raised(struct floor *floor, const struct event *event)
{
	struct motions *motions = floor->motions;
	const size_t kind = rules_find_motion(&floor->rules.motions, event->motion);
	floor->last_entry = event->entry;
	/* One of a kind the profile no longer has is forgotten. */
	if (motions->n_waiting == MOTIONS_WAITING_MAX || kind == floor->rules.motions.n)
		return;
	struct motion motion = {
		.entry = event->entry,
		.kind = (uint32_t)kind,
		.asked_ms = event->wall_ms,
	};
	(void)rs_set_text(motion.participant, event->participant);
	(void)rs_set_text(motion.delegation, event->delegation);
	size_t at = motions->n_waiting++;
	while (at > 0 && motion_rules(floor, &motions->waiting[at - 1])->rank >
				 motion_rules(floor, &motion)->rank) {
		motions->waiting[at] = motions->waiting[at - 1];
		at--;
	}
	motions->waiting[at] = motion;
}

static void apply_taken_up(struct floor *floor, const struct event *event)
{
	struct motions *motions = floor->motions;
	const size_t i = find(motions->waiting, motions->n_waiting, event->entry);
	if (i == motions->n_waiting || motions->n_pending == MOTIONS_PENDING_MAX)
		return;
	struct motion *motion = &motions->pending[motions->n_pending++];
	*motion = motions->waiting[i];
	drop_waiting(motions, i);
	motions->last = (struct motion_result){ .entry = 0 };
	motion->allotted_ms = motion_rules(floor, motion)->speaker_s * 1000;
	floor_interrupt(floor, event, &motion->interrupted);
}

/* The statement that stands over the i-th: of the motion above, of the point of order, or the one that is heard now. */
static struct floor_statement *above(struct floor *floor, size_t i, bool *out_now)
{
	struct motions *motions = floor->motions;
	*out_now = false;
	if (i + 1 < motions->n_pending)
		return &motions->pending[i + 1].interrupted;
	if (floor->point.stage != FLOOR_POINT_NONE)
		return &floor->interrupted;
	*out_now = true;
	return &floor->now;
}

/* Gone from the stack: what it interrupted takes the place of what was said on it. */
static void remove_pending(struct floor *floor, uint32_t entry, int64_t wall_ms)
{
	struct motions *motions = floor->motions;
	const size_t i = find(motions->pending, motions->n_pending, entry);
	if (i == motions->n_pending)
		return;
	bool now;
	struct floor_statement *statement = above(floor, i, &now);
	*statement = motions->pending[i].interrupted;
	if (now)
		floor_return(floor, wall_ms);
	motions->n_pending--;
	memmove(&motions->pending[i], &motions->pending[i + 1],
		(motions->n_pending - i) * sizeof(motions->pending[0]));
}

static void apply_withdrawn(struct floor *floor, const struct event *event)
{
	struct motions *motions = floor->motions;
	const size_t i = find(motions->waiting, motions->n_waiting, event->entry);
	if (i < motions->n_waiting)
		drop_waiting(motions, i);
	else
		remove_pending(floor, event->entry, event->wall_ms);
}

static void apply_settled(struct floor *floor, const struct event *event)
{
	struct motions *motions = floor->motions;
	const size_t i = find(motions->pending, motions->n_pending, event->entry);
	if (i == motions->n_pending)
		return;
	motions->last.entry = event->entry;
	motions->last.kind = motions->pending[i].kind;
	motions->last.outcome = event->outcome;
	remove_pending(floor, event->entry, event->wall_ms);
}

static struct motion *top(struct floor *floor)
{
	struct motions *motions = floor->motions;
	return motions->n_pending > 0 ? &motions->pending[motions->n_pending - 1] : NULL;
}

static void apply_speaker(struct floor *floor, const struct event *event)
{
	struct motion *motion = top(floor);
	if (motion == NULL || motion->n_speakers == MOTION_SPEAKERS_MAX)
		return;
	struct motion_speaker *speaker = &motion->speakers[motion->n_speakers++];
	*speaker = (struct motion_speaker){ .entry = event->entry, .side = event->side };
	floor->last_entry = event->entry;
	(void)rs_set_text(speaker->participant, event->participant);
	(void)rs_set_text(speaker->delegation, event->delegation);
}

/* Called, or withdrawn. */
static void apply_speaker_done(struct floor *floor, const struct event *event)
{
	struct motion *motion = top(floor);
	size_t i = 0;
	while (motion != NULL && i < motion->n_speakers &&
		motion->speakers[i].entry != event->entry)
		i++;
	if (motion == NULL || event->entry == 0 || i == motion->n_speakers)
		return;
	if (event->kind == EVENT_FLOOR_GIVEN) {
		motion->speakers[i].called = true;
		return;
	}
	motion->n_speakers--;
	memmove(&motion->speakers[i], &motion->speakers[i + 1],
		(motion->n_speakers - i) * sizeof(motion->speakers[0]));
}

static void apply_decision(struct floor *floor, const struct event *event)
{
	struct motion *motion = top(floor);
	if (event->kind == EVENT_DECISION_PROPOSED && event->subject != SUBJECT_MOTION)
		floor->motions->last = (struct motion_result){ .entry = 0 };
	if (motion == NULL)
		return;
	switch ((int)event->kind) {
	case EVENT_DECISION_PROPOSED:
		if (event->subject == SUBJECT_MOTION && event->entry == motion->entry)
			motion->decision = event->decision;
		return;
	case EVENT_DECISION_WITHDRAWN:
		if (event->decision == motion->decision)
			motion->decision = 0;
		return;
	default: /* proclaimed */
		if (event->decision == motion->decision) {
			floor->motions->last = (struct motion_result){
				.decision = event->decision,
				.yes = event->yes,
				.no = event->no,
				.abstain = event->abstain,
			};
		}
		return;
	}
}

static void apply_debate(struct floor *floor, const struct event *event)
{
	struct floor_item *item = &floor->items[floor->current];
	switch ((int)event->kind) {
	case EVENT_DEBATE_ADJOURNED:
		item->debate = FLOOR_DEBATE_ADJOURNED;
		return;
	case EVENT_DEBATE_CLOSED:
		item->debate = FLOOR_DEBATE_CLOSED;
		floor_list_empty(floor, &item->lists[LIST_SPEAKERS]); /* nobody else speaks */
		return;
	case EVENT_DEBATE_REOPENED:
		item->debate = FLOOR_DEBATE_OPEN;
		return;
	default: /* taken up again: an adjourned debate goes on */
		if (item->debate == FLOOR_DEBATE_ADJOURNED)
			item->debate = FLOOR_DEBATE_OPEN;
		floor->motions->last = (struct motion_result){ .entry = 0 };
		return;
	}
}

void motions_forget(struct floor *floor, const char *participant)
{
	struct motions *motions = floor->motions;
	for (size_t i = 0; i < motions->n_pending; i++) {
		if (strcmp(motions->pending[i].interrupted.holder, participant) == 0)
			motions->pending[i].interrupted = (struct floor_statement){ .entry = 0 };
	}
}

void motions_apply(struct floor *floor, const struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_MEETING_CLOSED:
		*floor->motions = (struct motions){ .n_pending = 0 };
		return;
	case EVENT_MOTION_RAISED:
		apply_raised(floor, event);
		return;
	case EVENT_MOTION_WITHDRAWN:
		apply_withdrawn(floor, event);
		return;
	case EVENT_MOTION_TAKEN_UP:
		apply_taken_up(floor, event);
		return;
	case EVENT_MOTION_LIMIT_SET:
		if (top(floor) != NULL)
			top(floor)->allotted_ms = event->allotted_ms;
		return;
	case EVENT_MOTION_SETTLED:
		apply_settled(floor, event);
		return;
	case EVENT_MOTION_SPEAKER_ADDED:
		apply_speaker(floor, event);
		return;
	case EVENT_MOTION_SPEAKER_WITHDRAWN:
	case EVENT_FLOOR_GIVEN:
		apply_speaker_done(floor, event);
		return;
	case EVENT_DECISION_PROPOSED:
	case EVENT_DECISION_WITHDRAWN:
	case EVENT_DECISION_PROCLAIMED:
		apply_decision(floor, event);
		return;
	case EVENT_DEBATE_ADJOURNED:
	case EVENT_DEBATE_CLOSED:
	case EVENT_DEBATE_REOPENED:
	case EVENT_ITEM_TAKEN_UP:
		apply_debate(floor, event);
		return;
	default:
		return; /* of others */
	}
}
