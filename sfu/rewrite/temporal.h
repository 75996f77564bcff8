/* sfu/rewrite/temporal.h
 *
 * Which frames of a stream with temporal layers (RFC 7741 and RFC 9628: TID, and Y or U) a receiver gets: up to a layer
 * that may change at any time. Down takes effect with the next frame; up where a frame says that it leans on lower layers
 * only, one layer at a time. Decided once a frame. An embedded value.
 */
#ifndef ROSTRUM_SFU_REWRITE_TEMPORAL_H
#define ROSTRUM_SFU_REWRITE_TEMPORAL_H

#include <stdbool.h>
#include <stdint.h>

/* Layers 0 to 3: TID has two bits in VP8. */
#define TEMPORAL_LAYERS 4
#define TEMPORAL_ALL (TEMPORAL_LAYERS - 1)

struct temporal {
	uint8_t target;
	uint8_t current; /* highest layer that is taken now */
	bool any;        /* a frame was decided on: */
	uint32_t rtp_ts;
	bool taken;
};

/* A packet of the stream that comes after all before it. */
struct temporal_in {
	uint32_t rtp_ts; /* tells frames apart */
	uint8_t tid;     /* 0 when the stream says none */
	bool sync;       /* no frame of its own layer or above is needed to decode it (VP8) */
	bool switch_up;  /* no later frame of a higher layer needs one before this one (VP9) */
	bool keyframe;   /* begins a key frame: every layer may begin here */
};

/* Everything is taken. */
void temporal_init(struct temporal *temporal);
/* Up to this layer, TEMPORAL_ALL at most. */
void temporal_aim(struct temporal *temporal, uint8_t target);
/* True when the packet is to be forwarded; all of a frame or nothing of it. */
bool temporal_take(struct temporal *temporal, const struct temporal_in *in);

#endif
