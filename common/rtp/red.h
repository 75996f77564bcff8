/* common/rtp/red.h
 *
 * Redundant audio (RFC 2198): the payload of one RTP packet that carries earlier ones again, so that a
 * receiver that lost those has them all the same. Views look into the caller's bytes; nothing allocates.
 */
#ifndef ROSTRUM_COMMON_RTP_RED_H
#define ROSTRUM_COMMON_RTP_RED_H

#include "common/base/bytes.h"
#include "common/base/mem.h"

/* Redundant blocks of one packet, at most: more than any sender makes. */
#define RED_BLOCKS_MAX 8
/* What a block header can say: 14 bits of timestamp offset, 10 of length. */
#define RED_OFFSET_MAX 16383
#define RED_LEN_MAX 1023
/* Octets of the header of a redundant block, and of the primary. */
#define RED_HEADER_LEN 4
#define RED_PRIMARY_HEADER_LEN 1

struct red_block {
	uint8_t pt;      /* 0 to 127 */
	uint16_t offset; /* ticks before the packet's timestamp, up to RED_OFFSET_MAX; primary: 0 */
	const uint8_t *data_view; /* may be NULL when len is 0 */
	size_t len;               /* up to RED_LEN_MAX; primary: any */
};

struct red {
	struct red_block
		redundant[RED_BLOCKS_MAX]; /* in the order of the packet: oldest first, mostly */
	size_t n_redundant;
	struct red_block primary;
};

/* 0, -EBADMSG (cut short) or -E2BIG (more than RED_BLOCKS_MAX redundant blocks). */
int red_parse(const uint8_t *payload, size_t len, struct red *out_red) RS_MUST_USE;
/* Appends the payload. Whether it fitted, and every block is within its limits, is in writer->failed. */
void red_write(struct rs_writer *writer, const struct red *red);

#endif
