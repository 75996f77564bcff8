#include "signaling/voting/voting_priv.h"

static void forget(struct voting *voting)
{
	voting->now = (struct voting_decision){ .stage = VOTING_NONE };
	for (size_t i = 0; i < voting->n_delegations; i++) {
		struct voting_delegation *delegation = &voting->delegations[i];
		delegation->entitled = false;
		delegation->called = false;
		delegation->check[0] = '\0';
		delegation->objects = false;
		delegation->vote = VOTE_NONE;
		delegation->intent = VOTE_NONE;
	}
	voting->n_corrections = 0;
	voting->n_published = 0;
}

static void apply_presence(struct voting *voting, const struct event *event)
{
	const size_t i = voting_find_badge(voting, event->participant);
	if (i < voting->n_badges)
		voting->badges[i].present = event->kind == EVENT_PARTICIPANT_JOINED;
}

static void apply_proposed(struct voting *voting, const struct event *event)
{
	forget(voting);
	voting->last = event->decision;
	voting->now.stage = VOTING_PROPOSED;
	voting->now.number = event->decision;
	voting->now.mode = event->mode;
	voting->now.subject = event->subject;
	voting->now.entry = event->entry;
	(void)rs_set_text(voting->now.title, event->title);
	(void)rs_set_text(voting->now.majority, event->majority);
	(void)rs_set_text(voting->now.commitment, event->commitment);
	voting->now.again = event->again;
}

static void apply_objection(struct voting *voting, const struct event *event)
{
	const size_t i = voting_find_delegation(voting, event->delegation);
	const bool objects = event->kind == EVENT_DECISION_OBJECTED;
	if (i == voting->n_delegations || voting->delegations[i].objects == objects)
		return;
	voting->delegations[i].objects = objects;
	if (objects)
		voting->now.objections++;
	else
		voting->now.objections--;
}

static void apply_opened(struct voting *voting, const struct event *event)
{
	voting->now.stage = VOTING_OPEN;
	(void)rs_set_text(voting->now.seed, event->seed);
	(void)rs_set_text(voting->now.key, event->key);
	voting_apply_entitled(voting, event);
}

static void apply_totals(struct voting *voting, const struct event *event)
{
	voting->now.totals = true;
	voting->now.yes = event->yes;
	voting->now.no = event->no;
	voting->now.abstain = event->abstain;
}

static void drop_tie(struct voting *voting, size_t i)
{
	voting->n_ties--;
	memmove(voting->ties + i, voting->ties + i + 1,
		(voting->n_ties - i) * sizeof(*voting->ties));
}

/* A second vote settles what waited for it; an equal first one waits from now on. */
static void apply_proclaimed(struct voting *voting, const struct event *event)
{
	voting->now.stage = VOTING_PROCLAIMED;
	voting->now.outcome = event->outcome;
	for (size_t i = voting->n_ties; i > 0; i--) {
		if (voting->ties[i - 1].number == voting->now.again)
			drop_tie(voting, i - 1);
	}
	if (event->outcome != OUTCOME_SECOND_VOTE)
		return;
	if (voting->n_ties == VOTING_TIES_MAX)
		drop_tie(voting, 0);
	struct voting_tie *tie = &voting->ties[voting->n_ties++];
	*tie = (struct voting_tie){ .number = event->decision, .due_ms = event->due_ms };
	(void)rs_set_text(tie->title, voting->now.title);
}

void voting_apply(struct voting *voting, const struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_MEETING_OPENED:
	case EVENT_MEETING_RESUMED:
		voting->in_session = true;
		return;
	case EVENT_MEETING_SUSPENDED:
	case EVENT_MEETING_ADJOURNED: /* what is proposed stays before the meeting */
		voting->in_session = false;
		return;
	case EVENT_MEETING_CLOSED:
		voting->in_session = false;
		forget(voting);
		return;
	case EVENT_ITEM_TAKEN_UP:
		if (voting->now.stage == VOTING_PROCLAIMED)
			forget(voting);
		return;
	case EVENT_PARTICIPANT_JOINED:
	case EVENT_PARTICIPANT_LEFT:
		apply_presence(voting, event);
		return;
	case EVENT_DECISION_PROPOSED:
		apply_proposed(voting, event);
		return;
	case EVENT_DECISION_OBJECTED:
	case EVENT_OBJECTION_WITHDRAWN:
		apply_objection(voting, event);
		return;
	case EVENT_DECISION_WITHDRAWN:
	case EVENT_VOTING_ANNULLED:
		forget(voting);
		return;
	case EVENT_VOTING_OPENED:
		apply_opened(voting, event);
		return;
	case EVENT_BALLOT_ISSUED:
		voting_apply_issued(voting, event);
		return;
	case EVENT_BALLOTS_PUBLISHED:
		voting_apply_published(voting, event);
		return;
	case EVENT_DELEGATION_CALLED:
		voting_apply_called(voting, event);
		return;
	case EVENT_VOTE_CAST:
		voting_set_vote(
			voting, voting_find_delegation(voting, event->delegation), event->vote);
		return;
	case EVENT_TOTALS_ENTERED:
		apply_totals(voting, event);
		return;
	case EVENT_LOCK_ANNOUNCED:
		voting->now.lock_due_ms = event->due_ms;
		return;
	case EVENT_VOTING_LOCKED:
		voting->now.stage = VOTING_LOCKED;
		if (voting->now.mode == DECISION_SECRET) {
			voting->now.yes = event->yes;
			voting->now.no = event->no;
			voting->now.abstain = event->abstain;
		}
		return;
	case EVENT_VOTE_CORRECTED:
		voting_apply_correction(voting, event);
		return;
	case EVENT_DECISION_PROCLAIMED:
		apply_proclaimed(voting, event);
		return;
	case EVENT_INTENT_STATED:
		voting_apply_intent(voting, event);
		return;
	default:
		return; /* of other machines */
	}
}
