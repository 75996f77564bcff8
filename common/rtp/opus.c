#include "common/rtp/opus.h"

#include <errno.h>

/* RFC 6716 section 3.1:
 *
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * | config  |s| c |   c: 0 one frame, 1 two equal, 2 two, 3 a count follows
 * +-+-+-+-+-+-+-+-+
 */
#define SAMPLES_MAX 5760 /* 120 ms, section 3.2 [R5] */

/* Table 2: samples at 48 kHz of one frame. */
static uint32_t frame_samples(uint8_t toc)
{
	static const uint16_t silk[4] = { 480, 960, 1920, 2880 };
	static const uint16_t celt[4] = { 120, 240, 480, 960 };
	const uint8_t config = toc >> 3;

	if (config < 12)
		return silk[config & 3];
	if (config < 16)
		return (config & 1) != 0 ? 960 : 480;
	return celt[config & 3];
}

int opus_duration(const uint8_t *payload, size_t len, uint32_t *out_samples)
{
	uint32_t frames = 1;

	if (len == 0)
		return -EBADMSG;
	if ((payload[0] & 3) == 3) {
		if (len < 2)
			return -EBADMSG;
		frames = payload[1] & 0x3f;
	} else if ((payload[0] & 3) != 0) {
		frames = 2;
	}

	const uint32_t samples = frames * frame_samples(payload[0]);
	if (samples == 0 || samples > SAMPLES_MAX)
		return -EBADMSG;
	*out_samples = samples;
	return 0;
}

unsigned opus_channels(const uint8_t *payload, size_t len)
{
	if (len == 0)
		return 0;
	return (payload[0] & 0x04) != 0 ? 2 : 1;
}

uint8_t opus_silence_toc(uint8_t toc)
{
	uint8_t config = toc >> 3;

	if (config < 12)
		config = (uint8_t)((config & ~3U) | 1U);
	else if (config < 16)
		config |= 1U;
	else
		config |= 3U;
	return (uint8_t)(config << 3 | (toc & 0x04));
}
