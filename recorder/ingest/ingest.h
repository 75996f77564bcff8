/* recorder/ingest/ingest.h
 *
 * The packets of one track, put into order and onto the session's timeline.
 *
 * A hole in the sequence is waited for (a retransmission may fill it), then counted as lost. A hole
 * behind which media was interrupted is skipped and no loss: at once where a gate was closed, after
 * the same wait where merely nothing had come for long.
 *
 * Sans-I/O: packets and `now` in, packets out. One object a track; not thread safe. All memory is
 * taken at birth: `window` packets of at most INGEST_PAYLOAD_MAX octets (untouched until needed).
 */
#ifndef ROSTRUM_RECORDER_INGEST_INGEST_H
#define ROSTRUM_RECORDER_INGEST_INGEST_H

#include "common/base/time.h"
#include "common/rtp/rtp.h"
#include "recorder/ingest/clock.h"

struct ingest;

#define INGEST_PAYLOAD_MAX 2048

struct ingest_config {
	uint32_t hz;               /* RTP clock, not 0 */
	uint16_t window;           /* most packets held behind a hole: a power of two, 16 to 4096 */
	rs_time reorder_wait;      /* how long a hole is waited for */
	rs_time quiet;             /* arrivals further apart than this are an interruption */
	int64_t epoch_wall_us;     /* wall clock of session time 0 */
	struct clock_base *sender; /* shared by the tracks of one sender; borrowed */
};

/* A packet in its turn. */
struct ingest_packet {
	int64_t seq;      /* extended sequence number */
	int64_t rtp_ts;   /* unwrapped, steps of the timeline put in */
	uint32_t sent_ts; /* as the packet has it */
	int64_t time_us;  /* session time of capture; never decreases */
	int64_t arrival_wall_us;
	bool marker;
	uint32_t lost;    /* packets given up directly before this one */
	uint32_t skipped; /* packets not counted as lost directly before this one */
	bool after_gap;   /* first after an interruption, or the first of all */
	int64_t step_us; /* the timeline was stepped here: the capture had stalled, or its clock was set */
	const uint8_t *payload; /* valid until the next call */
	size_t len;
};

struct ingest_stats {
	uint64_t received; /* handed out */
	uint64_t lost;
	uint64_t skipped;
	uint64_t duplicates;
	uint64_t late; /* came after they had been given up */
	uint64_t oversized;
	uint64_t resets; /* the sequence began anew */
	uint64_t steps;
};

/* 0, -EINVAL or -ENOMEM. */
int ingest_new(const struct ingest_config *config, struct ingest **out_ingest) RS_MUST_USE;
struct ingest *ingest_free(struct ingest *ingest);
void ingest_freep(struct ingest **ingest);

/* Before the first packet: it would be number `seq`; what is missing from there on is lost, as behind any other packet. */
void ingest_expect(struct ingest *ingest, int64_t seq);
/* A packet arrived; poll until 0 before the next. 0, -EALREADY (duplicate or too late: counted),
 * -E2BIG (payload too large: counted, then missing). */
int ingest_recv(struct ingest *ingest, const struct rtp_packet *packet, int64_t arrival_wall_us,
	rs_time now) RS_MUST_USE;
/* A sender report: NTP timestamp and RTP timestamp of the same instant. */
void ingest_report(struct ingest *ingest, uint64_t ntp, uint32_t rtp_ts);
/* The gate of the source opened or closed here: a hole that follows is no loss. What is held is
 * given out without waiting on. */
void ingest_gate(struct ingest *ingest);
/* No more is coming: give out everything. */
void ingest_drain(struct ingest *ingest);
/* The next packet in its turn: 1, or 0 when none is due. */
int ingest_poll(struct ingest *ingest, rs_time now, struct ingest_packet *out_packet);
/* When a hole will be given up; RS_TIME_NEVER if nothing waits. */
rs_time ingest_deadline(const struct ingest *ingest);
const struct ingest_stats *ingest_stats(const struct ingest *ingest);

#endif
