#include "common/base/rand.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static uint64_t rotate_left(uint64_t value, unsigned n)
{
	return value << n | value >> (64 - n);
}

/* splitmix64: spreads a seed over the generator's state. */
static uint64_t seed_next(uint64_t *seed)
{
	*seed += 0x9E3779B97F4A7C15U;
	uint64_t z = *seed;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
	z = (z ^ z >> 27) * 0x94D049BB133111EBU;
	return z ^ z >> 31;
}

/* xoshiro256** (Blackman and Vigna). */
static uint64_t seeded_next(struct rs_rand *rand)
{
	uint64_t *s = rand->state;
	const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	const uint64_t t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}

void rs_rand_init_system(struct rs_rand *rand)
{
	*rand = (struct rs_rand){ .system = true };
}

void rs_rand_init_seed(struct rs_rand *rand, uint64_t seed)
{
	*rand = (struct rs_rand){ .system = false };
	for (size_t i = 0; i < 4; i++)
		rand->state[i] = seed_next(&seed);
}

static void system_bytes(uint8_t *out, size_t len)
{
	while (len > 0) {
		const ssize_t n = getrandom(out, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			abort(); /* without entropy no key may be made */
		out += n;
		len -= (size_t)n;
	}
}

void rs_rand_bytes(struct rs_rand *rand, void *out, size_t len)
{
	if (rand->system) {
		system_bytes(out, len);
		return;
	}
	uint8_t *b = out;
	while (len > 0) {
		const uint64_t word = seeded_next(rand);
		const size_t n = len < sizeof(word) ? len : sizeof(word);
		memcpy(b, &word, n);
		b += n;
		len -= n;
	}
}

uint32_t rs_rand_u32(struct rs_rand *rand)
{
	uint32_t value;
	rs_rand_bytes(rand, &value, sizeof(value));
	return value;
}

uint32_t rs_rand_below(struct rs_rand *rand, uint32_t bound)
{
	const uint32_t reject_below = (0U - bound) % bound;
	uint32_t value;
	do
		value = rs_rand_u32(rand);
	while (value < reject_below);
	return value % bound;
}

void rs_rand_text(struct rs_rand *rand, char *out, size_t len)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	for (size_t i = 0; i < len; i++)
		out[i] = alphabet[rs_rand_below(rand, sizeof(alphabet) - 1)];
	out[len] = '\0';
}
