/* tests/support/marked.h
 *
 * Marks (marks.h) through real coders: a camera and a microphone that make pictures in VP8 and sound in
 * Opus, and an eye and an ear that decode them and say which numbers they saw and heard. Abort on any
 * failure: tests only.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_MARKED_H
#define ROSTRUM_TESTS_SUPPORT_MARKED_H

#include "tests/support/marks.h"

/* Samples of Opus in a packet, 20 ms. */
#define MARKED_SAMPLES 960
/* What the coder of the microphone holds back, as CodecDelay of a recorded file says (RFC 7845 section 4.2). */
#define MARKED_DELAY 312

struct marked_camera;
struct marked_microphone;
struct marked_eye;
struct marked_ear;

/* Takes one RTP payload; `marker` = the last of its picture. */
typedef void marked_sink(void *ctx, const uint8_t *payload, size_t len, bool marker);

struct marked_camera *marked_camera_new(
	unsigned width, unsigned height, unsigned fps, unsigned kbit);
struct marked_camera *marked_camera_free(struct marked_camera *camera);
/* The picture of that number, coded; what it looks like besides the bar moves. The view is good until the next one. */
void marked_camera_take(struct marked_camera *camera, uint16_t number, bool key,
	const uint8_t **out_view, size_t *out_len);
/* The payloads of the picture that was taken last, of at most `max` octets (RFC 7741). */
void marked_camera_send(
	const struct marked_camera *camera, size_t max, marked_sink *sink, void *ctx);

/* 32 kbit/s, all packets of one length: none is like the silence that a recorder makes. */
struct marked_microphone *marked_microphone_new(unsigned voice, uint16_t first);
struct marked_microphone *marked_microphone_free(struct marked_microphone *microphone);
/* The next 20 ms; the view is good until those after them. */
void marked_microphone_take(
	struct marked_microphone *microphone, const uint8_t **out_view, size_t *out_len);

struct marked_eye *marked_eye_new(void);
struct marked_eye *marked_eye_free(struct marked_eye *eye);
/* The number in a coded picture, which follows the one before; -1: it shows none. */
int32_t marked_eye_look(struct marked_eye *eye, const uint8_t *data, size_t len);

/* Tells what it heard as marks_ear_new(), by the samples that were decoded. */
struct marked_ear *marked_ear_new(unsigned voice, marks_hear_fn *hear, void *ctx);
struct marked_ear *marked_ear_free(struct marked_ear *ear);
void marked_ear_listen(struct marked_ear *ear, const uint8_t *data, size_t len);
/* Nothing follows: what was said last is heard. */
void marked_ear_end(struct marked_ear *ear);

#endif
