/* tools/roombox/media/pace.h
 *
 * How fast a sound card is to be followed. Its clock and the machine's never agree; the difference shows in how much waits between
 * the two, which is measured once in each block of 10 ms. A proportional and integral controller (critically damped, natural frequency
 * 0.04 rad/s) turns the smoothed measure into a speed, so that the wait comes back to what it is to be and neither end ever runs
 * dry: at 200 parts in a million it strays by less than 2 ms, and the speed never changes by what can be heard. Pure; embedded in its owner.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_PACE_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_PACE_H

#include "common/base/mem.h"

/* Blocks a second: how often pace_follow() is called. */
#define PACE_HZ 100
/* Most that a speed differs from 1. Sound cards are within 0.0002. */
#define PACE_MOST 0.002

struct pace {
	double hz;     /* frames a second of the card, by its name */
	double target; /* s that wait when all is well */
	double error;  /* s above that, smoothed */
	double drift;  /* what the clocks were found to differ by: 1e-6 is one part in a million */
	bool begun;
};

/* `target` frames of a card of `hz` are to wait. */
void pace_init(struct pace *pace, unsigned hz, unsigned target);
/* Another target; what was learned of the clocks stays. */
void pace_aim(struct pace *pace, unsigned target);
/* What waits is about to be another, since it was thrown away or begun anew: what is measured next is believed at once. */
void pace_restart(struct pace *pace);
/* `fill` frames wait. How many frames are to be taken in the time of one: 1 ± PACE_MOST. */
double pace_follow(struct pace *pace, size_t fill);

#endif
