/* signaling/proceedings/proceedings.h
 *
 * Everything that is decided in one meeting, as one machine: joins meeting, floor, voting and interpretation, so that one
 * command may have effects in all of them. decide changes nothing; apply cannot fail; the state is a replay of the events. Also derives
 * what the media server is to let through. One thread; allocates only in proceedings_new().
 */
#ifndef ROSTRUM_SIGNALING_PROCEEDINGS_PROCEEDINGS_H
#define ROSTRUM_SIGNALING_PROCEEDINGS_PROCEEDINGS_H

#include "signaling/captions/captions.h"
#include "signaling/floor/floor.h"
#include "signaling/interpretation/interpretation.h"
#include "signaling/interpretation/signals.h"
#include "signaling/meeting/documents.h"
#include "signaling/meeting/meeting.h"
#include "signaling/planner/planner.h"
#include "signaling/voting/voting.h"

/* A proposal, the motion over it, the appeal over both (questions.h). */
#define QUESTIONS_MAX 3
/* How fast the meeting goes, for its plan (plan.h). */
struct pace {
	struct planner planner;
	/* the statement from a list that is heard; empty = none */
	char speaker[RS_NAME_MAX + 1];
	size_t group;
	uint32_t allotted_ms;
	int64_t began_ms;
	int64_t ended_ms;     /* that of the last one; 0 = none yet */
	int64_t suspended_ms; /* since when; 0 = it is not */
};

struct proceedings {
	struct meeting *meeting;
	struct floor *floor;
	struct voting *voting; /* what is before the meeting: the last of `votings` */
	struct voting *votings[QUESTIONS_MAX];
	size_t n_votings;
	struct interpretation *interpretation;
	struct signals signals; /* of its booths */
	struct captions *captions;
	struct documents *documents;
	struct pace pace;
};

enum command_kind {
	COMMAND_OPEN_DOORS,
	COMMAND_CLOSE_DOORS,
	COMMAND_BEGIN_SOUND_CHECK,
	COMMAND_END_SOUND_CHECK,
	COMMAND_OPEN_MEETING,
	COMMAND_ADJOURN_MEETING,
	COMMAND_SET_VISIBILITY,
	COMMAND_CLOSE_MEETING,
	COMMAND_SUSPEND_MEETING,
	COMMAND_RESUME_MEETING,
	COMMAND_SET_INTERPRETATION_END,
	COMMAND_TAKE_UP_ITEM,
	COMMAND_ASK_FOR_FLOOR,
	COMMAND_INSCRIBE,
	COMMAND_WITHDRAW,
	COMMAND_MOVE_ENTRY,
	COMMAND_SKIP_ENTRY,
	COMMAND_REQUEUE_ENTRY,
	COMMAND_OFFER_SWAP,
	COMMAND_ACCEPT_SWAP,
	COMMAND_DECLINE_SWAP,
	COMMAND_WITHDRAW_SWAP,
	COMMAND_ANNOUNCE_LOTS,
	COMMAND_DRAW_LOTS,
	COMMAND_GIVE_FLOOR,
	COMMAND_TAKE_FLOOR,
	COMMAND_STOP_CLOCK,
	COMMAND_START_CLOCK,
	COMMAND_RESUME_FLOOR,
	COMMAND_EXTEND_TIME,
	COMMAND_SET_LIMIT,
	COMMAND_SET_BUDGET,
	COMMAND_CLOSE_LIST,
	COMMAND_OPEN_LIST,
	COMMAND_END_LIST,
	COMMAND_ASK_FOR_REPLY,
	COMMAND_RAISE_POINT,
	COMMAND_WITHDRAW_POINT,
	COMMAND_HEAR_POINT,
	COMMAND_RULE,
	COMMAND_APPEAL,
	COMMAND_SETTLE_POINT,
	COMMAND_RAISE_MOTION,
	COMMAND_WITHDRAW_MOTION,
	COMMAND_TAKE_UP_MOTION,
	COMMAND_SPEAK_ON_MOTION,
	COMMAND_PUT_QUESTION,
	COMMAND_PROPOSE_DECISION,
	COMMAND_ADD_SPONSOR,
	COMMAND_EXPLAIN_VOTE,
	COMMAND_OBJECT,
	COMMAND_WITHDRAW_OBJECTION,
	COMMAND_WITHDRAW_DECISION,
	COMMAND_OPEN_VOTING,
	COMMAND_CALL_NEXT,
	COMMAND_ASK_FOR_BALLOT,
	COMMAND_CAST,
	COMMAND_ENTER_VOTE,
	COMMAND_ENTER_TOTALS,
	COMMAND_ANNOUNCE_LOCK,
	COMMAND_LOCK_VOTING,
	COMMAND_CORRECT_VOTE,
	COMMAND_ANNUL_VOTING,
	COMMAND_PROCLAIM,
	COMMAND_STATE_INTENT,
	COMMAND_OPEN_MICROPHONE,
	COMMAND_CLOSE_MICROPHONE,
	COMMAND_GO_LIVE,
	COMMAND_GO_IDLE,
	COMMAND_COUGH,
	COMMAND_SELECT_SOURCE,
	COMMAND_SELECT_OUTPUT,
	COMMAND_REQUEST_HANDOVER,
	COMMAND_ACCEPT_HANDOVER,
	COMMAND_DECLINE_HANDOVER,
	COMMAND_CANCEL_HANDOVER,
	COMMAND_SET_FLOOR_LANGUAGE,
	COMMAND_SPEAK_SLOWER,
	COMMAND_CANNOT_INTERPRET,
	COMMAND_CLEAR_IMPEDIMENT,
	COMMAND_CALL,
	COMMAND_ANSWER_CALL,
	COMMAND_CAPTION,
	COMMAND_WEBCAST,
	COMMAND_TAKE_UP_RECORDING,
	COMMAND_STOP_RECORDING,
	COMMAND_CLOSE_CHAT,
	COMMAND_OPEN_CHAT,
	COMMAND_REMOVE_MESSAGE,
	COMMAND_ADD_DOCUMENT,
	COMMAND_WITHDRAW_DOCUMENT,
	/* these make no events */
	COMMAND_PLAN,
	COMMAND_SAY,
	COMMAND_LISTEN,
	COMMAND_COLLECT_BALLOT,
	COMMAND_WATCH,
	COMMAND_HEARS,
	COMMAND_CAPTION_LIVE,
	COMMAND_CAPTIONS,
	COMMAND_SURVEY,
	COMMAND_HISTORY,
	COMMAND_TELL_SEAT,
	COMMAND_ASK_FOR_CABLE,
	COMMAND_LOOP_BACK,
	COMMAND_TEST_SIGNAL,
	COMMAND_RESTART_BOX,
	COMMAND_ANSWER_TECHNICIAN,
	COMMAND_TELL_LINE,
	COMMAND_TELL_BOX,
	COMMAND_LOOK_AT_BOX,
	COMMAND_OFFER,
	COMMAND_RESTART_ICE,
	COMMAND_HANG_UP,
	COMMAND_COUNT,
};

struct command {
	enum command_kind kind;
	char by[RS_NAME_MAX + 1]; /* badge */
	enum role role;
	char seat[SEAT_MAX + 1]; /* for whoever sits there (seats.h); empty = for `by` itself */
	uint32_t entry;          /* 0 = not given */
	uint32_t position;       /* 1 = first */
	uint32_t seconds;
	int64_t until_ms; /* wall clock; 0 = not said */
	enum ruling ruling;
	uint64_t message;         /* of the chat */
	struct document document; /* WITHDRAW_DOCUMENT: its number alone */
	unsigned audience;        /* SAY: enum chat_audience of signaling/wire/beside/chat.h */
	uint32_t decision;        /* 0 = not given */
	enum decision_mode mode;
	enum vote vote;
	uint32_t yes;
	uint32_t no;
	uint32_t abstain;
	char motion[RS_NAME_MAX + 1];
	enum motion_side side;
	enum visibility visibility;
	enum list_kind list; /* EXPLAIN_VOTE */
	bool overrides;      /* goes on without a quorum */
	uint32_t again;      /* a second vote on this decision; 0 = none */
	char title[EVENT_TITLE_MAX + 1];
	char majority[RS_NAME_MAX + 1];
	char delegation[RS_NAME_MAX + 1]; /* empty = not given */
	char reason[EVENT_REASON_MAX + 1];
	char ballot_key[EVENT_KEY_MAX +
			1]; /* open-voting of a secret ballot: its modulus; empty = none */
	char ballot_check[EVENT_SEED_MAX +
			  1]; /* ask-for-ballot: by which the blinded token is known again */
	const struct voting_ballot *ballots; /* lock-voting: what was cast, while it is judged */
	size_t n_ballots;
	uint8_t seed
		[LOT_SEED_LEN]; /* of lots that are drawn or committed to; see proceedings_lot() */
	char participant[RS_NAME_MAX + 1];
	char item[RS_NAME_MAX + 1];
	char channel[RS_NAME_MAX + 1]; /* SELECT_SOURCE: or "floor" */
	bool on;                       /* COUGH, WEBCAST */
	int64_t at_ms;                 /* REQUEST_HANDOVER: wall clock; 0 = not said */
	char language[EVENT_LANGUAGE_MAX +
		      1];                 /* SET_FLOOR_LANGUAGE: empty = not known; of captions */
	uint32_t line;                    /* CAPTION: to be corrected; 0 = a new one */
	char text[EVENT_CAPTION_MAX + 1]; /* CAPTION, CAPTION_LIVE */
	int64_t from_ms; /* CAPTION: when the line was begun, wall clock; 0 = not known */
	/* Desks from whose microphone nothing comes as it is judged, by their index, as a set. */
	uint64_t silent[INTERPRETATION_DESKS_MAX / 64];
	char booth[EVENT_BOOTH_MAX + 1];
	enum impediment_reason impediment;
	enum call_to call_to;
	uint32_t call; /* its number */
	bool asked;    /* speak-slower: this desk did so of late */
	const char *
		booths_speaking; /* channels that are spoken into, or were last; NULL = none were yet */
	uint32_t booths_quiet_ms;            /* for so long nobody has spoken into any */
	bool released;                       /* waited for the booths already */
	char session[EVENT_SESSION_MAX + 1]; /* fresh name, in case a recording starts */
	struct floor_wish wish;              /* of commands on lists */
	int64_t wall_ms;                     /* when it is judged; set by proceedings_decide() */
};

/* Takes the meeting on success. 0, -E2BIG or -ENOMEM. */
int proceedings_new(struct meeting *meeting, struct proceedings **out_proceedings) RS_MUST_USE;
struct proceedings *proceedings_free(struct proceedings *proceedings);

/* The decision whose lot `command` commits to or draws: its seed must be the same each time that number is asked about. */
uint32_t proceedings_lot(const struct proceedings *proceedings, const struct command *command);
/* Judge a command that makes events (others: VERDICT_MALFORMED). On VERDICT_OK `out_events` has numbers and `wall_ms`; else it is empty. */
enum verdict proceedings_decide(const struct proceedings *proceedings,
	const struct command *command, int64_t wall_ms, struct events *out_events);
/* Most events proceedings_decide_presence() adds: away, no longer tried, floor and microphone; the desk's handovers, who takes
 * over or falls back to the floor (three events for all desks), the line. */
#define PROCEEDINGS_PRESENCE_EVENTS 12
/* The outside world, see meeting_decide_presence() and so on; leaving costs floor, microphone and desk. Append to `out_events`,
 * which must have room for PROCEEDINGS_PRESENCE_EVENTS more and one; proceedings_stamp() once all are there. */
void proceedings_decide_presence(const struct proceedings *proceedings, size_t i,
	const struct presence *presence, struct events *out_events);
/* Numbers and times; and the language that is spoken from then on, if they change who speaks. */
void proceedings_stamp(
	const struct proceedings *proceedings, int64_t wall_ms, struct events *events);
void proceedings_apply(struct proceedings *proceedings, const struct event *event);

/* The source whose media is this badge's: its own, or the meeting room's for somebody who is in it. NULL = none. */
const char *proceedings_voice(const struct proceedings *proceedings, const char *badge);

/* So many of those who wait are kept ready to be seen. */
#define GATE_WARM 3
/* What passes the gate (common/control/PROTOCOL.md section 3.1). Texts are borrowed from the state; NULL = nobody. */
struct gate {
	const char *open[RULES_MICROPHONES_MAX + 1];
	size_t n_open;
	const char *visible[RULES_MICROPHONES_MAX + 2];
	size_t n_visible;
	/* Whose cameras will be visible next: of those who speak next, and of who raised a point of order. */
	const char *warm[2 * GATE_WARM];
	size_t n_warm;
	const char *speaker;
	const char *chair;
	const char *content;
};
void proceedings_gate(const struct proceedings *proceedings, struct gate *out_gate);
/* Whether others hear this microphone: it passes the gate, or interprets live. */
bool proceedings_is_heard(
	const struct proceedings *proceedings, const struct gate *gate, const char *badge);

#endif
