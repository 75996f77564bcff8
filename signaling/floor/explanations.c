#include "signaling/floor/explanations.h"

#include "signaling/floor/floor_priv.h"

#include <errno.h>

int explanations_new(size_t cap, struct explanations **out_explanations)
{
	struct explanations *explanations = rs_zalloc(sizeof(*explanations));
	if (explanations == NULL)
		return -ENOMEM;
	explanations->cap = cap;
	explanations->delegations = rs_calloc(cap, sizeof(*explanations->delegations));
	if (explanations->delegations == NULL) {
		explanations_free(explanations);
		return -ENOMEM;
	}
	*out_explanations = explanations;
	return 0;
}

struct explanations *explanations_free(struct explanations *explanations)
{
	if (explanations == NULL)
		return NULL;
	rs_release(explanations->delegations);
	return rs_release(explanations);
}

static size_t find(const struct explanations *explanations, const char *delegation)
{
	size_t i = 0;
	while (i < explanations->n && strcmp(explanations->delegations[i].name, delegation) != 0)
		i++;
	return i;
}

static bool is_explanation(enum list_kind list)
{
	return list == LIST_EXPLANATIONS_BEFORE || list == LIST_EXPLANATIONS_AFTER;
}

/* ---- decide ---- */

/* On the present proposal; one on an earlier proposal that was not called yet is another. */
static bool waits(const struct floor *floor, enum list_kind kind, const char *delegation)
{
	const struct floor_list *list = floor_list(floor, kind);
	for (size_t i = 0; i < list->n; i++) {
		if (list->entries[i].id > floor->explanations->since &&
			strcmp(list->entries[i].delegation, delegation) == 0)
			return true;
	}
	return false;
}

static enum verdict judge_delegation(
	const struct floor *floor, const struct explanations_command *command)
{
	const struct explanations *explanations = floor->explanations;
	const struct rules_explanations *rules = &floor->rules.explanations;
	const size_t i = find(explanations, command->delegation);
	const bool known = i < explanations->n;
	if (waits(floor, command->list, command->delegation) ||
		(rules->once &&
			(waits(floor, LIST_EXPLANATIONS_BEFORE, command->delegation) ||
				waits(floor, LIST_EXPLANATIONS_AFTER, command->delegation))))
		return VERDICT_ALREADY_ON_LIST;
	if (known && explanations->delegations[i].sponsors && !rules->sponsors)
		return VERDICT_SPONSOR;
	if (known && explanations->delegations[i].explained && rules->once)
		return VERDICT_EXPLAINED;
	return VERDICT_OK;
}

static enum verdict decide_ask(const struct floor *floor,
	const struct explanations_command *command, struct events *out_events)
{
	const struct explanations *explanations = floor->explanations;
	const struct rules_explanations *rules = &floor->rules.explanations;
	const bool before = command->list == LIST_EXPLANATIONS_BEFORE;
	/* A vote is a delegation's, not a person's. */
	if (!(before ? rules->before : rules->after) || explanations->secret ||
		command->delegation[0] == '\0')
		return VERDICT_NOT_PERMITTED;
	if (before && explanations->stage == EXPLANATIONS_VOTING)
		return VERDICT_VOTING_IN_PROGRESS;
	if (before && explanations->stage == EXPLANATIONS_PROCLAIMED)
		return VERDICT_NO_SUCH_DECISION;
	const enum verdict verdict = judge_delegation(floor, command);
	if (verdict != VERDICT_OK)
		return verdict;
	if (!floor_list_has_room(floor, floor_list(floor, command->list)))
		return VERDICT_TOO_MANY;

	struct event *event = events_add(out_events, EVENT_ENTRY_ADDED, command->by);
	event->list = command->list;
	event->entry = floor->last_entry + 1;
	event->position = (uint32_t)floor_list(floor, command->list)->n + 1;
	event->cause = CAUSE_SELF;
	(void)rs_set_text(event->participant, command->by);
	(void)rs_set_text(event->delegation, command->delegation);
	return VERDICT_OK;
}

static enum verdict decide_sponsor(const struct floor *floor,
	const struct explanations_command *command, struct events *out_events)
{
	const struct explanations *explanations = floor->explanations;
	const size_t i = find(explanations, command->delegation);
	if (explanations->stage != EXPLANATIONS_PROPOSED)
		return explanations->stage == EXPLANATIONS_VOTING ? VERDICT_VOTING_IN_PROGRESS
								  : VERDICT_NO_SUCH_DECISION;
	if (i < explanations->n && explanations->delegations[i].sponsors)
		return VERDICT_ALREADY_SO;
	if (i == explanations->cap)
		return VERDICT_TOO_MANY;
	struct event *event = events_add(out_events, EVENT_SPONSOR_ADDED, command->by);
	event->decision = command->decision;
	(void)rs_set_text(event->delegation, command->delegation);
	return VERDICT_OK;
}

enum verdict explanations_decide(const struct floor *floor,
	const struct explanations_command *command, struct events *out_events)
{
	if (!floor->in_session)
		return VERDICT_NOT_IN_SESSION;
	if (floor->explanations->stage == EXPLANATIONS_NONE ||
		floor->explanations->decision != command->decision)
		return VERDICT_NO_SUCH_DECISION;
	switch (command->kind) {
	case EXPLANATIONS_ASK:
		return decide_ask(floor, command, out_events);
	case EXPLANATIONS_ADD_SPONSOR:
		return decide_sponsor(floor, command, out_events);
	}
	return VERDICT_MALFORMED;
}

/* Before the voting those before it, after the result those after it; those on an earlier proposal whenever nobody votes. */
static enum verdict judge_time(const struct floor *floor, const struct floor_entry *entry)
{
	const struct explanations *explanations = floor->explanations;
	if (explanations->stage == EXPLANATIONS_VOTING)
		return VERDICT_VOTING_IN_PROGRESS;
	if (entry->list == LIST_EXPLANATIONS_AFTER && entry->id > explanations->since &&
		explanations->stage != EXPLANATIONS_PROCLAIMED)
		return VERDICT_NOT_PROCLAIMED;
	return VERDICT_OK;
}

bool explanations_decide_floor(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events,
	enum verdict *out_verdict)
{
	if (command->kind != FLOOR_GIVE || command->entry == 0 ||
		floor->point.stage != FLOOR_POINT_NONE)
		return false;
	const struct floor_entry *entry = floor_find_entry(floor, command->entry);
	if (entry == NULL || !is_explanation(entry->list))
		return false;
	*out_verdict = judge_time(floor, entry);
	if (*out_verdict == VERDICT_OK && person(ctx, entry->participant).presence != FLOOR_PRESENT)
		*out_verdict = VERDICT_NOT_CONNECTED;
	if (*out_verdict != VERDICT_OK)
		return true;
	struct event *event = events_add(out_events, EVENT_FLOOR_GIVEN, command->by);
	event->entry = entry->id;
	event->cause = CAUSE_LIST;
	event->allotted_ms = floor->rules.explanations.speak_s * 1000;
	(void)rs_set_text(event->participant, entry->participant);
	return true;
}

/* ---- apply ---- */

static struct floor_list *list_of(struct floor *floor, enum list_kind kind)
{
	return &floor->items[floor->current].lists[kind];
}

static struct explanations_delegation *get(
	struct explanations *explanations, const char *delegation)
{
	const size_t i = find(explanations, delegation);
	if (i == explanations->cap)
		return NULL;
	if (i == explanations->n) {
		explanations->delegations[explanations->n++] =
			(struct explanations_delegation){ .sponsors = false };
		(void)rs_set_text(explanations->delegations[i].name, delegation);
	}
	return &explanations->delegations[i];
}

static void forget(struct explanations *explanations)
{
	explanations->decision = 0;
	explanations->stage = EXPLANATIONS_NONE;
	explanations->n = 0;
}

/* Sponsors and explanations go over to the vote on what consensus has failed on. */
static void apply_proposed(struct floor *floor, const struct event *event)
{
	struct explanations *explanations = floor->explanations;
	if (event->subject != SUBJECT_PROPOSAL)
		return;
	if (explanations->stage != EXPLANATIONS_PROPOSED) {
		forget(explanations);
		explanations->since = floor->last_entry;
	}
	explanations->decision = event->decision;
	explanations->secret = event->mode == DECISION_SECRET;
	if (explanations->secret)
		floor_list_empty(floor, list_of(floor, LIST_EXPLANATIONS_BEFORE));
	explanations->stage = EXPLANATIONS_PROPOSED;
}

/* Whoever was not called before the voting may explain the vote after it. */
static void move_to_after(struct floor *floor)
{
	struct floor_list *before = list_of(floor, LIST_EXPLANATIONS_BEFORE);
	while (before->n > 0) {
		const struct floor_entry entry = before->entries[0];
		floor_list_remove(floor, before, 0);
		if (floor->rules.explanations.after)
			floor_list_insert(
				floor, list_of(floor, LIST_EXPLANATIONS_AFTER), SIZE_MAX, &entry);
	}
}

static void apply_decision(struct floor *floor, const struct event *event)
{
	struct explanations *explanations = floor->explanations;
	if (explanations->stage == EXPLANATIONS_NONE || explanations->decision != event->decision)
		return;
	switch ((int)event->kind) {
	case EVENT_VOTING_OPENED:
		explanations->stage = EXPLANATIONS_VOTING;
		move_to_after(floor);
		return;
	case EVENT_VOTING_ANNULLED:
		explanations->stage =
			EXPLANATIONS_PROPOSED; /* anew, under the number that follows */
		return;
	case EVENT_DECISION_PROCLAIMED:
		explanations->stage = EXPLANATIONS_PROCLAIMED;
		move_to_after(floor);
		return;
	default: /* withdrawn */
		floor_list_empty(floor, list_of(floor, LIST_EXPLANATIONS_BEFORE));
		forget(explanations);
		return;
	}
}

static void apply_given(struct floor *floor, const struct event *event)
{
	struct floor_place place;
	if (event->entry <= floor->explanations->since ||
		!floor_find_place(floor, event->entry, &place))
		return;
	const struct floor_entry *entry = floor_entry_at(floor, &place);
	struct explanations_delegation *delegation =
		is_explanation(entry->list) ? get(floor->explanations, entry->delegation) : NULL;
	if (delegation != NULL)
		delegation->explained = true;
}

void explanations_apply(struct floor *floor, const struct event *event)
{
	struct explanations *explanations = floor->explanations;
	switch ((int)event->kind) {
	case EVENT_MEETING_CLOSED:
		forget(explanations);
		return;
	case EVENT_ITEM_TAKEN_UP:
		if (explanations->stage == EXPLANATIONS_PROCLAIMED)
			forget(explanations);
		return;
	case EVENT_DECISION_PROPOSED:
		apply_proposed(floor, event);
		return;
	case EVENT_VOTING_OPENED:
	case EVENT_VOTING_ANNULLED:
	case EVENT_DECISION_PROCLAIMED:
	case EVENT_DECISION_WITHDRAWN:
		apply_decision(floor, event);
		return;
	case EVENT_SPONSOR_ADDED: {
		struct explanations_delegation *sponsor = get(explanations, event->delegation);
		if (sponsor != NULL)
			sponsor->sponsors = true;
		return;
	}
	case EVENT_FLOOR_GIVEN:
		apply_given(floor, event);
		return;
	default:
		return; /* of others */
	}
}
