#include "common/rtp/rtp.h"

#include <errno.h>

/* RFC 3550 section 5.1:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           timestamp                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           synchronization source (SSRC) identifier            |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |       contributing source (CSRC) identifiers  (0 to 15)       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      defined by profile       |   length, words (if X)        |
 */
#define VERSION 2

static int padding_parse(const uint8_t *data, size_t len, size_t header_len, uint8_t *out_padding)
{
	const uint8_t padding = data[len - 1];

	if (padding == 0 || padding > len - header_len)
		return -EBADMSG;
	*out_padding = padding;
	return 0;
}

int rtp_parse(const uint8_t *data, size_t len, struct rtp_packet *out_packet)
{
	struct rs_reader reader;
	struct rtp_packet packet = { 0 };

	rs_reader_init(&reader, data, len);
	const uint8_t first = rs_read_u8(&reader);
	const uint8_t second = rs_read_u8(&reader);
	packet.marker = (second & 0x80) != 0;
	packet.pt = second & 0x7f;
	packet.seq = rs_read_u16(&reader);
	packet.rtp_ts = rs_read_u32(&reader);
	packet.ssrc = rs_read_u32(&reader);
	packet.n_csrcs = first & 0x0f;
	for (uint8_t i = 0; i < packet.n_csrcs; i++)
		packet.csrcs[i] = rs_read_u32(&reader);
	if ((first & 0x10) != 0) {
		packet.ext_profile = rs_read_u16(&reader);
		packet.ext_len = (size_t)rs_read_u16(&reader) * 4;
		packet.ext_view = rs_read_view(&reader, packet.ext_len);
	}
	if (reader.failed || first >> 6 != VERSION)
		return -EBADMSG;
	packet.header_len = reader.pos;
	if ((first & 0x20) != 0) {
		const int err = padding_parse(data, len, packet.header_len, &packet.padding);
		if (err < 0)
			return err;
	}
	packet.payload_view = data + packet.header_len;
	packet.payload_len = len - packet.header_len - packet.padding;
	*out_packet = packet;
	return 0;
}

/* RFC 5761 section 4: RTCP types 192 to 223 fall on RTP payload types 64 to 95 with the marker set. */
bool rtp_is_rtcp(const uint8_t *data, size_t len)
{
	return len >= 2 && data[1] >= 192 && data[1] <= 223;
}

/* RFC 8285 section 4.2: ID and length - 1 in four bits each; 0 is one octet of padding. ID 15, and ID 0 with a
 * length, end the walk. */
static int one_byte_next(struct rs_reader *reader, struct rtp_ext *out_ext)
{
	while (rs_reader_left(reader) > 0) {
		const uint8_t head = rs_read_u8(reader);
		if (head == 0)
			continue;
		if (head >> 4 == 15 || head >> 4 == 0)
			return 0;
		*out_ext = (struct rtp_ext){ .id = head >> 4, .len = (uint8_t)((head & 0x0f) + 1) };
		out_ext->data_view = rs_read_view(reader, out_ext->len);
		return reader->failed ? -EBADMSG : 1;
	}
	return 0;
}

/* RFC 8285 section 4.3: an octet of ID, one of length; ID 0 is one octet of padding. */
static int two_byte_next(struct rs_reader *reader, struct rtp_ext *out_ext)
{
	while (rs_reader_left(reader) > 0) {
		const uint8_t id = rs_read_u8(reader);
		if (id == 0)
			continue;
		*out_ext = (struct rtp_ext){ .id = id, .len = rs_read_u8(reader) };
		out_ext->data_view = rs_read_view(reader, out_ext->len);
		return reader->failed ? -EBADMSG : 1;
	}
	return 0;
}

int rtp_ext_next(const struct rtp_packet *packet, size_t *cursor, struct rtp_ext *out_ext)
{
	struct rs_reader reader;
	struct rtp_ext ext = { 0 };
	int got = 0;

	if (*cursor >= packet->ext_len)
		return 0;
	rs_reader_init(&reader, packet->ext_view, packet->ext_len);
	rs_read_skip(&reader, *cursor);
	if (packet->ext_profile == RTP_EXT_ONE_BYTE)
		got = one_byte_next(&reader, &ext);
	else if ((packet->ext_profile & 0xfff0) == RTP_EXT_TWO_BYTE)
		got = two_byte_next(&reader, &ext);
	*cursor = got == 1 ? reader.pos : packet->ext_len;
	if (got == 1)
		*out_ext = ext;
	return got;
}

bool rtp_ext_find(const struct rtp_packet *packet, uint8_t id, struct rtp_ext *out_ext)
{
	size_t cursor = 0;
	struct rtp_ext ext;

	if (id == 0 || packet->ext_len == 0)
		return false;
	while (rtp_ext_next(packet, &cursor, &ext) == 1) {
		if (ext.id == id) {
			*out_ext = ext;
			return true;
		}
	}
	return false;
}

static bool fits_one_byte(const struct rtp_header *header)
{
	for (uint8_t i = 0; i < header->n_exts; i++) {
		const struct rtp_ext *ext = &header->exts[i];
		if (ext->id > 14 || ext->len == 0 || ext->len > 16)
			return false;
	}
	return true;
}

static void write_exts(struct rs_writer *writer, const struct rtp_header *header)
{
	const bool one_byte = fits_one_byte(header);
	size_t len = 0;

	for (uint8_t i = 0; i < header->n_exts; i++)
		len += (one_byte ? 1U : 2U) + header->exts[i].len;
	const size_t words = (len + 3) / 4;
	rs_write_u16(writer, one_byte ? RTP_EXT_ONE_BYTE : RTP_EXT_TWO_BYTE);
	rs_write_u16(writer, (uint16_t)words);
	for (uint8_t i = 0; i < header->n_exts; i++) {
		const struct rtp_ext *ext = &header->exts[i];
		if (one_byte) {
			rs_write_u8(writer, (uint8_t)(ext->id << 4 | (ext->len - 1)));
		} else {
			rs_write_u8(writer, ext->id);
			rs_write_u8(writer, ext->len);
		}
		rs_write_bytes(writer, ext->data_view, ext->len);
	}
	rs_write_zero(writer, words * 4 - len);
}

void rtp_write_header(struct rs_writer *writer, const struct rtp_header *header)
{
	const unsigned first = VERSION << 6 | (header->padding ? 0x20U : 0U) |
			       (header->n_exts > 0 ? 0x10U : 0U) | (header->n_csrcs & 0x0fU);

	rs_write_u8(writer, (uint8_t)first);
	rs_write_u8(writer, (uint8_t)((header->marker ? 0x80 : 0) | (header->pt & 0x7f)));
	rs_write_u16(writer, header->seq);
	rs_write_u32(writer, header->rtp_ts);
	rs_write_u32(writer, header->ssrc);
	for (uint8_t i = 0; i < header->n_csrcs && i < RTP_CSRC_MAX; i++)
		rs_write_u32(writer, header->csrcs[i]);
	if (header->n_exts > 0)
		write_exts(writer, header);
}

void rtp_set_pt(uint8_t *data, uint8_t pt)
{
	data[1] = (uint8_t)((data[1] & 0x80) | (pt & 0x7f));
}

void rtp_set_marker(uint8_t *data, bool marker)
{
	data[1] = (uint8_t)((data[1] & 0x7f) | (marker ? 0x80 : 0));
}

static void set_u32(uint8_t *data, uint32_t value)
{
	struct rs_writer writer;

	rs_writer_init(&writer, data, 4);
	rs_write_u32(&writer, value);
}

void rtp_set_seq(uint8_t *data, uint16_t seq)
{
	struct rs_writer writer;

	rs_writer_init(&writer, data + 2, 2);
	rs_write_u16(&writer, seq);
}

void rtp_set_ts(uint8_t *data, uint32_t rtp_ts)
{
	set_u32(data + 4, rtp_ts);
}

void rtp_set_ssrc(uint8_t *data, uint32_t ssrc)
{
	set_u32(data + 8, ssrc);
}
