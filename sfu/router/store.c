/* Packets, shared by all that send them, and those of a stream that may be asked for again. */
#include "sfu/router/router_priv.h"

#include <errno.h>

/* What high-rate cameras need is more than most meetings ever do: memory comes in pieces of this many packets (about
 * 0.8 MB) when there is need, and stays. */
#define CHUNK 512

struct chunk {
	struct chunk *next;
	struct packet packets[];
};

/* Last in, first out: what was never needed is never touched. */
static int grow(struct pool *pool)
{
	const size_t left = pool->most - pool->n;
	const size_t n = left < CHUNK ? left : CHUNK;

	if (n == 0)
		return -E2BIG;
	struct chunk *chunk = rs_zalloc(sizeof(*chunk) + n * sizeof(chunk->packets[0]));
	if (chunk == NULL)
		return -ENOMEM;
	chunk->next = pool->chunks;
	pool->chunks = chunk;
	pool->n += n;
	for (size_t i = n; i > 0; i--) {
		chunk->packets[i - 1].next_free = pool->free;
		pool->free = &chunk->packets[i - 1];
	}
	return 0;
}

int pool_init(struct pool *pool, size_t most)
{
	pool->most = most;
	return grow(pool);
}

void pool_done(struct pool *pool)
{
	while (pool->chunks != NULL) {
		struct chunk *next = pool->chunks->next;
		(void)rs_release(pool->chunks);
		pool->chunks = next;
	}
	pool->free = NULL;
}

struct packet *pool_take(struct pool *pool)
{
	if (pool->free == NULL && grow(pool) < 0)
		return &pool->scratch;
	struct packet *packet = pool->free;
	pool->free = packet->next_free;
	packet->refs = 1;
	return packet;
}

void pool_drop(struct pool *pool, struct packet *packet)
{
	if (packet == &pool->scratch || --packet->refs > 0)
		return;
	packet->next_free = pool->free;
	pool->free = packet;
}

int store_init(struct store *store, size_t size, rs_time keep)
{
	*store = (struct store){ .size = size, .keep = keep };
	store->ring = rs_calloc(size, sizeof(struct packet *));
	return store->ring != NULL ? 0 : -ENOMEM;
}

static struct packet **place_of(const struct store *store, int64_t seq)
{
	return &store->ring[(uint64_t)seq & (store->size - 1)];
}

void store_clear(struct store *store, struct pool *pool)
{
	for (size_t i = 0; i < store->size; i++) {
		if (store->ring[i] != NULL)
			pool_drop(pool, store->ring[i]);
		store->ring[i] = NULL;
	}
}

void store_done(struct store *store, struct pool *pool)
{
	if (store->ring != NULL)
		store_clear(store, pool);
	store->ring = rs_release(store->ring);
}

static void drop_at(const struct store *store, struct pool *pool, int64_t seq)
{
	struct packet **place = place_of(store, seq);

	if (*place != NULL)
		pool_drop(pool, *place);
	*place = NULL;
}

/* What is too old gives its memory back, so that slow streams do not starve fast ones. */
static void expire(struct store *store, struct pool *pool, int64_t seq, rs_time now)
{
	if (seq - store->oldest > (int64_t)store->size || seq < store->oldest)
		store->oldest = seq - (int64_t)store->size;
	for (; store->oldest < seq; store->oldest++) {
		const struct packet *packet = *place_of(store, store->oldest);
		if (packet != NULL && packet->seq == store->oldest &&
			now - packet->arrival <= store->keep)
			return;
		if (packet != NULL && packet->seq <= store->oldest)
			drop_at(store, pool, store->oldest);
	}
}

void store_add(struct store *store, struct pool *pool, struct packet *packet)
{
	if (packet == &pool->scratch)
		return;
	expire(store, pool, packet->seq, packet->arrival);
	drop_at(store, pool, packet->seq);
	packet->refs++;
	*place_of(store, packet->seq) = packet;
}

struct packet *store_find(const struct store *store, uint32_t stream, int64_t seq, rs_time now)
{
	struct packet *packet = *place_of(store, seq);

	if (packet == NULL || packet->stream != stream || packet->seq != seq ||
		now - packet->arrival > store->keep)
		return NULL;
	return packet;
}
