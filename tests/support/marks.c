#include "tests/support/marks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLACK 16
#define WHITE 235
#define GREY 128

/* The ear works on a quarter of the samples: the bands end below 4 kHz. */
#define DECIMATION 4
#define EAR_RATE (MARKS_RATE / DECIMATION)
#define PIECE (EAR_RATE / 10) /* a sweep or symbol */
#define SPOKEN (MARKS_RATE / 10)
#define SYMBOLS 6
#define VALUES 16
#define STEP 3 /* between two looks for a sweep; its peak is a millisecond wide */
#define CLIMB 36
#define WHOLE ((1 + SYMBOLS) * PIECE)
#define NEXT (EAR_RATE * 95 / 100) /* from one number to where the next may begin */
/* Of the energy there is, so much must be the sweep. Others may speak in bands of their own. */
#define LIKENESS 0.08
#define SILENCE 900.0 /* mean square of samples: an amplitude of 42, 58 dB below full scale */
#define LOUD 9000.0
#define FADE 240 /* samples: 5 ms, or each piece would click */
#define ROOM (2 * WHOLE)

struct band {
	double low;
	double high;
};

static const struct band bands[MARKS_VOICES] = {
	{ 400, 1150 },
	{ 1300, 2050 },
	{ 2200, 2950 },
	{ 3100, 3850 },
};

uint8_t marks_check(uint16_t number)
{
	unsigned rest = 0xFF ^ number >> 8;
	for (unsigned octet = 0; octet < 2; octet++) {
		if (octet == 1)
			rest ^= number & 0xFF;
		for (unsigned bit = 0; bit < 8; bit++)
			rest = (rest & 0x80) != 0 ? (rest << 1 ^ 0x07) & 0xFF : rest << 1;
	}
	return (uint8_t)rest;
}

static uint32_t word_of(uint16_t number)
{
	return (uint32_t)number << 8 | marks_check(number);
}

/* --- Picture --- */

void marks_draw(uint8_t *luma, size_t stride, unsigned width, unsigned height, uint16_t number)
{
	const uint32_t word = word_of(number);
	for (unsigned y = 0; y < height / 8; y++)
		for (unsigned x = 0; x < width; x++) {
			const unsigned cell = x * MARKS_CELLS / width;
			const bool white = (word >> (MARKS_CELLS - 1 - cell) & 1) != 0;
			luma[y * stride + x] = white ? WHITE : BLACK;
		}
}

/* The middle of a cell, where its neighbours do not reach. */
static unsigned brightness(
	const uint8_t *luma, size_t stride, unsigned width, unsigned height, unsigned cell)
{
	const unsigned x = (2 * cell + 1) * width / (2 * MARKS_CELLS);
	const unsigned y = height / 16;
	unsigned sum = 0;
	for (unsigned i = 0; i < 4; i++)
		sum += luma[(y - i / 2) * stride + x - i % 2];
	return sum / 4;
}

int32_t marks_see(const uint8_t *luma, size_t stride, unsigned width, unsigned height)
{
	uint32_t word = 0;
	if (width < 2 * MARKS_CELLS || height < 16)
		return -1; /* no cell has a middle */
	for (unsigned cell = 0; cell < MARKS_CELLS; cell++)
		word = word << 1 | (brightness(luma, stride, width, height, cell) > GREY ? 1 : 0);
	const uint16_t number = (uint16_t)(word >> 8);
	return marks_check(number) == (word & 0xFF) ? number : -1;
}

/* --- Sound --- */

/* Phase in turns of a sweep through `band`, `at` of its length from 0 to 1, a tenth of a second long. */
static double sweep(const struct band *band, double at)
{
	return (band->low * at + (band->high - band->low) * at * at / 2) / 10;
}

static double symbol_at(const struct band *band, unsigned value, double at)
{
	const double place = at + (double)value / VALUES;
	return sweep(band, place < 1 ? place : place - 1);
}

static double fade(size_t at, size_t len)
{
	const size_t edge = at < len - 1 - at ? at : len - 1 - at;
	return edge >= FADE ? 1 : (double)edge / FADE;
}

struct marks_mouth {
	uint16_t first;
	uint64_t at; /* the next sample */
	int16_t symbols[VALUES][SPOKEN];
};

struct marks_mouth *marks_mouth_new(unsigned voice, uint16_t first)
{
	struct marks_mouth *mouth = rs_zalloc(sizeof(*mouth));
	if (mouth == NULL || voice >= MARKS_VOICES)
		abort();
	mouth->first = first;
	for (unsigned value = 0; value < VALUES; value++)
		for (size_t i = 0; i < SPOKEN; i++) {
			const double turns = symbol_at(&bands[voice], value, (double)i / SPOKEN);
			mouth->symbols[value][i] =
				(int16_t)(LOUD * fade(i, SPOKEN) * sin(2 * M_PI * turns));
		}
	return mouth;
}

struct marks_mouth *marks_mouth_free(struct marks_mouth *mouth)
{
	return rs_release(mouth);
}

/* Samples of what is said at sample `at`, of at most n: a piece of a number, or silence. */
static size_t say_piece(const struct marks_mouth *mouth, uint64_t at, int16_t *pcm, size_t n)
{
	const size_t within = (size_t)(at % MARKS_PERIOD);
	const size_t piece = within / SPOKEN;
	const size_t left = SPOKEN - within % SPOKEN;
	const size_t len = n < left ? n : left;
	if (piece > SYMBOLS) {
		memset(pcm, 0, len * sizeof(*pcm));
		return len;
	}
	const uint32_t word = word_of((uint16_t)(mouth->first + at / MARKS_PERIOD));
	const unsigned value = piece == 0 ? 0 : word >> (4 * (SYMBOLS - piece)) & 0xF;
	memcpy(pcm, mouth->symbols[value] + within % SPOKEN, len * sizeof(*pcm));
	return len;
}

void marks_say(struct marks_mouth *mouth, int16_t *pcm, size_t n)
{
	for (size_t done = 0; done < n;) {
		const size_t len = say_piece(mouth, mouth->at, pcm + done, n - done);
		done += len;
		mouth->at += len;
	}
}

/* --- The ear --- */

struct marks_ear {
	marks_hear_fn *hear;
	void *ctx;
	float re[VALUES][PIECE]; /* each symbol, as a sine and a cosine: its phase is not known */
	float im[VALUES][PIECE];
	uint64_t base; /* number, at EAR_RATE, of the first sample there is */
	size_t n;
	float heard[ROOM];
	double energy[ROOM + 1]; /* of all samples before */
	size_t look;             /* where the next look for a sweep is */
	double sum;              /* of the samples that make the next one */
	unsigned summed;
};

struct marks_ear *marks_ear_new(unsigned voice, marks_hear_fn *hear, void *ctx)
{
	struct marks_ear *ear = rs_zalloc(sizeof(*ear));
	if (ear == NULL || voice >= MARKS_VOICES)
		abort();
	ear->hear = hear;
	ear->ctx = ctx;
	for (unsigned value = 0; value < VALUES; value++)
		for (size_t i = 0; i < PIECE; i++) {
			/* The middle of the samples that are taken together. */
			const double place = ((double)i + 0.375) / PIECE;
			const double turns = symbol_at(&bands[voice], value, place);
			ear->re[value][i] = (float)cos(2 * M_PI * turns);
			ear->im[value][i] = (float)sin(2 * M_PI * turns);
		}
	return ear;
}

struct marks_ear *marks_ear_free(struct marks_ear *ear)
{
	return rs_release(ear);
}

/* How much of the energy of the piece at `at` is that symbol, times that energy. */
static double likeness(const struct marks_ear *ear, size_t at, unsigned value)
{
	const float *heard = ear->heard + at;
	float re = 0;
	float im = 0;
	for (size_t i = 0; i < PIECE; i++) {
		re += heard[i] * ear->re[value][i];
		im += heard[i] * ear->im[value][i];
	}
	return ((double)re * (double)re + (double)im * (double)im) / PIECE;
}

static bool is_sweep(const struct marks_ear *ear, size_t at)
{
	const double energy = ear->energy[at + PIECE] - ear->energy[at];
	return energy > SILENCE * PIECE && likeness(ear, at, 0) > LIKENESS * energy;
}

/* The word at a place, a symbol after the other. */
static uint32_t word_at(const struct marks_ear *ear, size_t at)
{
	uint32_t word = 0;
	for (size_t piece = 1; piece <= SYMBOLS; piece++) {
		unsigned best = 0;
		double most = 0;
		for (unsigned value = 0; value < VALUES; value++) {
			const double like = likeness(ear, at + piece * PIECE, value);
			if (like > most) {
				most = like;
				best = value;
			}
		}
		word = word << 4 | best;
	}
	return word;
}

/* Where a sweep is that was seen at `from`, up to CLIMB later, and how far its peak lies behind that sample. */
static size_t climb(const struct marks_ear *ear, size_t from, double *out_behind)
{
	size_t best = from;
	double most = 0;
	for (size_t at = from; at < from + CLIMB; at++) {
		const double like = likeness(ear, at, 0);
		if (like > most) {
			most = like;
			best = at;
		}
	}
	*out_behind = 0;
	if (best == 0)
		return best;
	const double before = sqrt(likeness(ear, best - 1, 0));
	const double after = sqrt(likeness(ear, best + 1, 0));
	const double bend = before + after - 2 * sqrt(most);
	if (bend < 0)
		*out_behind = (before - after) / (2 * bend);
	return best;
}

/* One look; there is a whole number behind it, and what climb() wants. */
static void look(struct marks_ear *ear)
{
	double behind;
	if (!is_sweep(ear, ear->look)) {
		ear->look += STEP;
		return;
	}
	const size_t at = climb(ear, ear->look, &behind);
	const uint32_t word = word_at(ear, at);
	const uint16_t number = (uint16_t)(word >> 8);
	if (marks_check(number) != (word & 0xFF)) {
		ear->look += CLIMB;
		return;
	}
	ear->hear(ear->ctx, &(struct marks_heard){ .number = number,
				    .at = DECIMATION * ((double)(ear->base + at) + behind) });
	ear->look = at + NEXT;
}

/* What lies before the next look is not needed but for the sample before it. */
static void make_room(struct marks_ear *ear)
{
	const size_t gone = ear->look < ear->n ? ear->look - 1 : ear->n;
	memmove(ear->heard, ear->heard + gone, (ear->n - gone) * sizeof(ear->heard[0]));
	ear->n -= gone;
	ear->base += gone;
	ear->look -= gone;
	for (size_t i = 0; i < ear->n; i++)
		ear->energy[i + 1] = ear->energy[i] + (double)ear->heard[i] * (double)ear->heard[i];
}

static void take(struct marks_ear *ear, float heard)
{
	ear->heard[ear->n] = heard;
	ear->energy[ear->n + 1] = ear->energy[ear->n] + (double)heard * (double)heard;
	ear->n++;
	while (ear->look + WHOLE + 2 * CLIMB < ear->n)
		look(ear);
	if (ear->n == ROOM)
		make_room(ear);
}

void marks_ear_push(struct marks_ear *ear, const int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ear->sum += pcm[i];
		if (++ear->summed < DECIMATION)
			continue;
		take(ear, (float)(ear->sum / DECIMATION));
		ear->sum = 0;
		ear->summed = 0;
	}
}
