/* Sound from a sound card. */
#include "tools/roombox/media/card.h"
#include "tools/roombox/media/sound.h"

#include "common/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Frames in which sound comes, when a card begins, and goes, when it is pulled out: 5 ms, in which nothing clicks. */
#define FADE 240

struct alsa_sound {
	struct sound sound;
	struct alsa_want want;
	struct device *device;
	bool heard; /* the block before was the card's */
	size_t at;  /* frames of the block that were read */
	int16_t block[CARD_BLOCK * SOUND_CHANNELS_MAX];
};

static void fade_in(struct alsa_sound *source, unsigned channels)
{
	for (int32_t i = 0; i < FADE; i++) {
		for (unsigned c = 0; c < channels; c++) {
			int16_t *sample = &source->block[(size_t)i * channels + c];
			*sample = (int16_t)(*sample * i / FADE);
		}
	}
}

/* From the last frame that was heard, wherever that was, to silence. */
static void fade_out(struct alsa_sound *source, unsigned channels)
{
	int16_t last[SOUND_CHANNELS_MAX];
	memcpy(last, source->block + (size_t)(CARD_BLOCK - 1) * channels, channels * sizeof(*last));
	memset(source->block, 0, CARD_BLOCK * channels * sizeof(int16_t));
	for (int32_t i = 0; i < FADE; i++) {
		for (unsigned c = 0; c < channels; c++)
			source->block[(size_t)i * channels + c] =
				(int16_t)(last[c] * (FADE - 1 - i) / FADE);
	}
}

static void next_block(struct alsa_sound *source)
{
	const struct card *card = device_handle(source->device);
	const unsigned channels = card != NULL ? card->channels : 1;
	const bool heard = card_capture(source->device, source->block);
	source->at = 0;
	if (heard) {
		source->sound.channels = channels;
		if (!source->heard)
			fade_in(source, channels);
	} else if (source->heard) {
		fade_out(source, source->sound.channels);
	} else {
		source->sound.channels = 1;
		memset(source->block, 0, CARD_BLOCK * sizeof(int16_t));
	}
	source->heard = heard;
}

static void alsa_sound_read(struct sound *sound, int16_t *out, size_t frames)
{
	struct alsa_sound *source = (struct alsa_sound *)sound;
	for (size_t done = 0; done < frames;) {
		if (source->at == CARD_BLOCK)
			next_block(source);
		const size_t left = CARD_BLOCK - source->at;
		const size_t part = frames - done < left ? frames - done : left;
		memcpy(out + done * sound->channels, source->block + source->at * sound->channels,
			part * sound->channels * sizeof(*out));
		source->at += part;
		done += part;
	}
}

static void alsa_sound_free(struct sound *sound)
{
	struct alsa_sound *source = (struct alsa_sound *)sound;
	device_free(source->device);
	rs_release(source);
}

static const struct sound_ops ops = { alsa_sound_read, alsa_sound_free };

static int open_wanted(void *ctx, void **out_handle, char why[SPEC_WHY_LEN])
{
	const struct alsa_sound *source = ctx;
	struct alsa_want want = source->want;
	want.channels = source->sound.wanted > 0 ? source->sound.wanted : SOUND_CHANNELS_MAX;
	return card_open(&want, out_handle, why);
}

static const struct device_kind kind = { open_wanted, card_close };

int sound_alsa_new(const struct spec *spec, struct devices *devices, struct sound **out_sound)
{
	char name[DEVICE_NAME_LEN];
	struct alsa_sound *source = rs_zalloc(sizeof(*source));
	if (source == NULL)
		return -ENOMEM;
	source->sound.ops = &ops;
	source->sound.channels = SOUND_CHANNELS_MAX;
	source->at = CARD_BLOCK;
	source->want.capture = true;
	(void)rs_set_text(source->want.name, spec->name); /* of the same length */
	(void)snprintf(name, sizeof(name), "alsa:%s", spec->name);
	alsa_quiet();
	const int err = device_new(devices, name, &kind, source, &source->device);
	if (err < 0) {
		alsa_sound_free(&source->sound);
		return err;
	}
	*out_sound = &source->sound;
	return 0;
}
