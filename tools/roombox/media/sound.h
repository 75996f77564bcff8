/* tools/roombox/media/sound.h
 *
 * A source of sound: 48 kHz, 16 bits, one or more channels, read at the pace of whoever reads: files and generators have
 * none of their own, and sound cards are made to follow it (card.h). Not thread safe.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_SOUND_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_SOUND_H

#include "tools/roombox/media/device.h"

#define SOUND_HZ 48000
#define SOUND_CHANNELS_MAX 64U

struct sound;

/* One kind of source. */
struct sound_ops {
	/* Fills `frames` interleaved frames; those that there are none of are silence. */
	void (*read)(struct sound *sound, int16_t *out, size_t frames);
	void (*free)(struct sound *sound);
};

/* What each kind begins with. */
struct sound {
	const struct sound_ops *ops;
	unsigned
		channels; /* 1 to SOUND_CHANNELS_MAX; a device that is closed or away has another number than one that is here */
	unsigned
		wanted; /* set by its owner before devices_open(): the highest channel that is used, counted from 1 */
};

/* Opens "gen:tone,hz=,level=", "gen:chirp,from=,to=,ms=,level=", "gen:silence" or "file:x.wav" (levels in dBFS, of the peak), or, among
 * `devices` (NULL = none are to be had), "alsa:NAME", which is opened by devices_open() and is silent while it is away;
 * a file begins anew at its end if `loop`, else silence follows. 0, -ENOMEM, or another negative error with `why` set, the spec
 * named: it does not parse (-EBADMSG, -EINVAL), the file cannot be opened (-EIO) or is of another kind (-EBADMSG, -EOPNOTSUPP). */
int sound_new(const char *spec, bool loop, struct devices *devices, struct sound **out_sound,
	char why[SPEC_WHY_LEN]) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct sound *sound_free(struct sound *sound);
/* The next `frames` frames of all channels, interleaved; `out` has room for SOUND_CHANNELS_MAX, since afterwards sound->channels may be
 * another. Blocks of 10 ms are read whole, in parts of one size. */
void sound_read(struct sound *sound, int16_t *out, size_t frames);

/* The kinds; as sound_new(). */
int sound_gen_new(
	const struct spec *spec, struct sound **out_sound, char why[SPEC_WHY_LEN]) RS_MUST_USE;
int sound_wav_new(const struct spec *spec, bool loop, struct sound **out_sound,
	char why[SPEC_WHY_LEN]) RS_MUST_USE;
int sound_alsa_new(
	const struct spec *spec, struct devices *devices, struct sound **out_sound) RS_MUST_USE;

#endif
