/* common/rtp/h264.h
 *
 * H.264 over RTP (RFC 6184): whether a decoder can start at a packet. The payload is not changed.
 */
#ifndef ROSTRUM_COMMON_RTP_H264_H
#define ROSTRUM_COMMON_RTP_H264_H

#include "common/base/mem.h"

#include <stddef.h>
#include <stdint.h>

/* What a payload contains, or begins in case of a fragment. */
struct h264_content {
	bool parameters; /* a sequence parameter set */
	bool idr;        /* a slice of a picture that needs no other */
};

/* Looks into single units, STAP-A and FU-A (packetization modes 0 and 1); other kinds contain nothing. 0, or -EBADMSG (cut
 * short). */
int h264_parse(const uint8_t *payload, size_t len, struct h264_content *out_content) RS_MUST_USE;

#endif
