/* tools/roombox/media/test_signal.h
 *
 * A technician's test signal: a tone instead of the microphones' sound, colour bars instead of a camera's picture. No clock of its own, no
 * I/O. Not thread safe. Allocates when a signal begins.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_TEST_SIGNAL_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_TEST_SIGNAL_H

#include "tools/roombox/media/picture.h"
#include "tools/roombox/media/sound.h"

/* So long it goes on when nobody ends it. */
#define TEST_SIGNAL_MOST RS_SEC(60)

/* Embedded in its driver. */
struct test_signal {
	struct sound *sound; /* NULL until a tone was wanted */
	struct camera *bars; /* NULL while no bars are wanted */
	bool tone;
	rs_time until; /* then both are over */
	int32_t gain;  /* of the tone: it comes and goes within 5 ms, without a click */
};

/* From now on these, for TEST_SIGNAL_MOST; neither: it is over. The bars are as large as the picture they stand for; 0 = any size. 0
 * or -ENOMEM: then it is over as well. */
int test_signal_set(struct test_signal *signal, bool tone, bool bars, unsigned width,
	unsigned height, rs_time now) RS_MUST_USE;
void test_signal_done(struct test_signal *signal);
/* The tone in place of a block of `n` samples, as far as it is wanted `now`. */
void test_signal_sound(struct test_signal *signal, int16_t *block, size_t n, rs_time now);
/* Where the bars are read `now`; NULL: none are wanted. */
struct camera *test_signal_bars(const struct test_signal *signal, rs_time now);

#endif
