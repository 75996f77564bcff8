#include "signaling/voting/voting_priv.h"

static void forget(struct voting *voting)
{
	voting->now = (struct voting_decision){ .stage = VOTING_NONE };
	for (size_t i = 0; i < voting->n_delegations; i++) {
		voting->delegations[i].entitled = false;
		voting->delegations[i].vote = VOTE_NONE;
	}
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
}

static void apply_opened(struct voting *voting)
{
	voting->now.stage = VOTING_OPEN;
	for (size_t i = 0; i < voting->n_delegations; i++) {
		voting->delegations[i].entitled = voting_delegation_present(voting, i);
		voting->now.entitled += voting->delegations[i].entitled;
	}
}

static uint32_t *count_of(struct voting_decision *now, enum vote vote)
{
	switch (vote) {
	case VOTE_YES:
		return &now->yes;
	case VOTE_NO:
		return &now->no;
	case VOTE_ABSTAIN:
		return &now->abstain;
	case VOTE_NONE:
	case VOTE_COUNT:
		break;
	}
	return NULL;
}

static void apply_cast(struct voting *voting, const struct event *event)
{
	const size_t i = voting_find_delegation(voting, event->delegation);
	if (i == voting->n_delegations)
		return;
	uint32_t *before = count_of(&voting->now, voting->delegations[i].vote);
	uint32_t *after = count_of(&voting->now, event->vote);
	if (before != NULL)
		(*before)--;
	if (after != NULL)
		(*after)++;
	voting->delegations[i].vote = event->vote;
}

static void apply_totals(struct voting *voting, const struct event *event)
{
	voting->now.totals = true;
	voting->now.yes = event->yes;
	voting->now.no = event->no;
	voting->now.abstain = event->abstain;
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
		(void)rs_set_text(voting->now.objector, event->delegation);
		return;
	case EVENT_DECISION_WITHDRAWN:
		forget(voting);
		return;
	case EVENT_VOTING_OPENED:
		apply_opened(voting);
		return;
	case EVENT_VOTE_CAST:
		apply_cast(voting, event);
		return;
	case EVENT_TOTALS_ENTERED:
		apply_totals(voting, event);
		return;
	case EVENT_VOTING_LOCKED:
		voting->now.stage = VOTING_LOCKED;
		return;
	case EVENT_DECISION_PROCLAIMED:
		voting->now.stage = VOTING_PROCLAIMED;
		voting->now.outcome = event->outcome;
		return;
	default:
		return; /* of other machines */
	}
}
