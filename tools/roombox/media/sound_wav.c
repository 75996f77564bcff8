/* Sound from a file. */
#include "tools/roombox/media/sound.h"
#include "tools/roombox/media/wav.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct wav_source {
	struct sound sound;
	FILE *file;
	struct wav wav;
	bool loop;
	uint64_t left; /* octets of samples not read yet */
};

/* Back to the first sample; false when the file went bad meanwhile. */
static bool rewind_to_data(struct wav_source *source)
{
	source->left = source->wav.data_len;
	return fseeko(source->file, (off_t)source->wav.data_at, SEEK_SET) == 0;
}

/* Frames read, of at most `frames`. */
static size_t read_some(struct wav_source *source, int16_t *out, size_t frames)
{
	const size_t frame = source->sound.channels * sizeof(int16_t);
	if (source->left / frame < frames)
		frames = (size_t)(source->left / frame);
	const size_t n = fread(out, frame, frames, source->file);
	if (n == 0)
		source->left = 0;
	else if (source->left != UINT64_MAX)
		source->left -= n * frame;
	for (size_t i = 0; i < n * source->sound.channels; i++)
		out[i] = (int16_t)le16toh((uint16_t)out[i]);
	return n;
}

static void wav_read(struct sound *sound, int16_t *out, size_t frames)
{
	struct wav_source *source = (struct wav_source *)sound;
	size_t done = 0;
	bool anew = false; /* since the last frame that was read */
	while (done < frames) {
		const size_t n = read_some(source, out + done * sound->channels, frames - done);
		done += n;
		if (n > 0) {
			anew = false;
			continue;
		}
		/* A file without a single frame would be begun for ever. */
		if (!source->loop || anew || !rewind_to_data(source))
			break;
		anew = true;
	}
	memset(out + done * sound->channels, 0, (frames - done) * sound->channels * sizeof(*out));
}

static void wav_free(struct sound *sound)
{
	struct wav_source *source = (struct wav_source *)sound;
	if (source->file != NULL)
		(void)fclose(source->file); /* it was only read */
	rs_release(source);
}

static const struct sound_ops ops = { wav_read, wav_free };

static int begin(struct wav_source *source, const char **why)
{
	uint8_t head[WAV_HEAD_MAX];
	const size_t len = fread(head, 1, sizeof(head), source->file);
	const int err = wav_head_parse(head, len, &source->wav, why);
	if (err < 0)
		return err;
	source->sound.channels = source->wav.channels;
	*why = "it cannot be read";
	return rewind_to_data(source) ? 0 : -EIO;
}

int sound_wav_new(
	const struct spec *spec, bool loop, struct sound **out_sound, char why[SPEC_WHY_LEN])
{
	const char *fault = strerror(ENOMEM);
	struct wav_source *source = rs_zalloc(sizeof(*source));
	if (source == NULL)
		return -ENOMEM;
	source->sound.ops = &ops;
	source->loop = loop;
	source->file = fopen(spec->name, "rbe");
	int err = source->file != NULL ? 0 : -EIO;
	if (err < 0)
		fault = strerror(errno);
	else
		err = begin(source, &fault);
	if (err < 0) {
		(void)snprintf(why, SPEC_WHY_LEN, "file:%.255s: %s", spec->name, fault);
		wav_free(&source->sound);
		return err;
	}
	*out_sound = &source->sound;
	return 0;
}
