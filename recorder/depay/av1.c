/* AV1, the Alliance for Open Media's "RTP Payload Format For AV1": OBU elements into temporal units
 * in the low-overhead format (AV1 specification section 5.2), without temporal delimiters, as
 * Matroska has them. */
#include "common/rtp/av1.h"
#include "recorder/depay/bits.h"
#include "recorder/depay/depay_priv.h"

#include <errno.h>
#include <string.h>

/* The aggregation header, section 4.4 of the payload format. */
#define GOES_ON 0x80
#define CONTINUED 0x40
#define ELEMENTS(octet) ((octet) >> 4 & 3)
/* obu_header(), AV1 specification section 5.3.2. */
#define OBU_TYPE(octet) ((octet) >> 3 & 0x0f)
#define OBU_FORBIDDEN 0x80
#define OBU_EXTENDED 0x04
#define OBU_HAS_SIZE 0x02
#define LEB128_OCTETS 8
#define LEB128_ROOM 5 /* of a length of 32 bits */

/* obu_type, section 6.2.2. */
enum {
	OBU_SEQUENCE_HEADER = 1,
	OBU_TEMPORAL_DELIMITER = 2,
	OBU_FRAME_HEADER = 3,
	OBU_FRAME = 6,
	OBU_TILE_LIST = 8,
};

static uint64_t read_leb128(struct rs_reader *reader)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < LEB128_OCTETS; i++) {
		const uint8_t octet = rs_read_u8(reader);
		value |= (uint64_t)(octet & 0x7f) << (7 * i);
		if ((octet & 0x80) == 0)
			return value;
	}
	reader->failed = true;
	return 0;
}

static size_t write_leb128(uint32_t value, uint8_t out[LEB128_ROOM])
{
	size_t n = 0;
	do {
		out[n] = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
		value >>= 7;
		n++;
	} while (value > 0);
	return n;
}

static int look(const struct depay_picture *picture, const struct depay_packet *packet,
	struct look *out_look)
{
	bool key;
	if (packet->len < 2 || av1_parse(packet->payload, packet->len, &key) < 0)
		return -EBADMSG;
	*out_look = (struct look){
		.starts = (packet->payload[0] & GOES_ON) == 0, .key = key, .skip = 1
	};
	return 0;
}

/* The frame ends before `at` again. */
static void cut_back(struct depay_picture *picture, size_t at)
{
	picture->data.end = picture->data.start + at;
}

/* Whether a frame needs no other: the beginning of uncompressed_header(), section 5.9.2. */
static bool is_key_frame(const struct depay_av1 *av1, const uint8_t *body, size_t len)
{
	struct bits bits;
	bits_init(&bits, body, len);
	if (av1->still)
		return true;
	const bool shown_again = bits_one(&bits) != 0;
	return !shown_again && bits_read(&bits, 2) == 0 && !bits.failed;
}

static int note_sequence(
	struct depay_av1 *av1, const uint8_t *obu, size_t len, const uint8_t *body, size_t body_len)
{
	if (len > DEPAY_SEQUENCE_MAX || av1_sequence_parse(av1, body, body_len) < 0)
		return -EBADMSG;
	memcpy(av1->sequence, obu, len);
	av1->sequence_len = len;
	av1->has_sequence = true;
	return 0;
}

/* A whole OBU with its size, in the frame from obu_at on. */
static int note_obu(struct depay_picture *picture, size_t head_len)
{
	struct depay_av1 *av1 = &picture->av1;
	const uint8_t *obu = rs_buf_data(&picture->data) + av1->obu_at;
	const size_t len = rs_buf_len(&picture->data) - av1->obu_at;
	const unsigned type = OBU_TYPE(obu[0]);
	if (type == OBU_TEMPORAL_DELIMITER || type == OBU_TILE_LIST) {
		cut_back(picture, av1->obu_at);
		return 0;
	}
	if (type == OBU_SEQUENCE_HEADER)
		return note_sequence(av1, obu, len, obu + head_len, len - head_len);
	if ((type == OBU_FRAME || type == OBU_FRAME_HEADER) && !av1->has_frame) {
		av1->has_frame = true;
		av1->key = is_key_frame(av1, obu + head_len, len - head_len);
	}
	return 0;
}

/* On the wire an OBU has mostly no size, in a file it must have one. */
static int put_size(
	struct depay_picture *picture, size_t plain_len, size_t len, size_t *out_head_len)
{
	uint8_t size[LEB128_ROOM];
	const size_t n = write_leb128((uint32_t)(len - plain_len), size);
	if (rs_buf_room(&picture->data, n) == NULL)
		return rs_buf_len(&picture->data) + n > picture->data.max ? -E2BIG : -ENOMEM;
	rs_buf_commit(&picture->data, n);
	uint8_t *obu = rs_buf_data(&picture->data) + picture->av1.obu_at;
	memmove(obu + plain_len + n, obu + plain_len, len - plain_len);
	memcpy(obu + plain_len, size, n);
	obu[0] |= OBU_HAS_SIZE;
	*out_head_len = plain_len + n;
	return 0;
}

static int close_obu(struct depay_picture *picture)
{
	struct depay_av1 *av1 = &picture->av1;
	const uint8_t *obu = rs_buf_data(&picture->data) + av1->obu_at;
	const size_t len = rs_buf_len(&picture->data) - av1->obu_at;
	av1->open = false;
	if (len == 0 || (obu[0] & OBU_FORBIDDEN) != 0)
		return -EBADMSG;
	const size_t plain_len = (obu[0] & OBU_EXTENDED) != 0 ? 2 : 1;
	if (len < plain_len)
		return -EBADMSG;
	size_t head_len = 0;
	if ((obu[0] & OBU_HAS_SIZE) == 0) {
		const int err = put_size(picture, plain_len, len, &head_len);
		return err < 0 ? err : note_obu(picture, head_len);
	}
	struct rs_reader reader;
	rs_reader_init(&reader, obu + plain_len, len - plain_len);
	const uint64_t size = read_leb128(&reader);
	if (reader.failed || size != rs_reader_left(&reader))
		return -EBADMSG;
	return note_obu(picture, plain_len + reader.pos);
}

static int append(
	struct depay_picture *picture, const struct depay_packet *packet, const struct look *look)
{
	struct depay_av1 *av1 = &picture->av1;
	struct rs_reader reader;
	rs_reader_init(&reader, packet->payload, packet->len);
	const uint8_t head = rs_read_u8(&reader);
	if (av1->open != ((head & GOES_ON) != 0))
		return -EBADMSG;
	const unsigned count = ELEMENTS(head);
	for (unsigned i = 1; rs_reader_left(&reader) > 0; i++) {
		const bool sized = count == 0 || i < count;
		const uint64_t len = sized ? read_leb128(&reader) : rs_reader_left(&reader);
		const uint8_t *element =
			len <= rs_reader_left(&reader) ? rs_read_view(&reader, (size_t)len) : NULL;
		if (element == NULL || reader.failed || len == 0 || (count != 0 && i > count))
			return -EBADMSG;
		if (!av1->open)
			av1->obu_at = rs_buf_len(&picture->data);
		av1->open = true;
		int err = rs_buf_append(&picture->data, element, (size_t)len);
		const bool last = rs_reader_left(&reader) == 0;
		if (err == 0 && !(last && (head & CONTINUED) != 0))
			err = close_obu(picture);
		if (err < 0)
			return err;
	}
	return 0;
}

/* av1C, AV1 in Matroska section "CodecPrivate": four octets and the sequence header. */
static int finish(struct depay_picture *picture)
{
	struct depay_av1 *av1 = &picture->av1;
	if (av1->open || rs_buf_len(&picture->data) == 0)
		return -EBADMSG;
	picture->key = av1->has_sequence && av1->has_frame && av1->key;
	if (!picture->key)
		return 0;
	struct rs_writer w;
	rs_writer_init(&w, picture->config, sizeof(picture->config));
	rs_write_bytes(&w, av1->head, sizeof(av1->head));
	rs_write_bytes(&w, av1->sequence, av1->sequence_len);
	picture->config_len = w.len;
	picture->width = av1->width;
	picture->height = av1->height;
	return w.failed ? -EBADMSG : 0;
}

const struct picture_format depay_av1 = { .look = look, .append = append, .finish = finish };
