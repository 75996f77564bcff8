#include "signaling/voting/voting_priv.h"

static struct event *add(
	const struct voting *voting, struct events *events, enum event_kind kind, const char *by)
{
	struct event *event = events_add(events, kind, by);
	event->decision = voting->now.number;
	return event;
}

static void set_totals(const struct voting *voting, struct event *event)
{
	event->yes = voting->now.yes;
	event->no = voting->now.no;
	event->abstain = voting->now.abstain;
	event->entitled = voting->now.entitled;
}

/* Another may be proposed once the one before is settled, or consensus on it has failed. */
static bool is_pending(const struct voting_decision *now)
{
	return now->stage == VOTING_OPEN || now->stage == VOTING_LOCKED ||
	       (now->stage == VOTING_PROPOSED && now->objector[0] == '\0');
}

static enum verdict decide_propose(const struct voting *voting,
	const struct voting_command *command, struct events *out_events)
{
	const bool consensus = command->mode == DECISION_CONSENSUS;
	if (is_pending(&voting->now))
		return VERDICT_DECISION_PENDING;
	if (!consensus && voting_find_majority(voting, command->majority) == NULL)
		return VERDICT_NO_SUCH_MAJORITY;
	struct event *event = events_add(out_events, EVENT_DECISION_PROPOSED, command->by);
	event->decision = voting->last + 1;
	event->mode = command->mode;
	(void)rs_set_text(event->title, command->title);
	(void)rs_set_text(event->majority, consensus ? "" : command->majority);
	return VERDICT_OK;
}

static enum verdict decide_object(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	const size_t badge = voting_find_badge(voting, command->by);
	if (badge == voting->n_badges)
		return VERDICT_NOT_ENTITLED;
	if (voting->now.mode != DECISION_CONSENSUS || voting->now.stage != VOTING_PROPOSED)
		return VERDICT_NO_SUCH_DECISION;
	if (voting->now.objector[0] != '\0')
		return VERDICT_ALREADY_SO;
	struct event *event = add(voting, out_events, EVENT_DECISION_OBJECTED, command->by);
	(void)rs_set_text(event->participant, command->by);
	(void)rs_set_text(
		event->delegation, voting->delegations[voting->badges[badge].delegation].name);
	return VERDICT_OK;
}

/* Before voting on it has begun (GA rule 80). */
static enum verdict decide_withdraw(const struct voting *voting,
	const struct voting_command *command, struct events *out_events)
{
	if (voting_in_progress(voting))
		return VERDICT_VOTING_IN_PROGRESS;
	if (voting->now.stage == VOTING_PROCLAIMED)
		return VERDICT_NO_SUCH_DECISION;
	add(voting, out_events, EVENT_DECISION_WITHDRAWN, command->by)->cause = CAUSE_CHAIR;
	return VERDICT_OK;
}

static enum verdict decide_begin(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	if (voting_in_progress(voting))
		return VERDICT_ALREADY_SO;
	if (voting->now.stage != VOTING_PROPOSED || voting->now.mode == DECISION_CONSENSUS)
		return VERDICT_NO_SUCH_DECISION;
	struct event *event = add(voting, out_events, EVENT_VOTING_OPENED, command->by);
	for (size_t i = 0; i < voting->n_delegations; i++)
		event->entitled += voting_delegation_present(voting, i);
	return VERDICT_OK;
}

static enum verdict decide_cast(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	if (voting->now.stage != VOTING_OPEN || voting->now.mode != DECISION_RECORDED)
		return VERDICT_VOTING_NOT_OPEN;
	const size_t badge = voting_find_badge(voting, command->by);
	if (badge == voting->n_badges)
		return VERDICT_NOT_ENTITLED;
	const struct voting_delegation *delegation =
		&voting->delegations[voting->badges[badge].delegation];
	if (!delegation->entitled)
		return VERDICT_NOT_ENTITLED;
	if (delegation->vote == command->vote)
		return VERDICT_ALREADY_SO;
	struct event *event = add(voting, out_events, EVENT_VOTE_CAST, command->by);
	event->vote = command->vote;
	(void)rs_set_text(event->participant, command->by);
	(void)rs_set_text(event->delegation, delegation->name);
	return VERDICT_OK;
}

/* Counted in the hall; they may be corrected until they are locked. */
static enum verdict decide_totals(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	const struct voting_decision *now = &voting->now;
	if (now->stage != VOTING_OPEN || now->mode != DECISION_HANDS)
		return VERDICT_VOTING_NOT_OPEN;
	if ((uint64_t)command->yes + command->no + command->abstain > now->entitled)
		return VERDICT_MORE_THAN_ENTITLED;
	if (now->totals && now->yes == command->yes && now->no == command->no &&
		now->abstain == command->abstain)
		return VERDICT_ALREADY_SO;
	struct event *event = add(voting, out_events, EVENT_TOTALS_ENTERED, command->by);
	event->yes = command->yes;
	event->no = command->no;
	event->abstain = command->abstain;
	return VERDICT_OK;
}

static enum verdict decide_lock(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	if (voting->now.stage == VOTING_LOCKED)
		return VERDICT_ALREADY_SO;
	if (voting->now.stage != VOTING_OPEN)
		return VERDICT_VOTING_NOT_OPEN;
	if (voting->now.mode == DECISION_HANDS && !voting->now.totals)
		return VERDICT_NO_TOTALS;
	set_totals(voting, add(voting, out_events, EVENT_VOTING_LOCKED, command->by));
	return VERDICT_OK;
}

/* The gavel: without an objection a proposal by consensus is adopted; else the votes decide, and equality rejects. */
static enum verdict decide_proclaim(const struct voting *voting,
	const struct voting_command *command, struct events *out_events)
{
	const struct voting_decision *now = &voting->now;
	const bool consensus = now->mode == DECISION_CONSENSUS;
	if (now->stage == VOTING_PROCLAIMED)
		return VERDICT_ALREADY_SO;
	if (now->stage == VOTING_OPEN)
		return VERDICT_VOTING_IN_PROGRESS;
	if (now->stage == VOTING_PROPOSED && !consensus)
		return VERDICT_VOTING_NOT_OPEN;
	if (now->objector[0] != '\0')
		return VERDICT_OBJECTED;
	struct event *event = add(voting, out_events, EVENT_DECISION_PROCLAIMED, command->by);
	set_totals(voting, event);
	event->entitled = 0; /* told when it was locked */
	event->required = voting_required(voting);
	event->outcome = consensus || (now->yes >= event->required && now->yes > now->no)
				 ? OUTCOME_ADOPTED
				 : OUTCOME_REJECTED;
	return VERDICT_OK;
}

enum verdict voting_decide(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	if (!voting->in_session)
		return VERDICT_NOT_IN_SESSION;
	if (command->kind == VOTING_PROPOSE)
		return decide_propose(voting, command, out_events);
	/* A press that was long under way must not hit the decision after the one that was seen. */
	if (voting->now.stage == VOTING_NONE || command->decision != voting->now.number)
		return VERDICT_NO_SUCH_DECISION;

	switch (command->kind) {
	case VOTING_PROPOSE:
		break;
	case VOTING_OBJECT:
		return decide_object(voting, command, out_events);
	case VOTING_WITHDRAW:
		return decide_withdraw(voting, command, out_events);
	case VOTING_BEGIN:
		return decide_begin(voting, command, out_events);
	case VOTING_CAST:
		return decide_cast(voting, command, out_events);
	case VOTING_ENTER_TOTALS:
		return decide_totals(voting, command, out_events);
	case VOTING_LOCK:
		return decide_lock(voting, command, out_events);
	case VOTING_PROCLAIM:
		return decide_proclaim(voting, command, out_events);
	}
	return VERDICT_MALFORMED;
}

void voting_decide_closing(const struct voting *voting, const char *by, struct events *out_events)
{
	if (voting_in_progress(voting) || voting->now.stage == VOTING_PROPOSED)
		add(voting, out_events, EVENT_DECISION_WITHDRAWN, by)->cause = CAUSE_CLOSED;
}
