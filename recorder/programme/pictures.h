/* recorder/programme/pictures.h
 *
 * The pictures of a meeting's programme, which are the same in all languages: of all cameras that come
 * in, those of who is shown, from a key frame on. They wait here, once, until the sound of every
 * language has come as far.
 *
 * A file has one codec for its picture: that of the first one shown, or VP8 where that is neither VP8 nor VP9. What comes in another
 * is coded again (recorder/transcode/press.h), beside, so that nobody waits for it. Where there is no time for it, or its
 * codec is not known here, it is left out, and who sent it can be asked for. Sans-I/O; not thread safe. Allocates for each picture; at most
 * `octets_max` wait: above that a picture is left out, and those up to the next key frame.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_PICTURES_H
#define ROSTRUM_RECORDER_PROGRAMME_PICTURES_H

#include "common/base/text.h"
#include "recorder/depay/depay.h"
#include "recorder/transcode/press.h"

/* A key frame is where one can jump to: asked for if there was none for so long. */
#define PICTURES_KEY_MS 10000
/* Changes of who is shown that are remembered: more than can happen while pictures wait. */
#define PICTURES_SHOWS 64
/* Where there was no time to code pictures again, it is tried again after so long. */
#define PICTURES_RETRY_MS 10000

struct pictures;

struct picture {
	enum depay_codec codec;
	int64_t time_ms; /* session time; never less than that of the one before */
	bool key;
	uint16_t width; /* of key frames */
	uint16_t height;
	const uint8_t *data;
	size_t len;
};

struct pictures_stats {
	uint64_t taken;
	uint64_t dropped; /* of who is shown: before a key frame, too late, or too many */
	uint64_t foreign; /* of who is shown, in another codec, and left out */
	uint64_t recoded; /* those of `taken` that were coded again */
};

/* 0 or -ENOMEM. */
int pictures_new(size_t octets_max, enum press_way way, struct pictures **out_pictures) RS_MUST_USE;
/* The file's codec is this (VP8 or VP9), whatever is shown first. Before all else, if at all. */
void pictures_begin(struct pictures *pictures, enum depay_codec codec);
struct pictures *pictures_free(struct pictures *pictures);
/* From this session time on `source` is seen; "" = nobody. In order of time. */
void pictures_show(struct pictures *pictures, const char *source, int64_t from_ms);
/* A picture of a camera; it is taken if its camera was shown at its time. 0 (also when it is not taken) or -ENOMEM. */
int pictures_push(
	struct pictures *pictures, const char *source, const struct picture *picture) RS_MUST_USE;
/* Take what was coded again since. What lies before `done_ms` comes too late; the meeting has come as far as `newest_ms`. 0 or -ENOMEM. */
int pictures_gather(struct pictures *pictures, int64_t done_ms, int64_t newest_ms) RS_MUST_USE;
/* None is pushed any more: what is still being coded again is waited for, but not for long. Likewise. */
int pictures_settle(struct pictures *pictures, int64_t done_ms) RS_MUST_USE;
/* The picture of this number, counted from 0; or false, if it has not come yet. */
bool pictures_get(const struct pictures *pictures, uint64_t number, struct picture *out_picture);
/* Those before this number are needed no more. */
void pictures_forget(struct pictures *pictures, uint64_t number);
/* Whether this camera, being shown, is to be asked for a key frame. */
bool pictures_wants_key(const struct pictures *pictures, const char *source);
/* A source whose pictures had to be left out for their codec: true once for each time it is shown. */
bool pictures_poll_foreign(
	struct pictures *pictures, char out_source[RS_NAME_MAX + 1], enum depay_codec *out_codec);
const struct pictures_stats *pictures_stats(const struct pictures *pictures);

#endif
