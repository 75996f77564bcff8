#include "signaling/floor/explanations.h"
#include "signaling/meeting/quorum.h"
#include "signaling/meeting/visibility.h"
#include "signaling/proceedings/booths.h"
#include "signaling/proceedings/permissions.h"
#include "signaling/proceedings/proceedings_priv.h"
#include "signaling/proceedings/questions.h"
#include "signaling/proceedings/seats.h"
#include "signaling/proceedings/votes.h"

struct floor_person proceedings_person(const void *ctx, const char *id)
{
	const struct meeting *meeting = ctx;
	const struct participant *participant = meeting_find(meeting, id);
	if (participant == NULL)
		return (struct floor_person){ .presence = FLOOR_UNKNOWN, .delegation = "" };
	const struct delegation *delegation =
		meeting_find_delegation(meeting, participant->delegation);
	return (struct floor_person){
		.presence = participant->present ? FLOOR_PRESENT : FLOOR_AWAY,
		.delegation = participant->delegation,
		.category = participant->category,
		.order = delegation != NULL ? (uint32_t)(delegation - meeting->delegations) : 0,
		.level = rules_level(&meeting->rules.order, participant->level),
		.rank = participant->rank,
		.in_room = participant->role == ROLE_ROOM || participant->place == PLACE_IN_ROOM,
	};
}

/* With an item that is taken up for the first time its list opens: presses from now on are a race. */
static void open_windows(
	const struct proceedings *proceedings, const char *by, struct events *events)
{
	const struct floor *floor = proceedings->floor;
	for (size_t i = 0; i < events->n; i++) {
		const char *item = events->list[i].item;
		if (events->list[i].kind != EVENT_ITEM_TAKEN_UP)
			continue;
		const struct floor_item *at = &floor->items[floor_find_item(floor, item)];
		if (at->taken_up_ms == 0 && !at->lists[LIST_SPEAKERS].closed)
			floor_decide_window_opening(floor, by, item, events);
		return;
	}
}

enum verdict proceedings_decide_meeting(const struct proceedings *proceedings,
	enum meeting_command_kind kind, const struct command *command, struct events *out_events)
{
	const struct meeting_command meeting_command = {
		.kind = kind,
		.by = command->by,
		.item = command->item,
		.until_ms = command->until_ms,
		.message = command->message,
		.session = command->session,
		.again = floor_debate(proceedings->floor) == FLOOR_DEBATE_ADJOURNED,
		.participant = command->participant,
		.overrides = command->overrides,
		.visibility = command->visibility,
		.on = command->on,
	};
	if (kind == MEETING_TAKE_UP_ITEM && questions_in_progress(proceedings))
		return VERDICT_VOTING_IN_PROGRESS;
	if (kind == MEETING_TAKE_UP_ITEM && motions_top(proceedings->floor) != NULL)
		return VERDICT_MOTION_PENDING;
	/* Nobody speaks when the sitting is over, and the record says so before it says closed. */
	if (kind == MEETING_CLOSE || kind == MEETING_ADJOURN)
		floor_decide_closing(proceedings->floor, command->by, out_events);
	if (kind == MEETING_CLOSE)
		questions_decide_closing(proceedings, command->by, out_events);
	const enum verdict verdict =
		meeting_decide(proceedings->meeting, &meeting_command, out_events);
	open_windows(proceedings, command->by, out_events);
	return verdict;
}

/* One speaks on behalf of a group that is accredited as one, or of one's own delegation. */
static bool is_group(const struct meeting *meeting, const char *id)
{
	if (id[0] == '\0')
		return true;
	const struct delegation *delegation = meeting_find_delegation(meeting, id);
	return delegation != NULL && delegation->category == CATEGORY_GROUP;
}

/* What is before the meeting is settled first; in need the meeting is suspended, or closed without. */
static enum verdict decide_adjournment(const struct proceedings *proceedings,
	const struct command *command, struct events *out_events)
{
	if (proceedings->floor->point.stage != FLOOR_POINT_NONE)
		return VERDICT_POINT_PENDING;
	if (motions_top(proceedings->floor) != NULL)
		return VERDICT_MOTION_PENDING;
	if (command->until_ms != 0 && command->until_ms <= command->wall_ms)
		return VERDICT_IN_THE_PAST;
	return proceedings_decide_meeting(proceedings, MEETING_ADJOURN, command, out_events);
}

/* Whoever must leave speaks no more, and the record says so while they still are to hear it. */
static enum verdict decide_visibility(const struct proceedings *proceedings,
	const struct command *command, struct events *out_events)
{
	const struct meeting *meeting = proceedings->meeting;
	const struct floor *floor = proceedings->floor;
	const char *speakers[] = { floor->now.holder, floor->interrupted.holder };
	for (size_t i = 0; i < RS_ARRAY_LEN(speakers); i++) {
		const struct participant *speaker = meeting_find(meeting, speakers[i]);
		if (speaker != NULL && !meeting_would_admit(meeting, command->visibility, speaker))
			floor_decide_left(floor, speaker->id, CAUSE_LEFT, out_events);
	}
	const struct participant *checked = meeting_find(meeting, meeting->checking);
	if (checked != NULL && !meeting_would_admit(meeting, command->visibility, checked)) {
		meeting_decide_unchecked(
			meeting, (size_t)(checked - meeting->participants), out_events);
	}
	return proceedings_decide_meeting(proceedings, MEETING_SET_VISIBILITY, command, out_events);
}

static enum verdict decide_floor(const struct proceedings *proceedings,
	enum floor_command_kind kind, const struct command *command, struct events *out_events)
{
	const struct participant *by = meeting_find(proceedings->meeting, command->by);
	if (!is_group(proceedings->meeting, command->wish.group))
		return VERDICT_NO_SUCH_PARTICIPANT;
	const struct floor_command floor_command = {
		.kind = kind,
		.by = command->by,
		/* By the key of a seat one does nothing to others. */
		.presides = command->seat[0] == '\0' &&
			    permission_of(command->kind, command->role) == PERMISSION_ANY,
		.delegation = by != NULL ? by->delegation : "",
		.entry = command->entry,
		.position = command->position,
		.participant = command->participant,
		.seconds = command->seconds,
		.ruling = command->ruling,
		.wall_ms = command->wall_ms,
		.item = command->item,
		.wish = &command->wish,
	};
	return floor_decide(proceedings->floor, &floor_command, proceedings_person,
		proceedings->meeting, out_events);
}

static bool is_delegation(const struct meeting *meeting, const char *delegation)
{
	for (size_t i = 0; i < meeting->n_participants; i++) {
		if (strcmp(meeting->participants[i].delegation, delegation) == 0)
			return true;
	}
	return false;
}

static enum verdict decide_explanation(const struct proceedings *proceedings,
	enum explanations_command_kind kind, const struct command *command,
	struct events *out_events)
{
	const struct participant *by = meeting_find(proceedings->meeting, command->by);
	const bool sponsor = kind == EXPLANATIONS_ADD_SPONSOR;
	if (sponsor && !is_delegation(proceedings->meeting, command->delegation))
		return VERDICT_NO_SUCH_PARTICIPANT;
	const struct explanations_command explanations_command = {
		.kind = kind,
		.by = command->by,
		.delegation = sponsor      ? command->delegation
			      : by != NULL ? by->delegation
					   : "",
		.decision = command->decision,
		.list = command->list,
	};
	return explanations_decide(proceedings->floor, &explanations_command, out_events);
}

/* A command with what is known of microphones as it is judged. */
struct desk_sounds {
	const struct proceedings *proceedings;
	const struct command *command;
};

/* An interpretation_sounds_fn. */
static bool desk_sounds(const void *ctx, const char *badge)
{
	const struct desk_sounds *sounds = ctx;
	const struct interpretation *interpretation = sounds->proceedings->interpretation;
	const struct participant *participant = meeting_find(sounds->proceedings->meeting, badge);
	const struct interpretation_desk *desk = interpretation_find(interpretation, badge);
	if (participant == NULL || desk == NULL || participant->line != LINE_CONNECTED)
		return false;
	const size_t i = (size_t)(desk - interpretation->desks);
	return (sounds->command->silent[i / 64] >> i % 64 & 1) == 0;
}

static enum verdict decide_desk(const struct proceedings *proceedings,
	enum interpretation_command_kind kind, const struct command *command,
	struct events *out_events)
{
	const struct desk_sounds sounds = { proceedings, command };
	const struct interpretation_command desk_command = {
		.kind = kind,
		.by = command->by,
		.channel = command->channel,
		.participant = command->participant,
		.language = command->language,
		.on = command->on,
		.at_ms = command->at_ms,
		.wall_ms = command->wall_ms,
		.sounds = desk_sounds,
		.ctx = &sounds,
	};
	return interpretation_decide(proceedings->interpretation, &desk_command, out_events);
}

static enum verdict decide_caption(const struct proceedings *proceedings,
	const struct command *command, struct events *out_events)
{
	const struct captions_command caption = {
		.by = command->by,
		.language = command->language,
		.line = command->line,
		.text = command->text,
		.from_ms = command->from_ms,
		.wall_ms = command->wall_ms,
	};
	return captions_decide(proceedings->captions, &caption, out_events);
}

static enum verdict decide_by_kind(const struct proceedings *proceedings,
	const struct command *command, int64_t wall_ms, struct events *out_events)
{
	switch (command->kind) {
	case COMMAND_OPEN_DOORS:
		return proceedings_decide_meeting(
			proceedings, MEETING_OPEN_DOORS, command, out_events);
	case COMMAND_CLOSE_DOORS:
		return proceedings_decide_meeting(
			proceedings, MEETING_CLOSE_DOORS, command, out_events);
	case COMMAND_BEGIN_SOUND_CHECK:
		return proceedings_decide_meeting(
			proceedings, MEETING_BEGIN_SOUND_CHECK, command, out_events);
	case COMMAND_END_SOUND_CHECK:
		return proceedings_decide_meeting(
			proceedings, MEETING_END_SOUND_CHECK, command, out_events);
	case COMMAND_OPEN_MEETING:
		return proceedings_decide_meeting(proceedings, MEETING_OPEN, command, out_events);
	case COMMAND_ADJOURN_MEETING:
		return decide_adjournment(proceedings, command, out_events);
	case COMMAND_SET_VISIBILITY:
		return decide_visibility(proceedings, command, out_events);
	case COMMAND_CLOSE_MEETING:
		return proceedings_decide_meeting(proceedings, MEETING_CLOSE, command, out_events);
	case COMMAND_SUSPEND_MEETING:
		return proceedings_decide_meeting(
			proceedings, MEETING_SUSPEND, command, out_events);
	case COMMAND_RESUME_MEETING:
		return proceedings_decide_meeting(proceedings, MEETING_RESUME, command, out_events);
	case COMMAND_SET_INTERPRETATION_END:
		return proceedings_decide_meeting(
			proceedings, MEETING_SET_INTERPRETATION_END, command, out_events);
	case COMMAND_TAKE_UP_ITEM:
		return proceedings_decide_meeting(
			proceedings, MEETING_TAKE_UP_ITEM, command, out_events);
	case COMMAND_WEBCAST:
		return proceedings_decide_meeting(
			proceedings, MEETING_WEBCAST, command, out_events);
	case COMMAND_TAKE_UP_RECORDING:
		return proceedings_decide_meeting(proceedings, MEETING_RECORD, command, out_events);
	case COMMAND_STOP_RECORDING:
		return proceedings_decide_meeting(
			proceedings, MEETING_STOP_RECORDING, command, out_events);
	case COMMAND_CLOSE_CHAT:
		return proceedings_decide_meeting(
			proceedings, MEETING_CLOSE_CHAT, command, out_events);
	case COMMAND_OPEN_CHAT:
		return proceedings_decide_meeting(
			proceedings, MEETING_OPEN_CHAT, command, out_events);
	case COMMAND_REMOVE_MESSAGE:
		return proceedings_decide_meeting(
			proceedings, MEETING_REMOVE_MESSAGE, command, out_events);
	case COMMAND_ADD_DOCUMENT:
		return documents_decide_add(proceedings->documents, proceedings->meeting,
			&command->document, command->by, out_events);
	case COMMAND_WITHDRAW_DOCUMENT:
		return documents_decide_withdraw(
			proceedings->documents, command->document.number, command->by, out_events);
	case COMMAND_ASK_FOR_FLOOR:
		return decide_floor(proceedings, FLOOR_ASK, command, out_events);
	case COMMAND_WITHDRAW:
		return decide_floor(proceedings, FLOOR_WITHDRAW, command, out_events);
	case COMMAND_INSCRIBE:
		return decide_floor(proceedings, FLOOR_INSCRIBE, command, out_events);
	case COMMAND_MOVE_ENTRY:
		return decide_floor(proceedings, FLOOR_MOVE, command, out_events);
	case COMMAND_SKIP_ENTRY:
		return decide_floor(proceedings, FLOOR_SKIP, command, out_events);
	case COMMAND_REQUEUE_ENTRY:
		return decide_floor(proceedings, FLOOR_REQUEUE, command, out_events);
	case COMMAND_OFFER_SWAP:
		return decide_floor(proceedings, FLOOR_OFFER_SWAP, command, out_events);
	case COMMAND_ACCEPT_SWAP:
		return decide_floor(proceedings, FLOOR_ACCEPT_SWAP, command, out_events);
	case COMMAND_DECLINE_SWAP:
		return decide_floor(proceedings, FLOOR_DECLINE_SWAP, command, out_events);
	case COMMAND_WITHDRAW_SWAP:
		return decide_floor(proceedings, FLOOR_WITHDRAW_SWAP, command, out_events);
	case COMMAND_ANNOUNCE_LOTS:
		return decide_floor(proceedings, FLOOR_ANNOUNCE_LOTS, command, out_events);
	case COMMAND_DRAW_LOTS:
		return decide_floor(proceedings, FLOOR_DRAW_LOTS, command, out_events);
	case COMMAND_GIVE_FLOOR:
		return decide_floor(proceedings, FLOOR_GIVE, command, out_events);
	case COMMAND_TAKE_FLOOR:
		return decide_floor(proceedings, FLOOR_TAKE, command, out_events);
	case COMMAND_STOP_CLOCK:
		return decide_floor(proceedings, FLOOR_STOP_CLOCK, command, out_events);
	case COMMAND_START_CLOCK:
		return decide_floor(proceedings, FLOOR_START_CLOCK, command, out_events);
	case COMMAND_RESUME_FLOOR:
		return decide_floor(proceedings, FLOOR_RESUME, command, out_events);
	case COMMAND_EXTEND_TIME:
		return decide_floor(proceedings, FLOOR_EXTEND, command, out_events);
	case COMMAND_SET_LIMIT:
		return decide_floor(proceedings, FLOOR_SET_LIMIT, command, out_events);
	case COMMAND_SET_BUDGET:
		return decide_floor(proceedings, FLOOR_SET_BUDGET, command, out_events);
	case COMMAND_END_LIST:
		return decide_floor(proceedings, FLOOR_END_LIST, command, out_events);
	case COMMAND_CLOSE_LIST:
		return decide_floor(proceedings, FLOOR_CLOSE_LIST, command, out_events);
	case COMMAND_OPEN_LIST:
		return decide_floor(proceedings, FLOOR_OPEN_LIST, command, out_events);
	case COMMAND_ASK_FOR_REPLY:
		return decide_floor(proceedings, FLOOR_ASK_REPLY, command, out_events);
	case COMMAND_RAISE_POINT:
		return decide_floor(proceedings, FLOOR_RAISE_POINT, command, out_events);
	case COMMAND_WITHDRAW_POINT:
		return decide_floor(proceedings, FLOOR_WITHDRAW_POINT, command, out_events);
	case COMMAND_HEAR_POINT:
		return decide_floor(proceedings, FLOOR_HEAR_POINT, command, out_events);
	case COMMAND_RULE:
		return decide_floor(proceedings, FLOOR_RULE, command, out_events);
	case COMMAND_APPEAL:
		return decide_floor(proceedings, FLOOR_APPEAL, command, out_events);
	case COMMAND_SETTLE_POINT:
		return decide_floor(proceedings, FLOOR_SETTLE, command, out_events);
	case COMMAND_RAISE_MOTION:
	case COMMAND_WITHDRAW_MOTION:
	case COMMAND_TAKE_UP_MOTION:
	case COMMAND_SPEAK_ON_MOTION:
	case COMMAND_PUT_QUESTION:
		return questions_decide(proceedings, command, out_events);
	case COMMAND_ADD_SPONSOR:
		return decide_explanation(
			proceedings, EXPLANATIONS_ADD_SPONSOR, command, out_events);
	case COMMAND_EXPLAIN_VOTE:
		return decide_explanation(proceedings, EXPLANATIONS_ASK, command, out_events);
	case COMMAND_PROPOSE_DECISION:
	case COMMAND_OBJECT:
	case COMMAND_WITHDRAW_OBJECTION:
	case COMMAND_WITHDRAW_DECISION:
	case COMMAND_OPEN_VOTING:
	case COMMAND_CALL_NEXT:
	case COMMAND_ASK_FOR_BALLOT:
	case COMMAND_CAST:
	case COMMAND_ENTER_VOTE:
	case COMMAND_ENTER_TOTALS:
	case COMMAND_ANNOUNCE_LOCK:
	case COMMAND_LOCK_VOTING:
	case COMMAND_CORRECT_VOTE:
	case COMMAND_ANNUL_VOTING:
	case COMMAND_PROCLAIM:
	case COMMAND_STATE_INTENT:
		return votes_decide(proceedings, command, wall_ms, out_events);
	case COMMAND_OPEN_MICROPHONE:
		return decide_floor(proceedings, FLOOR_OPEN_MICROPHONE, command, out_events);
	case COMMAND_CLOSE_MICROPHONE:
		return decide_floor(proceedings, FLOOR_CLOSE_MICROPHONE, command, out_events);
	case COMMAND_GO_LIVE:
		return decide_desk(proceedings, INTERPRETATION_GO_LIVE, command, out_events);
	case COMMAND_GO_IDLE:
		return decide_desk(proceedings, INTERPRETATION_GO_IDLE, command, out_events);
	case COMMAND_COUGH:
		return decide_desk(proceedings, INTERPRETATION_COUGH, command, out_events);
	case COMMAND_SELECT_SOURCE:
		return decide_desk(proceedings, INTERPRETATION_SELECT_SOURCE, command, out_events);
	case COMMAND_SELECT_OUTPUT:
		return decide_desk(proceedings, INTERPRETATION_SELECT_OUTPUT, command, out_events);
	case COMMAND_REQUEST_HANDOVER:
		return decide_desk(
			proceedings, INTERPRETATION_REQUEST_HANDOVER, command, out_events);
	case COMMAND_ACCEPT_HANDOVER:
		return decide_desk(
			proceedings, INTERPRETATION_ACCEPT_HANDOVER, command, out_events);
	case COMMAND_DECLINE_HANDOVER:
		return decide_desk(
			proceedings, INTERPRETATION_DECLINE_HANDOVER, command, out_events);
	case COMMAND_CANCEL_HANDOVER:
		return decide_desk(
			proceedings, INTERPRETATION_CANCEL_HANDOVER, command, out_events);
	case COMMAND_SET_FLOOR_LANGUAGE:
		return decide_desk(proceedings, INTERPRETATION_SET_LANGUAGE, command, out_events);
	case COMMAND_SPEAK_SLOWER:
		return booths_decide(proceedings, SIGNALS_SLOWER, command, out_events);
	case COMMAND_CANNOT_INTERPRET:
		return booths_decide(proceedings, SIGNALS_CANNOT, command, out_events);
	case COMMAND_CLEAR_IMPEDIMENT:
		return booths_decide(proceedings, SIGNALS_CLEAR, command, out_events);
	case COMMAND_CALL:
		return booths_decide(proceedings, SIGNALS_CALL, command, out_events);
	case COMMAND_ANSWER_CALL:
		return booths_decide(proceedings, SIGNALS_ANSWER, command, out_events);
	case COMMAND_CAPTION:
		return decide_caption(proceedings, command, out_events);
	case COMMAND_PLAN:
	case COMMAND_SAY:
	case COMMAND_LISTEN:
	case COMMAND_COLLECT_BALLOT:
	case COMMAND_WATCH:
	case COMMAND_HEARS:
	case COMMAND_CAPTION_LIVE:
	case COMMAND_CAPTIONS:
	case COMMAND_SURVEY:
	case COMMAND_HISTORY:
	case COMMAND_TELL_SEAT:
	case COMMAND_ASK_FOR_CABLE:
	case COMMAND_LOOP_BACK:
	case COMMAND_TEST_SIGNAL:
	case COMMAND_RESTART_BOX:
	case COMMAND_ANSWER_TECHNICIAN:
	case COMMAND_TELL_LINE:
	case COMMAND_TELL_BOX:
	case COMMAND_LOOK_AT_BOX:
	case COMMAND_OFFER:
	case COMMAND_RESTART_ICE:
	case COMMAND_HANG_UP:
	case COMMAND_COUNT:
		break;
	}
	return VERDICT_MALFORMED;
}

/* The record says whose voice comes out of which microphone. */
static void name_voices(const struct proceedings *proceedings, struct events *events)
{
	for (size_t i = 0; i < events->n; i++) {
		struct event *event = &events->list[i];
		if ((event_members(event->kind) & MEMBER_VOICE) == 0)
			continue;
		const char *voice = proceedings_voice(proceedings, event->participant);
		if (voice != NULL && strcmp(voice, event->participant) != 0)
			(void)rs_set_text(event->voice, voice);
	}
}

static enum verdict judge(const struct proceedings *proceedings, const struct command *command,
	struct events *out_events)
{
	const struct participant *by = meeting_find(proceedings->meeting, command->by);
	if (by != NULL && !meeting_admits(proceedings->meeting, by))
		return VERDICT_NOT_ADMITTED;
	enum verdict verdict = permission_judge(
		command->kind, command->role, stage_of(proceedings), &proceedings->meeting->rules);
	if (verdict == VERDICT_OK)
		verdict = decide_by_kind(proceedings, command, command->wall_ms, out_events);
	if (verdict == VERDICT_OK)
		booths_await(proceedings, command, out_events);
	return verdict;
}

enum verdict proceedings_decide(const struct proceedings *proceedings,
	const struct command *command, int64_t wall_ms, struct events *out_events)
{
	out_events->n = 0;
	/* Given again twice, or by hand meanwhile. */
	if (command->released && !booths_holds(proceedings, command))
		return VERDICT_ALREADY_SO;
	struct command judged = *command;
	judged.wall_ms = wall_ms;
	enum verdict verdict = seats_resolve(proceedings, &judged);
	if (verdict == VERDICT_OK)
		verdict = judge(proceedings, &judged, out_events);
	if (verdict != VERDICT_OK)
		out_events->n = 0;
	/* Things have changed while it waited: nobody is left to be told but the pages. */
	if (verdict != VERDICT_OK && command->released) {
		events_add(out_events, EVENT_BOOTHS_NOT_AWAITED, "");
		verdict = VERDICT_OK;
	}
	name_voices(proceedings, out_events);
	seats_name(&judged, out_events);
	proceedings_name_standing(proceedings, out_events);
	proceedings_stamp(proceedings, wall_ms, out_events);
	return verdict;
}

void proceedings_decide_presence(const struct proceedings *proceedings, size_t i,
	const struct presence *presence, struct events *out_events)
{
	const struct participant *participant = &proceedings->meeting->participants[i];
	const enum event_cause cause = presence->cause;
	const bool leaves = participant->present && !presence->present;

	meeting_decide_presence(proceedings->meeting, i, presence, out_events);
	if (!leaves)
		return;
	meeting_decide_unchecked(proceedings->meeting, i, out_events);
	floor_decide_left(proceedings->floor, participant->id, cause, out_events);
	interpretation_decide_lost(proceedings->interpretation, participant->id,
		cause == CAUSE_LOST_LINE ? CAUSE_LOST_LINE : CAUSE_LEFT, out_events);
}
