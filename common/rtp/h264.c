#include "common/rtp/h264.h"

#include "common/base/bytes.h"

#include <errno.h>

/* nal_unit_type: ITU-T H.264 table 7-1 and RFC 6184 section 5.2. */
enum unit_type {
	UNIT_IDR = 5,
	UNIT_SPS = 7,
	UNIT_STAP_A = 24,
	UNIT_FU_A = 28,
};
#define TYPE_MASK 0x1f
#define FU_START 0x80

static void note(struct h264_content *content, uint8_t header)
{
	content->parameters = content->parameters || (header & TYPE_MASK) == UNIT_SPS;
	content->idr = content->idr || (header & TYPE_MASK) == UNIT_IDR;
}

/* RFC 6184 section 5.7.1: 16 bits of size before each unit. */
static void note_aggregate(struct rs_reader *reader, struct h264_content *content)
{
	while (reader->pos < reader->len && !reader->failed) {
		const uint16_t size = rs_read_u16(reader);
		if (size == 0)
			continue;
		note(content, rs_read_u8(reader));
		rs_read_skip(reader, size - 1U);
	}
}

int h264_parse(const uint8_t *payload, size_t len, struct h264_content *out_content)
{
	struct h264_content content = { 0 };
	struct rs_reader reader;

	rs_reader_init(&reader, payload, len);
	const uint8_t header = rs_read_u8(&reader);
	if ((header & TYPE_MASK) == UNIT_STAP_A) {
		note_aggregate(&reader, &content);
	} else if ((header & TYPE_MASK) == UNIT_FU_A) { /* section 5.8 */
		const uint8_t fragment = rs_read_u8(&reader);
		if ((fragment & FU_START) != 0)
			note(&content, fragment);
	} else {
		note(&content, header);
	}
	if (reader.failed)
		return -EBADMSG;
	*out_content = content;
	return 0;
}
