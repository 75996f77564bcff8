#include "common/base/scrypt.h"

#include <openssl/evp.h>

#include <errno.h>

#define COST (UINT64_C(1) << 14)
#define BLOCK_SIZE 8
#define PARALLEL 1
/* What these take is 16 MiB and a little. */
#define MEMORY_MAX (UINT64_C(32) << 20)

int rs_scrypt(const void *secret, size_t secret_len, const void *salt, size_t salt_len,
	uint8_t *out, size_t out_len)
{
	if (out_len == 0)
		return -EINVAL;
	return EVP_PBE_scrypt(secret, secret_len, salt, salt_len, COST, BLOCK_SIZE, PARALLEL,
		       MEMORY_MAX, out, out_len) == 1
		       ? 0
		       : -ENOMEM;
}
