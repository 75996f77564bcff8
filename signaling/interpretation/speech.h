/* signaling/interpretation/speech.h
 *
 * How fast somebody speaks, in words a minute, from the captions that are written of it in the language that is spoken. It is
 * as late as the captioner, and as complete: no more than a measure for the verdict on whether somebody can be interpreted.
 * Plain value, no I/O, one thread.
 */
#ifndef ROSTRUM_SIGNALING_INTERPRETATION_SPEECH_H
#define ROSTRUM_SIGNALING_INTERPRETATION_SPEECH_H

#include <stddef.h>
#include <stdint.h>

#define SPEECH_LINES 32

struct speech_line {
	int64_t from_ms, to_ms; /* wall clock */
	uint32_t words;
};

struct speech {
	struct speech_line lines[SPEECH_LINES]; /* a ring */
	uint32_t n;                             /* of lines since the beginning; it may wrap */
};

/* Nobody has said anything: another speaker. */
void speech_init(struct speech *speech);
/* A line was finished. */
void speech_add(struct speech *speech, uint32_t words, int64_t from_ms, int64_t to_ms);
/* Words a minute over the lines of the last half minute; 0 = too little was said, or nothing of late. */
uint32_t speech_rate(const struct speech *speech, int64_t wall_ms);

/* Words of a line: what blanks part. Of a script that writes without them (Chinese, Japanese) three characters are two words. */
uint32_t speech_words(const char *text);

#endif
