/* common/base/map.h
 *
 * Hash map from a short key (octets, copied) to a pointer (not owned), bounded at birth.
 * Open addressing, SipHash-2-4 keyed at random so that a peer cannot choose collisions. Not thread safe.
 */
#ifndef ROSTRUM_COMMON_BASE_MAP_H
#define ROSTRUM_COMMON_BASE_MAP_H

#include "common/base/mem.h"
#include "common/base/rand.h"

struct rs_map;

/* At most `max` entries, keys of 1 to `max_key` octets. Memory is taken at birth. 0, -EINVAL or -ENOMEM. */
int rs_map_new(
	size_t max, size_t max_key, struct rs_rand *rand, struct rs_map **out_map) RS_MUST_USE;
struct rs_map *rs_map_free(struct rs_map *map);
size_t rs_map_count(const struct rs_map *map);
/* NULL when absent. */
void *rs_map_find(const struct rs_map *map, const void *key, size_t key_len);
/* 0, -EEXIST, -E2BIG (full), or -EINVAL (key too long or empty, value NULL). */
int rs_map_add(struct rs_map *map, const void *key, size_t key_len, void *value) RS_MUST_USE;
/* Returns the value taken out, or NULL. */
void *rs_map_remove(struct rs_map *map, const void *key, size_t key_len);
/* Walk: start with *cursor = 0; returns values until NULL. The map may not change meanwhile. */
void *rs_map_next(const struct rs_map *map, size_t *cursor);

#endif
