/* common/base/scrypt.h
 *
 * scrypt (RFC 7914) by OpenSSL, for secrets short enough to be guessed: N = 2^14, r = 8, p = 1, which takes 16 MiB and 50 to 80 ms of one
 * core. For worker threads, not for a loop. No state: any thread.
 */
#ifndef ROSTRUM_COMMON_BASE_SCRYPT_H
#define ROSTRUM_COMMON_BASE_SCRYPT_H

#include "common/base/mem.h"

/* 0 and `out_len` octets; -EINVAL (`out_len` is 0), or -ENOMEM. */
int rs_scrypt(const void *secret, size_t secret_len, const void *salt, size_t salt_len,
	uint8_t *out, size_t out_len) RS_MUST_USE;

#endif
