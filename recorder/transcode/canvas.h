/* recorder/transcode/canvas.h
 *
 * The picture of a webcast before it is coded: 4:2:0 with eight bits, of one size for ever. Pictures of any size are fitted into
 * it, with black beside or above what has another shape. Not thread safe; allocates at birth.
 */
#ifndef ROSTRUM_RECORDER_TRANSCODE_CANVAS_H
#define ROSTRUM_RECORDER_TRANSCODE_CANVAS_H

#include "common/base/mem.h"

struct canvas {
	int width; /* even, as the height is */
	int height;
	uint8_t *planes[3]; /* Y, U, V, one behind the other; rows have no padding */
};

/* A picture as a decoder gives it. */
struct canvas_image {
	const uint8_t *planes[3];
	int strides[3];
	int width;
	int height;
};

/* 0, -EINVAL (a size that is none, or odd) or -ENOMEM. */
int canvas_init(struct canvas *canvas, int width, int height) RS_MUST_USE;
void canvas_done(struct canvas *canvas);
/* Nobody is seen: a plain card. */
void canvas_card(struct canvas *canvas);
/* 0 or -EINVAL: that picture has no size. */
int canvas_fit(struct canvas *canvas, const struct canvas_image *image) RS_MUST_USE;

#endif
