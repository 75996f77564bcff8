#include "common/base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIRST_CAP 256

void rs_buf_init(struct rs_buf *buf, size_t max)
{
	*buf = (struct rs_buf){ .max = max };
}

void rs_buf_done(struct rs_buf *buf)
{
	rs_release(buf->data);
	*buf = (struct rs_buf){ .max = buf->max };
}

/* Make room for `len` octets behind `end`: by moving the unread part down, or by growing. */
static int make_room(struct rs_buf *buf, size_t len)
{
	const size_t held = rs_buf_len(buf);
	if (len > buf->max - held)
		return -E2BIG;
	if (len <= buf->cap - buf->end)
		return 0;
	if (held + len <= buf->cap && buf->start >= buf->cap / 2) {
		memmove(buf->data, buf->data + buf->start, held);
		buf->start = 0;
		buf->end = held;
		return 0;
	}

	size_t cap = buf->cap > 0 ? buf->cap : FIRST_CAP;
	while (cap < held + len)
		cap *= 2;
	uint8_t *data = rs_zalloc(cap);
	if (data == NULL)
		return -ENOMEM;
	if (held > 0)
		memcpy(data, buf->data + buf->start, held);
	rs_release(buf->data);
	buf->data = data;
	buf->cap = cap;
	buf->start = 0;
	buf->end = held;
	return 0;
}

int rs_buf_append(struct rs_buf *buf, const void *data, size_t len)
{
	const int err = make_room(buf, len);
	if (err < 0)
		return err;
	if (len > 0)
		memcpy(buf->data + buf->end, data, len);
	buf->end += len;
	return 0;
}

int rs_buf_printf(struct rs_buf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	const int n = vsnprintf(NULL, 0, format, args);
	va_end(args);

	/* vsnprintf writes a NUL: ask for it as well, but do not count it. */
	int err = n < 0 ? -EINVAL : make_room(buf, (size_t)n + 1);
	if (err == 0) {
		(void)vsnprintf((char *)buf->data + buf->end, (size_t)n + 1, format, again);
		buf->end += (size_t)n;
	}
	va_end(again);
	return err;
}

uint8_t *rs_buf_room(struct rs_buf *buf, size_t len)
{
	return make_room(buf, len) == 0 ? buf->data + buf->end : NULL;
}

void rs_buf_commit(struct rs_buf *buf, size_t len)
{
	buf->end += len;
}

void rs_buf_consume(struct rs_buf *buf, size_t len)
{
	buf->start += len;
	if (buf->start == buf->end) {
		buf->start = 0;
		buf->end = 0;
	}
}
