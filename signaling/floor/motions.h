/* signaling/floor/motions.h
 *
 * Procedural motions (GA rules 74 to 79, 81, 89): raised by a delegation, taken up by whoever presides in the order of
 * their precedence, spoken on by as many as the profile says, put to the vote, settled. They lie one over the other: a
 * motion of higher precedence is taken up over one that is before the meeting, and whatever was interrupted comes back as
 * it was, with the time that was left. A point of order lies over all of them. Part of the floor; plain data, no allocation.
 */
#ifndef ROSTRUM_SIGNALING_FLOOR_MOTIONS_H
#define ROSTRUM_SIGNALING_FLOOR_MOTIONS_H

#include "signaling/floor/floor.h"

/* Before the meeting, one over the other: each precedes the one below it. */
#define MOTIONS_PENDING_MAX 8
#define MOTIONS_WAITING_MAX 16
#define MOTION_SPEAKERS_MAX (2 * RULES_MOTION_SPEAKERS_MAX)

struct motion_speaker {
	uint32_t entry;
	char participant[RS_NAME_MAX + 1];
	char delegation[RS_NAME_MAX + 1];
	enum motion_side side;
	bool called; /* has had the floor */
};

struct motion {
	uint32_t entry;
	uint32_t kind;                     /* index of rules.motions.kinds */
	char participant[RS_NAME_MAX + 1]; /* who moves it */
	char delegation[RS_NAME_MAX + 1];
	int64_t asked_ms;
	/* before the meeting */
	uint32_t allotted_ms; /* of its speakers; 0 = without limit */
	uint32_t decision;    /* the vote on it; 0 = it is not put */
	struct motion_speaker speakers[MOTION_SPEAKERS_MAX];
	size_t n_speakers;
	struct floor_statement interrupted; /* gets the floor back */
};

/* The last one that was settled, shown until the next. */
struct motion_result {
	uint32_t entry; /* 0 = none */
	uint32_t kind;
	uint32_t decision;
	enum outcome outcome;
	uint32_t yes;
	uint32_t no;
	uint32_t abstain;
};

struct motions {
	struct motion pending[MOTIONS_PENDING_MAX]; /* the last one is before the meeting */
	size_t n_pending;
	struct motion waiting[MOTIONS_WAITING_MAX]; /* by precedence, then as they were raised */
	size_t n_waiting;
	struct motion_result last;
};

enum motions_command_kind {
	MOTIONS_RAISE,
	MOTIONS_WITHDRAW,
	MOTIONS_TAKE_UP,
	MOTIONS_SPEAK,
	MOTIONS_PUT,
};

struct motions_command {
	enum motions_command_kind kind;
	const char *by;
	bool presides;          /* may withdraw what others moved */
	const char *delegation; /* of `by`; "" = none */
	uint32_t entry;         /* of the motion; not of RAISE */
	const char *motion;     /* RAISE: its kind's name */
	enum motion_side side;  /* SPEAK */
};

/* The commands about motions. PUT judges only whether the motion can be put; the question itself is the caller's to add. */
enum verdict motions_decide(const struct floor *floor, const struct motions_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events);
/* A command of the floor as it is judged while motions are before the meeting, or debate is adjourned or closed. True when
 * it was judged here, in *out_verdict; false: the rest of the floor judges it. */
bool motions_decide_floor(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events,
	enum verdict *out_verdict);
/* The vote on the motion before the meeting was proclaimed: it is settled, with what follows on the floor. */
void motions_decide_settled(
	const struct floor *floor, const char *by, enum outcome outcome, struct events *out_events);
void motions_apply(struct floor *floor, const struct event *event);
/* Whoever left gets no floor back. */
void motions_forget(struct floor *floor, const char *participant);

/* The one before the meeting, or NULL. */
const struct motion *motions_top(const struct floor *floor);
const struct rules_motion *motion_rules(const struct floor *floor, const struct motion *motion);
/* A statement of this participant was interrupted by a motion. */
bool motions_interrupted(const struct floor *floor, const char *participant);
/* "adjourned", "closed"; "" while debate is open. */
const char *floor_debate_name(enum floor_debate debate);

#endif
