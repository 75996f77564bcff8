/* sfu/router/relay.h: sources whose publisher is another worker's.
 *
 * Every worker's router knows all peers of its meetings, those of others by what they send. What passes the
 * gate at the source's home is handed to each worker that wants it, once, parsed; there it enters by
 * track_pass() as if it had been received. What is asked of a source goes the other way. Each side tells
 * the other anew whenever it learns that it is thought of otherwise, so that a message lost to a full ring
 * does no lasting harm.
 */
#ifndef ROSTRUM_SFU_ROUTER_RELAY_H
#define ROSTRUM_SFU_ROUTER_RELAY_H

#include "sfu/router/audio.h"
#include "sfu/router/router.h"

struct meeting;
struct packet;
struct publish;
struct track;

/* Of one publish. */
struct relay {
	bool remote;  /* its home is another worker */
	uint32_t key; /* differs when another section takes its place */
	/* at home; bit i is worker i */
	uint64_t to;                           /* wants the packets */
	uint64_t layers_to[ROUTER_LAYERS_MAX]; /* by layer: wants it of the publisher */
	uint64_t untold;                       /* is to be told the state */
	struct audio told_audio;
	uint32_t lost
		[2]; /* by listeners elsewhere, as loss.h counts: told since the last report, and before it */
	/* elsewhere */
	bool wanted;                         /* here */
	uint8_t layers;                      /* wanted of the publisher for who is here */
	bool told;                           /* home was told whether */
	rs_time next_loss;                   /* when home is told what listeners here lose */
	uint32_t streams[ROUTER_LAYERS_MAX]; /* home's name for each track's stream */
};

/* The section is there, with its peer, index and meeting. */
void relay_born(struct router *router, struct publish *publish);
/* At home: it passed the gate. */
void relay_packet(struct router *router, const struct track *track, const struct packet *packet);
/* At home: what the source is chosen by has changed (flow, sizes). Elsewhere nothing. */
void relay_state(struct router *router, struct publish *publish);
/* At home: the publisher reported its clock. */
void relay_clock(struct router *router, const struct track *track);
/* At home: what listeners elsewhere lose at most, asked for a report once an interval. */
uint32_t relay_loss(struct publish *publish);
/* A key frame is asked of the source's home; false: home is here. */
bool relay_keyframe(struct router *router, const struct track *track);
/* Elsewhere: home is told how many layers are wanted for who is here, if that is new. */
void relay_layers(struct router *router, struct publish *publish, unsigned layers);
/* Bindings or readiness changed: tells home what is wanted here. */
void relay_wants(struct router *router, const struct meeting *meeting);
/* Says again what found no room; `slow`: how loud it is, too. */
void relay_tick(struct router *router, struct publish *publish, bool slow, rs_time now);

#endif
