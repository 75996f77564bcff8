/* signaling/interpretation/interpretation.h
 *
 * Language channels and the desks that speak into them. A channel has at most one live desk, a desk is live in at most one
 * channel; going live takes the channel from the booth partner. A channel without a desk passes the floor
 * through. A machine of decide and apply; one thread; no allocation after birth.
 */
#ifndef ROSTRUM_SIGNALING_INTERPRETATION_INTERPRETATION_H
#define ROSTRUM_SIGNALING_INTERPRETATION_INTERPRETATION_H

#include "signaling/meeting/event.h"
#include "signaling/rules/verdict.h"

struct interpretation_channel {
	char id[RS_NAME_MAX + 1];
	char desk[RS_NAME_MAX + 1]; /* the live interpreter; empty = pass-through */
	int64_t since_ms;
};

struct interpretation {
	struct interpretation_channel *channels;
	size_t n_channels;
};

enum interpretation_command_kind {
	INTERPRETATION_GO_LIVE,
	INTERPRETATION_GO_IDLE,
};

struct interpretation_command {
	enum interpretation_command_kind kind;
	const char *by;
	const char *channel; /* GO_LIVE */
	bool accredited;     /* GO_LIVE: the channel is one of this booth */
};

/* 0 or -ENOMEM. */
int interpretation_new(const char *const *channels, size_t n_channels,
	struct interpretation **out_interpretation) RS_MUST_USE;
struct interpretation *interpretation_free(struct interpretation *interpretation);

enum verdict interpretation_decide(const struct interpretation *interpretation,
	const struct interpretation_command *command, struct events *out_events);
/* A desk falls idle because its interpreter left or lost the line. Adds nothing when it is not live. */
void interpretation_decide_lost(const struct interpretation *interpretation,
	const char *participant, enum event_cause cause, struct events *out_events);
void interpretation_apply(struct interpretation *interpretation, const struct event *event);

/* The channel this desk is live in, or NULL. */
const struct interpretation_channel *interpretation_find_desk(
	const struct interpretation *interpretation, const char *participant);

#endif
