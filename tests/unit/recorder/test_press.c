/* Pictures coded again in another codec, at once and on a thread. */
#include "recorder/transcode/press.h"

#include "recorder/transcode/screen.h"
#include "tests/support/clip.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FRAME_MS 40
#define SETTLE_MS 60000
/* What two coders of so few kbit/s lose together: a level of luma, on average. */
#define OFF_MAX 16.0

static struct clip *clip;

static int setup(void **state)
{
	const char *root = getenv("ROSTRUM_SOURCE_ROOT");
	clip = clip_load(root != NULL ? root : ".", CLIP_H264);
	return 0;
}

static int teardown(void **state)
{
	clip = rs_release(clip);
	return 0;
}

static struct press *make(enum press_way way)
{
	struct press *press = NULL;
	assert_int_equal(press_new(way, &press), 0);
	return press;
}

static int put(struct press *press, enum mux_codec into, uint64_t run, unsigned n, int64_t time_ms)
{
	uint8_t data[CLIP_FRAME_MAX];
	const size_t len = clip_stored(clip, n, data);
	const struct recoder_picture picture = { .codec = MUX_H264,
		.time_ms = time_ms,
		.key = n % CLIP_KEY_EVERY == 0,
		.data = data,
		.len = len };
	return press_put(press, into, run, &picture);
}

static double difference(const struct canvas_image *a, const struct canvas_image *b)
{
	unsigned sum = 0;
	for (int y = 0; y < CLIP_HEIGHT; y++)
		for (int x = 0; x < CLIP_WIDTH; x++)
			sum += (unsigned)abs(a->planes[0][y * a->strides[0] + x] -
					     b->planes[0][y * b->strides[0] + x]);
	return sum / (double)(CLIP_WIDTH * CLIP_HEIGHT);
}

/* All of the clip, as it was sent and as it came out. */
static void each_picture_comes_out(enum press_way way, enum mux_codec into)
{
	struct press *press = make(way);
	struct screen *before = NULL;
	struct screen *behind = NULL;
	struct recoder_picture made;
	uint64_t run = 0;
	assert_int_equal(screen_new(&before), 0);
	assert_int_equal(screen_new(&behind), 0);
	for (unsigned n = 0; n < CLIP_FRAMES; n++)
		assert_int_equal(put(press, into, 7, n, 1000 + FRAME_MS * (int64_t)n), 0);
	press_settle(press, SETTLE_MS);
	for (unsigned n = 0; n < CLIP_FRAMES; n++) {
		uint8_t data[CLIP_FRAME_MAX];
		struct canvas_image sent;
		struct canvas_image seen;
		const size_t len = clip_stored(clip, n, data);
		assert_int_equal(press_take(press, &made, &run), 1);
		assert_int_equal(run, 7);
		assert_int_equal(made.codec, into);
		assert_int_equal(made.time_ms, 1000 + FRAME_MS * (int64_t)n);
		assert_int_equal(made.key, n == 0);
		assert_true(made.width == CLIP_WIDTH && made.height == CLIP_HEIGHT);
		assert_int_equal(screen_decode(before, MUX_H264, data, len, &sent), 1);
		assert_int_equal(screen_decode(behind, into, made.data, made.len, &seen), 1);
		assert_true(difference(&sent, &seen) < OFF_MAX);
	}
	assert_int_equal(press_take(press, &made, &run), 0);
	screen_free(before);
	screen_free(behind);
	press_free(press);
}

static void each_picture_comes_out_at_its_time(void **state)
{
	each_picture_comes_out(PRESS_AT_ONCE, MUX_VP8);
	each_picture_comes_out(PRESS_AT_ONCE, MUX_VP9);
	each_picture_comes_out(PRESS_BESIDE, MUX_VP8);
}

/* Which of the first 32 pictures that wait are key frames, one bit each, and how many there are. */
static unsigned take_all(struct press *press, uint32_t *out_keys)
{
	struct recoder_picture made;
	uint64_t run;
	unsigned n = 0;
	*out_keys = 0;
	for (; press_take(press, &made, &run) == 1; n++)
		*out_keys |= n < 32 ? (uint32_t)made.key << n : 0;
	return n;
}

static void whoever_comes_next_begins_with_a_key_frame(void **state)
{
	struct press *press = make(PRESS_AT_ONCE);
	uint32_t keys;
	for (unsigned n = 0; n < 3; n++)
		assert_int_equal(put(press, MUX_VP8, 1, n, FRAME_MS * (int64_t)n), 0);
	assert_int_equal(put(press, MUX_VP8, 2, 1, 200), 0); /* no place to begin */
	assert_true(press_wants_key(press));
	for (unsigned n = 0; n < 3; n++)
		assert_int_equal(put(press, MUX_VP8, 2, n, 300 + FRAME_MS * (int64_t)n), 0);
	assert_false(press_wants_key(press));
	assert_int_equal(take_all(press, &keys), 6);
	assert_int_equal(keys, 0x9);
	press_free(press);
}

static void there_is_a_place_to_jump_to_every_ten_seconds(void **state)
{
	struct press *press = make(PRESS_AT_ONCE);
	uint32_t keys;
	for (unsigned n = 0; n < 12; n++)
		assert_int_equal(put(press, MUX_VP8, 1, n, 2000 * (int64_t)n), 0);
	assert_int_equal(take_all(press, &keys), 12);
	assert_int_equal(keys, 1 << 0 | 1 << 5 | 1 << 10);
	press_free(press);
}

static void what_is_damaged_is_passed_over_up_to_the_next_key_frame(void **state)
{
	struct press *press = make(PRESS_AT_ONCE);
	struct press_stats stats;
	uint32_t keys;
	const struct recoder_picture broken = {
		.codec = MUX_H264, .time_ms = 100, .data = (const uint8_t *)"\0\0\1\0", .len = 4
	};
	assert_int_equal(put(press, MUX_VP8, 1, 0, 0), 0);
	assert_int_equal(press_put(press, MUX_VP8, 1, &broken), 0);
	assert_true(press_wants_key(press));
	assert_int_equal(put(press, MUX_VP8, 1, 1, 140), 0);
	assert_int_equal(put(press, MUX_VP8, 1, 12, 180), 0);
	assert_int_equal(put(press, MUX_VP8, 1, 13, 220), 0);
	assert_int_equal(take_all(press, &keys), 3);
	assert_int_equal(keys, 1); /* what came out goes on */
	press_stats(press, &stats);
	assert_int_equal(stats.damaged, 2);
	assert_int_equal(stats.made, 3);
	press_free(press);
}

static void what_is_too_late_is_only_looked_at(void **state)
{
	struct press *press = make(PRESS_BESIDE);
	struct press_stats stats;
	uint32_t keys;
	press_expect(press, 60000);
	for (unsigned n = 0; n < 12; n++)
		assert_int_equal(put(press, MUX_VP8, 1, n, FRAME_MS * (int64_t)n), 0);
	press_settle(press, SETTLE_MS);
	press_stats(press, &stats);
	assert_int_equal(stats.left_out, 12);
	assert_int_equal(stats.made, 0);
	for (unsigned n = 12; n < 14; n++)
		assert_int_equal(put(press, MUX_VP8, 1, n, 60000 + FRAME_MS * (int64_t)n), 0);
	press_settle(press, SETTLE_MS);
	assert_int_equal(take_all(press, &keys), 2);
	assert_int_equal(keys, 1); /* it begins with what can be begun with */
	press_free(press);
}

/* Whoever puts in does not wait, and what it took is accounted for. */
static void more_than_it_has_time_for_is_refused_at_once(void **state)
{
	struct press *press = make(PRESS_BESIDE);
	struct press_stats stats;
	struct recoder_picture made;
	uint64_t run;
	unsigned taken = 0;
	int err = 0;
	for (unsigned n = 0; err == 0 && n < 100000; n++) {
		err = put(press, MUX_VP8, 1, n % CLIP_FRAMES, n);
		taken += err == 0;
		while (press_take(press, &made, &run) == 1)
			continue;
	}
	assert_int_equal(
		err, -EAGAIN); /* a picture is put in a hundred times as fast as it is coded */
	assert_true(taken >= PRESS_PICTURES_MAX);
	press_settle(press, SETTLE_MS);
	press_stats(press, &stats);
	assert_int_equal(stats.made + stats.left_out + stats.damaged, taken);
	while (press_take(press, &made, &run) == 1)
		continue;
	assert_int_equal(put(press, MUX_VP8, 2, 0, 200000), 0); /* there is room again */
	press_settle(press, SETTLE_MS);
	assert_int_equal(press_take(press, &made, &run), 1);
	assert_true(made.key);
	assert_int_equal(run, 2);
	press_free(press);
}

/* It ends with a queue before it: the one under way is waited for, no other. */
static void it_ends_while_pictures_wait(void **state)
{
	struct press *press = make(PRESS_BESIDE);
	for (unsigned n = 0; n < PRESS_PICTURES_MAX; n++)
		assert_int_equal(put(press, MUX_VP8, 1, n % CLIP_FRAMES, n), 0);
	press_free(press);
}

static void nobody_takes_what_was_made_and_it_ends_all_the_same(void **state)
{
	struct press *press = make(PRESS_AT_ONCE);
	struct press_stats stats;
	uint32_t keys;
	for (unsigned n = 0; n < PRESS_PICTURES_MAX + 10; n++)
		assert_int_equal(put(press, MUX_VP8, 1, n % CLIP_FRAMES, n), 0);
	press_stats(press, &stats);
	assert_int_equal(stats.made, PRESS_PICTURES_MAX);
	assert_int_equal(stats.left_out, 10);
	assert_int_equal(take_all(press, &keys), PRESS_PICTURES_MAX);
	assert_int_equal(put(press, MUX_VP8, 1, 0, 1000), 0);
	assert_int_equal(take_all(press, &keys), 1);
	assert_int_equal(keys, 1); /* what it would refer to was left out */
	press_free(press);
}

static void what_is_not_known_is_refused(void **state)
{
	struct press *press = make(PRESS_AT_ONCE);
	const struct recoder_picture sound = {
		.codec = MUX_OPUS, .key = true, .data = (const uint8_t *)"x", .len = 1
	};
	assert_int_equal(press_put(press, MUX_VP8, 1, &sound), -EOPNOTSUPP);
	press_free(press);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_picture_comes_out_at_its_time),
		cmocka_unit_test(whoever_comes_next_begins_with_a_key_frame),
		cmocka_unit_test(there_is_a_place_to_jump_to_every_ten_seconds),
		cmocka_unit_test(what_is_damaged_is_passed_over_up_to_the_next_key_frame),
		cmocka_unit_test(what_is_too_late_is_only_looked_at),
		cmocka_unit_test(more_than_it_has_time_for_is_refused_at_once),
		cmocka_unit_test(it_ends_while_pictures_wait),
		cmocka_unit_test(nobody_takes_what_was_made_and_it_ends_all_the_same),
		cmocka_unit_test(what_is_not_known_is_refused),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
