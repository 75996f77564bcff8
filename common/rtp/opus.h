/* common/rtp/opus.h
 *
 * What the first octets of an Opus packet say (RFC 6716 section 3): how long it lasts.
 */
#ifndef ROSTRUM_COMMON_RTP_OPUS_H
#define ROSTRUM_COMMON_RTP_OPUS_H

#include "common/base/mem.h"

/* RTP clock of Opus, always (RFC 7587 section 4.1). */
#define OPUS_CLOCK_HZ 48000

/* Duration in samples at 48 kHz, 120 to 5760. 0 or -EBADMSG (empty, no or more than 120 ms of frames, cut short). */
int opus_duration(const uint8_t *payload, size_t len, uint32_t *out_samples) RS_MUST_USE;
/* Channels the packet was coded with: 1 or 2; 0 when empty. */
unsigned opus_channels(const uint8_t *payload, size_t len);

/* A packet of one empty 20 ms frame in the mode, bandwidth and channels of `toc` if that mode has 20 ms frames, which every
 * mode has; a decoder conceals or plays comfort noise, so it is fit to fill silence. One octet. */
uint8_t opus_silence_toc(uint8_t toc);

#endif
