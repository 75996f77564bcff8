/* Sound into a WAVE file, or nowhere. */
#include "tools/roombox/media/sink.h"
#include "tools/roombox/media/wav.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CHUNK 1024U /* samples */

struct wav_sink {
	struct sink sink;
	FILE *file; /* NULL: nowhere */
	uint64_t data_len;
	uint64_t told_len; /* that the file's head says */
};

static int tell_len(struct wav_sink *sink)
{
	uint8_t head[WAV_HEAD_LEN];
	wav_head_write(sink->sink.channels, sink->data_len, head);
	if (fseeko(sink->file, 0, SEEK_SET) != 0 ||
		fwrite(head, sizeof(head), 1, sink->file) != 1 ||
		fseeko(sink->file, 0, SEEK_END) != 0 || fflush(sink->file) != 0)
		return -EIO;
	sink->told_len = sink->data_len;
	return 0;
}

static int open_file(struct wav_sink *sink, const struct spec *spec)
{
	if (spec->kind == SPEC_NULL)
		return 0;
	sink->file = fopen(spec->name, "wbe");
	return sink->file != NULL ? tell_len(sink) : -EIO;
}

static void wav_sink_free(struct sink *base)
{
	struct wav_sink *sink = (struct wav_sink *)base;
	if (sink->file != NULL) {
		(void)tell_len(sink);     /* else it says what it said a second ago */
		(void)fclose(sink->file); /* nobody is left to be told */
	}
	rs_release(sink);
}

static int wav_sink_write(struct sink *base, const int16_t *frames, size_t n)
{
	struct wav_sink *sink = (struct wav_sink *)base;
	if (sink->file == NULL)
		return 0;
	const size_t samples = n * base->channels;
	for (size_t done = 0; done < samples;) {
		uint16_t chunk[CHUNK];
		const size_t part = samples - done < CHUNK ? samples - done : CHUNK;
		for (size_t i = 0; i < part; i++)
			chunk[i] = htole16((uint16_t)frames[done + i]);
		if (fwrite(chunk, sizeof(chunk[0]), part, sink->file) != part)
			return -EIO;
		done += part;
	}
	sink->data_len += samples * sizeof(int16_t);
	const uint64_t second = (uint64_t)WAV_HZ * base->channels * sizeof(int16_t);
	return sink->data_len >= sink->told_len + second ? tell_len(sink) : 0;
}

static const struct sink_ops ops = { wav_sink_write, wav_sink_free };

int sink_wav_new(
	const struct spec *spec, unsigned channels, struct sink **out_sink, char why[SPEC_WHY_LEN])
{
	struct wav_sink *sink = rs_zalloc(sizeof(*sink));
	if (sink == NULL)
		return -ENOMEM;
	sink->sink = (struct sink){ &ops, channels };
	const int err = open_file(sink, spec);
	if (err < 0) {
		(void)snprintf(why, SPEC_WHY_LEN, "file:%.255s: %s", spec->name, strerror(errno));
		wav_sink_free(&sink->sink);
		return err;
	}
	*out_sink = &sink->sink;
	return 0;
}
