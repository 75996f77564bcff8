/* signaling/rules/lot.h
 *
 * Drawing lots so that anyone can verify the draw: all chance is one seed of 32 octets, drawn by the server, kept in the event
 * of the draw, and committed to by its SHA-256 beforehand where somebody could gain from choosing. The way from the seed to
 * the outcome is written down in signaling/wire/PROTOCOL.md section 3.1, with examples. No state but what the caller keeps.
 */
#ifndef ROSTRUM_SIGNALING_RULES_LOT_H
#define ROSTRUM_SIGNALING_RULES_LOT_H

#include "common/base/hash.h"

#include <stddef.h>
#include <stdint.h>

#define LOT_SEED_LEN 32
/* Hexadecimal digits of a seed or a commitment. */
#define LOT_HEX_LEN 64

/* The numbers that follow from a seed: the k-th (from 0) is the first 8 octets, big-endian, of SHA-256(seed || k), k as 4 octets
 * big-endian. */
struct lot {
	uint8_t seed[LOT_SEED_LEN];
	uint32_t next;
};

/* What is published before the draw. */
void lot_commit(const uint8_t seed[LOT_SEED_LEN], uint8_t out[RS_SHA256_LEN]);
/* Copies the seed. */
void lot_init(struct lot *lot, const uint8_t seed[LOT_SEED_LEN]);
/* One of 0 to bound - 1, each as likely as the others (`bound` > 0): the next number modulo `bound`, where numbers at or above
 * the largest multiple of `bound` that 64 bits hold are passed over. */
uint32_t lot_below(struct lot *lot, uint32_t bound);

#endif
