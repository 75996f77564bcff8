/* recorder/ingest/clock.h
 *
 * Where an RTP timestamp lies on the session's timeline.
 *
 * With sender reports, the sender's own clock says when something was captured; its distance from
 * ours is learnt from the packets that travelled fastest and is shared by all tracks of a sender,
 * so that sound and picture keep the relation they had in front of the camera. Without reports the
 * RTP clock itself is taken for the sender's. Corrections are slewed, so that frames do not jump;
 * only a real break (a capture that stalled) steps the timeline. Sans-I/O, no allocation.
 */
#ifndef ROSTRUM_RECORDER_INGEST_CLOCK_H
#define ROSTRUM_RECORDER_INGEST_CLOCK_H

#include "common/base/mem.h"

/* Distance from a sender's clock to the session's. Zeroed = not known. */
struct clock_base {
	bool valid;
	int64_t offset_us; /* session time - sender time, of the fastest packets */
	int64_t least_now; /* least distance in the running and in the last window */
	int64_t least_before;
	int64_t window_end_us;
};

struct clock_map {
	uint32_t hz;
	struct clock_base own;     /* the RTP clock taken for the sender's */
	struct clock_base *shared; /* borrowed; for sender reports */

	bool reported;   /* a sender report is in use */
	int64_t sr_us;   /* sender time at ... */
	int64_t sr_ts;   /* ... this unwrapped RTP timestamp */
	int64_t bias_us; /* steps of the sender's wall clock, taken back out */
	/* The last of these, while what comes next may show that it was a stall; 0 = none. */
	int64_t doubt_us;

	bool begun;
	int64_t first_ts;
	int64_t last_ts;
	int64_t last_arrival_us;
	int64_t last_time_us; /* result for the last packet */
	int64_t seen_offset_us;
	int64_t residual_us;   /* what is still to be slewed away */
	int64_t late_since_us; /* arrival since which every packet came late; -1 = not late */
	int64_t late_least_us;
};

/* Stall detection: later than this, for as long as this (media that stops without a lost packet). */
#define CLOCK_LATE_US 200000
#define CLOCK_LATE_FOR_US 1000000

/* `shared` outlives the map. */
void clock_init(struct clock_map *map, uint32_t hz, struct clock_base *shared);
/* A sender report: sender's wall clock at an unwrapped RTP timestamp. */
void clock_report(struct clock_map *map, int64_t sender_us, int64_t rtp_ts);
/* Session time of a packet, in order, from its unwrapped timestamp and its arrival in session time.
 * `fresh` = media was interrupted before it, so nothing has to be slewed. Results never decrease.
 * *out_step_us is the step of the timeline found here, mostly 0. */
int64_t clock_time(struct clock_map *map, int64_t rtp_ts, int64_t arrival_us, bool fresh,
	int64_t *out_step_us);

#endif
