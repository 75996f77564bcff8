/* sfu/bwe/history.h
 *
 * What was sent to a receiver under transport-wide numbers, and what its feedback says became of it
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01). Audio goes without a number: a resent packet must be
 * the very octets of the first, or a GCM nonce comes twice. What it took of the line is remembered with the
 * numbered packet that follows it.
 *
 * An embedded value over a ring of fixed size; it allocates nothing.
 */
#ifndef ROSTRUM_SFU_BWE_HISTORY_H
#define ROSTRUM_SFU_BWE_HISTORY_H

#include "common/base/mem.h"
#include "common/base/time.h"
#include "common/rtp/twcc.h"

/* Packets remembered; a power of two. Four seconds at 2.5 Mbit/s. */
#define HISTORY_SIZE 1024

enum history_state {
	HISTORY_NONE,
	HISTORY_PENDING,
	HISTORY_ABANDONED, /* pending for so long that nobody waits for it */
	HISTORY_LOST,
	HISTORY_ARRIVED,
};

struct history_entry {
	rs_time sent;
	uint16_t octets;
	uint16_t before;
	uint8_t cluster;
	uint8_t state; /* enum history_state */
};

struct history {
	int64_t next; /* number of the next packet; the ring holds those from next - HISTORY_SIZE */
	int64_t told; /* highest number that feedback spoke of; -1 = none */
	uint32_t in_flight; /* octets sent and not spoken of */
	uint32_t before;    /* octets without a number since the last one, and since before_since */
	rs_time before_since;
	bool has_reference;
	uint32_t last_reference; /* 24 bits, as it came */
	int64_t reference;       /* unwrapped */
	struct history_entry ring[HISTORY_SIZE];
};

/* A packet that feedback spoke of. */
struct history_packet {
	int64_t number;
	rs_time sent;
	bool arrived;
	bool was_lost;   /* arrived, though told as lost before: it overtook nothing, it was late */
	rs_time arrival; /* on the receiver's clock, from an arbitrary start; if it arrived */
	uint32_t octets; /* on the line */
	uint32_t before; /* on the line, without a number, just before it */
	uint8_t cluster; /* of a probe; 0 = none */
};

/* A place in one feedback. */
struct history_walk {
	const struct twcc_feedback *feedback;
	size_t at;
	int64_t first;
	int64_t units; /* arrival of the last one that arrived, in TWCC_DELTA_US */
};

/* The first packet gets the number 1: 0 stands for none in some receivers' logs, and means nothing to ours. */
void history_init(struct history *history);
/* Number for a packet of `octets` (at most 65535) that is sent now. `cluster`: the probe it belongs to, or 0. */
uint16_t history_add(struct history *history, uint32_t octets, uint8_t cluster, rs_time now);
/* Octets sent without a number. What is older than a tenth of a second by the next numbered packet is left out: it was not
 * beside it on the line. */
void history_unnumbered(struct history *history, uint32_t octets, rs_time now);
/* The path changed: what is under way says nothing any more. Numbers go on. */
void history_forget(struct history *history);
/* Octets sent and not told of yet, audio between them included. */
uint32_t history_in_flight(const struct history *history);
/* When the oldest packet not told of yet was sent; RS_TIME_NEVER when there is none. */
rs_time history_oldest(const struct history *history);
/* Packets sent after the last one told of. */
size_t history_untold(const struct history *history);
/* Packets sent before `then` and after the last one told of. */
size_t history_untold_before(const struct history *history, rs_time then);
/* Feedback on what is under way will not come. If it does, it counts. */
void history_abandon(struct history *history);

/* Walk over what is new in a feedback: history_walk_init() once, then history_next() until it returns 0.
 * Numbers never sent, forgotten, or told of before are left out. `feedback` is looked at during the walk. */
void history_walk_init(struct history *history, const struct twcc_feedback *feedback,
	struct history_walk *out_walk);
int history_next(
	struct history *history, struct history_walk *walk, struct history_packet *out_packet);

#endif
