#include "signaling/meeting/event.h"

#include <assert.h>
#include <errno.h>

static const struct {
	const char *name;
	uint64_t members;
} kinds[EVENT_COUNT] = {
	[EVENT_DOORS_OPENED] = { "doors-opened", 0 },
	[EVENT_DOORS_CLOSED] = { "doors-closed", 0 },
	[EVENT_SOUND_CHECK_BEGUN] = { "sound-check-begun", MEMBER_PARTICIPANT },
	[EVENT_SOUND_CHECK_ENDED] = { "sound-check-ended", MEMBER_PARTICIPANT | MEMBER_CAUSE },
	[EVENT_MEETING_OPENED] = { "meeting-opened", MEMBER_SITTING | MEMBER_QUORUM },
	[EVENT_VISIBILITY_CHANGED] = { "visibility-changed", 0 },
	[EVENT_MEETING_ADJOURNED] = { "meeting-adjourned", MEMBER_SITTING | MEMBER_UNTIL },
	[EVENT_MEETING_CLOSED] = { "meeting-closed", MEMBER_SITTING },
	[EVENT_MEETING_SUSPENDED] = { "meeting-suspended", MEMBER_SITTING },
	[EVENT_MEETING_RESUMED] = { "meeting-resumed", MEMBER_SITTING },
	[EVENT_INTERPRETATION_END_SET] = { "interpretation-end-set", MEMBER_UNTIL },
	[EVENT_ITEM_TAKEN_UP] = { "item-taken-up", MEMBER_ITEM },
	[EVENT_PARTICIPANT_JOINED] = { "participant-joined",
		MEMBER_PARTICIPANT | MEMBER_PERSON | MEMBER_PLACE | MEMBER_CAUSE },
	[EVENT_PARTICIPANT_LEFT] = { "participant-left",
		MEMBER_PARTICIPANT | MEMBER_PERSON | MEMBER_CAUSE },
	[EVENT_LINE_CHANGED] = { "line-changed", MEMBER_PARTICIPANT | MEMBER_LINE },
	[EVENT_ENTRY_ADDED] = { "entry-added",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_DELEGATION | MEMBER_POSITION |
			MEMBER_LIST | MEMBER_CAUSE | MEMBER_LIST_ACT },
	[EVENT_ENTRY_WITHDRAWN] = { "entry-withdrawn", MEMBER_ENTRY | MEMBER_PARTICIPANT |
							       MEMBER_POSITION | MEMBER_CAUSE |
							       MEMBER_LIST_ACT },
	[EVENT_ENTRY_MOVED] = { "entry-moved", MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_POSITION |
						       MEMBER_CAUSE | MEMBER_LIST_ACT },
	[EVENT_ENTRY_SKIPPED] = { "entry-skipped",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_CAUSE | MEMBER_LIST_ACT },
	[EVENT_ENTRY_REQUEUED] = { "entry-requeued", MEMBER_ENTRY | MEMBER_PARTICIPANT |
							     MEMBER_POSITION | MEMBER_CAUSE |
							     MEMBER_LIST_ACT },
	[EVENT_SWAP_OFFERED] = { "swap-offered",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_LIST_ACT },
	[EVENT_SWAP_DECLINED] = { "swap-declined",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_LIST_ACT },
	[EVENT_SWAP_WITHDRAWN] = { "swap-withdrawn",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_LIST_ACT },
	[EVENT_ENTRIES_SWAPPED] = { "entries-swapped",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_LIST_ACT },
	[EVENT_LOTS_ANNOUNCED] = { "lots-announced", MEMBER_LIST | MEMBER_LIST_ACT },
	[EVENT_LOTS_PLACES] = { "lots-places", MEMBER_LIST | MEMBER_LIST_ACT },
	[EVENT_LOTS_DRAWN] = { "lots-drawn", MEMBER_LIST | MEMBER_LIST_ACT },
	[EVENT_PRESSES_ORDERED] = { "presses-ordered", MEMBER_LIST | MEMBER_LIST_ACT },
	[EVENT_FLOOR_GIVEN] = { "floor-given",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_VOICE | MEMBER_ALLOTTED | MEMBER_CAUSE },
	[EVENT_FLOOR_TAKEN] = { "floor-taken", MEMBER_PARTICIPANT | MEMBER_CAUSE },
	[EVENT_CLOCK_STOPPED] = { "clock-stopped", MEMBER_PARTICIPANT | MEMBER_CAUSE },
	[EVENT_CLOCK_STARTED] = { "clock-started", MEMBER_PARTICIPANT | MEMBER_CAUSE },
	[EVENT_TIME_EXTENDED] = { "time-extended", MEMBER_PARTICIPANT | MEMBER_ALLOTTED },
	[EVENT_LIMIT_SET] = { "limit-set", MEMBER_ALLOTTED | MEMBER_LIST_ACT },
	[EVENT_BUDGET_SET] = { "budget-set", MEMBER_ALLOTTED | MEMBER_LIST_ACT },
	[EVENT_LIST_CLOSED] = { "list-closed", MEMBER_CAUSE | MEMBER_LIST_ACT },
	[EVENT_LIST_OPENED] = { "list-opened", MEMBER_CAUSE | MEMBER_LIST_ACT },
	[EVENT_LIST_ENDED] = { "list-ended", MEMBER_CAUSE | MEMBER_LIST_ACT },
	[EVENT_POINT_RAISED] = { "point-raised",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_DELEGATION },
	[EVENT_POINT_WITHDRAWN] = { "point-withdrawn",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_CAUSE },
	[EVENT_POINT_HEARD] = { "point-heard",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_VOICE | MEMBER_ALLOTTED },
	[EVENT_POINT_RULED] = { "point-ruled", MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_RULING },
	[EVENT_RULING_APPEALED] = { "ruling-appealed", MEMBER_ENTRY | MEMBER_PARTICIPANT },
	[EVENT_POINT_SETTLED] = { "point-settled",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_RULING },
	[EVENT_MOTION_RAISED] = { "motion-raised",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_DELEGATION | MEMBER_MOTION },
	[EVENT_MOTION_WITHDRAWN] = { "motion-withdrawn",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_MOTION | MEMBER_CAUSE },
	[EVENT_MOTION_TAKEN_UP] = { "motion-taken-up",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_MOTION | MEMBER_ALLOTTED },
	[EVENT_MOTION_SPEAKER_ADDED] = { "motion-speaker-added",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_DELEGATION | MEMBER_SIDE },
	[EVENT_MOTION_SPEAKER_WITHDRAWN] = { "motion-speaker-withdrawn",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_CAUSE },
	[EVENT_MOTION_LIMIT_SET] = { "motion-limit-set",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_MOTION | MEMBER_ALLOTTED },
	[EVENT_MOTION_SETTLED] = { "motion-settled",
		MEMBER_ENTRY | MEMBER_PARTICIPANT | MEMBER_MOTION | MEMBER_RESULT },
	[EVENT_DEBATE_ADJOURNED] = { "debate-adjourned", MEMBER_CAUSE },
	[EVENT_DEBATE_CLOSED] = { "debate-closed", MEMBER_CAUSE },
	[EVENT_DEBATE_REOPENED] = { "debate-reopened", MEMBER_CAUSE },
	[EVENT_DECISION_PROPOSED] = { "decision-proposed", MEMBER_DECISION | MEMBER_PROPOSAL },
	[EVENT_SPONSOR_ADDED] = { "sponsor-added", MEMBER_DECISION | MEMBER_DELEGATION },
	[EVENT_DECISION_OBJECTED] = { "decision-objected",
		MEMBER_DECISION | MEMBER_PARTICIPANT | MEMBER_DELEGATION },
	[EVENT_OBJECTION_WITHDRAWN] = { "objection-withdrawn",
		MEMBER_DECISION | MEMBER_PARTICIPANT | MEMBER_DELEGATION },
	[EVENT_DECISION_WITHDRAWN] = { "decision-withdrawn", MEMBER_DECISION | MEMBER_CAUSE },
	[EVENT_VOTING_OPENED] = { "voting-opened",
		MEMBER_DECISION | MEMBER_ENTITLED | MEMBER_QUORUM },
	[EVENT_BALLOT_ISSUED] = { "ballot-issued",
		MEMBER_DECISION | MEMBER_PARTICIPANT | MEMBER_DELEGATION },
	[EVENT_BALLOTS_PUBLISHED] = { "ballots-published", MEMBER_DECISION },
	[EVENT_DELEGATION_CALLED] = { "delegation-called", MEMBER_DECISION | MEMBER_DELEGATION },
	[EVENT_VOTE_CAST] = { "vote-cast",
		MEMBER_DECISION | MEMBER_PARTICIPANT | MEMBER_DELEGATION | MEMBER_VOTE },
	[EVENT_TOTALS_ENTERED] = { "totals-entered", MEMBER_DECISION | MEMBER_TOTALS },
	[EVENT_LOCK_ANNOUNCED] = { "lock-announced", MEMBER_DECISION },
	[EVENT_VOTING_LOCKED] = { "voting-locked",
		MEMBER_DECISION | MEMBER_TOTALS | MEMBER_ENTITLED },
	[EVENT_VOTE_CORRECTED] = { "vote-corrected",
		MEMBER_DECISION | MEMBER_DELEGATION | MEMBER_VOTE | MEMBER_REASON },
	[EVENT_VOTING_ANNULLED] = { "voting-annulled", MEMBER_DECISION | MEMBER_REASON },
	[EVENT_INTENT_STATED] = { "intent-stated",
		MEMBER_DECISION | MEMBER_PARTICIPANT | MEMBER_DELEGATION | MEMBER_VOTE },
	[EVENT_DECISION_PROCLAIMED] = { "decision-proclaimed",
		MEMBER_DECISION | MEMBER_TOTALS | MEMBER_OUTCOME },
	[EVENT_MICROPHONE_OPENED] = { "microphone-opened",
		MEMBER_PARTICIPANT | MEMBER_VOICE | MEMBER_CAUSE },
	[EVENT_MICROPHONE_CLOSED] = { "microphone-closed", MEMBER_PARTICIPANT | MEMBER_CAUSE },
	[EVENT_FLOOR_LANGUAGE_SET] = { "floor-language-set", MEMBER_LANGUAGE },
	[EVENT_DESK_COUGH] = { "desk-cough", MEMBER_CHANNEL | MEMBER_PARTICIPANT | MEMBER_ON },
	[EVENT_DESK_SOURCE] = { "desk-source", MEMBER_SOURCE | MEMBER_CAUSE },
	[EVENT_DESK_OUTPUT] = { "desk-output", MEMBER_CHANNEL | MEMBER_PARTICIPANT },
	[EVENT_HANDOVER_REQUESTED] = { "handover-requested",
		MEMBER_CHANNEL | MEMBER_PARTICIPANT | MEMBER_DUE },
	[EVENT_HANDOVER_ACCEPTED] = { "handover-accepted",
		MEMBER_CHANNEL | MEMBER_PARTICIPANT | MEMBER_DUE },
	[EVENT_HANDOVER_ENDED] = { "handover-ended",
		MEMBER_CHANNEL | MEMBER_PARTICIPANT | MEMBER_CAUSE },
	[EVENT_SPEAK_SLOWER] = { "speak-slower", 0 },
	[EVENT_INTERPRETATION_IMPEDED] = { "interpretation-impeded",
		MEMBER_BOOTH | MEMBER_IMPEDIMENT },
	[EVENT_IMPEDIMENT_CLEARED] = { "impediment-cleared", MEMBER_BOOTH },
	[EVENT_CALL_MADE] = { "call-made", MEMBER_CALL },
	[EVENT_CALL_ANSWERED] = { "call-answered", MEMBER_CALL },
	[EVENT_BOOTHS_AWAITED] = { "booths-awaited", MEMBER_AWAITED | MEMBER_UNTIL },
	[EVENT_BOOTHS_NOT_AWAITED] = { "booths-not-awaited", 0 },
	[EVENT_CAPTION] = { "caption", MEMBER_CAPTION },
	[EVENT_DESK_LIVE] = { "desk-live", MEMBER_CHANNEL | MEMBER_PARTICIPANT | MEMBER_CAUSE },
	[EVENT_DESK_IDLE] = { "desk-idle", MEMBER_CHANNEL | MEMBER_PARTICIPANT | MEMBER_CAUSE },
	[EVENT_WEBCAST] = { "webcast", MEMBER_ON },
	[EVENT_RECORDING_STARTED] = { "recording-started", MEMBER_SESSION | MEMBER_REASON },
	[EVENT_RECORDING_STOPPED] = { "recording-stopped", MEMBER_SESSION | MEMBER_REASON },
	[EVENT_RECORDING_FAILED] = { "recording-failed", MEMBER_SESSION | MEMBER_REASON },
	[EVENT_CHAT_CLOSED] = { "chat-closed", 0 },
	[EVENT_CHAT_OPENED] = { "chat-opened", 0 },
	[EVENT_MESSAGE_REMOVED] = { "message-removed", MEMBER_MESSAGE },
	[EVENT_DOCUMENT_ADDED] = { "document-added", MEMBER_ITEM },
	[EVENT_DOCUMENT_WITHDRAWN] = { "document-withdrawn", MEMBER_ITEM },
	[EVENT_MEDIA_SERVER] = { "media-server", MEMBER_INSTANCE },
};

static const char *const causes[CAUSE_COUNT] = {
	[CAUSE_NONE] = "none",
	[CAUSE_JOINED] = "joined",
	[CAUSE_LEFT] = "left",
	[CAUSE_LOST_LINE] = "lost-line",
	[CAUSE_ELSEWHERE] = "elsewhere",
	[CAUSE_ABSENT] = "absent",
	[CAUSE_LIST] = "list",
	[CAUSE_DIRECT] = "direct",
	[CAUSE_CHAIR] = "chair",
	[CAUSE_YIELDED] = "yielded",
	[CAUSE_CLOSED] = "closed",
	[CAUSE_SELF] = "self",
	[CAUSE_PARTNER] = "partner",
	[CAUSE_OVERRIDE] = "override",
	[CAUSE_HANDOVER] = "handover",
	[CAUSE_FORCED] = "forced",
	[CAUSE_PIVOT] = "pivot",
	[CAUSE_CYCLE] = "cycle",
	[CAUSE_DECLINED] = "declined",
	[CAUSE_TIMEOUT] = "timeout",
	[CAUSE_CANCELLED] = "cancelled",
	[CAUSE_IDLE] = "idle",
	[CAUSE_TIME] = "time",
	[CAUSE_VOICE] = "voice",
	[CAUSE_SUBSTITUTE] = "substitute",
	[CAUSE_MOTION] = "motion",
};

static const char *const lists[LIST_COUNT] = {
	[LIST_SPEAKERS] = "speakers",
	[LIST_REPLIES] = "replies",
	[LIST_EXPLANATIONS_BEFORE] = "explanations-before",
	[LIST_EXPLANATIONS_AFTER] = "explanations-after",
};

static const char *const rulings[RULING_COUNT] = {
	[RULING_UPHELD] = "upheld",
	[RULING_REJECTED] = "rejected",
};

static const char *const sides[SIDE_COUNT] = {
	[SIDE_IN_FAVOUR] = "in-favour",
	[SIDE_AGAINST] = "against",
};

static const char *const subjects[SUBJECT_COUNT] = {
	[SUBJECT_PROPOSAL] = "proposal",
	[SUBJECT_MOTION] = "motion",
	[SUBJECT_APPEAL] = "appeal",
};

static const char *const modes[DECISION_MODE_COUNT] = {
	[DECISION_CONSENSUS] = "consensus",
	[DECISION_HANDS] = "hands",
	[DECISION_RECORDED] = "recorded",
	[DECISION_ROLL_CALL] = "roll-call",
	[DECISION_SECRET] = "secret",
};

static const char *const votes[VOTE_COUNT] = {
	[VOTE_NONE] = "none",
	[VOTE_YES] = "yes",
	[VOTE_NO] = "no",
	[VOTE_ABSTAIN] = "abstain",
	[VOTE_ABSENT] = "absent",
};

static const char *const outcomes[OUTCOME_COUNT] = {
	[OUTCOME_ADOPTED] = "adopted",
	[OUTCOME_REJECTED] = "rejected",
	[OUTCOME_SECOND_VOTE] = "second-vote",
};

static const char *const places[PLACE_COUNT] = {
	[PLACE_REMOTE] = "remote",
	[PLACE_IN_ROOM] = "in-room",
};

static const char *const lines[LINE_COUNT] = {
	[LINE_AWAY] = "away",
	[LINE_JOINED] = "joined",
	[LINE_CONNECTED] = "connected",
};

struct event *events_add(struct events *events, enum event_kind kind, const char *by)
{
	assert(events->n < EVENTS_MAX);
	struct event *event = &events->list[events->n++];
	*event = (struct event){ .kind = kind };
	(void)rs_set_text(event->by, by); /* a badge fits */
	return event;
}

const char *event_name(enum event_kind kind)
{
	return kinds[kind].name;
}

uint64_t event_members(enum event_kind kind)
{
	return kinds[kind].members;
}

int event_parse_name(const char *name, enum event_kind *out_kind)
{
	for (size_t i = 0; i < EVENT_COUNT; i++) {
		if (strcmp(name, kinds[i].name) == 0) {
			*out_kind = (enum event_kind)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *cause_name(enum event_cause cause)
{
	return causes[cause];
}

int cause_parse(const char *name, enum event_cause *out_cause)
{
	for (size_t i = 0; i < CAUSE_COUNT; i++) {
		if (strcmp(name, causes[i]) == 0) {
			*out_cause = (enum event_cause)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *list_name(enum list_kind list)
{
	return lists[list];
}

int list_parse(const char *name, enum list_kind *out_list)
{
	for (size_t i = 0; i < LIST_COUNT; i++) {
		if (strcmp(name, lists[i]) == 0) {
			*out_list = (enum list_kind)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *ruling_name(enum ruling ruling)
{
	return rulings[ruling];
}

int ruling_parse(const char *name, enum ruling *out_ruling)
{
	for (size_t i = 0; i < RULING_COUNT; i++) {
		if (strcmp(name, rulings[i]) == 0) {
			*out_ruling = (enum ruling)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *side_name(enum motion_side side)
{
	return sides[side];
}

int side_parse(const char *name, enum motion_side *out_side)
{
	for (size_t i = 0; i < SIDE_COUNT; i++) {
		if (strcmp(name, sides[i]) == 0) {
			*out_side = (enum motion_side)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *subject_name(enum decision_subject subject)
{
	return subjects[subject];
}

int subject_parse(const char *name, enum decision_subject *out_subject)
{
	for (size_t i = 0; i < SUBJECT_COUNT; i++) {
		if (strcmp(name, subjects[i]) == 0) {
			*out_subject = (enum decision_subject)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *decision_mode_name(enum decision_mode mode)
{
	return modes[mode];
}

int decision_mode_parse(const char *name, enum decision_mode *out_mode)
{
	for (size_t i = 0; i < DECISION_MODE_COUNT; i++) {
		if (strcmp(name, modes[i]) == 0) {
			*out_mode = (enum decision_mode)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *vote_name(enum vote vote)
{
	return votes[vote];
}

int vote_parse(const char *name, enum vote *out_vote)
{
	for (size_t i = VOTE_YES; i < VOTE_COUNT; i++) {
		if (strcmp(name, votes[i]) == 0) {
			*out_vote = (enum vote)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *outcome_name(enum outcome outcome)
{
	return outcomes[outcome];
}

int outcome_parse(const char *name, enum outcome *out_outcome)
{
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		if (strcmp(name, outcomes[i]) == 0) {
			*out_outcome = (enum outcome)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *place_name(enum place place)
{
	return places[place];
}

int place_parse(const char *name, enum place *out_place)
{
	for (size_t i = 0; i < PLACE_COUNT; i++) {
		if (strcmp(name, places[i]) == 0) {
			*out_place = (enum place)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *line_name(enum line line)
{
	return lines[line];
}

int line_parse(const char *name, enum line *out_line)
{
	for (size_t i = 0; i < LINE_COUNT; i++) {
		if (strcmp(name, lines[i]) == 0) {
			*out_line = (enum line)i;
			return 0;
		}
	}
	return -ENOENT;
}
