/* recorder/transcode/screen.h
 *
 * Decodes the pictures of a programme, VP8 and VP9, by libvpx. They come from strangers' browsers: what cannot be decoded
 * is counted and passed over. Not thread safe.
 */
#ifndef ROSTRUM_RECORDER_TRANSCODE_SCREEN_H
#define ROSTRUM_RECORDER_TRANSCODE_SCREEN_H

#include "recorder/mux/mux.h"
#include "recorder/transcode/canvas.h"

struct screen;

/* Pictures of more pixels than that (a little more than 4096 x 2160) are not decoded. */
#define SCREEN_PIXELS_MAX ((uint64_t)1 << 24)

/* 0 or -ENOMEM. */
int screen_new(struct screen **out_screen) RS_MUST_USE;
struct screen *screen_free(struct screen *screen);
/* The next picture; `codec` is MUX_VP8 or MUX_VP9. 1 and the picture, whose planes live until the next call; 0: there is none to be
 * seen; -EBADMSG (damaged, too large, or not of 4:2:0 with eight bits), -EOPNOTSUPP (codec), -ENOMEM. */
int screen_decode(struct screen *screen, enum mux_codec codec, const uint8_t *data, size_t len,
	struct canvas_image *out_image);

#endif
