#include "common/rtp/abs_capture.h"

#include <errno.h>

/*  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |            absolute capture timestamp, 32.32 NTP              |
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  estimated capture clock offset, signed 32.32 (may be absent) |
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
#define SHORT_LEN 8

/* Rounded, so that what was written is read again. */
static int64_t us_of(int64_t q32)
{
	const int64_t seconds = q32 >> 32;
	const int64_t rest = q32 & 0xffffffff;

	return seconds * 1000000 + ((rest * 1000000 + (INT64_C(1) << 31)) >> 32);
}

static int64_t q32_of(int64_t us)
{
	const int64_t seconds = us >= 0 ? us / 1000000 : -((-us + 999999) / 1000000);
	const int64_t rest = us - seconds * 1000000;

	/* Beyond 68 years it wraps, as NTP does. */
	return (int64_t)(((uint64_t)seconds << 32) + ((uint64_t)rest << 32) / 1000000);
}

int abs_capture_parse(const uint8_t *data, size_t len, struct abs_capture *out)
{
	struct rs_reader reader;

	if (len != SHORT_LEN && len != ABS_CAPTURE_LEN)
		return -EBADMSG;
	rs_reader_init(&reader, data, len);
	*out = (struct abs_capture){ .ntp = rs_read_u64(&reader) };
	if (len == ABS_CAPTURE_LEN) {
		out->has_offset = true;
		out->offset_us = us_of((int64_t)rs_read_u64(&reader));
	}
	return 0;
}

void abs_capture_write(struct rs_writer *writer, const struct abs_capture *capture)
{
	rs_write_u64(writer, capture->ntp);
	if (capture->has_offset)
		rs_write_u64(writer, (uint64_t)q32_of(capture->offset_us));
}
