#include "common/base/bytes.h"
#include "sfu/tcp/tcp.h"

#include <errno.h>
#include <string.h>

uint8_t *tcp_reader_room(struct tcp_reader *reader, size_t *out_cap)
{
	const size_t left = reader->tail - reader->head;
	if (reader->head > 0)
		memmove(reader->data, reader->data + reader->head, left);
	reader->head = 0;
	reader->tail = left;
	*out_cap = sizeof(reader->data) - left;
	return reader->data + left;
}

void tcp_reader_fill(struct tcp_reader *reader, size_t len)
{
	reader->tail += len;
}

/*  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 ...
 * +-------------------------------+----------
 * |            LENGTH             | datagram
 * +-------------------------------+----------   RFC 4571 section 2 */
int tcp_reader_next(struct tcp_reader *reader, uint8_t out[TCP_PACKET_MAX])
{
	for (;;) {
		struct rs_reader octets;
		rs_reader_init(&octets, reader->data + reader->head, reader->tail - reader->head);
		const uint16_t len = rs_read_u16(&octets);
		if (octets.failed)
			return 0;
		if (len > TCP_PACKET_MAX)
			return -EBADMSG;
		const uint8_t *datagram = rs_read_view(&octets, len);
		if (octets.failed)
			return 0;
		reader->head += TCP_HEADER_LEN + (size_t)len;
		if (len == 0)
			continue;
		memcpy(out, datagram, len);
		return len;
	}
}
