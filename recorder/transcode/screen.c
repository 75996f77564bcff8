#include "recorder/transcode/screen.h"

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

struct screen {
	struct room rooms[ROOMS];
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
	for (size_t i = 0; i < ROOMS; i++) {
		rs_release(screen->rooms[i].data);
		screen->rooms[i] = (struct room){ .data = NULL };
	}
}

/* A picture of VP9 may be larger than the one it refers to, and than the first one in its block: what it takes is asked for here. */
static int give_room(void *ctx, size_t size, vpx_codec_frame_buffer_t *out)
{
	struct screen *screen = ctx;
	size_t i = 0;
	while (i < ROOMS && screen->rooms[i].used)
		i++;
	if (i == ROOMS || size > ROOM_MAX)
		return -1;
	struct room *room = &screen->rooms[i];
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
	/* VP8 has rooms of its own: a key frame says how large they are, and is looked at before. */
	if (codec == MUX_VP9 && vpx_codec_set_frame_buffer_functions(&screen->decoder, give_room,
					take_room, screen) != VPX_CODEC_OK)
		return -ENOMEM;
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
	if (image->fmt != VPX_IMG_FMT_I420 || (uint64_t)image->d_w * image->d_h > SCREEN_PIXELS_MAX)
		return -EBADMSG;
	*out_image = (struct canvas_image){ .planes = { image->planes[0], image->planes[1],
						    image->planes[2] },
		.strides = { image->stride[0], image->stride[1], image->stride[2] },
		.width = (int)image->d_w,
		.height = (int)image->d_h };
	return 1;
}
