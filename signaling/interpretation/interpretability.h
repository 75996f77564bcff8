/* signaling/interpretation/interpretability.h
 *
 * Whether what somebody says can be interpreted: a verdict on their sound, from what the media server measures of
 * the microphone once a second. Interpreters speak while they listen, and cannot make out a narrow, distorted or
 * torn sound under their own voice; so the booths, the chair and the speaker see the same verdict, and why.
 * A machine fed with figures; plain value, no I/O, one thread.
 */
#ifndef ROSTRUM_SIGNALING_INTERPRETATION_INTERPRETABILITY_H
#define ROSTRUM_SIGNALING_INTERPRETATION_INTERPRETABILITY_H

#include <stdbool.h>
#include <stdint.h>

enum sound_verdict {
	SOUND_UNKNOWN, /* nothing was said yet */
	SOUND_GREEN,
	SOUND_AMBER, /* tiring: say so before it goes on for long */
	SOUND_RED,   /* interpreters may stop */
	SOUND_VERDICT_COUNT,
};

/* What is wrong, as a set. */
enum sound_fault {
	SOUND_BAND = 1 << 0,     /* coded narrower than 125 Hz to 15 kHz (ISO 20109) */
	SOUND_QUIET = 1 << 1,    /* voice too low */
	SOUND_CLIPPING = 1 << 2, /* overdriven */
	SOUND_LOSS = 1 << 3,     /* packets lost on the way to the media server */
	SOUND_JITTER = 1 << 4,   /* they come too unevenly to be played without stretching */
	SOUND_SPEED = 1 << 5,    /* too many words a minute */
	SOUND_NOISE = 1 << 6,    /* the voice stands too little above what is heard in its pauses */
	SOUND_HUM = 1 << 7,      /* the same, and what is heard there is the hum of the mains */
};
#define SOUND_FAULTS 8
/* Those with a degree of their own: a hum is as bad as the noise that it is. */
#define SOUND_DEGREES 7

enum sound_fit {
	SOUND_FIT_UNKNOWN,
	SOUND_FIT_NOT,     /* 8 kHz and less */
	SOUND_FIT_LIMITED, /* 12 kHz */
	SOUND_FIT,
};

/* One second of a microphone. */
struct sound_second {
	bool flows;            /* packets came */
	bool speaking;         /* into it: figures of silence say nothing of a voice */
	int level_dbov;        /* -127 to 0 */
	enum sound_fit fit;    /* of the band it is coded with */
	int clipping_permille; /* of its packets at full level */
	int loss_permille;     /* before repair */
	int jitter_ms;
	int words_a_minute; /* 0 = not known */
	bool hums;          /* whoever captures it hears the mains in it */
	int hum_dbov;       /* so loud */
};

/* How bad one fault is, and what the last seconds say otherwise. */
struct sound_degree {
	enum sound_verdict is; /* SOUND_GREEN, SOUND_AMBER or SOUND_RED */
	enum sound_verdict
		next;     /* the mildest of them, when they are worse; the worst, when better */
	uint32_t seconds; /* so many of them; 0 = none */
};

struct interpretability {
	enum sound_verdict verdict;
	unsigned faults; /* enum sound_fault: what is not green */
	/* inside */
	int voice_x16;  /* level of the voice, smoothed, in sixteenths of a dBov; 1 = none yet */
	int noise_x16;  /* level of its pauses, the same way; 1 = none yet */
	uint32_t heard; /* seconds of voice, counted up to the first verdict */
	struct sound_degree degrees[SOUND_DEGREES];
};

/* Nothing known. */
void interpretability_init(struct interpretability *interpretability);
/* One second more. Each fault becomes worse after two seconds in a row that say so and better after five, so that one cough or
 * one good word does not turn the lamp; the verdict is the worst of them. Seconds without voice say how
 * loud its surroundings are, and nothing else. True when the
 * verdict or its faults changed. */
bool interpretability_add(
	struct interpretability *interpretability, const struct sound_second *second);

/* "unknown", "green", "amber", "red". */
const char *sound_verdict_name(enum sound_verdict verdict);
/* Of the i-th fault (bit i), i < SOUND_FAULTS: "band", "quiet", "clipping", "loss", "jitter", "speed", "noise", "hum". */
const char *sound_fault_name(unsigned i);

#endif
