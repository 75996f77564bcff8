/* Cameras: V4L2 with a camera below the system calls, and the card in place of one that is away. Time is the test's. */
#include "tests/support/oom.h"
#include "tests/support/simcamera.h"
#include "tools/roombox/media/picture.h"
#include "tools/roombox/media/picture_card.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 160x96 of mid grey, 4:2:0, by ffmpeg's mjpeg encoder. */
static const uint8_t grey_jpeg[] = {
	0xff,
	0xd8,
	0xff,
	0xe0,
	0x00,
	0x10,
	0x4a,
	0x46,
	0x49,
	0x46,
	0x00,
	0x01,
	0x02,
	0x00,
	0x00,
	0x01,
	0x00,
	0x01,
	0x00,
	0x00,
	0xff,
	0xfe,
	0x00,
	0x10,
	0x4c,
	0x61,
	0x76,
	0x63,
	0x35,
	0x39,
	0x2e,
	0x33,
	0x37,
	0x2e,
	0x31,
	0x30,
	0x30,
	0x00,
	0xff,
	0xdb,
	0x00,
	0x43,
	0x00,
	0x08,
	0x18,
	0x18,
	0x1c,
	0x18,
	0x1c,
	0x21,
	0x21,
	0x21,
	0x21,
	0x21,
	0x21,
	0x27,
	0x24,
	0x27,
	0x28,
	0x28,
	0x28,
	0x27,
	0x27,
	0x27,
	0x27,
	0x28,
	0x28,
	0x28,
	0x2b,
	0x2b,
	0x2b,
	0x33,
	0x33,
	0x33,
	0x2b,
	0x2b,
	0x2b,
	0x28,
	0x28,
	0x2b,
	0x2b,
	0x30,
	0x30,
	0x33,
	0x33,
	0x37,
	0x39,
	0x37,
	0x34,
	0x34,
	0x33,
	0x34,
	0x39,
	0x39,
	0x3c,
	0x3c,
	0x3c,
	0x48,
	0x48,
	0x45,
	0x45,
	0x54,
	0x54,
	0x57,
	0x67,
	0x67,
	0x7c,
	0xff,
	0xc4,
	0x00,
	0x4a,
	0x00,
	0x01,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x01,
	0x01,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x10,
	0x01,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x11,
	0x01,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0xff,
	0xc0,
	0x00,
	0x11,
	0x08,
	0x00,
	0x60,
	0x00,
	0xa0,
	0x03,
	0x01,
	0x22,
	0x00,
	0x02,
	0x11,
	0x00,
	0x03,
	0x11,
	0x00,
	0xff,
	0xda,
	0x00,
	0x0c,
	0x03,
	0x01,
	0x00,
	0x02,
	0x11,
	0x03,
	0x11,
	0x00,
	0x3f,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0xff,
	0xd9,
};

static const struct simcamera_mode usual[] = {
	{ V4L2_PIX_FMT_YUYV, 640, 480, 30 },
	{ V4L2_PIX_FMT_YUYV, 1280, 720, 10 },
	{ V4L2_PIX_FMT_MJPEG, 160, 96, 30 },
	{ V4L2_PIX_FMT_MJPEG, 1280, 720, 30 },
};

/* Fontconfig and Pango keep what they know of fonts until the program ends; LeakSanitizer, where it runs, asks this. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\nleak:libpango\n";
}

struct hall {
	struct devices *devices;
	struct camera *camera;
	struct picture picture;
	rs_time now;
};

static void plug(const struct simcamera_mode *modes, size_t n)
{
	*simcamera() = (struct simcamera){ .plugged = true,
		.modes = modes,
		.n_modes = n,
		.jpeg = grey_jpeg,
		.jpeg_len = sizeof(grey_jpeg) };
}

static void hall_new(struct hall *hall, const char *text)
{
	char why[SPEC_WHY_LEN];
	struct spec spec;
	*hall = (struct hall){ .now = RS_SEC(100) };
	assert_int_equal(devices_new(&hall->devices), 0);
	devices_place(hall->devices, "cameras[1].input");
	devices_words(hall->devices, "Salle XX", "No signal since");
	assert_int_equal(spec_parse(text, &spec, why), 0);
	assert_int_equal(
		camera_v4l2_new(&spec, &simcamera_kernel, hall->devices, &hall->camera, why), 0);
	assert_int_equal(devices_open(hall->devices, hall->now, why), 0);
}

static void hall_free(struct hall *hall)
{
	camera_free(hall->camera);
	devices_free(hall->devices);
	assert_int_equal(simcamera()->open_now, 0);
}

/* 33 ms later: whether there is a new picture. */
static bool look(struct hall *hall)
{
	hall->now += RS_MS(33);
	devices_turn(hall->devices, hall->now, 1795355100000000 + hall->now);
	devices_settle(hall->devices);
	return camera_read(hall->camera, hall->now, &hall->picture);
}

static void what_is_nearest_to_what_is_wanted_is_chosen(void **state)
{
	static const struct {
		const char *spec;
		uint32_t format;
		uint32_t width;
	} cases[] = {
		{ "v4l2:/dev/video0", V4L2_PIX_FMT_MJPEG, 1280 }, /* 10 a second are too few */
		{ "v4l2:/dev/video0,fps=10", V4L2_PIX_FMT_YUYV, 1280 },
		{ "v4l2:/dev/video0,width=640,height=480", V4L2_PIX_FMT_YUYV, 640 },
		{ "v4l2:/dev/video0,width=320,height=180", V4L2_PIX_FMT_MJPEG, 160 },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		struct hall hall;
		plug(usual, RS_ARRAY_LEN(usual));
		hall_new(&hall, cases[i].spec);
		assert_int_equal(simcamera()->chosen.format, cases[i].format);
		assert_int_equal(simcamera()->chosen.width, cases[i].width);
		hall_free(&hall);
	}
}

static void pictures_of_each_format_come_as_they_are_taken(void **state)
{
	static const uint32_t formats[] = { V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YUV420,
		V4L2_PIX_FMT_YUYV };
	for (size_t i = 0; i < RS_ARRAY_LEN(formats); i++) {
		struct hall hall;
		const struct simcamera_mode mode = { formats[i], 640, 360, 30 };
		plug(&mode, 1);
		hall_new(&hall, "v4l2:/dev/video0");
		assert_false(look(&hall));
		for (uint8_t n = 1; n < 10; n++) {
			simcamera_shoot();
			assert_true(look(&hall));
			assert_int_equal(hall.picture.width, 640);
			assert_int_equal(hall.picture.height, 360);
			assert_int_equal(hall.picture.planes[0][640 * 360 - 1], n);
			assert_int_equal(hall.picture.planes[1][0], 128);
			assert_int_equal(hall.picture.planes[2][320 * 180 - 1], 128);
			assert_false(look(&hall));
		}
		simcamera()->broken = true;
		simcamera_shoot();
		assert_false(look(&hall));
		simcamera()->broken = false;
		simcamera_shoot(); /* of two the newer one */
		simcamera_shoot();
		assert_true(look(&hall));
		assert_int_equal(hall.picture.planes[0][0], 12);
		hall_free(&hall);
	}
}

static void a_jpeg_is_a_picture_and_half_of_one_is_none(void **state)
{
	static const struct simcamera_mode mode = { V4L2_PIX_FMT_MJPEG, 160, 96, 30 };
	struct hall hall;
	plug(&mode, 1);
	hall_new(&hall, "v4l2:/dev/video0");
	(void)look(&hall);
	simcamera_shoot();
	assert_true(look(&hall));
	assert_int_equal(hall.picture.width, 160);
	assert_in_range(hall.picture.planes[0][160 * 50 + 80], 118, 138);
	assert_in_range(hall.picture.planes[1][80 * 20], 126, 130);
	/* Cut anywhere it is refused or shown in part, and nothing is read beyond it. */
	for (size_t len = 0; len < sizeof(grey_jpeg); len += 37) {
		uint8_t *cut = len > 0 ? malloc(len) : NULL;
		if (cut != NULL)
			memcpy(cut, grey_jpeg, len);
		simcamera()->jpeg = cut != NULL ? cut : grey_jpeg;
		simcamera()->jpeg_len = len;
		simcamera_shoot();
		(void)look(&hall);
		free(cut);
	}
	simcamera()->jpeg = grey_jpeg;
	simcamera()->jpeg_len = sizeof(grey_jpeg);
	simcamera_shoot();
	assert_true(look(&hall));
	hall_free(&hall);
}

/* Rows of a card, of its upper and lower half, that have something on them. */
static unsigned inked_rows(const struct picture *card, unsigned from, unsigned to)
{
	unsigned rows = 0;
	for (unsigned y = from; y < to; y++) {
		unsigned bright = 0;
		for (unsigned x = 0; x < card->width; x++)
			bright += card->planes[0][y * card->strides[0] + x] > 180;
		rows += bright > 0;
	}
	return rows;
}

static void a_camera_that_is_pulled_out_is_a_card_and_comes_back(void **state)
{
	struct hall hall;
	struct device_event event;
	unsigned cards = 0;
	plug(usual, 1);
	hall_new(&hall, "v4l2:/dev/video0");
	(void)look(&hall);
	simcamera_shoot();
	assert_true(look(&hall));
	simcamera()->plugged = false;
	assert_true(look(&hall)); /* at once */
	assert_int_equal(hall.picture.height, 720);
	/* In the smallest size, a quarter, the name is at least 16 rows high, and the time 9. */
	assert_true(inked_rows(&hall.picture, 150, 400) >= 4 * 16);
	assert_true(inked_rows(&hall.picture, 400, 600) >= 4 * 9);
	assert_true(devices_poll(hall.devices, &event));
	assert_int_equal(event.news, DEVICE_LOST);
	assert_string_equal(event.figures->name, "v4l2:/dev/video0");
	assert_string_equal(event.why, "No such device");
	for (unsigned i = 0; i < 300; i++)
		cards += look(&hall);
	assert_in_range(cards, 40, 60); /* who joins sees it soon */
	simcamera()->plugged = true;
	for (unsigned i = 0; i < 160 && !devices_at(hall.devices, 0)->here; i++)
		(void)look(&hall);
	simcamera_shoot();
	assert_true(look(&hall));
	assert_int_equal(hall.picture.height, 480);
	assert_true(devices_poll(hall.devices, &event));
	assert_int_equal(event.news, DEVICE_BACK);
	assert_in_range(event.away, RS_SEC(9), RS_SEC(16));
	hall_free(&hall);
}

static void a_camera_that_gives_nothing_any_more_is_taken_for_gone(void **state)
{
	struct hall hall;
	struct device_event event;
	plug(usual, 1);
	hall_new(&hall, "v4l2:/dev/video0");
	for (unsigned i = 0; i < 80; i++)
		assert_false(look(&hall));
	while (!devices_poll(hall.devices, &event) && hall.now < RS_SEC(110))
		(void)look(&hall);
	assert_string_equal(event.why, "nothing comes of it");
	hall_free(&hall);
}

static void one_that_was_not_shown_shows_nothing_of_then(void **state)
{
	struct hall hall;
	plug(usual, 1);
	hall_new(&hall, "v4l2:/dev/video0");
	(void)look(&hall);
	for (unsigned i = 0; i < 10; i++)
		simcamera_shoot();
	hall.now += RS_SEC(60);
	assert_false(look(&hall));
	simcamera_shoot();
	assert_true(look(&hall));
	assert_int_equal(hall.picture.planes[0][0], 11);
	hall_free(&hall);
}

static void what_is_no_camera_is_refused_and_what_is_away_is_waited_for(void **state)
{
	static const struct simcamera_mode odd = { V4L2_PIX_FMT_RGB24, 640, 480, 30 };
	struct hall hall;
	struct device_event event;
	plug(usual, 1);
	hall_new(&hall, "v4l2:/dev/video7");
	assert_true(devices_poll(hall.devices, &event));
	assert_string_equal(
		event.why, "v4l2:/dev/video7: no such device; there are: v4l2:/dev/video0");
	assert_true(look(&hall));
	assert_true(inked_rows(&hall.picture, 150, 400) > 0);
	hall_free(&hall);
	simcamera()->busy = true;
	hall_new(&hall, "v4l2:/dev/video0");
	assert_true(devices_poll(hall.devices, &event));
	assert_string_equal(event.why, "v4l2:/dev/video0: another program has it");
	hall_free(&hall);
	plug(&odd, 1);
	hall_new(&hall, "v4l2:/dev/video0");
	assert_true(devices_poll(hall.devices, &event));
	assert_non_null(strstr(event.why, "it has no pictures of YUYV"));
	hall_free(&hall);
}

static int make(void *ctx)
{
	struct devices *devices = NULL;
	struct camera *camera = NULL;
	char why[SPEC_WHY_LEN];
	struct spec spec;
	int err = devices_new(&devices);
	if (err == 0)
		err = spec_parse("v4l2:/dev/video0", &spec, why);
	if (err == 0)
		err = camera_v4l2_new(&spec, &simcamera_kernel, devices, &camera, why);
	if (err == 0)
		err = devices_open(devices, 0, why);
	camera_free(camera);
	devices_free(devices);
	return err;
}

static void memory_may_run_out(void **state)
{
	plug(usual, 1);
	check_oom(make, NULL);
	assert_int_equal(simcamera()->open_now, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_nearest_to_what_is_wanted_is_chosen),
		cmocka_unit_test(pictures_of_each_format_come_as_they_are_taken),
		cmocka_unit_test(a_jpeg_is_a_picture_and_half_of_one_is_none),
		cmocka_unit_test(a_camera_that_is_pulled_out_is_a_card_and_comes_back),
		cmocka_unit_test(a_camera_that_gives_nothing_any_more_is_taken_for_gone),
		cmocka_unit_test(one_that_was_not_shown_shows_nothing_of_then),
		cmocka_unit_test(what_is_no_camera_is_refused_and_what_is_away_is_waited_for),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
