/* The TOC of an Opus packet: what is taken lies within RFC 6716's limits, and a microphone may send anything. */
#include <stdlib.h>

#include "sfu/router/audio.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_toc(const uint8_t *data, size_t size)
{
	struct opus_toc toc;
	uint32_t samples;

	const int err = opus_toc_parse(data, size, &toc);
	if (err != opus_duration(data, size, &samples))
		abort();
	if (err < 0)
		return;
	if (samples != (uint32_t)toc.frames * toc.frame_samples || samples < 120 || samples > 5760)
		abort();
	if (toc.channels != opus_channels(data, size) || toc.bandwidth > OPUS_FULLBAND)
		abort();
	if (toc.mode == OPUS_CELT ? toc.bandwidth == OPUS_MEDIUMBAND
				  : toc.mode == OPUS_SILK && toc.bandwidth > OPUS_WIDEBAND)
		abort();
}

/* Two octets say level and time since the last, one how many follow. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct audio audio = { 0 };
	rs_time now = RS_SEC(1);

	check_toc(data, size);
	while (size > 3) {
		const size_t len = data[2] < size - 3 ? data[2] : size - 3;
		now += RS_MS(data[1]);
		(void)audio_add(&audio, data + 3, len, data[0] < 128 ? data[0] : -1, now);
		speech_tick(&audio.speech, now + RS_MS(data[1]));
		const int loudness = loudness_at(&audio.loudness, now);
		if (loudness < 0 || loudness > 127 * 16)
			abort();
		data += 3 + len;
		size -= 3 + len;
	}
	return 0;
}
