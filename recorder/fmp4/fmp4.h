/* recorder/fmp4/fmp4.h
 *
 * Fragmented MP4 (ISO/IEC 14496-12) of one track, as HLS takes it (RFC 8216 section 3.3): what begins a
 * rendition (ftyp, moov) and its segments (styp, moof, mdat). H.264 lies in it as ISO/IEC 14496-15 says (avc1,
 * avcC), Opus as "Encapsulation of Opus in ISO Base Media File Format" says (Opus, dOps). Sans-I/O; no state; allocates only in
 * the buffer it writes to.
 */
#ifndef ROSTRUM_RECORDER_FMP4_FMP4_H
#define ROSTRUM_RECORDER_FMP4_FMP4_H

#include "common/base/buf.h"

enum fmp4_codec {
	FMP4_OPUS,
	FMP4_AVC,
};

/* Ticks a second of all times: of Opus those of its samples (as its encapsulation wants it), of pictures RTP's. */
#define FMP4_OPUS_HZ 48000
#define FMP4_AVC_HZ 90000
/* Samples of Opus that a decoder needs before it is in step: an edit list takes them out again (pre-skip). */
#define FMP4_OPUS_PRE_SKIP 312
#define FMP4_PARAMETERS_MAX 256

struct fmp4_track {
	enum fmp4_codec codec;
	const char *language; /* ISO 639-2, three small letters */
	uint8_t channels;     /* Opus: 1 or 2 */
	uint16_t width;       /* AVC */
	uint16_t height;
	const uint8_t *
		sps; /* AVC: a unit each, without start code or length; the SPS has four octets at least */
	size_t sps_len;
	const uint8_t *pps;
	size_t pps_len;
};

struct fmp4_sample {
	uint32_t duration; /* in ticks */
	uint32_t len;
	bool key; /* AVC: an IDR picture. All samples of Opus may be begun with */
};

struct fmp4_fragment {
	enum fmp4_codec codec;
	uint32_t sequence; /* greater in each fragment that follows */
	uint64_t time;     /* ticks of the first sample, before the edit list is looked at */
	const struct fmp4_sample *samples;
	size_t n; /* at least 1 */
	/* The samples one after the other; AVC: units with four octets of length before each. */
	const uint8_t *data;
	size_t len; /* the sum of theirs */
};

/* Append what begins a rendition. 0; -EINVAL (language, channels, size or parameter sets are none); -E2BIG or -ENOMEM (of the
 * buffer). */
int fmp4_write_init(const struct fmp4_track *track, struct rs_buf *out) RS_MUST_USE;
/* Append a segment. Likewise; -EINVAL: no samples, or `len` is not their sum. */
int fmp4_write_fragment(const struct fmp4_fragment *fragment, struct rs_buf *out) RS_MUST_USE;

/* What a playlist calls the codec (RFC 6381): "opus", or "avc1." and profile, constraints and level of the SPS. */
#define FMP4_CODEC_LEN 12
void fmp4_codec_name(const struct fmp4_track *track, char out[FMP4_CODEC_LEN]);

#endif
