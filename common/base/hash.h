/* common/base/hash.h
 *
 * Digests by OpenSSL: SHA-256 (event chain, ledger), SHA-512 (BagIt), HMAC-SHA1 (STUN integrity), HMAC-SHA256.
 */
#ifndef ROSTRUM_COMMON_BASE_HASH_H
#define ROSTRUM_COMMON_BASE_HASH_H

#include "common/base/mem.h"

#define RS_SHA256_LEN 32
#define RS_SHA512_LEN 64
#define RS_SHA1_LEN 20

enum rs_hash_kind {
	RS_HASH_SHA256,
	RS_HASH_SHA512,
};

struct rs_hash;

/* Incremental digest. 0, or -ENOMEM. */
int rs_hash_new(enum rs_hash_kind kind, struct rs_hash **out_hash) RS_MUST_USE;
struct rs_hash *rs_hash_free(struct rs_hash *hash);
void rs_hash_freep(struct rs_hash **hash);
void rs_hash_add(struct rs_hash *hash, const void *data, size_t len);
/* Writes the digest (32 or 64 octets) and starts anew. */
void rs_hash_finish(struct rs_hash *hash, uint8_t *out);

/* One-shot forms; they abort on a broken OpenSSL only. */
void rs_sha256(const void *data, size_t len, uint8_t out[RS_SHA256_LEN]);
void rs_sha512(const void *data, size_t len, uint8_t out[RS_SHA512_LEN]);
void rs_hmac_sha1(
	const void *key, size_t key_len, const void *data, size_t len, uint8_t out[RS_SHA1_LEN]);
void rs_hmac_sha256(
	const void *key, size_t key_len, const void *data, size_t len, uint8_t out[RS_SHA256_LEN]);

#endif
