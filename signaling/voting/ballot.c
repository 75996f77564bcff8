/* Secret ballot: who was given one is known and kept; what was cast comes in one batch at the lock, sorted, by nobody's name. */
#include "signaling/voting/voting_priv.h"

/* Octets of one ballot in an event's list: its token, a sign of equality, the longest vote, a space. */
#define ONE_MAX (2 * VOTING_TOKEN_LEN + 1 + sizeof("abstain"))
/* Ballots of one event. */
#define BATCH (EVENT_NAMES_MAX / ONE_MAX)

bool voting_is_secret(const struct voting *voting)
{
	return voting->now.mode == DECISION_SECRET && voting->now.stage == VOTING_OPEN;
}

enum verdict voting_decide_issue(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	if (!voting_is_secret(voting))
		return VERDICT_VOTING_NOT_OPEN;
	const size_t i = voting_delegation_of(voting, command->by);
	if (i == voting->n_delegations || !voting->delegations[i].entitled)
		return VERDICT_NOT_ENTITLED;
	if (command->check[0] == '\0')
		return VERDICT_MALFORMED; /* nothing was blinded */
	if (voting->delegations[i].check[0] != '\0')
		return VERDICT_ALREADY_SO;
	struct event *event = voting_add(voting, out_events, EVENT_BALLOT_ISSUED, command->by);
	(void)rs_set_text(event->participant, command->by);
	(void)rs_set_text(event->delegation, voting->delegations[i].name);
	(void)rs_set_text(event->commitment, command->check);
	return VERDICT_OK;
}

static void add_ballot(struct event *event, size_t *len, const struct voting_ballot *ballot)
{
	if (*len > 0)
		event->names[(*len)++] = ' ';
	rs_hex_encode(ballot->token, VOTING_TOKEN_LEN, event->names + *len);
	*len += 2 * (size_t)VOTING_TOKEN_LEN;
	event->names[(*len)++] = '=';
	const char *vote = vote_name(ballot->vote);
	const size_t vote_len = strlen(vote);
	memcpy(event->names + *len, vote, vote_len + 1);
	*len += vote_len;
}

static uint32_t count(const struct voting_command *command, enum vote vote)
{
	uint32_t n = 0;
	for (size_t i = 0; i < command->n_ballots; i++)
		n += command->ballots[i].vote == vote;
	return n;
}

enum verdict voting_decide_count(const struct voting *voting, const struct voting_command *command,
	struct events *out_events)
{
	/* Nobody was given a second one; more would be forged. */
	if (command->n_ballots > voting_issued(voting))
		return VERDICT_MORE_THAN_ENTITLED;
	for (size_t i = 0; i < command->n_ballots;) {
		struct event *event =
			voting_add(voting, out_events, EVENT_BALLOTS_PUBLISHED, command->by);
		size_t len = 0;
		for (size_t n = 0; n < BATCH && i < command->n_ballots; n++)
			add_ballot(event, &len, &command->ballots[i++]);
	}
	struct event *event = voting_add(voting, out_events, EVENT_VOTING_LOCKED, command->by);
	event->yes = count(command, VOTE_YES);
	event->no = count(command, VOTE_NO);
	event->abstain = count(command, VOTE_ABSTAIN);
	event->entitled = voting->now.entitled;
	return VERDICT_OK;
}

uint32_t voting_issued(const struct voting *voting)
{
	uint32_t issued = 0;
	for (size_t i = 0; i < voting->n_delegations; i++)
		issued += voting->delegations[i].check[0] != '\0';
	return issued;
}

void voting_apply_issued(struct voting *voting, const struct event *event)
{
	const size_t i = voting_find_delegation(voting, event->delegation);
	if (i < voting->n_delegations)
		(void)rs_set_text(voting->delegations[i].check, event->commitment);
}

/* One ballot of a list, up to the space behind it. */
static bool read_ballot(const char *at, size_t len, struct voting_ballot *out)
{
	char vote[sizeof("abstain")];
	const size_t digits = 2 * (size_t)VOTING_TOKEN_LEN;
	return len > digits && at[digits] == '=' &&
	       rs_hex_decode(at, digits, out->token, VOTING_TOKEN_LEN) == 0 &&
	       rs_copy_text(vote, sizeof(vote), at + digits + 1, len - digits - 1) &&
	       vote_parse(vote, &out->vote) == 0;
}

void voting_apply_published(struct voting *voting, const struct event *event)
{
	for (const char *at = event->names; *at != '\0';) {
		const size_t len = strcspn(at, " ");
		if (voting->n_published < voting->n_delegations &&
			read_ballot(at, len, &voting->published[voting->n_published]))
			voting->n_published++;
		at += len + (at[len] == ' ');
	}
}
