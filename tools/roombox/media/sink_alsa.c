/* Sound to a sound card. */
#include "tools/roombox/media/card.h"
#include "tools/roombox/media/sink.h"

#include "common/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct alsa_sink {
	struct sink sink;
	struct alsa_want want;
	struct device *device;
	size_t n;        /* frames of the block that were given */
	int16_t block[]; /* CARD_BLOCK frames */
};

static int alsa_sink_write(struct sink *base, const int16_t *frames, size_t n)
{
	struct alsa_sink *sink = (struct alsa_sink *)base;
	int err = 0;
	for (size_t done = 0; done < n;) {
		const size_t left = CARD_BLOCK - sink->n;
		const size_t part = n - done < left ? n - done : left;
		memcpy(sink->block + sink->n * base->channels, frames + done * base->channels,
			part * base->channels * sizeof(*frames));
		sink->n += part;
		done += part;
		if (sink->n < CARD_BLOCK)
			continue;
		sink->n = 0;
		if (card_play(sink->device, sink->block) < 0)
			err = -EIO;
	}
	return err;
}

static void alsa_sink_free(struct sink *base)
{
	struct alsa_sink *sink = (struct alsa_sink *)base;
	device_free(sink->device);
	rs_release(sink);
}

static const struct sink_ops ops = { alsa_sink_write, alsa_sink_free };

static int open_wanted(void *ctx, void **out_handle, char why[SPEC_WHY_LEN])
{
	const struct alsa_sink *sink = ctx;
	return card_open(&sink->want, out_handle, why);
}

static const struct device_kind kind = { open_wanted, card_close };

int sink_alsa_new(
	const struct spec *spec, unsigned channels, struct devices *devices, struct sink **out_sink)
{
	char name[DEVICE_NAME_LEN];
	struct alsa_sink *sink =
		rs_zalloc(sizeof(*sink) + CARD_BLOCK * channels * sizeof(sink->block[0]));
	if (sink == NULL)
		return -ENOMEM;
	sink->sink = (struct sink){ &ops, channels };
	sink->want.channels = channels;
	(void)rs_set_text(sink->want.name, spec->name); /* of the same length */
	(void)snprintf(name, sizeof(name), "alsa:%s", spec->name);
	alsa_quiet();
	const int err = device_new(devices, name, &kind, sink, &sink->device);
	if (err < 0) {
		alsa_sink_free(&sink->sink);
		return err;
	}
	*out_sink = &sink->sink;
	return 0;
}
