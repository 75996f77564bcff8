/* recorder/transcode/screen.h
 *
 * Decodes pictures: VP8 and VP9 by libvpx, H.264 by libopenh264, AV1 by dav1d. They come from strangers' browsers: what cannot be
 * decoded is passed over, and what would make a decoder take too much room or time is not given to it. Not thread safe.
 */
#ifndef ROSTRUM_RECORDER_TRANSCODE_SCREEN_H
#define ROSTRUM_RECORDER_TRANSCODE_SCREEN_H

#include "recorder/mux/mux.h"
#include "recorder/transcode/canvas.h"

struct screen;

/* Pictures of more pixels than that (a little more than 4096 x 2160) are not decoded. */
#define SCREEN_PIXELS_MAX ((uint64_t)1 << 24)
/* H.264 table A-1, level 5.2: macroblocks of a picture, and of all that are kept. */
#define SCREEN_MACROBLOCKS_MAX 36864
#define SCREEN_KEPT_MACROBLOCKS_MAX 184320
/* Units of one picture of H.264 (with a few it can be cut into pieces), and pictures in one temporal unit of AV1. */
#define SCREEN_UNITS_MAX 128
#define SCREEN_AV1_PICTURES_MAX 16

/* Whether that codec is decoded here at all. */
bool screen_knows(enum mux_codec codec);
/* 0 or -ENOMEM. */
int screen_new(struct screen **out_screen) RS_MUST_USE;
struct screen *screen_free(struct screen *screen);
/* The next picture, in the form in which files have it (mux.h). 1 and the picture, whose planes live until the next call; 0: there is
 * none to be seen; -EBADMSG (damaged, too large, or not of 4:2:0 with eight bits), -EOPNOTSUPP (codec), -ENOMEM. */
int screen_decode(struct screen *screen, enum mux_codec codec, const uint8_t *data, size_t len,
	struct canvas_image *out_image);

#endif
