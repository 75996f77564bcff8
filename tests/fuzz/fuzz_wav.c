/* The head of a WAVE file: whatever is let through has samples behind its head, in whole frames, and is written and read the same. */
#include "tools/roombox/media/wav.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wav wav;
	struct wav again;
	uint8_t head[WAV_HEAD_LEN];
	const char *why = NULL;
	if (wav_head_parse(data, size, &wav, &why) < 0) {
		if (why == NULL)
			abort();
		return 0;
	}
	if (wav.channels == 0 || wav.channels > WAV_CHANNELS_MAX || wav.data_at > size ||
		wav.data_at > WAV_HEAD_MAX)
		abort();
	if (wav.data_len == UINT64_MAX)
		return 0;
	if (wav.data_len % (2 * wav.channels) != 0)
		abort();
	wav_head_write(wav.channels, wav.data_len, head);
	if (wav_head_parse(head, sizeof(head), &again, &why) < 0 || again.channels != wav.channels)
		abort();
	return 0;
}
