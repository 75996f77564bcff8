#include "common/rtp/vp8.h"

#include <errno.h>

/* RFC 7741 section 4.2:
 *
 *      0 1 2 3 4 5 6 7
 *     +-+-+-+-+-+-+-+-+
 *     |X|R|N|S|R| PID | (required)
 *     +-+-+-+-+-+-+-+-+
 * X:  |I|L|T|K| RSV   | (optional)
 *     +-+-+-+-+-+-+-+-+
 * I:  |M| PictureID   | (optional; M: 7 more bits, then 8)
 *     +-+-+-+-+-+-+-+-+
 *     |   PictureID   |
 *     +-+-+-+-+-+-+-+-+
 * L:  |   TL0PICIDX   | (optional)
 *     +-+-+-+-+-+-+-+-+
 * T/K:|TID|Y| KEYIDX  | (optional)
 *     +-+-+-+-+-+-+-+-+
 */
static void picture_id_parse(struct rs_reader *reader, struct vp8_descriptor *out)
{
	const uint8_t first = rs_read_u8(reader);

	if ((first & 0x80) == 0) {
		out->picture_id_bits = 7;
		out->picture_id = first;
		return;
	}
	out->picture_id_bits = 15;
	out->picture_id = (uint16_t)((first & 0x7f) << 8 | rs_read_u8(reader));
}

static void extension_parse(struct rs_reader *reader, struct vp8_descriptor *out)
{
	const uint8_t flags = rs_read_u8(reader);

	if ((flags & 0x80) != 0)
		picture_id_parse(reader, out);
	out->has_tl0 = (flags & 0x40) != 0;
	if (out->has_tl0)
		out->tl0_pic_idx = rs_read_u8(reader);
	out->has_tid = (flags & 0x20) != 0;
	out->has_keyidx = (flags & 0x10) != 0;
	if (out->has_tid || out->has_keyidx) {
		const uint8_t octet = rs_read_u8(reader);
		out->tid = octet >> 6;
		out->layer_sync = (octet & 0x20) != 0;
		out->keyidx = octet & 0x1f;
	}
}

int vp8_parse(const uint8_t *payload, size_t len, struct vp8_descriptor *out_descriptor)
{
	struct rs_reader reader;
	struct vp8_descriptor descriptor = { 0 };

	rs_reader_init(&reader, payload, len);
	const uint8_t first = rs_read_u8(&reader);
	descriptor.non_reference = (first & 0x20) != 0;
	descriptor.start = (first & 0x10) != 0;
	descriptor.partition = first & 0x07;
	if ((first & 0x80) != 0)
		extension_parse(&reader, &descriptor);
	if (reader.failed)
		return -EBADMSG;
	descriptor.len = reader.pos;
	*out_descriptor = descriptor;
	return 0;
}

void vp8_write(struct rs_writer *writer, const struct vp8_descriptor *descriptor)
{
	const bool tid_octet = descriptor->has_tid || descriptor->has_keyidx;
	const bool extended = descriptor->picture_id_bits > 0 || descriptor->has_tl0 || tid_octet;

	rs_write_u8(
		writer, (uint8_t)((extended ? 0x80 : 0) | (descriptor->non_reference ? 0x20 : 0) |
				  (descriptor->start ? 0x10 : 0) | (descriptor->partition & 0x07)));
	if (!extended)
		return;
	rs_write_u8(writer,
		(uint8_t)((descriptor->picture_id_bits > 0 ? 0x80 : 0) |
			  (descriptor->has_tl0 ? 0x40 : 0) | (descriptor->has_tid ? 0x20 : 0) |
			  (descriptor->has_keyidx ? 0x10 : 0)));
	if (descriptor->picture_id_bits == 15)
		rs_write_u16(writer, (uint16_t)(0x8000 | (descriptor->picture_id & 0x7fff)));
	else if (descriptor->picture_id_bits == 7)
		rs_write_u8(writer, (uint8_t)(descriptor->picture_id & 0x7f));
	if (descriptor->has_tl0)
		rs_write_u8(writer, descriptor->tl0_pic_idx);
	if (tid_octet)
		rs_write_u8(writer, (uint8_t)((descriptor->tid & 0x03) << 6 |
					      (descriptor->layer_sync ? 0x20 : 0) |
					      (descriptor->keyidx & 0x1f)));
}

bool vp8_starts_frame(const struct vp8_descriptor *descriptor)
{
	return descriptor->start && descriptor->partition == 0;
}

/* RFC 6386 section 9.1: the lowest bit of a frame's first octet is 0 in a key frame. */
bool vp8_is_keyframe(const uint8_t *payload, size_t len, const struct vp8_descriptor *descriptor)
{
	return vp8_starts_frame(descriptor) && len > descriptor->len &&
	       (payload[descriptor->len] & 0x01) == 0;
}

/* RFC 6386 section 9.1: 3 octets of frame tag, start code 9d 01 2a, then width and height, little
 * endian, 14 bits each below 2 bits of scaling. */
int vp8_keyframe_size(const uint8_t *payload, size_t len, const struct vp8_descriptor *descriptor,
	uint16_t *out_width, uint16_t *out_height)
{
	if (!vp8_is_keyframe(payload, len, descriptor) || len - descriptor->len < 10)
		return -EBADMSG;

	const uint8_t *frame = payload + descriptor->len;
	if (frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a)
		return -EBADMSG;
	*out_width = (uint16_t)((frame[7] & 0x3f) << 8 | frame[6]);
	*out_height = (uint16_t)((frame[9] & 0x3f) << 8 | frame[8]);
	return 0;
}
