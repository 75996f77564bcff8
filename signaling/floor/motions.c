#include "signaling/floor/motions.h"

#include "signaling/floor/floor_priv.h"

/* ---- what there is ---- */

const struct motion *motions_top(const struct floor *floor)
{
	const struct motions *motions = floor->motions;
	return motions->n_pending > 0 ? &motions->pending[motions->n_pending - 1] : NULL;
}

const struct rules_motion *motion_rules(const struct floor *floor, const struct motion *motion)
{
	return &floor->rules.motions.kinds[motion->kind];
}

bool motions_interrupted(const struct floor *floor, const char *participant)
{
	const struct motions *motions = floor->motions;
	for (size_t i = 0; i < motions->n_pending; i++) {
		if (strcmp(motions->pending[i].interrupted.holder, participant) == 0)
			return true;
	}
	return false;
}

const char *floor_debate_name(enum floor_debate debate)
{
	static const char *const names[] = {
		[FLOOR_DEBATE_OPEN] = "",
		[FLOOR_DEBATE_ADJOURNED] = "adjourned",
		[FLOOR_DEBATE_CLOSED] = "closed",
	};
	return names[debate];
}

static const struct motion *find(const struct motion *list, size_t n, uint32_t entry)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].entry == entry)
			return &list[i];
	}
	return NULL;
}

static const struct motion_speaker *find_speaker(const struct motion *motion, uint32_t entry)
{
	for (size_t i = 0; i < motion->n_speakers; i++) {
		if (motion->speakers[i].entry == entry)
			return &motion->speakers[i];
	}
	return NULL;
}

/* A delegation acts as one, whoever without one for themselves. */
static bool is_same(
	const char *participant, const char *delegation, const struct motions_command *command)
{
	return strcmp(participant, command->by) == 0 ||
	       (delegation[0] != '\0' && strcmp(delegation, command->delegation) == 0);
}

/* One of at least this precedence is before the meeting. */
static bool is_preceded(const struct floor *floor, uint32_t rank)
{
	const struct motion *top = motions_top(floor);
	return top != NULL && motion_rules(floor, top)->rank <= rank;
}

/* ---- decide ---- */

static struct event *add_motion(const struct floor *floor, struct events *events,
	enum event_kind kind, const char *by, const struct motion *motion)
{
	struct event *event = floor_add_act(events, kind, by, motion->entry, motion->participant);
	(void)rs_set_text(event->motion, motion_rules(floor, motion)->name);
	return event;
}

/* What the motion would bring about is so already. */
static bool is_so(const struct floor *floor, enum motion_effect effect)
{
	switch (effect) {
	case MOTION_ADJOURNS_DEBATE:
		return floor_debate(floor) == FLOOR_DEBATE_ADJOURNED;
	case MOTION_CLOSES_DEBATE:
		return floor_debate(floor) == FLOOR_DEBATE_CLOSED;
	case MOTION_CLOSES_LIST:
		return floor_current_list(floor)->closed;
	case MOTION_NO_EFFECT:
	case MOTION_SUSPENDS:
	case MOTION_ADJOURNS:
	case MOTION_REOPENS_DEBATE:
	case MOTION_EFFECT_COUNT:
		break;
	}
	return false;
}

static enum verdict decide_raise(
	const struct floor *floor, const struct motions_command *command, struct events *out_events)
{
	const struct motions *motions = floor->motions;
	const struct rules_motions *rules = &floor->rules.motions;
	const size_t kind = rules_find_motion(rules, command->motion);
	if (kind == rules->n)
		return VERDICT_NO_SUCH_MOTION;
	if (is_preceded(floor, rules->kinds[kind].rank))
		return VERDICT_MOTION_PENDING;
	if (is_so(floor, rules->kinds[kind].effect))
		return VERDICT_ALREADY_SO;
	for (size_t i = 0; i < motions->n_waiting; i++) {
		const struct motion *other = &motions->waiting[i];
		if (is_same(other->participant, other->delegation, command))
			return VERDICT_MOTION_RAISED;
	}
	if (motions->n_waiting == MOTIONS_WAITING_MAX)
		return VERDICT_TOO_MANY;
	struct event *event = floor_add_act(
		out_events, EVENT_MOTION_RAISED, command->by, floor->last_entry + 1, command->by);
	(void)rs_set_text(event->delegation, command->delegation);
	(void)rs_set_text(event->motion, command->motion);
	return VERDICT_OK;
}

static void withdraw_decision(uint32_t decision, const char *by, struct events *out_events)
{
	if (decision == 0)
		return;
	struct event *event = events_add(out_events, EVENT_DECISION_WITHDRAWN, by);
	event->decision = decision;
	event->cause = CAUSE_MOTION;
}

/* By whoever moved it, before voting on it has begun (GA rule 80), or ruled out of order. */
static enum verdict decide_withdraw(
	const struct floor *floor, const struct motions_command *command, struct events *out_events)
{
	const struct motions *motions = floor->motions;
	const struct motion *motion = find(motions->waiting, motions->n_waiting, command->entry);
	if (motion == NULL)
		motion = find(motions->pending, motions->n_pending, command->entry);
	if (motion == NULL)
		return VERDICT_NO_SUCH_ENTRY;
	const bool own = is_same(motion->participant, motion->delegation, command);
	if (!own && !command->presides)
		return VERDICT_NOT_PERMITTED;
	withdraw_decision(motion->decision, command->by, out_events);
	add_motion(floor, out_events, EVENT_MOTION_WITHDRAWN, command->by, motion)->cause =
		own ? CAUSE_SELF : CAUSE_CHAIR;
	return VERDICT_OK;
}

/* In the order of precedence; a lower one that was put is put again when this is settled. */
static enum verdict decide_take_up(const struct floor *floor, const struct motions_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events)
{
	const struct motions *motions = floor->motions;
	const struct motion *motion = find(motions->waiting, motions->n_waiting, command->entry);
	if (motion == NULL)
		return VERDICT_NO_SUCH_ENTRY;
	const struct rules_motion *rules = motion_rules(floor, motion);
	if (floor->point.stage != FLOOR_POINT_NONE)
		return VERDICT_POINT_PENDING;
	if (is_preceded(floor, rules->rank) ||
		motion_rules(floor, &motions->waiting[0])->rank < rules->rank)
		return VERDICT_MOTION_PENDING;
	if (motions->n_pending == MOTIONS_PENDING_MAX)
		return VERDICT_TOO_MANY;
	if (person(ctx, motion->participant).presence != FLOOR_PRESENT)
		return VERDICT_NOT_CONNECTED;
	const struct motion *below = motions_top(floor);
	withdraw_decision(below != NULL ? below->decision : 0, command->by, out_events);
	add_motion(floor, out_events, EVENT_MOTION_TAKEN_UP, command->by, motion)->allotted_ms =
		rules->mover_s * 1000;
	return VERDICT_OK;
}

/* The one that is meant is before the meeting, and nobody voted on it yet. */
static enum verdict judge_top(const struct floor *floor, uint32_t entry)
{
	const struct motions *motions = floor->motions;
	if (find(motions->pending, motions->n_pending, entry) == NULL)
		return VERDICT_NO_SUCH_ENTRY;
	return motions_top(floor)->entry == entry ? VERDICT_OK : VERDICT_MOTION_PENDING;
}

static enum verdict decide_speak(
	const struct floor *floor, const struct motions_command *command, struct events *out_events)
{
	const enum verdict verdict = judge_top(floor, command->entry);
	if (verdict != VERDICT_OK)
		return verdict;
	const struct motion *motion = motions_top(floor);
	const struct rules_motion *rules = motion_rules(floor, motion);
	if (is_same(motion->participant, motion->delegation, command))
		return VERDICT_ALREADY_ON_LIST;
	uint32_t n = 0;
	for (size_t i = 0; i < motion->n_speakers; i++) {
		const struct motion_speaker *speaker = &motion->speakers[i];
		if (is_same(speaker->participant, speaker->delegation, command))
			return VERDICT_ALREADY_ON_LIST;
		n += speaker->side == command->side;
	}
	const bool in_favour = command->side == SIDE_IN_FAVOUR;
	if (motion->decision != 0 || n >= (in_favour ? rules->in_favour : rules->against))
		return VERDICT_NO_MORE_SPEAKERS;
	struct event *event = floor_add_act(out_events, EVENT_MOTION_SPEAKER_ADDED, command->by,
		floor->last_entry + 1, command->by);
	event->side = command->side;
	(void)rs_set_text(event->delegation, command->delegation);
	return VERDICT_OK;
}

/* Whoever asked to speak is heard first, or taken off. */
static enum verdict judge_put(const struct floor *floor, const struct motions_command *command)
{
	if (floor->point.stage != FLOOR_POINT_NONE)
		return VERDICT_POINT_PENDING;
	const enum verdict verdict = judge_top(floor, command->entry);
	if (verdict != VERDICT_OK)
		return verdict;
	const struct motion *motion = motions_top(floor);
	for (size_t i = 0; i < motion->n_speakers; i++) {
		if (!motion->speakers[i].called)
			return VERDICT_SPEAKERS_WAITING;
	}
	return VERDICT_OK;
}

enum verdict motions_decide(const struct floor *floor, const struct motions_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events)
{
	if (!floor->in_session)
		return VERDICT_NOT_IN_SESSION;
	switch (command->kind) {
	case MOTIONS_RAISE:
		return decide_raise(floor, command, out_events);
	case MOTIONS_WITHDRAW:
		return decide_withdraw(floor, command, out_events);
	case MOTIONS_TAKE_UP:
		return decide_take_up(floor, command, person, ctx, out_events);
	case MOTIONS_SPEAK:
		return decide_speak(floor, command, out_events);
	case MOTIONS_PUT:
		return judge_put(floor, command);
	}
	return VERDICT_MALFORMED;
}

/* ---- the floor's commands ---- */

/* Only who speaks on the motion is given the floor. */
static enum verdict decide_give(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events)
{
	const struct motion *motion = motions_top(floor);
	const struct motion_speaker *speaker = find_speaker(motion, command->entry);
	if (floor->point.stage != FLOOR_POINT_NONE)
		return VERDICT_POINT_PENDING;
	if (command->entry == 0 || speaker == NULL)
		return VERDICT_MOTION_PENDING;
	if (speaker->called || motion->decision != 0)
		return VERDICT_NO_SUCH_ENTRY;
	if (person(ctx, speaker->participant).presence != FLOOR_PRESENT)
		return VERDICT_NOT_CONNECTED;
	struct event *event = floor_add_act(
		out_events, EVENT_FLOOR_GIVEN, command->by, speaker->entry, speaker->participant);
	event->cause = CAUSE_LIST;
	event->allotted_ms = motion->allotted_ms;
	return VERDICT_OK;
}

static enum verdict decide_speaker_withdraws(const struct floor *floor,
	const struct floor_command *command, const struct motion_speaker *speaker,
	struct events *out_events)
{
	const bool own = strcmp(speaker->participant, command->by) == 0;
	if (!own && !command->presides)
		return VERDICT_NOT_PERMITTED;
	if (speaker->called)
		return VERDICT_NO_SUCH_ENTRY;
	floor_add_act(out_events, EVENT_MOTION_SPEAKER_WITHDRAWN, command->by, speaker->entry,
		speaker->participant)
		->cause = own ? CAUSE_SELF : CAUSE_CHAIR;
	return VERDICT_OK;
}

/* The chair may limit the time of those who speak on the motion (GA rules 74 to 76). */
static enum verdict decide_limit(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	const struct motion *motion = motions_top(floor);
	if (motion->allotted_ms == command->seconds * 1000)
		return VERDICT_ALREADY_SO;
	add_motion(floor, out_events, EVENT_MOTION_LIMIT_SET, command->by, motion)->allotted_ms =
		command->seconds * 1000;
	return VERDICT_OK;
}

static bool decide_pending(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events,
	enum verdict *out_verdict)
{
	const struct motion_speaker *speaker = find_speaker(motions_top(floor), command->entry);
	switch ((int)command->kind) {
	case FLOOR_GIVE:
		*out_verdict = decide_give(floor, command, person, ctx, out_events);
		return true;
	case FLOOR_SET_LIMIT:
		*out_verdict = decide_limit(floor, command, out_events);
		return true;
	case FLOOR_WITHDRAW:
		if (command->entry == 0 || speaker == NULL)
			return false;
		*out_verdict = decide_speaker_withdraws(floor, command, speaker, out_events);
		return true;
	default:
		return false; /* as without motions */
	}
}

/* Nobody else speaks on an item whose debate the meeting closed; adjourned, it waits until the item is taken up again. */
static bool decide_debate(
	const struct floor *floor, const struct floor_command *command, enum verdict *out_verdict)
{
	const struct floor_list *list = floor_current_list(floor);
	const enum floor_debate debate = floor_debate(floor);
	const bool listed = floor_list_find(list, command->entry) < list->n;
	if (debate == FLOOR_DEBATE_OPEN ||
		floor_find_item(floor, command->item) != floor->current ||
		(command->kind != FLOOR_ASK && command->kind != FLOOR_OPEN_LIST &&
			!(command->kind == FLOOR_GIVE && listed)))
		return false;
	*out_verdict =
		debate == FLOOR_DEBATE_ADJOURNED ? VERDICT_DEBATE_ADJOURNED : VERDICT_DEBATE_CLOSED;
	return true;
}

bool motions_decide_floor(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events,
	enum verdict *out_verdict)
{
	if (floor->motions->n_pending > 0 &&
		decide_pending(floor, command, person, ctx, out_events, out_verdict))
		return true;
	return decide_debate(floor, command, out_verdict);
}

/* ---- settled ---- */

static void add_effect(struct events *events, enum event_kind kind, const char *by)
{
	events_add(events, kind, by)->cause = CAUSE_MOTION;
}

void motions_decide_settled(
	const struct floor *floor, const char *by, enum outcome outcome, struct events *out_events)
{
	const struct motion *motion = motions_top(floor);
	add_motion(floor, out_events, EVENT_MOTION_SETTLED, by, motion)->outcome = outcome;
	if (outcome != OUTCOME_ADOPTED)
		return;
	switch (motion_rules(floor, motion)->effect) {
	case MOTION_ADJOURNS_DEBATE:
		add_effect(out_events, EVENT_DEBATE_ADJOURNED, by);
		return;
	case MOTION_CLOSES_DEBATE:
		add_effect(out_events, EVENT_DEBATE_CLOSED, by);
		return;
	case MOTION_REOPENS_DEBATE:
		if (floor_debate(floor) != FLOOR_DEBATE_OPEN)
			add_effect(out_events, EVENT_DEBATE_REOPENED, by);
		return;
	case MOTION_CLOSES_LIST:
		if (!floor_current_list(floor)->closed)
			add_effect(out_events, EVENT_LIST_CLOSED, by);
		return;
	case MOTION_SUSPENDS: /* of the meeting, not of the floor */
	case MOTION_ADJOURNS:
	case MOTION_NO_EFFECT:
	case MOTION_EFFECT_COUNT:
		return;
	}
}
