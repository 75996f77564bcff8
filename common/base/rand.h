/* common/base/rand.h
 *
 * Entropy as an object, so that machines are reproducible in tests: seeded (xoshiro256**, for
 * tests and jitter only) or from the system (getrandom, for everything secret).
 */
#ifndef ROSTRUM_COMMON_BASE_RAND_H
#define ROSTRUM_COMMON_BASE_RAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rs_rand {
	uint64_t state[4];
	bool system; /* ask the kernel; state is unused */
};

/* System entropy; the only kind fit for keys, passwords and identifiers that must not be guessed. */
void rs_rand_init_system(struct rs_rand *rand);
/* Deterministic sequence for tests. */
void rs_rand_init_seed(struct rs_rand *rand, uint64_t seed);
void rs_rand_bytes(struct rs_rand *rand, void *out, size_t len);
uint32_t rs_rand_u32(struct rs_rand *rand);
/* Uniform in [0, bound), bound > 0, without modulo bias. */
uint32_t rs_rand_below(struct rs_rand *rand, uint32_t bound);
/* `len` characters of [A-Za-z0-9] and a NUL into `out` of len + 1 octets (5.95 bits each). */
void rs_rand_text(struct rs_rand *rand, char *out, size_t len);

#endif
