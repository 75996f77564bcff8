/* common/base/bytes.h
 *
 * Reading and writing of network-order bytes with sticky failure: read or write all fields, then
 * test `failed` once. No allocation, no ownership: both look at the caller's buffer.
 */
#ifndef ROSTRUM_COMMON_BASE_BYTES_H
#define ROSTRUM_COMMON_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rs_reader {
	const uint8_t *data;
	size_t len;
	size_t pos;
	bool failed; /* a read went past the end; all later reads give 0 */
};

struct rs_writer {
	uint8_t *data;
	size_t cap;
	size_t len;
	bool failed; /* a write did not fit; nothing is written from then on */
};

static inline void rs_reader_init(struct rs_reader *reader, const uint8_t *data, size_t len)
{
	*reader = (struct rs_reader){ .data = data, .len = len };
}

static inline size_t rs_reader_left(const struct rs_reader *reader)
{
	return reader->failed ? 0 : reader->len - reader->pos;
}

/* View of the next `n` octets, or NULL (and failed) when there are fewer. */
static inline const uint8_t *rs_read_view(struct rs_reader *reader, size_t n)
{
	if (reader->failed || n > reader->len - reader->pos) {
		reader->failed = true;
		return NULL;
	}
	const uint8_t *view = reader->data + reader->pos;
	reader->pos += n;
	return view;
}

static inline void rs_read_skip(struct rs_reader *reader, size_t n)
{
	(void)rs_read_view(reader, n); /* failure is sticky in the reader */
}

static inline uint8_t rs_read_u8(struct rs_reader *reader)
{
	const uint8_t *b = rs_read_view(reader, 1);
	return b != NULL ? b[0] : 0;
}

static inline uint16_t rs_read_u16(struct rs_reader *reader)
{
	const uint8_t *b = rs_read_view(reader, 2);
	return b != NULL ? (uint16_t)((unsigned)b[0] << 8 | b[1]) : 0;
}

static inline uint32_t rs_read_u24(struct rs_reader *reader)
{
	const uint8_t *b = rs_read_view(reader, 3);
	return b != NULL ? (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2] : 0;
}

static inline uint32_t rs_read_u32(struct rs_reader *reader)
{
	const uint8_t *b = rs_read_view(reader, 4);
	return b != NULL ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
			 : 0;
}

static inline uint64_t rs_read_u64(struct rs_reader *reader)
{
	const uint64_t high = rs_read_u32(reader);
	return high << 32 | rs_read_u32(reader);
}

static inline void rs_writer_init(struct rs_writer *writer, uint8_t *data, size_t cap)
{
	*writer = (struct rs_writer){ .data = data, .cap = cap };
}

/* Room for `n` octets to be filled by the caller, or NULL (and failed). */
static inline uint8_t *rs_write_room(struct rs_writer *writer, size_t n)
{
	if (writer->failed || n > writer->cap - writer->len) {
		writer->failed = true;
		return NULL;
	}
	uint8_t *room = writer->data + writer->len;
	writer->len += n;
	return room;
}

static inline void rs_write_u8(struct rs_writer *writer, uint8_t value)
{
	uint8_t *b = rs_write_room(writer, 1);
	if (b != NULL)
		b[0] = value;
}

static inline void rs_write_u16(struct rs_writer *writer, uint16_t value)
{
	uint8_t *b = rs_write_room(writer, 2);
	if (b == NULL)
		return;
	b[0] = (uint8_t)(value >> 8);
	b[1] = (uint8_t)value;
}

static inline void rs_write_u24(struct rs_writer *writer, uint32_t value)
{
	uint8_t *b = rs_write_room(writer, 3);
	if (b == NULL)
		return;
	b[0] = (uint8_t)(value >> 16);
	b[1] = (uint8_t)(value >> 8);
	b[2] = (uint8_t)value;
}

static inline void rs_write_u32(struct rs_writer *writer, uint32_t value)
{
	uint8_t *b = rs_write_room(writer, 4);
	if (b == NULL)
		return;
	b[0] = (uint8_t)(value >> 24);
	b[1] = (uint8_t)(value >> 16);
	b[2] = (uint8_t)(value >> 8);
	b[3] = (uint8_t)value;
}

static inline void rs_write_u64(struct rs_writer *writer, uint64_t value)
{
	rs_write_u32(writer, (uint32_t)(value >> 32));
	rs_write_u32(writer, (uint32_t)value);
}

/* Copies `len` octets; `data` may be NULL when `len` is 0. */
void rs_write_bytes(struct rs_writer *writer, const void *data, size_t len);
/* `len` zero octets. */
void rs_write_zero(struct rs_writer *writer, size_t len);

#endif
