/* signaling/ballot/ballot.h
 *
 * Blind signatures for secret ballots: RSABSSA-SHA384-PSS-Randomized (RFC 9474 section 5), the signer's and the verifier's part.
 * A key serves one ballot alone. What is signed is blinded by the voter, perfectly: from all that the signer ever sees nobody
 * can tell whose a token is. Not thread safe but for ballot_key_make(), which takes some tenths of a second.
 */
#ifndef ROSTRUM_SIGNALING_BALLOT_BALLOT_H
#define ROSTRUM_SIGNALING_BALLOT_BALLOT_H

#include "common/base/mem.h"

/* Octets of the modulus of a key that is made, hence of what is blinded and of a signature. */
#define BALLOT_RSA_LEN 256
#define BALLOT_RSA_HEX (2 * BALLOT_RSA_LEN)
/* Largest modulus that is taken. */
#define BALLOT_RSA_MAX 512
/* Octets of the random prefix of a message (RFC 9474 section 4.1): the token by which a ballot is known. */
#define BALLOT_TOKEN_LEN 32
/* Octets of a key's PEM text, at most. */
#define BALLOT_PEM_MAX 8192

struct ballot_key;

/* Puts a fresh key of 2048 bits into this file (PEM, mode 0600), flushed, in the place of what is there; on its way it is PATH.part.
 * Takes some tenths of a second, on any thread. 0; -EIO (the file); -ENOMEM. */
int ballot_key_make(const char *path) RS_MUST_USE;
/* The key in this file. 0; -ENOENT; -EIO (the file or its content); -ENOMEM. */
int ballot_key_open(const char *path, struct ballot_key **out_key) RS_MUST_USE;
/* Is the key in this file needed yet? */
typedef bool ballot_keep_fn(void *ctx, const char *path);
/* Removes all ballot-*.pem and ballot-*.pem.part of a folder that are not kept. How many, or -EIO (the folder). */
int ballot_keys_sweep(const char *folder, ballot_keep_fn *keeps, void *ctx) RS_MUST_USE;
/* From PEM text. 0, -EBADMSG (no RSA key of at most BALLOT_RSA_MAX octets) or -ENOMEM. */
int ballot_key_read(const char *pem, size_t len, struct ballot_key **out_key) RS_MUST_USE;
/* Wipes it. NULL is fine. Returns NULL. */
struct ballot_key *ballot_key_free(struct ballot_key *key);
/* Octets of the modulus. */
size_t ballot_key_len(const struct ballot_key *key);
/* The modulus, big-endian, ballot_key_len() octets; the public exponent is 65537. */
void ballot_key_modulus(const struct ballot_key *key, uint8_t *out);
/* RFC 9474 section 4.3. `blinded` and `out` have ballot_key_len() octets; the same blinded message has the same signature.
 * 0; -EBADMSG (not below the modulus); -EIO (the check of the result failed). */
int ballot_sign(const struct ballot_key *key, const uint8_t *blinded, uint8_t *out) RS_MUST_USE;
/* RFC 9474 section 4.5, of a prepared message: token, then what the ballot is about. 0; -EACCES (not signed by this key); -ENOMEM. */
int ballot_verify(const uint8_t *modulus, size_t modulus_len, const void *message, size_t len,
	const uint8_t *signature) RS_MUST_USE;

#endif
