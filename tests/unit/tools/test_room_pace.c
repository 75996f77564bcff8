/* A sound card's clock and the machine's, held together: nothing runs dry, nothing is thrown away, nothing clicks. */
#include "tests/support/oom.h"
#include "tools/roombox/media/pace.h"
#include "tools/roombox/media/stretch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>

#define HZ 48000
#define BLOCK 480
#define PERIOD 240
#define TARGET (BLOCK + 2 * PERIOD)

/* What came of half an hour. */
struct outcome {
	unsigned dry; /* blocks for which there was not enough */
	double least; /* frames left after a block, once it had begun */
	double most;
	double drift;
	double jump; /* largest change of speed from one block to the next */
};

/* A card that is off by `ppm` and tells its place by whole periods; blocks are asked for up to `late_ms` late. */
static struct outcome half_an_hour(double ppm, unsigned late_ms)
{
	struct outcome outcome = { .least = 1e9 };
	struct pace pace;
	double used = 0;
	double speed = 1;
	pace_init(&pace, HZ, TARGET);
	for (unsigned block = 0; block < 180000; block++) {
		/* An order of its own, that has every lateness as often. */
		const double at = 0.01 * block + 0.001 * (block * 7919U % (late_ms + 1));
		const double heard = floor((at + 0.03) * HZ * (1 + ppm * 1e-6) / PERIOD) * PERIOD;
		if (block == 0)
			used = heard - TARGET;
		const double now = pace_follow(&pace, (size_t)(heard - used));
		if (fabs(now - speed) > outcome.jump)
			outcome.jump = fabs(now - speed);
		speed = now;
		const double left = heard - used - BLOCK * speed;
		outcome.dry += left < 0;
		outcome.least = left < outcome.least ? left : outcome.least;
		outcome.most = left > outcome.most ? left : outcome.most;
		used += BLOCK * speed;
	}
	outcome.drift = pace.drift;
	return outcome;
}

static void half_an_hour_neither_runs_dry_nor_over(void **state)
{
	static const struct {
		double ppm;
		unsigned late_ms;
	} cards[] = { { 0, 0 }, { 200, 0 }, { -200, 0 }, { 200, 5 }, { -200, 5 }, { 37, 3 },
		{ 300, 5 }, { -300, 5 } };
	for (size_t i = 0; i < RS_ARRAY_LEN(cards); i++) {
		const struct outcome outcome = half_an_hour(cards[i].ppm, cards[i].late_ms);

		assert_int_equal(outcome.dry, 0);
		assert_true(outcome.most < TARGET + 3 * PERIOD);
		/* What it found out is what it is, within what a period makes it swing. */
		assert_true(fabs(outcome.drift * 1e6 - cards[i].ppm) < 60);
		/* A hundredth of a cent. */
		assert_true(outcome.jump < 6e-6);
	}
}

static void a_wait_that_was_begun_anew_is_believed_at_once(void **state)
{
	struct pace pace;
	pace_init(&pace, HZ, TARGET);
	for (unsigned i = 0; i < 1000; i++)
		(void)pace_follow(&pace, TARGET);
	assert_true(fabs(pace_follow(&pace, TARGET + 480) - 1) < 1e-4);
	pace_restart(&pace);
	assert_true(pace_follow(&pace, TARGET + 480) > 1 + 7e-4);
	assert_true(pace_follow(&pace, 100 * HZ) <= 1 + PACE_MOST);
	pace_aim(&pace, TARGET + 960);
	pace_restart(&pace);
	assert_true(pace_follow(&pace, TARGET) < 1);
}

/* A sine through a resampler whose speed wanders: how far each sample is from what the two before it say it must be, at most. Of
 * `channels` the last one has the sine, the others its negative. */
static double worst_break(unsigned channels, unsigned in_hz, unsigned out_hz)
{
	struct stretch *stretch = NULL;
	int16_t in[64 * 2];
	int16_t out[512 * 2];
	const double hz = 440;
	const double turn = 2 * cos(2 * M_PI * hz / out_hz);
	double before[2] = { 0 };
	double worst = 0;
	uint64_t n_in = 0;
	uint64_t n_out = 0;
	assert_int_equal(stretch_new(channels, in_hz, out_hz, &stretch), 0);
	while (n_in < 4 * in_hz) {
		if (n_in % 3200 == 0) /* up and down through 1, ± 300 ppm */
			stretch_speed(stretch, 1 + 3e-4 * sin((double)n_in / in_hz * 3));
		for (unsigned i = 0; i < 64; i++) {
			const double value = 10000 * sin(2 * M_PI * hz * (double)n_in++ / in_hz);
			for (unsigned c = 0; c < channels; c++)
				in[i * channels + c] =
					(int16_t)lrint(c + 1 == channels ? value : -value);
		}
		size_t used = 64;
		size_t made = 512;
		stretch_run(stretch, in, &used, out, &made);
		assert_int_equal(used, 64);
		for (size_t i = 0; i < made; i++, n_out++) {
			const double sample = out[(i + 1) * channels - 1];
			if (channels > 1)
				assert_in_range(
					out[i * channels] + out[i * channels + 1] + 2, 0, 4);
			if (n_out > 1000 && fabs(sample - (turn * before[0] - before[1])) > worst)
				worst = fabs(sample - (turn * before[0] - before[1]));
			before[1] = before[0];
			before[0] = sample;
		}
	}
	assert_in_range(n_out, 3.99 * out_hz, 4.01 * out_hz);
	stretch_free(stretch);
	return worst;
}

static void a_sine_whose_speed_changes_does_not_break(void **state)
{
	/* Rounding alone makes it 2: at 10000, an inserted or a left out sample makes a break of 570. */
	assert_true(worst_break(1, 48000, 48000) < 6);
	assert_true(worst_break(2, 44100, 48000) < 6);
	assert_true(worst_break(1, 48000, 44100) < 6);
	assert_true(worst_break(2, 96000, 48000) < 6);
	assert_true(worst_break(1, 48000, 192000) < 6);
}

static void a_rate_that_no_card_has_is_refused(void **state)
{
	struct stretch *stretch = NULL;
	assert_int_equal(stretch_new(0, 48000, 48000, &stretch), -EINVAL);
	assert_int_equal(stretch_new(1, 7999, 48000, &stretch), -EINVAL);
	assert_int_equal(stretch_new(1, 48000, 192001, &stretch), -EINVAL);
	assert_null(stretch);
	assert_null(stretch_free(NULL));
}

static int make(void *ctx)
{
	struct stretch *stretch = NULL;
	const int err = stretch_new(2, 44100, 48000, &stretch);
	stretch_free(stretch);
	return err;
}

static void memory_may_run_out(void **state)
{
	check_oom(make, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_an_hour_neither_runs_dry_nor_over),
		cmocka_unit_test(a_wait_that_was_begun_anew_is_believed_at_once),
		cmocka_unit_test(a_sine_whose_speed_changes_does_not_break),
		cmocka_unit_test(a_rate_that_no_card_has_is_refused),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
