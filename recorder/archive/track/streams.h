/* recorder/archive/track/streams.h
 *
 * What a track has of each stream that was sent to it, an SSRC a stream: from which number to which, and where on the session's
 * timeline. So that what comes late is put beside it: no packet twice, and at the time its RTP timestamp says. An embedded
 * value; no I/O, no allocation. Limits: the last STREAMS_MAX streams, STREAMS_COVERED_MAX stretches; the oldest goes.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_TRACK_STREAMS_H
#define ROSTRUM_RECORDER_ARCHIVE_TRACK_STREAMS_H

#include "common/base/mem.h"

#define STREAMS_MAX 64
/* Stretches that are there without numbers: a kill leaves one a track. */
#define STREAMS_COVERED_MAX 32
/* A stream of which nothing came for so long is received no longer, whoever still believes it is. */
#define STREAMS_QUIET_US 3000000

struct stream {
	uint32_t ssrc;
	int64_t seq_first; /* extended numbers of the first and the last packet */
	int64_t seq_last;
	int64_t seq_seen; /* of the last packet that was judged: numbers are unwrapped against it */
	uint32_t rtp_last; /* timestamp of the last packet ... */
	int64_t time_first_us;
	int64_t time_last_us; /* ... and session time of it */
};

struct streams {
	struct stream list[STREAMS_MAX]; /* the oldest first */
	size_t n;
	bool going; /* the last one is being received */
	/* What was said after the one and up to the other is there as well. */
	struct {
		int64_t from_us, to_us;
	} covered[STREAMS_COVERED_MAX]; /* the oldest first */
	size_t n_covered;
};

/* A packet as it says of itself, and when it is said to have been sent. */
struct stream_packet {
	uint32_t ssrc;
	uint16_t seq;
	uint32_t rtp_ts;
	int64_t said_us; /* session time */
};

/* Where it belongs. */
struct stream_place {
	bool had;     /* it is there, or is still coming */
	int64_t seq;  /* extended */
	int64_t next; /* the number that follows the last one there; `seq` where that is not known */
	int64_t time_us; /* session time */
};

/* The present stream is over; the next packet begins another. */
void streams_end(struct streams *streams);
/* A packet was taken, in order. */
void streams_note(
	struct streams *streams, uint32_t ssrc, int64_t seq, uint32_t rtp_ts, int64_t time_us);
/* A stream that was read back; `stream->seq_seen` is set here. */
void streams_recall(struct streams *streams, const struct stream *stream);
/* What was said after `from_us` and up to `to_us` is there, whatever its numbers are. */
void streams_cover(struct streams *streams, int64_t from_us, int64_t to_us);
/* Judge a packet that comes late, at session time `now_us`, against what came `live`, and what came late before; `hz` is its clock. */
struct stream_place streams_judge(struct streams *live, struct streams *late, uint32_t hz,
	const struct stream_packet *packet, int64_t now_us);

#endif
