/* VP8 and VP9 by libvpx. */
#include "recorder/transcode/screen_priv.h"

#include <errno.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

/* What VP9 decodes into: pictures that others refer to, one that is made and one that is seen; 8 of them are referred to at most. */
#define ROOMS 20
/* The largest picture in its worst shape, with the margins of a decoder. */
#define ROOM_MAX ((size_t)64 << 20)

struct room {
	uint8_t *data;
	size_t size;
	bool used;
};

struct vpx {
	struct room rooms[ROOMS];
	vpx_codec_ctx_t decoder;
	enum mux_codec codec;
};

/* A picture of VP9 may be larger than the one it refers to, and than the first one in its block: what it takes is asked for here. */
static int give_room(void *ctx, size_t size, vpx_codec_frame_buffer_t *out)
{
	struct vpx *vpx = ctx;
	size_t i = 0;
	while (i < ROOMS && vpx->rooms[i].used)
		i++;
	if (i == ROOMS || size > ROOM_MAX)
		return -1;
	struct room *room = &vpx->rooms[i];
	if (room->size < size) {
		rs_release(room->data);
		room->data = rs_zalloc(size);
		room->size = room->data != NULL ? size : 0;
	}
	if (room->data == NULL)
		return -1;
	room->used = true;
	out->data = room->data;
	out->size = room->size;
	out->priv = room;
	return 0;
}

static int take_room(void *ctx, vpx_codec_frame_buffer_t *buffer)
{
	struct room *room = buffer->priv;
	if (room != NULL) /* else it was never given */
		room->used = false;
	return 0;
}

static vpx_codec_iface_t *interface_of(enum mux_codec codec)
{
	return codec == MUX_VP9 ? vpx_codec_vp9_dx() : vpx_codec_vp8_dx();
}

static struct vpx *release(struct vpx *vpx)
{
	for (size_t i = 0; i < ROOMS; i++)
		rs_release(vpx->rooms[i].data);
	return rs_release(vpx);
}

static void close_vpx(void *state)
{
	struct vpx *vpx = state;
	(void)vpx_codec_destroy(&vpx->decoder); /* only fails where it is not open */
	release(vpx);
}

static int open_vpx(enum mux_codec codec, void **out_state)
{
	const vpx_codec_dec_cfg_t config = { .threads = 1 };
	struct vpx *vpx = rs_zalloc(sizeof(*vpx));
	if (vpx == NULL)
		return -ENOMEM;
	vpx->codec = codec;
	if (vpx_codec_dec_init(&vpx->decoder, interface_of(codec), &config, 0) != VPX_CODEC_OK) {
		release(vpx);
		return -ENOMEM;
	}
	/* VP8 has rooms of its own: a key frame says how large they are, and is looked at before. */
	if (codec == MUX_VP9 && vpx_codec_set_frame_buffer_functions(
					&vpx->decoder, give_room, take_room, vpx) != VPX_CODEC_OK) {
		close_vpx(vpx);
		return -ENOMEM;
	}
	*out_state = vpx;
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

static int decode(void *state, const uint8_t *data, size_t len, struct canvas_image *out_image)
{
	struct vpx *vpx = state;
	if (too_large(vpx->codec, data, len))
		return -EBADMSG;
	if (vpx_codec_decode(&vpx->decoder, data, (unsigned)len, NULL, 0) != VPX_CODEC_OK)
		return -EBADMSG;
	vpx_codec_iter_t iter = NULL;
	const vpx_image_t *image = NULL;
	/* Of several layers in one block the last is the largest. */
	for (const vpx_image_t *next = vpx_codec_get_frame(&vpx->decoder, &iter); next != NULL;
		next = vpx_codec_get_frame(&vpx->decoder, &iter))
		image = next;
	if (image == NULL)
		return 0;
	if (image->fmt != VPX_IMG_FMT_I420 || (uint64_t)image->d_w * image->d_h > SCREEN_PIXELS_MAX)
		return -EBADMSG;
	*out_image = (struct canvas_image){ .planes = { image->planes[0], image->planes[1],
						    image->planes[2] },
		.strides = { image->stride[0], image->stride[1], image->stride[2] },
		.width = (int)image->d_w,
		.height = (int)image->d_h };
	return 1;
}

const struct screen_decoder screen_vp8 = { .open = open_vpx, .close = close_vpx, .decode = decode };
const struct screen_decoder screen_vp9 = {
	.open = open_vpx, .close = close_vpx, .decode = decode, .resents = true
};
