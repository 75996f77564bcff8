#include "signaling/io/rate.h"

#include "common/base/map.h"

#include <errno.h>
#include <string.h>

/* Requests are counted in thousandths, so that slow rates fill smoothly. */
#define SCALE 1000

struct bucket {
	struct bucket *next; /* the quietest first */
	struct bucket *prev;
	int64_t level;
	rs_time filled;
	size_t key_len;
	char key[RATE_KEY_MAX];
};

struct rate {
	struct rate_limits limits;
	struct rs_map *by_key;
	struct bucket *oldest, *newest;
	struct bucket strangers; /* shared by all for whom there was no room */
};

int rate_new(const struct rate_limits *limits, struct rs_rand *rand, struct rate **out_rate)
{
	if (limits->per_second == 0 || limits->burst == 0 || limits->keys == 0)
		return -EINVAL;
	struct rate *rate = rs_zalloc(sizeof(*rate));
	if (rate == NULL)
		return -ENOMEM;
	rate->limits = *limits;
	rate->strangers.level = (int64_t)limits->burst * SCALE;
	const int err = rs_map_new(limits->keys, RATE_KEY_MAX, rand, &rate->by_key);
	if (err < 0) {
		rate_free(rate);
		return err;
	}
	*out_rate = rate;
	return 0;
}

struct rate *rate_free(struct rate *rate)
{
	if (rate == NULL)
		return NULL;
	while (rate->oldest != NULL) {
		struct bucket *next = rate->oldest->next;
		rs_release(rate->oldest);
		rate->oldest = next;
	}
	rs_map_free(rate->by_key);
	return rs_release(rate);
}

static void detach(struct rate *rate, struct bucket *bucket)
{
	if (bucket->prev != NULL)
		bucket->prev->next = bucket->next;
	else
		rate->oldest = bucket->next;
	if (bucket->next != NULL)
		bucket->next->prev = bucket->prev;
	else
		rate->newest = bucket->prev;
}

static void attach(struct rate *rate, struct bucket *bucket)
{
	bucket->next = NULL;
	bucket->prev = rate->newest;
	if (rate->newest != NULL)
		rate->newest->next = bucket;
	else
		rate->oldest = bucket;
	rate->newest = bucket;
}

static void fill(const struct rate *rate, struct bucket *bucket, rs_time now)
{
	const int64_t full = (int64_t)rate->limits.burst * SCALE;
	/* Longer than it takes to fill is not counted, so that nothing overflows. */
	const rs_time most = RS_SEC((rs_time)rate->limits.burst / rate->limits.per_second + 1);
	const rs_time passed = rs_time_min(rs_time_max(now - bucket->filled, 0), most);
	bucket->level += passed * rate->limits.per_second / (RS_SEC(1) / SCALE);
	if (bucket->level > full)
		bucket->level = full;
	bucket->filled = now;
}

/* Those whose buckets are full again are strangers like any other. */
static void forget_quiet(struct rate *rate, rs_time now)
{
	const int64_t full = (int64_t)rate->limits.burst * SCALE;
	while (rate->oldest != NULL) {
		struct bucket *bucket = rate->oldest;
		fill(rate, bucket, now);
		if (bucket->level < full)
			return;
		detach(rate, bucket);
		(void)rs_map_remove(rate->by_key, bucket->key, bucket->key_len); /* it is there */
		rs_release(bucket);
	}
}

static struct bucket *make(struct rate *rate, const char *key, size_t len, rs_time now)
{
	struct bucket *bucket = rs_zalloc(sizeof(*bucket));
	if (bucket == NULL)
		return &rate->strangers;
	bucket->level = (int64_t)rate->limits.burst * SCALE;
	bucket->filled = now;
	bucket->key_len = len;
	memcpy(bucket->key, key, len);
	if (rs_map_add(rate->by_key, key, len, bucket) < 0) {
		rs_release(bucket);
		return &rate->strangers;
	}
	attach(rate, bucket);
	return bucket;
}

static struct bucket *bucket_of(struct rate *rate, const char *key, size_t len, rs_time now)
{
	struct bucket *bucket = rs_map_find(rate->by_key, key, len);
	if (bucket == NULL) {
		forget_quiet(rate, now);
		return make(rate, key, len, now);
	}
	detach(rate, bucket);
	attach(rate, bucket);
	return bucket;
}

uint32_t rate_take(struct rate *rate, const char *key, size_t len, uint32_t cost, rs_time now)
{
	struct bucket *bucket = bucket_of(rate, key, len < RATE_KEY_MAX ? len : RATE_KEY_MAX, now);
	const uint32_t most = cost < rate->limits.burst ? cost : rate->limits.burst;
	const int64_t wanted = (int64_t)most * SCALE;
	fill(rate, bucket, now);
	if (bucket->level >= wanted) {
		bucket->level -= wanted;
		return 0;
	}
	const int64_t a_second = (int64_t)rate->limits.per_second * SCALE;
	return (uint32_t)((wanted - bucket->level + a_second - 1) / a_second);
}

void rate_give(struct rate *rate, const char *key, size_t len, uint32_t cost, rs_time now)
{
	struct bucket *bucket = bucket_of(rate, key, len < RATE_KEY_MAX ? len : RATE_KEY_MAX, now);
	bucket->level += (int64_t)cost * SCALE;
	fill(rate, bucket, now);
}

size_t rate_count(const struct rate *rate)
{
	return rs_map_count(rate->by_key);
}
