#include "tools/roombox/media/test_signal.h"

#include <errno.h>
#include <stdio.h>

/* 1 kHz at -18 dBFS, the alignment level of EBU R 68. */
#define TONE "gen:tone,hz=1000,level=-18"
#define FADE 240
#define WIDTH 1280U
#define HEIGHT 720U
#define PART 60U

static void end(struct test_signal *signal)
{
	signal->tone = false;
	signal->bars = camera_free(signal->bars);
}

static int make(struct test_signal *signal, bool tone, bool bars, unsigned width, unsigned height)
{
	char spec[64];
	char why[SPEC_WHY_LEN];
	const bool sized = width > 0 && height > 0;
	int err = 0;
	if (tone && signal->sound == NULL)
		err = sound_new(TONE, false, NULL, &signal->sound, why);
	(void)snprintf(spec, sizeof(spec), "gen:bars,width=%u,height=%u", sized ? width : WIDTH,
		sized ? height : HEIGHT);
	if (err == 0 && bars)
		err = camera_new(spec, false, NULL, &signal->bars, why);
	return err == 0 ? 0 : -ENOMEM; /* nothing else can be wrong with them */
}

int test_signal_set(struct test_signal *signal, bool tone, bool bars, unsigned width,
	unsigned height, rs_time now)
{
	end(signal);
	const int err = make(signal, tone, bars, width, height);
	signal->tone = err == 0 && tone;
	signal->until = now + TEST_SIGNAL_MOST;
	if (err < 0)
		end(signal);
	return err;
}

void test_signal_done(struct test_signal *signal)
{
	signal->bars = camera_free(signal->bars);
	signal->sound = sound_free(signal->sound);
}

static bool is_over(const struct test_signal *signal, rs_time now)
{
	return now >= signal->until;
}

static void mix(struct test_signal *signal, int16_t *block, size_t n, bool wanted)
{
	int16_t tone[PART *
		     SOUND_CHANNELS_MAX]; /* a tone has one channel; sound_read() wants the room */
	sound_read(signal->sound, tone, n);
	for (size_t i = 0; i < n; i++) {
		if (wanted && signal->gain < FADE)
			signal->gain++;
		else if (!wanted && signal->gain > 0)
			signal->gain--;
		block[i] = (int16_t)((block[i] * (FADE - signal->gain) + tone[i] * signal->gain) /
				     FADE);
	}
}

void test_signal_sound(struct test_signal *signal, int16_t *block, size_t n, rs_time now)
{
	const bool wanted = signal->tone && !is_over(signal, now);
	if (signal->sound == NULL || (!wanted && signal->gain == 0))
		return;
	for (size_t at = 0; at < n; at += PART)
		mix(signal, block + at, n - at < PART ? n - at : PART, wanted);
}

struct camera *test_signal_bars(const struct test_signal *signal, rs_time now)
{
	return is_over(signal, now) ? NULL : signal->bars;
}
