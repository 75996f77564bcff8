/* VP9, RFC 9628: all spatial layers of one time are one frame of the file. */
#include "common/rtp/vp9.h"
#include "recorder/depay/bits.h"
#include "recorder/depay/depay_priv.h"

#include <errno.h>

#define SYNC_CODE 0x498342 /* VP9 bitstream specification section 6.2 */
#define COLOUR_RGB 7
#define INDEX_MARKER 0xC0

static int look(const struct depay_picture *picture, const struct depay_packet *packet,
	struct look *out_look)
{
	struct vp9_descriptor descriptor;
	if (vp9_parse(packet->payload, packet->len, &descriptor) < 0 ||
		descriptor.len == packet->len)
		return -EBADMSG;
	*out_look = (struct look){ .starts = descriptor.start && descriptor.sid == 0,
		.key = vp9_is_keyframe(&descriptor),
		.layer = descriptor.start,
		.width = descriptor.width,
		.height = descriptor.height,
		.skip = descriptor.len };
	return 0;
}

static int append(
	struct depay_picture *picture, const struct depay_packet *packet, const struct look *look)
{
	struct depay_vp9_frame *frame = &picture->vp9;
	if (look->starts)
		*frame = (struct depay_vp9_frame){ 0 };
	if (look->layer && frame->layers == RS_ARRAY_LEN(frame->sizes))
		return -EBADMSG;
	if (look->layer)
		frame->layers++;
	if (look->width != 0) {
		frame->width = look->width;
		frame->height = look->height;
	}
	const size_t len = packet->len - look->skip;
	frame->sizes[frame->layers - 1] += (uint32_t)len;
	return rs_buf_append(&picture->data, packet->payload + look->skip, len);
}

/* Bitstream specification section 7.2.2: how many bits a pixel's parts take, and which there are. */
static void skip_colours(struct bits *bits, unsigned profile)
{
	if (profile >= 2)
		(void)bits_one(bits); /* 10 or 12 bits */
	const bool rgb = bits_read(bits, 3) == COLOUR_RGB;
	if (!rgb)
		(void)bits_one(bits); /* range */
	if (profile % 2 == 1)
		(void)bits_read(bits, rgb ? 1 : 3); /* subsampling, a reserved bit */
}

/* The uncompressed header, section 6.2: what comes before the size of a key frame. */
static int read_head(struct depay_picture *picture)
{
	struct bits bits;
	bits_init(&bits, rs_buf_data(&picture->data), rs_buf_len(&picture->data));
	if (bits_read(&bits, 2) != 2)
		return -EBADMSG;
	const unsigned low = bits_one(&bits);
	const unsigned profile = bits_one(&bits) << 1 | low;
	if (profile == 3)
		(void)bits_one(&bits); /* reserved */
	const bool shown_again = bits_one(&bits) != 0;
	picture->key = !shown_again && bits_one(&bits) == 0;
	if (!picture->key)
		return bits.failed ? -EBADMSG : 0;
	(void)bits_read(&bits, 2); /* shown; error resilient */
	if (bits_read(&bits, 24) != SYNC_CODE)
		return -EBADMSG;
	skip_colours(&bits, profile);
	const uint32_t width = bits_read(&bits, 16) + 1;
	const uint32_t height = bits_read(&bits, 16) + 1;
	if (bits.failed || width > UINT16_MAX || height > UINT16_MAX)
		return -EBADMSG;
	picture->width = (uint16_t)width;
	picture->height = (uint16_t)height;
	return 0;
}

/* Annex B of the specification: a file keeps several frames of one time together by an index behind them. */
static int write_index(struct depay_picture *picture)
{
	uint8_t index[2 + 4 * DEPAY_LAYERS_MAX];
	const struct depay_vp9_frame *frame = &picture->vp9;
	const uint8_t marker =
		(uint8_t)(INDEX_MARKER | 3 << 3 | (frame->layers - 1)); /* 4 octets each */
	struct rs_writer w;
	rs_writer_init(&w, index, sizeof(index));
	rs_write_u8(&w, marker);
	for (unsigned i = 0; i < frame->layers; i++)
		for (unsigned shift = 0; shift < 32; shift += 8)
			rs_write_u8(&w, (uint8_t)(frame->sizes[i] >> shift));
	rs_write_u8(&w, marker);
	return rs_buf_append(&picture->data, index, w.len);
}

static int finish(struct depay_picture *picture)
{
	const struct depay_vp9_frame *frame = &picture->vp9;
	const int err = read_head(picture);
	if (err < 0 || frame->layers == 1)
		return err;
	if (picture->key && frame->width != 0 && frame->height != 0) {
		picture->width = frame->width;
		picture->height = frame->height;
	}
	return write_index(picture);
}

const struct picture_format depay_vp9 = {
	.look = look, .append = append, .finish = finish, .marks_start = true
};
