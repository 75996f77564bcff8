/* signaling/interpretation/interpretation_priv.h
 *
 * What the files of this folder share.
 */
#ifndef ROSTRUM_SIGNALING_INTERPRETATION_INTERPRETATION_PRIV_H
#define ROSTRUM_SIGNALING_INTERPRETATION_INTERPRETATION_PRIV_H

#include "signaling/interpretation/interpretation.h"

/* Indices; INTERPRETATION_NONE when there is none. */
int interpretation_channel_at(const struct interpretation *interpretation, const char *id);
int interpretation_desk_at(const struct interpretation *interpretation, const char *badge);

static inline bool channels_have(uint32_t channels, int channel)
{
	return channel >= 0 && (channels >> channel & 1) != 0;
}

/* --- booths.c --- */

/* Fills booths and desks. 0 or -ENOMEM. */
int interpretation_build(
	const struct meeting *meeting, struct interpretation *interpretation) RS_MUST_USE;

/* --- relay.c: who hears whom, as it is, or as it would be after events that are being decided --- */

struct relay_link {
	int desk; /* live; INTERPRETATION_NONE = nobody */
	int source;
	size_t booth;
	int64_t since_ms;
	bool carried; /* not while the floor is spoken in this language */
};

struct relay {
	const struct interpretation *interpretation;
	struct relay_link links[MEETING_CHANNELS_MAX]; /* by channel */
};

void relay_take(const struct interpretation *interpretation, struct relay *out_relay);
/* What the source means in this booth: itself, or by auto-relay the channel that works from the floor. */
int relay_hears(const struct relay *relay, int source, size_t booth);
/* Whether who hears `source` in this booth hears `target`. Desks that stand by count, so that no language spoken on the floor
 * makes a circle. */
bool relay_leads_to(const struct relay *relay, int source, size_t booth, int target);

/* Nobody is live in `channel` any more: whoever hears it falls to the floor. */
void relay_decide_pivot(struct relay *relay, int channel, struct events *out_events);
/* The desk of `channel` is back: whoever fell to the floor with it, and has not chosen since, hears it again. */
void relay_decide_back(const struct relay *relay, int channel, struct events *out_events);
/* `desk` is live in `channel` from now on; if it would hear itself, it falls to the floor. */
void relay_decide_circle(struct relay *relay, int channel, int desk, struct events *out_events);
enum verdict relay_decide_source(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events);
void relay_apply(struct interpretation *interpretation, const struct event *event);

/* --- desks.c --- */

enum verdict desks_decide(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events);
/* The desk goes live: leaves where it was, gives up what it was to take over elsewhere, and hears nothing of itself. */
void desks_add_live(struct relay *relay, int channel, int desk, const char *by,
	enum event_cause cause, struct events *out_events);
void desks_apply(struct interpretation *interpretation, const struct event *event);

/* --- handover.c --- */

/* The channel whose handover this desk takes part in, on either side; INTERPRETATION_NONE. */
int handover_of(const struct interpretation *interpretation, int desk);
enum verdict handover_decide(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events);
void handover_add_ended(const struct interpretation *interpretation, int channel, const char *by,
	enum event_cause cause, struct events *out_events);
void handover_apply(struct interpretation *interpretation, const struct event *event);

#endif
