/* signaling/io/rate.h
 *
 * How often somebody may ask: a bucket of requests for each key (an address, a bearer), which fills by itself. Bounded: who was
 * quiet until the bucket was full again is forgotten; when there is room for no further one, all strangers share one bucket.
 * One thread; allocates for each new key.
 */
#ifndef ROSTRUM_SIGNALING_IO_RATE_H
#define ROSTRUM_SIGNALING_IO_RATE_H

#include "common/base/mem.h"
#include "common/base/rand.h"
#include "common/base/time.h"

/* Octets of a key. */
#define RATE_KEY_MAX 136

struct rate_limits {
	uint32_t per_second; /* a bucket fills by so many */
	uint32_t burst;      /* a bucket holds so many */
	size_t keys;         /* buckets at a time */
};

struct rate;

/* 0, -EINVAL (a limit is 0) or -ENOMEM. */
int rate_new(
	const struct rate_limits *limits, struct rs_rand *rand, struct rate **out_rate) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct rate *rate_free(struct rate *rate);
/* Take `cost` requests (at most a burst) out of the bucket of `key` (1 to RATE_KEY_MAX octets; longer ones are cut). 0: there were as
 * many; else the seconds, at least 1, after which there will be, and nothing was taken. */
uint32_t rate_take(struct rate *rate, const char *key, size_t len, uint32_t cost, rs_time now);
/* What was taken turned out to be for nothing: put it back, up to a full bucket. */
void rate_give(struct rate *rate, const char *key, size_t len, uint32_t cost, rs_time now);
/* Buckets that are kept now. */
size_t rate_count(const struct rate *rate);

#endif
