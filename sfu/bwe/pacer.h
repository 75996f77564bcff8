/* sfu/bwe/pacer.h
 *
 * When the next packet of video may go out: a bucket that fills at the rate of the estimate. What bursts within
 * the bucket's depth goes at once, so that the packets of a frame leave together where the line is wide.
 * Sound never asks; what it takes is taken from the bucket.
 *
 * An embedded value; it allocates nothing.
 */
#ifndef ROSTRUM_SFU_BWE_PACER_H
#define ROSTRUM_SFU_BWE_PACER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/time.h"

struct pacer {
	uint32_t bps;
	int64_t level; /* millionths of a bit; below 0 = overdrawn */
	rs_time updated;
};

void pacer_init(struct pacer *pacer, uint32_t bps, rs_time now);
/* 0 = nothing until it is set again. Setting the same again costs next to nothing. */
void pacer_set(struct pacer *pacer, uint32_t bps, rs_time now);
/* A packet of `octets` went out, whether it asked or not. */
void pacer_spend(struct pacer *pacer, uint32_t octets, rs_time now);
bool pacer_may_send(struct pacer *pacer, rs_time now);
/* When pacer_may_send() becomes true; RS_TIME_NEVER at rate 0; in the past when it is. */
rs_time pacer_deadline(const struct pacer *pacer);

#endif
