/* signaling/interpretation/interpretation.h
 *
 * Booths, their desks, and the language channels they speak into: who is live where, what each desk hears, how one hands over to
 * the next, and which language is spoken on the floor. A channel has at most one live desk, a desk is live in at most one
 * channel; a channel without one passes the floor through, and so does one whose language is spoken there. No desk hears itself
 * over relay. A machine of decide and apply: decide changes nothing, apply cannot fail. One thread; no allocation after birth.
 */
#ifndef ROSTRUM_SIGNALING_INTERPRETATION_INTERPRETATION_H
#define ROSTRUM_SIGNALING_INTERPRETATION_INTERPRETATION_H

#include "signaling/meeting/meeting.h"

/* Interpreters of one meeting: 32 booths of eight. Badges beyond have no desk. */
#define INTERPRETATION_DESKS_MAX 256
/* Most events that tell all desks of a pivot that was lost. */
#define INTERPRETATION_PIVOT_EVENTS 3
/* "delegation-" and the delegation's id: the booth of its own interpreters (GA rule 53). */
#define INTERPRETATION_BOOTH_ID_MAX (RS_NAME_MAX + 11)
/* No channel, no desk; as a source: the floor. */
#define INTERPRETATION_NONE (-1)
/* A handover that both agreed on happens so long after at the earliest, so that the media server has the new desk's sound at hand. */
#define INTERPRETATION_ARM_MS 200

_Static_assert(MEETING_CHANNELS_MAX <= 32, "a set of channels is a uint32_t");
_Static_assert(INTERPRETATION_DESKS_MAX *(MEETING_BADGE_MAX + 1) <=
		       INTERPRETATION_PIVOT_EVENTS * (EVENT_NAMES_MAX - MEETING_BADGE_MAX),
	"so many events have room for all desks");

enum interpretation_stage {
	HANDOVER_NONE,
	HANDOVER_REQUESTED,
	HANDOVER_ARMED, /* both agreed */
};

/* Of one channel, between its live desk and the one that takes over. */
struct interpretation_handover {
	enum interpretation_stage stage;
	int to;           /* desk */
	int by;           /* desk that asked: the live one, or `to` */
	int64_t since_ms; /* asked, wall clock */
	int64_t due_ms;   /* wall clock; 0 = as soon as both agree */
};

struct interpretation_channel {
	char id[RS_NAME_MAX + 1]; /* also its language */
	int desk;                 /* live; INTERPRETATION_NONE = nobody */
	struct interpretation_handover handover;
};

struct interpretation_booth {
	char id[INTERPRETATION_BOOTH_ID_MAX +
		1];       /* its home language, or "delegation-" and whose */
	int home;         /* channel of output A; INTERPRETATION_NONE: a delegation's own */
	uint32_t outputs; /* channels, as a set */
};

/* What a desk's page must show until its interpreter chooses a source, or somebody is live again. */
struct interpretation_alarm {
	enum event_cause
		cause; /* CAUSE_NONE = no alarm; PIVOT, CYCLE: its source fell to the floor; LOST_LINE: its booth's channel */
	int channel;
	int64_t since_ms; /* wall clock */
};

struct interpretation_desk {
	char id[MEETING_BADGE_MAX + 1];
	size_t booth;
	uint32_t outputs; /* channels it may go live in, as a set */
	int output;       /* chosen; INTERPRETATION_NONE only when there are none */
	int channel;      /* live in; INTERPRETATION_NONE = idle */
	int source;       /* chosen: a channel, or INTERPRETATION_NONE: the floor */
	bool cough;
	int64_t since_ms; /* live since, wall clock; 0 = idle */
	int64_t used_ms;  /* at the microphone, before that */
	struct interpretation_alarm alarm;
	int lost; /* channel it was live in when its line was lost; INTERPRETATION_NONE = none, or somebody was live there since */
	int64_t lost_ms; /* then, wall clock */
};

struct interpretation {
	struct rules_interpretation rules;
	struct interpretation_channel *channels;
	size_t n_channels;
	struct interpretation_booth *booths;
	size_t n_booths;
	struct interpretation_desk *desks;
	size_t n_desks;
	char language[EVENT_LANGUAGE_MAX + 1]; /* spoken on the floor; empty = not known */
};

enum interpretation_command_kind {
	INTERPRETATION_GO_LIVE,
	INTERPRETATION_GO_IDLE,
	INTERPRETATION_COUGH,
	INTERPRETATION_SELECT_SOURCE,
	INTERPRETATION_SELECT_OUTPUT,
	INTERPRETATION_REQUEST_HANDOVER,
	INTERPRETATION_ACCEPT_HANDOVER,
	INTERPRETATION_DECLINE_HANDOVER,
	INTERPRETATION_CANCEL_HANDOVER,
	INTERPRETATION_SET_LANGUAGE,
};

/* Whether sound comes from this desk's microphone now; it may be closed. */
typedef bool interpretation_sounds_fn(const void *ctx, const char *desk);

struct interpretation_command {
	enum interpretation_command_kind kind;
	const char *by; /* badge */
	const char *
		channel; /* GO_LIVE, SELECT_OUTPUT; REQUEST: "" = the one of the desk; SELECT_SOURCE: or "floor" */
	const char *
		participant; /* REQUEST by the live desk: who is to take over; "" or NULL = the next one of the booth */
	const char *language;             /* SET_LANGUAGE; "" = not known */
	bool on;                          /* COUGH */
	int64_t at_ms;                    /* REQUEST: wall clock; 0 = as soon as both agree */
	int64_t wall_ms;                  /* when it came */
	interpretation_sounds_fn *sounds; /* NULL = from all of them */
	const void *ctx;                  /* of `sounds` */
};

/* Booths and desks as the meeting's conference file has them; copies what it needs. An interpreter without a booth of their own
 * (badge, else first of their languages that is a booth's home) sits in one of their first language, which is made for it. 0 or
 * -ENOMEM. */
int interpretation_new(
	const struct meeting *meeting, struct interpretation **out_interpretation) RS_MUST_USE;
struct interpretation *interpretation_free(struct interpretation *interpretation);

enum verdict interpretation_decide(const struct interpretation *interpretation,
	const struct interpretation_command *command, struct events *out_events);
/* An interpreter left (CAUSE_LEFT) or lost the line (CAUSE_LOST_LINE): an armed handover happens at once, else the desk falls
 * idle. Adds nothing when it is neither live nor takes over. */
void interpretation_decide_lost(const struct interpretation *interpretation,
	const char *participant, enum event_cause cause, struct events *out_events);
/* Whether a desk whose line was lost goes on by itself once it is heard again: in less than `within_ms`, and nobody has gone
 * live in its channel since. */
bool interpretation_may_resume(const struct interpretation *interpretation, const char *badge,
	int64_t within_ms, int64_t wall_ms);
/* It is heard again: if it may, it goes on, and those who heard it over relay hear it again. Else adds nothing. */
void interpretation_decide_back(const struct interpretation *interpretation, const char *badge,
	int64_t within_ms, int64_t wall_ms, struct events *out_events);
/* Whether this kind of event changes what desks and channels carry. */
bool interpretation_concerns(enum event_kind kind);
/* The first handover that is due happens, or the first that nobody answered ends. */
void interpretation_decide_time(
	const struct interpretation *interpretation, int64_t wall_ms, struct events *out_events);
/* When that is, wall clock; INT64_MAX = never. */
int64_t interpretation_due(const struct interpretation *interpretation);
/* Another speaks, in this language ("" = not known). Adds nothing when it is the one known. */
void interpretation_decide_language(const struct interpretation *interpretation,
	const char *language, const char *by, struct events *out_events);
void interpretation_apply(struct interpretation *interpretation, const struct event *event);

/* NULL when this badge has no desk. */
const struct interpretation_desk *interpretation_find(
	const struct interpretation *interpretation, const char *badge);
/* The channel this badge is live in, or NULL. */
const struct interpretation_channel *interpretation_live_in(
	const struct interpretation *interpretation, const char *badge);
/* This badge is live, or a channel is to be handed over to it: its line matters now. */
bool interpretation_needs(const struct interpretation *interpretation, const char *badge);
/* Whether a channel carries its live desk; else it passes the floor. `channel` below n_channels. */
bool interpretation_carries(const struct interpretation *interpretation, size_t channel);
/* "floor", or the channel's id. */
const char *interpretation_source_name(const struct interpretation *interpretation, int source);
/* Channel a desk hears: chosen, or by auto-relay; INTERPRETATION_NONE = the floor itself. */
int interpretation_hears(
	const struct interpretation *interpretation, const struct interpretation_desk *desk);
/* Channel that the source "floor" means for this desk now; INTERPRETATION_NONE = the floor, or another source is chosen. */
int interpretation_auto(
	const struct interpretation *interpretation, const struct interpretation_desk *desk);
/* The channels that sound goes through, from the floor to this one; returns their number, which is the channel's depth: 0 = it
 * passes the floor. `channel` below n_channels. */
size_t interpretation_chain(const struct interpretation *interpretation, size_t channel,
	size_t out_channels[MEETING_CHANNELS_MAX]);

#endif
