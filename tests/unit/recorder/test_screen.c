/* Pictures decoded as files have them: those that real encoders made, and those that nobody should have to decode. */
#include "common/base/bytes.h"
#include "recorder/depay/avc.h"
#include "recorder/transcode/coder.h"
#include "recorder/transcode/screen.h"
#include "tests/support/clip.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH_LEN 4
#define SPS_MAX 64
/* What coders of so few kbit/s lose of a picture: a level of luma, on average. */
#define OFF_MAX 12.0

static const enum mux_codec codecs[CLIP_CODECS] = { MUX_VP9, MUX_H264, MUX_AV1 };

static struct clip *load(enum clip_codec codec)
{
	const char *root = getenv("ROSTRUM_SOURCE_ROOT");
	return clip_load(root != NULL ? root : ".", codec);
}

static int look(
	struct screen *screen, const struct clip *clip, unsigned n, struct canvas_image *out)
{
	uint8_t data[CLIP_FRAME_MAX];
	const size_t len = clip_stored(clip, n, data);
	return screen_decode(screen, codecs[clip->codec], data, len, out);
}

static void keep_luma(const struct canvas_image *image, uint8_t out[CLIP_WIDTH * CLIP_HEIGHT])
{
	for (int y = 0; y < CLIP_HEIGHT; y++)
		memcpy(out + (ptrdiff_t)y * CLIP_WIDTH,
			image->planes[0] + (ptrdiff_t)y * image->strides[0], CLIP_WIDTH);
}

static double difference(const uint8_t *a, const uint8_t *b)
{
	unsigned sum = 0;
	for (size_t i = 0; i < (size_t)CLIP_WIDTH * CLIP_HEIGHT; i++)
		sum += (unsigned)abs(a[i] - b[i]);
	return sum / (double)(CLIP_WIDTH * CLIP_HEIGHT);
}

static void every_codec_shows_the_same_pictures_each_at_once(void **state)
{
	static uint8_t first[CLIP_FRAMES][CLIP_WIDTH * CLIP_HEIGHT];
	struct screen *screen = NULL;
	assert_int_equal(screen_new(&screen), 0);
	/* One screen after the other codec: it changes with the speaker. */
	for (enum clip_codec codec = 0; codec < CLIP_CODECS; codec++) {
		struct clip *clip = load(codec);
		for (unsigned n = 0; n < CLIP_FRAMES && screen_knows(codecs[codec]); n++) {
			uint8_t luma[CLIP_WIDTH * CLIP_HEIGHT];
			struct canvas_image image;
			assert_int_equal(look(screen, clip, n, &image), 1);
			assert_true(image.width == CLIP_WIDTH && image.height == CLIP_HEIGHT);
			keep_luma(&image, luma);
			if (codec == 0)
				memcpy(first[n], luma, sizeof(luma));
			assert_true(difference(first[n], luma) < OFF_MAX);
		}
		rs_release(clip);
	}
	/* So that the bound means something. */
	assert_true(difference(first[0], first[CLIP_FRAMES - 1]) > 0);
	screen_free(screen);
}

static void what_is_cut_off_or_altered_is_no_picture_and_no_harm(void **state)
{
	for (enum clip_codec codec = 0; codec < CLIP_CODECS; codec++) {
		if (!screen_knows(codecs[codec]))
			continue;
		struct clip *clip = load(codec);
		struct screen *screen = NULL;
		struct canvas_image image;
		uint8_t data[CLIP_FRAME_MAX];
		const size_t len = clip_stored(clip, 0, data);
		assert_int_equal(screen_new(&screen), 0);
		assert_int_equal(screen_decode(screen, codecs[codec], data, 0, &image), -EBADMSG);
		for (size_t n = 1; n < len; n += 7)
			(void)screen_decode(screen, codecs[codec], data, n, &image);
		for (size_t n = 0; n < len; n += 5) {
			data[n] ^= 0x55;
			(void)screen_decode(screen, codecs[codec], data, len, &image);
			data[n] ^= 0x55;
		}
		/* A key frame mends it. */
		assert_int_equal(look(screen, clip, 0, &image), 1);
		assert_int_equal(look(screen, clip, 1, &image), 1);
		screen_free(screen);
		rs_release(clip);
	}
}

static void sound_is_nothing_to_look_at(void **state)
{
	struct screen *screen = NULL;
	struct canvas_image image;
	assert_int_equal(screen_new(&screen), 0);
	assert_int_equal(
		screen_decode(screen, MUX_OPUS, (const uint8_t[]){ 1 }, 1, &image), -EOPNOTSUPP);
	assert_false(screen_knows(MUX_OPUS));
	assert_true(screen_knows(MUX_VP8) && screen_knows(MUX_VP9) && screen_knows(MUX_H264));
	screen_free(screen);
}

/* --- H.264 --- */

/* Parameter sets and picture of a coder, as a file has them. */
static size_t code(struct coder *coder, const struct canvas *canvas, int64_t time_ms, bool key,
	uint8_t *out, size_t cap)
{
	struct rs_buf units;
	const uint8_t *sps;
	const uint8_t *pps;
	size_t sps_len;
	size_t pps_len;
	struct rs_writer w;
	rs_buf_init(&units, cap);
	assert_int_equal(coder_encode(coder, canvas, time_ms, key, &units), 0);
	assert_int_equal(coder_parameters(coder, &sps, &sps_len, &pps, &pps_len), 0);
	rs_writer_init(&w, out, cap);
	if (key) {
		rs_write_u32(&w, (uint32_t)sps_len);
		rs_write_bytes(&w, sps, sps_len);
		rs_write_u32(&w, (uint32_t)pps_len);
		rs_write_bytes(&w, pps, pps_len);
	}
	rs_write_bytes(&w, rs_buf_data(&units), rs_buf_len(&units));
	assert_false(w.failed);
	rs_buf_done(&units);
	return w.len;
}

static void a_camera_that_changes_its_size_is_followed(void **state)
{
	static uint8_t data[1 << 18];
	static const int sizes[][2] = { { 320, 180 }, { 640, 360 }, { 96, 64 } };
	struct screen *screen = NULL;
	struct canvas_image image;
	assert_int_equal(screen_new(&screen), 0);
	for (size_t i = 0; i < 3; i++) {
		const struct coder_config config = { .width = sizes[i][0],
			.height = sizes[i][1],
			.fps = 25,
			.bitrate_bps = 300000 };
		struct coder *coder = NULL;
		struct canvas canvas;
		assert_int_equal(coder_new(&config, &coder), 0);
		assert_int_equal(canvas_init(&canvas, sizes[i][0], sizes[i][1]), 0);
		canvas_card(&canvas);
		for (int n = 0; n < 3; n++) {
			const size_t len = code(coder, &canvas, 40 * n, n == 0, data, sizeof(data));
			assert_int_equal(screen_decode(screen, MUX_H264, data, len, &image), 1);
			assert_true(image.width == sizes[i][0] && image.height == sizes[i][1]);
		}
		canvas_done(&canvas);
		coder_free(coder);
	}
	screen_free(screen);
}

/* Bits of a parameter set. */
struct bit_writer {
	uint8_t data[SPS_MAX];
	size_t bits;
};

static void put_bits(struct bit_writer *w, uint32_t value, unsigned n)
{
	for (unsigned i = n; i > 0; i--, w->bits++)
		w->data[w->bits / 8] |= (uint8_t)((value >> (i - 1) & 1) << (7 - w->bits % 8));
}

static void put_ue(struct bit_writer *w, uint32_t value)
{
	unsigned n = 0;
	while ((value + 1) >> (n + 1) != 0)
		n++;
	put_bits(w, 0, n);
	put_bits(w, value + 1, n + 1);
}

/* Baseline, of so many macroblocks, keeping so many pictures. */
static size_t make_sps(uint32_t columns, uint32_t rows, uint32_t references, uint8_t *out)
{
	struct bit_writer w = { .bits = 0 };
	put_bits(&w, 0x67, 8);
	put_bits(&w, 66, 8);
	put_bits(&w, 0, 8);
	put_bits(&w, 52, 8);
	put_ue(&w, 0); /* its id */
	put_ue(&w, 0); /* bits of frame_num */
	put_ue(&w, 2); /* order: as they are coded */
	put_ue(&w, references);
	put_bits(&w, 0, 1);
	put_ue(&w, columns - 1);
	put_ue(&w, rows - 1);
	put_bits(&w, 1, 1); /* frames only */
	put_bits(&w, 1, 1);
	put_bits(&w, 0, 1); /* nothing is cut off */
	put_bits(&w, 0, 1);
	put_bits(&w, 1, 1); /* the end */
	const size_t len = (w.bits + 7) / 8;
	memcpy(out, w.data, len);
	return len;
}

static void a_parameter_set_says_what_a_decoder_needs(void **state)
{
	uint8_t sps[SPS_MAX];
	struct avc_need need;
	size_t len = make_sps(80, 45, 3, sps);
	assert_int_equal(avc_need(sps, len, &need), 0);
	assert_int_equal(need.macroblocks, 80 * 45);
	assert_int_equal(need.references, 3);
	assert_true(need.plain);
	for (size_t n = 0; n + 1 < len; n++)
		assert_int_equal(avc_need(sps, n, &need), -EBADMSG);
}

static int decode_with(struct screen *screen, const uint8_t *unit, size_t len)
{
	uint8_t data[LENGTH_LEN + SPS_MAX];
	struct canvas_image image;
	struct rs_writer w;
	rs_writer_init(&w, data, sizeof(data));
	rs_write_u32(&w, (uint32_t)len);
	rs_write_bytes(&w, unit, len);
	assert_false(w.failed);
	return screen_decode(screen, MUX_H264, data, w.len, &image);
}

static void no_decoder_is_asked_for_more_room_than_a_level_has(void **state)
{
	uint8_t sps[SPS_MAX];
	struct screen *screen = NULL;
	assert_int_equal(screen_new(&screen), 0);
	assert_int_equal(decode_with(screen, sps, make_sps(256, 144, 5, sps)), 0);
	assert_int_equal(decode_with(screen, sps, make_sps(256, 145, 1, sps)), -EBADMSG);
	assert_int_equal(decode_with(screen, sps, make_sps(256, 144, 6, sps)), -EBADMSG);
	assert_int_equal(decode_with(screen, sps, make_sps(4095, 2000, 16, sps)), -EBADMSG);
	screen_free(screen);
}

static void a_unit_hides_no_other(void **state)
{
	static const uint8_t start[] = { 0x41, 0x9a, 0, 0, 1 };
	uint8_t unit[SPS_MAX];
	struct screen *screen = NULL;
	assert_int_equal(screen_new(&screen), 0);
	memcpy(unit, start, sizeof(start));
	const size_t len = sizeof(start) + make_sps(80, 45, 1, unit + sizeof(start));
	assert_int_equal(decode_with(screen, unit, len), -EBADMSG);
	/* What no picture needs is not given to a decoder. */
	unit[0] = 0x6f; /* a parameter set of scalable coding */
	assert_int_equal(decode_with(screen, unit, len), 0);
	screen_free(screen);
}

static void a_picture_has_so_many_pieces_and_no_more(void **state)
{
	static uint8_t data[(SCREEN_UNITS_MAX + 1) * (LENGTH_LEN + 2)];
	struct screen *screen = NULL;
	struct canvas_image image;
	struct rs_writer w;
	rs_writer_init(&w, data, sizeof(data));
	for (unsigned i = 0; i <= SCREEN_UNITS_MAX; i++) {
		rs_write_u32(&w, 2);
		rs_write_u16(&w, 0x0601); /* a message, which is left out */
	}
	assert_int_equal(screen_new(&screen), 0);
	assert_int_equal(screen_decode(screen, MUX_H264, data, w.len - LENGTH_LEN - 2, &image), 0);
	assert_int_equal(screen_decode(screen, MUX_H264, data, w.len, &image), -EBADMSG);
	screen_free(screen);
}

/* --- AV1 --- */

static void a_temporal_unit_has_so_many_pictures_and_no_more(void **state)
{
	struct clip *clip = load(CLIP_AV1);
	uint8_t data[CLIP_FRAME_MAX + 2 * SCREEN_AV1_PICTURES_MAX];
	struct screen *screen = NULL;
	struct canvas_image image;
	size_t len = clip_stored(clip, 0, data);
	assert_int_equal(screen_new(&screen), 0);
	for (unsigned i = 0; i < SCREEN_AV1_PICTURES_MAX; i++) {
		data[len++] = 3 << 3 | 2; /* the header of a picture, empty */
		data[len++] = 0;
	}
	assert_true(screen_decode(screen, MUX_AV1, data, len, &image) < 0);
	if (screen_knows(MUX_AV1))
		assert_int_equal(look(screen, clip, 0, &image), 1);
	screen_free(screen);
	rs_release(clip);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_codec_shows_the_same_pictures_each_at_once),
		cmocka_unit_test(what_is_cut_off_or_altered_is_no_picture_and_no_harm),
		cmocka_unit_test(sound_is_nothing_to_look_at),
		cmocka_unit_test(a_camera_that_changes_its_size_is_followed),
		cmocka_unit_test(a_parameter_set_says_what_a_decoder_needs),
		cmocka_unit_test(no_decoder_is_asked_for_more_room_than_a_level_has),
		cmocka_unit_test(a_unit_hides_no_other),
		cmocka_unit_test(a_picture_has_so_many_pieces_and_no_more),
		cmocka_unit_test(a_temporal_unit_has_so_many_pictures_and_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
