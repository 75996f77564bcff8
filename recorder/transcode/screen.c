#include "recorder/transcode/screen.h"

#include <errno.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

struct screen {
	vpx_codec_ctx_t decoder;
	bool open;
	enum mux_codec codec;
};

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
	if (screen->open)
		(void)vpx_codec_destroy(&screen->decoder); /* only fails where it is not open */
	screen->open = false;
}

struct screen *screen_free(struct screen *screen)
{
	if (screen == NULL)
		return NULL;
	shut(screen);
	return rs_release(screen);
}

static vpx_codec_iface_t *interface_of(enum mux_codec codec)
{
	return codec == MUX_VP9 ? vpx_codec_vp9_dx() : vpx_codec_vp8_dx();
}

static int open_decoder(struct screen *screen, enum mux_codec codec)
{
	const vpx_codec_dec_cfg_t config = { .threads = 1 };
	if (codec != MUX_VP8 && codec != MUX_VP9)
		return -EOPNOTSUPP;
	if (screen->open && screen->codec == codec)
		return 0;
	shut(screen);
	if (vpx_codec_dec_init(&screen->decoder, interface_of(codec), &config, 0) != VPX_CODEC_OK)
		return -ENOMEM;
	screen->open = true;
	screen->codec = codec;
	return 0;
}

/* A key frame says how large it is; a decoder would believe it. */
static bool too_large(enum mux_codec codec, const uint8_t *data, size_t len)
{
	vpx_codec_stream_info_t info = { .sz = sizeof(info) };
	if (len > UINT32_MAX || vpx_codec_peek_stream_info(interface_of(codec), data, (unsigned)len,
					&info) != VPX_CODEC_OK)
		return false; /* no key frame: the size stays, or the decoder says what is wrong */
	return (uint64_t)info.w * info.h > SCREEN_PIXELS_MAX;
}

int screen_decode(struct screen *screen, enum mux_codec codec, const uint8_t *data, size_t len,
	struct canvas_image *out_image)
{
	const int err = open_decoder(screen, codec);
	if (err < 0)
		return err;
	if (len == 0 || too_large(codec, data, len))
		return -EBADMSG;
	if (vpx_codec_decode(&screen->decoder, data, (unsigned)len, NULL, 0) != VPX_CODEC_OK)
		return -EBADMSG;
	vpx_codec_iter_t iter = NULL;
	const vpx_image_t *image = NULL;
	/* Of several layers in one block the last is the largest. */
	for (const vpx_image_t *next = vpx_codec_get_frame(&screen->decoder, &iter); next != NULL;
		next = vpx_codec_get_frame(&screen->decoder, &iter))
		image = next;
	if (image == NULL)
		return 0;
	if (image->fmt != VPX_IMG_FMT_I420)
		return -EBADMSG;
	*out_image = (struct canvas_image){ .planes = { image->planes[0], image->planes[1],
						    image->planes[2] },
		.strides = { image->stride[0], image->stride[1], image->stride[2] },
		.width = (int)image->d_w,
		.height = (int)image->d_h };
	return 1;
}
