#include "common/base/bytes.h"
#include "recorder/transcode/canvas.h"
#include "recorder/transcode/studio.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include <cmocka.h>

#define WIDTH 320
#define HEIGHT 180
#define FPS 25
#define SEGMENT_MS 1000
#define BASE 5000
#define SEGMENTS_MAX 16

/* What came out: of each segment its samples, as its trun says. */
struct seen {
	size_t n;
	struct {
		int64_t number;
		int64_t duration_ms;
		uint64_t time;
		uint32_t samples;
		uint32_t durations[FPS];
		bool keys[FPS];
	} segments[SEGMENTS_MAX];
	int error;
};

static struct rs_reader inside(const struct studio_segment *segment, const char *type)
{
	struct rs_reader r;
	const uint8_t *at = memmem(segment->data, segment->len, type, 4);
	if (at == NULL)
		abort();
	rs_reader_init(&r, at + 8, segment->len - (size_t)(at + 8 - segment->data));
	return r;
}

static int on_segment(void *ctx, const struct studio_segment *segment)
{
	struct seen *seen = ctx;
	if (seen->error < 0)
		return seen->error;
	assert_true(seen->n < SEGMENTS_MAX);
	seen->segments[seen->n].number = segment->number;
	seen->segments[seen->n].duration_ms = segment->duration_ms;
	struct rs_reader r = inside(segment, "tfdt");
	seen->segments[seen->n].time = rs_read_u64(&r);
	r = inside(segment, "trun");
	const uint32_t samples = rs_read_u32(&r);
	assert_true(samples >= 1 && samples <= FPS);
	seen->segments[seen->n].samples = samples;
	rs_read_skip(&r, 4);
	for (uint32_t i = 0; i < samples; i++) {
		seen->segments[seen->n].durations[i] = rs_read_u32(&r);
		rs_read_skip(&r, 4);
		seen->segments[seen->n].keys[i] = rs_read_u32(&r) == 0x02000000;
	}
	assert_non_null(memmem(segment->init, segment->init_len, "avcC", 4));
	assert_memory_equal(segment->codec, "avc1.42", 7);
	seen->n++;
	return 0;
}

static struct studio *make(struct seen *seen)
{
	const struct studio_config config = { .width = WIDTH,
		.height = HEIGHT,
		.fps = FPS,
		.bitrate_bps = 300000,
		.segment_ms = SEGMENT_MS,
		.base = BASE,
		.emit = on_segment,
		.ctx = seen };
	struct studio *studio = NULL;
	*seen = (struct seen){ .n = 0 };
	assert_int_equal(studio_new(&config, &studio), 0);
	return studio;
}

/* A camera: VP8 of a picture that changes each time. */
struct camera {
	vpx_codec_ctx_t encoder;
	vpx_image_t image;
	unsigned frames;
};

static void camera_open(struct camera *camera, unsigned width, unsigned height)
{
	vpx_codec_enc_cfg_t config;
	*camera = (struct camera){ .frames = 0 };
	assert_int_equal(vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &config, 0), 0);
	config.g_w = width;
	config.g_h = height;
	config.g_lag_in_frames = 0;
	assert_int_equal(vpx_codec_enc_init(&camera->encoder, vpx_codec_vp8_cx(), &config, 0), 0);
	assert_non_null(vpx_img_alloc(&camera->image, VPX_IMG_FMT_I420, width, height, 16));
}

static void camera_close(struct camera *camera)
{
	vpx_img_free(&camera->image);
	(void)vpx_codec_destroy(&camera->encoder);
}

static void shoot(struct camera *camera, struct studio *studio, int64_t time_ms)
{
	const vpx_codec_cx_pkt_t *packet;
	vpx_codec_iter_t iter = NULL;
	memset(camera->image.planes[0], (int)(40 + 7 * camera->frames % 160),
		(size_t)camera->image.stride[0] * camera->image.h);
	assert_int_equal(vpx_codec_encode(&camera->encoder, &camera->image, camera->frames++, 1, 0,
				 VPX_DL_REALTIME),
		0);
	while ((packet = vpx_codec_get_cx_data(&camera->encoder, &iter)) != NULL)
		if (packet->kind == VPX_CODEC_CX_FRAME_PKT)
			assert_int_equal(studio_picture(studio, MUX_VP8, time_ms,
						 packet->data.frame.buf, packet->data.frame.sz),
				0);
}

static uint32_t sum(const struct seen *seen, size_t i)
{
	uint32_t ticks = 0;
	for (uint32_t k = 0; k < seen->segments[i].samples; k++)
		ticks += seen->segments[i].durations[k];
	return ticks;
}

static void a_card_costs_one_picture_a_segment(void **state)
{
	struct seen seen;
	struct studio *studio = make(&seen);
	studio_begin(studio, 7);
	assert_int_equal(studio_run(studio, 7000), 0);
	assert_int_equal(seen.n, 0);
	assert_int_equal(studio_run(studio, 9000), 0);
	assert_int_equal(seen.n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(seen.segments[i].number, 7 + i);
		assert_int_equal(seen.segments[i].duration_ms, SEGMENT_MS);
		assert_int_equal(seen.segments[i].time, (7 + i) * 90000);
		assert_int_equal(seen.segments[i].samples, 1);
		assert_true(seen.segments[i].keys[0]);
		assert_int_equal(seen.segments[i].durations[0], 90000);
	}
	studio_free(studio);
}

static void each_segment_begins_with_a_picture_that_needs_no_other(void **state)
{
	struct seen seen;
	struct camera camera;
	struct studio *studio = make(&seen);
	camera_open(&camera, 640, 480);
	studio_begin(studio, 0);
	/* 30 a second come in, 25 go out; the last of the second is due at its end. */
	for (int64_t i = 0; i <= 90; i++)
		shoot(&camera, studio, i * 1000 / 30);
	assert_int_equal(studio_run(studio, 3000), 0);
	assert_int_equal(seen.n, 3);
	for (size_t i = 0; i < seen.n; i++) {
		assert_int_equal(seen.segments[i].samples, FPS);
		assert_int_equal(sum(&seen, i), 90000);
		for (uint32_t k = 0; k < FPS; k++)
			assert_int_equal(seen.segments[i].keys[k], k == 0);
	}
	assert_int_equal(studio_stats(studio)->coded, 75);
	assert_int_equal(studio_stats(studio)->left_out, 0);
	camera_close(&camera);
	studio_free(studio);
}

static void who_is_in_a_hurry_codes_what_begins_a_segment(void **state)
{
	struct seen seen;
	struct camera camera;
	struct studio *studio = make(&seen);
	camera_open(&camera, WIDTH, HEIGHT);
	studio_begin(studio, 0);
	studio_hurry(studio, true);
	for (int64_t t = 0; t <= 2000; t += 40)
		shoot(&camera, studio, t);
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.segments[1].samples, 1);
	assert_int_equal(sum(&seen, 1), 90000);
	assert_true(studio_stats(studio)->left_out >= 40);
	studio_hurry(studio, false);
	for (int64_t t = 2040; t <= 3000; t += 40)
		shoot(&camera, studio, t);
	assert_true(seen.segments[2].samples > 20);
	camera_close(&camera);
	studio_free(studio);
}

/* How much is coded tells whether the picture changed. */
static void who_is_not_seen_leaves_a_card(void **state)
{
	struct seen seen;
	struct camera camera;
	struct studio *studio = make(&seen);
	camera_open(&camera, WIDTH, HEIGHT);
	studio_begin(studio, 0);
	studio_show(studio, 0, true);
	shoot(&camera, studio, 0);
	assert_int_equal(studio_run(studio, 3000), 0);
	const uint64_t still = studio_stats(studio)->coded;
	assert_int_equal(still, 3);
	studio_show(studio, 3500, false);
	assert_int_equal(studio_run(studio, 4000), 0);
	assert_int_equal(studio_stats(studio)->coded, still + 2);
	/* Somebody who has no camera: the card again after a while, which is there already. */
	shoot(&camera, studio, 4100);
	studio_show(studio, 5000, true);
	assert_int_equal(studio_run(studio, 6990), 0);
	const uint64_t waited = studio_stats(studio)->coded;
	assert_int_equal(studio_run(studio, 7100), 0);
	assert_int_equal(studio_stats(studio)->coded, waited + 1);
	/* Whose picture comes in time is seen. */
	studio_show(studio, 8000, true);
	shoot(&camera, studio, 9000);
	assert_int_equal(studio_run(studio, 10000), 0);
	const uint64_t before = studio_stats(studio)->coded;
	assert_int_equal(studio_run(studio, 10999), 0);
	assert_int_equal(studio_stats(studio)->coded, before + 1);
	camera_close(&camera);
	studio_free(studio);
}

static void the_last_segment_ends_where_the_webcast_does(void **state)
{
	struct seen seen;
	struct studio *studio = make(&seen);
	studio_begin(studio, 2);
	assert_int_equal(studio_end(studio, 3320), 0);
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.segments[1].duration_ms, 320);
	assert_int_equal(sum(&seen, 1), 320 * 90);
	studio_free(studio);
}

/* The switch was thrown by a clock that is behind: what was to be shown after it is not. */
static void nothing_of_behind_the_end_is_shown(void **state)
{
	struct seen seen;
	struct camera camera;
	struct studio *studio = make(&seen);
	camera_open(&camera, 320, 180);
	studio_begin(studio, 2);
	studio_show(studio, 2000, true);
	for (int64_t t = 2000; t < 3900; t += 40)
		shoot(&camera, studio, t);
	assert_int_equal(studio_end(studio, 3320), 0);
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.segments[1].duration_ms, 320);
	assert_int_equal(seen.segments[1].samples, 8);
	assert_int_equal(sum(&seen, 1), 320 * 90);
	studio_free(studio);
	studio = make(&seen);
	studio_begin(studio, 2);
	assert_int_equal(studio_run(studio, 3900), 0);
	assert_int_equal(studio_end(studio, 2900), 0);
	assert_int_equal(seen.n, 1); /* which was out before */
	studio_free(studio);
	camera_close(&camera);
}

static void a_segment_without_memory_is_left_out(void **state)
{
	struct seen seen;
	struct studio *studio = make(&seen);
	studio_begin(studio, 0);
	seen.error = -ENOMEM;
	assert_int_equal(studio_run(studio, 1000), 0);
	seen.error = 0;
	assert_int_equal(studio_run(studio, 2000), 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.segments[0].number, 1);
	assert_int_equal(studio_stats(studio)->lost, 1);
	studio_free(studio);
}

/* A key frame of VP9, whatever is on it. */
static size_t still(unsigned width, unsigned height, uint8_t *out, size_t cap)
{
	vpx_codec_ctx_t encoder;
	vpx_image_t image;
	vpx_codec_enc_cfg_t config;
	vpx_codec_iter_t iter = NULL;
	assert_int_equal(vpx_codec_enc_config_default(vpx_codec_vp9_cx(), &config, 0), 0);
	config.g_w = width;
	config.g_h = height;
	config.g_lag_in_frames = 0;
	assert_int_equal(vpx_codec_enc_init(&encoder, vpx_codec_vp9_cx(), &config, 0), 0);
	assert_int_equal(vpx_codec_control(&encoder, VP8E_SET_CPUUSED, 9), 0);
	assert_non_null(vpx_img_alloc(&image, VPX_IMG_FMT_I420, width, height, 16));
	for (int plane = 0; plane < 3; plane++)
		memset(image.planes[plane], 100,
			(size_t)image.stride[plane] * (plane == 0 ? height : (height + 1) / 2));
	assert_int_equal(vpx_codec_encode(&encoder, &image, 0, 1, 0, VPX_DL_REALTIME), 0);
	const vpx_codec_cx_pkt_t *packet = vpx_codec_get_cx_data(&encoder, &iter);
	assert_non_null(packet);
	const size_t len = packet->data.frame.sz;
	assert_true(len <= cap);
	memcpy(out, packet->data.frame.buf, len);
	vpx_img_free(&image);
	(void)vpx_codec_destroy(&encoder);
	return len;
}

/* Two frames in one block (VP9 annex B): the first says how large it is, the second is larger. */
static void no_picture_is_larger_than_allowed_behind_one_that_is_not(void **state)
{
	enum { CAP = 1 << 16 };
	struct seen seen;
	struct studio *studio = make(&seen);
	uint8_t *block = malloc(2 * CAP + 10);
	assert_non_null(block);
	const size_t first = still(320, 180, block, CAP);
	const size_t second = still(4224, 4096, block + first, CAP);
	uint8_t *index = block + first + second;
	*index++ = 0xD9; /* two sizes of four octets */
	for (unsigned i = 0; i < 4; i++)
		*index++ = (uint8_t)(first >> 8 * i);
	for (unsigned i = 0; i < 4; i++)
		*index++ = (uint8_t)(second >> 8 * i);
	*index++ = 0xD9;
	studio_begin(studio, 0);
	assert_int_equal(studio_picture(studio, MUX_VP9, 10, block, (size_t)(index - block)), 0);
	assert_int_equal(studio_stats(studio)->damaged, 1);
	/* It goes on with what is not too large. */
	assert_int_equal(studio_picture(studio, MUX_VP9, 20, block, first), 0);
	assert_int_equal(studio_stats(studio)->damaged, 1);
	free(block);
	studio_free(studio);
}

static void what_cannot_be_decoded_is_counted(void **state)
{
	struct seen seen;
	struct studio *studio = make(&seen);
	/* A VP8 key frame of 16383 x 16383, and rubbish. */
	static const uint8_t huge[] = { 0x10, 0, 0, 0x9D, 0x01, 0x2A, 0xFF, 0x3F, 0xFF, 0x3F, 0,
		0 };
	studio_begin(studio, 0);
	assert_int_equal(studio_picture(studio, MUX_VP8, 10, huge, sizeof(huge)), 0);
	assert_int_equal(studio_picture(studio, MUX_VP9, 20, (const uint8_t *)"rubbish", 7), 0);
	assert_int_equal(studio_picture(studio, MUX_VP9, 30, NULL, 0), 0);
	assert_int_equal(studio_picture(studio, MUX_H264, 40, huge, sizeof(huge)), 0);
	assert_int_equal(studio_stats(studio)->damaged, 4);
	assert_int_equal(studio_run(studio, 1000), 0);
	assert_int_equal(seen.n, 1);
	studio_free(studio);
}

static void an_error_of_who_takes_segments_is_handed_on(void **state)
{
	struct seen seen;
	struct studio *studio = make(&seen);
	studio_begin(studio, 0);
	seen.error = -ENOSPC;
	assert_int_equal(studio_run(studio, 1000), -ENOSPC);
	studio_free(studio);
}

/* --- the canvas --- */

static int luma(const struct canvas *canvas, int x, int y)
{
	return canvas->planes[0][y * canvas->width + x];
}

static void check_bars(int width, int height, int x, int y)
{
	static uint8_t planes[640 * 480 * 3 / 2];
	struct canvas canvas;
	memset(planes, 200, sizeof(planes));
	const struct canvas_image image = { .planes = { planes, planes, planes },
		.strides = { width, width / 2, width / 2 },
		.width = width,
		.height = height };
	assert_int_equal(canvas_init(&canvas, WIDTH, HEIGHT), 0);
	canvas_card(&canvas);
	assert_int_equal(canvas_fit(&canvas, &image), 0);
	assert_in_range(luma(&canvas, WIDTH / 2 - 1, HEIGHT / 2), 198, 202);
	assert_int_equal(luma(&canvas, x, y), 16);
	assert_int_equal(luma(&canvas, WIDTH - 1 - x, HEIGHT - 1 - y), 16);
	canvas_done(&canvas);
}

static void another_shape_gets_black_beside_or_above(void **state)
{
	check_bars(640, 480, 0, HEIGHT / 2);
	check_bars(640, 270, WIDTH / 2, 0);
	check_bars(2, 480, WIDTH / 2 - 4, HEIGHT / 2);
}

static void a_canvas_has_an_even_size(void **state)
{
	struct canvas canvas;
	const struct canvas_image none = { .width = 0 };
	assert_int_equal(canvas_init(&canvas, 321, 180), -EINVAL);
	assert_int_equal(canvas_init(&canvas, 320, 0), -EINVAL);
	assert_int_equal(canvas_init(&canvas, 320, 180), 0);
	assert_int_equal(canvas_fit(&canvas, &none), -EINVAL);
	canvas_done(&canvas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_costs_one_picture_a_segment),
		cmocka_unit_test(each_segment_begins_with_a_picture_that_needs_no_other),
		cmocka_unit_test(who_is_in_a_hurry_codes_what_begins_a_segment),
		cmocka_unit_test(who_is_not_seen_leaves_a_card),
		cmocka_unit_test(the_last_segment_ends_where_the_webcast_does),
		cmocka_unit_test(nothing_of_behind_the_end_is_shown),
		cmocka_unit_test(a_segment_without_memory_is_left_out),
		cmocka_unit_test(no_picture_is_larger_than_allowed_behind_one_that_is_not),
		cmocka_unit_test(what_cannot_be_decoded_is_counted),
		cmocka_unit_test(an_error_of_who_takes_segments_is_handed_on),
		cmocka_unit_test(another_shape_gets_black_beside_or_above),
		cmocka_unit_test(a_canvas_has_an_even_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
