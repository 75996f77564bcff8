/* recorder/transcode/studio.h
 *
 * The pictures of a programme become those of a webcast: decoded, fitted into one size, coded again, and cut
 * into segments of fMP4 on the session's timeline. Each segment begins with a picture that needs no other. Where nothing
 * has changed no picture is coded, so that a card or a still costs one a segment.
 *
 * No input or output and no clock; one thread. It costs time: workshop.h runs it on a thread of its own.
 */
#ifndef ROSTRUM_RECORDER_TRANSCODE_STUDIO_H
#define ROSTRUM_RECORDER_TRANSCODE_STUDIO_H

#include "common/base/buf.h"
#include "recorder/mux/mux.h"

struct studio;

/* Whoever is shown from now on, and of whom no picture comes for so long, is not seen: the card is. */
#define STUDIO_PATIENCE_MS 2000
#define STUDIO_SEGMENT_MAX ((size_t)32 << 20)

/* A finished segment; views until the call that made it returns. */
struct studio_segment {
	int64_t number; /* counted from session time 0 */
	int64_t duration_ms;
	const uint8_t *init; /* what it is read with (fmp4.h) */
	size_t init_len;
	const uint8_t *data;
	size_t len;
	const char *codec; /* as fmp4_codec_name() */
};

/* 0 or a negative errno, which the call that made it hands on. */
typedef int studio_emit(void *ctx, const struct studio_segment *segment);

struct studio_config {
	uint16_t width;
	uint16_t height;
	uint32_t fps;
	uint32_t bitrate_bps;
	uint32_t segment_ms;
	int64_t base; /* number of the segment of session time 0, for players */
	studio_emit *emit;
	void *ctx;
};

struct studio_stats {
	uint64_t coded;
	uint64_t left_out; /* pictures that were due while there was no time to code them */
	uint64_t damaged;  /* pictures that could not be decoded, or not be coded */
	uint64_t lost;     /* segments that were too large, or for which there was no memory */
};

/* 0, -EINVAL (size, rate or bit rate are none) or -ENOMEM. */
int studio_new(const struct studio_config *config, struct studio **out_studio) RS_MUST_USE;
struct studio *studio_free(struct studio *studio);
/* Segments are made from this number on; what was unfinished is dropped. Pictures of before are looked at, so that the first has
 * one. Not backwards. */
void studio_begin(struct studio *studio, int64_t number);
/* From `at_ms` (session time) on somebody else is seen, or nobody. Before the pictures of that time. */
void studio_show(struct studio *studio, int64_t at_ms, bool somebody);
/* There is no time: until this is taken back, only what begins a segment is coded. */
void studio_hurry(struct studio *studio, bool hurry);
/* The next picture of the programme; what is before it has been seen till then. 0 or emit's error, but for -E2BIG and -ENOMEM: such a
 * segment is counted and left out, as a picture that cannot be decoded is. */
int studio_picture(struct studio *studio, enum mux_codec codec, int64_t time_ms,
	const uint8_t *data, size_t len) RS_MUST_USE;
/* No picture comes any more that is before `until_ms`. Likewise. */
int studio_run(struct studio *studio, int64_t until_ms) RS_MUST_USE;
/* The webcast ends: what is begun is finished, without what lies at `end_ms` or behind it. Likewise. */
int studio_end(struct studio *studio, int64_t end_ms) RS_MUST_USE;
/* Pictures have been made up to this session time. */
int64_t studio_position(const struct studio *studio);
const struct studio_stats *studio_stats(const struct studio *studio);

#endif
