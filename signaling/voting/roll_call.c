/* Roll call (GA rule 87): each delegation is called from the one the lot fell on; who is absent is called again in the next
 * round. Answers change until the lock. */
#include "signaling/voting/voting_priv.h"

static bool calls(const struct voting *voting)
{
	return voting->now.stage == VOTING_OPEN && voting->now.mode == DECISION_ROLL_CALL;
}

static const struct voting_delegation *at_place(const struct voting *voting, size_t place)
{
	return &voting->delegations[voting->order[place]];
}

/* The place of who is called next, and the round; false: every round is over. */
static bool next_place(const struct voting *voting, size_t *out_place, uint32_t *out_round)
{
	const struct voting_decision *now = &voting->now;
	size_t place = now->round == 0 ? 0 : now->called + 1;
	for (uint32_t round = now->round == 0 ? 1 : now->round;
		round <= voting->rules.voting.rounds; round++) {
		for (; place < now->entitled; place++) {
			const struct voting_delegation *delegation = at_place(voting, place);
			/* Whoever does not answer now is absent by the time of the next round. */
			const bool absent = delegation->vote == VOTE_ABSENT ||
					    (now->round > 0 && place == now->called &&
						    delegation->vote == VOTE_NONE);
			if (round > 1 ? absent : !delegation->called) {
				*out_place = place;
				*out_round = round;
				return true;
			}
		}
		place = 0;
	}
	return false;
}

static void add_vote(const struct voting *voting, const struct voting_command *command,
	const char *delegation, enum vote vote, struct events *out_events)
{
	struct event *event = voting_add(voting, out_events, EVENT_VOTE_CAST, command->by);
	(void)rs_set_text(event->participant, command->by);
	(void)rs_set_text(event->delegation, delegation);
	event->vote = vote;
}

enum verdict voting_decide_call(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	size_t place;
	uint32_t round;
	if (!calls(voting))
		return VERDICT_VOTING_NOT_OPEN;
	const size_t called = voting_called(voting);
	const bool silent =
		called < voting->n_delegations && voting->delegations[called].vote == VOTE_NONE;
	if (silent)
		add_vote(
			voting, command, voting->delegations[called].name, VOTE_ABSENT, out_events);
	if (!next_place(voting, &place, &round))
		return silent ? VERDICT_OK : VERDICT_ALL_CALLED;
	struct event *event = voting_add(voting, out_events, EVENT_DELEGATION_CALLED, command->by);
	(void)rs_set_text(event->delegation, at_place(voting, place)->name);
	event->round = round;
	return VERDICT_OK;
}

enum verdict voting_decide_answer(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	if (!calls(voting))
		return VERDICT_VOTING_NOT_OPEN;
	const size_t i = voting_find_delegation(voting, command->delegation);
	if (i == voting->n_delegations || !voting->delegations[i].entitled)
		return VERDICT_NOT_ENTITLED;
	if (!voting->delegations[i].called)
		return VERDICT_NOT_YOUR_TURN;
	if (voting->delegations[i].vote == command->vote)
		return VERDICT_ALREADY_SO;
	add_vote(voting, command, command->delegation, command->vote, out_events);
	return VERDICT_OK;
}

bool voting_all_called(const struct voting *voting)
{
	for (size_t place = 0; place < voting->now.entitled; place++) {
		if (!at_place(voting, place)->called)
			return false;
	}
	const size_t called = voting_called(voting);
	return called == voting->n_delegations || voting->delegations[called].vote != VOTE_NONE;
}

size_t voting_called(const struct voting *voting)
{
	const struct voting_decision *now = &voting->now;
	if (!calls(voting) || now->round == 0 || now->called >= now->entitled)
		return voting->n_delegations;
	return voting->order[now->called];
}

void voting_apply_called(struct voting *voting, const struct event *event)
{
	const size_t i = voting_find_delegation(voting, event->delegation);
	for (size_t place = 0; place < voting->now.entitled; place++) {
		if (voting->order[place] != i)
			continue;
		voting->delegations[i].called = true;
		voting->now.called = place;
		voting->now.round = event->round;
	}
}
