/* sfu/bwe/rate.h
 *
 * Bit rate over a sliding half second, in steps of 25 ms. An embedded value; it allocates nothing.
 */
#ifndef ROSTRUM_SFU_BWE_RATE_H
#define ROSTRUM_SFU_BWE_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/time.h"

#define RATE_STEPS 20
#define RATE_STEP RS_MS(25)

struct rate {
	bool started;
	int64_t step;  /* newest, in RATE_STEP since the clock's start */
	int64_t first; /* when it began, or began anew after a pause of the whole window */
	uint32_t octets[RATE_STEPS];
	uint64_t sum;
};

void rate_init(struct rate *rate);
/* Times may come slightly out of order; what is older than the window is left out. */
void rate_add(struct rate *rate, uint32_t octets, rs_time at);
/* Over the window that ends at `now`, or over what there is of it, at least 100 ms. */
uint32_t rate_bps(struct rate *rate, rs_time now);

#endif
