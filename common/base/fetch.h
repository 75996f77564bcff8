/* common/base/fetch.h
 *
 * For paths that go through hundreds of objects none of which is in the processor's cache: what the next ones need is asked
 * for while this one is worked at. Changes nothing.
 */
#ifndef ROSTRUM_COMMON_BASE_FETCH_H
#define ROSTRUM_COMMON_BASE_FETCH_H

#include <stddef.h>
#include <stdint.h>

/* `len` octets from `at` on are about to be read and written. `at` may be anything, as nothing is read. */
static inline void rs_fetch(const void *at, size_t len)
{
	const uintptr_t line = 64; /* of a processor's cache */
	const uint8_t *end = (const uint8_t *)at + len;
	for (const uint8_t *p = (const uint8_t *)at - (uintptr_t)at % line; p < end; p += line)
		__builtin_prefetch(p, 1);
}

#endif
