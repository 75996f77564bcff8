#include "tools/roombox/media/sound.h"

#include <errno.h>
#include <stdio.h>

int sound_new(const char *text, bool loop, struct devices *devices, struct sound **out_sound,
	char why[SPEC_WHY_LEN])
{
	struct spec spec;
	const int err = spec_parse(text, &spec, why);
	if (err < 0)
		return err;
	if (spec.kind == SPEC_GEN)
		return sound_gen_new(&spec, out_sound, why);
	if (spec.kind == SPEC_FILE && spec_ends(&spec, ".wav"))
		return sound_wav_new(&spec, loop, out_sound, why);
	if (spec.kind == SPEC_ALSA && devices != NULL)
		return sound_alsa_new(&spec, devices, out_sound);
	(void)snprintf(why, SPEC_WHY_LEN,
		"\"%.255s\": no sound comes from there; alsa:, gen: or file:x.wav is expected",
		text);
	return -EINVAL;
}

struct sound *sound_free(struct sound *sound)
{
	if (sound != NULL)
		sound->ops->free(sound);
	return NULL;
}

void sound_read(struct sound *sound, int16_t *out, size_t frames)
{
	sound->ops->read(sound, out, frames);
}
