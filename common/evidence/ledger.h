/* common/evidence/ledger.h
 *
 * KEN.001.a.idx.jsonl: one line for each closed cluster of a segment, with its place, its digest
 * and where its packets went. Each line carries the SHA-256 of the line before it (`prev`, 64 zeros
 * at first); the digest of the last line stands in events.jsonl when the segment is closed.
 *
 * In each line: expected = seq1 - seq0 + 1 = received + lost + skipped; t0 and t1 are session time
 * in ms; the clusters follow one another without a hole. `freezes` and `frozen_ms` stand only where
 * the picture stood still. `delivered` is there, and true, where packets came after an outage (their arrival says when), `ssrc`
 * in all lines of now, for the numbers are those of a stream. Written by recorder/archive/track/ledger_write.h.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_LEDGER_H
#define ROSTRUM_COMMON_EVIDENCE_LEDGER_H

#include "common/evidence/lines.h"

#define LEDGER_HASH_LEN 65

struct ledger {
	uint32_t clusters;
	char head[LEDGER_HASH_LEN]; /* digest of the last line */
	uint64_t size;              /* octets of the file */
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
	uint32_t ssrc;      /* 0 = not said */
	int64_t seq0, seq1; /* 0 to -1: no packet came */
	int64_t rtp0; /* timestamp of the first one, unwrapped, and its arrival; 0 = none, or not said */
	int64_t arrival_us;
	bool delivered;
};

void ledger_init(struct ledger *ledger);
/* A line (without its line feed) is the last now: what was read, or has been written. */
void ledger_follow(struct ledger *ledger, const void *line, size_t len);
/* The next line. 0; -EBADMSG (no such line), -EPROTO (does not follow, or its numbers contradict
 * each other): `why` then says what. */
int ledger_read(struct ledger *ledger, const struct line *line, struct ledger_line *out_line,
	const char **why) RS_MUST_USE;

#endif
