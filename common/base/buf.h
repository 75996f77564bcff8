/* common/base/buf.h
 *
 * A growing byte buffer with a maximum fixed at birth, for streams and text. FIFO: append at the
 * end, consume from the front.
 */
#ifndef ROSTRUM_COMMON_BASE_BUF_H
#define ROSTRUM_COMMON_BASE_BUF_H

#include "common/base/mem.h"

struct rs_buf {
	uint8_t *data; /* rs_buf_data() gives the unread part */
	size_t start;  /* octets already consumed */
	size_t end;
	size_t cap;
	size_t max; /* most octets ever held unread */
};

void rs_buf_init(struct rs_buf *buf, size_t max);
void rs_buf_done(struct rs_buf *buf);
/* The unread octets; NULL while nothing was ever appended. */
static inline uint8_t *rs_buf_data(const struct rs_buf *buf)
{
	return buf->start > 0 ? buf->data + buf->start : buf->data;
}
static inline size_t rs_buf_len(const struct rs_buf *buf)
{
	return buf->end - buf->start;
}
/* All or nothing: 0, -E2BIG (over max) or -ENOMEM. */
int rs_buf_append(struct rs_buf *buf, const void *data, size_t len) RS_MUST_USE;
int rs_buf_printf(struct rs_buf *buf, const char *format, ...) RS_PRINTF(2, 3) RS_MUST_USE;
/* Room for `len` more octets at the end (not yet counted), or NULL; rs_buf_commit() counts them. */
uint8_t *rs_buf_room(struct rs_buf *buf, size_t len);
void rs_buf_commit(struct rs_buf *buf, size_t len);
void rs_buf_consume(struct rs_buf *buf, size_t len);

#endif
