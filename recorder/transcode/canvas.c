#include "recorder/transcode/canvas.h"

#include <errno.h>
#include <libyuv.h>
#include <string.h>

#define SIZE_MOST 8192

/* Limited range, BT.601: black, and the slate of the card. */
#define BLACK_Y 16
#define NEUTRAL 128
#define CARD_Y 44
#define CARD_U 134
#define CARD_V 124
/* A line across the card, so that it is seen to be one and not a picture that failed. */
#define LINE_Y 92

int canvas_init(struct canvas *canvas, int width, int height)
{
	*canvas = (struct canvas){ .width = width, .height = height };
	if (width < 16 || height < 16 || width > SIZE_MOST || height > SIZE_MOST ||
		width % 2 != 0 || height % 2 != 0)
		return -EINVAL;
	const size_t size = (size_t)width * (size_t)height;
	canvas->planes[0] = rs_zalloc(size + size / 2);
	if (canvas->planes[0] == NULL)
		return -ENOMEM;
	canvas->planes[1] = canvas->planes[0] + size;
	canvas->planes[2] = canvas->planes[1] + size / 4;
	return 0;
}

void canvas_done(struct canvas *canvas)
{
	canvas->planes[0] = rs_release(canvas->planes[0]);
}

static void fill(struct canvas *canvas, int y, int u, int v)
{
	const size_t size = (size_t)canvas->width * (size_t)canvas->height;
	memset(canvas->planes[0], y, size);
	memset(canvas->planes[1], u, size / 4);
	memset(canvas->planes[2], v, size / 4);
}

void canvas_card(struct canvas *canvas)
{
	fill(canvas, CARD_Y, CARD_U, CARD_V);
	const int thick = canvas->height / 180 + 1;
	const int from = canvas->width / 2 - canvas->width / 12;
	for (int i = 0; i < thick; i++)
		memset(canvas->planes[0] +
				(size_t)(canvas->height / 2 + i) * (size_t)canvas->width + from,
			LINE_Y, (size_t)(canvas->width / 6));
}

/* The largest even length at most `most` that has to it the same proportion as `part` has to `whole`. */
static int proportion(int most, int part, int whole)
{
	const int64_t length = (int64_t)most * part / whole;
	return length < 2 ? 2 : (int)(length & ~INT64_C(1));
}

int canvas_fit(struct canvas *canvas, const struct canvas_image *image)
{
	if (image->width <= 0 || image->height <= 0)
		return -EINVAL;
	const bool wide =
		(int64_t)image->width * canvas->height >= (int64_t)image->height * canvas->width;
	const int width =
		wide ? canvas->width : proportion(canvas->height, image->width, image->height);
	const int height =
		wide ? proportion(canvas->width, image->height, image->width) : canvas->height;
	const int left = (canvas->width - width) / 4 * 2;
	const int top = (canvas->height - height) / 4 * 2;
	if (width < canvas->width || height < canvas->height)
		fill(canvas, BLACK_Y, NEUTRAL, NEUTRAL);
	const int half = canvas->width / 2;
	uint8_t *y = canvas->planes[0] + (size_t)top * (size_t)canvas->width + left;
	uint8_t *u = canvas->planes[1] + (size_t)(top / 2) * (size_t)half + left / 2;
	uint8_t *v = canvas->planes[2] + (size_t)(top / 2) * (size_t)half + left / 2;
	return I420Scale(image->planes[0], image->strides[0], image->planes[1], image->strides[1],
		       image->planes[2], image->strides[2], image->width, image->height, y,
		       canvas->width, u, half, v, half, width, height, kFilterBox) == 0
		       ? 0
		       : -EINVAL;
}
