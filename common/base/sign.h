/* common/base/sign.h
 *
 * Signatures with Ed25519 (RFC 8032) by OpenSSL, and their keys as text that other programs read:
 * PEM of PKCS #8 and of SubjectPublicKeyInfo (RFC 8410). A signer is not thread safe.
 */
#ifndef ROSTRUM_COMMON_BASE_SIGN_H
#define ROSTRUM_COMMON_BASE_SIGN_H

#include "common/base/mem.h"

#define RS_SIGN_SEED_LEN 32 /* the private key of RFC 8032 section 5.1.5 */
#define RS_SIGN_PUBLIC_LEN 32
#define RS_SIGNATURE_LEN 64
/* Texts with their NUL. */
#define RS_SIGN_SECRET_PEM_LEN 120
#define RS_SIGN_PUBLIC_PEM_LEN 114

struct rs_signer;

/* Copies the seed, which stays the caller's to wipe. 0 or -ENOMEM. */
int rs_signer_new(const uint8_t seed[RS_SIGN_SEED_LEN], struct rs_signer **out_signer) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct rs_signer *rs_signer_free(struct rs_signer *signer);
void rs_signer_freep(struct rs_signer **signer);
const uint8_t *rs_signer_public(const struct rs_signer *signer);

/* The same octets and key give the same signature. 0 or -ENOMEM. */
int rs_sign(const struct rs_signer *signer, const void *data, size_t len,
	uint8_t out_signature[RS_SIGNATURE_LEN]) RS_MUST_USE;
/* 0; -EACCES (not signed so by this key, or this is no key); -ENOMEM. */
int rs_sign_check(const uint8_t key[RS_SIGN_PUBLIC_LEN], const void *data, size_t len,
	const uint8_t signature[RS_SIGNATURE_LEN]) RS_MUST_USE;

/* As OpenSSL writes them, with a newline at the end. The secret one is the caller's to wipe. */
void rs_sign_write_secret(
	const uint8_t seed[RS_SIGN_SEED_LEN], char out_pem[RS_SIGN_SECRET_PEM_LEN]);
void rs_sign_write_public(
	const uint8_t key[RS_SIGN_PUBLIC_LEN], char out_pem[RS_SIGN_PUBLIC_PEM_LEN]);
/* All of `len` octets, as written above; the last newline may be missing. 0 or -EBADMSG (something
 * else, or a key of another kind). */
int rs_sign_parse_secret(
	const char *pem, size_t len, uint8_t out_seed[RS_SIGN_SEED_LEN]) RS_MUST_USE;
int rs_sign_parse_public(
	const char *pem, size_t len, uint8_t out_key[RS_SIGN_PUBLIC_LEN]) RS_MUST_USE;

#endif
