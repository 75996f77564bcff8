/* recorder/depay/avc.h
 *
 * What an H.264 sequence parameter set asks of a decoder, so that a stranger's can be refused before a decoder believes it.
 */
#ifndef ROSTRUM_RECORDER_DEPAY_AVC_H
#define ROSTRUM_RECORDER_DEPAY_AVC_H

#include "common/base/mem.h"

struct avc_need {
	uint32_t macroblocks; /* of a picture as it is coded, before anything is cut off */
	uint32_t references;  /* pictures that are kept for others to refer to */
	bool plain;           /* 4:2:0 with eight bits */
};

/* A unit with its header, without a start code. 0 or -EBADMSG: none, or longer than any that is recorded. */
int avc_need(const uint8_t *sps, size_t len, struct avc_need *out_need) RS_MUST_USE;

#endif
