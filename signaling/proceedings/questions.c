#include "signaling/proceedings/questions.h"

#include "signaling/proceedings/permissions.h"
#include "signaling/proceedings/proceedings_priv.h"

int questions_new(const struct meeting *meeting, struct proceedings *proceedings)
{
	for (size_t i = 0; i < QUESTIONS_MAX; i++) {
		const int err = voting_new(meeting, &proceedings->votings[i]);
		if (err < 0)
			return err;
	}
	proceedings->n_votings = 1;
	proceedings->voting = proceedings->votings[0];
	return 0;
}

static bool is_pending(const struct voting *voting)
{
	return voting->now.stage != VOTING_NONE && voting->now.stage != VOTING_PROCLAIMED;
}

static bool is_about(const struct voting *voting, enum decision_subject subject, uint32_t entry)
{
	return is_pending(voting) && voting->now.subject == subject && voting->now.entry == entry;
}

bool questions_in_progress(const struct proceedings *proceedings)
{
	for (size_t i = 0; i < proceedings->n_votings; i++) {
		if (voting_in_progress(proceedings->votings[i]))
			return true;
	}
	return false;
}

/* ---- apply ---- */

/* Whose event it is: of the decision with this number, or of what is put now. */
static struct voting *machine_of(struct proceedings *proceedings, const struct event *event)
{
	for (size_t i = 0; i < proceedings->n_votings; i++) {
		if (proceedings->votings[i]->now.number == event->decision)
			return proceedings->votings[i];
	}
	return proceedings->voting;
}

/* Over what is pending; the same question put again takes its own place. */
static void push(struct proceedings *proceedings, const struct event *event)
{
	if (event->subject == SUBJECT_PROPOSAL || !is_pending(proceedings->voting) ||
		is_about(proceedings->voting, event->subject, event->entry) ||
		proceedings->n_votings == QUESTIONS_MAX)
		return;
	proceedings->voting = proceedings->votings[proceedings->n_votings++];
}

/* What is decided makes way for what it lay over; alone it is shown until the next. */
static void pop(struct proceedings *proceedings)
{
	while (proceedings->n_votings > 1 && !is_pending(proceedings->voting)) {
		const uint32_t last = proceedings->voting->last;
		proceedings->n_votings--;
		proceedings->voting = proceedings->votings[proceedings->n_votings - 1];
		if (proceedings->voting->last < last)
			proceedings->voting->last = last; /* numbers count up over all */
	}
}

void questions_apply(struct proceedings *proceedings, const struct event *event)
{
	if (event->kind == EVENT_DECISION_PROPOSED) {
		push(proceedings, event);
		voting_apply(proceedings->voting, event);
	} else if (event_members(event->kind) & MEMBER_DECISION) {
		voting_apply(machine_of(proceedings, event), event);
	} else {
		/* Sittings and presence are of all. */
		for (size_t i = 0; i < QUESTIONS_MAX; i++)
			voting_apply(proceedings->votings[i], event);
	}
	pop(proceedings);
}

/* ---- decide ---- */

static enum verdict decide_motion(const struct proceedings *proceedings,
	enum motions_command_kind kind, const struct command *command, struct events *out_events)
{
	const struct participant *by = meeting_find(proceedings->meeting, command->by);
	const struct motions_command motions_command = {
		.kind = kind,
		.by = command->by,
		.presides = permission_of(command->kind, command->role) == PERMISSION_ANY,
		.delegation = by != NULL ? by->delegation : "",
		.entry = command->entry,
		.motion = command->motion,
		.side = command->side,
	};
	return motions_decide(proceedings->floor, &motions_command, proceedings_person,
		proceedings->meeting, out_events);
}

/* Before voting on it has begun (GA rule 80). */
static enum verdict decide_withdraw(const struct proceedings *proceedings,
	const struct command *command, struct events *out_events)
{
	for (size_t i = 0; i < proceedings->n_votings; i++) {
		const struct voting *voting = proceedings->votings[i];
		if (is_about(voting, SUBJECT_MOTION, command->entry) && voting_in_progress(voting))
			return VERDICT_VOTING_IN_PROGRESS;
	}
	return decide_motion(proceedings, MOTIONS_WITHDRAW, command, out_events);
}

/* The majority that carries the question; NULL with a verdict when it cannot be put. */
static const char *judge_put(const struct proceedings *proceedings, const struct command *command,
	struct events *out_events, enum decision_subject *out_subject, enum verdict *out_verdict)
{
	const struct floor *floor = proceedings->floor;
	const struct rules_points *points = &floor->rules.points;
	if (floor->point.stage == FLOOR_POINT_APPEALED && floor->point.entry == command->entry) {
		*out_subject = SUBJECT_APPEAL;
		if (!floor->in_session)
			*out_verdict = VERDICT_NOT_IN_SESSION;
		else if (points->chair_settles)
			*out_verdict = VERDICT_NOT_PERMITTED;
		else
			*out_verdict = command->mode == DECISION_CONSENSUS ? VERDICT_DECIDED_BY_VOTE
									   : VERDICT_OK;
		return points->appeal_majority;
	}
	*out_subject = SUBJECT_MOTION;
	*out_verdict = decide_motion(proceedings, MOTIONS_PUT, command, out_events);
	return *out_verdict == VERDICT_OK ? motion_rules(floor, motions_top(floor))->majority : "";
}

static enum verdict decide_put(const struct proceedings *proceedings, const struct command *command,
	struct events *out_events)
{
	const struct floor *floor = proceedings->floor;
	const struct voting *voting = proceedings->voting;
	enum decision_subject subject;
	enum verdict verdict;
	const char *majority = judge_put(proceedings, command, out_events, &subject, &verdict);
	if (verdict != VERDICT_OK)
		return verdict;
	if (is_about(voting, subject, command->entry) && voting->now.objections == 0)
		return voting_in_progress(voting) ? VERDICT_VOTING_IN_PROGRESS
						  : VERDICT_DECISION_PENDING;

	floor_decide_vote(floor, command->by, out_events);
	struct event *event = events_add(out_events, EVENT_DECISION_PROPOSED, command->by);
	event->decision = voting->last + 1;
	event->subject = subject;
	event->entry = command->entry;
	event->mode = command->mode;
	(void)rs_set_text(event->title, subject == SUBJECT_APPEAL
						? subject_name(subject)
						: motion_rules(floor, motions_top(floor))->name);
	if (command->mode != DECISION_CONSENSUS)
		(void)rs_set_text(event->majority, majority);
	voting_commit(command->seed, event);
	return VERDICT_OK;
}

enum verdict questions_decide(const struct proceedings *proceedings, const struct command *command,
	struct events *out_events)
{
	switch ((int)command->kind) {
	case COMMAND_RAISE_MOTION:
		return decide_motion(proceedings, MOTIONS_RAISE, command, out_events);
	case COMMAND_TAKE_UP_MOTION:
		return decide_motion(proceedings, MOTIONS_TAKE_UP, command, out_events);
	case COMMAND_SPEAK_ON_MOTION:
		return decide_motion(proceedings, MOTIONS_SPEAK, command, out_events);
	case COMMAND_WITHDRAW_MOTION:
		return decide_withdraw(proceedings, command, out_events);
	case COMMAND_PUT_QUESTION:
		return decide_put(proceedings, command, out_events);
	default:
		return VERDICT_MALFORMED;
	}
}

enum verdict questions_judge(const struct proceedings *proceedings, enum voting_command_kind kind)
{
	const struct floor *floor = proceedings->floor;
	const enum decision_subject subject = proceedings->voting->now.subject;
	const bool proposes = kind == VOTING_PROPOSE;
	if (!proposes && kind != VOTING_BEGIN && kind != VOTING_PROCLAIM)
		return VERDICT_OK;
	if (floor->point.stage != FLOOR_POINT_NONE && (proposes || subject != SUBJECT_APPEAL))
		return VERDICT_POINT_PENDING;
	if (motions_top(floor) != NULL && (proposes || subject == SUBJECT_PROPOSAL))
		return VERDICT_MOTION_PENDING;
	if (proposes && floor_debate(floor) == FLOOR_DEBATE_ADJOURNED)
		return VERDICT_DEBATE_ADJOURNED;
	return VERDICT_OK;
}

/* Equality leaves the ruling as it is: a majority is needed to overrule it (GA rule 71). */
static void settle_point(const struct proceedings *proceedings, const char *by,
	enum outcome outcome, struct events *out_events)
{
	const struct floor_point *point = &proceedings->floor->point;
	struct event *event = events_add(out_events, EVENT_POINT_SETTLED, by);
	event->entry = point->entry;
	(void)rs_set_text(event->participant, point->participant);
	if (outcome == OUTCOME_ADOPTED)
		event->ruling = point->ruling == RULING_UPHELD ? RULING_REJECTED : RULING_UPHELD;
	else
		event->ruling = point->ruling;
}

/* Adjourning the debate is to decide nothing now. */
static void withdraw_held(
	const struct proceedings *proceedings, const char *by, struct events *out_events)
{
	for (size_t i = 0; i + 1 < proceedings->n_votings; i++) {
		const struct voting *held = proceedings->votings[i];
		if (!is_pending(held) || held->now.subject != SUBJECT_PROPOSAL)
			continue;
		struct event *event = events_add(out_events, EVENT_DECISION_WITHDRAWN, by);
		event->decision = held->now.number;
		event->cause = CAUSE_MOTION;
	}
}

static enum verdict settle_motion(const struct proceedings *proceedings,
	const struct command *command, enum outcome outcome, struct events *out_events)
{
	const struct floor *floor = proceedings->floor;
	const enum motion_effect effect = motion_rules(floor, motions_top(floor))->effect;
	motions_decide_settled(floor, command->by, outcome, out_events);
	if (outcome != OUTCOME_ADOPTED)
		return VERDICT_OK;
	if (effect == MOTION_SUSPENDS)
		return proceedings_decide_meeting(
			proceedings, MEETING_SUSPEND, command, out_events);
	if (effect == MOTION_ADJOURNS)
		return proceedings_decide_meeting(
			proceedings, MEETING_ADJOURN, command, out_events);
	if (effect == MOTION_ADJOURNS_DEBATE)
		withdraw_held(proceedings, command->by, out_events);
	return VERDICT_OK;
}

enum verdict questions_decide_proclaimed(const struct proceedings *proceedings,
	const struct command *command, struct events *out_events)
{
	const struct voting_decision *now = &proceedings->voting->now;
	const enum outcome outcome = out_events->list[out_events->n - 1].outcome;
	switch (now->subject) {
	case SUBJECT_APPEAL:
		settle_point(proceedings, command->by, outcome, out_events);
		return VERDICT_OK;
	case SUBJECT_MOTION:
		return settle_motion(proceedings, command, outcome, out_events);
	case SUBJECT_PROPOSAL:
	case SUBJECT_COUNT:
		break;
	}
	return VERDICT_OK;
}

static bool is_proclaimed(const struct events *events, uint32_t decision)
{
	for (size_t i = 0; i < events->n; i++) {
		if (events->list[i].kind == EVENT_DECISION_PROCLAIMED &&
			events->list[i].decision == decision)
			return true;
	}
	return false;
}

void questions_decide_closing(
	const struct proceedings *proceedings, const char *by, struct events *out_events)
{
	for (size_t i = proceedings->n_votings; i > 0; i--) {
		const struct voting *voting = proceedings->votings[i - 1];
		if (!is_proclaimed(out_events, voting->now.number))
			voting_decide_closing(voting, by, out_events);
	}
}
