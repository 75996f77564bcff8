#include "sfu/io/ring.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#define LEAST ((size_t)64)
#define ALIGN ((size_t)8)
/* In place of a length: the rest up to the end is not used. */
#define SKIP UINT64_MAX
#define CACHE_LINE 64

/* Positions only grow; modulo `size` they are places. Each side keeps what it wrote, and what it last saw
 * of the other, in a cache line of its own. */
struct ring {
	size_t size;
	uint8_t *octets;
	uint8_t apart[CACHE_LINE];
	atomic_uint_least64_t pushed;
	uint64_t taken_seen;
	uint8_t apart_too[CACHE_LINE];
	atomic_uint_least64_t taken;
	uint64_t next; /* of the record that ring_next() gave: where the one after it begins */
};

int ring_new(size_t octets, struct ring **out_ring)
{
	if (octets < LEAST || (octets & (octets - 1)) != 0)
		return -EINVAL;
	struct ring *ring = rs_zalloc(sizeof(*ring));
	if (ring == NULL)
		return -ENOMEM;
	ring->size = octets;
	ring->octets = rs_zalloc(octets);
	if (ring->octets == NULL) {
		ring_free(ring);
		return -ENOMEM;
	}
	*out_ring = ring;
	return 0;
}

struct ring *ring_free(struct ring *ring)
{
	if (ring != NULL)
		rs_release(ring->octets);
	return rs_release(ring);
}

static size_t room_of(uint64_t len)
{
	return sizeof(uint64_t) + (((size_t)len + ALIGN - 1) & ~(ALIGN - 1));
}

static void put_length(struct ring *ring, uint64_t at, uint64_t len)
{
	memcpy(ring->octets + (at & (ring->size - 1)), &len, sizeof(len));
}

static uint64_t length_at(const struct ring *ring, uint64_t at)
{
	uint64_t len = 0;
	memcpy(&len, ring->octets + (at & (ring->size - 1)), sizeof(len));
	return len;
}

static bool has_room(struct ring *ring, uint64_t pushed, size_t wanted)
{
	if (pushed + wanted - ring->taken_seen <= ring->size)
		return true;
	ring->taken_seen = atomic_load_explicit(&ring->taken, memory_order_acquire);
	return pushed + wanted - ring->taken_seen <= ring->size;
}

bool ring_push(struct ring *ring, const struct ring_part *parts, size_t n)
{
	size_t len = 0;
	for (size_t i = 0; i < n; i++)
		len += parts[i].len;
	const size_t room = room_of(len);
	if (room > ring->size / 2)
		return false;
	uint64_t at = atomic_load_explicit(&ring->pushed, memory_order_relaxed);
	const size_t to_end = ring->size - (size_t)(at & (ring->size - 1));
	const size_t skip = to_end < room ? to_end : 0;
	if (!has_room(ring, at, skip + room))
		return false;
	if (skip > 0)
		put_length(ring, at, SKIP);
	at += skip;
	put_length(ring, at, len);
	uint8_t *to = ring->octets + (at & (ring->size - 1)) + sizeof(uint64_t);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].len > 0)
			memcpy(to, parts[i].data, parts[i].len);
		to += parts[i].len;
	}
	atomic_store_explicit(&ring->pushed, at + room, memory_order_release);
	return true;
}

uint64_t ring_mark(struct ring *ring)
{
	return atomic_load_explicit(&ring->pushed, memory_order_acquire);
}

const void *ring_next(struct ring *ring, uint64_t mark, size_t *out_len)
{
	uint64_t at = atomic_load_explicit(&ring->taken, memory_order_relaxed);
	if (at < mark && length_at(ring, at) == SKIP)
		at += ring->size - (at & (ring->size - 1));
	if (at >= mark)
		return NULL;
	const uint64_t len = length_at(ring, at);
	ring->next = at + room_of(len);
	*out_len = (size_t)len;
	return ring->octets + (at & (ring->size - 1)) + sizeof(uint64_t);
}

void ring_pop(struct ring *ring)
{
	atomic_store_explicit(&ring->taken, ring->next, memory_order_release);
}

bool ring_is_empty(struct ring *ring)
{
	return atomic_load_explicit(&ring->taken, memory_order_relaxed) >=
	       atomic_load_explicit(&ring->pushed, memory_order_acquire);
}
