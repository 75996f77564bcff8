/* Tones, chirps and silence: for sound checks, and for tests that must tell one room from another. */
#include "tools/roombox/media/sound.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define LEVEL_PRESET (-20)
#define HZ_MAX 20000
#define FULL_SCALE 32767.0

struct gen {
	struct sound sound;
	double amplitude;
	double from_hz;
	double to_hz;      /* a tone goes nowhere */
	uint32_t sweep;    /* samples from one to the other */
	uint32_t sweep_at; /* samples since it began */
	double turns;      /* phase, in turns */
};

static const struct spec_key tone_keys[] = {
	{ "hz", 20, HZ_MAX, 1000 },
	{ "level", -90, 0, LEVEL_PRESET },
};

static const struct spec_key chirp_keys[] = {
	{ "from", 20, HZ_MAX, 500 },
	{ "to", 20, HZ_MAX, 2000 },
	{ "ms", 10, 60000, 1000 },
	{ "level", -90, 0, LEVEL_PRESET },
};

/* Full scale is a sine's peak. */
static double amplitude_of(int32_t level_db)
{
	return FULL_SCALE * pow(10.0, level_db / 20.0);
}

static void gen_read(struct sound *sound, int16_t *out, size_t frames)
{
	struct gen *gen = (struct gen *)sound;
	if (gen->amplitude <= 0) {
		memset(out, 0, frames * sizeof(*out));
		return;
	}
	for (size_t i = 0; i < frames; i++) {
		const double done = (double)gen->sweep_at / gen->sweep;
		const double hz = gen->from_hz + (gen->to_hz - gen->from_hz) * done;
		out[i] = (int16_t)lrint(gen->amplitude * sin(2 * M_PI * gen->turns));
		gen->turns += hz / SOUND_HZ;
		gen->turns -= floor(gen->turns);
		if (++gen->sweep_at == gen->sweep)
			gen->sweep_at = 0;
	}
}

static void gen_free(struct sound *sound)
{
	rs_release(sound);
}

static const struct sound_ops ops = { gen_read, gen_free };

static int make_tone(const struct spec *spec, struct gen *gen, char *why)
{
	int32_t values[RS_ARRAY_LEN(tone_keys)];
	const int err = spec_numbers(spec, tone_keys, RS_ARRAY_LEN(tone_keys), values, why);
	if (err < 0)
		return err;
	gen->from_hz = values[0];
	gen->to_hz = values[0];
	gen->amplitude = amplitude_of(values[1]);
	return 0;
}

static int make_chirp(const struct spec *spec, struct gen *gen, char *why)
{
	int32_t values[RS_ARRAY_LEN(chirp_keys)];
	const int err = spec_numbers(spec, chirp_keys, RS_ARRAY_LEN(chirp_keys), values, why);
	if (err < 0)
		return err;
	gen->from_hz = values[0];
	gen->to_hz = values[1];
	gen->sweep = (uint32_t)values[2] * (SOUND_HZ / 1000);
	gen->amplitude = amplitude_of(values[3]);
	return 0;
}

static int make_silence(const struct spec *spec, struct gen *gen, char *why)
{
	return spec_numbers(spec, NULL, 0, NULL, why);
}

static const struct {
	const char *name;
	int (*make)(const struct spec *spec, struct gen *gen, char *why);
} makers[] = {
	{ "tone", make_tone },
	{ "chirp", make_chirp },
	{ "silence", make_silence },
};

int sound_gen_new(const struct spec *spec, struct sound **out_sound, char why[SPEC_WHY_LEN])
{
	struct gen gen = { .sound = { &ops, 1 }, .sweep = SOUND_HZ };
	int err = -EINVAL;
	(void)snprintf(why, SPEC_WHY_LEN,
		"gen:%.64s: there is no such sound; tone, chirp or silence is expected",
		spec->name);
	for (size_t i = 0; i < RS_ARRAY_LEN(makers); i++) {
		if (strcmp(makers[i].name, spec->name) == 0)
			err = makers[i].make(spec, &gen, why);
	}
	if (err < 0)
		return err;
	struct gen *made = rs_memdup(&gen, sizeof(gen));
	if (made == NULL)
		return -ENOMEM;
	*out_sound = &made->sound;
	return 0;
}
