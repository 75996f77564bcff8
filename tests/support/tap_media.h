/* tests/support/tap_media.h
 *
 * A source with a known content for recorder tests: a tone in Opus, a moving picture in VP8, and
 * clips in other codecs, in RTP packets as a browser would send them.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_TAP_MEDIA_H
#define ROSTRUM_TESTS_SUPPORT_TAP_MEDIA_H

#include "common/base/mem.h"
#include "tests/support/clip.h"

struct tap_media;

#define TAP_MEDIA_PACKET_MAX 1200

/* Takes one RTP packet. */
typedef void tap_media_sink(void *ctx, const uint8_t *rtp, size_t len);

/* A tone of `hz`, or a picture of 320x180. Aborts when a codec does not start: tests only. */
struct tap_media *tap_media_tone(unsigned hz, uint32_t ssrc);
struct tap_media *tap_media_picture(uint32_t ssrc);
/* The clip over and over; `root` is that of the source tree. */
struct tap_media *tap_media_clip(const char *root, enum clip_codec codec, uint32_t ssrc);
struct tap_media *tap_media_free(struct tap_media *media);
/* Microseconds from one frame to the next: 20000 or 40000. */
int64_t tap_media_interval(const struct tap_media *media);
/* Make the next frame and give its packets to the sink. */
void tap_media_next(struct tap_media *media, tap_media_sink *sink, void *ctx);
/* As if the next frame had not been captured (silence in DTX): time passes, nothing is sent. */
void tap_media_skip(struct tap_media *media);
void tap_media_want_key(struct tap_media *media);
/* RTP timestamp of the next frame. */
uint32_t tap_media_rtp_ts(const struct tap_media *media);
uint32_t tap_media_clock(const struct tap_media *media);

#endif
