/* Colour bars, with a mark that wanders along their foot: who sees it stand still sees a frozen picture. */
#include "tools/roombox/media/picture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BARS 8U
#define SIDE_MIN 16
#define SIDE_MAX 1920
/* The foot is an eighth of the height, the mark a sixteenth of the width and round the picture in four seconds. */
#define FOOT 8U
#define MARK 16U
#define ROUND_S 4U

struct bars {
	struct camera camera;
	unsigned width;
	unsigned height;
	uint32_t fps;
	int64_t shown; /* number of the picture in `data`; -1 = none */
	uint8_t data[];
};

/* 75 % bars in the colours and order of ITU-R BT.471, as 8-bit levels of BT.601. */
static const uint8_t colours[BARS][3] = {
	{ 180, 128, 128 },
	{ 162, 44, 142 },
	{ 131, 156, 44 },
	{ 112, 72, 58 },
	{ 84, 184, 198 },
	{ 65, 100, 212 },
	{ 35, 212, 114 },
	{ 16, 128, 128 },
};

static const struct spec_key keys[] = {
	{ "width", SIDE_MIN, SIDE_MAX, 1280 },
	{ "height", SIDE_MIN, SIDE_MAX, 720 },
	{ "fps", 1, 60, 30 },
};

static uint8_t *plane_of(struct bars *bars, unsigned plane)
{
	const size_t luma = (size_t)bars->width * bars->height;
	const size_t offset[] = { 0, luma, luma + luma / 4 };
	return bars->data + offset[plane];
}

static void draw_bars(struct bars *bars)
{
	for (unsigned plane = 0; plane < 3; plane++) {
		const unsigned width = plane == 0 ? bars->width : bars->width / 2;
		const unsigned height = plane == 0 ? bars->height : bars->height / 2;
		uint8_t *row = plane_of(bars, plane);
		for (unsigned x = 0; x < width; x++)
			row[x] = colours[x * BARS / width][plane];
		for (unsigned y = 1; y < height; y++)
			memcpy(row + (size_t)y * width, row, width);
	}
}

/* White on black: luma alone, the foot's colours having been taken out once. */
static void draw_foot(struct bars *bars, int64_t number)
{
	const unsigned foot = bars->height / FOOT;
	const unsigned mark = bars->width / MARK;
	const uint64_t round = (uint64_t)bars->fps * ROUND_S;
	const unsigned at = (unsigned)((uint64_t)number % round * (bars->width - mark) / round);
	uint8_t *row = plane_of(bars, 0) + (size_t)(bars->height - foot) * bars->width;
	for (unsigned y = 0; y < foot; y++, row += bars->width) {
		memset(row, 16, bars->width);
		memset(row + at, 235, mark);
	}
}

static void clear_foot_colours(struct bars *bars)
{
	const size_t width = bars->width / 2;
	const size_t height = bars->height / 2;
	const size_t foot = bars->height / FOOT / 2 + 1;
	for (unsigned plane = 1; plane < 3; plane++)
		memset(plane_of(bars, plane) + (height - foot) * width, 128, foot * width);
}

static bool bars_read(struct camera *camera, rs_time at, struct picture *out_picture)
{
	struct bars *bars = (struct bars *)camera;
	const int64_t number = at * bars->fps / RS_SEC(1);
	if (number <= bars->shown)
		return false;
	bars->shown = number;
	draw_foot(bars, number);
	*out_picture = (struct picture){
		.width = bars->width,
		.height = bars->height,
		.planes = { plane_of(bars, 0), plane_of(bars, 1), plane_of(bars, 2) },
		.strides = { bars->width, bars->width / 2, bars->width / 2 },
	};
	return true;
}

static void bars_free(struct camera *camera)
{
	rs_release(camera);
}

static const struct camera_ops ops = { bars_read, bars_free };

int camera_bars_new(const struct spec *spec, struct camera **out_camera, char why[SPEC_WHY_LEN])
{
	int32_t values[RS_ARRAY_LEN(keys)];
	if (strcmp(spec->name, "bars") != 0) {
		(void)snprintf(why, SPEC_WHY_LEN,
			"gen:%.64s: there is no such picture; bars is expected", spec->name);
		return -EINVAL;
	}
	const int err = spec_numbers(spec, keys, RS_ARRAY_LEN(keys), values, why);
	if (err < 0)
		return err;
	const unsigned width = (unsigned)values[0] & ~1U;
	const unsigned height = (unsigned)values[1] & ~1U;
	struct bars *bars = rs_zalloc(sizeof(*bars) + (size_t)width * height * 3 / 2);
	if (bars == NULL)
		return -ENOMEM;
	bars->camera.ops = &ops;
	bars->width = width;
	bars->height = height;
	bars->fps = (uint32_t)values[2];
	bars->shown = -1;
	draw_bars(bars);
	clear_foot_colours(bars);
	*out_camera = &bars->camera;
	return 0;
}
