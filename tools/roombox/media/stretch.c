#include "tools/roombox/media/stretch.h"

#include <speex/speex_resampler.h>

#include <errno.h>
#include <math.h>

#define HZ_MIN 8000U
#define HZ_MAX 192000U
#define QUALITY 5
/* Speeds are fractions of this: a prime, so that speexdsp never shortens one, which would lose the phase; its square fits 32 bits. */
#define DEN 59999U

struct stretch {
	SpeexResamplerState *speex;
	unsigned in_hz;
	unsigned out_hz;
	uint32_t num; /* frames in for DEN out; 0 = by the names of the rates alone */
};

int stretch_new(unsigned channels, unsigned in_hz, unsigned out_hz, struct stretch **out_stretch)
{
	int err = 0;
	if (channels == 0 || in_hz < HZ_MIN || in_hz > HZ_MAX || out_hz < HZ_MIN || out_hz > HZ_MAX)
		return -EINVAL;
	struct stretch *stretch = rs_zalloc(sizeof(*stretch));
	if (stretch == NULL)
		return -ENOMEM;
	stretch->in_hz = in_hz;
	stretch->out_hz = out_hz;
	stretch->speex = speex_resampler_init(channels, in_hz, out_hz, QUALITY, &err);
	if (stretch->speex == NULL) {
		stretch_free(stretch);
		return -ENOMEM;
	}
	*out_stretch = stretch;
	return 0;
}

struct stretch *stretch_free(struct stretch *stretch)
{
	if (stretch != NULL && stretch->speex != NULL)
		speex_resampler_destroy(stretch->speex);
	return rs_release(stretch);
}

void stretch_speed(struct stretch *stretch, double speed)
{
	uint32_t num = (uint32_t)lrint(speed * stretch->in_hz / stretch->out_hz * DEN);
	if (num % DEN == 0)
		num++; /* a whole number would be shortened */
	if (num == stretch->num)
		return;
	/* It fails for lack of memory: then the last speed stays, and the next one is tried. */
	if (speex_resampler_set_rate_frac(stretch->speex, num, DEN, stretch->in_hz,
		    stretch->out_hz) == RESAMPLER_ERR_SUCCESS)
		stretch->num = num;
}

void stretch_run(struct stretch *stretch, const int16_t *in, size_t *in_frames, int16_t *out,
	size_t *out_frames)
{
	spx_uint32_t used = (spx_uint32_t)*in_frames;
	spx_uint32_t made = (spx_uint32_t)*out_frames;
	/* Its arguments are right. */
	(void)speex_resampler_process_interleaved_int(stretch->speex, in, &used, out, &made);
	*in_frames = used;
	*out_frames = made;
}
