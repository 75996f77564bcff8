/* Pictures that strangers sent, as files have them: one octet says which codec, then each has two octets of length before it. Whatever
 * they are, a picture that is given out can be read to its last sample, and is none that is too large. */
#include <stdlib.h>

#include "common/base/bytes.h"
#include "recorder/transcode/screen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_plane(const uint8_t *plane, int stride, int width, int height)
{
	static volatile uint8_t sum;
	for (int y = 0; y<height; y += height> 1 ? height - 1 : 1)
		for (int x = 0; x < width; x++)
			sum = (uint8_t)(sum + plane[(ptrdiff_t)y * stride + x]);
}

static void judge(const struct canvas_image *image)
{
	if (image->width <= 0 || image->height <= 0 ||
		(uint64_t)image->width * (uint64_t)image->height > SCREEN_PIXELS_MAX)
		abort();
	read_plane(image->planes[0], image->strides[0], image->width, image->height);
	for (int i = 1; i < 3; i++)
		read_plane(image->planes[i], image->strides[i], (image->width + 1) / 2,
			(image->height + 1) / 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum mux_codec codecs[] = { MUX_H264, MUX_AV1, MUX_VP8, MUX_VP9 };
	struct screen *screen = NULL;
	struct rs_reader r;
	rs_reader_init(&r, data, size);
	const enum mux_codec codec = codecs[rs_read_u8(&r) % 4];
	if (r.failed || screen_new(&screen) < 0)
		return 0;
	while (rs_reader_left(&r) > 2) {
		struct canvas_image image;
		const size_t said = rs_read_u16(&r);
		const size_t len = said < rs_reader_left(&r) ? said : rs_reader_left(&r);
		if (screen_decode(screen, codec, rs_read_view(&r, len), len, &image) == 1)
			judge(&image);
	}
	screen_free(screen);
	return 0;
}
