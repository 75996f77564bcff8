#include "signaling/wire/view/voting.h"

static void put_tally(json_t **part, const struct voting *voting, bool patch)
{
	const struct voting_decision *now = &voting->now;
	doc_put(part, "yes", json_integer(now->yes));
	doc_put(part, "no", json_integer(now->no));
	doc_put(part, "abstain", json_integer(now->abstain));
	doc_patch_int(part, "required", voting_required(voting), patch);
	doc_patch_int(part, "missing", voting_missing(voting), patch);
}

static bool is_opened_by_name(const struct voting *voting)
{
	return voting_is_by_name(voting) && voting->now.stage > VOTING_PROPOSED;
}

bool view_votes_wait(const struct voting *voting)
{
	return voting_is_secret(voting) ||
	       (voting->now.stage == VOTING_OPEN && is_opened_by_name(voting));
}

/* Another decision may have been before the meeting, with other voters: they go from what is patched. */
static void put_no_others(json_t **part, const struct voting *voting, bool intents)
{
	for (size_t i = 0; i < voting->n_delegations; i++) {
		const struct voting_delegation *delegation = &voting->delegations[i];
		if (intents ? delegation->intent == VOTE_NONE : !delegation->entitled)
			doc_put(part, delegation->name, json_null());
	}
}

/* By delegation; a vote changes its own alone. */
static json_t *votes_part(const struct voting *voting, const char *changed)
{
	json_t *part = json_object();
	for (size_t i = 0; i < voting->now.entitled; i++) {
		const struct voting_delegation *delegation = &voting->delegations[voting->order[i]];
		if (changed == NULL || strcmp(changed, delegation->name) == 0)
			doc_put(&part, delegation->name, json_string(vote_name(delegation->vote)));
	}
	return part;
}

/* Who would be missed if the voting were locked now. */
static void put_offline(json_t **part, const struct voting *voting, bool patch)
{
	json_t *offline = json_array();
	for (size_t i = 0; i < voting->n_delegations; i++) {
		if (voting_is_offline(voting, i))
			doc_push(&offline, json_string(voting->delegations[i].name));
	}
	doc_patch(part, "offline", offline, view_votes_wait(voting), patch);
}

static void put_objectors(json_t **part, const struct voting *voting, bool patch)
{
	json_t *objectors = json_array();
	for (size_t i = 0; i < voting->n_delegations; i++) {
		if (voting->delegations[i].objects)
			doc_push(&objectors, json_string(voting->delegations[i].name));
	}
	doc_patch(part, "objectors", objectors, voting->now.objections > 0, patch);
}

/* Who was given a ballot: that is all anybody knows of who voted. */
static void put_issued(json_t **part, const struct voting *voting, bool patch)
{
	json_t *issued = json_array();
	for (size_t i = 0; i < voting->n_delegations; i++) {
		if (voting->delegations[i].check[0] != '\0')
			doc_push(&issued, json_string(voting->delegations[i].name));
	}
	doc_patch(part, "issued", issued,
		voting->now.mode == DECISION_SECRET && voting->now.stage > VOTING_PROPOSED, patch);
}

/* Sorted by token, from this one on. */
static json_t *published(const struct voting *voting, size_t from)
{
	json_t *ballots = json_object();
	for (size_t i = from; i < voting->n_published; i++) {
		char token[2 * VOTING_TOKEN_LEN + 1];
		rs_hex_encode(voting->published[i].token, VOTING_TOKEN_LEN, token);
		doc_put(&ballots, token, json_string(vote_name(voting->published[i].vote)));
	}
	return ballots;
}

/* They are told as they are published, each once, and with the whole. */
static void put_published(json_t **part, const struct voting *voting, bool patch)
{
	if (voting->n_published == 0)
		doc_patch(part, "ballots", json_object(), false, patch);
	else if (!patch)
		doc_put(part, "ballots", published(voting, 0));
}

/* Those of this event are the last ones of the list. */
static json_t *published_change(const struct voting *voting, const struct event *event)
{
	json_t *part = json_object();
	size_t n = event->names[0] != '\0';
	for (const char *at = event->names; *at != '\0'; at++)
		n += *at == ' ';
	doc_put(&part, "ballots",
		published(voting, n < voting->n_published ? voting->n_published - n : 0));
	return part;
}

static void put_called(json_t **part, const struct voting *voting, bool patch)
{
	const size_t called = voting_called(voting);
	doc_patch_text(part, "called",
		called < voting->n_delegations ? voting->delegations[called].name : "", patch);
	doc_patch_int(part, "round", voting->now.round, patch);
}

/* The order is told as the roll call opens, and with the whole. */
static void put_roll_call(json_t **part, const struct voting *voting, bool patch)
{
	const struct voting_decision *now = &voting->now;
	const bool rolls = now->mode == DECISION_ROLL_CALL && now->stage > VOTING_PROPOSED;
	json_t *order = json_array();
	for (size_t i = 0; i < now->entitled && rolls; i++)
		doc_push(&order, json_string(voting->delegations[voting->order[i]].name));
	doc_patch(part, "order", order, rolls, patch);
	put_called(part, voting, patch);
	doc_patch_text(part, "commitment", now->commitment, patch);
	doc_patch_text(part, "seed", now->seed, patch);
}

/* The votes after the lock: what a ruling corrected, what delegations stated after the result. */
static void put_after(json_t **part, const struct voting *voting, bool patch)
{
	json_t *corrections = json_array();
	for (size_t i = 0; i < voting->n_corrections; i++) {
		const struct voting_correction *correction = &voting->corrections[i];
		json_t *one = json_object();
		doc_put(&one, "delegation",
			json_string(voting->delegations[correction->delegation].name));
		doc_put(&one, "was", json_string(vote_name(correction->was)));
		doc_put(&one, "vote", json_string(vote_name(correction->vote)));
		doc_put(&one, "reason", json_string(correction->reason));
		doc_push(&corrections, one);
	}
	doc_patch(part, "corrections", corrections, voting->n_corrections > 0, patch);
	json_t *intents = json_object();
	bool any = false;
	for (size_t i = 0; i < voting->n_delegations; i++) {
		const struct voting_delegation *delegation = &voting->delegations[i];
		if (delegation->intent == VOTE_NONE)
			continue;
		doc_put(&intents, delegation->name, json_string(vote_name(delegation->intent)));
		any = true;
	}
	if (any && patch)
		put_no_others(&intents, voting, true);
	doc_patch(part, "intents", intents, any, patch);
}

static json_t *decision_part(const struct voting *voting, bool patch)
{
	const struct voting_decision *now = &voting->now;
	const bool by_name = is_opened_by_name(voting);
	if (now->stage == VOTING_NONE)
		return json_null();
	json_t *part = json_object();
	doc_put(&part, "decision", json_integer(now->number));
	doc_put(&part, "title", json_string(now->title));
	doc_patch_text(&part, "subject",
		now->subject != SUBJECT_PROPOSAL ? subject_name(now->subject) : "", patch);
	doc_put(&part, "mode", json_string(decision_mode_name(now->mode)));
	doc_put(&part, "state", json_string(voting_stage_name(now->stage)));
	doc_patch_text(&part, "majority", now->majority, patch);
	doc_patch_int(&part, "second_vote_on", now->again, patch);
	put_objectors(&part, voting, patch);
	doc_patch_int(&part, "entitled", now->entitled, patch);
	doc_patch_int(&part, "without_vote",
		now->mode == DECISION_CONSENSUS ? 0 : voting_without_vote(voting), patch);
	put_tally(&part, voting, patch);
	put_offline(&part, voting, patch);
	json_t *votes = by_name ? votes_part(voting, NULL) : NULL;
	if (by_name && patch)
		put_no_others(&votes, voting, false);
	doc_patch(&part, "votes", votes, by_name, patch);
	doc_put(&part, "counted", json_boolean(now->totals));
	doc_patch_int(&part, "lock", now->lock_due_ms, patch);
	doc_patch_text(&part, "key", now->key, patch);
	put_issued(&part, voting, patch);
	put_published(&part, voting, patch);
	put_roll_call(&part, voting, patch);
	put_after(&part, voting, patch);
	doc_patch_text(&part, "outcome",
		now->stage == VOTING_PROCLAIMED ? outcome_name(now->outcome) : "", patch);
	return part;
}

json_t *view_decision(const struct voting *voting)
{
	return decision_part(voting, false);
}

json_t *view_decision_change(const struct voting *voting, const struct event *event)
{
	json_t *part;
	switch ((int)event->kind) {
	case EVENT_PARTICIPANT_JOINED:
	case EVENT_PARTICIPANT_LEFT:
		part = json_object();
		put_offline(&part, voting, true);
		return part;
	case EVENT_BALLOT_ISSUED:
		part = json_object();
		doc_patch_int(&part, "missing", voting_missing(voting), true);
		put_issued(&part, voting, true);
		return part;
	case EVENT_BALLOTS_PUBLISHED:
		return published_change(voting, event);
	case EVENT_DELEGATION_CALLED:
		part = json_object();
		put_called(&part, voting, true);
		return part;
	case EVENT_VOTE_CAST:
		part = json_object();
		put_offline(&part, voting, true);
		put_tally(&part, voting, true);
		doc_put(&part, "votes", votes_part(voting, event->delegation));
		return part;
	case EVENT_LOCK_ANNOUNCED:
		part = json_object();
		doc_patch_int(&part, "lock", voting->now.lock_due_ms, true);
		return part;
	default:
		return decision_part(voting, true);
	}
}

json_t *view_second_votes(const struct voting *voting)
{
	json_t *part = json_array();
	for (size_t i = 0; i < voting->n_ties; i++) {
		json_t *tie = json_object();
		doc_put(&tie, "decision", json_integer(voting->ties[i].number));
		doc_put(&tie, "title", json_string(voting->ties[i].title));
		doc_put(&tie, "due", json_integer(voting->ties[i].due_ms));
		doc_push(&part, tie);
	}
	return part;
}
