/* tests/support/known_content_priv.h
 *
 * What the sender and the reader of known content share.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_KNOWN_CONTENT_PRIV_H
#define ROSTRUM_TESTS_SUPPORT_KNOWN_CONTENT_PRIV_H

#include "tests/support/known_content.h"

#define KNOWN_EPOCH INT64_C(1795305600000000) /* wall clock of session time 0 */

/* Put a packet on the line, which may lose it. */
void known_fly(struct known_world *world, struct known_source *source, const uint8_t *data,
	size_t len, rs_time now);
struct disk known_disk(struct known_memory *memory);
void known_memory_done(struct known_memory *memory);
/* Takes the lines a track has for events.jsonl; `ctx` is the memory. */
int known_note(void *ctx, const char *type, json_t *payload);
/* What a coded frame must be found to be. */
uint32_t known_digest(const uint8_t *data, size_t len);
int64_t known_number(const json_t *json, const char *key);

#endif
