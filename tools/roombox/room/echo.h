/* tools/roombox/room/echo.h
 *
 * For rooms without a DSP of their own: takes out of what the microphones hear what the loudspeakers play (speexdsp's adaptive
 * filter, after J.-S. Valin, "On Adjusting the Learning Rate in Frequency Domain Echo Cancellation With Double-Talk", 2007).
 *
 * The filter is as long as ECHO_TAIL_MS, counted from the block that was given to the loudspeakers last: buffers of both sound
 * cards, the way through the air and the room's reverberation have to fit in. Linear: who speaks while the loudspeakers play is not
 * damped. 48 kHz, 16 bits, one channel, in blocks of 10 ms. Not thread safe; allocates at birth only.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_ROOM_ECHO_H
#define ROSTRUM_TOOLS_ROOMBOX_ROOM_ECHO_H

#include "tools/roombox/hear/playout.h"

#define ECHO_TAIL_MS 250

struct echo;

/* 0 or -ENOMEM. */
int echo_new(struct echo **out_echo) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct echo *echo_free(struct echo *echo);
/* What the loudspeakers are given from now on, a block at a time: after each block that was captured. */
void echo_played(struct echo *echo, const int16_t block[PLAYOUT_BLOCK]);
/* Takes the echo out of the block that was captured. */
void echo_cancel(struct echo *echo, int16_t block[PLAYOUT_BLOCK]);

#endif
