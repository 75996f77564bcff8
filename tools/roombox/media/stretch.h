/* tools/roombox/media/stretch.h
 *
 * Sound of one clock made sound of another: a resampler (speexdsp) of several channels whose speed changes while it runs, without a
 * click. 16 bits, interleaved. Not thread safe; allocates at birth only, and speexdsp when the speed changes.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_STRETCH_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_STRETCH_H

#include "common/base/mem.h"

struct stretch;

/* From frames of `in_hz` to frames of `out_hz`, both 8000 to 192000. 0, -EINVAL, -ENOMEM. */
int stretch_new(unsigned channels, unsigned in_hz, unsigned out_hz,
	struct stretch **out_stretch) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct stretch *stretch_free(struct stretch *stretch);
/* From here on the input is used up so much faster than by its name; near 1. */
void stretch_speed(struct stretch *stretch, double speed);
/* Uses up what it can of `*in_frames` frames to fill `*out_frames`; both say afterwards how many were used and made. */
void stretch_run(struct stretch *stretch, const int16_t *in, size_t *in_frames, int16_t *out,
	size_t *out_frames);

#endif
