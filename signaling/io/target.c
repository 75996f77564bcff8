#include "signaling/io/target.h"

#include <string.h>

struct block {
	uint8_t ip[16];
	unsigned bits;
};

/* IANA's special-purpose registries (RFC 6890 and later), as far as they are not globally reachable. */
static const struct block v4_blocks[] = {
	{ { 0 }, 8 }, { { 10 }, 8 }, { { 100, 64 }, 10 }, { { 127 }, 8 }, { { 169, 254 }, 16 },
	{ { 172, 16 }, 12 }, { { 192, 0, 0 }, 24 }, { { 192, 0, 2 }, 24 }, { { 192, 88, 99 }, 24 },
	{ { 192, 168 }, 16 }, { { 198, 18 }, 15 }, { { 198, 51, 100 }, 24 },
	{ { 203, 0, 113 }, 24 }, { { 224 }, 3 }, /* multicast and reserved */
};

/* Only 2000::/3 is given out; of that, these are not. */
static const struct block v6_global = { { 0x20 }, 3 };
static const struct block v6_blocks[] = {
	{ { 0x20, 0x01 }, 23 }, /* IETF protocol assignments, Teredo among them */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
	{ { 0x20, 0x02 }, 16 }, /* 6to4: an IPv4 address inside */
	{ { 0x3f, 0xff }, 20 },
};

static bool is_in(const uint8_t *ip, const struct block *block)
{
	const size_t whole = block->bits / 8;
	const unsigned rest = block->bits % 8;
	if (memcmp(ip, block->ip, whole) != 0)
		return false;
	return rest == 0 || (ip[whole] >> (8 - rest)) == (block->ip[whole] >> (8 - rest));
}

static bool is_in_any(const uint8_t *ip, const struct block *blocks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_in(ip, &blocks[i]))
			return true;
	}
	return false;
}

bool target_is_public(const struct rs_addr *addr)
{
	if (addr->family == RS_ADDR_V4)
		return !is_in_any(addr->ip, v4_blocks, RS_ARRAY_LEN(v4_blocks));
	return addr->family == RS_ADDR_V6 && is_in(addr->ip, &v6_global) &&
	       !is_in_any(addr->ip, v6_blocks, RS_ARRAY_LEN(v6_blocks));
}
