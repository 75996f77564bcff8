#include "signaling/rules/lot.h"

#include <string.h>

void lot_commit(const uint8_t seed[LOT_SEED_LEN], uint8_t out[RS_SHA256_LEN])
{
	rs_sha256(seed, LOT_SEED_LEN, out);
}

void lot_init(struct lot *lot, const uint8_t seed[LOT_SEED_LEN])
{
	memcpy(lot->seed, seed, LOT_SEED_LEN);
	lot->next = 0;
}

static uint64_t next_number(struct lot *lot)
{
	uint8_t text[LOT_SEED_LEN + sizeof(uint32_t)];
	uint8_t hash[RS_SHA256_LEN];
	const uint32_t k = lot->next++;
	memcpy(text, lot->seed, LOT_SEED_LEN);
	for (size_t i = 0; i < sizeof(k); i++)
		text[LOT_SEED_LEN + i] = (uint8_t)(k >> (24 - 8 * i));
	rs_sha256(text, sizeof(text), hash);
	uint64_t number = 0;
	for (size_t i = 0; i < sizeof(number); i++)
		number = number << 8 | hash[i];
	return number;
}

uint32_t lot_below(struct lot *lot, uint32_t bound)
{
	/* 2^64 modulo bound, without 2^64. */
	const uint64_t over = (UINT64_MAX % bound + 1) % bound;
	uint64_t number;
	do {
		number = next_number(lot);
	} while (over != 0 && number > UINT64_MAX - over);
	return (uint32_t)(number % bound);
}
