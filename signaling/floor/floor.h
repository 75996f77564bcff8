/* signaling/floor/floor.h
 *
 * Who may speak, and for how long: the lists of each agenda item, the holder of the floor with the clock of the
 * statement, points of order, and the presiding officers' microphones beside it. At most one holder at any time. A machine
 * of decide and apply; what it must know of people comes with the command. One thread; allocates only in floor_new().
 */
#ifndef ROSTRUM_SIGNALING_FLOOR_FLOOR_H
#define ROSTRUM_SIGNALING_FLOOR_FLOOR_H

#include "common/base/hash.h"
#include "signaling/meeting/delegation.h"
#include "signaling/meeting/event.h"
#include "signaling/rules/rules.h"
#include "signaling/rules/verdict.h"

struct floor_entry {
	uint32_t id;
	enum list_kind list;
	char participant[RS_NAME_MAX + 1];
	char delegation[RS_NAME_MAX + 1]; /* empty = none */
	char group[RS_NAME_MAX + 1];      /* delegation it speaks on behalf of; empty = its own */
	char language[EVENT_LANGUAGE_MAX + 1]; /* announced; empty = not said */
	enum category category;
	int64_t asked_ms;
	uint32_t block;          /* place of its category by the profile; 0 = first */
	uint32_t level;          /* within the block; 0 = first */
	bool fixed;              /* put there by hand: no order of keys moves it */
	bool requested;          /* pressed in the window: its place is not known yet */
	bool in_room;            /* asked from a seat, not from afar */
	int64_t pressed_ms;      /* corrected, on the server's clock */
	uint32_t uncertainty_ms; /* of that */
	uint64_t lot;            /* as drawn last */
	uint32_t offers;         /* entry it would change places with; 0 = none */
	uint32_t used_ms;        /* spoken before the line was lost */
};

/* How often a delegation has replied. */
struct floor_replied {
	char delegation[RS_NAME_MAX + 1];
	uint32_t n;
};

/* One list of an agenda item; entries wait in order. */
struct floor_list {
	enum list_kind kind;
	struct floor_entry *entries; /* a stretch of floor.pool */
	size_t n;
	bool closed;                       /* nobody puts themselves on it any more (GA rule 73) */
	bool ended;                        /* the chair declared the discussion closed */
	uint32_t allotted_ms;              /* speaking time of its statements; 0 = without limit */
	uint32_t draw;                     /* number of the lots that are announced; 0 = none */
	uint8_t commitment[RS_SHA256_LEN]; /* of their seed */
	int64_t opened_ms;                 /* the window of presses began; 0 = there is none */
};

/* Where entries lie that were called while nobody was there, until the chair puts them back. */
#define FLOOR_ASIDE LIST_COUNT

#define FLOOR_BUDGET_MAX_S 86400
/* Time that all statements of a category share. */
struct floor_budget {
	uint32_t total_ms; /* 0 = none is set */
	uint32_t used_ms;
};

enum floor_list_state {
	FLOOR_LIST_PLANNED, /* the item was not taken up yet: inscription in advance */
	FLOOR_LIST_OPEN,
	FLOOR_LIST_CLOSED,
	FLOOR_LIST_EXHAUSTED, /* closed, and nobody waits */
	FLOOR_LIST_ENDED,
};

/* On an agenda item. */
enum floor_debate {
	FLOOR_DEBATE_OPEN,
	FLOOR_DEBATE_ADJOURNED, /* until the item is taken up again (GA rule 74) */
	FLOOR_DEBATE_CLOSED,    /* the item goes to decision (GA rule 75) */
};

/* The lists of one agenda item. */
struct floor_item {
	char id[RS_NAME_MAX + 1]; /* empty: before any item is taken up */
	int64_t taken_up_ms;      /* 0 = not yet */
	struct floor_list lists[LIST_COUNT + 1];
	struct floor_budget budgets[CATEGORY_COUNT];
	struct floor_replied *replied;
	size_t n_replied;
	enum floor_debate debate;
};

/* The time of one statement. */
struct floor_clock {
	uint32_t allotted_ms; /* 0 = without limit */
	int64_t used_ms;      /* before `since_ms` */
	int64_t since_ms;     /* wall clock; 0 = it stands */
};

/* Points of order that wait. */
#define FLOOR_POINTS_MAX 16
/* Entries of all lists together: so many times what the profile allows in one. */
#define FLOOR_FULL_LISTS_MAX 4

/* Who speaks. */
struct floor_statement {
	char holder[RS_NAME_MAX + 1]; /* empty = nobody */
	uint32_t entry;               /* 0 = given without the list */
	bool suspended;               /* the holder's line is lost; the place is held */
	int64_t lost_ms;              /* since when, wall clock */
	int64_t awaits_ms; /* the clock waits for the first word, until this wall clock at the latest; 0 = it does not */
	bool ran; /* the clock, as the statement was interrupted */
	struct floor_clock clock;
	struct floor_entry called; /* of a list; id 0 = none */
};

/* How long those who spoke had waited since they asked. */
struct floor_waited {
	uint32_t n;
	int64_t sum_ms;
};

/* Octets of the key that seeds of lots are made of. */
#define FLOOR_LOT_KEY_LEN 32
/* Octets of what the room adds to a draw. */
#define FLOOR_WORD_MAX 32

enum floor_point_stage {
	FLOOR_POINT_NONE,
	FLOOR_POINT_HEARD,    /* the raiser has the floor */
	FLOOR_POINT_RULED,    /* upon; whoever disagrees may appeal now */
	FLOOR_POINT_APPEALED, /* the meeting decides on the ruling, without debate */
};

/* The point of order before the meeting, GA rule 71. */
struct floor_point {
	enum floor_point_stage stage;
	uint32_t entry;
	char participant[RS_NAME_MAX + 1];
	enum ruling ruling;
	char appellant[RS_NAME_MAX + 1];
};

struct floor {
	struct rules rules;
	bool in_session;
	struct floor_item *items; /* [0] is that without an item */
	size_t n_items;
	size_t current;
	struct floor_entry *pool; /* entries of all lists, by item, kind and place */
	size_t n_pool;
	struct floor_waited waited[2]; /* from afar, in the room */
	uint32_t last_draw;            /* numbers of lots count up over all lists */
	uint8_t lot_key[FLOOR_LOT_KEY_LEN];
	uint32_t last_entry; /* ids count up over all lists, points and sittings */
	struct floor_statement now;
	struct floor_statement interrupted; /* by the point of order; gets the floor back */
	struct floor_point point;
	struct floor_entry points[FLOOR_POINTS_MAX];
	size_t n_points;
	struct motions *motions;           /* floor/motions.h */
	struct explanations *explanations; /* floor/explanations.h */
	char presiding[RULES_MICROPHONES_MAX]
		      [RS_NAME_MAX + 1]; /* open beside the floor, oldest first */
	size_t n_presiding;
};

enum floor_command_kind {
	FLOOR_ASK,
	FLOOR_INSCRIBE,
	FLOOR_WITHDRAW,
	FLOOR_MOVE,
	FLOOR_SKIP,
	FLOOR_REQUEUE,
	FLOOR_OFFER_SWAP,
	FLOOR_ACCEPT_SWAP,
	FLOOR_DECLINE_SWAP,
	FLOOR_WITHDRAW_SWAP,
	FLOOR_ANNOUNCE_LOTS,
	FLOOR_DRAW_LOTS,
	FLOOR_GIVE,
	FLOOR_TAKE,
	FLOOR_STOP_CLOCK,
	FLOOR_START_CLOCK,
	FLOOR_RESUME,
	FLOOR_EXTEND,
	FLOOR_SET_LIMIT,
	FLOOR_SET_BUDGET,
	FLOOR_CLOSE_LIST,
	FLOOR_OPEN_LIST,
	FLOOR_END_LIST,
	FLOOR_ASK_REPLY,
	FLOOR_RAISE_POINT,
	FLOOR_WITHDRAW_POINT,
	FLOOR_HEAR_POINT,
	FLOOR_RULE,
	FLOOR_APPEAL,
	FLOOR_SETTLE,
	FLOOR_OPEN_MICROPHONE,
	FLOOR_CLOSE_MICROPHONE,
};

/* What is known of a participant a command is about. */
enum floor_presence {
	FLOOR_UNKNOWN, /* no badge of this meeting */
	FLOOR_AWAY,
	FLOOR_PRESENT,
};

struct floor_person {
	enum floor_presence presence;
	const char *delegation; /* "" = none, or unknown */
	enum category category; /* of the delegation */
	uint32_t order;         /* of the delegation in protocol order; 0 = first */
	uint32_t level;         /* place among the levels of the profile; n_levels = none */
	enum rank rank;
	bool in_room;
};

/* What commands on lists say beside the entry. */
struct floor_wish {
	char group[RS_NAME_MAX + 1]; /* ASK, INSCRIBE: on behalf of this delegation; empty = none */
	char language[EVENT_LANGUAGE_MAX +
		      1]; /* ASK, INSCRIBE: it will be spoken in this one; empty = not said */
	uint32_t other;   /* OFFER_SWAP: with this entry */
	char word[FLOOR_WORD_MAX + 1]; /* DRAW_LOTS: what the room adds, [A-Za-z0-9_-] */
	bool pressed;                  /* ASK: the time of the press is known */
	int64_t pressed_ms;            /* on the server's clock, as far as the line allows */
	uint32_t uncertainty_ms;
	int64_t until_ms;       /* SET_LIMIT: the time is what is left until then; 0 = `seconds` */
	enum category category; /* SET_BUDGET */
};

struct floor_command {
	enum floor_command_kind kind;
	const char *by;
	bool presides;           /* may do it to what is others' too, not to one's own alone */
	const char *delegation;  /* of `by`; "" = none */
	uint32_t entry;          /* 0 = not given */
	uint32_t position;       /* MOVE: 1 = first */
	const char *participant; /* GIVE without an entry; RESUME by another badge, "" = the same */
	uint32_t seconds;        /* EXTEND, SET_LIMIT: 0 = without limit */
	enum ruling ruling;      /* RULE; SETTLE after an appeal: the meeting's */
	int64_t wall_ms;         /* when it came */
	const char *item;        /* commands on lists; NULL or "" = the one that is taken up */
	const struct floor_wish *wish; /* NULL = nothing is said */
};

/* Tells who is there; asked for the one to be given the floor. */
typedef struct floor_person floor_person_fn(const void *ctx, const char *participant);

/* One list for each item id and one without. 0, -E2BIG or -ENOMEM. */
int floor_new(const struct rules *rules, const char *const *items, size_t n_items,
	struct floor **out_floor) RS_MUST_USE;
struct floor *floor_free(struct floor *floor);

enum verdict floor_decide(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events);
/* Nobody speaks when a question is put or voting on it begins: the holder's floor is taken; added before. */
void floor_decide_vote(const struct floor *floor, const char *by, struct events *out_events);
/* What closing the meeting takes away; added before meeting-closed. */
void floor_decide_closing(const struct floor *floor, const char *by, struct events *out_events);
/* What somebody loses by leaving, or by a lost line; added after participant-left. */
void floor_decide_left(const struct floor *floor, const char *participant, enum event_cause cause,
	struct events *out_events);
/* Nothing comes from the holder any more, while the page may still be there. Adds nothing when that is known, or when the
 * profile holds no places. */
void floor_decide_lost(
	const struct floor *floor, const char *participant, struct events *out_events);
/* The holder is heard again: goes on, if that was soon enough for the profile. */
void floor_decide_back(const struct floor *floor, int64_t wall_ms, struct events *out_events);
/* The holder says the first word: the clock begins, if it has waited for that. */
void floor_decide_voice(const struct floor *floor, struct events *out_events);
/* The clock has waited long enough for the first word; or time and grace are over, and the floor is taken if the profile says so. */
void floor_decide_time(const struct floor *floor, int64_t wall_ms, struct events *out_events);
/* When that is, wall clock; INT64_MAX = never. */
int64_t floor_due(const struct floor *floor);
void floor_apply(struct floor *floor, const struct event *event);

/* Debate on the present item. */
enum floor_debate floor_debate(const struct floor *floor);
/* The list of speakers of the item that is taken up. */
const struct floor_list *floor_current_list(const struct floor *floor);
/* A list of the item that is taken up. */
const struct floor_list *floor_list(const struct floor *floor, enum list_kind kind);
/* The waiting entry, in whatever list of the item that is taken up; NULL when there is none. */
const struct floor_entry *floor_find_entry(const struct floor *floor, uint32_t entry);
/* Speaking time an entry of the current lists would be given now, ms; 0 = without limit. */
uint32_t floor_allotted_ms(const struct floor *floor, const struct floor_entry *entry);
/* As D1 of the rules of procedure has it; `item` below n_items. */
enum floor_list_state floor_list_state(const struct floor *floor, size_t item, enum list_kind kind);
const char *floor_list_state_name(enum floor_list_state state);
/* Index of an item that has this id; n_items when there is none. "" = the one that is taken up. */
size_t floor_find_item(const struct floor *floor, const char *id);

/* Lots anyone can verify, see PROTOCOL.md section 3.4. The key makes the seeds and is never told: a seed is told by the draw
 * alone, while its SHA-256 was published before. */
void floor_set_lot_key(struct floor *floor, const uint8_t key[FLOOR_LOT_KEY_LEN]);
void floor_seed(const struct floor *floor, uint32_t draw, uint8_t out_seed[RS_SHA256_LEN]);
/* The lower lot comes first. `word` may be "". */
uint64_t floor_lot(const uint8_t seed[RS_SHA256_LEN], const char *word, const char *delegation);
/* When the window of presses is over and they are to be ordered, wall clock; INT64_MAX = nothing is. */
int64_t floor_window_ends(const struct floor *floor);
/* Orders the presses, once that is due. */
void floor_decide_window(const struct floor *floor, int64_t wall_ms, struct events *out_events);
/* An item is taken up, or its list opened, by a command that is decided now: announces lots and a window of presses, if the
 * profile has one. */
void floor_decide_window_opening(
	const struct floor *floor, const char *by, const char *item, struct events *out_events);

/* What is left of it, ms; 0 when none is set, too. */
uint32_t floor_budget_left(const struct floor_budget *budget);
/* Used of the statement's time. */
int64_t floor_used_ms(const struct floor *floor, int64_t wall_ms);
/* Sources whose microphone is open, in order of right: the holder, then the presiding ones. `i` from 0; NULL past the end. */
const char *floor_open(const struct floor *floor, size_t i);

#endif
