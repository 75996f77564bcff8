/* Known content is read as it was written, through real coders, or not at all. */
#include "common/base/rand.h"
#include "tests/support/marked.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 192
#define HEIGHT 96
#define SECONDS 20
#define TENTH_OF_MS (MARKS_RATE / 10000.0)

/* What one ear heard of numbers that follow one another from `next` on. */
struct listener {
	uint16_t next;
	unsigned heard;
	double delay; /* samples between a number's second and where it was heard */
	double worst;
};

static void on_heard(void *ctx, const struct marks_heard *heard)
{
	struct listener *listener = ctx;
	assert_int_equal(heard->number, listener->next);
	const double at = (double)MARKS_PERIOD * listener->heard + listener->delay;
	if (fabs(heard->at - at) > listener->worst)
		listener->worst = fabs(heard->at - at);
	listener->next++;
	listener->heard++;
}

static void every_number_of_a_sound_is_heard_to_a_tenth_of_a_millisecond(void **state)
{
	struct listener listener = { .next = 65530, .delay = MARKED_DELAY };
	struct marked_microphone *microphone = marked_microphone_new(2, 65530); /* wraps */
	struct marked_ear *ear = marked_ear_new(2, on_heard, &listener);
	for (unsigned i = 0; i < SECONDS * 50; i++) {
		const uint8_t *data;
		size_t len;
		marked_microphone_take(microphone, &data, &len);
		marked_ear_listen(ear, data, len);
	}
	marked_ear_end(ear);
	assert_int_equal(listener.heard, SECONDS);
	assert_true(listener.worst < TENTH_OF_MS);
	marked_ear_free(ear);
	marked_microphone_free(microphone);
}

/* Four voices that begin at different times, mixed, with noise at a fifth of their level. */
static void voices_are_told_apart_in_one_sound(void **state)
{
	struct listener listeners[MARKS_VOICES];
	struct marks_mouth *mouths[MARKS_VOICES];
	struct marks_ear *ears[MARKS_VOICES];
	struct rs_rand rand;
	rs_rand_init_seed(&rand, 3);
	for (unsigned v = 0; v < MARKS_VOICES; v++) {
		listeners[v] =
			(struct listener){ .next = (uint16_t)(1000 * v), .delay = 7777.0 * v };
		mouths[v] = marks_mouth_new(v, (uint16_t)(1000 * v));
		ears[v] = marks_ear_new(v, on_heard, &listeners[v]);
	}
	for (size_t i = 0; i < (SECONDS + 1) * MARKS_RATE; i++) {
		int mixed = (int)rs_rand_below(&rand, 900) - 450;
		for (unsigned v = 0; v < MARKS_VOICES; v++) {
			int16_t one = 0;
			if (i >= 7777 * v)
				marks_say(mouths[v], &one, 1);
			mixed += one / 4;
		}
		const int16_t pcm = (int16_t)mixed;
		for (unsigned v = 0; v < MARKS_VOICES; v++)
			marks_ear_push(ears[v], &pcm, 1);
	}
	for (unsigned v = 0; v < MARKS_VOICES; v++) {
		assert_in_range(listeners[v].heard, SECONDS, SECONDS + 1);
		assert_true(listeners[v].worst < 5 * TENTH_OF_MS);
		marks_mouth_free(mouths[v]);
		marks_ear_free(ears[v]);
	}
}

static void noise_and_silence_say_nothing(void **state)
{
	struct listener listener = { .next = 0 };
	struct marks_ear *ear = marks_ear_new(0, on_heard, &listener);
	struct rs_rand rand;
	rs_rand_init_seed(&rand, 4);
	for (size_t i = 0; i < 10 * MARKS_RATE; i++) {
		const int16_t pcm =
			(int16_t)(i < 5 * MARKS_RATE ? (int)rs_rand_below(&rand, 20000) - 10000
						     : 0);
		marks_ear_push(ear, &pcm, 1);
	}
	assert_int_equal(listener.heard, 0);
	marks_ear_free(ear);
}

static void on_payload(void *ctx, const uint8_t *payload, size_t len, bool marker)
{
	unsigned *payloads = ctx;
	assert_in_range(len, 1, 300);
	(*payloads)++;
}

static void every_picture_shows_its_number(void **state)
{
	struct marked_camera *camera = marked_camera_new(WIDTH, HEIGHT, 15, 100);
	struct marked_eye *eye = marked_eye_new();
	unsigned payloads = 0;
	for (uint32_t i = 0; i < 300; i++) {
		const uint16_t number = (uint16_t)(i * 219);
		const uint8_t *data;
		size_t len;
		marked_camera_take(camera, number, i % 100 == 0, &data, &len);
		marked_camera_send(camera, 300, on_payload, &payloads);
		assert_int_equal(marked_eye_look(eye, data, len), number);
	}
	assert_true(payloads > 300);
	assert_int_equal(marked_eye_look(eye, (const uint8_t *)"no picture", 10), -1);
	marked_eye_free(eye);
	marked_camera_free(camera);
}

static void a_bar_that_was_damaged_is_not_read(void **state)
{
	uint8_t luma[WIDTH * HEIGHT];
	for (uint32_t number = 0; number < 65536; number += 97) {
		for (unsigned cell = 0; cell < MARKS_CELLS; cell++) {
			marks_draw(luma, WIDTH, WIDTH, HEIGHT, (uint16_t)number);
			assert_int_equal(marks_see(luma, WIDTH, WIDTH, HEIGHT), number);
			for (unsigned y = 0; y < HEIGHT / 8; y++)
				for (unsigned x = 0; x < 8; x++)
					luma[y * WIDTH + 8 * cell + x] ^= 0xFF;
			assert_int_equal(marks_see(luma, WIDTH, WIDTH, HEIGHT), -1);
		}
	}
	memset(luma, 128, sizeof(luma));
	assert_int_equal(marks_see(luma, WIDTH, WIDTH, HEIGHT), -1);
}

/* One of 40 by 24, as from a test card: cells have no middle. */
static void a_picture_without_room_for_a_bar_shows_none(void **state)
{
	uint8_t *luma = rs_zalloc(40 * 24);
	assert_non_null(luma);
	assert_int_equal(marks_see(luma, 40, 40, 24), -1);
	assert_int_equal(marks_see(luma, 1, 1, 1), -1);
	rs_release(luma);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_of_a_sound_is_heard_to_a_tenth_of_a_millisecond),
		cmocka_unit_test(voices_are_told_apart_in_one_sound),
		cmocka_unit_test(noise_and_silence_say_nothing),
		cmocka_unit_test(every_picture_shows_its_number),
		cmocka_unit_test(a_bar_that_was_damaged_is_not_read),
		cmocka_unit_test(a_picture_without_room_for_a_bar_shows_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
