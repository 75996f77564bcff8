/* tools/roombox/media/alsa.h
 *
 * One direction of a sound card by ALSA, never waiting: the card is opened nonblocking and asked each time how much there is, so that
 * no read and no write is of more. Samples are 16 bits here, whatever the card has; the rate and the number of channels are the card's.
 * Belongs to one thread at a time.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_ALSA_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_ALSA_H

#include "tools/roombox/media/spec.h"

#include <alsa/asoundlib.h>

/* Frames read or written at a time, at most. */
#define ALSA_PART 256U

struct alsa_want {
	char name[SPEC_NAME_MAX + 1]; /* as ALSA has it: "hw:CARD=PCH,DEV=0", "plughw:1" */
	bool capture;
	unsigned channels; /* at least; SOUND_CHANNELS_MAX = all there are */
};

struct alsa_format;

struct alsa {
	snd_pcm_t *pcm;
	bool capture;
	unsigned channels;
	unsigned hz;
	unsigned period; /* frames */
	unsigned buffer; /* frames */
	const struct alsa_format *format;
	uint8_t *raw; /* ALSA_PART frames */
};

/* ALSA writes nothing to stderr any more: what is wrong is told by who met it. Again it changes nothing. */
void alsa_quiet(void);
/* What the card offers nearest to 48 kHz, 16 bits and periods of 5 ms; capture runs from now on, playback from alsa_start() on. Makes
 * *alsa. 0; -EINVAL (no such name in ALSA's configuration, or the card has other formats, or not so many channels); -ENODEV (it is not there, or
 * somebody else has it); -ENOMEM. `why` is set, with what there is when it is not there. */
int alsa_open(const struct alsa_want *want, struct alsa *alsa, char why[SPEC_WHY_LEN]) RS_MUST_USE;
/* Once for each success of alsa_open(). */
void alsa_close(struct alsa *alsa);
/* Frames that were heard and not read, or written and not played. -EPIPE: it came to a stop, since there was no room, or nothing to
 * play; another negative error: it is gone. */
int alsa_waiting(struct alsa *alsa);
/* After -EPIPE: capture runs again, playback waits for alsa_start(). 0 or the error with which it is gone. */
int alsa_restart(struct alsa *alsa) RS_MUST_USE;
/* Playback begins to play what was written. */
int alsa_start(struct alsa *alsa) RS_MUST_USE;
/* At most `frames`, ALSA_PART at most: how many there were, of all channels; or as alsa_waiting(). */
int alsa_read(struct alsa *alsa, int16_t *out, size_t frames);
/* The same out of `channels` channels; those that the card has beyond them are silent. */
int alsa_write(struct alsa *alsa, const int16_t *frames, unsigned channels, size_t n);

/* Names of the cards' directions into text, each behind a space, as many as fit; "none" if there are none. */
void alsa_names(bool capture, char *out, size_t cap);
/* What a technician chooses from: each card's directions on a line, and what ALSA's configuration names. */
void alsa_print(bool capture);

#endif
