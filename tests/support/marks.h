/* tests/support/marks.h
 *
 * Known content: numbers that survive a real coder, in the picture and in the sound, and what reads them
 * again. So a test can say of every frame and every second which it was, that none is missing, and how sound
 * lies against picture.
 *
 * Picture: a bar of 24 cells, black 0 and white 1, in the top eighth: the 16 bits of a number, then its CRC-8.
 * Sound: every second a sweep of 100 ms through the voice's band, that says where the second begins, and six
 * symbols of 100 ms: the 16 bits of a number and its CRC-8, four a symbol. A symbol is the same sweep,
 * begun at one of 16 places and wrapped round. The rest of the second is silence. Voices lie in bands of their own,
 * so that several can be told apart in one sound.
 *
 * A number is read with its checksum or not at all.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_MARKS_H
#define ROSTRUM_TESTS_SUPPORT_MARKS_H

#include "common/base/mem.h"

#include <stdint.h>

#define MARKS_CELLS 24
#define MARKS_RATE 48000 /* samples a second, mono */
#define MARKS_PERIOD MARKS_RATE
#define MARKS_VOICES 4

/* CRC-8 of a number: polynomial x^8 + x^2 + x + 1, so that 0 is not its own. */
uint8_t marks_check(uint16_t number);

/* Draw the bar of `number` into a luma plane; width at least 96, height at least 64. */
void marks_draw(uint8_t *luma, size_t stride, unsigned width, unsigned height, uint16_t number);
/* The number in a luma plane, or -1: none that can be trusted. */
int32_t marks_see(const uint8_t *luma, size_t stride, unsigned width, unsigned height);

struct marks_mouth;

/* A mouth that says (first + k) modulo 2^16 in second k. Aborts without memory, as marks_ear_new(): tests only. */
struct marks_mouth *marks_mouth_new(unsigned voice, uint16_t first);
struct marks_mouth *marks_mouth_free(struct marks_mouth *mouth);
/* The next n samples. */
void marks_say(struct marks_mouth *mouth, int16_t *pcm, size_t n);

/* One number heard. */
struct marks_heard {
	uint16_t number;
	double at; /* sample, from 0, at which its second begins: to a tenth of a millisecond */
};

struct marks_ear;

/* Takes what an ear heard; it may not call back into it. */
typedef void marks_hear_fn(void *ctx, const struct marks_heard *heard);

/* An ear for one voice. */
struct marks_ear *marks_ear_new(unsigned voice, marks_hear_fn *hear, void *ctx);
struct marks_ear *marks_ear_free(struct marks_ear *ear);
/* More samples, in pieces of any size. A number is heard some 0.1 s after its end, so at the end of a sound push silence. */
void marks_ear_push(struct marks_ear *ear, const int16_t *pcm, size_t n);

#endif
