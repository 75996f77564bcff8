/* common/rtp/opus.h
 *
 * What the first octets of an Opus packet say (RFC 6716 section 3), without decoding it: how long it
 * lasts, and how wide a band it was coded with.
 */
#ifndef ROSTRUM_COMMON_RTP_OPUS_H
#define ROSTRUM_COMMON_RTP_OPUS_H

#include "common/base/mem.h"

/* RTP clock of Opus, always (RFC 7587 section 4.1). */
#define OPUS_CLOCK_HZ 48000

enum opus_mode {
	OPUS_SILK,
	OPUS_HYBRID,
	OPUS_CELT,
};

/* Audio bandwidth a packet can carry at most (RFC 6716 section 2, table 1). */
enum opus_bandwidth {
	OPUS_NARROWBAND,    /* 4 kHz */
	OPUS_MEDIUMBAND,    /* 6 kHz */
	OPUS_WIDEBAND,      /* 8 kHz */
	OPUS_SUPERWIDEBAND, /* 12 kHz */
	OPUS_FULLBAND,      /* 20 kHz */
};

/* The TOC octet and the frame count. */
struct opus_toc {
	enum opus_mode mode;
	enum opus_bandwidth bandwidth;
	uint8_t channels;       /* 1 or 2, as coded */
	uint8_t frames;         /* 1 to 48 */
	uint16_t frame_samples; /* at 48 kHz: 120 to 2880 */
	/* No frame carries anything: the encoder is in DTX, or says that a packet was lost (section 3.1: frames of
	 * one octet or none). It tells nothing of the microphone. */
	bool silent;
};

/* 0 or -EBADMSG (empty, no or more than 120 ms of frames, cut short); *out_toc is set on success only. */
int opus_toc_parse(const uint8_t *payload, size_t len, struct opus_toc *out_toc) RS_MUST_USE;
/* Duration in samples at 48 kHz, 120 to 5760. 0 or -EBADMSG as above. */
int opus_duration(const uint8_t *payload, size_t len, uint32_t *out_samples) RS_MUST_USE;
/* Channels the packet was coded with: 1 or 2; 0 when empty. */
unsigned opus_channels(const uint8_t *payload, size_t len);

/* Digital silence for a file: a packet of one frame of CELT, fullband, mono, that decodes to nothing audible. */
#define OPUS_SILENCE_LEN 3
/* The longest such packet that fits into `samples` at 48 kHz: 960, 480, 240 or 120 of them. Returns how
 * many it lasts, or 0: not even the shortest fits, and nothing is written. */
uint32_t opus_silence_write(int64_t samples, uint8_t out[OPUS_SILENCE_LEN]);

#endif
