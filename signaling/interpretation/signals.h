/* signaling/interpretation/signals.h
 *
 * What booths say to the rest of the meeting without speaking: slower please, we cannot interpret, come here; and what the
 * meeting does for them: waits until they have finished before the next speaker or a vote. A machine of decide and apply; one
 * thread; no allocation.
 */
#ifndef ROSTRUM_SIGNALING_INTERPRETATION_SIGNALS_H
#define ROSTRUM_SIGNALING_INTERPRETATION_SIGNALS_H

#include "signaling/meeting/delegation.h"
#include "signaling/meeting/event.h"
#include "signaling/rules/rules.h"
#include "signaling/rules/verdict.h"

#define SIGNALS_IMPEDIMENTS_MAX 64 /* one a booth */
#define SIGNALS_CALLS_MAX 32       /* waiting for an answer */

/* A booth that cannot interpret, until whoever presides has dealt with it. */
struct impediment {
	char booth[EVENT_BOOTH_MAX + 1];
	char by[RS_NAME_MAX + 1]; /* badge of the desk */
	enum impediment_reason reason;
	int64_t since_ms;
};

/* A desk that calls; answered when somebody says they have seen to it. */
struct booth_call {
	uint32_t number; /* from 1 */
	char by[RS_NAME_MAX + 1];
	enum call_to to;
	int64_t since_ms;
};

/* A grant of the floor, or the opening of a vote, that waits for the booths. */
struct signals_hold {
	int64_t until_ms; /* wall clock, latest; 0 = nothing is held */
	char by[RS_NAME_MAX + 1];
	char participant[RS_NAME_MAX + 1]; /* as the command had it; empty = not given */
	uint32_t entry;                    /* so, 0 = not given */
	uint32_t decision; /* the voting on it is to be opened; 0 = the floor is to be given */
	bool overrides;    /* as the command had it: without a quorum */
	char booths[EVENT_NAMES_MAX +
		    1]; /* channels that were spoken into, with a space between two */
};

struct signals {
	uint32_t slower; /* desks that asked of late */
	int64_t slower_ms;
	int64_t slower_from_ms; /* since when whoever speaks now does; asked before that was asked of another */
	struct impediment impediments[SIGNALS_IMPEDIMENTS_MAX];
	size_t n_impediments;
	struct booth_call calls[SIGNALS_CALLS_MAX]; /* the oldest first */
	size_t n_calls;
	uint32_t last_call;
	struct signals_hold hold;
};

enum signals_command_kind {
	SIGNALS_SLOWER,
	SIGNALS_CANNOT,
	SIGNALS_CLEAR,
	SIGNALS_CALL,
	SIGNALS_ANSWER,
};

struct signals_command {
	enum signals_command_kind kind;
	const char *by;
	bool serves;       /* ANSWER: any call may be answered by them */
	const char *booth; /* CANNOT: the desk's own; CLEAR: whose impediment is dealt with */
	enum impediment_reason reason; /* CANNOT */
	enum call_to to;               /* CALL */
	uint32_t call;                 /* ANSWER */
	bool asked;                    /* SLOWER: this desk did so of late */
};

/* VERDICT_OK; VERDICT_ALREADY_SO (said already, or calls already), VERDICT_NO_SUCH_BOOTH (it says nothing of the kind),
 * VERDICT_NO_SUCH_CALL, VERDICT_NOT_PERMITTED (another's call), VERDICT_TOO_MANY. */
enum verdict signals_decide(const struct signals *signals, const struct signals_command *command,
	struct events *out_events);
void signals_apply(struct signals *signals, const struct rules_interpretation *rules,
	const struct event *event);

/* NULL when this booth has none. */
const struct impediment *signals_impediment(const struct signals *signals, const char *booth);
/* How many desks ask to speak slower: 0 once `slower_hold_s` has passed since the last. */
uint32_t signals_slower(
	const struct signals *signals, const struct rules_interpretation *rules, int64_t wall_ms);
/* Whether this grant is what waits. */
bool signals_holds(const struct signals *signals, const struct signals_hold *wanted);
/* Whether this grant has to wait for the booths, which have been silent for `quiet_ms`. What was held already goes on when it
 * is asked for again: whoever presides does not wait. */
bool signals_must_hold(const struct signals *signals, const struct rules_interpretation *rules,
	const struct signals_hold *wanted, uint32_t quiet_ms);
void signals_decide_hold(const struct signals_hold *wanted, struct events *out_events);
/* True when what is held is to go on now. */
bool signals_released(const struct signals *signals, const struct rules_interpretation *rules,
	uint32_t quiet_ms, int64_t wall_ms);

/* "sound", "speed", "no-video", "document"; never NULL. */
const char *impediment_name(enum impediment_reason reason);
/* 0, or -ENOENT. */
int impediment_parse(const char *name, enum impediment_reason *out_reason) RS_MUST_USE;
/* "chair", "technician"; never NULL. */
const char *call_to_name(enum call_to to);
/* 0, or -ENOENT. */
int call_to_parse(const char *name, enum call_to *out_to) RS_MUST_USE;

#endif
