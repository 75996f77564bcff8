#include "recorder/transcode/screen_priv.h"

#include <errno.h>

struct screen {
	const struct screen_decoder *decoder; /* NULL = none is open */
	void *state;
};

static const struct screen_decoder *decoder_of(enum mux_codec codec)
{
	switch (codec) {
	case MUX_VP8:
		return &screen_vp8;
	case MUX_VP9:
		return &screen_vp9;
	case MUX_H264:
		return &screen_h264;
	case MUX_AV1:
		return screen_av1.open != NULL ? &screen_av1 : NULL;
	case MUX_OPUS:
		return NULL;
	}
	return NULL;
}

bool screen_knows(enum mux_codec codec)
{
	return decoder_of(codec) != NULL;
}

int screen_new(struct screen **out_screen)
{
	struct screen *screen = rs_zalloc(sizeof(*screen));
	if (screen == NULL)
		return -ENOMEM;
	*out_screen = screen;
	return 0;
}

static void shut(struct screen *screen)
{
	if (screen->decoder != NULL)
		screen->decoder->close(screen->state);
	screen->decoder = NULL;
}

struct screen *screen_free(struct screen *screen)
{
	if (screen == NULL)
		return NULL;
	shut(screen);
	return rs_release(screen);
}

static int open_decoder(struct screen *screen, enum mux_codec codec)
{
	const struct screen_decoder *decoder = decoder_of(codec);
	if (decoder == NULL)
		return -EOPNOTSUPP;
	if (screen->decoder == decoder)
		return 0;
	shut(screen);
	const int err = decoder->open(codec, &screen->state);
	if (err < 0)
		return err;
	screen->decoder = decoder;
	return 0;
}

static int decode(struct screen *screen, enum mux_codec codec, const uint8_t *data, size_t len,
	struct canvas_image *out_image)
{
	const int err = open_decoder(screen, codec);
	if (err < 0)
		return err;
	return len > 0 ? screen->decoder->decode(screen->state, data, len, out_image) : -EBADMSG;
}

int screen_decode(struct screen *screen, enum mux_codec codec, const uint8_t *data, size_t len,
	struct canvas_image *out_image)
{
	int got = decode(screen, codec, data, len, out_image);
	if (got == -EBADMSG && screen->decoder->resents) {
		shut(screen);
		got = decode(screen, codec, data, len, out_image);
	}
	return got;
}
