#include "signaling/voting/voting.h"

#include "signaling/rules/collate.h"
#include "signaling/voting/voting_priv.h"

#include <errno.h>

static bool votes(const struct participant *participant)
{
	return participant->role == ROLE_DELEGATE && participant->delegation[0] != '\0' &&
	       participant->category == CATEGORY_MEMBER;
}

static void add_delegation(struct voting *voting, const struct meeting *meeting, const char *name)
{
	const struct delegation *delegation = meeting_find_delegation(meeting, name);
	struct voting_delegation *added = &voting->delegations[voting->n_delegations++];
	(void)rs_set_text(added->name, name);
	added->without_vote = delegation != NULL && delegation->without_vote;
}

static void add_badge(
	struct voting *voting, const struct meeting *meeting, const struct participant *participant)
{
	const size_t at = voting_find_delegation(voting, participant->delegation);
	if (at == voting->n_delegations)
		add_delegation(voting, meeting, participant->delegation);
	struct voting_badge *badge = &voting->badges[voting->n_badges++];
	(void)rs_set_text(badge->id, participant->id);
	badge->delegation = at;
	badge->present = participant->present;
}

/* The name a delegation is called by. */
static const char *name_of(const struct meeting *meeting, const char *delegation)
{
	for (size_t i = 0; i < meeting->n_participants; i++) {
		const struct participant *participant = &meeting->participants[i];
		if (strcmp(participant->delegation, delegation) == 0 &&
			participant->country[0] != '\0')
			return participant->country;
	}
	return delegation;
}

static int order_by_name(struct voting *voting, const struct meeting *meeting)
{
	const char **names = rs_calloc(voting->n_delegations + 1, sizeof(*names));
	if (names == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < voting->n_delegations; i++)
		names[i] = name_of(meeting, voting->delegations[i].name);
	const char *language = meeting->n_channels > 0 ? meeting->channels[0].id : "en";
	const int err = collate_order(language, names, voting->n_delegations, voting->alphabet);
	rs_release(names);
	return err;
}

int voting_new(const struct meeting *meeting, struct voting **out_voting)
{
	size_t n = 0;
	for (size_t i = 0; i < meeting->n_participants; i++)
		n += votes(&meeting->participants[i]);

	struct voting *voting = rs_zalloc(sizeof(*voting));
	if (voting == NULL)
		return -ENOMEM;
	voting->rules = meeting->rules;
	voting->delegations = rs_calloc(n + 1, sizeof(*voting->delegations));
	voting->badges = rs_calloc(n + 1, sizeof(*voting->badges));
	voting->alphabet = rs_calloc(n + 1, sizeof(*voting->alphabet));
	voting->order = rs_calloc(n + 1, sizeof(*voting->order));
	voting->published = rs_calloc(n + 1, sizeof(*voting->published));
	int err = voting->delegations == NULL || voting->badges == NULL ||
				  voting->alphabet == NULL || voting->order == NULL ||
				  voting->published == NULL
			  ? -ENOMEM
			  : 0;
	for (size_t i = 0; i < meeting->n_participants && err == 0; i++) {
		if (votes(&meeting->participants[i]))
			add_badge(voting, meeting, &meeting->participants[i]);
	}
	if (err == 0)
		err = order_by_name(voting, meeting);
	if (err < 0) {
		voting_free(voting);
		return err;
	}
	*out_voting = voting;
	return 0;
}

struct voting *voting_free(struct voting *voting)
{
	if (voting == NULL)
		return NULL;
	rs_release(voting->delegations);
	rs_release(voting->badges);
	rs_release(voting->alphabet);
	rs_release(voting->order);
	rs_release(voting->published);
	return rs_release(voting);
}

size_t voting_find_badge(const struct voting *voting, const char *id)
{
	size_t i = 0;
	while (i < voting->n_badges && strcmp(voting->badges[i].id, id) != 0)
		i++;
	return i;
}

size_t voting_find_delegation(const struct voting *voting, const char *name)
{
	size_t i = 0;
	while (i < voting->n_delegations && strcmp(voting->delegations[i].name, name) != 0)
		i++;
	return i;
}

size_t voting_delegation_of(const struct voting *voting, const char *badge)
{
	const size_t i = voting_find_badge(voting, badge);
	return i < voting->n_badges ? voting->badges[i].delegation : voting->n_delegations;
}

const struct rules_majority *voting_find_majority(const struct voting *voting, const char *name)
{
	for (size_t i = 0; i < voting->rules.n_majorities; i++) {
		if (strcmp(voting->rules.majorities[i].name, name) == 0)
			return &voting->rules.majorities[i];
	}
	return NULL;
}

bool voting_delegation_present(const struct voting *voting, size_t i)
{
	for (size_t j = 0; j < voting->n_badges; j++) {
		if (voting->badges[j].delegation == i && voting->badges[j].present)
			return true;
	}
	return false;
}

bool voting_in_progress(const struct voting *voting)
{
	return voting->now.stage == VOTING_OPEN || voting->now.stage == VOTING_LOCKED;
}

uint32_t voting_majority(const struct rules_majority *majority, uint32_t base)
{
	const uint64_t part = (uint64_t)base * majority->numerator;
	const uint64_t least = majority->more_than
				       ? part / majority->denominator + 1
				       : (part + majority->denominator - 1) / majority->denominator;
	return (uint32_t)least + majority->extra;
}

static uint32_t base_of(const struct voting_decision *now, enum rules_base base)
{
	switch (base) {
	case RULES_AUTHORISED:
		return now->entitled;
	case RULES_WITH_ABSTENTIONS:
		return now->yes + now->no + now->abstain;
	case RULES_PRESENT_AND_VOTING:
		break;
	}
	return now->yes + now->no;
}

uint32_t voting_required(const struct voting *voting)
{
	const struct voting_decision *now = &voting->now;
	const struct rules_majority *majority = voting_find_majority(voting, now->majority);
	if (majority == NULL)
		return 0;
	return voting_majority(majority, base_of(now, majority->base));
}

bool voting_is_by_name(const struct voting *voting)
{
	return voting->now.mode == DECISION_RECORDED || voting->now.mode == DECISION_ROLL_CALL;
}

uint32_t voting_missing(const struct voting *voting)
{
	uint32_t missing = 0;
	if (voting->now.mode == DECISION_SECRET)
		return voting->now.entitled - voting_issued(voting);
	if (!voting_is_by_name(voting))
		return 0;
	for (size_t i = 0; i < voting->n_delegations; i++) {
		const struct voting_delegation *delegation = &voting->delegations[i];
		missing += delegation->entitled && delegation->vote == VOTE_NONE;
	}
	return missing;
}

uint32_t voting_without_vote(const struct voting *voting)
{
	uint32_t n = 0;
	for (size_t i = 0; i < voting->n_delegations; i++)
		n += voting->delegations[i].without_vote;
	return n;
}

bool voting_is_offline(const struct voting *voting, size_t i)
{
	const struct voting_delegation *delegation = &voting->delegations[i];
	return delegation->entitled && delegation->vote == VOTE_NONE &&
	       delegation->check[0] == '\0' && !voting_delegation_present(voting, i);
}

const char *voting_stage_name(enum voting_stage stage)
{
	static const char *const names[] = {
		[VOTING_NONE] = "",
		[VOTING_PROPOSED] = "proposed",
		[VOTING_OPEN] = "open",
		[VOTING_LOCKED] = "locked",
		[VOTING_PROCLAIMED] = "proclaimed",
	};
	return names[stage];
}
