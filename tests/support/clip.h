/* tests/support/clip.h
 *
 * A few pictures that a real encoder made (tests/support/clips), and RTP payloads of them: VP9 by
 * RFC 9628, H.264 by RFC 6184 (single units, STAP-A, FU-A), AV1 by AOM's payload format. Aborts on
 * any failure: tests only.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_CLIP_H
#define ROSTRUM_TESTS_SUPPORT_CLIP_H

#include "common/base/mem.h"

#define CLIP_FRAMES 24
#define CLIP_KEY_EVERY 12
#define CLIP_WIDTH 64
#define CLIP_HEIGHT 48
#define CLIP_FRAME_MAX 4096

enum clip_codec {
	CLIP_VP9,
	CLIP_H264,
	CLIP_AV1,
	CLIP_CODECS,
};

struct clip {
	enum clip_codec codec;
	struct {
		size_t len;
		uint8_t data[CLIP_FRAME_MAX]; /* H.264 in the format of Annex B */
	} frames[CLIP_FRAMES];
};

/* Takes one payload; `marker` = the last of its frame. */
typedef void clip_sink(void *ctx, const uint8_t *payload, size_t len, bool marker);

/* Read from `root`/tests/support/clips; free it by rs_release(). */
struct clip *clip_load(const char *root, enum clip_codec codec);
/* As SDP has it. */
const char *clip_name(enum clip_codec codec);
/* The payloads of frame n, of at most `max` octets (64 to 1400) each. */
void clip_send(const struct clip *clip, unsigned n, size_t max, clip_sink *sink, void *ctx);
/* Frame n as a file has it: H.264 with four octets of length before each unit, AV1 without temporal
 * delimiters. Gives its length. */
size_t clip_stored(const struct clip *clip, unsigned n, uint8_t out[CLIP_FRAME_MAX]);

#endif
