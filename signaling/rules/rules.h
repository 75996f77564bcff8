/* signaling/rules/rules.h
 *
 * A rules profile: what an organisation's rules of procedure leave open, as data (conf/rules/NAME.json, read by
 * signaling/wire). The machines of the meeting take their answers from here. Plain data.
 */
#ifndef ROSTRUM_SIGNALING_RULES_RULES_H
#define ROSTRUM_SIGNALING_RULES_RULES_H

#include "common/base/text.h"
#include "signaling/rules/motion.h"
#include "signaling/rules/role.h"
#include "signaling/rules/visibility.h"

/* Upper bounds of what a profile may ask for. */
#define RULES_ENTRIES_MAX 1024
#define RULES_MICROPHONES_MAX 8
#define RULES_TIME_MAX_S 7200
#define RULES_RESUME_MAX_S 60

/* The speaking time of a statement and its end, seconds. */
#define RULES_VOICE_WAIT_MAX_S 60
struct rules_time {
	uint32_t statement_s; /* 0 = without limit; the chair may set another for an item */
	uint32_t warn_s;      /* before the end speaker and chair are warned */
	uint32_t grace_s;     /* after the end, before the floor is taken */
	bool cut;             /* whether it is taken then; else the chair takes it */
	uint32_t
		voice_wait_s; /* a statement's time begins with its first word, so long after the floor was given at the latest; 0 = when it is given */
};

/* What a meeting usually does, from which forecasts begin before it was measured, and how long it is interpreted. */
#define RULES_USED_PERCENT_MAX 300
#define RULES_INTERPRETATION_MAX_S 43200
struct rules_plan {
	uint32_t interpretation_s; /* of a sitting, from its opening; 0 = as long as it takes */
	uint32_t
		used_percent; /* of the time allotted to a statement, 10 to RULES_USED_PERCENT_MAX */
	uint32_t unlimited_s; /* a statement without limit, 10 to RULES_TIME_MAX_S */
	uint32_t gap_s;       /* from a statement to the next, 0 to RULES_TIME_MAX_S */
};

/* By what the list of speakers is ordered before the time of asking: places of categories, then of persons by the office they
 * hold at home, of badges or delegations. */
#define RULES_CATEGORIES_MAX 8
#define RULES_LEVELS_MAX 16
struct rules_order {
	bool by_category;
	uint32_t block[RULES_CATEGORIES_MAX]; /* of each category; 0 = first */
	bool by_level;                        /* of the person: a head of state before a minister */
	char levels[RULES_LEVELS_MAX][RS_NAME_MAX + 1]; /* the first speaks first */
	uint32_t n_levels;
	bool by_rank;     /* of the badge: head, alternate, adviser */
	bool by_protocol; /* of the delegation */
};

/* Inscription as a race: presses soon after the list was opened are ordered by when they were made, not by when they came. */
#define RULES_WINDOW_MAX_MS 10000
#define RULES_LINE_MAX_MS 2000
struct rules_window {
	uint32_t window_ms; /* after the opening; 0 = the order of arrival counts */
	uint32_t line_ms;   /* no line is believed to be slower than this, one way */
};

/* Time limits beside that of the list, seconds; 0 = none. */
struct rules_limits {
	uint32_t category_s[RULES_CATEGORIES_MAX]; /* never more than this */
	uint32_t group_s; /* on behalf of a group: this instead of any other */
	uint32_t least_s; /* computed from the time of a segment: bounds */
	uint32_t most_s;
};

/* Points of order (GA rule 71). */
struct rules_points {
	unsigned may_raise; /* roles */
	uint32_t speak_s;   /* to state the point; 0 = without limit */
	bool appeals;       /* a ruling may be appealed against */
	bool chair_settles; /* an appeal: whoever presides says what the meeting decided; else it is put to the vote */
	char appeal_majority[RS_NAME_MAX + 1]; /* that overrules the chair */
};

/* Rights of reply (GA decision 34/401): a list of their own, called when the list of speakers is exhausted. */
#define RULES_REPLIES_MAX 4
struct rules_replies {
	uint32_t per_delegation; /* in one item, 0 to RULES_REPLIES_MAX */
	uint32_t
		allotted_s[RULES_REPLIES_MAX]; /* of the first, the second ...; 0 = without limit */
};

/* How many votes carry a decision: the least whole number that is at least (or more than) that part of the base, and `extra`. */
#define RULES_MAJORITIES_MAX 8
#define RULES_MAJORITY_DENOMINATOR_MAX 1000
#define RULES_MAJORITY_EXTRA_MAX 1000

enum rules_base {
	RULES_PRESENT_AND_VOTING, /* yes and no: who abstains does not vote (GA rule 86) */
	RULES_AUTHORISED,         /* everyone entitled as the voting was opened */
	RULES_WITH_ABSTENTIONS,   /* yes, no and abstentions */
};

struct rules_majority {
	char name[RS_NAME_MAX + 1];
	uint32_t numerator; /* 1 to denominator */
	uint32_t denominator;
	bool more_than; /* exactly the part is not enough */
	uint32_t extra;
	enum rules_base base;
};

/* Quorum differs by what kind of body meets (GA rules 67 and 108). */
enum rules_body {
	RULES_INFORMAL, /* a working group, a consultation: none is asked for */
	RULES_PLENARY,
	RULES_COMMITTEE,
	RULES_BODY_COUNT,
};

/* Of the members authorised to take part; denominator 0: nothing is asked for. */
struct rules_fraction {
	uint32_t numerator; /* 1 to denominator */
	uint32_t denominator;
	bool more_than;    /* exactly the part is not enough */
	bool may_override; /* the presiding officer may go on without; the record says so */
};

struct rules_quorum {
	struct rules_fraction to_open;   /* to call the meeting to order */
	struct rules_fraction to_decide; /* to open a voting */
};

/* "plenary" ...; never NULL. */
const char *rules_body_name(enum rules_body body);
/* 0, or -ENOENT for a name that is no kind of body. */
int rules_body_parse(const char *name, enum rules_body *out_body) RS_MUST_USE;

/* The chat beside the meeting. */
#define RULES_CHAT_KEEP_MAX_H 720
#define RULES_CHAT_RATE_MAX 120
struct rules_chat {
	unsigned to_all;         /* roles that may write to everybody */
	unsigned to_delegation;  /* to their own delegation */
	unsigned to_secretariat; /* to the secretariat, which may write to any one */
	uint32_t per_minute;     /* messages of one participant, 1 to RULES_CHAT_RATE_MAX */
	uint32_t keep_h;         /* hours a message is kept, 1 to RULES_CHAT_KEEP_MAX_H */
};

/* Which delegations that have the right to vote are entitled as a recorded vote or a secret ballot is opened. In a roll call and
 * a show of hands all are: their answers are heard and seen in the hall. */
enum rules_entitled {
	RULES_ENTITLED_PRESENT,    /* of which a delegate's badge is present */
	RULES_ENTITLED_AUTHORISED, /* all */
};

/* What equally divided votes mean, where one vote more would have carried the proposal. */
enum rules_equality {
	RULES_EQUALITY_REJECTS, /* committees (GA rule 133) */
	RULES_EQUALITY_SECOND_VOTE, /* a second vote is taken; equality in that rejects (plenary, GA rule 95) */
};

#define RULES_LOCK_WARNING_MAX_S 600
#define RULES_SECOND_VOTE_MAX_H 720
#define RULES_ROUNDS_MAX 3

struct rules_voting {
	enum rules_entitled entitled;
	enum rules_equality equality;
	uint32_t
		second_vote_h; /* hours within which the second vote is due, 1 to RULES_SECOND_VOTE_MAX_H */
	uint32_t
		lock_warning_s; /* so long before the lock it must be announced; 0 = it need not be */
	uint32_t rounds; /* of a roll call: who was absent is called again, 1 to RULES_ROUNDS_MAX */
};

/* Between booths that work into the same channel. */
enum rules_interlock {
	RULES_INTERLOCK_OVERRIDE, /* who goes live takes it */
	RULES_INTERLOCK_NONE,     /* as between the desks of one booth */
	RULES_INTERLOCK_BUSY,     /* refused while another is live */
};

#define RULES_HANDOVER_TIMEOUT_MAX_S 600
#define RULES_BOOTHS_WAIT_MAX_MS 60000
#define RULES_SLOWER_HOLD_MAX_S 600
#define RULES_SLOWER_DESKS_MAX 16

struct rules_interpretation {
	enum rules_interlock interlock;
	bool handover_asks; /* inside a booth: the live desk is asked; else who goes live takes the channel */
	uint32_t
		handover_timeout_s; /* within which one is answered, 1 to RULES_HANDOVER_TIMEOUT_MAX_S */
	bool auto_relay; /* who works from the floor into another language than the booth's own is the floor of all others */
	uint32_t
		wait_ms; /* silence wanted of the booths before the next floor or a vote opens; 0 = they are not waited for */
	uint32_t wait_max_ms; /* but no longer than this, to RULES_BOOTHS_WAIT_MAX_MS */
	uint32_t
		turn_s; /* at the microphone before the partner's turn, to RULES_TIME_MAX_S; 0 = any time */
	uint32_t
		desk_max_s; /* at the microphone a day, to RULES_INTERPRETATION_MAX_S; 0 = any time */
	uint32_t
		slower_hold_s; /* that a speaker is told to slow down, 1 to RULES_SLOWER_HOLD_MAX_S */
	uint32_t
		slower_desks; /* that ask before the speaker is told, 1 to RULES_SLOWER_DESKS_MAX */
};

/* Place of a level, from 0; n_levels for one the profile does not know, and for "". */
uint32_t rules_level(const struct rules_order *order, const char *name);
/* "override" ...; never NULL. */
const char *rules_interlock_name(enum rules_interlock interlock);

struct rules {
	char name[RS_NAME_MAX + 1];
	unsigned may_ask;      /* roles that may put themselves on the list of speakers */
	bool self_inscription; /* false: lists are closed to requests */
	bool in_advance;       /* before the meeting or the item; such lists outlast a sitting */
	bool swaps;            /* two delegations may change places by consent */
	struct rules_order order;
	struct rules_window window;
	struct rules_limits limits;
	bool one_entry_per_delegation; /* waiting entries, in one list */
	uint32_t entries_max;          /* of one list, 1 to RULES_ENTRIES_MAX */
	bool holder_may_yield;
	uint32_t
		open_microphones_max; /* the floor holder's and the presiding ones, 1 to RULES_MICROPHONES_MAX */
	bool hold_lost_place; /* who loses the line while speaking keeps floor and time until the chair decides */
	uint32_t resume_within_s; /* who is back so soon goes on without that; 0 = nobody */
	struct rules_time time;
	struct rules_plan plan;
	struct rules_points points;
	struct rules_replies replies;
	struct rules_motions motions;
	struct rules_explanations explanations;
	struct rules_majority majorities[RULES_MAJORITIES_MAX];
	uint32_t n_majorities;
	struct rules_quorum quorum[RULES_BODY_COUNT];
	unsigned excluded
		[VISIBILITY_COUNT]; /* categories of delegations that leave then, a set of enum category */
	unsigned quorum_places; /* ways of being here that count, a set of enum place */
	struct rules_chat chat;
	struct rules_voting voting;
	struct rules_interpretation interpretation;
	bool first_item_on_opening; /* the first agenda item is taken up as the meeting opens */
};

#endif
