/* What is put to the meeting: points of order, motions, decisions and the votes on them. */
#include "recorder/record/reader_priv.h"

#include "common/base/text.h"

#include <stdio.h>
#include <string.h>

/* ---- points of order ---- */

static struct record_point *find_point(
	struct record_reader *reader, const struct reader_event *event)
{
	const uint32_t entry = reader_u32(event->data, "entry");
	for (size_t i = reader->record->n_points; i > 0; i--)
		if (reader->record->points[i - 1].entry == entry)
			return &reader->record->points[i - 1];
	return NULL;
}

static struct record_point *add_point(
	struct record_reader *reader, const struct reader_event *event)
{
	struct record *record = reader->record;
	struct record_point *list = reader_grow(
		reader, record->points, record->n_points, RECORD_HAPPENINGS_MAX, sizeof(*list));
	if (list == NULL)
		return NULL;
	record->points = list;
	struct record_point *point = &list[record->n_points++];
	*point = (struct record_point){ .entry = reader_u32(event->data, "entry"),
		.raised_ms = event->at_ms,
		.heard_ms = -1,
		.ruled_ms = -1 };
	reader_set_word(point->participant, reader_text(event->data, "participant"));
	reader_set(point->item, reader->item);
	reader_name_person(reader, point->participant);
	return point;
}

static void point_raised(struct record_reader *reader, const struct reader_event *event)
{
	(void)add_point(reader, event); /* what has no room was counted */
}

static void point_withdrawn(struct record_reader *reader, const struct reader_event *event)
{
	struct record_point *point = find_point(reader, event);
	if (point != NULL)
		reader_set_word(point->settled, "withdrawn");
}

/* The floor goes to the raiser as well: see there. */
static void point_heard(struct record_reader *reader, const struct reader_event *event)
{
	struct record_point *point = find_point(reader, event);
	if (point == NULL)
		point = add_point(reader, event); /* raised before this session began */
	if (point != NULL)
		point->heard_ms = event->at_ms;
}

static void point_ruled(struct record_reader *reader, const struct reader_event *event)
{
	struct record_point *point = find_point(reader, event);
	if (point == NULL)
		return;
	point->ruled_ms = event->at_ms;
	reader_set_word(point->ruling, reader_text(event->data, "ruling"));
}

static void ruling_appealed(struct record_reader *reader, const struct reader_event *event)
{
	struct record_point *point = find_point(reader, event);
	if (point == NULL)
		return;
	reader_set_word(point->appellant, reader_text(event->data, "participant"));
	reader_name_person(reader, point->appellant);
}

static void point_settled(struct record_reader *reader, const struct reader_event *event)
{
	struct record_point *point = find_point(reader, event);
	if (point != NULL)
		reader_set_word(point->settled, reader_text(event->data, "ruling"));
}

/* ---- motions ---- */

static struct record_motion *find_motion(
	struct record_reader *reader, const struct reader_event *event)
{
	const uint32_t entry = reader_u32(event->data, "entry");
	for (size_t i = reader->record->n_motions; i > 0; i--)
		if (reader->record->motions[i - 1].entry == entry)
			return &reader->record->motions[i - 1];
	return NULL;
}

static struct record_motion *add_motion(
	struct record_reader *reader, const struct reader_event *event)
{
	struct record *record = reader->record;
	struct record_motion *list = reader_grow(
		reader, record->motions, record->n_motions, RECORD_HAPPENINGS_MAX, sizeof(*list));
	if (list == NULL)
		return NULL;
	record->motions = list;
	struct record_motion *motion = &list[record->n_motions++];
	*motion = (struct record_motion){ .entry = reader_u32(event->data, "entry"),
		.raised_ms = event->at_ms,
		.taken_up_ms = -1 };
	reader_set_word(motion->participant, reader_text(event->data, "participant"));
	reader_set_word(motion->motion, reader_text(event->data, "motion"));
	reader_set(motion->item, reader->item);
	reader_name_person(reader, motion->participant);
	return motion;
}

static void motion_raised(struct record_reader *reader, const struct reader_event *event)
{
	(void)add_motion(reader, event); /* what has no room was counted */
}

static void motion_taken_up(struct record_reader *reader, const struct reader_event *event)
{
	struct record_motion *motion = find_motion(reader, event);
	if (motion == NULL)
		motion = add_motion(reader, event);
	if (motion != NULL)
		motion->taken_up_ms = event->at_ms;
}

static void motion_withdrawn(struct record_reader *reader, const struct reader_event *event)
{
	struct record_motion *motion = find_motion(reader, event);
	if (motion != NULL)
		reader_set_word(motion->outcome, "withdrawn");
}

static void motion_settled(struct record_reader *reader, const struct reader_event *event)
{
	struct record_motion *motion = find_motion(reader, event);
	if (motion != NULL)
		reader_set_word(motion->outcome, reader_text(event->data, "outcome"));
}

/* ---- decisions ---- */

static struct record_decision *add_decision(
	struct record_reader *reader, uint32_t number, int64_t at_ms)
{
	struct record *record = reader->record;
	struct record_decision *list = reader_grow(reader, record->decisions, record->n_decisions,
		RECORD_HAPPENINGS_MAX, sizeof(*list));
	if (list == NULL)
		return NULL;
	record->decisions = list;
	struct record_decision *decision = &list[record->n_decisions++];
	*decision = (struct record_decision){
		.decision = number, .proposed_ms = at_ms, .opened_ms = -1, .at_ms = at_ms
	};
	reader_set(decision->item, reader->item);
	reader_set_word(decision->subject, "proposal");
	return decision;
}

/* The one an event is about. What was proposed before this session began is known by its number alone. */
static struct record_decision *decision_of(
	struct record_reader *reader, const struct reader_event *event)
{
	const uint32_t number = reader_u32(event->data, "decision");
	for (size_t i = reader->record->n_decisions; i > 0; i--)
		if (reader->record->decisions[i - 1].decision == number)
			return &reader->record->decisions[i - 1];
	struct record_decision *decision =
		number != 0 ? add_decision(reader, number, event->at_ms) : NULL;
	if (decision != NULL)
		(void)snprintf(
			decision->title, sizeof(decision->title), "Decision %u", number); /* fits */
	return decision;
}

static bool names_votes(const struct record_decision *decision)
{
	return strcmp(decision->kind, "recorded") == 0 || strcmp(decision->kind, "roll-call") == 0;
}

static void decision_proposed(struct record_reader *reader, const struct reader_event *event)
{
	const char *subject = reader_text(event->data, "subject");
	const char *mode = reader_text(event->data, "mode");
	struct record_decision *decision =
		add_decision(reader, reader_u32(event->data, "decision"), event->at_ms);
	if (decision == NULL)
		return;
	decision->entry = reader_u32(event->data, "entry");
	reader_set(decision->title, reader_text(event->data, "title"));
	reader_set_word(decision->kind, strcmp(mode, "hands") == 0 ? "show-of-hands" : mode);
	if (subject[0] != '\0')
		reader_set_word(decision->subject, subject);
	reader_set_word(decision->majority, reader_text(event->data, "majority"));
}

static void decision_withdrawn(struct record_reader *reader, const struct reader_event *event)
{
	struct record_decision *decision = decision_of(reader, event);
	if (decision == NULL)
		return;
	reader_set_word(decision->result, "withdrawn");
	decision->at_ms = event->at_ms;
}

static void forget_votes(struct record_decision *decision)
{
	decision->votes = rs_release(decision->votes);
	decision->n_votes = 0;
	decision->yes = decision->no = decision->abstain = 0;
}

static void voting_opened(struct record_reader *reader, const struct reader_event *event)
{
	struct record_decision *decision = decision_of(reader, event);
	if (decision == NULL)
		return;
	forget_votes(decision);
	decision->opened_ms = event->at_ms;
	decision->entitled = reader_u32(event->data, "entitled");
}

static void voting_annulled(struct record_reader *reader, const struct reader_event *event)
{
	struct record_decision *decision = decision_of(reader, event);
	if (decision == NULL)
		return;
	forget_votes(decision);
	reader_set_word(decision->result, "annulled");
	decision->at_ms = event->at_ms;
}

/* NULL where how delegations vote is not for the record. */
static struct record_vote *vote_of(
	struct record_reader *reader, struct record_decision *decision, const char *delegation)
{
	if (decision == NULL || !names_votes(decision) ||
		!rs_name_valid(delegation, strlen(delegation)))
		return NULL;
	for (size_t i = 0; i < decision->n_votes; i++)
		if (strcmp(decision->votes[i].delegation, delegation) == 0)
			return &decision->votes[i];
	struct record_vote *list = reader_grow(
		reader, decision->votes, decision->n_votes, RECORD_VOTES_MAX, sizeof(*list));
	if (list == NULL)
		return NULL;
	decision->votes = list;
	struct record_vote *vote = &list[decision->n_votes++];
	*vote = (struct record_vote){ .vote = "" };
	reader_set(vote->delegation, delegation);
	reader_name_delegation(reader, delegation);
	return vote;
}

static void vote_cast(struct record_reader *reader, const struct reader_event *event)
{
	struct record_vote *vote =
		vote_of(reader, decision_of(reader, event), reader_text(event->data, "delegation"));
	if (vote != NULL)
		reader_set_word(vote->vote, reader_text(event->data, "vote"));
}

static void vote_corrected(struct record_reader *reader, const struct reader_event *event)
{
	struct record_vote *vote =
		vote_of(reader, decision_of(reader, event), reader_text(event->data, "delegation"));
	if (vote == NULL)
		return;
	if (vote->was[0] == '\0')
		reader_set_word(vote->was, reader_text(event->data, "was"));
	reader_set_word(vote->vote, reader_text(event->data, "vote"));
}

static void intent_stated(struct record_reader *reader, const struct reader_event *event)
{
	struct record_vote *vote =
		vote_of(reader, decision_of(reader, event), reader_text(event->data, "delegation"));
	if (vote != NULL)
		reader_set_word(vote->intent, reader_text(event->data, "vote"));
}

static void read_totals(struct record_decision *decision, const json_t *data)
{
	decision->yes = reader_u32(data, "yes");
	decision->no = reader_u32(data, "no");
	decision->abstain = reader_u32(data, "abstain");
}

static void voting_locked(struct record_reader *reader, const struct reader_event *event)
{
	struct record_decision *decision = decision_of(reader, event);
	if (decision == NULL)
		return;
	read_totals(decision, event->data);
	decision->entitled = reader_u32(event->data, "entitled");
}

static void decision_proclaimed(struct record_reader *reader, const struct reader_event *event)
{
	struct record_decision *decision = decision_of(reader, event);
	if (decision == NULL)
		return;
	read_totals(decision, event->data);
	decision->required = reader_u32(event->data, "required");
	reader_set_word(decision->result, reader_text(event->data, "outcome"));
	decision->at_ms = event->at_ms;
}

const struct reader_handler reader_questions[] = {
	{ "point-raised", point_raised },
	{ "point-withdrawn", point_withdrawn },
	{ "point-heard", point_heard },
	{ "point-ruled", point_ruled },
	{ "ruling-appealed", ruling_appealed },
	{ "point-settled", point_settled },
	{ "motion-raised", motion_raised },
	{ "motion-taken-up", motion_taken_up },
	{ "motion-withdrawn", motion_withdrawn },
	{ "motion-settled", motion_settled },
	{ "decision-proposed", decision_proposed },
	{ "decision-withdrawn", decision_withdrawn },
	{ "voting-opened", voting_opened },
	{ "vote-cast", vote_cast },
	{ "vote-corrected", vote_corrected },
	{ "voting-annulled", voting_annulled },
	{ "voting-locked", voting_locked },
	{ "intent-stated", intent_stated },
	{ "decision-proclaimed", decision_proclaimed },
	{ NULL, NULL },
};
