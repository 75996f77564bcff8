#include "signaling/wire/view/view.h"

#include "signaling/wire/json/doc.h"
#include "signaling/wire/view/booths.h"
#include "signaling/wire/view/captions.h"
#include "signaling/wire/view/change.h"
#include "signaling/wire/view/documents.h"
#include "signaling/wire/view/life.h"
#include "signaling/wire/view/lists.h"
#include "signaling/wire/view/people.h"
#include "signaling/wire/view/questions.h"
#include "signaling/wire/view/signals.h"
#include "signaling/wire/view/voting.h"

/* A patch must say what is gone: there null is written where the whole view leaves the member out. */
enum form {
	WHOLE,
	PATCH,
};

static json_t *meeting_part(const struct meeting *meeting, enum form form)
{
	json_t *part = json_object();
	if (form == WHOLE) {
		doc_put(&part, "id", json_string(meeting->id));
		doc_put(&part, "title", json_string(meeting->title));
		doc_put(&part, "mode",
			json_string(meeting->mode == MEETING_DIRECT ? "direct" : "floor"));
		doc_put(&part, "rehearsal", json_boolean(meeting->rehearsal));
		doc_put(&part, "body", json_string(rules_body_name(meeting->body)));
		if (meeting->room.id[0] != '\0')
			doc_put(&part, "room", view_room(&meeting->room));
	}
	doc_put(&part, "state", json_string(meeting_phase_name(meeting->phase)));
	doc_put(&part, "sitting", json_integer(meeting->sitting));
	doc_patch_int(&part, "opened", meeting->opened_ms, form == PATCH);
	doc_patch_int(
		&part, "interpretation_ends", meeting_interpretation_ends(meeting), form == PATCH);
	life_put_meeting(&part, meeting, form == PATCH);
	return part;
}

static json_t *agenda_part(const struct meeting *meeting, enum form form)
{
	json_t *part = json_object();
	doc_patch_text(&part, "current",
		meeting->item < meeting->n_items ? meeting->items[meeting->item].id : "",
		form == PATCH);
	if (form == PATCH)
		return part;
	json_t *items = json_array();
	for (size_t i = 0; i < meeting->n_items; i++) {
		json_t *item = json_object();
		doc_put(&item, "id", json_string(meeting->items[i].id));
		doc_put(&item, "title", json_string(meeting->items[i].title));
		doc_push(&items, item);
	}
	doc_put(&part, "items", items);
	return part;
}

static json_t *languages_part(const struct meeting *meeting)
{
	json_t *part = json_array();
	for (size_t i = 0; i < meeting->n_channels; i++) {
		json_t *language = json_object();
		doc_put(&language, "id", json_string(meeting->channels[i].id));
		doc_put(&language, "name", json_string(meeting->channels[i].name));
		doc_push(&part, language);
	}
	return part;
}

static json_t *participant_part(const struct participant *participant, enum form form)
{
	json_t *part = json_object();
	doc_put(&part, "present", json_boolean(participant->present));
	doc_put(&part, "line", json_string(line_name(participant->line)));
	doc_patch_text(&part, "place",
		participant->place != PLACE_REMOTE ? place_name(participant->place) : "",
		form == PATCH);
	if (form == PATCH)
		return part;

	doc_put(&part, "name", json_string(participant->name));
	doc_put(&part, "role", json_string(role_name(participant->role)));
	doc_put_text(&part, "delegation", participant->delegation);
	doc_put_text(&part, "country", participant->country);
	view_put_accreditation(&part, participant);
	json_t *languages = json_array();
	for (size_t i = 0; i < participant->n_languages; i++)
		doc_push(&languages, json_string(participant->languages[i]));
	doc_put(&part, "languages", languages);
	doc_put(&part, "csrc", json_integer(participant->csrc));
	return part;
}

static json_t *participants_part(const struct meeting *meeting, enum form form)
{
	json_t *part = json_object();
	for (size_t i = 0; i < meeting->n_participants; i++) {
		const struct participant *participant = &meeting->participants[i];
		/* Only those who are there can have been changed by an event about all. */
		if (form == WHOLE || participant->present)
			doc_put(&part, participant->id, participant_part(participant, form));
	}
	return part;
}

static json_t *floor_part(const struct proceedings *proceedings, enum form form)
{
	const struct floor *floor = proceedings->floor;
	json_t *part = json_object();
	doc_patch_text(&part, "holder", floor->now.holder, form == PATCH);
	doc_patch_int(&part, "entry", floor->now.entry, form == PATCH);
	doc_patch_text(&part, "group", floor->now.called.group, form == PATCH);
	doc_patch_int(&part, "since", floor->now.clock.since_ms, form == PATCH);
	doc_patch_int(&part, "awaits", floor->now.awaits_ms, form == PATCH);
	doc_patch_int(&part, "used", floor->now.clock.used_ms, form == PATCH);
	doc_patch_int(&part, "allotted", floor->now.clock.allotted_ms, form == PATCH);
	doc_put(&part, "suspended", json_boolean(floor->now.suspended));
	doc_patch_text(&part, "language", proceedings->interpretation->language, form == PATCH);
	view_put_signals(&part, &proceedings->signals, form == PATCH);
	return part;
}

/* What waits, and what is before the meeting. */
static json_t *points_part(const struct floor *floor, enum form form)
{
	static const char *const stages[] = {
		[FLOOR_POINT_NONE] = "",
		[FLOOR_POINT_HEARD] = "heard",
		[FLOOR_POINT_RULED] = "ruled",
		[FLOOR_POINT_APPEALED] = "appealed",
	};
	const struct floor_point *point = &floor->point;
	const bool ruled =
		point->stage == FLOOR_POINT_RULED || point->stage == FLOOR_POINT_APPEALED;
	json_t *part = json_object();
	doc_put(&part, "waiting", lists_entries(floor->points, floor->n_points));
	doc_patch_text(&part, "stage", stages[point->stage], form == PATCH);
	doc_patch_int(&part, "entry", point->entry, form == PATCH);
	doc_patch_text(&part, "participant", point->participant, form == PATCH);
	doc_patch_text(&part, "ruling", ruled ? ruling_name(point->ruling) : "", form == PATCH);
	doc_patch_text(&part, "appellant", point->appellant, form == PATCH);
	doc_patch_text(&part, "interrupted", floor->interrupted.holder, form == PATCH);
	return part;
}

static json_t *roles_part(unsigned roles)
{
	json_t *part = json_array();
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		if ((roles & ROLE_BIT(i)) != 0)
			doc_push(&part, json_string(role_name((enum role)i)));
	}
	return part;
}

/* Who may write to whom. */
static json_t *chat_rules_part(const struct rules_chat *chat)
{
	json_t *part = json_object();
	doc_put(&part, "all", roles_part(chat->to_all));
	doc_put(&part, "delegation", roles_part(chat->to_delegation));
	doc_put(&part, "secretariat", roles_part(chat->to_secretariat));
	doc_put(&part, "keep", json_integer(chat->keep_h * INT64_C(3600000)));
	return part;
}

static json_t *rules_part(const struct rules *rules)
{
	json_t *part = json_object();
	doc_put(&part, "name", json_string(rules->name));
	doc_put(&part, "warn", json_integer(rules->time.warn_s * INT64_C(1000)));
	doc_put(&part, "grace", json_integer(rules->time.grace_s * INT64_C(1000)));
	doc_put(&part, "cut", json_boolean(rules->time.cut));
	doc_put(&part, "in_advance", json_boolean(rules->in_advance));
	json_t *majorities = json_array();
	for (size_t i = 0; i < rules->n_majorities; i++)
		doc_push(&majorities, json_string(rules->majorities[i].name));
	doc_put(&part, "majorities", majorities);
	doc_put(&part, "motions", view_rules_motions(rules));
	doc_put(&part, "explanations", view_rules_explanations(rules));
	doc_put(&part, "chair_settles_appeals", json_boolean(rules->points.chair_settles));
	doc_put(&part, "roll_call_rounds", json_integer(rules->voting.rounds));
	doc_put(&part, "chat", chat_rules_part(&rules->chat));
	doc_put(&part, "interpretation", view_rules_interpretation(&rules->interpretation));
	return part;
}

static json_t *open_part(const struct floor *floor)
{
	json_t *part = json_array();
	const char *source;
	for (size_t i = 0; (source = floor_open(floor, i)) != NULL; i++)
		doc_push(&part, json_string(source));
	return part;
}

static json_t *recording_part(const struct meeting *meeting, enum form form)
{
	json_t *part = json_object();
	doc_put(&part, "state", json_string(meeting_recording_name(meeting->recording)));
	doc_patch_text(&part, "session", meeting->session, form == PATCH);
	doc_patch_text(&part, "reason", meeting->reason, form == PATCH);
	return part;
}

static json_t *chat_part(const struct meeting *meeting)
{
	json_t *part = json_object();
	doc_put(&part, "closed", json_boolean(meeting->chat_closed));
	return part;
}

static json_t *media_part(const struct meeting *meeting, enum form form)
{
	json_t *part = json_object();
	doc_patch_text(&part, "instance", meeting->instance, form == PATCH);
	return part;
}

int view_write(const struct proceedings *proceedings, struct rs_buf *out)
{
	const struct meeting *meeting = proceedings->meeting;
	json_t *view = json_object();
	doc_put(&view, "meeting", meeting_part(meeting, WHOLE));
	doc_put(&view, "agenda", agenda_part(meeting, WHOLE));
	doc_put(&view, "languages", languages_part(meeting));
	doc_put(&view, "delegations", view_delegations(meeting));
	doc_put(&view, "booths", view_booths(proceedings));
	doc_put(&view, "participants", participants_part(meeting, WHOLE));
	doc_put(&view, "quorum", life_quorum_part(meeting, false));
	doc_put(&view, "rules", rules_part(&meeting->rules));
	lists_put(&view, proceedings->floor);
	doc_put(&view, "inscription", lists_inscription(proceedings->floor, false));
	doc_put(&view, "advance", lists_advance(proceedings->floor, "", false));
	doc_put(&view, "points", points_part(proceedings->floor, WHOLE));
	doc_put(&view, "motions", view_motions(proceedings->floor, false));
	doc_put(&view, "explanations", view_explanations(proceedings->floor));
	if (proceedings->voting->now.stage != VOTING_NONE)
		doc_put(&view, "decision", view_decision(proceedings->voting));
	doc_put(&view, "second_votes", view_second_votes(proceedings->votings[0]));
	doc_put(&view, "floor", floor_part(proceedings, WHOLE));
	doc_put(&view, "open", open_part(proceedings->floor));
	doc_put(&view, "channels", view_channels(proceedings, false));
	doc_put(&view, "desks", view_desks(proceedings->interpretation, NULL));
	doc_put(&view, "calls", view_calls(&proceedings->signals, NULL));
	doc_put(&view, "captions", captions_part(proceedings->captions));
	doc_put(&view, "recording", recording_part(meeting, WHOLE));
	doc_put(&view, "media", media_part(meeting, WHOLE));
	doc_put(&view, "chat", chat_part(meeting));
	doc_put(&view, "documents", documents_part(proceedings->documents, meeting->visibility));
	return doc_append(view, out);
}

int view_documents_write(const struct proceedings *proceedings, struct rs_buf *out)
{
	json_t *part = json_object();
	doc_put(&part, "documents",
		documents_part(proceedings->documents, proceedings->meeting->visibility));
	return doc_append(part, out);
}

/* Parts of the view, as a set. */
enum part {
	PART_MEETING = 1 << 0,
	PART_AGENDA = 1 << 1,
	PART_PARTICIPANT = 1 << 2, /* the one of the event */
	PART_PARTICIPANTS = 1 << 3,
	PART_LIST = 1 << 4,
	PART_FLOOR = 1 << 5,
	PART_OPEN = 1 << 6,
	PART_CHANNELS = 1 << 7,
	PART_DESKS = 1 << 25,
	PART_IMPEDIMENTS = 1 << 26,
	PART_CALLS = 1 << 27,
	PART_CAPTIONS = 1 << 30,
	PART_RECORDING = 1 << 8,
	PART_MEDIA = 1 << 9,
	PART_INSCRIPTION = 1 << 10,
	PART_POINTS = 1 << 11,
	PART_DECISION = 1 << 12,
	PART_CHAT = 1 << 29,
	PART_VOTERS = 1 << 13, /* of an open voting */
	PART_DOCUMENTS = 1 << 28,
	PART_MOTIONS = 1 << 14,
	PART_EXPLANATIONS = 1 << 15,
	PART_QUORUM = 1 << 20,
	PART_SECOND_VOTES = 1 << 21,
	PART_ADVANCE = 1 << 24,
};

static const unsigned touched[EVENT_COUNT] = {
	[EVENT_DOORS_OPENED] = PART_MEETING,
	[EVENT_DOORS_CLOSED] = PART_MEETING,
	[EVENT_SOUND_CHECK_BEGUN] = PART_MEETING,
	[EVENT_SOUND_CHECK_ENDED] = PART_MEETING,
	[EVENT_MEETING_OPENED] = PART_MEETING,
	[EVENT_VISIBILITY_CHANGED] = PART_MEETING | PART_DOCUMENTS,
	[EVENT_MEETING_ADJOURNED] = PART_MEETING | PART_LIST | PART_ADVANCE | PART_POINTS |
				    PART_FLOOR | PART_OPEN | PART_CHANNELS | PART_DESKS |
				    PART_IMPEDIMENTS | PART_MOTIONS,
	[EVENT_MEETING_SUSPENDED] = PART_MEETING | PART_FLOOR | PART_OPEN,
	[EVENT_MEETING_RESUMED] = PART_MEETING | PART_FLOOR | PART_OPEN,
	[EVENT_MEETING_CLOSED] = PART_MEETING | PART_LIST | PART_ADVANCE | PART_POINTS |
				 PART_FLOOR | PART_OPEN | PART_CHANNELS | PART_DESKS |
				 PART_IMPEDIMENTS | PART_DECISION | PART_MOTIONS,
	[EVENT_INTERPRETATION_END_SET] = PART_MEETING,
	[EVENT_ITEM_TAKEN_UP] =
		PART_AGENDA | PART_LIST | PART_ADVANCE | PART_DECISION | PART_MOTIONS | PART_FLOOR,
	[EVENT_PARTICIPANT_JOINED] = PART_PARTICIPANT | PART_VOTERS | PART_QUORUM,
	[EVENT_PARTICIPANT_LEFT] = PART_PARTICIPANT | PART_VOTERS | PART_QUORUM,
	[EVENT_LINE_CHANGED] = PART_PARTICIPANT,
	[EVENT_ENTRY_ADDED] = PART_LIST,
	[EVENT_ENTRY_WITHDRAWN] = PART_LIST,
	[EVENT_ENTRY_MOVED] = PART_LIST,
	[EVENT_ENTRY_SKIPPED] = PART_LIST,
	[EVENT_ENTRY_REQUEUED] = PART_LIST | PART_FLOOR | PART_OPEN,
	[EVENT_SWAP_OFFERED] = PART_LIST,
	[EVENT_SWAP_DECLINED] = PART_LIST,
	[EVENT_SWAP_WITHDRAWN] = PART_LIST,
	[EVENT_ENTRIES_SWAPPED] = PART_LIST,
	[EVENT_LOTS_ANNOUNCED] = PART_LIST,
	[EVENT_LOTS_PLACES] = 0,
	[EVENT_LOTS_DRAWN] = PART_LIST,
	[EVENT_PRESSES_ORDERED] = PART_LIST,
	[EVENT_FLOOR_GIVEN] = PART_LIST | PART_FLOOR | PART_OPEN | PART_MOTIONS,
	[EVENT_FLOOR_TAKEN] =
		PART_FLOOR | PART_OPEN | PART_POINTS | PART_INSCRIPTION | PART_MOTIONS,
	[EVENT_POINT_RAISED] = PART_POINTS | PART_FLOOR,
	[EVENT_POINT_WITHDRAWN] = PART_POINTS,
	[EVENT_POINT_HEARD] = PART_POINTS | PART_FLOOR | PART_OPEN,
	[EVENT_POINT_RULED] = PART_POINTS | PART_FLOOR | PART_OPEN,
	[EVENT_RULING_APPEALED] = PART_POINTS,
	[EVENT_POINT_SETTLED] = PART_POINTS | PART_FLOOR | PART_OPEN,
	[EVENT_MOTION_RAISED] = PART_MOTIONS,
	[EVENT_MOTION_WITHDRAWN] = PART_MOTIONS | PART_POINTS | PART_FLOOR | PART_OPEN,
	[EVENT_MOTION_TAKEN_UP] = PART_MOTIONS | PART_FLOOR | PART_OPEN,
	[EVENT_MOTION_SPEAKER_ADDED] = PART_MOTIONS,
	[EVENT_MOTION_SPEAKER_WITHDRAWN] = PART_MOTIONS,
	[EVENT_MOTION_LIMIT_SET] = PART_MOTIONS,
	[EVENT_MOTION_SETTLED] = PART_MOTIONS | PART_POINTS | PART_FLOOR | PART_OPEN,
	[EVENT_DEBATE_ADJOURNED] = PART_INSCRIPTION,
	[EVENT_DEBATE_CLOSED] = PART_INSCRIPTION | PART_LIST,
	[EVENT_DEBATE_REOPENED] = PART_INSCRIPTION,
	[EVENT_CLOCK_STOPPED] = PART_FLOOR | PART_OPEN,
	[EVENT_CLOCK_STARTED] = PART_FLOOR | PART_OPEN,
	[EVENT_TIME_EXTENDED] = PART_FLOOR,
	[EVENT_LIMIT_SET] = PART_LIST,
	[EVENT_BUDGET_SET] = PART_LIST,
	[EVENT_LIST_CLOSED] = PART_LIST,
	[EVENT_LIST_OPENED] = PART_LIST,
	[EVENT_LIST_ENDED] = PART_LIST,
	[EVENT_DECISION_PROPOSED] = PART_DECISION | PART_MOTIONS | PART_EXPLANATIONS,
	[EVENT_SPONSOR_ADDED] = PART_EXPLANATIONS,
	[EVENT_DECISION_OBJECTED] = PART_DECISION,
	[EVENT_OBJECTION_WITHDRAWN] = PART_DECISION,
	[EVENT_DECISION_WITHDRAWN] = PART_DECISION | PART_MOTIONS | PART_EXPLANATIONS | PART_FLOOR,
	[EVENT_VOTING_OPENED] = PART_DECISION | PART_EXPLANATIONS | PART_FLOOR,
	[EVENT_DELEGATION_CALLED] = PART_DECISION,
	[EVENT_BALLOT_ISSUED] = PART_DECISION,
	[EVENT_BALLOTS_PUBLISHED] = PART_DECISION,
	[EVENT_VOTE_CAST] = PART_DECISION,
	[EVENT_TOTALS_ENTERED] = PART_DECISION,
	[EVENT_LOCK_ANNOUNCED] = PART_DECISION,
	[EVENT_VOTING_LOCKED] = PART_DECISION,
	[EVENT_VOTE_CORRECTED] = PART_DECISION,
	[EVENT_VOTING_ANNULLED] = PART_DECISION | PART_EXPLANATIONS,
	[EVENT_INTENT_STATED] = PART_DECISION,
	[EVENT_DECISION_PROCLAIMED] =
		PART_DECISION | PART_SECOND_VOTES | PART_MOTIONS | PART_EXPLANATIONS,
	[EVENT_MICROPHONE_OPENED] = PART_OPEN,
	[EVENT_MICROPHONE_CLOSED] = PART_OPEN,
	[EVENT_FLOOR_LANGUAGE_SET] = PART_FLOOR | PART_CHANNELS | PART_DESKS,
	[EVENT_DESK_LIVE] = PART_CHANNELS | PART_DESKS,
	[EVENT_DESK_IDLE] = PART_CHANNELS | PART_DESKS,
	[EVENT_DESK_COUGH] = PART_DESKS,
	[EVENT_DESK_SOURCE] = PART_CHANNELS | PART_DESKS,
	[EVENT_DESK_OUTPUT] = PART_DESKS,
	[EVENT_HANDOVER_REQUESTED] = PART_CHANNELS,
	[EVENT_HANDOVER_ACCEPTED] = PART_CHANNELS,
	[EVENT_HANDOVER_ENDED] = PART_CHANNELS,
	[EVENT_SPEAK_SLOWER] = PART_FLOOR,
	[EVENT_INTERPRETATION_IMPEDED] = PART_IMPEDIMENTS,
	[EVENT_IMPEDIMENT_CLEARED] = PART_IMPEDIMENTS,
	[EVENT_CALL_MADE] = PART_CALLS,
	[EVENT_CALL_ANSWERED] = PART_CALLS,
	[EVENT_BOOTHS_AWAITED] = PART_FLOOR,
	[EVENT_BOOTHS_NOT_AWAITED] = PART_FLOOR,
	[EVENT_CAPTION] = PART_CAPTIONS,
	[EVENT_WEBCAST] = PART_MEETING,
	[EVENT_RECORDING_STARTED] = PART_RECORDING,
	[EVENT_RECORDING_STOPPED] = PART_RECORDING,
	[EVENT_RECORDING_FAILED] = PART_RECORDING,
	[EVENT_CHAT_CLOSED] = PART_CHAT,
	[EVENT_CHAT_OPENED] = PART_CHAT,
	[EVENT_DOCUMENT_ADDED] = PART_DOCUMENTS,
	[EVENT_DOCUMENT_WITHDRAWN] = PART_DOCUMENTS,
	[EVENT_MEDIA_SERVER] = PART_MEDIA | PART_PARTICIPANTS,
};

/* The lists of the item the event is about: the one taken up, or another. */
static void put_touched(json_t **patch, const struct floor *floor, const struct event *event)
{
	const bool other =
		event->item[0] != '\0' && strcmp(event->item, floor->items[floor->current].id) != 0;
	if (other)
		doc_put(patch, "advance", lists_advance(floor, event->item, true));
	else
		lists_put(patch, floor);
	if (!other)
		doc_put(patch, "inscription", lists_inscription(floor, true));
}

static json_t *one_participant(const struct meeting *meeting, const char *id)
{
	json_t *part = json_object();
	const struct participant *participant = meeting_find(meeting, id);
	if (participant != NULL)
		doc_put(&part, id, participant_part(participant, PATCH));
	return part;
}

json_t *view_patch(const struct proceedings *proceedings, const struct event *event)
{
	const struct meeting *meeting = proceedings->meeting;
	const unsigned parts = touched[event->kind];
	json_t *patch = json_object();

	if (parts & PART_MEETING)
		doc_put(&patch, "meeting", meeting_part(meeting, PATCH));
	if (parts & PART_AGENDA)
		doc_put(&patch, "agenda", agenda_part(meeting, PATCH));
	if (parts & PART_PARTICIPANT)
		doc_put(&patch, "participants", one_participant(meeting, event->participant));
	if (parts & PART_PARTICIPANTS)
		doc_put(&patch, "participants", participants_part(meeting, PATCH));
	if (parts & PART_QUORUM)
		doc_put(&patch, "quorum", life_quorum_part(meeting, true));
	if (parts & PART_LIST)
		put_touched(&patch, proceedings->floor, event);
	if (parts & PART_INSCRIPTION)
		doc_put(&patch, "inscription", lists_inscription(proceedings->floor, true));
	if (parts & PART_ADVANCE)
		doc_put(&patch, "advance", lists_advance(proceedings->floor, "", true));
	if (parts & PART_POINTS)
		doc_put(&patch, "points", points_part(proceedings->floor, PATCH));
	if (parts & (PART_LIST | PART_EXPLANATIONS))
		doc_put(&patch, "explanations", view_explanations(proceedings->floor));
	if (parts & PART_MOTIONS)
		doc_put(&patch, "motions", view_motions(proceedings->floor, true));
	if ((parts & PART_DECISION) ||
		((parts & PART_VOTERS) && view_votes_wait(proceedings->voting)))
		doc_put(&patch, "decision", view_decision_change(proceedings->voting, event));
	if (parts & PART_SECOND_VOTES)
		doc_put(&patch, "second_votes", view_second_votes(proceedings->votings[0]));
	if (parts & PART_FLOOR)
		doc_put(&patch, "floor", floor_part(proceedings, PATCH));
	if (parts & PART_OPEN)
		doc_put(&patch, "open", open_part(proceedings->floor));
	if (parts & PART_CHANNELS)
		doc_put(&patch, "channels", view_channels(proceedings, true));
	if (parts & PART_DESKS)
		doc_put(&patch, "desks", view_desks(proceedings->interpretation, event));
	if (parts & PART_IMPEDIMENTS)
		doc_put(&patch, "booths", view_impediments_change(proceedings, event));
	if (parts & PART_CALLS)
		doc_put(&patch, "calls", view_calls(&proceedings->signals, event));
	if (parts & PART_CAPTIONS)
		doc_put(&patch, "captions", captions_change(proceedings->captions, event));
	if (parts & PART_RECORDING)
		doc_put(&patch, "recording", recording_part(meeting, PATCH));
	if (parts & PART_CHAT)
		doc_put(&patch, "chat", chat_part(meeting));
	if (parts & PART_DOCUMENTS) {
		doc_put(&patch, "documents",
			documents_change(proceedings->documents, meeting->visibility, event));
	}
	if (parts & PART_MEDIA)
		doc_put(&patch, "media", media_part(meeting, PATCH));
	return patch;
}
