/* recorder/transcode/coder.h
 *
 * Codes the pictures of a webcast in H.264, constrained baseline, by libopenh264, one after the other without delay.
 * Not thread safe.
 */
#ifndef ROSTRUM_RECORDER_TRANSCODE_CODER_H
#define ROSTRUM_RECORDER_TRANSCODE_CODER_H

#include "common/base/buf.h"
#include "recorder/transcode/canvas.h"

struct coder;

#define CODER_PARAMETERS_MAX 256

struct coder_config {
	int width;
	int height;
	uint32_t fps;
	uint32_t bitrate_bps;
};

/* 0, -EINVAL (what libopenh264 does not take) or -ENOMEM. */
int coder_new(const struct coder_config *config, struct coder **out_coder) RS_MUST_USE;
struct coder *coder_free(struct coder *coder);
/* Append the picture at `time_ms`, which grows, to `out`: units with four octets of length before each, parameter sets left out.
 * `key`: it is to be one that can be begun with. 0; -EIO: it could not be coded; -E2BIG or -ENOMEM (of the buffer). */
int coder_encode(struct coder *coder, const struct canvas *canvas, int64_t time_ms, bool key,
	struct rs_buf *out) RS_MUST_USE;
/* The parameter sets, known once a picture was coded; they stay as they are. 0 or -ENOENT. */
int coder_parameters(const struct coder *coder, const uint8_t **out_sps, size_t *out_sps_len,
	const uint8_t **out_pps, size_t *out_pps_len) RS_MUST_USE;

#endif
