/* What the loudspeakers play is taken out of what the microphones hear, and who speaks in the room is not. */
#include "tools/roombox/room/echo.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/rand.h"

#define HZ 48000
#define BLOCKS_A_SECOND (HZ / PLAYOUT_BLOCK)
/* The way through both cards and the air, and how long the room rings. */
#define DELAY (HZ * 45 / 1000)
#define RING (HZ * 60 / 1000)
#define TAPS 160
#define PI 3.14159265358979323846

/* A room: a direct way and reflections at random times that die away. */
struct hall {
	struct rs_rand rand;
	size_t at[TAPS];
	double gain[TAPS];
	double heard[HZ]; /* played lately, a ring */
	size_t n;
	double slow; /* of the speech-like noise */
};

static double noise(struct hall *hall)
{
	return (double)rs_rand_u32(&hall->rand) / UINT32_MAX * 2 - 1;
}

static void hall_init(struct hall *hall)
{
	*hall = (struct hall){ .n = 0 };
	rs_rand_init_seed(&hall->rand, 11);
	for (size_t i = 0; i < TAPS; i++) {
		const size_t late = i == 0 ? 0 : rs_rand_u32(&hall->rand) % RING;
		hall->at[i] = DELAY + late;
		hall->gain[i] = i == 0 ? 0.4 : 0.12 * noise(hall) * exp(-3.0 * (double)late / RING);
	}
}

/* Noise of the colour of a voice, in syllables. */
static int16_t far_sample(struct hall *hall)
{
	const double t = (double)hall->n / HZ;
	hall->slow += 0.12 * (noise(hall) - hall->slow);
	return (int16_t)lrint(24000 * hall->slow * (0.55 + 0.45 * sin(2 * PI * 3.1 * t)));
}

/* A block is played; gives what the microphone hears of it. */
static void turn(struct hall *hall, int16_t played[PLAYOUT_BLOCK], double echoed[PLAYOUT_BLOCK])
{
	for (size_t i = 0; i < PLAYOUT_BLOCK; i++, hall->n++) {
		played[i] = far_sample(hall);
		hall->heard[hall->n % HZ] = played[i];
		echoed[i] = 0;
		for (size_t k = 0; k < TAPS; k++)
			if (hall->n >= hall->at[k])
				echoed[i] +=
					hall->gain[k] * hall->heard[(hall->n - hall->at[k]) % HZ];
	}
}

static double decibels(double a, double b)
{
	return 10 * log10(a / b);
}

static void what_is_played_is_taken_out(void **state)
{
	static struct hall hall;
	struct echo *echo = NULL;
	int16_t played[PLAYOUT_BLOCK];
	int16_t block[PLAYOUT_BLOCK];
	double echoed[PLAYOUT_BLOCK];
	double before = 0;
	double after = 0;
	(void)state;
	hall_init(&hall);
	assert_int_equal(echo_new(&echo), 0);
	for (size_t b = 0; b < 12 * BLOCKS_A_SECOND; b++) {
		turn(&hall, played, echoed);
		for (size_t i = 0; i < PLAYOUT_BLOCK; i++)
			block[i] = (int16_t)lrint(echoed[i]);
		echo_cancel(echo, block);
		for (size_t i = 0; i < PLAYOUT_BLOCK && b >= 8 * BLOCKS_A_SECOND; i++) {
			before += echoed[i] * echoed[i];
			after += (double)block[i] * block[i];
		}
		echo_played(echo, played);
	}
	echo_free(echo);
	print_message("measured: echo %.1f dB lower\n", decibels(before, after));
	assert_true(decibels(before, after) >= 20);
}

static void who_speaks_meanwhile_is_heard(void **state)
{
	static struct hall hall;
	struct echo *echo = NULL;
	int16_t played[PLAYOUT_BLOCK];
	int16_t block[PLAYOUT_BLOCK];
	double echoed[PLAYOUT_BLOCK];
	double kept[2] = { 0 };
	double voice = 0;
	(void)state;
	hall_init(&hall);
	assert_int_equal(echo_new(&echo), 0);
	for (size_t b = 0; b < 12 * BLOCKS_A_SECOND; b++) {
		const bool speaks = b >= 8 * BLOCKS_A_SECOND;
		const size_t first = hall.n;
		turn(&hall, played, echoed);
		for (size_t i = 0; i < PLAYOUT_BLOCK; i++) {
			const double said =
				speaks ? 6000 * sin(2 * PI * 440 * (double)(first + i) / HZ) : 0;
			block[i] = (int16_t)lrint(echoed[i] + said);
			voice += said * said;
		}
		echo_cancel(echo, block);
		/* What of the tone is left, whatever its phase. */
		for (size_t i = 0; i < PLAYOUT_BLOCK && speaks; i++) {
			const double w = 2 * PI * 440 * (double)(first + i) / HZ;
			kept[0] += block[i] * sin(w);
			kept[1] += block[i] * cos(w);
		}
		echo_played(echo, played);
	}
	echo_free(echo);
	const double n = 4.0 * HZ;
	const double left = 2 * (kept[0] * kept[0] + kept[1] * kept[1]) / n;
	print_message("measured: voice %.1f dB\n", decibels(left, voice));
	assert_in_range((int)lrint(decibels(left, voice) * 10 + 1000), 1000 - 15, 1000 + 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_played_is_taken_out),
		cmocka_unit_test(who_speaks_meanwhile_is_heard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
