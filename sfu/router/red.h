/* sfu/router/red.h
 *
 * Redundant audio (RFC 2198), made here for receivers that take it and lose packets: each packet carries
 * the ones before it again, from the source's store, so that what is lost comes with the next packet
 * instead of a round trip later. A receiver's buffer stays as short as it is without loss.
 *
 * What each packet carried is remembered, since a packet that is sent again under the same number has to be
 * the same to the octet (SRTP with GCM).
 */
#ifndef ROSTRUM_SFU_ROUTER_RED_H
#define ROSTRUM_SFU_ROUTER_RED_H

#include "common/rtp/red.h"
#include "common/rtp/rtp.h"

struct packet;
struct publish;
struct rewrite_out;
struct slot;

/* Redundant blocks of a packet: at most where losses are independent, and where they come in runs; and how far back
 * they may lie. */
#define RED_MOST_ALONE 3
#define RED_MOST 5
#define RED_REACH 6
/* A packet with redundancy is no longer than this, header and all; what would make it longer is left out. */
#define RED_PACKET_MAX 1100

/* How the packets of a slot are protected. */
struct red_choice {
	uint8_t blocks;  /* in each packet now */
	uint8_t allowed; /* as many as the receiver's line has room for: set by who knows it */
};

/* The loss of the slot's receiver is known better: choose anew. */
void red_adapt(struct slot *slot);
/* Which of the packets before `packet` go along with it: bit d - 1 stands for the d-th before. 0 = none, a plain
 * packet. */
uint8_t red_choose(const struct slot *slot, const struct publish *publish,
	const struct packet *packet, const struct rewrite_out *out);
/* The blocks named by `mask`. False when one of them is no longer kept. */
bool red_gather(const struct slot *slot, const struct publish *publish, const struct packet *packet,
	const struct rewrite_out *out, uint8_t mask, struct red *out_red);

#endif
