/* recorder/transcode/recoder.h
 *
 * Pictures of one codec become those of another, VP8 or VP9, one by one and without delay: for a programme whose file has another codec
 * than a speaker's browser sends. Larger ones than RECODER_PIXELS_MAX are made smaller, since a picture costs time by its size.
 *
 * No input or output and no clock; not thread safe. It costs time: press.h runs it on a thread of its own.
 */
#ifndef ROSTRUM_RECORDER_TRANSCODE_RECODER_H
#define ROSTRUM_RECORDER_TRANSCODE_RECODER_H

#include "recorder/mux/mux.h"

struct recoder;

#define RECODER_PIXELS_MAX (1280 * 720)

struct recoder_picture {
	enum mux_codec codec;
	int64_t time_ms;
	bool key;
	uint16_t width; /* what comes out: of every picture */
	uint16_t height;
	const uint8_t *data;
	size_t len;
};

enum recoder_how {
	RECODER_CODE, /* as it comes */
	RECODER_KEY,  /* it needs no other */
	RECODER_LOOK, /* there is no time to code it: the next ones need it only to be decoded */
};

/* 0 or -ENOMEM. */
int recoder_new(struct recoder **out_recoder) RS_MUST_USE;
struct recoder *recoder_free(struct recoder *recoder);
/* The next picture, as one of codec `into`, which lives until the next call. 1; 0: there is none to be seen; -EBADMSG (it cannot be
 * decoded: those that follow need a key frame first), -EOPNOTSUPP (one of the codecs), -EIO (it cannot be coded) or -ENOMEM. */
int recoder_turn(struct recoder *recoder, enum mux_codec into, enum recoder_how how,
	const struct recoder_picture *picture, struct recoder_picture *out_picture) RS_MUST_USE;

#endif
