/* signaling/service/state/sync.h
 *
 * How a page's clock stands to ours, measured by us, and when a press was made by it (PROTOCOL.md section 3.4). A page is asked,
 * answers at once with its clock, and so tells the time its line takes as well; what it says of a press is believed only as far
 * as that line could have been slow. Plain value; one thread; allocates nothing.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_STATE_SYNC_H
#define ROSTRUM_SIGNALING_SERVICE_STATE_SYNC_H

#include "common/base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Answers kept; the oldest makes way. */
#define SYNC_SAMPLES_MAX 16

struct sync_sample {
	rs_time rtt;
	rs_time offset; /* the page's clock less ours, if both ways took the same time */
};

struct sync {
	uint32_t asked; /* 0 = no question is open */
	rs_time asked_at;
	struct sync_sample samples[SYNC_SAMPLES_MAX];
	size_t n; /* ever, since the clock was set last */
};

/* A question goes out; `nonce` is not 0. One that is still open is forgotten. */
void sync_ask(struct sync *sync, uint32_t nonce, rs_time now);
/* The page answered with its clock, ms. Answers to no open question are ignored. One that no line explains beside those before it is of
 * a clock that was set meanwhile: they are forgotten. */
void sync_answer(struct sync *sync, uint32_t nonce, int64_t at_ms, rs_time now);
/* The fastest answer, or -1 before the first. */
rs_time sync_rtt(const struct sync *sync);

/* How far the page's clock is ahead of the wall clock, ms, by the fastest answer; `now` and `wall_ms` are the same moment. False before
 * the first answer. */
bool sync_offset(const struct sync *sync, rs_time now, int64_t wall_ms, int64_t *out_ms);

struct sync_press {
	rs_time ago;         /* how long before `now` the press was made */
	rs_time uncertainty; /* of that, to either side */
	bool believed; /* the page's word for it was; else it is what the line usually takes, or 0 without answers */
};
/* A press came in now that was made at `at_ms` of the page's clock. `line` is the slowest line believed, one way. */
struct sync_press sync_press(const struct sync *sync, int64_t at_ms, rs_time line, rs_time now);

#endif
