#include "common/rtp/vp9.h"

#include <errno.h>

/* P_DIFFs of one picture. */
#define REFERENCES_MAX 3

/* RFC 9628 section 4.2, flexible and non-flexible mode:
 *
 *        0 1 2 3 4 5 6 7
 *       +-+-+-+-+-+-+-+-+
 *       |I|P|L|F|B|E|V|Z| (required)
 *       +-+-+-+-+-+-+-+-+
 *  I:   |M| PICTURE ID  | (M: 7 more bits, then 8)
 *       +-+-+-+-+-+-+-+-+
 *  M:   | EXTENDED PID  |
 *       +-+-+-+-+-+-+-+-+
 *  L:   | TID |U| SID |D|
 *       +-+-+-+-+-+-+-+-+
 *       |   TL0PICIDX   | (F = 0 only)
 *       +-+-+-+-+-+-+-+-+
 *  P,F: | P_DIFF      |N| (F = 1 and P = 1; up to 3 times)
 *       +-+-+-+-+-+-+-+-+
 *  V:   | SS ..         |
 */
static void picture_id_parse(struct rs_reader *reader, struct vp9_descriptor *out)
{
	const uint8_t first = rs_read_u8(reader);

	out->picture_id_bits = (first & 0x80) != 0 ? 15 : 7;
	out->picture_id = first & 0x7f;
	if (out->picture_id_bits == 15)
		out->picture_id = (uint16_t)(out->picture_id << 8 | rs_read_u8(reader));
}

static void layers_parse(struct rs_reader *reader, struct vp9_descriptor *out)
{
	const uint8_t octet = rs_read_u8(reader);

	out->tid = octet >> 5;
	out->switch_up = (octet & 0x10) != 0;
	out->sid = octet >> 1 & 7;
	out->inter_layer = (octet & 0x01) != 0;
	out->has_tl0 = !out->flexible;
	if (out->has_tl0)
		out->tl0_pic_idx = rs_read_u8(reader);
}

static int references_parse(struct rs_reader *reader)
{
	for (unsigned i = 0; i < REFERENCES_MAX; i++)
		if ((rs_read_u8(reader) & 0x01) == 0)
			return 0;
	return -EBADMSG;
}

/* RFC 9628 section 4.2.1:
 *
 *       +-+-+-+-+-+-+-+-+
 *       | N_S |Y|G|-|-|-|
 *       +-+-+-+-+-+-+-+-+
 *  Y:   | WIDTH, HEIGHT | 16 bits each, N_S + 1 times
 *       +-+-+-+-+-+-+-+-+
 *  G:   |      N_G      |
 *       +-+-+-+-+-+-+-+-+
 *  N_G: | TID |U| R |-|-| and R times P_DIFF
 */
static void structure_parse(struct rs_reader *reader, struct vp9_descriptor *out)
{
	const uint8_t head = rs_read_u8(reader);

	for (unsigned i = 0; (head & 0x10) != 0 && i <= head >> 5; i++) {
		out->width = rs_read_u16(reader);
		out->height = rs_read_u16(reader);
	}
	const unsigned pictures = (head & 0x08) != 0 ? rs_read_u8(reader) : 0;
	for (unsigned i = 0; i < pictures && !reader->failed; i++)
		rs_read_skip(reader, rs_read_u8(reader) >> 2 & 3);
}

int vp9_parse(const uint8_t *payload, size_t len, struct vp9_descriptor *out_descriptor)
{
	struct rs_reader reader;

	rs_reader_init(&reader, payload, len);
	const uint8_t flags = rs_read_u8(&reader);
	struct vp9_descriptor descriptor = {
		.inter = (flags & 0x40) != 0,
		.flexible = (flags & 0x10) != 0,
		.start = (flags & 0x08) != 0,
		.end = (flags & 0x04) != 0,
		.has_layers = (flags & 0x20) != 0,
	};
	if ((flags & 0x80) != 0)
		picture_id_parse(&reader, &descriptor);
	if (descriptor.has_layers)
		layers_parse(&reader, &descriptor);
	if (descriptor.flexible && descriptor.inter && references_parse(&reader) < 0)
		return -EBADMSG;
	if ((flags & 0x02) != 0)
		structure_parse(&reader, &descriptor);
	if (reader.failed)
		return -EBADMSG;
	descriptor.len = reader.pos;
	*out_descriptor = descriptor;
	return 0;
}

void vp9_patch(uint8_t *payload, const struct vp9_descriptor *descriptor, uint16_t picture_id,
	uint8_t tl0_pic_idx)
{
	struct rs_writer writer;

	rs_writer_init(&writer, payload + 1, descriptor->len - 1);
	if (descriptor->picture_id_bits == 15)
		rs_write_u16(&writer, (uint16_t)(0x8000 | (picture_id & 0x7fff)));
	else if (descriptor->picture_id_bits == 7)
		rs_write_u8(&writer, (uint8_t)(picture_id & 0x7f));
	if (descriptor->has_tl0)
		payload[1 + writer.len + 1] = tl0_pic_idx; /* behind the octet of layers */
}

bool vp9_is_keyframe(const struct vp9_descriptor *descriptor)
{
	return !descriptor->inter && descriptor->start && descriptor->sid == 0;
}
