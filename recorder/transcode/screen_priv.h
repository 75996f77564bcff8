/* A decoder of one family of codecs, as screen.c knows it. */
#ifndef ROSTRUM_RECORDER_TRANSCODE_SCREEN_PRIV_H
#define ROSTRUM_RECORDER_TRANSCODE_SCREEN_PRIV_H

#include "recorder/transcode/screen.h"

struct screen_decoder {
	/* 0, or -ENOMEM with *out_state untouched. */
	int (*open)(enum mux_codec codec, void **out_state);
	void (*close)(void *state);
	/* As screen_decode(); `len` is not 0. */
	int (*decode)(void *state, const uint8_t *data, size_t len, struct canvas_image *out_image);
	/* After something damaged it may refuse a key frame that is whole: another one is opened then. */
	bool resents;
};

extern const struct screen_decoder screen_vp8;
extern const struct screen_decoder screen_vp9;
extern const struct screen_decoder screen_h264;
/* `open` is NULL where dav1d was not there when this was built. */
extern const struct screen_decoder screen_av1;

#endif
