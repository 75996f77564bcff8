#include "signaling/voting/voting_priv.h"

struct event *voting_add(
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
	       (now->stage == VOTING_PROPOSED && now->objections == 0);
}

void voting_commit(const uint8_t seed[LOT_SEED_LEN], struct event *event)
{
	uint8_t commitment[RS_SHA256_LEN];
	if (event->mode != DECISION_ROLL_CALL)
		return;
	lot_commit(seed, commitment);
	rs_hex_encode(commitment, sizeof(commitment), event->commitment);
}

/* Under the next number; what is pending is not looked at. */
static void add_proposal(const struct voting *voting, const struct voting_command *command,
	const struct voting_decision *what, struct events *events)
{
	struct event *event = events_add(events, EVENT_DECISION_PROPOSED, command->by);
	event->decision = voting->last + 1;
	event->subject = what->subject;
	event->entry = what->entry;
	event->mode = what->mode;
	event->again = what->again;
	(void)rs_set_text(event->title, what->title);
	(void)rs_set_text(event->majority, what->mode == DECISION_CONSENSUS ? "" : what->majority);
	voting_commit(command->seed, event);
}

static bool is_tied(const struct voting *voting, uint32_t number)
{
	for (size_t i = 0; i < voting->n_ties; i++) {
		if (voting->ties[i].number == number)
			return true;
	}
	return false;
}

static enum verdict decide_propose(const struct voting *voting,
	const struct voting_command *command, struct events *out_events)
{
	const bool consensus = command->mode == DECISION_CONSENSUS;
	if (is_pending(&voting->now))
		return VERDICT_DECISION_PENDING;
	if (!consensus && voting_find_majority(voting, command->majority) == NULL)
		return VERDICT_NO_SUCH_MAJORITY;
	if (command->again != 0 && !is_tied(voting, command->again))
		return VERDICT_NO_SUCH_DECISION;
	struct voting_decision what = { .mode = command->mode, .again = command->again };
	(void)rs_set_text(what.title, command->title);
	(void)rs_set_text(what.majority, command->majority);
	add_proposal(voting, command, &what, out_events);
	return VERDICT_OK;
}

/* Consensus is nobody's objection: each that was made stands until whoever made it withdraws it. */
static enum verdict decide_objection(const struct voting *voting,
	const struct voting_command *command, struct events *out_events)
{
	const bool objects = command->kind == VOTING_OBJECT;
	const size_t i = voting_delegation_of(voting, command->by);
	if (i == voting->n_delegations)
		return VERDICT_NOT_ENTITLED;
	if (voting->now.mode != DECISION_CONSENSUS || voting->now.stage != VOTING_PROPOSED)
		return VERDICT_NO_SUCH_DECISION;
	if (voting->delegations[i].objects == objects)
		return VERDICT_ALREADY_SO;
	struct event *event = voting_add(voting, out_events,
		objects ? EVENT_DECISION_OBJECTED : EVENT_OBJECTION_WITHDRAWN, command->by);
	(void)rs_set_text(event->participant, command->by);
	(void)rs_set_text(event->delegation, voting->delegations[i].name);
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
	voting_add(voting, out_events, EVENT_DECISION_WITHDRAWN, command->by)->cause = CAUSE_CHAIR;
	return VERDICT_OK;
}

/* The seed that was committed to when the vote was proposed. */
static enum verdict open_lot(
	const struct voting *voting, const struct voting_command *command, struct event *event)
{
	uint8_t commitment[RS_SHA256_LEN];
	char hex[LOT_HEX_LEN + 1] = "";
	lot_commit(command->seed, commitment);
	rs_hex_encode(commitment, sizeof(commitment), hex);
	if (strcmp(hex, voting->now.commitment) != 0)
		return VERDICT_LOT_LOST;
	rs_hex_encode(command->seed, LOT_SEED_LEN, event->seed);
	return VERDICT_OK;
}

static enum verdict decide_begin(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	if (voting_in_progress(voting))
		return VERDICT_ALREADY_SO;
	if (voting->now.stage != VOTING_PROPOSED || voting->now.mode == DECISION_CONSENSUS)
		return VERDICT_NO_SUCH_DECISION;
	struct event *event = voting_add(voting, out_events, EVENT_VOTING_OPENED, command->by);
	if (!voting_write_entitled(voting, event))
		return VERDICT_TOO_MANY;
	if (voting->now.mode == DECISION_ROLL_CALL)
		return open_lot(voting, command, event);
	if (voting->now.mode == DECISION_SECRET && command->key[0] == '\0')
		return VERDICT_NO_BALLOTS;
	if (voting->now.mode == DECISION_SECRET)
		(void)rs_set_text(event->key, command->key);
	return VERDICT_OK;
}

static enum verdict decide_cast(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	if (voting->now.stage != VOTING_OPEN || !voting_is_by_name(voting))
		return VERDICT_VOTING_NOT_OPEN;
	if (command->vote == VOTE_ABSENT)
		return VERDICT_MALFORMED; /* it is whoever says so */
	const size_t i = voting_delegation_of(voting, command->by);
	if (i == voting->n_delegations || !voting->delegations[i].entitled)
		return VERDICT_NOT_ENTITLED;
	const struct voting_delegation *delegation = &voting->delegations[i];
	if (voting->now.mode == DECISION_ROLL_CALL && !delegation->called)
		return VERDICT_NOT_YOUR_TURN;
	if (delegation->vote == command->vote)
		return VERDICT_ALREADY_SO;
	struct event *event = voting_add(voting, out_events, EVENT_VOTE_CAST, command->by);
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
	struct event *event = voting_add(voting, out_events, EVENT_TOTALS_ENTERED, command->by);
	event->yes = command->yes;
	event->no = command->no;
	event->abstain = command->abstain;
	return VERDICT_OK;
}

/* Whoever wants to vote or change it knows how long that may be done. */
static enum verdict decide_announcement(const struct voting *voting,
	const struct voting_command *command, struct events *out_events)
{
	if (voting->now.stage != VOTING_OPEN)
		return VERDICT_VOTING_NOT_OPEN;
	if (voting->now.lock_due_ms != 0)
		return VERDICT_ALREADY_SO;
	const uint32_t least = voting->rules.voting.lock_warning_s;
	const uint32_t seconds = command->seconds > least ? command->seconds : least;
	voting_add(voting, out_events, EVENT_LOCK_ANNOUNCED, command->by)->due_ms =
		command->wall_ms + (int64_t)seconds * 1000;
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
	if (voting->now.mode == DECISION_ROLL_CALL && !voting_all_called(voting))
		return VERDICT_NOT_ALL_CALLED;
	if (voting->rules.voting.lock_warning_s > 0 && voting->now.lock_due_ms == 0)
		return VERDICT_LOCK_NOT_ANNOUNCED;
	if (command->wall_ms < voting->now.lock_due_ms)
		return VERDICT_LOCK_NOT_DUE;
	if (voting->now.mode == DECISION_SECRET)
		return voting_decide_count(voting, command, out_events);
	set_totals(voting, voting_add(voting, out_events, EVENT_VOTING_LOCKED, command->by));
	return VERDICT_OK;
}

/* What went wrong is told; the same proposal is before the meeting again, under a number that late presses do not mean. */
static enum verdict decide_annulment(const struct voting *voting,
	const struct voting_command *command, struct events *out_events)
{
	const struct voting_decision *now = &voting->now;
	if (now->stage == VOTING_PROCLAIMED)
		return VERDICT_RESULT_STANDS;
	if (!voting_in_progress(voting))
		return VERDICT_VOTING_NOT_OPEN;
	(void)rs_set_text(
		voting_add(voting, out_events, EVENT_VOTING_ANNULLED, command->by)->reason,
		command->reason);
	add_proposal(voting, command, now, out_events);
	return VERDICT_OK;
}

/* As many for as against, where one more would have carried it. */
static bool is_equally_divided(const struct voting_decision *now, uint32_t required)
{
	return now->yes > 0 && now->yes == now->no && now->yes + 1 >= required;
}

static enum outcome outcome_of(const struct voting *voting, uint32_t required)
{
	const struct voting_decision *now = &voting->now;
	if (now->mode == DECISION_CONSENSUS || (now->yes >= required && now->yes > now->no))
		return OUTCOME_ADOPTED;
	if (now->subject == SUBJECT_PROPOSAL && now->again == 0 &&
		voting->rules.voting.equality == RULES_EQUALITY_SECOND_VOTE &&
		is_equally_divided(now, required))
		return OUTCOME_SECOND_VOTE;
	return OUTCOME_REJECTED;
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
	if (now->objections > 0)
		return VERDICT_OBJECTED;
	struct event *event =
		voting_add(voting, out_events, EVENT_DECISION_PROCLAIMED, command->by);
	set_totals(voting, event);
	event->entitled = 0; /* told when it was locked */
	event->required = voting_required(voting);
	event->outcome = outcome_of(voting, event->required);
	if (event->outcome == OUTCOME_SECOND_VOTE)
		event->due_ms = command->wall_ms +
				(int64_t)voting->rules.voting.second_vote_h * 3600 * 1000;
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
	case VOTING_WITHDRAW_OBJECTION:
		return decide_objection(voting, command, out_events);
	case VOTING_WITHDRAW:
		return decide_withdraw(voting, command, out_events);
	case VOTING_BEGIN:
		return decide_begin(voting, command, out_events);
	case VOTING_CALL_NEXT:
		return voting_decide_call(voting, command, out_events);
	case VOTING_ISSUE_BALLOT:
		return voting_decide_issue(voting, command, out_events);
	case VOTING_CAST:
		return decide_cast(voting, command, out_events);
	case VOTING_ENTER_VOTE:
		return voting_decide_answer(voting, command, out_events);
	case VOTING_ENTER_TOTALS:
		return decide_totals(voting, command, out_events);
	case VOTING_ANNOUNCE_LOCK:
		return decide_announcement(voting, command, out_events);
	case VOTING_LOCK:
		return decide_lock(voting, command, out_events);
	case VOTING_CORRECT:
		return voting_decide_correction(voting, command, out_events);
	case VOTING_ANNUL:
		return decide_annulment(voting, command, out_events);
	case VOTING_PROCLAIM:
		return decide_proclaim(voting, command, out_events);
	case VOTING_STATE_INTENT:
		return voting_decide_intent(voting, command, out_events);
	}
	return VERDICT_MALFORMED;
}

void voting_decide_closing(const struct voting *voting, const char *by, struct events *out_events)
{
	if (voting_in_progress(voting) || voting->now.stage == VOTING_PROPOSED)
		voting_add(voting, out_events, EVENT_DECISION_WITHDRAWN, by)->cause = CAUSE_CLOSED;
}
