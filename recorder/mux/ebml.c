#include "recorder/mux/ebml.h"

#include <string.h>

#define EBML_ID_VOID 0xEC

/* Width of the size field of masters, and its marker bit (RFC 8794 section 4). */
#define MASTER_SIZE_LEN 4
#define MASTER_SIZE_MARK 0x10000000U

void ebml_write_id(struct rs_writer *writer, uint32_t id)
{
	if (id > 0xFFFFFF)
		rs_write_u32(writer, id);
	else if (id > 0xFFFF)
		rs_write_u24(writer, id);
	else if (id > 0xFF)
		rs_write_u16(writer, (uint16_t)id);
	else
		rs_write_u8(writer, (uint8_t)id);
}

static void write_be(struct rs_writer *writer, uint64_t value, size_t len)
{
	uint8_t *out = rs_write_room(writer, len);
	if (out == NULL)
		return;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
}

void ebml_write_size(struct rs_writer *writer, uint64_t size)
{
	if (size > EBML_SIZE_MAX) {
		writer->failed = true;
		return;
	}
	/* All ones means "unknown", so a width of n octets holds up to 2^(7n) - 2. */
	size_t len = 1;
	while (len < 8 && size > (UINT64_C(1) << (7 * len)) - 2)
		len++;
	write_be(writer, size | UINT64_C(1) << (7 * len), len);
}

void ebml_write_size8(struct rs_writer *writer, uint64_t size)
{
	rs_write_u64(writer, size | UINT64_C(1) << 56);
}

void ebml_write_uint(struct rs_writer *writer, uint32_t id, uint64_t value)
{
	size_t len = 1;
	while (len < 8 && value >> (8 * len) != 0)
		len++;
	ebml_write_id(writer, id);
	ebml_write_size(writer, len);
	write_be(writer, value, len);
}

void ebml_write_date(struct rs_writer *writer, uint32_t id, int64_t ns)
{
	ebml_write_id(writer, id);
	ebml_write_size(writer, 8);
	rs_write_u64(writer, (uint64_t)ns);
}

void ebml_write_float(struct rs_writer *writer, uint32_t id, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	ebml_write_id(writer, id);
	ebml_write_size(writer, 8);
	rs_write_u64(writer, bits);
}

void ebml_write_text(struct rs_writer *writer, uint32_t id, const char *text)
{
	ebml_write_binary(writer, id, text, strlen(text));
}

void ebml_write_binary(struct rs_writer *writer, uint32_t id, const void *data, size_t len)
{
	ebml_write_id(writer, id);
	ebml_write_size(writer, len);
	rs_write_bytes(writer, data, len);
}

void ebml_write_void(struct rs_writer *writer, size_t total)
{
	ebml_write_id(writer, EBML_ID_VOID);
	ebml_write_size(writer, total - 2);
	rs_write_zero(writer, total - 2);
}

size_t ebml_open(struct rs_writer *writer, uint32_t id)
{
	ebml_write_id(writer, id);
	const size_t mark = writer->len;
	rs_write_u32(writer, MASTER_SIZE_MARK);
	return mark;
}

void ebml_close(struct rs_writer *writer, size_t mark)
{
	if (writer->failed)
		return;
	struct rs_writer size;
	rs_writer_init(&size, writer->data + mark, MASTER_SIZE_LEN);
	rs_write_u32(&size, MASTER_SIZE_MARK | (uint32_t)(writer->len - mark - MASTER_SIZE_LEN));
}
