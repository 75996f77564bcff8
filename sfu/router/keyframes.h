/* sfu/router/keyframes.h: key frames of one source stream.
 *
 * One authority asks for them: whoever needs one says so here, the publisher hears it once, and again until the key frame
 * has come. Key frames are dear: a storm of requests would cost everybody's picture quality. So those who ask within a
 * while share one, the while being longer where key frames are large and nobody is without a picture, and a receiver that
 * asks again and again is not heard each time.
 */
#ifndef ROSTRUM_SFU_ROUTER_KEYFRAMES_H
#define ROSTRUM_SFU_ROUTER_KEYFRAMES_H

#include "common/base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packet;
struct router;
struct track;

struct keyframes {
	bool wanted;
	unsigned asked_times; /* since the last key frame */
	rs_time asked;        /* last request */
	rs_time next;         /* RS_TIME_NEVER when nothing is to be asked */
	rs_time came;         /* last key frame */
	uint8_t fir;          /* command number, RFC 5104 section 4.3.1.1 */
	uint32_t rtp_ts;      /* of the last key frame, and its octets so far */
	uint32_t octets;
};

/* What a slot's receiver may still ask for by itself. */
struct keyframe_credit {
	rs_time used_until; /* what is left goes from here to now */
};

enum keyframe_need {
	KEYFRAME_TO_BEGIN, /* somebody sees nothing until it comes */
	KEYFRAME_TO_MEND, /* or only a worse picture, or not yet a better one: it may cost no more than a share of the stream */
};

/* Somebody needs one; sound has none. It is asked for at once, or when one may be afforded again. */
void keyframe_ask(struct router *router, struct track *track, enum keyframe_need need, rs_time now);
/* A receiver asked. False when it asked more than a lossy line explains; then it is heard again in a while. */
bool keyframe_credit_take(struct keyframe_credit *credit, rs_time now);
/* Its first packet is here: nobody needs to ask any more. */
void keyframe_came(struct track *track, rs_time now);
/* A packet of the stream, whatever it is: for the cost of key frames. */
void keyframe_measure(struct track *track, const struct packet *packet);
/* Sends the request that is due, first or again. */
void keyframe_tick(struct router *router, struct track *track, rs_time now);

#endif
