/* recorder/archive/ledger.h
 *
 * KEN.001.a.idx.jsonl: one line for each closed cluster of a segment, with its place, its digest
 * and where its packets went. Each line carries the SHA-256 of the line before it (`prev`, 64 zeros
 * at first); the digest of the last line stands in events.jsonl when the segment is closed.
 *
 * In each line: expected = seq1 - seq0 + 1 = received + lost + skipped; t0 and t1 are session time
 * in ms; the clusters follow one another without a hole. `freezes` and `frozen_ms` stand only where
 * the picture stood still.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_LEDGER_H
#define ROSTRUM_RECORDER_ARCHIVE_LEDGER_H

#include "common/base/buf.h"
#include "recorder/archive/lines.h"
#include "recorder/mux/mux.h"

#define LEDGER_HASH_LEN 65

struct ledger {
	uint32_t clusters;
	char head[LEDGER_HASH_LEN]; /* digest of the last line */
	uint64_t size;              /* octets of the file */
};

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
	uint16_t width; /* video, else 0 */
	uint16_t height;
};

/* A line read back. */
struct ledger_line {
	uint32_t cluster;
	uint64_t offset;
	uint64_t len;
	char sha256[LEDGER_HASH_LEN];
	int64_t t0_ms;
	int64_t t1_ms;
	uint64_t received;
	uint64_t lost;
	uint64_t skipped;
	uint64_t synthetic;
	uint64_t dropped;
	uint32_t blocks;
};

void ledger_init(struct ledger *ledger);
/* Add one packet, and add the later of two counts to the earlier. */
void ledger_count_packet(struct ledger_count *count, int64_t seq, uint32_t lost, uint32_t skipped,
	int64_t rtp_ts, int64_t arrival_wall_us);
void ledger_count_add(struct ledger_count *count, const struct ledger_count *later);
/* Append the line of a cluster to `out`. `origin_ms`: session time of the file's time 0. 0, -E2BIG or -ENOMEM. */
int ledger_write(struct ledger *ledger, const struct mux_cluster *cluster, int64_t origin_ms,
	const struct ledger_count *count, const struct ledger_state *state,
	struct rs_buf *out) RS_MUST_USE;
/* The next line. 0; -EBADMSG (no such line), -EPROTO (does not follow, or its numbers contradict
 * each other): `why` then says what. */
int ledger_read(struct ledger *ledger, const struct line *line, struct ledger_line *out_line,
	const char **why) RS_MUST_USE;

#endif
