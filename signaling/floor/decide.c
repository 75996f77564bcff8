#include "signaling/floor/explanations.h"
#include "signaling/floor/floor_priv.h"
#include "signaling/floor/motions.h"

/* The one to be given the floor is there, and does not have it yet. */
static enum verdict judge_speaker(const struct floor *floor, const char *participant,
	floor_person_fn *person, const void *ctx)
{
	switch (person(ctx, participant).presence) {
	case FLOOR_UNKNOWN:
		return VERDICT_NO_SUCH_PARTICIPANT;
	case FLOOR_AWAY:
		return VERDICT_NOT_CONNECTED;
	case FLOOR_PRESENT:
		break;
	}
	return strcmp(floor->now.holder, participant) == 0 ? VERDICT_ALREADY_SO : VERDICT_OK;
}

static enum verdict decide_give(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events)
{
	const char *participant = command->participant;
	if (floor->point.stage != FLOOR_POINT_NONE)
		return VERDICT_POINT_PENDING;

	/* Only statements of a list have a limit: who presides, or is called upon, answers. */
	uint32_t allotted_ms = 0;
	if (command->entry != 0) {
		const struct floor_entry *entry = floor_find_entry(floor, command->entry);
		if (entry == NULL)
			return VERDICT_NO_SUCH_ENTRY;
		participant = entry->participant;
		const enum verdict timed = floor_decide_allotted(floor, entry, &allotted_ms);
		if (timed != VERDICT_OK)
			return timed;
	}
	const enum verdict verdict = judge_speaker(floor, participant, person, ctx);
	/* The holder may be called again from the list: the next statement begins. */
	if (verdict != VERDICT_OK && !(verdict == VERDICT_ALREADY_SO && command->entry != 0))
		return verdict;

	struct event *event = floor_add_person(out_events, EVENT_FLOOR_GIVEN, command->by,
		participant, command->entry != 0 ? CAUSE_LIST : CAUSE_DIRECT);
	event->entry = command->entry;
	event->allotted_ms = allotted_ms;
	return VERDICT_OK;
}

static enum verdict decide_take(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	if (floor->now.holder[0] == '\0')
		return VERDICT_NOBODY_HAS_THE_FLOOR;
	if (floor->point.stage != FLOOR_POINT_NONE)
		return VERDICT_POINT_PENDING; /* it is ruled upon */
	const bool own = strcmp(floor->now.holder, command->by) == 0;
	if (!command->presides && !(own && floor->rules.holder_may_yield))
		return VERDICT_NOT_PERMITTED;
	(void)floor_add_person(out_events, EVENT_FLOOR_TAKEN, command->by, floor->now.holder,
		own ? CAUSE_YIELDED : CAUSE_CHAIR);
	return VERDICT_OK;
}

static enum verdict decide_clock(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	const bool starts = command->kind == FLOOR_START_CLOCK;
	if (floor->now.holder[0] == '\0')
		return VERDICT_NOBODY_HAS_THE_FLOOR;
	if (floor->now.suspended)
		return VERDICT_NOT_CONNECTED;
	/* One that waits for the first word can be started and stopped. */
	if (floor->now.awaits_ms == 0 && starts == (floor->now.clock.since_ms != 0))
		return VERDICT_ALREADY_SO;
	(void)floor_add_person(out_events, starts ? EVENT_CLOCK_STARTED : EVENT_CLOCK_STOPPED,
		command->by, floor->now.holder, CAUSE_CHAIR);
	return VERDICT_OK;
}

/* After a lost line: the same speaker goes on, or another badge of the delegation with the time that is left. */
static enum verdict decide_resume(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events)
{
	if (floor->now.holder[0] == '\0')
		return VERDICT_NOBODY_HAS_THE_FLOOR;
	if (!floor->now.suspended)
		return VERDICT_ALREADY_SO;
	const bool same = command->participant[0] == '\0' ||
			  strcmp(command->participant, floor->now.holder) == 0;
	const struct floor_person before = person(ctx, floor->now.holder);
	const struct floor_person after = same ? before : person(ctx, command->participant);
	if (after.presence == FLOOR_UNKNOWN)
		return VERDICT_NO_SUCH_PARTICIPANT;
	if (after.presence == FLOOR_AWAY)
		return VERDICT_NOT_CONNECTED;
	if (same) {
		(void)floor_add_person(out_events, EVENT_CLOCK_STARTED, command->by,
			floor->now.holder, CAUSE_CHAIR);
		return VERDICT_OK;
	}
	if (before.delegation[0] == '\0' || strcmp(before.delegation, after.delegation) != 0)
		return VERDICT_OTHER_DELEGATION;
	struct event *event = floor_add_person(
		out_events, EVENT_FLOOR_GIVEN, command->by, command->participant, CAUSE_SUBSTITUTE);
	event->entry = floor->now.entry;
	event->allotted_ms = floor->now.clock.allotted_ms;
	return VERDICT_OK;
}

static enum verdict decide_extend(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	if (floor->now.holder[0] == '\0')
		return VERDICT_NOBODY_HAS_THE_FLOOR;
	if (floor->now.clock.allotted_ms == 0)
		return VERDICT_ALREADY_SO;
	const uint64_t more = floor->now.clock.allotted_ms + command->seconds * UINT64_C(1000);
	if (more > RULES_TIME_MAX_S * UINT64_C(1000))
		return VERDICT_TOO_MANY;
	struct event *event = events_add(out_events, EVENT_TIME_EXTENDED, command->by);
	(void)rs_set_text(event->participant, floor->now.holder);
	event->allotted_ms = command->seconds == 0 ? 0 : (uint32_t)more;
	return VERDICT_OK;
}

static enum verdict decide_microphone(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	const bool opens = command->kind == FLOOR_OPEN_MICROPHONE;
	const bool open = floor_presiding_find(floor, command->by) < floor->n_presiding;
	if (opens == open)
		return VERDICT_ALREADY_SO;
	/* One place is kept for the holder of the floor. */
	if (opens && floor->n_presiding + 1 >= floor->rules.open_microphones_max)
		return VERDICT_TOO_MANY;
	(void)floor_add_person(out_events,
		opens ? EVENT_MICROPHONE_OPENED : EVENT_MICROPHONE_CLOSED, command->by, command->by,
		CAUSE_SELF);
	return VERDICT_OK;
}

/* What prepares a debate: it is possible before the meeting is in session. A table, so that new commands are not by accident. */
static bool is_on_lists(enum floor_command_kind kind)
{
	static const bool on_lists[] = {
		[FLOOR_ASK] = true,
		[FLOOR_INSCRIBE] = true,
		[FLOOR_WITHDRAW] = true,
		[FLOOR_MOVE] = true,
		[FLOOR_SKIP] = true,
		[FLOOR_REQUEUE] = true,
		[FLOOR_OFFER_SWAP] = true,
		[FLOOR_ACCEPT_SWAP] = true,
		[FLOOR_DECLINE_SWAP] = true,
		[FLOOR_WITHDRAW_SWAP] = true,
		[FLOOR_ANNOUNCE_LOTS] = true,
		[FLOOR_DRAW_LOTS] = true,
		[FLOOR_SET_LIMIT] = true,
		[FLOOR_SET_BUDGET] = true,
		[FLOOR_CLOSE_LIST] = true,
		[FLOOR_OPEN_LIST] = true,
		[FLOOR_END_LIST] = true,
	};
	return (size_t)kind < RS_ARRAY_LEN(on_lists) && on_lists[kind];
}

enum verdict floor_decide(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events)
{
	if (!floor->in_session && !(floor->rules.in_advance && is_on_lists(command->kind)))
		return VERDICT_NOT_IN_SESSION;
	enum verdict verdict;
	if (motions_decide_floor(floor, command, person, ctx, out_events, &verdict) ||
		explanations_decide_floor(floor, command, person, ctx, out_events, &verdict))
		return verdict;

	switch (command->kind) {
	case FLOOR_ASK:
		return floor_decide_ask(floor, command, person, ctx, out_events);
	case FLOOR_INSCRIBE:
		return floor_decide_inscribe(floor, command, person, ctx, out_events);
	case FLOOR_ASK_REPLY:
		return floor_decide_reply(floor, command, out_events);
	case FLOOR_WITHDRAW:
		return floor_decide_withdraw(floor, command, out_events);
	case FLOOR_MOVE:
		return floor_decide_move(floor, command, out_events);
	case FLOOR_SKIP:
		return floor_decide_skip(floor, command, person, ctx, out_events);
	case FLOOR_REQUEUE:
		return floor_decide_requeue(floor, command, out_events);
	case FLOOR_OFFER_SWAP:
	case FLOOR_ACCEPT_SWAP:
	case FLOOR_DECLINE_SWAP:
	case FLOOR_WITHDRAW_SWAP:
		return floor_decide_swap(floor, command, out_events);
	case FLOOR_ANNOUNCE_LOTS:
	case FLOOR_DRAW_LOTS:
		return floor_decide_lots(floor, command, out_events);
	case FLOOR_GIVE:
		return decide_give(floor, command, person, ctx, out_events);
	case FLOOR_TAKE:
		return decide_take(floor, command, out_events);
	case FLOOR_STOP_CLOCK:
	case FLOOR_START_CLOCK:
		return decide_clock(floor, command, out_events);
	case FLOOR_RESUME:
		return decide_resume(floor, command, person, ctx, out_events);
	case FLOOR_EXTEND:
		return decide_extend(floor, command, out_events);
	case FLOOR_SET_LIMIT:
		return floor_decide_limit(floor, command, out_events);
	case FLOOR_SET_BUDGET:
		return floor_decide_budget(floor, command, out_events);
	case FLOOR_CLOSE_LIST:
	case FLOOR_OPEN_LIST:
	case FLOOR_END_LIST:
		return floor_decide_closure(floor, command, out_events);
	case FLOOR_RAISE_POINT:
	case FLOOR_WITHDRAW_POINT:
	case FLOOR_HEAR_POINT:
	case FLOOR_RULE:
	case FLOOR_APPEAL:
	case FLOOR_SETTLE:
		return floor_decide_point(floor, command, person, ctx, out_events);
	case FLOOR_OPEN_MICROPHONE:
	case FLOOR_CLOSE_MICROPHONE:
		return decide_microphone(floor, command, out_events);
	}
	return VERDICT_MALFORMED;
}

void floor_decide_vote(const struct floor *floor, const char *by, struct events *out_events)
{
	if (floor->now.holder[0] != '\0')
		(void)floor_add_person(
			out_events, EVENT_FLOOR_TAKEN, by, floor->now.holder, CAUSE_CHAIR);
}

void floor_decide_closing(const struct floor *floor, const char *by, struct events *out_events)
{
	if (floor->now.holder[0] != '\0')
		(void)floor_add_person(
			out_events, EVENT_FLOOR_TAKEN, by, floor->now.holder, CAUSE_CLOSED);
	for (size_t i = 0; i < floor->n_presiding; i++) {
		(void)floor_add_person(
			out_events, EVENT_MICROPHONE_CLOSED, by, floor->presiding[i], CAUSE_CLOSED);
	}
}

void floor_decide_lost(
	const struct floor *floor, const char *participant, struct events *out_events)
{
	if (floor->rules.hold_lost_place && floor->now.holder[0] != '\0' && !floor->now.suspended &&
		strcmp(floor->now.holder, participant) == 0)
		(void)floor_add_person(
			out_events, EVENT_CLOCK_STOPPED, "", participant, CAUSE_LOST_LINE);
}

void floor_decide_back(const struct floor *floor, int64_t wall_ms, struct events *out_events)
{
	const int64_t within = INT64_C(1000) * floor->rules.resume_within_s;

	if (floor->now.suspended && wall_ms - floor->now.lost_ms < within)
		(void)floor_add_person(
			out_events, EVENT_CLOCK_STARTED, "", floor->now.holder, CAUSE_LOST_LINE);
}

void floor_decide_voice(const struct floor *floor, struct events *out_events)
{
	if (floor->now.awaits_ms != 0)
		(void)floor_add_person(
			out_events, EVENT_CLOCK_STARTED, "", floor->now.holder, CAUSE_VOICE);
}

void floor_decide_time(const struct floor *floor, int64_t wall_ms, struct events *out_events)
{
	const bool awaits = floor->now.awaits_ms != 0;
	if (wall_ms >= floor_due(floor))
		(void)floor_add_person(out_events, awaits ? EVENT_CLOCK_STARTED : EVENT_FLOOR_TAKEN,
			"", floor->now.holder, CAUSE_TIME);
}

void floor_decide_left(const struct floor *floor, const char *participant, enum event_cause cause,
	struct events *out_events)
{
	const bool held = cause == CAUSE_LOST_LINE && floor->rules.hold_lost_place;
	if (held)
		floor_decide_lost(floor, participant, out_events);
	else if (strcmp(floor->now.holder, participant) == 0 ||
		 strcmp(floor->interrupted.holder, participant) == 0 ||
		 motions_interrupted(floor, participant))
		(void)floor_add_person(out_events, EVENT_FLOOR_TAKEN, "", participant, CAUSE_LEFT);
	if (floor_presiding_find(floor, participant) < floor->n_presiding)
		(void)floor_add_person(
			out_events, EVENT_MICROPHONE_CLOSED, "", participant, CAUSE_LEFT);
}
