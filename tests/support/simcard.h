/* tests/support/simcard.h
 *
 * A sound card that is not there, with a clock of its own: an ALSA plugin (pcm_ioplug) that alsa-lib loads as it loads any other, so that
 * what is tested calls the real library. It runs in the time of the test. What it hears is a sine of SIMCARD_HZ of its own clock, of
 * amplitude SIMCARD_PEAK, negative on odd channels.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_SIMCARD_H
#define ROSTRUM_TESTS_SUPPORT_SIMCARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIMCARD_HZ 440.0
#define SIMCARD_PEAK 10000.0

struct simcard {
	double now_s; /* the test's time */
	double ppm;   /* what the card's clock is off by */
	bool plugged;
	unsigned hz; /* the only rate it has */
	unsigned channels_min;
	unsigned channels_max;
	int format;        /* snd_pcm_format_t, the only one it has */
	unsigned opened;   /* how often, */
	unsigned open_now; /* and how many are not closed */
	/* What is played: the first channel of each frame. */
	void (*play)(void *ctx, int16_t sample);
	void *play_ctx;
};

/* The one card there is. */
struct simcard *simcard(void);
/* Writes a configuration for ALSA to a file of its own, and has ALSA read that and nothing else: "card" is the card, "file" a file
 * plugin that reads `infile` and writes `outfile`, "silent" the null plugin. To be called once, before ALSA is used. */
void simcard_configure(const char *library, const char *infile, const char *outfile);
/* Takes the file away again, when ALSA is not used any more. */
void simcard_forget(void);

#endif
