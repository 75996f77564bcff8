#include "common/base/map.h"

#include <errno.h>
#include <string.h>

struct entry {
	void *value; /* NULL: free */
	uint64_t hash;
	size_t key_len;
};

struct rs_map {
	size_t max;
	size_t max_key;
	size_t mask; /* slots - 1, slots a power of two >= 2 * max */
	size_t count;
	uint64_t seed[2];
	struct entry *entries;
	uint8_t *keys; /* max_key octets a slot */
};

static uint64_t rotate_left(uint64_t value, unsigned n)
{
	return value << n | value >> (64 - n);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate_left(v[1], 13) ^ v[0];
	v[0] = rotate_left(v[0], 32);
	v[2] += v[3];
	v[3] = rotate_left(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate_left(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate_left(v[1], 17) ^ v[2];
	v[2] = rotate_left(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

/* SipHash-2-4 (Aumasson and Bernstein). */
static uint64_t sip_hash(const uint64_t seed[2], const uint8_t *data, size_t len)
{
	uint64_t v[4] = { seed[0] ^ 0x736F6D6570736575U, seed[1] ^ 0x646F72616E646F6DU,
		seed[0] ^ 0x6C7967656E657261U, seed[1] ^ 0x7465646279746573U };
	size_t i = 0;
	for (; i + 8 <= len; i += 8) {
		uint64_t word;
		memcpy(&word, data + i, sizeof(word));
		sip_word(v, word);
	}
	uint64_t last = (uint64_t)len << 56;
	for (unsigned shift = 0; i < len; i++, shift += 8)
		last |= (uint64_t)data[i] << shift;
	sip_word(v, last);

	v[2] ^= 0xFF;
	for (int round = 0; round < 4; round++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

int rs_map_new(size_t max, size_t max_key, struct rs_rand *rand, struct rs_map **out_map)
{
	if (max == 0 || max > SIZE_MAX / 8 || max_key == 0)
		return -EINVAL;

	struct rs_map *map = rs_zalloc(sizeof(*map));
	if (map == NULL)
		return -ENOMEM;
	size_t slots = 4;
	while (slots < 2 * max)
		slots *= 2;
	map->max = max;
	map->max_key = max_key;
	map->mask = slots - 1;
	rs_rand_bytes(rand, map->seed, sizeof(map->seed));
	map->entries = rs_calloc(slots, sizeof(*map->entries));
	map->keys = rs_calloc(slots, max_key);
	if (map->entries == NULL || map->keys == NULL) {
		rs_map_free(map);
		return -ENOMEM;
	}
	*out_map = map;
	return 0;
}

struct rs_map *rs_map_free(struct rs_map *map)
{
	if (map == NULL)
		return NULL;
	rs_release(map->entries);
	rs_release(map->keys);
	return rs_release(map);
}

size_t rs_map_count(const struct rs_map *map)
{
	return map->count;
}

/* The slot that holds the key, or the free slot where it would go. */
static size_t find_slot(const struct rs_map *map, const void *key, size_t key_len, uint64_t hash)
{
	size_t slot = hash & map->mask;
	while (map->entries[slot].value != NULL) {
		const struct entry *entry = &map->entries[slot];
		if (entry->hash == hash && entry->key_len == key_len &&
			memcmp(map->keys + slot * map->max_key, key, key_len) == 0)
			break;
		slot = (slot + 1) & map->mask;
	}
	return slot;
}

static bool key_fits(const struct rs_map *map, size_t key_len)
{
	return key_len > 0 && key_len <= map->max_key;
}

void *rs_map_find(const struct rs_map *map, const void *key, size_t key_len)
{
	if (!key_fits(map, key_len))
		return NULL;
	const uint64_t hash = sip_hash(map->seed, key, key_len);
	return map->entries[find_slot(map, key, key_len, hash)].value;
}

int rs_map_add(struct rs_map *map, const void *key, size_t key_len, void *value)
{
	if (!key_fits(map, key_len) || value == NULL)
		return -EINVAL;
	const uint64_t hash = sip_hash(map->seed, key, key_len);
	const size_t slot = find_slot(map, key, key_len, hash);
	if (map->entries[slot].value != NULL)
		return -EEXIST;
	if (map->count == map->max)
		return -E2BIG;
	map->entries[slot] = (struct entry){ .value = value, .hash = hash, .key_len = key_len };
	memcpy(map->keys + slot * map->max_key, key, key_len);
	map->count++;
	return 0;
}

/* Close the hole at `hole` by moving later entries of the same run back (no tombstones). */
static void close_hole(struct rs_map *map, size_t hole)
{
	size_t slot = hole;
	for (;;) {
		slot = (slot + 1) & map->mask;
		struct entry *entry = &map->entries[slot];
		if (entry->value == NULL)
			break;
		const size_t home = entry->hash & map->mask;
		if (((slot - home) & map->mask) < ((slot - hole) & map->mask))
			continue; /* its home lies after the hole: it may not move before it */
		map->entries[hole] = *entry;
		memcpy(map->keys + hole * map->max_key, map->keys + slot * map->max_key,
			entry->key_len);
		hole = slot;
	}
	map->entries[hole] = (struct entry){ .value = NULL };
}

void *rs_map_remove(struct rs_map *map, const void *key, size_t key_len)
{
	if (!key_fits(map, key_len))
		return NULL;
	const uint64_t hash = sip_hash(map->seed, key, key_len);
	const size_t slot = find_slot(map, key, key_len, hash);
	void *value = map->entries[slot].value;
	if (value == NULL)
		return NULL;
	close_hole(map, slot);
	map->count--;
	return value;
}

void *rs_map_next(const struct rs_map *map, size_t *cursor)
{
	while (*cursor <= map->mask) {
		void *value = map->entries[(*cursor)++].value;
		if (value != NULL)
			return value;
	}
	return NULL;
}
