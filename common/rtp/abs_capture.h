/* common/rtp/abs_capture.h
 *
 * The header extension abs-capture-time (http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time): when what a packet carries was
 * captured, by the capturing system's NTP clock, and how far that clock is from the one of the sender's reports. A relay
 * leaves the first as it is and adds its own estimate to the second.
 */
#ifndef ROSTRUM_COMMON_RTP_ABS_CAPTURE_H
#define ROSTRUM_COMMON_RTP_ABS_CAPTURE_H

#include "common/base/bytes.h"
#include "common/base/mem.h"

#define ABS_CAPTURE_LEN 16

struct abs_capture {
	uint64_t ntp; /* RFC 3550 timestamp of the capturing system's clock */
	bool has_offset;
	int64_t offset_us; /* capturing system's clock minus sender's */
};

/* 0 or -EBADMSG (neither 8 nor 16 octets). */
int abs_capture_parse(const uint8_t *data, size_t len, struct abs_capture *out) RS_MUST_USE;
/* 8 octets, or 16 with the offset, exact to the microsecond. */
void abs_capture_write(struct rs_writer *writer, const struct abs_capture *capture);

#endif
