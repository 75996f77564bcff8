/* After the lock: a ruling may correct a vote until the result is proclaimed; later a delegation may only have it recorded how
 * it had intended to vote, and the result stands. */
#include "signaling/voting/voting_priv.h"

enum verdict voting_decide_correction(const struct voting *voting,
	const struct voting_command *command, struct events *out_events)
{
	if (voting->now.stage == VOTING_PROCLAIMED)
		return VERDICT_RESULT_STANDS;
	if (voting->now.stage != VOTING_LOCKED || !voting_is_by_name(voting))
		return VERDICT_NOT_LOCKED;
	const size_t i = voting_find_delegation(voting, command->delegation);
	if (i == voting->n_delegations || !voting->delegations[i].entitled)
		return VERDICT_NOT_ENTITLED;
	if (voting->delegations[i].vote == command->vote)
		return VERDICT_ALREADY_SO;
	if (voting->n_corrections == VOTING_CORRECTIONS_MAX)
		return VERDICT_TOO_MANY;
	struct event *event = voting_add(voting, out_events, EVENT_VOTE_CORRECTED, command->by);
	(void)rs_set_text(event->delegation, command->delegation);
	(void)rs_set_text(event->reason, command->reason);
	event->was = voting->delegations[i].vote;
	event->vote = command->vote;
	return VERDICT_OK;
}

enum verdict voting_decide_intent(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	if (voting->now.stage != VOTING_PROCLAIMED)
		return VERDICT_NOT_PROCLAIMED;
	const size_t i = command->delegation[0] != '\0'
				 ? voting_find_delegation(voting, command->delegation)
				 : voting_delegation_of(voting, command->by);
	if (!voting_is_by_name(voting) || i == voting->n_delegations ||
		!voting->delegations[i].entitled)
		return VERDICT_NOT_ENTITLED;
	const struct voting_delegation *delegation = &voting->delegations[i];
	if (command->vote == delegation->intent ||
		(delegation->intent == VOTE_NONE && command->vote == delegation->vote))
		return VERDICT_ALREADY_SO;
	struct event *event = voting_add(voting, out_events, EVENT_INTENT_STATED, command->by);
	(void)rs_set_text(event->participant, command->by);
	(void)rs_set_text(event->delegation, delegation->name);
	event->vote = command->vote;
	return VERDICT_OK;
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
	case VOTE_ABSENT:
	case VOTE_COUNT:
		break;
	}
	return NULL;
}

void voting_set_vote(struct voting *voting, size_t delegation, enum vote vote)
{
	if (delegation == voting->n_delegations)
		return;
	uint32_t *before = count_of(&voting->now, voting->delegations[delegation].vote);
	uint32_t *after = count_of(&voting->now, vote);
	if (before != NULL)
		(*before)--;
	if (after != NULL)
		(*after)++;
	voting->delegations[delegation].vote = vote;
}

void voting_apply_correction(struct voting *voting, const struct event *event)
{
	const size_t i = voting_find_delegation(voting, event->delegation);
	if (i == voting->n_delegations || voting->n_corrections == VOTING_CORRECTIONS_MAX)
		return;
	struct voting_correction *correction = &voting->corrections[voting->n_corrections++];
	*correction = (struct voting_correction){
		.delegation = i, .was = event->was, .vote = event->vote
	};
	(void)rs_set_text(correction->reason, event->reason);
	voting_set_vote(voting, i, event->vote);
}

void voting_apply_intent(struct voting *voting, const struct event *event)
{
	const size_t i = voting_find_delegation(voting, event->delegation);
	if (i < voting->n_delegations)
		voting->delegations[i].intent = event->vote;
}
