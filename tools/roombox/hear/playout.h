/* tools/roombox/hear/playout.h
 *
 * One stream of Opus made into sound at the pace of the listener's clock: a jitter buffer, libopus with its concealment and in-band
 * FEC, and a resampler (speexdsp) that takes the difference of the clocks back. No clock of its own, no I/O. Not thread safe.
 * Allocates at birth, and nothing after.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_HEAR_PLAYOUT_H
#define ROSTRUM_TOOLS_ROOMBOX_HEAR_PLAYOUT_H

#include "tools/roombox/hear/jitter.h"

/* Samples played at a time: 10 ms. */
#define PLAYOUT_BLOCK 480U

struct playout;

/* 0, -EINVAL (the limits of the buffer), -ENOMEM. */
int playout_new(const struct jitter_config *config, struct playout **out_playout) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct playout *playout_free(struct playout *playout);
/* A packet arrived. 0; -EBADMSG (no Opus); -EALREADY (a repeat, or too late). */
int playout_put(struct playout *playout, uint16_t seq, uint32_t rtp_ts, const uint8_t *payload,
	size_t len, rs_time now);
/* The next block, to be heard from `now` on. False: silence, and `out` is untouched. */
bool playout_pull(struct playout *playout, rs_time now, int16_t out[PLAYOUT_BLOCK]);
const struct jitter_stats *playout_stats(const struct playout *playout);

#endif
