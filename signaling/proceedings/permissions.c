#include "signaling/proceedings/permissions.h"

#include <stddef.h>

#define SECRETARIAT ROLE_BIT(ROLE_SECRETARIAT)
#define CHAIR ROLE_BIT(ROLE_CHAIR)
#define DELEGATE ROLE_BIT(ROLE_DELEGATE)
#define INTERPRETER ROLE_BIT(ROLE_INTERPRETER)
#define TECHNICIAN ROLE_BIT(ROLE_TECHNICIAN)
#define ROOM ROLE_BIT(ROLE_ROOM)
#define CAPTIONER ROLE_BIT(ROLE_CAPTIONER)
#define ADMIN ROLE_BIT(ROLE_ADMIN)
#define PRESIDING ROLES_PRESIDING

#define STAGE_BIT(stage) (1u << (stage))
#define IN_SESSION STAGE_BIT(STAGE_IN_SESSION)
#define VOTING STAGE_BIT(STAGE_VOTING)
#define SUSPENDED STAGE_BIT(STAGE_SUSPENDED)
#define ADJOURNED STAGE_BIT(STAGE_ADJOURNED)
#define CLOSED STAGE_BIT(STAGE_CLOSED)
#define TEST STAGE_BIT(STAGE_TEST)
#define SESSION (IN_SESSION | VOTING)
#define SITTING (SESSION | SUSPENDED)
#define ALWAYS (STAGE_BIT(STAGE_COUNT) - 1u)
#define BUT(stages) (ALWAYS & ~(stages))

struct row {
	unsigned any;  /* roles that may, over whatever it is */
	unsigned own;  /* roles that may over what is their own; none that is in `any` */
	unsigned when; /* stages in which it may be given */
	unsigned
		so; /* stages in which it is so already; elsewhere the stage's own reason is given */
	bool by_seat;    /* a room may give it for whoever sits at one of its seats */
	const char *key; /* of the profile: who of them does; NULL = all */
	size_t roles;    /* where that set of roles is in struct rules */
};
#define PROFILE(name, member) .key = (name), .roles = offsetof(struct rules, member)

/* By what it is about, in the order of PROTOCOL.md section 2. */
static const struct row rows[COMMAND_COUNT] = {
	/* the meeting */
	[COMMAND_OPEN_DOORS] = { .any = PRESIDING | TECHNICIAN,
		.when = BUT(SITTING | TEST),
		.so = SITTING | TEST },
	[COMMAND_CLOSE_DOORS] = { .any = PRESIDING | TECHNICIAN, .when = TEST, .so = BUT(TEST) },
	[COMMAND_BEGIN_SOUND_CHECK] = { .any = SECRETARIAT | TECHNICIAN, .when = TEST },
	[COMMAND_END_SOUND_CHECK] = { .any = SECRETARIAT | TECHNICIAN, .when = TEST },
	[COMMAND_OPEN_MEETING] = { .any = PRESIDING | ADMIN, .when = BUT(SITTING), .so = SITTING },
	/* Voting is not interrupted (GA rule 88); in need the meeting is suspended, or closed without a result. */
	[COMMAND_ADJOURN_MEETING] = { .any = PRESIDING,
		.when = IN_SESSION | SUSPENDED,
		.so = ADJOURNED },
	[COMMAND_SET_VISIBILITY] = { .any = PRESIDING, .when = ALWAYS },
	[COMMAND_CLOSE_MEETING] = { .any = PRESIDING | ADMIN, .when = SITTING | ADJOURNED },
	[COMMAND_SUSPEND_MEETING] = { .any = PRESIDING, .when = SESSION, .so = SUSPENDED },
	[COMMAND_RESUME_MEETING] = { .any = PRESIDING, .when = SUSPENDED, .so = SESSION },
	[COMMAND_SET_INTERPRETATION_END] = { .any = PRESIDING, .when = ALWAYS },
	[COMMAND_TAKE_UP_ITEM] = { .any = PRESIDING, .when = IN_SESSION },
	/* the list of speakers */
	/* At any time, if the profile knows inscription in advance; the floor's machine judges that. */
	[COMMAND_ASK_FOR_FLOOR] = { .any = DELEGATE | CHAIR | ROOM,
		.when = ALWAYS,
		.by_seat = true,
		PROFILE("list.may_ask", may_ask) },
	[COMMAND_INSCRIBE] = { .any = PRESIDING, .when = ALWAYS },
	[COMMAND_WITHDRAW] = { .any = PRESIDING,
		.own = DELEGATE | ROOM,
		.when = ALWAYS,
		.by_seat = true },
	[COMMAND_MOVE_ENTRY] = { .any = PRESIDING, .when = ALWAYS },
	[COMMAND_SKIP_ENTRY] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_REQUEUE_ENTRY] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_OFFER_SWAP] = { .own = DELEGATE | ROOM, .when = ALWAYS },
	[COMMAND_ACCEPT_SWAP] = { .own = DELEGATE | ROOM, .when = ALWAYS },
	[COMMAND_DECLINE_SWAP] = { .own = DELEGATE | ROOM, .when = ALWAYS },
	[COMMAND_WITHDRAW_SWAP] = { .own = DELEGATE | ROOM, .when = ALWAYS },
	[COMMAND_ANNOUNCE_LOTS] = { .any = PRESIDING, .when = ALWAYS },
	[COMMAND_DRAW_LOTS] = { .any = PRESIDING, .when = ALWAYS },
	[COMMAND_CLOSE_LIST] = { .any = PRESIDING, .when = ALWAYS },
	[COMMAND_OPEN_LIST] = { .any = PRESIDING, .when = ALWAYS },
	[COMMAND_END_LIST] = { .any = PRESIDING, .when = ALWAYS },
	[COMMAND_ASK_FOR_REPLY] = { .any = DELEGATE | ROOM, .when = SESSION, .by_seat = true },
	/* the floor and its clock */
	[COMMAND_GIVE_FLOOR] = { .any = PRESIDING, .when = IN_SESSION },
	[COMMAND_TAKE_FLOOR] = { .any = PRESIDING,
		.own = DELEGATE | ROOM,
		.when = SESSION,
		.by_seat = true },
	[COMMAND_STOP_CLOCK] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_START_CLOCK] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_RESUME_FLOOR] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_EXTEND_TIME] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_SET_LIMIT] = { .any = PRESIDING, .when = ALWAYS },
	[COMMAND_SET_BUDGET] = { .any = PRESIDING, .when = ALWAYS },
	/* points of order */
	[COMMAND_RAISE_POINT] = { .any = DELEGATE | ROOM,
		.when = SESSION,
		.by_seat = true,
		PROFILE("points.may_raise", points.may_raise) },
	[COMMAND_WITHDRAW_POINT] = { .any = PRESIDING,
		.own = DELEGATE | ROOM,
		.when = SESSION,
		.by_seat = true },
	[COMMAND_HEAR_POINT] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_RULE] = { .any = CHAIR, .when = SESSION },
	[COMMAND_APPEAL] = { .any = DELEGATE | ROOM,
		.when = SESSION,
		PROFILE("points.may_raise", points.may_raise) },
	[COMMAND_SETTLE_POINT] = { .any = PRESIDING, .when = SESSION },
	/* motions, and what is put to the vote */
	[COMMAND_RAISE_MOTION] = { .any = DELEGATE | ROOM,
		.when = IN_SESSION,
		PROFILE("motions.may_move", motions.may_move) },
	[COMMAND_WITHDRAW_MOTION] = { .any = PRESIDING, .own = DELEGATE | ROOM, .when = SESSION },
	[COMMAND_TAKE_UP_MOTION] = { .any = PRESIDING, .when = IN_SESSION },
	[COMMAND_SPEAK_ON_MOTION] = { .any = DELEGATE | ROOM,
		.when = IN_SESSION,
		PROFILE("motions.may_move", motions.may_move) },
	[COMMAND_PUT_QUESTION] = { .any = PRESIDING, .when = SESSION },
	/* decisions */
	[COMMAND_PROPOSE_DECISION] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_ADD_SPONSOR] = { .any = PRESIDING, .when = IN_SESSION },
	[COMMAND_EXPLAIN_VOTE] = { .any = DELEGATE | ROOM,
		.when = SESSION,
		PROFILE("explanations.may_explain", explanations.may_explain) },
	[COMMAND_OBJECT] = { .any = DELEGATE, .when = SESSION },
	[COMMAND_WITHDRAW_OBJECTION] = { .any = DELEGATE, .when = SESSION },
	[COMMAND_WITHDRAW_DECISION] = { .any = PRESIDING, .when = IN_SESSION },
	[COMMAND_OPEN_VOTING] = { .any = PRESIDING, .when = IN_SESSION, .so = VOTING },
	[COMMAND_ASK_FOR_BALLOT] = { .any = DELEGATE, .when = SESSION },
	[COMMAND_COLLECT_BALLOT] = { .any = DELEGATE, .when = SESSION },
	[COMMAND_CALL_NEXT] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_CAST] = { .any = DELEGATE, .when = SESSION },
	[COMMAND_ENTER_VOTE] = { .any = SECRETARIAT, .when = SESSION },
	[COMMAND_ENTER_TOTALS] = { .any = SECRETARIAT, .when = SESSION },
	[COMMAND_ANNOUNCE_LOCK] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_LOCK_VOTING] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_CORRECT_VOTE] = { .any = CHAIR, .when = SESSION },
	[COMMAND_ANNUL_VOTING] = { .any = CHAIR, .when = SESSION },
	[COMMAND_PROCLAIM] = { .any = PRESIDING, .when = SESSION },
	[COMMAND_STATE_INTENT] = { .any = SECRETARIAT, .own = DELEGATE, .when = IN_SESSION },
	/* microphones beside the floor, desks, the record */
	[COMMAND_OPEN_MICROPHONE] = { .any = CHAIR, .when = SESSION, .by_seat = true },
	[COMMAND_CLOSE_MICROPHONE] = { .any = CHAIR, .when = SESSION, .by_seat = true },
	/* Booths try their channels before the meeting is called to order. */
	[COMMAND_GO_LIVE] = { .any = INTERPRETER, .when = BUT(CLOSED) },
	[COMMAND_GO_IDLE] = { .any = INTERPRETER, .when = ALWAYS },
	[COMMAND_COUGH] = { .any = INTERPRETER, .when = BUT(CLOSED) },
	[COMMAND_SELECT_SOURCE] = { .any = INTERPRETER, .when = ALWAYS },
	[COMMAND_SELECT_OUTPUT] = { .any = INTERPRETER, .when = ALWAYS },
	[COMMAND_REQUEST_HANDOVER] = { .any = INTERPRETER, .when = BUT(CLOSED) },
	[COMMAND_ACCEPT_HANDOVER] = { .any = INTERPRETER, .when = BUT(CLOSED) },
	[COMMAND_DECLINE_HANDOVER] = { .any = INTERPRETER, .when = BUT(CLOSED) },
	[COMMAND_CANCEL_HANDOVER] = { .any = INTERPRETER, .when = BUT(CLOSED) },
	[COMMAND_SET_FLOOR_LANGUAGE] = { .any = PRESIDING | TECHNICIAN | INTERPRETER,
		.when = BUT(CLOSED) },
	[COMMAND_SPEAK_SLOWER] = { .any = INTERPRETER, .when = SESSION },
	[COMMAND_CANNOT_INTERPRET] = { .any = INTERPRETER, .when = BUT(CLOSED | ADJOURNED) },
	[COMMAND_CLEAR_IMPEDIMENT] = { .any = PRESIDING, .when = ALWAYS },
	/* A booth can always call (AIIC), and whoever called may take it back. */
	[COMMAND_CALL] = { .any = INTERPRETER, .when = ALWAYS },
	[COMMAND_ANSWER_CALL] = { .any = PRESIDING | TECHNICIAN,
		.own = INTERPRETER,
		.when = ALWAYS },
	/* Tried before the meeting, too. */
	[COMMAND_CAPTION] = { .any = CAPTIONER, .when = SITTING | TEST },
	[COMMAND_WEBCAST] = { .any = SECRETARIAT, .when = ALWAYS },
	[COMMAND_TAKE_UP_RECORDING] = { .any = SECRETARIAT, .when = SESSION },
	[COMMAND_STOP_RECORDING] = { .any = SECRETARIAT, .when = ALWAYS },
	[COMMAND_PLAN] = { .any = PRESIDING, .when = ALWAYS },
	/* the chat; to whom, the profile says */
	[COMMAND_SAY] = { .any = ROLES_ALL, .when = ALWAYS },
	[COMMAND_CLOSE_CHAT] = { .any = SECRETARIAT, .when = ALWAYS },
	[COMMAND_OPEN_CHAT] = { .any = SECRETARIAT, .when = ALWAYS },
	[COMMAND_REMOVE_MESSAGE] = { .any = SECRETARIAT, .when = ALWAYS },
	/* Added by upload alone; before the meeting, in it and after it. */
	[COMMAND_ADD_DOCUMENT] = { .any = SECRETARIAT, .when = ALWAYS },
	[COMMAND_WITHDRAW_DOCUMENT] = { .any = SECRETARIAT, .when = ALWAYS },
	/* one's own media */
	[COMMAND_LISTEN] = { .any = ROLES_ALL, .when = ALWAYS },
	[COMMAND_WATCH] = { .any = ROLES_ALL, .when = ALWAYS },
	[COMMAND_HEARS] = { .any = INTERPRETER, .when = ALWAYS },
	[COMMAND_CAPTION_LIVE] = { .any = CAPTIONER, .when = SITTING | TEST },
	[COMMAND_CAPTIONS] = { .any = ROLES_ALL, .when = ALWAYS },
	/* how the lines of all are */
	[COMMAND_SURVEY] = { .any = TECHNICIAN, .when = ALWAYS },
	[COMMAND_HISTORY] = { .any = TECHNICIAN, .when = ALWAYS },
	/* What nobody but the one asked sees or hears; of test signals the service judges whether the floor could hear them. */
	[COMMAND_TELL_SEAT] = { .any = TECHNICIAN, .when = ALWAYS },
	[COMMAND_ASK_FOR_CABLE] = { .any = TECHNICIAN, .when = ALWAYS },
	[COMMAND_LOOP_BACK] = { .any = TECHNICIAN, .when = ALWAYS },
	[COMMAND_TEST_SIGNAL] = { .any = TECHNICIAN, .when = ALWAYS },
	[COMMAND_RESTART_BOX] = { .any = TECHNICIAN, .when = ALWAYS },
	[COMMAND_ANSWER_TECHNICIAN] = { .any = ROLES_ALL, .when = ALWAYS },
	[COMMAND_TELL_LINE] = { .any = ROLES_ALL, .when = ALWAYS },
	[COMMAND_TELL_BOX] = { .any = ROLE_BIT(ROLE_ROOM), .when = ALWAYS },
	[COMMAND_LOOK_AT_BOX] = { .any = TECHNICIAN, .when = ALWAYS },
	[COMMAND_OFFER] = { .any = ROLES_ALL, .when = ALWAYS },
	[COMMAND_RESTART_ICE] = { .any = ROLES_ALL, .when = ALWAYS },
	[COMMAND_HANG_UP] = { .any = ROLES_ALL, .when = ALWAYS },
};

const char *stage_name(enum stage stage)
{
	static const char *const names[STAGE_COUNT] = {
		[STAGE_SCHEDULED] = "scheduled",
		[STAGE_TEST] = "test",
		[STAGE_IN_SESSION] = "in-session",
		[STAGE_VOTING] = "voting",
		[STAGE_SUSPENDED] = "suspended",
		[STAGE_ADJOURNED] = "adjourned",
		[STAGE_CLOSED] = "closed",
	};
	return names[stage];
}

enum stage stage_of(const struct proceedings *proceedings)
{
	switch (proceedings->meeting->phase) {
	case MEETING_SCHEDULED:
		return STAGE_SCHEDULED;
	case MEETING_TEST:
		return STAGE_TEST;
	case MEETING_IN_SESSION:
		return voting_in_progress(proceedings->voting) ? STAGE_VOTING : STAGE_IN_SESSION;
	case MEETING_SUSPENDED:
		return STAGE_SUSPENDED;
	case MEETING_ADJOURNED:
		return STAGE_ADJOURNED;
	case MEETING_CLOSED:
		break;
	}
	return STAGE_CLOSED;
}

enum permission permission_of(enum command_kind kind, enum role role)
{
	if ((rows[kind].any & ROLE_BIT(role)) != 0)
		return PERMISSION_ANY;
	return (rows[kind].own & ROLE_BIT(role)) != 0 ? PERMISSION_OWN : PERMISSION_NONE;
}

bool permission_by_seat(enum command_kind kind)
{
	return rows[kind].by_seat;
}

const char *permission_key(enum command_kind kind)
{
	return rows[kind].key;
}

enum verdict permission_stage(enum command_kind kind, enum stage stage)
{
	if ((rows[kind].when & STAGE_BIT(stage)) != 0)
		return VERDICT_OK;
	if ((rows[kind].so & STAGE_BIT(stage)) != 0)
		return VERDICT_ALREADY_SO;
	return stage == STAGE_VOTING ? VERDICT_VOTING_IN_PROGRESS : VERDICT_NOT_IN_SESSION;
}

enum verdict permission_judge(
	enum command_kind kind, enum role role, enum stage stage, const struct rules *rules)
{
	if (permission_of(kind, role) == PERMISSION_NONE)
		return VERDICT_NOT_PERMITTED;
	if (rows[kind].key != NULL) {
		unsigned roles;
		memcpy(&roles, (const char *)rules + rows[kind].roles, sizeof(roles));
		if ((roles & ROLE_BIT(role)) == 0)
			return VERDICT_NOT_PERMITTED;
	}
	return permission_stage(kind, stage);
}
