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
static uint16_t frame_samples(uint8_t toc)
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

/* Table 2: configurations 0 to 11 are SILK, 12 to 15 hybrid, the rest CELT, which knows no medium band. */
static enum opus_mode mode_of(uint8_t toc)
{
	const uint8_t config = toc >> 3;

	return config < 12 ? OPUS_SILK : config < 16 ? OPUS_HYBRID : OPUS_CELT;
}

static enum opus_bandwidth bandwidth_of(uint8_t toc)
{
	static const enum opus_bandwidth silk[3] = { OPUS_NARROWBAND, OPUS_MEDIUMBAND,
		OPUS_WIDEBAND };
	static const enum opus_bandwidth celt[4] = { OPUS_NARROWBAND, OPUS_WIDEBAND,
		OPUS_SUPERWIDEBAND, OPUS_FULLBAND };
	const uint8_t config = toc >> 3;

	if (config < 12)
		return silk[config >> 2];
	if (config < 16)
		return config < 14 ? OPUS_SUPERWIDEBAND : OPUS_FULLBAND;
	return celt[(config - 16U) >> 2];
}

/* How many frames, and after how many octets they begin. */
static int count_frames(const uint8_t *payload, size_t len, uint8_t *out_frames, size_t *out_head)
{
	const uint8_t code = payload[0] & 3;

	*out_head = code == 3 ? 2 : 1;
	if (len < *out_head)
		return -EBADMSG;
	*out_frames = code == 3 ? payload[1] & 0x3f : code == 0 ? 1 : 2;
	return 0;
}

int opus_toc_parse(const uint8_t *payload, size_t len, struct opus_toc *out_toc)
{
	uint8_t frames;
	size_t head;

	if (len == 0 || count_frames(payload, len, &frames, &head) < 0)
		return -EBADMSG;
	const uint16_t samples = frame_samples(payload[0]);
	if (frames == 0 || frames * samples > SAMPLES_MAX)
		return -EBADMSG;
	*out_toc = (struct opus_toc){
		.mode = mode_of(payload[0]),
		.bandwidth = bandwidth_of(payload[0]),
		.channels = (payload[0] & 0x04) != 0 ? 2 : 1,
		.frames = frames,
		.frame_samples = samples,
		.silent = len <= head + frames,
	};
	return 0;
}

int opus_duration(const uint8_t *payload, size_t len, uint32_t *out_samples)
{
	struct opus_toc toc;

	const int err = opus_toc_parse(payload, len, &toc);
	if (err < 0)
		return err;
	*out_samples = (uint32_t)toc.frames * toc.frame_samples;
	return 0;
}

unsigned opus_channels(const uint8_t *payload, size_t len)
{
	if (len == 0)
		return 0;
	return (payload[0] & 0x04) != 0 ? 2 : 1;
}

/* Configurations 31 down to 28 (table 2): F8 FF FE and its shorter sisters. */
uint32_t opus_silence_write(int64_t samples, uint8_t out[OPUS_SILENCE_LEN])
{
	static const struct {
		uint16_t samples;
		uint8_t toc;
	} sizes[] = { { 960, 0xF8 }, { 480, 0xF0 }, { 240, 0xE8 }, { 120, 0xE0 } };

	for (size_t i = 0; i < RS_ARRAY_LEN(sizes); i++) {
		if (samples < sizes[i].samples)
			continue;
		out[0] = sizes[i].toc;
		out[1] = 0xFF;
		out[2] = 0xFE;
		return sizes[i].samples;
	}
	return 0;
}
