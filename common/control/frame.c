#include "common/control/frame.h"

#include "common/base/bytes.h"

#include <errno.h>

#define LENGTH_LEN 4
#define RTP_HEADER_LEN 12
#define TICKET_LEN 8

static size_t kind_limit(uint8_t kind)
{
	switch (kind) {
	case FRAME_MESSAGE:
		return FRAME_MESSAGE_MAX;
	case FRAME_PACKET:
		return FRAME_PACKET_MAX;
	case FRAME_LATE:
		return FRAME_LATE_MAX;
	default:
		return 0;
	}
}

void frame_reader_init(struct frame_reader *reader)
{
	*reader = (struct frame_reader){ .taken = 0 };
	/* One whole largest frame and one read of the socket behind it. */
	rs_buf_init(&reader->buf, LENGTH_LEN + FRAME_MESSAGE_MAX + ((size_t)1 << 20));
}

void frame_reader_done(struct frame_reader *reader)
{
	rs_buf_done(&reader->buf);
}

int frame_reader_feed(struct frame_reader *reader, const void *data, size_t len)
{
	rs_buf_consume(&reader->buf, reader->taken);
	reader->taken = 0;
	return rs_buf_append(&reader->buf, data, len);
}

int frame_reader_next(struct frame_reader *reader, struct frame *out_frame)
{
	rs_buf_consume(&reader->buf, reader->taken);
	reader->taken = 0;
	if (rs_buf_len(&reader->buf) < FRAME_HEADER_LEN)
		return 0;

	struct rs_reader bytes;
	rs_reader_init(&bytes, rs_buf_data(&reader->buf), rs_buf_len(&reader->buf));
	const uint32_t len = rs_read_u32(&bytes);
	const uint8_t kind = rs_read_u8(&bytes);
	if (len == 0 || len > kind_limit(kind))
		return -EBADMSG;
	if (rs_reader_left(&bytes) < len - 1)
		return 0;

	reader->taken = LENGTH_LEN + len;
	*out_frame = (struct frame){
		.kind = (enum frame_kind)kind,
		.body = rs_buf_data(&reader->buf) + FRAME_HEADER_LEN,
		.len = len - 1,
	};
	return 1;
}

/* Its length and kind; the body follows, and the commit. False: there is no room. */
static bool begin(
	struct rs_buf *out, enum frame_kind kind, size_t body, struct rs_writer *out_writer)
{
	uint8_t *room = rs_buf_room(out, FRAME_HEADER_LEN + body);
	if (room == NULL)
		return false;
	rs_writer_init(out_writer, room, FRAME_HEADER_LEN + body);
	rs_write_u32(out_writer, (uint32_t)(body + 1));
	rs_write_u8(out_writer, (uint8_t)kind);
	return true;
}

int frame_write_message(struct rs_buf *out, const char *json, size_t len)
{
	struct rs_writer writer;
	if (len == 0 || len + 1 > FRAME_MESSAGE_MAX || !begin(out, FRAME_MESSAGE, len, &writer))
		return -E2BIG;
	rs_write_bytes(&writer, json, len);
	rs_buf_commit(out, writer.len);
	return 0;
}

int frame_write_packet(struct rs_buf *out, const struct frame_packet *packet)
{
	struct rs_writer writer;
	const size_t body = FRAME_PACKET_HEADER_LEN + packet->rtp_len;
	if (body + 1 > FRAME_PACKET_MAX || !begin(out, FRAME_PACKET, body, &writer))
		return -E2BIG;
	rs_write_u32(&writer, packet->track);
	rs_write_u64(&writer, (uint64_t)packet->arrival_wall_us);
	rs_write_bytes(&writer, packet->rtp, packet->rtp_len);
	rs_buf_commit(out, writer.len);
	return 0;
}

int frame_packet_parse(const uint8_t *body, size_t len, struct frame_packet *out_packet)
{
	if (len < FRAME_PACKET_HEADER_LEN + RTP_HEADER_LEN)
		return -EBADMSG;
	struct rs_reader reader;
	rs_reader_init(&reader, body, len);
	*out_packet = (struct frame_packet){
		.track = rs_read_u32(&reader),
		.arrival_wall_us = (int64_t)rs_read_u64(&reader),
		.rtp = body + FRAME_PACKET_HEADER_LEN,
		.rtp_len = len - FRAME_PACKET_HEADER_LEN,
	};
	return 0;
}

int frame_write_late(struct rs_buf *out, const struct frame_late *late)
{
	struct rs_writer writer;
	const size_t body = TICKET_LEN + late->len;
	if (body + 1 > FRAME_LATE_MAX || !begin(out, FRAME_LATE, body, &writer))
		return -E2BIG;
	rs_write_u64(&writer, late->ticket);
	rs_write_bytes(&writer, late->part, late->len);
	rs_buf_commit(out, writer.len);
	return 0;
}

int frame_late_parse(const uint8_t *body, size_t len, struct frame_late *out_late)
{
	if (len <= TICKET_LEN)
		return -EBADMSG;
	struct rs_reader reader;
	rs_reader_init(&reader, body, len);
	*out_late = (struct frame_late){
		.ticket = rs_read_u64(&reader),
		.part = body + TICKET_LEN,
		.len = len - TICKET_LEN,
	};
	return 0;
}
