/* signaling/auth/auth.h
 *
 * Tokens: JWTs (RFC 7519) signed with HMAC-SHA256 by the site's one secret. Issued at the import of a conference
 * and by rostrumctl; verified at every door. Not thread safe.
 */
#ifndef ROSTRUM_SIGNALING_AUTH_AUTH_H
#define ROSTRUM_SIGNALING_AUTH_AUTH_H

#include "common/base/hash.h"
#include "common/base/rand.h"
#include "signaling/auth/claims.h"

/* Octets of the site's secret: hex digits, as they stand in its file, of as many bits as the digest (RFC 7518 section 3.2). */
#define AUTH_SECRET_LEN 64
/* Longest token taken or issued, NUL included. */
#define AUTH_TOKEN_LEN 2048
#define AUTH_ERROR_LEN 256

struct auth;

/* Copies the secret; `lifetime_s` is what a token lives that is issued without an end. 0, -EINVAL (lifetime_s < 1) or -ENOMEM. */
int auth_new(const uint8_t secret[AUTH_SECRET_LEN], int64_t lifetime_s,
	struct auth **out_auth) RS_MUST_USE;
/* Wipes the secret. NULL is fine. Returns NULL. */
struct auth *auth_free(struct auth *auth);
/* Sign `claims` as of `wall_s`. 0, -EINVAL (claims that auth_verify() would not take), -ENOSPC, -ENOMEM. */
int auth_issue(const struct auth *auth, const struct claims *claims, int64_t wall_s,
	char out_token[AUTH_TOKEN_LEN]) RS_MUST_USE;
/* 0 and *out_claims; -EACCES (no JWT, signed otherwise or by another, not issued by Rostrum); -ETIMEDOUT (expired; *out_claims
 * is filled all the same); -EBADMSG (signed by us, but a claim is missing or malformed); -ENOMEM. */
int auth_verify(const struct auth *auth, const char *token, int64_t wall_ms,
	struct claims *out_claims) RS_MUST_USE;

/* Thirty-two octets that follow from the secret and `label`, and from which nobody learns anything about it or those of
 * another label: HMAC-SHA256. */
void auth_derive(const struct auth *auth, const char *label, uint8_t out[RS_SHA256_LEN]);

/* The secret kept in a file of mode 0600, made at random when there is none yet. 0; -EIO (cannot be read or made);
 * -EACCES (others than the owner may read it); -EBADMSG (not a secret: 64 hex digits); `error` names the file. */
int auth_secret_load(const char *path, struct rs_rand *rand, uint8_t out_secret[AUTH_SECRET_LEN],
	char error[AUTH_ERROR_LEN]) RS_MUST_USE;

#endif
