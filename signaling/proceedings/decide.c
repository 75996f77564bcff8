#include "signaling/proceedings/proceedings.h"

#define SPEAKING (ROLES_PRESIDING | ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_ROOM))

static const unsigned who_may[COMMAND_COUNT] = {
	[COMMAND_OPEN_MEETING] = ROLES_PRESIDING | ROLE_BIT(ROLE_ADMIN),
	[COMMAND_CLOSE_MEETING] = ROLES_PRESIDING | ROLE_BIT(ROLE_ADMIN),
	[COMMAND_SUSPEND_MEETING] = ROLES_PRESIDING,
	[COMMAND_RESUME_MEETING] = ROLES_PRESIDING,
	[COMMAND_TAKE_UP_ITEM] = ROLES_PRESIDING,
	[COMMAND_ASK_FOR_FLOOR] =
		ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_CHAIR) | ROLE_BIT(ROLE_ROOM),
	[COMMAND_WITHDRAW] = SPEAKING,
	[COMMAND_MOVE_ENTRY] = ROLES_PRESIDING,
	[COMMAND_GIVE_FLOOR] = ROLES_PRESIDING,
	[COMMAND_TAKE_FLOOR] = SPEAKING, /* the holder yields */
	[COMMAND_STOP_CLOCK] = ROLES_PRESIDING,
	[COMMAND_START_CLOCK] = ROLES_PRESIDING,
	[COMMAND_RESUME_FLOOR] = ROLES_PRESIDING,
	[COMMAND_EXTEND_TIME] = ROLES_PRESIDING,
	[COMMAND_SET_LIMIT] = ROLES_PRESIDING,
	[COMMAND_CLOSE_LIST] = ROLES_PRESIDING,
	[COMMAND_OPEN_LIST] = ROLES_PRESIDING,
	[COMMAND_ASK_FOR_REPLY] = ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_ROOM),
	[COMMAND_RAISE_POINT] = ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_ROOM),
	[COMMAND_WITHDRAW_POINT] = ROLES_PRESIDING | ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_ROOM),
	[COMMAND_HEAR_POINT] = ROLES_PRESIDING,
	[COMMAND_RULE] = ROLE_BIT(ROLE_CHAIR),
	[COMMAND_APPEAL] = ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_ROOM),
	[COMMAND_SETTLE_POINT] = ROLES_PRESIDING,
	[COMMAND_PROPOSE_DECISION] = ROLES_PRESIDING,
	[COMMAND_OBJECT] = ROLE_BIT(ROLE_DELEGATE),
	[COMMAND_WITHDRAW_DECISION] = ROLES_PRESIDING,
	[COMMAND_OPEN_VOTING] = ROLES_PRESIDING,
	[COMMAND_CAST] = ROLE_BIT(ROLE_DELEGATE),
	[COMMAND_ENTER_TOTALS] = ROLE_BIT(ROLE_SECRETARIAT),
	[COMMAND_LOCK_VOTING] = ROLES_PRESIDING,
	[COMMAND_PROCLAIM] = ROLES_PRESIDING,
	[COMMAND_OPEN_MICROPHONE] = ROLE_BIT(ROLE_CHAIR),
	[COMMAND_CLOSE_MICROPHONE] = ROLE_BIT(ROLE_CHAIR),
	[COMMAND_GO_LIVE] = ROLE_BIT(ROLE_INTERPRETER),
	[COMMAND_GO_IDLE] = ROLE_BIT(ROLE_INTERPRETER),
	[COMMAND_TAKE_UP_RECORDING] = ROLE_BIT(ROLE_SECRETARIAT),
	[COMMAND_STOP_RECORDING] = ROLE_BIT(ROLE_SECRETARIAT),
	[COMMAND_LISTEN] = ROLES_ALL,
	[COMMAND_WATCH] = ROLES_ALL,
	[COMMAND_OFFER] = ROLES_ALL,
	[COMMAND_RESTART_ICE] = ROLES_ALL,
	[COMMAND_HANG_UP] = ROLES_ALL,
};

bool command_permitted(enum command_kind kind, enum role role)
{
	return (who_may[kind] & ROLE_BIT(role)) != 0;
}

static struct floor_person person_of(const void *ctx, const char *id)
{
	const struct participant *participant = meeting_find(ctx, id);
	if (participant == NULL)
		return (struct floor_person){ .presence = FLOOR_UNKNOWN, .delegation = "" };
	return (struct floor_person){
		.presence = participant->present ? FLOOR_PRESENT : FLOOR_AWAY,
		.delegation = participant->delegation,
	};
}

static enum verdict decide_meeting(const struct proceedings *proceedings,
	enum meeting_command_kind kind, const struct command *command, struct events *out_events)
{
	const struct meeting_command meeting_command = {
		.kind = kind,
		.by = command->by,
		.item = command->item,
		.session = command->session,
	};
	if (kind == MEETING_TAKE_UP_ITEM && voting_in_progress(proceedings->voting))
		return VERDICT_VOTING_IN_PROGRESS;
	/* Nobody speaks in a closed meeting, and the record says so before it says closed. */
	if (kind == MEETING_CLOSE) {
		floor_decide_closing(proceedings->floor, command->by, out_events);
		voting_decide_closing(proceedings->voting, command->by, out_events);
	}
	return meeting_decide(proceedings->meeting, &meeting_command, out_events);
}

static enum verdict decide_floor(const struct proceedings *proceedings,
	enum floor_command_kind kind, const struct command *command, struct events *out_events)
{
	const struct participant *by = meeting_find(proceedings->meeting, command->by);
	/* Nobody interrupts the voting but on a point of order about its conduct (GA rule 88). */
	if (kind == FLOOR_GIVE && voting_in_progress(proceedings->voting))
		return VERDICT_VOTING_IN_PROGRESS;
	const struct floor_command floor_command = {
		.kind = kind,
		.by = command->by,
		.role = command->role,
		.delegation = by != NULL ? by->delegation : "",
		.entry = command->entry,
		.position = command->position,
		.participant = command->participant,
		.seconds = command->seconds,
		.ruling = command->ruling,
	};
	return floor_decide(
		proceedings->floor, &floor_command, person_of, proceedings->meeting, out_events);
}

static enum verdict decide_voting(const struct proceedings *proceedings,
	enum voting_command_kind kind, const struct command *command, struct events *out_events)
{
	const struct floor *floor = proceedings->floor;
	const struct voting_command voting_command = {
		.kind = kind,
		.by = command->by,
		.decision = command->decision,
		.title = command->title,
		.mode = command->mode,
		.majority = command->majority,
		.vote = command->vote,
		.yes = command->yes,
		.no = command->no,
		.abstain = command->abstain,
	};
	if (kind != VOTING_BEGIN)
		return voting_decide(proceedings->voting, &voting_command, out_events);
	/* Voting begins when nobody speaks: what is pending is settled first, a statement ends. */
	if (floor->point.stage != FLOOR_POINT_NONE)
		return VERDICT_POINT_PENDING;
	if (floor->now.holder[0] != '\0') {
		struct event *event = events_add(out_events, EVENT_FLOOR_TAKEN, command->by);
		event->cause = CAUSE_CHAIR;
		(void)rs_set_text(event->participant, floor->now.holder);
	}
	return voting_decide(proceedings->voting, &voting_command, out_events);
}

static enum verdict decide_desk(const struct proceedings *proceedings,
	enum interpretation_command_kind kind, const struct command *command,
	struct events *out_events)
{
	const struct participant *by = meeting_find(proceedings->meeting, command->by);
	/* Booths try their channels before the meeting is called to order. */
	if (kind == INTERPRETATION_GO_LIVE && proceedings->meeting->phase == MEETING_CLOSED)
		return VERDICT_NOT_IN_SESSION;
	const struct interpretation_command desk_command = {
		.kind = kind,
		.by = command->by,
		.channel = command->channel,
		.accredited = by != NULL && participant_has_language(by, command->channel),
	};
	return interpretation_decide(proceedings->interpretation, &desk_command, out_events);
}

static enum verdict decide_by_kind(const struct proceedings *proceedings,
	const struct command *command, struct events *out_events)
{
	switch (command->kind) {
	case COMMAND_OPEN_MEETING:
		return decide_meeting(proceedings, MEETING_OPEN, command, out_events);
	case COMMAND_CLOSE_MEETING:
		return decide_meeting(proceedings, MEETING_CLOSE, command, out_events);
	case COMMAND_SUSPEND_MEETING:
		return decide_meeting(proceedings, MEETING_SUSPEND, command, out_events);
	case COMMAND_RESUME_MEETING:
		return decide_meeting(proceedings, MEETING_RESUME, command, out_events);
	case COMMAND_TAKE_UP_ITEM:
		return decide_meeting(proceedings, MEETING_TAKE_UP_ITEM, command, out_events);
	case COMMAND_TAKE_UP_RECORDING:
		return decide_meeting(proceedings, MEETING_RECORD, command, out_events);
	case COMMAND_STOP_RECORDING:
		return decide_meeting(proceedings, MEETING_STOP_RECORDING, command, out_events);
	case COMMAND_ASK_FOR_FLOOR:
		return decide_floor(proceedings, FLOOR_ASK, command, out_events);
	case COMMAND_WITHDRAW:
		return decide_floor(proceedings, FLOOR_WITHDRAW, command, out_events);
	case COMMAND_MOVE_ENTRY:
		return decide_floor(proceedings, FLOOR_MOVE, command, out_events);
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
	case COMMAND_PROPOSE_DECISION:
		return decide_voting(proceedings, VOTING_PROPOSE, command, out_events);
	case COMMAND_OBJECT:
		return decide_voting(proceedings, VOTING_OBJECT, command, out_events);
	case COMMAND_WITHDRAW_DECISION:
		return decide_voting(proceedings, VOTING_WITHDRAW, command, out_events);
	case COMMAND_OPEN_VOTING:
		return decide_voting(proceedings, VOTING_BEGIN, command, out_events);
	case COMMAND_CAST:
		return decide_voting(proceedings, VOTING_CAST, command, out_events);
	case COMMAND_ENTER_TOTALS:
		return decide_voting(proceedings, VOTING_ENTER_TOTALS, command, out_events);
	case COMMAND_LOCK_VOTING:
		return decide_voting(proceedings, VOTING_LOCK, command, out_events);
	case COMMAND_PROCLAIM:
		return decide_voting(proceedings, VOTING_PROCLAIM, command, out_events);
	case COMMAND_OPEN_MICROPHONE:
		return decide_floor(proceedings, FLOOR_OPEN_MICROPHONE, command, out_events);
	case COMMAND_CLOSE_MICROPHONE:
		return decide_floor(proceedings, FLOOR_CLOSE_MICROPHONE, command, out_events);
	case COMMAND_GO_LIVE:
		return decide_desk(proceedings, INTERPRETATION_GO_LIVE, command, out_events);
	case COMMAND_GO_IDLE:
		return decide_desk(proceedings, INTERPRETATION_GO_IDLE, command, out_events);
	case COMMAND_LISTEN:
	case COMMAND_WATCH:
	case COMMAND_OFFER:
	case COMMAND_RESTART_ICE:
	case COMMAND_HANG_UP:
	case COMMAND_COUNT:
		break;
	}
	return VERDICT_MALFORMED;
}

enum verdict proceedings_decide(const struct proceedings *proceedings,
	const struct command *command, int64_t wall_ms, struct events *out_events)
{
	out_events->n = 0;
	if (!command_permitted(command->kind, command->role))
		return VERDICT_NOT_PERMITTED;
	const enum verdict verdict = decide_by_kind(proceedings, command, out_events);
	if (verdict != VERDICT_OK)
		out_events->n = 0;
	proceedings_stamp(proceedings, wall_ms, out_events);
	return verdict;
}

void proceedings_decide_presence(const struct proceedings *proceedings, size_t i, bool present,
	enum line line, enum event_cause cause, struct events *out_events)
{
	const struct participant *participant = &proceedings->meeting->participants[i];
	const bool leaves = participant->present && !present;

	meeting_decide_presence(proceedings->meeting, i, present, line, cause, out_events);
	if (!leaves)
		return;
	floor_decide_left(proceedings->floor, participant->id, cause, out_events);
	interpretation_decide_lost(proceedings->interpretation, participant->id,
		cause == CAUSE_LOST_LINE ? CAUSE_LOST_LINE : CAUSE_LEFT, out_events);
}
