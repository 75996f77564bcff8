/* recorder/programme/strip.h
 *
 * The sound of one language from the beginning of the session to its end, without a hole and without
 * an overlap: packets of a stream go in with the time they belong to, packets that follow one another
 * to the sample come out, silence where nothing was said. So a player that only counts samples is in
 * step at any place.
 *
 * Nothing is decoded: what is too early or too late by little waits for a pause, since cutting into
 * speech is heard; what is off by more is put right at once. Sans-I/O; one object a language; not
 * thread safe. Allocates when what waits grows, up to STRIP_WAITING_MAX octets.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_STRIP_H
#define ROSTRUM_RECORDER_PROGRAMME_STRIP_H

#include "common/base/buf.h"
#include "common/rtp/opus.h"

#define STRIP_SAMPLES_A_MS (OPUS_CLOCK_HZ / 1000)
#define STRIP_WAITING_MAX ((size_t)1 << 20)

struct strip {
	struct rs_buf waiting;
	int64_t position; /* samples written: where the next packet begins */
	int64_t mean_len; /* octets of the packets of late, in 1/16 */
	bool filling;     /* in a gap: it is filled to the end */
	uint8_t silence[OPUS_SILENCE_LEN];
	size_t taken; /* octets of `waiting` handed out last */
};

struct strip_packet {
	const uint8_t *data; /* until the next call */
	size_t len;
	int64_t at; /* samples from the beginning of the session */
	uint32_t samples;
};

void strip_init(struct strip *strip);
void strip_done(struct strip *strip);
/* One packet of the stream, in its order; `time_ms` is session time. 0, -EBADMSG (no Opus), -E2BIG (too many wait) or -ENOMEM. */
int strip_push(struct strip *strip, int64_t time_ms, const uint8_t *data, size_t len) RS_MUST_USE;
/* The packet that follows, as long as its time is before `until_ms`, or silence that ends by then: 1, or 0. */
int strip_next(struct strip *strip, int64_t until_ms, struct strip_packet *out_packet);
/* The last packets, shorter than usual, up to less than 5 ms before the end. Likewise. */
int strip_finish(struct strip *strip, int64_t end_ms, struct strip_packet *out_packet);

#endif
