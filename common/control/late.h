/* common/control/late.h
 *
 * What a meeting room kept while its line was lost (PROTOCOL.md section 5): records, each an RTP packet with the time it was
 * said, in parts that are delivered one by one. Written by the room's box, carried by signaling without a look, read by the
 * recorder. No I/O, no allocation of its own.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+---------------+---------------+
 * |  length of the packet, octets |     media     |       0       |
 * +-------------------------------+---------------+---------------+
 * |  when it was said, microseconds of the sender's own clock     |
 * |                                                               |
 * +---------------------------------------------------------------+
 * |  CRC-32 (RFC 1952 section 8) of the 12 octets above and the   |
 * |  packet                                                       |
 * +---------------------------------------------------------------+
 * |  RTP packet ...
 */
#ifndef ROSTRUM_COMMON_CONTROL_LATE_H
#define ROSTRUM_COMMON_CONTROL_LATE_H

#include "common/base/buf.h"

/* Octets of a part at most: what one request carries, and what a recorder takes at a time. */
#define LATE_PART_MAX ((size_t)128 << 10)
#define LATE_HEADER_LEN 16
/* A packet is never longer. */
#define LATE_PACKET_MAX 2048

enum late_media {
	LATE_SOUND,   /* Opus at 48 kHz (RFC 7587) */
	LATE_PICTURE, /* VP8 (RFC 7741), the largest size alone */
	LATE_MEDIA_COUNT,
};

struct late_record {
	enum late_media media;
	int64_t said_us;
	const uint8_t *packet_view; /* into what is read */
	size_t len;
};

/* Octets of a record with a packet of this length. */
static inline size_t late_size(size_t packet_len)
{
	return LATE_HEADER_LEN + packet_len;
}

/* Append one record. 0; -EINVAL (no RTP packet, or one that is too long), -E2BIG (`out` is full), -ENOMEM. */
int late_write(struct rs_buf *out, const struct late_record *record) RS_MUST_USE;
/* The record at `*at`, which moves behind it: 1; 0 at the end; -EAGAIN (it is not whole: the writer was cut off there);
 * -EBADMSG (damaged: its checksum, its media or its length is wrong). */
int late_read(
	const uint8_t *data, size_t len, size_t *at, struct late_record *out_record) RS_MUST_USE;
/* Octets of the whole records in front: what a writer that was cut off left. */
size_t late_whole(const uint8_t *data, size_t len);

#endif
