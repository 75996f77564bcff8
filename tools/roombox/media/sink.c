#include "tools/roombox/media/sink.h"

#include <errno.h>
#include <stdio.h>

int sink_new(const char *text, unsigned channels, struct devices *devices, struct sink **out_sink,
	char why[SPEC_WHY_LEN])
{
	struct spec spec;
	const int err = spec_parse(text, &spec, why);
	if (err < 0)
		return err;
	if (spec.kind == SPEC_NULL || (spec.kind == SPEC_FILE && spec_ends(&spec, ".wav")))
		return sink_wav_new(&spec, channels, out_sink, why);
	if (spec.kind == SPEC_ALSA && devices != NULL)
		return sink_alsa_new(&spec, channels, devices, out_sink);
	(void)snprintf(why, SPEC_WHY_LEN,
		"\"%.255s\": no sound goes there; alsa:, file:x.wav or null: is expected", text);
	return -EINVAL;
}

struct sink *sink_free(struct sink *sink)
{
	if (sink != NULL)
		sink->ops->free(sink);
	return NULL;
}

int sink_write(struct sink *sink, const int16_t *frames, size_t n)
{
	return sink->ops->write(sink, frames, n);
}
