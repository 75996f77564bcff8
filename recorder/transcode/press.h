/* recorder/transcode/press.h
 *
 * A recoder (recoder.h) on a thread of its own, behind everybody else's, with a bounded queue before it and another behind it. Where the
 * thread does not keep up it only looks at pictures until it has caught up, and then takes no more: nobody waits for it.
 *
 * The calls are for one thread. None of them waits for the recoder but press_settle(), and press_free() for one picture.
 */
#ifndef ROSTRUM_RECORDER_TRANSCODE_PRESS_H
#define ROSTRUM_RECORDER_TRANSCODE_PRESS_H

#include "recorder/transcode/recoder.h"

struct press;

/* What waits before it, and behind it: pictures and octets, at most. */
#define PRESS_PICTURES_MAX 128
#define PRESS_OCTETS_MAX ((size_t)6 << 20)
/* One that is so far behind press_expect() is only looked at. */
#define PRESS_LATE_MS 1500
/* One can jump to a key frame only. */
#define PRESS_KEY_MS 10000

struct press_stats {
	uint64_t made;
	uint64_t left_out; /* there was no time */
	uint64_t damaged;  /* could not be decoded, and those after it up to a key frame */
};

enum press_way {
	PRESS_BESIDE,  /* on a thread */
	PRESS_AT_ONCE, /* within press_put(): for who has time, and leaves nothing out */
};

/* 0, -EAGAIN (no thread) or -ENOMEM. */
int press_new(enum press_way way, struct press **out_press) RS_MUST_USE;
struct press *press_free(struct press *press);
/* The next picture, which is copied, of the `run`-th sequence: the first of another begins with a key frame, and so does what comes out
 * of it. 0, -EAGAIN (too much waits), -EOPNOTSUPP (its codec) or -ENOMEM. */
int press_put(struct press *press, enum mux_codec into, uint64_t run,
	const struct recoder_picture *picture) RS_MUST_USE;
/* The meeting has come as far as this time. */
void press_expect(struct press *press, int64_t time_ms);
/* 1 and the next one made, which lives until the next call, with its run; or 0. */
int press_take(struct press *press, struct recoder_picture *out_picture, uint64_t *out_run);
/* What is made next is a key frame. */
void press_begin_anew(struct press *press);
/* Only a key frame helps: pictures are passed over. */
bool press_wants_key(struct press *press);
/* Wait until all is made that was put in, but no longer than that. */
void press_settle(struct press *press, unsigned most_ms);
void press_stats(struct press *press, struct press_stats *out_stats);

#endif
