/* common/base/envelope.h
 *
 * Encryption by OpenSSL: AES-256-GCM (NIST SP 800-38D), and keys of it wrapped to a public key, so that
 * whoever encrypts cannot read it again. Not thread safe as far as one recipient goes.
 *
 * A key is wrapped by RSA-OAEP with SHA-256 (RFC 8017 section 7.1) where the public key is an RSA key of at
 * least 3072 bits, or, where it is X25519 (RFC 7748), by AES-256-GCM under a key from
 * HKDF-SHA256 (RFC 5869; input: the shared secret with an ephemeral key; salt: ephemeral, then recipient's
 * public key; info: the caller's context), its nonce 12 zeros, since no such key is used twice.
 */
#ifndef ROSTRUM_COMMON_BASE_ENVELOPE_H
#define ROSTRUM_COMMON_BASE_ENVELOPE_H

#include "common/base/hash.h"

#define RS_AEAD_KEY_LEN 32
#define RS_AEAD_NONCE_LEN 12
#define RS_AEAD_TAG_LEN 16
/* RSA of 8192 bits; X25519: ephemeral key, wrapped key, tag: 80. */
#define RS_WRAPPED_MAX 1024
#define RS_KEY_PEM_MAX ((size_t)16 << 10)

/* `out` gets len octets and the tag. A nonce is used once with a key. 0 or -ENOMEM. */
int rs_aead_seal(const uint8_t key[RS_AEAD_KEY_LEN], const uint8_t nonce[RS_AEAD_NONCE_LEN],
	const void *aad, size_t aad_len, const void *data, size_t len, uint8_t *out) RS_MUST_USE;
/* The way back: `len` octets with the tag, `out` gets len less RS_AEAD_TAG_LEN. 0; -EACCES (not sealed so,
 * nothing in `out` is to be used); -ENOMEM. */
int rs_aead_open(const uint8_t key[RS_AEAD_KEY_LEN], const uint8_t nonce[RS_AEAD_NONCE_LEN],
	const void *aad, size_t aad_len, const uint8_t *data, size_t len, void *out) RS_MUST_USE;

/* A public key to wrap to, or the private one to unwrap with. */
struct rs_recipient;

/* PEM of SubjectPublicKeyInfo. 0; -EBADMSG (no such PEM); -EOPNOTSUPP (neither X25519 nor RSA of 3072 to 8192
 * bits); -ENOMEM. */
int rs_recipient_new_public(
	const char *pem, size_t len, struct rs_recipient **out_recipient) RS_MUST_USE;
/* PEM of an unencrypted PKCS #8 key. As above. */
int rs_recipient_new_private(
	const char *pem, size_t len, struct rs_recipient **out_recipient) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct rs_recipient *rs_recipient_free(struct rs_recipient *recipient);
void rs_recipient_freep(struct rs_recipient **recipient);
/* SHA-256 of the DER of the public key: by which it is told from others. */
const uint8_t *rs_recipient_id(const struct rs_recipient *recipient);
/* "rsa-oaep-sha256" or "x25519-hkdf-sha256-aes-256-gcm". */
const char *rs_recipient_method(const struct rs_recipient *recipient);

/* `context` is a text that has to be the same when unwrapping. Octets written to `out`, or -ENOMEM. */
int rs_wrap(const struct rs_recipient *recipient, const char *context,
	const uint8_t key[RS_AEAD_KEY_LEN], uint8_t out[RS_WRAPPED_MAX]) RS_MUST_USE;
/* 0; -EACCES (not wrapped to this key, or in another context); -EINVAL (a public key); -ENOMEM. */
int rs_unwrap(const struct rs_recipient *recipient, const char *context, const uint8_t *wrapped,
	size_t len, uint8_t out_key[RS_AEAD_KEY_LEN]) RS_MUST_USE;

#endif
