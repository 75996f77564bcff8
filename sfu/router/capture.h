/* sfu/router/capture.h: when media was captured, by whose clock, and how that clock stands to ours.
 *
 * Of a publisher's clock we see its sender reports and the capture times on its packets; both are
 * late by the way here at least, and the least of late is taken for all of its streams, so that sound and picture stay
 * together. Until the first report the capture times must do.
 */
#ifndef ROSTRUM_SFU_ROUTER_CAPTURE_H
#define ROSTRUM_SFU_ROUTER_CAPTURE_H

#include "common/base/time.h"
#include "common/rtp/rtp.h"

struct packet;
struct peer;
struct router;
struct track;

/* A peer's NTP clock. */
struct peer_clock {
	bool known;
	bool reported; /* by a sender report, not by capture times alone */
	int64_t offset
		[2]; /* our monotonic clock minus its wall clock, us: least of this window and the one before */
	rs_time window_end;
};

/* What the clock said at an instant that ended on its way here `now`. */
void peer_clock_add(struct peer_clock *clock, uint64_t ntp, bool report, rs_time now);
/* Ours minus its, us; only when known. */
int64_t peer_clock_offset(const struct peer_clock *clock);

/* The last capture time of a track. */
struct capture {
	bool known;
	uint64_t ntp;      /* by the capturing system's clock */
	int64_t offset_us; /* that clock minus the publisher's */
	uint32_t rtp_ts;
};

/* Sets the packet's own header extension, complete, once and for all who get the packet: on those that came
 * with one, on key frames, and now and then. `ext` is what came with it, or NULL. */
void capture_stamp(struct router *router, struct track *track, struct packet *packet,
	const struct rtp_ext *ext, rs_time now);

/* RTP timestamp of what the publisher captured at the instant that reaches us, undelayed, at `now`. False when
 * neither report nor capture time is known. */
bool capture_rtp_at(const struct track *track, rs_time now, uint32_t *out_rtp_ts);

#endif
