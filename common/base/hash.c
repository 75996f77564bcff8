#include "common/base/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <errno.h>
#include <stdlib.h>

struct rs_hash {
	EVP_MD_CTX *ctx;
	const EVP_MD *md;
};

static void must(int ok)
{
	if (ok != 1)
		abort(); /* a digest without parameters fails only when OpenSSL itself is broken */
}

int rs_hash_new(enum rs_hash_kind kind, struct rs_hash **out_hash)
{
	struct rs_hash *hash = rs_zalloc(sizeof(*hash));
	if (hash == NULL)
		return -ENOMEM;

	hash->md = kind == RS_HASH_SHA256 ? EVP_sha256() : EVP_sha512();
	hash->ctx = EVP_MD_CTX_new();
	if (hash->ctx == NULL || EVP_DigestInit_ex(hash->ctx, hash->md, NULL) != 1) {
		rs_hash_free(hash);
		return -ENOMEM;
	}
	*out_hash = hash;
	return 0;
}

struct rs_hash *rs_hash_free(struct rs_hash *hash)
{
	if (hash == NULL)
		return NULL;
	EVP_MD_CTX_free(hash->ctx);
	return rs_release(hash);
}

void rs_hash_freep(struct rs_hash **hash)
{
	*hash = rs_hash_free(*hash);
}

void rs_hash_add(struct rs_hash *hash, const void *data, size_t len)
{
	must(EVP_DigestUpdate(hash->ctx, data, len));
}

void rs_hash_finish(struct rs_hash *hash, uint8_t *out)
{
	must(EVP_DigestFinal_ex(hash->ctx, out, NULL));
	must(EVP_DigestInit_ex(hash->ctx, hash->md, NULL));
}

void rs_sha256(const void *data, size_t len, uint8_t out[RS_SHA256_LEN])
{
	must(EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL));
}

void rs_sha512(const void *data, size_t len, uint8_t out[RS_SHA512_LEN])
{
	must(EVP_Digest(data, len, out, NULL, EVP_sha512(), NULL));
}

void rs_hmac_sha256(
	const void *key, size_t key_len, const void *data, size_t len, uint8_t out[RS_SHA256_LEN])
{
	unsigned out_len = RS_SHA256_LEN;
	if (HMAC(EVP_sha256(), key, (int)key_len, data, len, out, &out_len) == NULL)
		abort();
}

void rs_hmac_sha1(
	const void *key, size_t key_len, const void *data, size_t len, uint8_t out[RS_SHA1_LEN])
{
	unsigned out_len = RS_SHA1_LEN;
	if (HMAC(EVP_sha1(), key, (int)key_len, data, len, out, &out_len) == NULL)
		abort();
}
