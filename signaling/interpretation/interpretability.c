#include "signaling/interpretation/interpretability.h"

#include <stddef.h>

/* Seconds in a row that make the verdict worse, and better. */
#define WORSE_S 2
#define BETTER_S 5

#define NO_VOICE 1 /* no level of dBov is above 0 */
/* Nothing is quieter: the figure of a noise that is not known. */
#define NOISE_LEAST (-127)
/* A hum that is half of the noise, 3 dB below it, is what to do something about; less of it would leave the noise as it is. */
#define HUM_BELOW 3

/* From which figure on a fault is amber, and red. Loss is before repair: what RED and a resend mend of one in a hundred is
 * not heard; of one in twenty something always is. Jitter up to half of 60 ms is what a browser's buffer takes. Fair voice
 * lies at -30 dBov and above; under -50 the booth's own amplifier brings the noise up with it. Interpreters follow 100 to 120 words
 * a minute with ease; what is read out at 140 wears them out, and at 170 sentences are lost. A voice less than 20 dB above a fan, a hum or
 * talk behind it costs whoever listens in another language words, one of less than 10 dB costs everybody some: the figure is noise less
 * voice. */
static const struct bound {
	enum sound_fault fault;
	int amber, red;
} bounds[SOUND_DEGREES] = {
	{ SOUND_BAND, 1, 2 },
	{ SOUND_QUIET, 42, 50 },
	{ SOUND_CLIPPING, 10, 100 },
	{ SOUND_LOSS, 10, 50 },
	{ SOUND_JITTER, 30, 80 },
	{ SOUND_SPEED, 140, 170 },
	{ SOUND_NOISE, -20, -10 },
};

void interpretability_init(struct interpretability *interpretability)
{
	*interpretability =
		(struct interpretability){ .voice_x16 = NO_VOICE, .noise_x16 = NO_VOICE };
	for (size_t i = 0; i < SOUND_DEGREES; i++)
		interpretability->degrees[i].is = SOUND_GREEN;
}

static int band_figure(enum sound_fit fit)
{
	return fit == SOUND_FIT_NOT ? 2 : fit == SOUND_FIT_LIMITED ? 1 : 0;
}

static int figure_of(const struct interpretability *interpretability,
	const struct sound_second *second, enum sound_fault fault)
{
	switch (fault) {
	case SOUND_BAND:
		return band_figure(second->fit);
	case SOUND_QUIET:
		return -interpretability->voice_x16 / 16;
	case SOUND_CLIPPING:
		return second->clipping_permille;
	case SOUND_LOSS:
		return second->loss_permille;
	case SOUND_JITTER:
		return second->jitter_ms;
	case SOUND_SPEED:
		return second->words_a_minute;
	case SOUND_NOISE:
		return interpretability->noise_x16 == NO_VOICE
			       ? NOISE_LEAST
			       : (interpretability->noise_x16 - interpretability->voice_x16) / 16;
	case SOUND_HUM: /* by its name alone */
		break;
	}
	return 0;
}

static enum sound_verdict degree_of(int figure, const struct bound *bound)
{
	return figure >= bound->red     ? SOUND_RED
	       : figure >= bound->amber ? SOUND_AMBER
					: SOUND_GREEN;
}

static void weigh(struct sound_degree *degree, enum sound_verdict now)
{
	if (now == degree->is) {
		degree->seconds = 0;
		return;
	}
	const bool worse = now > degree->is;
	const bool turned = degree->seconds > 0 && worse != (degree->next > degree->is);
	if (degree->seconds == 0 || turned) {
		degree->seconds = 0;
		degree->next = now;
	} else if (worse ? now < degree->next : now > degree->next) {
		degree->next = now;
	}
	if (++degree->seconds < (worse ? WORSE_S : BETTER_S))
		return;
	degree->is = degree->next;
	degree->seconds = 0;
}

/* A quarter of each second's level: a word spoken low is not a low voice. */
static void hear(struct interpretability *interpretability, int level_dbov)
{
	const int now = level_dbov * 16;
	if (interpretability->voice_x16 == NO_VOICE)
		interpretability->voice_x16 = now;
	else
		interpretability->voice_x16 += (now - interpretability->voice_x16) / 4;
}

/* Down at once and up by an eighth: a chair that is moved is no noise, a fan that goes on is. */
static void hear_noise(struct interpretability *interpretability, int level_dbov)
{
	const int now = level_dbov * 16;
	if (interpretability->noise_x16 == NO_VOICE || now < interpretability->noise_x16)
		interpretability->noise_x16 = now;
	else
		interpretability->noise_x16 += (now - interpretability->noise_x16 + 7) / 8;
}

/* The noise by what makes it, so that nobody closes windows against a cable. */
static unsigned name_noise(const struct interpretability *interpretability,
	const struct sound_second *second, unsigned faults)
{
	const bool hum = second->hums &&
			 second->hum_dbov * 16 >= interpretability->noise_x16 - HUM_BELOW * 16;
	return (faults & SOUND_NOISE) != 0 && hum ? (faults & ~(unsigned)SOUND_NOISE) | SOUND_HUM
						  : faults;
}

bool interpretability_add(
	struct interpretability *interpretability, const struct sound_second *second)
{
	if (!second->flows)
		return false;
	if (!second->speaking) {
		hear_noise(interpretability, second->level_dbov);
		return false;
	}
	hear(interpretability, second->level_dbov);

	enum sound_verdict verdict = SOUND_GREEN;
	unsigned faults = 0;
	for (size_t i = 0; i < SOUND_DEGREES; i++) {
		struct sound_degree *degree = &interpretability->degrees[i];
		weigh(degree, degree_of(figure_of(interpretability, second, bounds[i].fault),
				      &bounds[i]));
		if (degree->is > SOUND_GREEN)
			faults |= bounds[i].fault;
		if (degree->is > verdict)
			verdict = degree->is;
	}
	faults = name_noise(interpretability, second, faults);
	if (interpretability->heard < WORSE_S && ++interpretability->heard < WORSE_S)
		return false;
	const bool changed =
		verdict != interpretability->verdict || faults != interpretability->faults;
	interpretability->verdict = verdict;
	interpretability->faults = faults;
	return changed;
}

const char *sound_verdict_name(enum sound_verdict verdict)
{
	static const char *const names[SOUND_VERDICT_COUNT] = {
		[SOUND_UNKNOWN] = "unknown",
		[SOUND_GREEN] = "green",
		[SOUND_AMBER] = "amber",
		[SOUND_RED] = "red",
	};
	return names[verdict];
}

const char *sound_fault_name(unsigned i)
{
	static const char *const names[SOUND_FAULTS] = { "band", "quiet", "clipping", "loss",
		"jitter", "speed", "noise", "hum" };
	return names[i];
}
