/* Points of order (GA rule 71): raised at any moment, heard at once, ruled upon at once; a ruling may be put to the meeting,
 * which decides without debate. Who was interrupted gets the floor back with the time that was left. */
#include "signaling/floor/floor_priv.h"

static size_t find(const struct floor *floor, uint32_t entry)
{
	size_t i = 0;
	while (i < floor->n_points && floor->points[i].id != entry)
		i++;
	return i;
}

/* ---- decide ---- */

static enum verdict decide_raise(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	for (size_t i = 0; i < floor->n_points; i++) {
		if (strcmp(floor->points[i].participant, command->by) == 0)
			return VERDICT_ALREADY_ON_LIST;
	}
	if (floor->n_points == FLOOR_POINTS_MAX)
		return VERDICT_TOO_MANY;
	struct event *event = floor_add_act(
		out_events, EVENT_POINT_RAISED, command->by, floor->last_entry + 1, command->by);
	(void)rs_set_text(event->delegation, command->delegation);
	return VERDICT_OK;
}

static enum verdict decide_withdraw(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	size_t i = 0;
	while (i < floor->n_points &&
		(command->entry != 0 ? floor->points[i].id != command->entry
				     : strcmp(floor->points[i].participant, command->by) != 0))
		i++;
	if (i == floor->n_points)
		return VERDICT_NO_SUCH_ENTRY;
	const bool own = strcmp(floor->points[i].participant, command->by) == 0;
	if (!own && !command->presides)
		return VERDICT_NOT_PERMITTED;
	floor_add_act(out_events, EVENT_POINT_WITHDRAWN, command->by, floor->points[i].id,
		floor->points[i].participant)
		->cause = own ? CAUSE_SELF : CAUSE_CHAIR;
	return VERDICT_OK;
}

static enum verdict decide_hear(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events)
{
	const size_t i = find(floor, command->entry);
	if (i == floor->n_points)
		return VERDICT_NO_SUCH_ENTRY;
	if (floor->point.stage != FLOOR_POINT_NONE)
		return VERDICT_POINT_PENDING;
	if (person(ctx, floor->points[i].participant).presence != FLOOR_PRESENT)
		return VERDICT_NOT_CONNECTED;
	floor_add_act(out_events, EVENT_POINT_HEARD, command->by, command->entry,
		floor->points[i].participant)
		->allotted_ms = floor->rules.points.speak_s * 1000;
	return VERDICT_OK;
}

static enum verdict decide_rule(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	if (floor->point.stage == FLOOR_POINT_NONE)
		return VERDICT_NO_SUCH_ENTRY;
	if (floor->point.stage != FLOOR_POINT_HEARD)
		return VERDICT_ALREADY_SO;
	floor_add_act(out_events, EVENT_POINT_RULED, command->by, floor->point.entry,
		floor->point.participant)
		->ruling = command->ruling;
	return VERDICT_OK;
}

static enum verdict decide_appeal(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	if (!floor->rules.points.appeals)
		return VERDICT_NOT_PERMITTED;
	if (floor->point.stage == FLOOR_POINT_APPEALED)
		return VERDICT_ALREADY_SO;
	if (floor->point.stage != FLOOR_POINT_RULED)
		return VERDICT_NO_RULING;
	(void)floor_add_act(
		out_events, EVENT_RULING_APPEALED, command->by, floor->point.entry, command->by);
	return VERDICT_OK;
}

static enum verdict decide_settle(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	const struct floor_point *point = &floor->point;
	if (point->stage != FLOOR_POINT_RULED && point->stage != FLOOR_POINT_APPEALED)
		return VERDICT_NO_RULING;
	/* The meeting's vote settles it, unless the profile leaves that to whoever presides. */
	if (point->stage == FLOOR_POINT_APPEALED && !floor->rules.points.chair_settles)
		return VERDICT_DECIDED_BY_VOTE;
	floor_add_act(
		out_events, EVENT_POINT_SETTLED, command->by, point->entry, point->participant)
		->ruling = point->stage == FLOOR_POINT_APPEALED ? command->ruling : point->ruling;
	return VERDICT_OK;
}

enum verdict floor_decide_point(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events)
{
	switch ((int)command->kind) {
	case FLOOR_RAISE_POINT:
		return decide_raise(floor, command, out_events);
	case FLOOR_WITHDRAW_POINT:
		return decide_withdraw(floor, command, out_events);
	case FLOOR_HEAR_POINT:
		return decide_hear(floor, command, person, ctx, out_events);
	case FLOOR_RULE:
		return decide_rule(floor, command, out_events);
	case FLOOR_APPEAL:
		return decide_appeal(floor, command, out_events);
	case FLOOR_SETTLE:
		return decide_settle(floor, command, out_events);
	default:
		return VERDICT_MALFORMED; /* only these are handed here */
	}
}

/* ---- apply ---- */

static void drop(struct floor *floor, uint32_t entry)
{
	const size_t i = find(floor, entry);
	if (i == floor->n_points)
		return;
	floor->n_points--;
	memmove(&floor->points[i], &floor->points[i + 1],
		(floor->n_points - i) * sizeof(floor->points[0]));
}

static void apply_raised(struct floor *floor, const struct event *event)
{
	floor->last_entry = event->entry;
	if (floor->n_points == FLOOR_POINTS_MAX)
		return;
	struct floor_entry *entry = &floor->points[floor->n_points++];
	*entry = (struct floor_entry){ .id = event->entry, .asked_ms = event->wall_ms };
	(void)rs_set_text(entry->participant, event->participant);
	(void)rs_set_text(entry->delegation, event->delegation);
}

static void apply_heard(struct floor *floor, const struct event *event)
{
	drop(floor, event->entry);
	floor_interrupt(floor, event, &floor->interrupted);
	floor->point = (struct floor_point){ .stage = FLOOR_POINT_HEARD, .entry = event->entry };
	(void)rs_set_text(floor->point.participant, event->participant);
}

static void apply_settled(struct floor *floor, const struct event *event)
{
	floor->point = (struct floor_point){ .stage = FLOOR_POINT_NONE };
	floor->now = floor->interrupted;
	floor->interrupted = (struct floor_statement){ .entry = 0 };
	floor_return(floor, event->wall_ms);
}

void floor_apply_point(struct floor *floor, const struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_POINT_RAISED:
		apply_raised(floor, event);
		return;
	case EVENT_POINT_WITHDRAWN:
		drop(floor, event->entry);
		return;
	case EVENT_POINT_HEARD:
		apply_heard(floor, event);
		return;
	case EVENT_POINT_RULED:
		floor->point.stage = FLOOR_POINT_RULED;
		floor->point.ruling = event->ruling;
		floor->now = (struct floor_statement){ .entry = 0 };
		return;
	case EVENT_RULING_APPEALED:
		floor->point.stage = FLOOR_POINT_APPEALED;
		(void)rs_set_text(floor->point.appellant, event->participant);
		return;
	case EVENT_POINT_SETTLED:
		apply_settled(floor, event);
		return;
	default:
		return; /* only these are handed here */
	}
}
