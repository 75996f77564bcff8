/* Motions and explanations of vote in the view: what waits, and what is before the meeting, the topmost first. */
#include "signaling/wire/view/questions.h"

static json_t *speakers_part(const struct motion *motion)
{
	json_t *part = json_array();
	for (size_t i = 0; i < motion->n_speakers; i++) {
		const struct motion_speaker *speaker = &motion->speakers[i];
		json_t *one = json_object();
		doc_put(&one, "entry", json_integer(speaker->entry));
		doc_put(&one, "participant", json_string(speaker->participant));
		doc_put(&one, "side", json_string(side_name(speaker->side)));
		doc_put(&one, "called", json_boolean(speaker->called));
		doc_push(&part, one);
	}
	return part;
}

static json_t *motion_part(const struct floor *floor, const struct motion *motion)
{
	json_t *part = json_object();
	doc_put(&part, "entry", json_integer(motion->entry));
	doc_put(&part, "motion", json_string(motion_rules(floor, motion)->name));
	doc_put(&part, "participant", json_string(motion->participant));
	doc_put(&part, "asked", json_integer(motion->asked_ms));
	return part;
}

static json_t *pending_part(const struct floor *floor, const struct motion *motion)
{
	json_t *part = motion_part(floor, motion);
	doc_put(&part, "speakers", speakers_part(motion));
	if (motion->allotted_ms != 0)
		doc_put(&part, "allotted", json_integer(motion->allotted_ms));
	if (motion->decision != 0)
		doc_put(&part, "decision", json_integer(motion->decision));
	doc_put_text(&part, "interrupted", motion->interrupted.holder);
	return part;
}

static json_t *last_part(const struct floor *floor)
{
	const struct motion_result *last = &floor->motions->last;
	json_t *part = json_object();
	doc_put(&part, "motion", json_string(floor->rules.motions.kinds[last->kind].name));
	doc_put(&part, "decision", json_integer(last->decision));
	doc_put(&part, "outcome", json_string(outcome_name(last->outcome)));
	doc_put(&part, "yes", json_integer(last->yes));
	doc_put(&part, "no", json_integer(last->no));
	doc_put(&part, "abstain", json_integer(last->abstain));
	return part;
}

json_t *view_motions(const struct floor *floor, bool patch)
{
	const struct motions *motions = floor->motions;
	json_t *part = json_object();
	json_t *waiting = json_array();
	json_t *pending = json_array();
	for (size_t i = 0; i < motions->n_waiting; i++)
		doc_push(&waiting, motion_part(floor, &motions->waiting[i]));
	for (size_t i = motions->n_pending; i > 0; i--)
		doc_push(&pending, pending_part(floor, &motions->pending[i - 1]));
	doc_put(&part, "waiting", waiting);
	doc_put(&part, "pending", pending);
	if (motions->last.entry != 0)
		doc_put(&part, "last", last_part(floor));
	else if (patch)
		doc_put(&part, "last", json_null());
	return part;
}

json_t *view_rules_motions(const struct rules *rules)
{
	json_t *part = json_array();
	for (size_t i = 0; i < rules->motions.n; i++) {
		const struct rules_motion *kind = &rules->motions.kinds[i];
		json_t *one = json_object();
		doc_put(&one, "motion", json_string(kind->name));
		doc_put(&one, "rank", json_integer(kind->rank));
		doc_put(&one, "in_favour", json_integer(kind->in_favour));
		doc_put(&one, "against", json_integer(kind->against));
		doc_push(&part, one);
	}
	return part;
}

static json_t *explanations_part(const struct floor_list *list)
{
	json_t *part = json_array();
	for (size_t i = 0; i < list->n; i++) {
		json_t *one = json_object();
		doc_put(&one, "entry", json_integer(list->entries[i].id));
		doc_put(&one, "participant", json_string(list->entries[i].participant));
		doc_put(&one, "asked", json_integer(list->entries[i].asked_ms));
		doc_push(&part, one);
	}
	return part;
}

json_t *view_explanations(const struct floor *floor)
{
	const struct explanations *explanations = floor->explanations;
	json_t *part = json_object();
	json_t *sponsors = json_array();
	json_t *explained = json_array();
	for (size_t i = 0; i < explanations->n; i++) {
		const struct explanations_delegation *delegation = &explanations->delegations[i];
		if (delegation->sponsors)
			doc_push(&sponsors, json_string(delegation->name));
		if (delegation->explained)
			doc_push(&explained, json_string(delegation->name));
	}
	doc_put(&part, "before", explanations_part(floor_list(floor, LIST_EXPLANATIONS_BEFORE)));
	doc_put(&part, "after", explanations_part(floor_list(floor, LIST_EXPLANATIONS_AFTER)));
	doc_put(&part, "sponsors", sponsors);
	doc_put(&part, "explained", explained);
	return part;
}

json_t *view_rules_explanations(const struct rules *rules)
{
	json_t *part = json_object();
	doc_put(&part, "before", json_boolean(rules->explanations.before));
	doc_put(&part, "after", json_boolean(rules->explanations.after));
	doc_put(&part, "once", json_boolean(rules->explanations.once));
	doc_put(&part, "sponsors", json_boolean(rules->explanations.sponsors));
	return part;
}
