/* AV1 by dav1d. */
#include "common/base/bytes.h"
#include "recorder/transcode/screen_priv.h"

#include <dav1d/dav1d.h>
#include <errno.h>
#include <string.h>

/* AV1 section 6.2.2. */
enum {
	OBU_FRAME_HEADER = 3,
	OBU_FRAME = 6,
};
#define HAS_EXTENSION 0x04
#define HAS_SIZE 0x02
/* leb128() of a size takes five octets at most (section 4.10.5). */
#define SIZE_LEN_MAX 5

struct av1 {
	Dav1dContext *decoder;
	Dav1dPicture picture; /* the last one given out */
};

static void close_av1(void *state)
{
	struct av1 *av1 = state;
	dav1d_picture_unref(&av1->picture);
	dav1d_close(&av1->decoder);
	rs_release(av1);
}

static int open_av1(enum mux_codec codec, void **out_state)
{
	Dav1dSettings settings;
	dav1d_default_settings(&settings);
	settings.n_threads = 1;
	settings.max_frame_delay = 1;
	settings.all_layers = 0;  /* the largest of them */
	settings.apply_grain = 0; /* it is costly, and coded again right after */
	settings.frame_size_limit = (unsigned)SCREEN_PIXELS_MAX;
	settings.logger.callback = NULL; /* it would write to stderr */
	struct av1 *av1 = rs_zalloc(sizeof(*av1));
	if (av1 == NULL)
		return -ENOMEM;
	if (dav1d_open(&av1->decoder, &settings) != 0) {
		rs_release(av1);
		return -ENOMEM;
	}
	*out_state = av1;
	return 0;
}

static uint64_t read_size(struct rs_reader *r)
{
	uint64_t size = 0;
	for (unsigned i = 0; i < SIZE_LEN_MAX; i++) {
		const uint8_t octet = rs_read_u8(r);
		size |= (uint64_t)(octet & 0x7f) << (7 * i);
		if ((octet & 0x80) == 0)
			return size;
	}
	r->failed = true;
	return 0;
}

/* Some octets can stand for a large picture, and a unit has room for many that nobody would see. */
static bool is_bearable(const uint8_t *data, size_t len)
{
	struct rs_reader r;
	unsigned pictures = 0;
	rs_reader_init(&r, data, len);
	while (rs_reader_left(&r) > 0 && !r.failed) {
		const uint8_t head = rs_read_u8(&r);
		const unsigned type = head >> 3 & 0xf;
		if ((head & HAS_EXTENSION) != 0)
			(void)rs_read_u8(&r);
		const uint64_t size = (head & HAS_SIZE) != 0 ? read_size(&r) : rs_reader_left(&r);
		if (size > rs_reader_left(&r))
			return false;
		rs_read_skip(&r, (size_t)size);
		pictures += type == OBU_FRAME || type == OBU_FRAME_HEADER;
	}
	return !r.failed && pictures <= SCREEN_AV1_PICTURES_MAX;
}

/* The last picture there is now takes the place of the one before. 1, 0 or -EBADMSG. */
static int take_pictures(struct av1 *av1)
{
	int got = 0;
	for (;;) {
		Dav1dPicture picture = { 0 };
		const int err = dav1d_get_picture(av1->decoder, &picture);
		if (err == DAV1D_ERR(EAGAIN))
			return got;
		if (err < 0)
			return -EBADMSG;
		dav1d_picture_unref(&av1->picture);
		av1->picture = picture;
		got = 1;
	}
}

/* All of it, with the pictures that have to be taken on the way. */
static int feed(struct av1 *av1, Dav1dData *data)
{
	int got = 0;
	while (data->sz > 0) {
		const int err = dav1d_send_data(av1->decoder, data);
		if (err < 0 && err != DAV1D_ERR(EAGAIN))
			return -EBADMSG;
		const int more = take_pictures(av1);
		if (more < 0)
			return more;
		got |= more;
		if (err < 0 && more == 0)
			return -EBADMSG; /* it takes nothing and gives nothing */
	}
	return got;
}

static int decode(void *state, const uint8_t *octets, size_t len, struct canvas_image *out_image)
{
	struct av1 *av1 = state;
	Dav1dData data = { 0 };
	if (!is_bearable(octets, len))
		return -EBADMSG;
	uint8_t *room = dav1d_data_create(&data, len);
	if (room == NULL)
		return -ENOMEM;
	memcpy(room, octets, len);
	const int got = feed(av1, &data);
	dav1d_data_unref(&data);
	if (got < 0)
		dav1d_flush(av1->decoder); /* what is left of it must not come with the next */
	if (got <= 0)
		return got;
	const Dav1dPicture *picture = &av1->picture;
	if (picture->p.layout != DAV1D_PIXEL_LAYOUT_I420 || picture->p.bpc != 8)
		return -EBADMSG;
	*out_image = (struct canvas_image){ .planes = { picture->data[0], picture->data[1],
						    picture->data[2] },
		.strides = { (int)picture->stride[0], (int)picture->stride[1],
			(int)picture->stride[1] },
		.width = picture->p.w,
		.height = picture->p.h };
	return 1;
}

const struct screen_decoder screen_av1 = { .open = open_av1, .close = close_av1, .decode = decode };
