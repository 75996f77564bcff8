/* signaling/meeting/event.h
 *
 * What happened in a meeting: the only truth there is. Machines decide events and apply them; the store keeps
 * them, pages hear them. Names and members are those of signaling/wire/PROTOCOL.md section 3. Plain data.
 */
#ifndef ROSTRUM_SIGNALING_MEETING_EVENT_H
#define ROSTRUM_SIGNALING_MEETING_EVENT_H

#include "common/base/text.h"
#include "signaling/rules/role.h"
#include "signaling/rules/visibility.h"

enum event_kind {
	EVENT_DOORS_OPENED,
	EVENT_DOORS_CLOSED,
	EVENT_SOUND_CHECK_BEGUN,
	EVENT_SOUND_CHECK_ENDED,
	EVENT_MEETING_OPENED,
	EVENT_MEETING_ADJOURNED,
	EVENT_VISIBILITY_CHANGED,
	EVENT_MEETING_CLOSED,
	EVENT_MEETING_SUSPENDED,
	EVENT_MEETING_RESUMED,
	EVENT_INTERPRETATION_END_SET,
	EVENT_ITEM_TAKEN_UP,
	EVENT_PARTICIPANT_JOINED,
	EVENT_PARTICIPANT_LEFT,
	EVENT_LINE_CHANGED,
	EVENT_ENTRY_ADDED,
	EVENT_ENTRY_WITHDRAWN,
	EVENT_ENTRY_MOVED,
	EVENT_ENTRY_SKIPPED,
	EVENT_ENTRY_REQUEUED,
	EVENT_SWAP_OFFERED,
	EVENT_SWAP_DECLINED,
	EVENT_SWAP_WITHDRAWN,
	EVENT_ENTRIES_SWAPPED,
	EVENT_LOTS_ANNOUNCED,
	EVENT_LOTS_PLACES,
	EVENT_LOTS_DRAWN,
	EVENT_PRESSES_ORDERED,
	EVENT_FLOOR_GIVEN,
	EVENT_FLOOR_TAKEN,
	EVENT_CLOCK_STOPPED,
	EVENT_CLOCK_STARTED,
	EVENT_TIME_EXTENDED,
	EVENT_LIMIT_SET,
	EVENT_LIST_CLOSED,
	EVENT_LIST_OPENED,
	EVENT_LIST_ENDED,
	EVENT_BUDGET_SET,
	EVENT_POINT_RAISED,
	EVENT_POINT_WITHDRAWN,
	EVENT_POINT_HEARD,
	EVENT_POINT_RULED,
	EVENT_RULING_APPEALED,
	EVENT_POINT_SETTLED,
	EVENT_MOTION_RAISED,
	EVENT_MOTION_WITHDRAWN,
	EVENT_MOTION_TAKEN_UP,
	EVENT_MOTION_SPEAKER_ADDED,
	EVENT_MOTION_SPEAKER_WITHDRAWN,
	EVENT_MOTION_LIMIT_SET,
	EVENT_MOTION_SETTLED,
	EVENT_DEBATE_ADJOURNED,
	EVENT_DEBATE_CLOSED,
	EVENT_DEBATE_REOPENED,
	EVENT_DECISION_PROPOSED,
	EVENT_SPONSOR_ADDED,
	EVENT_DECISION_OBJECTED,
	EVENT_OBJECTION_WITHDRAWN,
	EVENT_DECISION_WITHDRAWN,
	EVENT_VOTING_OPENED,
	EVENT_DELEGATION_CALLED,
	EVENT_BALLOT_ISSUED,
	EVENT_BALLOTS_PUBLISHED,
	EVENT_VOTE_CAST,
	EVENT_TOTALS_ENTERED,
	EVENT_LOCK_ANNOUNCED,
	EVENT_VOTING_LOCKED,
	EVENT_VOTE_CORRECTED,
	EVENT_VOTING_ANNULLED,
	EVENT_DECISION_PROCLAIMED,
	EVENT_INTENT_STATED,
	EVENT_MICROPHONE_OPENED,
	EVENT_MICROPHONE_CLOSED,
	EVENT_FLOOR_LANGUAGE_SET,
	EVENT_DESK_LIVE,
	EVENT_DESK_IDLE,
	EVENT_DESK_COUGH,
	EVENT_DESK_SOURCE,
	EVENT_DESK_OUTPUT,
	EVENT_HANDOVER_REQUESTED,
	EVENT_HANDOVER_ACCEPTED,
	EVENT_HANDOVER_ENDED,
	EVENT_SPEAK_SLOWER,
	EVENT_INTERPRETATION_IMPEDED,
	EVENT_IMPEDIMENT_CLEARED,
	EVENT_CALL_MADE,
	EVENT_CALL_ANSWERED,
	EVENT_BOOTHS_AWAITED,
	EVENT_BOOTHS_NOT_AWAITED,
	EVENT_CAPTION,
	EVENT_WEBCAST,
	EVENT_RECORDING_STARTED,
	EVENT_RECORDING_STOPPED,
	EVENT_RECORDING_FAILED,
	EVENT_CHAT_CLOSED,
	EVENT_CHAT_OPENED,
	EVENT_MESSAGE_REMOVED,
	EVENT_DOCUMENT_ADDED,
	EVENT_DOCUMENT_WITHDRAWN,
	EVENT_MEDIA_SERVER,
	EVENT_COUNT,
};

enum event_cause {
	CAUSE_NONE,
	CAUSE_JOINED,
	CAUSE_LEFT,
	CAUSE_LOST_LINE,
	CAUSE_ELSEWHERE,
	CAUSE_ABSENT,
	CAUSE_LIST,
	CAUSE_DIRECT,
	CAUSE_CHAIR,
	CAUSE_YIELDED,
	CAUSE_CLOSED,
	CAUSE_SELF,
	CAUSE_PARTNER,
	CAUSE_OVERRIDE, /* of another booth */
	CAUSE_HANDOVER,
	CAUSE_FORCED, /* no sound came from who was live */
	CAUSE_PIVOT,  /* nobody is live any more in the channel that was heard */
	CAUSE_CYCLE,  /* the desk would hear itself */
	CAUSE_DECLINED,
	CAUSE_TIMEOUT,
	CAUSE_CANCELLED,
	CAUSE_IDLE, /* the desk that was to hand over is live no more */
	CAUSE_TIME,
	CAUSE_VOICE, /* the first word of a statement */
	CAUSE_SUBSTITUTE,
	CAUSE_MOTION, /* carried */
	CAUSE_COUNT,
};

/* How a participant is reached. */
enum line {
	LINE_AWAY,
	LINE_JOINED,    /* page only */
	LINE_CONNECTED, /* media flows */
	LINE_COUNT,
};

/* Where a participant takes part from: the one live place of the badge. */
enum place {
	PLACE_REMOTE,  /* with microphone and camera of their own */
	PLACE_IN_ROOM, /* in the meeting room: what they say comes from its microphones */
	PLACE_COUNT,
};

/* The lists of one agenda item. */
enum list_kind {
	LIST_SPEAKERS,
	LIST_REPLIES,
	LIST_EXPLANATIONS_BEFORE, /* of vote, before the voting and after it (GA rule 88) */
	LIST_EXPLANATIONS_AFTER,
	LIST_COUNT,
};

/* On a point of order. */
enum ruling {
	RULING_UPHELD,
	RULING_REJECTED,
	RULING_COUNT,
};

/* Of whoever speaks on a motion. */
enum motion_side {
	SIDE_IN_FAVOUR,
	SIDE_AGAINST,
	SIDE_COUNT,
};

/* What a decision is about. */
enum decision_subject {
	SUBJECT_PROPOSAL,
	SUBJECT_MOTION, /* `entry` is the motion's */
	SUBJECT_APPEAL, /* against the ruling on the point of order `entry`; yes overrules it */
	SUBJECT_COUNT,
};

/* How a decision is taken. */
enum decision_mode {
	DECISION_CONSENSUS, /* nobody objects before the gavel falls */
	DECISION_HANDS,     /* totals alone are kept */
	DECISION_RECORDED,  /* by delegation, with names */
	DECISION_ROLL_CALL, /* recorded, each delegation called in its turn */
	DECISION_SECRET,    /* secret ballot: who voted is known, how is nobody's */
	DECISION_MODE_COUNT,
};

enum vote {
	VOTE_NONE, /* not cast */
	VOTE_YES,
	VOTE_NO,
	VOTE_ABSTAIN,
	VOTE_ABSENT, /* called in a roll call, and did not answer */
	VOTE_COUNT,
};

/* Why a booth cannot interpret. */
enum impediment_reason {
	IMPEDIMENT_SOUND,
	IMPEDIMENT_SPEED,
	IMPEDIMENT_NO_VIDEO,
	IMPEDIMENT_DOCUMENT, /* what is read out is not before the booth */
	IMPEDIMENT_COUNT,
};

/* Whom a booth calls. */
enum call_to {
	CALL_TO_CHAIR, /* whoever presides, and the secretariat */
	CALL_TO_TECHNICIAN,
	CALL_TO_COUNT,
};

enum outcome {
	OUTCOME_ADOPTED,
	OUTCOME_REJECTED,
	OUTCOME_SECOND_VOTE, /* equally divided: a second vote is taken later */
	OUTCOME_COUNT,
};

/* Members an event carries in its data, as a set. */
#define MEMBER_SITTING (UINT64_C(1) << 0)
#define MEMBER_ITEM (UINT64_C(1) << 1)
#define MEMBER_PARTICIPANT (UINT64_C(1) << 2)
#define MEMBER_PERSON (UINT64_C(1) << 3) /* name, role, delegation */
#define MEMBER_CAUSE (UINT64_C(1) << 4)
#define MEMBER_LINE (UINT64_C(1) << 5)
#define MEMBER_ENTRY (UINT64_C(1) << 6) /* 0 = null: the floor was given without the list */
#define MEMBER_POSITION (UINT64_C(1) << 7)
#define MEMBER_DELEGATION (UINT64_C(1) << 8) /* empty = null */
#define MEMBER_CHANNEL (UINT64_C(1) << 9)
#define MEMBER_SESSION (UINT64_C(1) << 10)
#define MEMBER_REASON (UINT64_C(1) << 11)   /* empty = null */
#define MEMBER_INSTANCE (UINT64_C(1) << 12) /* empty = null */
#define MEMBER_ALLOTTED (UINT64_C(1) << 13) /* 0 = null: without limit */
#define MEMBER_RULING (UINT64_C(1) << 14)
#define MEMBER_LIST (UINT64_C(1) << 15)
#define MEMBER_DECISION (UINT64_C(1) << 16)
#define MEMBER_PROPOSAL (UINT64_C(1) << 17) /* title, mode, majority (empty = null) */
#define MEMBER_VOTE (UINT64_C(1) << 18)
#define MEMBER_TOTALS (UINT64_C(1) << 19) /* yes, no, abstain */
#define MEMBER_ENTITLED (UINT64_C(1) << 20)
#define MEMBER_OUTCOME (UINT64_C(1) << 21) /* outcome, required */
#define MEMBER_PLACE (UINT64_C(1) << 22)   /* absent = remote */
#define MEMBER_MESSAGE (UINT64_C(1) << 28) /* of the chat, by number */
#define MEMBER_VOICE (UINT64_C(1) << 23)   /* absent = the participant's own microphone */
#define MEMBER_MOTION (UINT64_C(1) << 24)  /* motion, the kind's name */
#define MEMBER_SIDE (UINT64_C(1) << 25)
#define MEMBER_RESULT (UINT64_C(1) << 26) /* outcome alone */
/* present, quorum, overridden; absent = none was asked for */
#define MEMBER_QUORUM (UINT64_C(1) << 27)
#define MEMBER_UNTIL (UINT64_C(1) << 29) /* 0 = null: not said, or as the profile says */
/* Of a list: its item (absent: the one that is taken up), and what the kind needs: how an entry stands; the other entry of a swap;
 * draw, commitment, window, seed, word, order of lots; category of a budget. */
#define MEMBER_LIST_ACT (UINT64_C(1) << 30)
#define MEMBER_LANGUAGE (UINT64_C(1) << 31) /* spoken on the floor; empty = null: not known */
#define MEMBER_SOURCE (UINT64_C(1) << 32)   /* desks, and what they hear: a channel, or "floor" */
#define MEMBER_ON (UINT64_C(1) << 33)
#define MEMBER_BOOTH (UINT64_C(1) << 35)
#define MEMBER_IMPEDIMENT (UINT64_C(1) << 36) /* reason */
#define MEMBER_CALL (UINT64_C(1) << 37)       /* call, to */
#define MEMBER_AWAITED \
	(UINT64_C(1) << 38) /* participant, entry or decision, each where it is said; booths */
#define MEMBER_CAPTION (UINT64_C(1) << 39) /* language, line, text, from_ms, to_ms */
#define MEMBER_DUE (UINT64_C(1) << 34)     /* 0 = null: as soon as both agree */

/* "delegation-" and the delegation's id: the booth of its own interpreters. */
#define EVENT_BOOTH_MAX (RS_NAME_MAX + 11)
#define SEAT_MAX 16          /* octets of a seat's name */
#define EVENT_NAME_MAX 128   /* octets of a person's name */
#define EVENT_SESSION_MAX 96 /* octets of a recording session's name */
#define EVENT_REASON_MAX 128
#define EVENT_TITLE_MAX 255   /* of a proposal */
#define EVENT_NAMES_MAX 6144  /* octets of delegations' ids, with a space between two */
#define EVENT_KEY_MAX 512     /* a modulus of 2048 bits: hexadecimal digits */
#define EVENT_SEED_MAX 64     /* a seed of lots, or the commitment to it: hexadecimal digits */
#define EVENT_SYMBOL_MAX 64   /* octets of a document's symbol */
#define EVENT_LANGUAGE_MAX 35 /* of its language tag (RFC 5646 section 4.4.1) */
#define CAPTION_CHARACTERS_MAX 200
#define EVENT_CAPTION_MAX (4 * CAPTION_CHARACTERS_MAX) /* octets of a line of captions */
#define EVENT_HASH_LEN 32                              /* SHA-256 */

struct event {
	uint64_t number; /* from 1, without gaps, in each meeting */
	int64_t wall_ms;
	enum event_kind kind;
	char by[RS_NAME_MAX + 1];   /* badge, or empty: the server itself */
	char by_seat[SEAT_MAX + 1]; /* they did it by the key of this seat; empty = otherwise */
	uint32_t sitting;
	int64_t until_ms; /* wall clock */
	char item[RS_NAME_MAX + 1];
	char participant[RS_NAME_MAX + 1];
	char name[EVENT_NAME_MAX + 1];
	enum role role;
	char delegation[RS_NAME_MAX + 1];
	enum event_cause cause;
	enum line line;
	enum place place;
	char voice[RS_NAME_MAX +
		   1]; /* source that carries what the participant says; empty = their own */
	uint32_t entry;
	uint32_t position;    /* 1 = first */
	uint32_t allotted_ms; /* speaking time */
	enum ruling ruling;
	enum list_kind list;
	char channel[RS_NAME_MAX + 1];
	char source[RS_NAME_MAX + 1]; /* "floor", or a channel */
	bool on;                      /* of a cough key, of the webcast */
	char booth[EVENT_BOOTH_MAX + 1];
	enum impediment_reason impediment;
	uint32_t call; /* its number, from 1 in each meeting */
	enum call_to call_to;
	/* of captions, in `language` */
	uint32_t caption_line; /* from 1 in each language; one that was before is corrected */
	char text[EVENT_CAPTION_MAX + 1];
	int64_t from_ms, to_ms; /* wall clock */
	char session[EVENT_SESSION_MAX + 1];
	char reason[EVENT_REASON_MAX + 1];
	char instance[RS_NAME_MAX + 1];
	uint64_t message;  /* of the chat */
	uint32_t decision; /* its number, from 1 in each meeting */
	char title[EVENT_TITLE_MAX + 1];
	enum decision_mode mode;
	char majority[RS_NAME_MAX + 1];
	enum vote vote;
	uint32_t yes;
	uint32_t no;
	uint32_t abstain;
	uint32_t entitled; /* delegations */
	enum outcome outcome;
	uint32_t required; /* votes that carry it */
	char motion[RS_NAME_MAX + 1];
	enum motion_side side;
	enum decision_subject subject;
	uint32_t present;           /* delegations that count for the quorum */
	uint32_t quorum;            /* so many were needed; 0 = none was asked for */
	enum visibility visibility; /* of the record: its class */
	bool overridden;            /* there was none, and the presiding officer went on */
	uint32_t again; /* of a second vote: the decision that was equally divided; 0 = none */
	uint32_t round; /* of a roll call, from 1 */
	int64_t due_ms; /* wall clock: when the voting may be locked, by when the second vote is due, when a handover happens */
	enum vote was;  /* before it was corrected */
	char seed[EVENT_SEED_MAX + 1];       /* of the lots drawn; empty = none */
	char commitment[EVENT_SEED_MAX + 1]; /* to a seed that is told later; empty = none */
	char key[EVENT_KEY_MAX + 1];         /* of a secret ballot; empty = none */
	/* Delegations entitled to vote, in the order they are called; of ballots-published tokens and votes; of lots-places the
	 * places; of desk-source the desks; of booths-awaited the channels that are spoken into. */
	char names[EVENT_NAMES_MAX + 1];
	/* of an inscription */
	char group[RS_NAME_MAX + 1]; /* on behalf of this delegation; empty = its own */
	unsigned category;           /* enum category */
	uint32_t block;
	uint32_t level;
	bool fixed;
	bool in_room;
	bool requested; /* in the window of presses; then the next two are there */
	int64_t pressed_ms;
	uint32_t uncertainty_ms;
	uint32_t other;                        /* entry */
	char language[EVENT_LANGUAGE_MAX + 1]; /* of a document, of what is said */
	/* of a document; its file's digest is `digest`, which the log has of one that is added alone */
	uint32_t document; /* its number, from 1 in each meeting */
	char symbol[EVENT_SYMBOL_MAX + 1];
	unsigned document_type; /* enum document_type */
	uint64_t octets;
	/* of lots */
	uint32_t draw;
	uint32_t window_ms;             /* of presses that these lots order; 0 = none */
	uint8_t digest[EVENT_HASH_LEN]; /* announced: of the seed; drawn: of the order it gave */
	uint8_t lot_seed[EVENT_HASH_LEN];
	char word[RS_NAME_MAX + 1];
};

/* Most events one command may cause: a motion to adjourn is carried, and closing takes the floor and seven microphones, what
 * was put and proposed, the recording. A desk of interpretation that leaves, or goes elsewhere, causes nine. */
#define EVENTS_MAX 18

/* Events being decided; the machines append to it. */
struct events {
	struct event list[EVENTS_MAX];
	size_t n;
};

/* One more event of this kind by `by`; asserts that there is room. */
struct event *events_add(struct events *events, enum event_kind kind, const char *by);

/* Names on the wire; the parse functions give -ENOENT for an unknown one. */
const char *event_name(enum event_kind kind);
int event_parse_name(const char *name, enum event_kind *out_kind) RS_MUST_USE;
uint64_t event_members(enum event_kind kind);
const char *cause_name(enum event_cause cause);
int cause_parse(const char *name, enum event_cause *out_cause) RS_MUST_USE;
const char *list_name(enum list_kind list);
int list_parse(const char *name, enum list_kind *out_list) RS_MUST_USE;
const char *ruling_name(enum ruling ruling);
int ruling_parse(const char *name, enum ruling *out_ruling) RS_MUST_USE;
const char *decision_mode_name(enum decision_mode mode);
int decision_mode_parse(const char *name, enum decision_mode *out_mode) RS_MUST_USE;
/* "none" for a vote that was not cast; it is not parsed. */
const char *vote_name(enum vote vote);
int vote_parse(const char *name, enum vote *out_vote) RS_MUST_USE;
const char *side_name(enum motion_side side);
int side_parse(const char *name, enum motion_side *out_side) RS_MUST_USE;
const char *subject_name(enum decision_subject subject);
int subject_parse(const char *name, enum decision_subject *out_subject) RS_MUST_USE;
const char *outcome_name(enum outcome outcome);
int outcome_parse(const char *name, enum outcome *out_outcome) RS_MUST_USE;
const char *place_name(enum place place);
int place_parse(const char *name, enum place *out_place) RS_MUST_USE;
const char *line_name(enum line line);
int line_parse(const char *name, enum line *out_line) RS_MUST_USE;

#endif
