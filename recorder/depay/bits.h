/* recorder/depay/bits.h
 *
 * Bits of a codec's header, most significant first. As with rs_reader, reading past the end fails
 * for good and gives 0: read all fields, then test once. No allocation.
 */
#ifndef ROSTRUM_RECORDER_DEPAY_BITS_H
#define ROSTRUM_RECORDER_DEPAY_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bits {
	const uint8_t *data;
	size_t len; /* octets */
	size_t at;  /* bits */
	bool failed;
};

static inline void bits_init(struct bits *bits, const uint8_t *data, size_t len)
{
	*bits = (struct bits){ .data = data, .len = len };
}

static inline unsigned bits_one(struct bits *bits)
{
	if (bits->failed || bits->at / 8 >= bits->len) {
		bits->failed = true;
		return 0;
	}
	const unsigned bit = bits->data[bits->at / 8] >> (7 - bits->at % 8) & 1;
	bits->at++;
	return bit;
}

/* At most 32. */
static inline uint32_t bits_read(struct bits *bits, unsigned n)
{
	uint32_t value = 0;
	for (unsigned i = 0; i < n; i++)
		value = value << 1 | bits_one(bits);
	return value;
}

/* Exp-Golomb, ue(v): ITU-T H.264 section 9.1. AV1 calls it uvlc(). More than 31 leading zeros fail. */
static inline uint32_t bits_ue(struct bits *bits)
{
	unsigned zeros = 0;
	while (!bits->failed && bits_one(bits) == 0)
		zeros++;
	if (zeros > 31)
		bits->failed = true;
	return bits->failed ? 0 : (UINT32_C(1) << zeros) - 1 + bits_read(bits, zeros);
}

/* se(v): 0, 1, -1, 2, -2, ... */
static inline int64_t bits_se(struct bits *bits)
{
	const int64_t code = bits_ue(bits);
	return code % 2 == 1 ? (code + 1) / 2 : -(code / 2);
}

#endif
