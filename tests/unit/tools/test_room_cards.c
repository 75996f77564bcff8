/* Sound cards: alsa-lib itself, with a card that is not there and has a clock of its own. Time is the test's. */
#include "tests/support/oom.h"
#include "tests/support/simcard.h"
#include "tools/roombox/media/alsa.h"
#include "tools/roombox/media/sink.h"
#include "tools/roombox/media/sound.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 480
/* A sine's sample is foretold by the two before it; rounding and a speed that changes make it err by so much, an inserted or a left
 * out sample at its steepest by 570. */
#define BREAK_MOST 8.0

static char infile[] = "/tmp/rostrum-card-in-XXXXXX";
static char outfile[] = "/tmp/rostrum-card-out-XXXXXX";

/* A room of one microphone and one loudspeaker. */
struct hall {
	struct devices *devices;
	struct sound *sound;
	struct sink *sink;
	uint64_t blocks;
	double turn; /* what foretells a sine of the card's pitch, here and on the card */
	double turn_played;
	double before[2];
	double worst; /* break of what was captured */
	double peak;  /* of the last block */
	double played[2];
	double worst_played;
	uint64_t n_played;
	uint64_t refused; /* blocks that the loudspeaker did not take */
};

static const struct simcard plain = { .plugged = true,
	.hz = 48000,
	.channels_min = 1,
	.channels_max = 2,
	.format = SND_PCM_FORMAT_S16_LE };

static double turn_of(double hz)
{
	return 2 * cos(2 * M_PI * SIMCARD_HZ / hz);
}

static void follow(double before[2], double sample, double turn, double *worst)
{
	const double broken = fabs(sample - (turn * before[0] - before[1]));
	*worst = broken > *worst ? broken : *worst;
	before[1] = before[0];
	before[0] = sample;
}

static void on_play(void *ctx, int16_t sample)
{
	struct hall *hall = ctx;
	follow(hall->played, sample, hall->turn_played, &hall->worst_played);
	if (hall->n_played++ < 20000) /* it begins out of silence */
		hall->worst_played = 0;
}

static void hall_new(struct hall *hall, const char *input, const char *output, unsigned wanted)
{
	char why[SPEC_WHY_LEN];
	*hall = (struct hall){ .turn = turn_of(48000), .turn_played = turn_of(simcard()->hz) };
	assert_int_equal(devices_new(&hall->devices), 0);
	devices_place(hall->devices, "microphones[2].input");
	if (input != NULL)
		assert_int_equal(sound_new(input, false, hall->devices, &hall->sound, why), 0);
	devices_place(hall->devices, "outputs[0].output");
	if (output != NULL)
		assert_int_equal(sink_new(output, wanted, hall->devices, &hall->sink, why), 0);
	if (hall->sound != NULL)
		hall->sound->wanted = wanted;
	simcard()->play = on_play;
	simcard()->play_ctx = hall;
}

static void hall_free(struct hall *hall)
{
	sound_free(hall->sound);
	sink_free(hall->sink);
	devices_free(hall->devices);
	*simcard() = plain;
}

static void hall_open(struct hall *hall)
{
	char why[SPEC_WHY_LEN];
	const int err = devices_open(hall->devices, 0, why);
	if (err < 0)
		fail_msg("%s", why);
}

/* So many blocks, each 10 ms after the one before it, and up to 3 ms late. */
static void run(struct hall *hall, unsigned blocks)
{
	for (unsigned i = 0; i < blocks; i++, hall->blocks++) {
		int16_t heard[BLOCK * SOUND_CHANNELS_MAX];
		int16_t said[BLOCK * 2];
		simcard()->now_s =
			(double)hall->blocks * 0.01 + (double)(hall->blocks * 7 % 4) * 1e-3;
		devices_turn(hall->devices, RS_MS(10) * (rs_time)hall->blocks, 0);
		devices_settle(hall->devices);
		hall->peak = 0;
		if (hall->sound != NULL)
			sound_read(hall->sound, heard, BLOCK);
		for (size_t at = 0; hall->sound != NULL && at < BLOCK; at++) {
			const double sample = heard[at * hall->sound->channels];
			follow(hall->before, sample, hall->turn, &hall->worst);
			hall->peak = fabs(sample) > hall->peak ? fabs(sample) : hall->peak;
		}
		for (size_t at = 0; hall->sink != NULL && at < BLOCK; at++) {
			const double n = (double)(hall->blocks * BLOCK + at);
			const double sample = SIMCARD_PEAK * sin(2 * M_PI * SIMCARD_HZ * n / 48000);
			said[2 * at] = (int16_t)lrint(sample);
			said[2 * at + 1] = 0;
		}
		if (hall->sink != NULL)
			hall->refused += sink_write(hall->sink, said, BLOCK) < 0;
	}
}

static void check_steady(struct hall *hall, double ppm)
{
	const struct device_figures *figures = devices_at(hall->devices, 0);
	run(hall, 100);
	hall->worst = 0; /* it came out of silence */
	run(hall, 5900);
	assert_true(hall->worst < BREAK_MOST);
	assert_true(hall->worst_played < BREAK_MOST);
	for (size_t i = 0; (figures = devices_at(hall->devices, i)) != NULL; i++) {
		assert_int_equal(figures->xruns, 0);
		assert_int_equal(figures->slips, 0);
		assert_true(fabs(figures->ppm - ppm) < 80);
	}
}

static void a_microphone_whose_clock_is_off_loses_and_breaks_nothing(void **state)
{
	for (int i = 0; i < 2; i++) {
		struct hall hall;
		simcard()->ppm = i == 0 ? 200 : -200;
		hall_new(&hall, "alsa:card", NULL, 1);
		hall_open(&hall);
		check_steady(&hall, simcard()->ppm);
		assert_true(hall.peak > SIMCARD_PEAK * 0.99);
		hall_free(&hall);
	}
}

static void a_loudspeaker_whose_clock_is_off_breaks_nothing(void **state)
{
	for (int i = 0; i < 2; i++) {
		struct hall hall;
		simcard()->ppm = i == 0 ? 200 : -200;
		hall_new(&hall, NULL, "alsa:card", 2);
		hall_open(&hall);
		check_steady(&hall, simcard()->ppm);
		assert_in_range(hall.n_played, 2870000, 2890000);
		hall_free(&hall);
	}
}

static void a_card_of_other_rates_and_samples_is_made_to_fit(void **state)
{
	static const struct {
		unsigned hz;
		int format;
	} cards[] = { { 44100, SND_PCM_FORMAT_S32_LE }, { 96000, SND_PCM_FORMAT_S24_3LE } };
	for (size_t i = 0; i < RS_ARRAY_LEN(cards); i++) {
		struct hall hall;
		simcard()->hz = cards[i].hz;
		simcard()->format = cards[i].format;
		simcard()->channels_min = 2;
		hall_new(&hall, "alsa:card", "alsa:card", 2);
		hall_open(&hall);
		run(&hall, 100);
		hall.worst = 0;
		run(&hall, 400);
		assert_true(hall.worst < BREAK_MOST);
		assert_true(hall.worst_played < BREAK_MOST);
		assert_true(hall.peak > SIMCARD_PEAK * 0.99);
		assert_int_equal(hall.sound->channels, 2);
		hall_free(&hall);
	}
}

static void expect_news(
	struct hall *hall, enum device_news news, const char *place, const char *why)
{
	struct device_event event;
	assert_true(devices_poll(hall->devices, &event));
	assert_int_equal(event.news, news);
	assert_string_equal(event.figures->place, place);
	assert_string_equal(event.figures->name, "alsa:card");
	if (news == DEVICE_LOST)
		assert_non_null(strstr(event.why, why));
	else
		assert_true(event.away > 0);
}

static void a_card_that_is_pulled_out_is_silence_and_comes_back(void **state)
{
	struct hall hall;
	struct device_event event;
	hall_new(&hall, "alsa:card", "alsa:card", 1);
	sink_free(hall.sink);
	hall.sink = NULL;
	hall_open(&hall);
	run(&hall, 100);
	assert_false(devices_poll(hall.devices, &event));
	hall.worst = 0;
	simcard()->plugged = false;
	run(&hall, 1);
	assert_true(hall.worst <
		    700); /* it fades, no steeper than the sine itself, and does not fall */
	expect_news(&hall, DEVICE_LOST, "microphones[2].input", "No such device");
	run(&hall, 2000);
	assert_true(hall.peak < 1);
	assert_int_equal(simcard()->open_now, 0);
	simcard()->plugged = true;
	run(&hall, 502);
	expect_news(&hall, DEVICE_BACK, "microphones[2].input", NULL);
	hall.worst = 0;
	run(&hall, 50);
	assert_true(hall.peak > SIMCARD_PEAK * 0.99);
	assert_true(hall.worst < 700);
	assert_int_equal(devices_at(hall.devices, 0)->lost, 1);
	assert_true(devices_at(hall.devices, 0)->here);
	hall_free(&hall);
}

static void a_loudspeaker_that_is_pulled_out_comes_back(void **state)
{
	struct hall hall;
	hall_new(&hall, NULL, "alsa:card", 2);
	hall_open(&hall);
	run(&hall, 100);
	simcard()->plugged = false;
	run(&hall, 100);
	expect_news(&hall, DEVICE_LOST, "outputs[0].output", "No such device");
	const uint64_t before = hall.n_played;
	simcard()->plugged = true;
	run(&hall, 600);
	expect_news(&hall, DEVICE_BACK, "outputs[0].output", NULL);
	assert_true(hall.n_played > before + 48000);
	hall_free(&hall);
}

static void a_box_that_was_kept_from_its_work_goes_on(void **state)
{
	struct hall hall;
	hall_new(&hall, "alsa:card", "alsa:card", 2);
	hall_open(&hall);
	run(&hall, 100);
	/* 0.1 s, all of which is caught up at once: the microphone has lost nothing, the loudspeaker had nothing to play. */
	simcard()->now_s += 0.1;
	for (unsigned i = 0; i < 10; i++) {
		int16_t heard[BLOCK * SOUND_CHANNELS_MAX];
		int16_t said[BLOCK * 2] = { 0 };
		sound_read(hall.sound, heard, BLOCK);
		hall.refused += sink_write(hall.sink, said, BLOCK) < 0;
	}
	hall.blocks += 10;
	run(&hall, 100);
	assert_int_equal(devices_at(hall.devices, 0)->xruns, 0);
	assert_int_equal(devices_at(hall.devices, 0)->slips, 0);
	assert_int_equal(devices_at(hall.devices, 1)->xruns, 1);
	/* 3 s, which are not: more than the microphone's buffer holds. */
	hall.blocks += 300;
	run(&hall, 100);
	assert_int_equal(devices_at(hall.devices, 0)->xruns, 1);
	assert_int_equal(devices_at(hall.devices, 1)->xruns, 2);
	/* 0.3 s, which it does hold: left out once it is clear that nobody takes it. */
	hall.blocks += 30;
	run(&hall, 100);
	assert_int_equal(devices_at(hall.devices, 0)->xruns, 1);
	assert_in_range(devices_at(hall.devices, 0)->slips, 13000, 15500);
	assert_true(hall.peak > SIMCARD_PEAK * 0.99);
	assert_true(devices_at(hall.devices, 0)->here && devices_at(hall.devices, 1)->here);
	hall_free(&hall);
}

static void what_is_not_there_is_waited_for_and_what_can_never_be_is_refused(void **state)
{
	struct hall hall;
	char why[SPEC_WHY_LEN];
	simcard()->plugged = false;
	hall_new(&hall, "alsa:card", NULL, 1);
	hall_open(&hall);
	expect_news(&hall, DEVICE_LOST, "microphones[2].input",
		"alsa:card: no such device; there are: none");
	run(&hall, 200);
	assert_true(hall.peak < 1);
	simcard()->plugged = true;
	run(&hall, 1000);
	expect_news(&hall, DEVICE_BACK, "microphones[2].input", NULL);
	hall_free(&hall);

	hall_new(&hall, "alsa:crad", NULL, 1);
	assert_int_equal(devices_open(hall.devices, 0, why), -EINVAL);
	assert_string_equal(
		why, "microphones[2].input: alsa:crad: ALSA's configuration has no such name");
	hall_free(&hall);

	hall_new(&hall, "alsa:card", NULL, 3);
	assert_int_equal(devices_open(hall.devices, 0, why), -EINVAL);
	assert_string_equal(
		why, "microphones[2].input: alsa:card: it has not so many channels as are used");
	hall_free(&hall);
	assert_int_equal(simcard()->open_now, 0);
	assert_int_equal(sound_new("alsa:card", false, NULL, &hall.sound, why), -EINVAL);
	assert_int_equal(sink_new("alsa:card", 1, NULL, &hall.sink, why), -EINVAL);
}

/* ALSA's file plugin takes and gives what it is asked for, at once: it has no clock. */
static void what_has_no_clock_follows_ours(void **state)
{
	struct hall hall;
	int16_t ramp[2 * 4800];
	for (size_t i = 0; i < RS_ARRAY_LEN(ramp); i++)
		ramp[i] = (int16_t)i;
	FILE *file = fopen(infile, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(ramp, sizeof(ramp), 1, file), 1);
	assert_int_equal(fclose(file), 0);
	hall_new(&hall, "alsa:file", "alsa:file", 2);
	hall_open(&hall);
	for (unsigned block = 0; block < 9; block++) {
		int16_t heard[BLOCK * SOUND_CHANNELS_MAX];
		int16_t said[BLOCK * 2];
		sound_read(hall.sound, heard, BLOCK);
		assert_int_equal(hall.sound->channels, 2);
		for (size_t i = 0; i < RS_ARRAY_LEN(said); i++)
			said[i] = 1000;
		/* Every frame comes, in its order, late by half the resampler's length; the first ones fade. */
		for (size_t i = block == 0 ? 300 : 0; i < BLOCK; i++)
			assert_in_range(
				heard[2 * i] + 100 - 2 * (int)(block * BLOCK + i - 40), 95, 105);
		assert_int_equal(sink_write(hall.sink, said, BLOCK), 0);
	}
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(devices_at(hall.devices, i)->xruns, 0);
		assert_int_equal(devices_at(hall.devices, i)->slips, 0);
	}
	hall_free(&hall);
	file = fopen(outfile, "rb");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	assert_in_range(ftell(file), 9 * BLOCK * 4, 9 * BLOCK * 4 + 8000);
	(void)fclose(file);
}

static int make(void *ctx)
{
	struct devices *devices = NULL;
	struct sound *sound = NULL;
	struct sink *sink = NULL;
	char why[SPEC_WHY_LEN];
	int err = devices_new(&devices);
	if (err == 0)
		err = sound_new("alsa:card", false, devices, &sound, why);
	if (err == 0)
		err = sink_new("alsa:card", 2, devices, &sink, why);
	if (err == 0)
		err = devices_open(devices, 0, why);
	sound_free(sound);
	sink_free(sink);
	devices_free(devices);
	return err;
}

static void memory_may_run_out(void **state)
{
	check_oom(make, NULL);
	assert_int_equal(simcard()->open_now, 0);
}

static int begin(void **state)
{
	const int fds[] = { mkstemp(infile), mkstemp(outfile) };
	for (size_t i = 0; i < RS_ARRAY_LEN(fds); i++) {
		if (fds[i] < 0 || close(fds[i]) != 0)
			return -1;
	}
	simcard_configure(SIMCARD_LIBRARY, infile, outfile);
	return 0;
}

static int end(void **state)
{
	simcard_forget();
	return unlink(infile) == 0 && unlink(outfile) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_microphone_whose_clock_is_off_loses_and_breaks_nothing),
		cmocka_unit_test(a_loudspeaker_whose_clock_is_off_breaks_nothing),
		cmocka_unit_test(a_card_of_other_rates_and_samples_is_made_to_fit),
		cmocka_unit_test(a_card_that_is_pulled_out_is_silence_and_comes_back),
		cmocka_unit_test(a_loudspeaker_that_is_pulled_out_comes_back),
		cmocka_unit_test(a_box_that_was_kept_from_its_work_goes_on),
		cmocka_unit_test(what_is_not_there_is_waited_for_and_what_can_never_be_is_refused),
		cmocka_unit_test(what_has_no_clock_follows_ours),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
