/* recorder/webcast/sound.h
 *
 * The sound of a programme cut into segments of equal length on the session's timeline: Opus packets go in as they
 * stand in the file, and come out untouched in fMP4. A packet belongs to the segment it begins in.
 *
 * Sans-I/O; not thread safe. Allocates when a segment grows, up to SOUND_SEGMENT_MAX octets.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_SOUND_H
#define ROSTRUM_RECORDER_WEBCAST_SOUND_H

#include "recorder/fmp4/fmp4.h"

#define SOUND_SEGMENT_MAX ((size_t)4 << 20)
/* Packets of 2.5 ms in the longest segment there is (10 s). */
#define SOUND_PACKETS_MAX 4096
/* The places of packets are rounded up by less than this: what a file says is of just before a segment may belong to it. */
#define SOUND_ROUNDED_MS 3

struct sound {
	uint32_t segment_ms;
	int64_t number;   /* of the segment that is filled, counted from session time 0 */
	int64_t position; /* samples; where the next packet begins. -1 = not known yet */
	int64_t begins;   /* samples; where the first packet of this segment does */
	struct fmp4_sample *samples;
	size_t n;
	struct rs_buf data;
	uint64_t packets;   /* put out or waiting */
	uint64_t malformed; /* no Opus: left out */
	uint64_t late;      /* of times that were put out already: left out */
};

/* A finished segment. */
struct sound_segment {
	int64_t number;      /* counted from session time 0 */
	int64_t duration_ms; /* what it is to last by its number; less at an end */
};

/* 0 or -ENOMEM. */
int sound_init(struct sound *sound, uint32_t segment_ms) RS_MUST_USE;
void sound_done(struct sound *sound);
/* The first packet is expected where this segment begins; what lies before is late. Before any. */
void sound_begin(struct sound *sound, int64_t number);
/* Samples between what came and this time; 0: none, or nothing is known yet. */
int64_t sound_hole(const struct sound *sound, int64_t until_ms);
/* The next packet, at its time in the programme. `base` numbers segments for players. 1: a segment was finished by it,
 * and its octets were appended to `out`; 0; -E2BIG (of the segment: it is left out) or
 * -ENOMEM (the packet, or the segment that was finished, is left out). */
int sound_push(struct sound *sound, int64_t time_ms, const uint8_t *data, size_t len, int64_t base,
	struct rs_buf *out, struct sound_segment *out_segment) RS_MUST_USE;
/* Put out what there is and begins before `end_ms`. Likewise; 0: there is nothing. */
int sound_end(struct sound *sound, int64_t end_ms, int64_t base, struct rs_buf *out,
	struct sound_segment *out_segment) RS_MUST_USE;

#endif
