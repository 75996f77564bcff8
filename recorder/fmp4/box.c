#include "recorder/fmp4/box.h"

#include <errno.h>
#include <string.h>

size_t box_open(struct rs_writer *w, const char type[4])
{
	const size_t mark = w->len;
	rs_write_u32(w, 0); /* box_close() */
	rs_write_bytes(w, type, 4);
	return mark;
}

size_t box_open_full(struct rs_writer *w, const char type[4], uint8_t version, uint32_t flags)
{
	const size_t mark = box_open(w, type);
	rs_write_u8(w, version);
	rs_write_u24(w, flags);
	return mark;
}

void box_close(struct rs_writer *w, size_t mark)
{
	struct rs_writer size;
	if (w->failed)
		return;
	rs_writer_init(&size, w->data + mark, 4);
	rs_write_u32(&size, (uint32_t)(w->len - mark));
}

void box_text(struct rs_writer *writer, const char *text)
{
	rs_write_bytes(writer, text, strlen(text));
}

int box_room(struct rs_buf *out, size_t len, struct rs_writer *out_writer)
{
	/* The bound of a buffer shows in the octets that are put in. */
	if (len > out->max - rs_buf_len(out))
		return -E2BIG;
	uint8_t *room = rs_buf_room(out, len);
	if (room == NULL)
		return -ENOMEM;
	rs_writer_init(out_writer, room, len);
	return 0;
}
