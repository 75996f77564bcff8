/* tools/roombox/media/sink.h
 *
 * Where sound goes: a sound card, a WAVE file, or nowhere. What is written is 48 kHz with 16 bits. Not thread safe.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_SINK_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_SINK_H

#include "tools/roombox/media/device.h"

struct sink;

/* One kind of sink. */
struct sink_ops {
	int (*write)(struct sink *sink, const int16_t *frames, size_t n);
	void (*free)(struct sink *sink);
};

/* What each kind begins with. */
struct sink {
	const struct sink_ops *ops;
	unsigned channels; /* 1 to WAV_CHANNELS_MAX */
};

/* Opens "file:x.wav" (a file that is there is written anew) "null:" or, among `devices` (NULL = none are
 * to be had), "alsa:NAME", which is opened by devices_open(), for `channels` (1 to WAV_CHANNELS_MAX). 0, -ENOMEM, or another
 * negative error with `why` set: the spec (-EBADMSG, -EINVAL), the file (-EIO). */
int sink_new(const char *spec, unsigned channels, struct devices *devices, struct sink **out_sink,
	char why[SPEC_WHY_LEN]) RS_MUST_USE;
/* What was written is on its way to the disk, and the file's head tells its length. NULL is fine. Returns NULL. */
struct sink *sink_free(struct sink *sink);
/* Interleaved frames. 0 or -EIO (no space, say, or the card is away); what is written later may succeed again. A file that is never closed is whole up to the last second. */
int sink_write(struct sink *sink, const int16_t *frames, size_t n) RS_MUST_USE;

/* The kinds; as sink_new(). */
int sink_wav_new(const struct spec *spec, unsigned channels, struct sink **out_sink,
	char why[SPEC_WHY_LEN]) RS_MUST_USE;
int sink_alsa_new(const struct spec *spec, unsigned channels, struct devices *devices,
	struct sink **out_sink) RS_MUST_USE;

#endif
