/* recorder/archive/track/ledger_write.h
 *
 * The lines of a ledger (common/evidence/ledger.h) as clusters close: what became of the packets is counted by
 * whoever writes the segment. No file, no clock; not thread safe.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_TRACK_LEDGER_WRITE_H
#define ROSTRUM_RECORDER_ARCHIVE_TRACK_LEDGER_WRITE_H

#include "common/base/buf.h"
#include "common/evidence/ledger.h"
#include "recorder/mux/mux.h"

/* Where the packets of one cluster went. Zeroed = none came. */
struct ledger_count {
	bool begun;
	int64_t seq0; /* extended; the first expected and the last received */
	int64_t seq1;
	uint64_t received;
	uint64_t lost;
	uint64_t skipped;
	uint64_t synthetic; /* packets of silence made */
	uint64_t dropped;   /* packets whose frame was not written */
	uint64_t freezes;   /* losses after which the picture stood still up to a key frame */
	uint64_t
		frozen_ms; /* from the last picture before to that key frame; 0 = none came any more */
	int64_t rtp0;      /* unwrapped timestamp and arrival of the first */
	int64_t arrival_wall_us;
};

/* What is said once in a cluster. */
struct ledger_state {
	uint64_t duplicates; /* within this cluster's time */
	uint64_t late;
	uint64_t sr_ntp; /* last sender report, 0 = none */
	uint32_t sr_rtp;
	uint32_t ssrc;  /* of the stream; 0 = not said */
	bool delivered; /* it came after an outage, not while it was said */
	uint16_t width; /* video, else 0 */
	uint16_t height;
};

/* Add one packet, and add the later of two counts to the earlier. */
void ledger_count_packet(struct ledger_count *count, int64_t seq, uint32_t lost, uint32_t skipped,
	int64_t rtp_ts, int64_t arrival_wall_us);
void ledger_count_add(struct ledger_count *count, const struct ledger_count *later);
/* Append the line of a cluster to `out`. `origin_ms`: session time of the file's time 0. 0, -E2BIG or -ENOMEM. */
int ledger_write(struct ledger *ledger, const struct mux_cluster *cluster, int64_t origin_ms,
	const struct ledger_count *count, const struct ledger_state *state,
	struct rs_buf *out) RS_MUST_USE;

#endif
