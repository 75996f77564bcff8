/* tools/roombox/media/wav.h
 *
 * The head of a RIFF/WAVE file of 16-bit PCM at 48 kHz, read and written ("Multimedia Programming Interface
 * and Data Specifications 1.0", 1991; extensible formats by Microsoft's mmreg.h). Pure.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_WAV_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_WAV_H

#include "common/base/mem.h"

#define WAV_HZ 48000U
#define WAV_CHANNELS_MAX 64U
/* The samples must begin within so many octets of the file. */
#define WAV_HEAD_MAX 4096
/* What wav_head_write() writes. */
#define WAV_HEAD_LEN 44

struct wav {
	unsigned channels;
	uint64_t data_at; /* offset of the first sample */
	uint64_t
		data_len; /* octets, whole frames; UINT64_MAX = to the end of the file (a stream's head) */
};

/* Of the first octets of a file, at most WAV_HEAD_MAX. 0; -EBADMSG (no WAVE file, or cut short);
 * -EOPNOTSUPP (another sample rate or format, too many channels). `why` is a static text then. */
int wav_head_parse(
	const uint8_t *data, size_t len, struct wav *out_wav, const char **out_why) RS_MUST_USE;
/* A head for `data_len` octets of samples (cut to what the format can say, 4 GiB). */
void wav_head_write(unsigned channels, uint64_t data_len, uint8_t out[WAV_HEAD_LEN]);

#endif
