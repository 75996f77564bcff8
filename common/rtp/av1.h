/* common/rtp/av1.h
 *
 * AV1 over RTP (the Alliance for Open Media's "RTP Payload Format For AV1"): whether a decoder can start at a packet. The
 * payload is not changed; the dependency descriptor is never negotiated, and so is not looked for.
 */
#ifndef ROSTRUM_COMMON_RTP_AV1_H
#define ROSTRUM_COMMON_RTP_AV1_H

#include "common/base/mem.h"

#include <stddef.h>
#include <stdint.h>

/* *out_keyframe: the packet is the first of a coded video sequence, as its N bit says or the sequence header that it begins
 * with. 0, or -EBADMSG (cut short). */
int av1_parse(const uint8_t *payload, size_t len, bool *out_keyframe) RS_MUST_USE;

#endif
