/* What a technician wants of a box: how loud a microphone was, a test signal; and whose token it takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "tools/roombox/media/test_signal.h"
#include "tools/roombox/meeting/token.h"
#include "tools/roombox/room/room.h"

/* ---- how loud ---- */

static void a_microphone_remembers_how_loud_it_was_until_it_is_asked(void **state)
{
	(void)state;
	char why[SPEC_WHY_LEN];
	int16_t block[PLAYOUT_BLOCK];
	struct room room = { .n_inputs = 1, .n_microphones = 1 };
	struct room_microphone *microphone = &room.microphones[0];
	microphone->used[0] = true;
	(void)room_loudness(microphone);
	assert_int_equal(
		sound_new("gen:tone,hz=1000,level=0", false, NULL, &room.inputs[0].sound, why), 0);
	for (int i = 0; i < 10; i++)
		room_capture(&room, block);
	struct room_loudness since = room_loudness(microphone);
	assert_int_equal(since.loudest, -3);
	assert_int_equal(room_dbfs(since.peak), 0);
	assert_int_equal(since.samples, 10 * PLAYOUT_BLOCK);
	assert_int_not_equal(since.clipped, 0);
	since = room_loudness(microphone);
	assert_int_equal(since.loudest, ROOM_LEVEL_SILENT);
	assert_int_equal(since.samples, 0);
	assert_int_equal(room_dbfs(0), ROOM_LEVEL_SILENT);
	sound_free(room.inputs[0].sound);
}

/* ---- a test signal ---- */

static int loudest(const int16_t *block, size_t n)
{
	int most = 0;
	for (size_t i = 0; i < n; i++)
		most = abs(block[i]) > most ? abs(block[i]) : most;
	return most;
}

static void a_tone_takes_the_place_of_what_is_said_and_ends_by_itself(void **state)
{
	(void)state;
	struct test_signal signal = { .tone = false };
	int16_t block[PLAYOUT_BLOCK] = { 0 };
	rs_time now = RS_SEC(100);
	test_signal_sound(&signal, block, PLAYOUT_BLOCK, now);
	assert_int_equal(loudest(block, PLAYOUT_BLOCK), 0);
	assert_int_equal(test_signal_set(&signal, true, false, 0, 0, now), 0);
	assert_null(test_signal_bars(&signal, now));
	for (int i = 0; i < 3; i++) {
		for (size_t s = 0; s < PLAYOUT_BLOCK; s++)
			block[s] = 20000;
		test_signal_sound(&signal, block, PLAYOUT_BLOCK, now);
	}
	/* -18 dBFS of the peak, and nothing of what was said */
	assert_in_range(loudest(block, PLAYOUT_BLOCK), 4100, 4130);
	now += TEST_SIGNAL_MOST;
	memset(block, 0, sizeof(block));
	test_signal_sound(&signal, block, PLAYOUT_BLOCK, now);
	assert_int_not_equal(loudest(block, PLAYOUT_BLOCK), 0); /* it fades */
	memset(block, 0, sizeof(block));
	test_signal_sound(&signal, block, PLAYOUT_BLOCK, now);
	assert_int_equal(loudest(block, PLAYOUT_BLOCK), 0);
	test_signal_done(&signal);
}

static void bars_are_as_large_as_the_picture_they_stand_for(void **state)
{
	(void)state;
	struct test_signal signal = { .tone = false };
	struct picture picture;
	assert_int_equal(test_signal_set(&signal, false, true, 320, 180, 0), 0);
	assert_true(camera_read(test_signal_bars(&signal, 0), 0, &picture));
	assert_int_equal(picture.width, 320);
	assert_int_equal(picture.height, 180);
	assert_null(test_signal_bars(&signal, TEST_SIGNAL_MOST));
	assert_int_equal(test_signal_set(&signal, false, true, 0, 0, 0), 0);
	assert_non_null(test_signal_bars(&signal, 0));
	assert_int_equal(test_signal_set(&signal, false, false, 0, 0, 0), 0);
	assert_null(test_signal_bars(&signal, 0));
	test_signal_done(&signal);
}

/* ---- a token ---- */

static const char *token_of(const char *claims, char out[512])
{
	char base64[400];
	assert_int_equal(
		rs_base64_encode((const uint8_t *)claims, strlen(claims), base64, sizeof(base64)),
		0);
	for (char *at = base64; *at != '\0'; at++)
		*at = *at == '+' ? '-' : *at == '/' ? '_' : *at == '=' ? '\0' : *at;
	(void)snprintf(out, 512, "eyJhbGciOiJFUzI1NiJ9.%s.c2ln", base64);
	return out;
}

static void a_box_takes_the_token_of_a_room_alone(void **state)
{
	(void)state;
	char token[512];
	char why[TOKEN_WHY_LEN] = "";
	assert_true(token_is_room(
		token_of("{\"sub\":\"room\",\"role\":\"room\",\"name\":\"Salle \xc3\xa9\xc3\xbf\"}",
			token),
		why));
	assert_false(
		token_is_room(token_of("{\"sub\":\"fr-1\",\"role\":\"interpreter\"}", token), why));
	assert_non_null(strstr(why, "\"interpreter\""));
	assert_false(token_is_room(token_of("{\"sub\":\"room\"}", token), why));
	assert_string_equal(why, "it is no token of a badge");
	static const char *const none[] = { "", "a", "a.b", "a.!!!!.c", "..", "a.e30.c" };
	for (size_t i = 0; i < RS_ARRAY_LEN(none); i++)
		assert_false(token_is_room(none[i], why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_microphone_remembers_how_loud_it_was_until_it_is_asked),
		cmocka_unit_test(a_tone_takes_the_place_of_what_is_said_and_ends_by_itself),
		cmocka_unit_test(bars_are_as_large_as_the_picture_they_stand_for),
		cmocka_unit_test(a_box_takes_the_token_of_a_room_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
