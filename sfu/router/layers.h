/* sfu/router/layers.h: which simulcast and temporal layer of a source a slot gets, and why.
 *
 * The best that exists under two limits: what the receiver wishes (size, pause) and what its line allows (set by the
 * allocator; none until then). A slot keeps the layer it has until a key frame of the other comes.
 */
#ifndef ROSTRUM_SFU_ROUTER_LAYERS_H
#define ROSTRUM_SFU_ROUTER_LAYERS_H

#include "common/base/time.h"
#include "sfu/rewrite/temporal.h"
#include "sfu/router/router.h"

struct publish;
struct slot;
struct track;

/* What a slot's line allows. */
struct layer_limit {
	uint8_t layer;    /* the highest; LAYER_ANY = no limit */
	uint8_t temporal; /* of that layer: the highest; TEMPORAL_ALL = no limit */
	bool paused;
};
#define LAYER_ANY 0xff

/* What a slot aims at. */
struct layer_choice {
	uint8_t layer; /* index of a track of the source */
	uint8_t temporal;
	bool paused;
	enum router_layer_why why;
};

/* Octets a second of a track, by temporal layer, over the last half to one second. */
struct layer_meter {
	rs_time window_end;
	/* Octets in the window that runs, and in the one before; each layer by itself. */
	uint32_t octets[TEMPORAL_LAYERS];
	uint32_t last[TEMPORAL_LAYERS];
	uint8_t highest; /* temporal layer seen */
};

/* A packet of `octets`, header included; `temporal` is below TEMPORAL_LAYERS. */
void layer_meter_add(struct layer_meter *meter, uint8_t temporal, size_t octets, rs_time now);
/* Bits a second of a track's temporal layers up to `temporal`, RTP headers included; 0 when nothing comes. */
uint64_t layer_bps(const struct track *track, uint8_t temporal, rs_time now);
/* Highest temporal layer seen in the track. */
uint8_t layer_temporals(const struct track *track);
/* Height in pixels; of a layer whose key frame was not seen yet by the others', each layer being half the next; 0 = no idea. */
uint32_t layer_height(const struct publish *publish, unsigned layer);
/* The best layer that flows under both limits; the lowest that flows when none fits. `max_height` 0 = any. */
struct layer_choice layer_choose(const struct publish *publish, uint32_t max_height,
	bool wish_paused, const struct layer_limit *limit);

/* How many layers, from the lowest, a receiver who wishes this can get when all flow: what layer_choose() may come to want. */
unsigned layers_wished(const struct publish *publish, uint32_t max_height, bool wish_paused);

/* Instant `rtp_ts` of one layer of a source in the clock of another, by both their sender reports. False when they are no two
 * layers of a source, or one was not reported on. */
bool layer_same_ts(
	const struct track *from, const struct track *to, uint32_t rtp_ts, uint32_t *out_ts);

/* The allocator's word. Takes effect by itself: a key frame is asked for where one is needed. */
void slot_limit(
	struct router *router, struct slot *slot, const struct layer_limit *limit, rs_time now);
/* The layer that is being forwarded, or -1: nothing is (yet). */
int slot_layer_now(const struct router *router, const struct slot *slot);

#endif
