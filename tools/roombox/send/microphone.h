/* tools/roombox/send/microphone.h
 *
 * One microphone as it is sent: Opus, fullband, mono, with in-band FEC, in frames of 20 ms, and how loud it is. No I/O. Not thread
 * safe. Allocates at birth only.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEND_MICROPHONE_H
#define ROSTRUM_TOOLS_ROOMBOX_SEND_MICROPHONE_H

#include "common/base/mem.h"

#define MICROPHONE_FRAME 960U /* samples of a frame: 20 ms of 48 kHz */
#define MICROPHONE_PACKET_MAX 1275U
#define MICROPHONE_BPS_MIN 24000
#define MICROPHONE_BPS_MAX 256000

struct microphone;

/* 0, -EINVAL (bit rate), -ENOMEM. */
int microphone_new(int32_t bitrate_bps, struct microphone **out_microphone) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct microphone *microphone_free(struct microphone *microphone);
/* Listeners lose so many of 256 packets, as is reported: in-band FEC is made for as many, more at once, less little by little within a minute. Before
 * each frame; a tenth is taken for granted before anything is known. */
void microphone_expect(struct microphone *microphone, uint8_t lost);
/* The packet's length, above 0. `out_level`: -dBov, 0 to 127 (RFC 6464). */
size_t microphone_encode(struct microphone *microphone, const int16_t samples[MICROPHONE_FRAME],
	uint8_t out[MICROPHONE_PACKET_MAX], uint8_t *out_level);

#endif
