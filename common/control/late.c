#include "common/control/late.h"

#include "common/base/bytes.h"

#include <zlib.h>

#include <errno.h>

#define CHECKED_LEN 12
#define RTP_HEADER_LEN 12

static uint32_t checksum(const uint8_t head[CHECKED_LEN], const uint8_t *packet, size_t len)
{
	const uLong sum = crc32(crc32(0, head, CHECKED_LEN), packet, (uInt)len);
	return (uint32_t)sum;
}

int late_write(struct rs_buf *out, const struct late_record *record)
{
	if (record->len < RTP_HEADER_LEN || record->len > LATE_PACKET_MAX)
		return -EINVAL;
	uint8_t *room = rs_buf_room(out, late_size(record->len));
	if (room == NULL)
		return -E2BIG;
	struct rs_writer writer;
	rs_writer_init(&writer, room, late_size(record->len));
	rs_write_u16(&writer, (uint16_t)record->len);
	rs_write_u8(&writer, (uint8_t)record->media);
	rs_write_u8(&writer, 0);
	rs_write_u64(&writer, (uint64_t)record->said_us);
	rs_write_u32(&writer, checksum(room, record->packet_view, record->len));
	rs_write_bytes(&writer, record->packet_view, record->len);
	rs_buf_commit(out, writer.len);
	return 0;
}

int late_read(const uint8_t *data, size_t len, size_t *at, struct late_record *out_record)
{
	if (*at == len)
		return 0;
	struct rs_reader reader;
	rs_reader_init(&reader, data + *at, len - *at);
	const size_t packet_len = rs_read_u16(&reader);
	const uint8_t media = rs_read_u8(&reader);
	const uint8_t none = rs_read_u8(&reader);
	const int64_t said_us = (int64_t)rs_read_u64(&reader);
	const uint32_t sum = rs_read_u32(&reader);
	if (reader.failed)
		return -EAGAIN;
	if (packet_len < RTP_HEADER_LEN || packet_len > LATE_PACKET_MAX ||
		media >= LATE_MEDIA_COUNT || none != 0)
		return -EBADMSG;
	const uint8_t *packet = rs_read_view(&reader, packet_len);
	if (packet == NULL)
		return -EAGAIN;
	if (checksum(data + *at, packet, packet_len) != sum)
		return -EBADMSG;
	*at += late_size(packet_len);
	*out_record = (struct late_record){ .media = (enum late_media)media,
		.said_us = said_us,
		.packet_view = packet,
		.len = packet_len };
	return 1;
}

size_t late_whole(const uint8_t *data, size_t len)
{
	struct late_record record;
	size_t at = 0;
	int more = 1;
	while (more == 1)
		more = late_read(data, len, &at, &record);
	return at;
}
