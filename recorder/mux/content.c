#include "recorder/mux/content.h"

#include "recorder/mux/mux_priv.h"

#include <errno.h>
#include <zlib.h>

#define BLOCK_HEAD_LEN 4 /* track, time, flags */

/* Variable-size integer of RFC 8794 section 4; an id keeps its marker. */
static uint64_t read_vint(struct rs_reader *reader, bool is_id)
{
	const uint8_t first = rs_read_u8(reader);
	unsigned more = 0;
	while (more < 8 && (first & 0x80U >> more) == 0)
		more++;
	if (more == 8 || (is_id && more > 3)) {
		reader->failed = true;
		return 0;
	}
	uint64_t value = is_id ? first : first & (0x7FU >> more);
	for (unsigned i = 0; i < more; i++)
		value = value << 8 | rs_read_u8(reader);
	return value;
}

/* Id, a size of eight octets that reaches to the end, CRC-32 of all that follows it. */
static const char *read_head(struct rs_reader *reader)
{
	if (rs_read_u32(reader) != MUX_ID_CLUSTER)
		return "does not begin with a cluster";
	const uint64_t size = rs_read_u64(reader) & UINT64_C(0x00FFFFFFFFFFFFFF);
	if (reader->failed || size != rs_reader_left(reader))
		return "is not as long as it says";
	if (rs_read_u8(reader) != MUX_ID_CRC32 || rs_read_u8(reader) != 0x84)
		return "has no checksum";
	uint32_t said = 0;
	for (unsigned shift = 0; shift < 32; shift += 8)
		said |= (uint32_t)rs_read_u8(reader) << shift;
	if (reader->failed)
		return "is cut off";
	const uint32_t found = (uint32_t)crc32_z(
		crc32_z(0, NULL, 0), reader->data + reader->pos, rs_reader_left(reader));
	return found == said ? NULL : "contradicts its checksum";
}

static const char *read_block(
	struct rs_reader *reader, uint64_t len, int64_t time_ms, struct mux_content *content)
{
	if (len <= BLOCK_HEAD_LEN || len > rs_reader_left(reader))
		return "has a block that is cut off";
	rs_read_skip(reader, 1);
	const int64_t at_ms = time_ms + (int16_t)rs_read_u16(reader);
	rs_read_skip(reader, len - 3);
	if (content->blocks == 0)
		content->first_ms = at_ms;
	else if (at_ms < content->last_ms)
		return "has blocks that run backwards";
	content->last_ms = at_ms;
	content->blocks++;
	return NULL;
}

static const char *read_body(struct rs_reader *reader, struct mux_content *content)
{
	const char *why = NULL;
	int64_t time_ms = -1;
	while (why == NULL && rs_reader_left(reader) > 0) {
		const uint64_t id = read_vint(reader, true);
		const uint64_t len = read_vint(reader, false);
		if (reader->failed || len > rs_reader_left(reader)) {
			why = "is cut off";
		} else if (id == MUX_ID_SIMPLE_BLOCK && time_ms >= 0) {
			why = read_block(reader, len, time_ms, content);
		} else if (id == MUX_ID_TIMESTAMP && time_ms < 0 && len <= 7) {
			time_ms = 0;
			for (uint64_t i = 0; i < len; i++)
				time_ms = time_ms << 8 | rs_read_u8(reader);
		} else {
			why = "holds what was not written by a recorder";
		}
	}
	return why;
}

int mux_content_read(
	const uint8_t *data, size_t len, struct mux_content *out_content, const char **why)
{
	struct mux_content content = { 0 };
	struct rs_reader reader;
	rs_reader_init(&reader, data, len);
	*why = read_head(&reader);
	if (*why == NULL)
		*why = read_body(&reader, &content);
	if (*why != NULL)
		return -EBADMSG;
	*out_content = content;
	return 0;
}
