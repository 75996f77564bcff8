/* signaling/service/credentials.h
 *
 * By what people join: a link and a PIN for each badge of a conference, kept as hashes; wrong PINs, revocation, and which tokens
 * are still good. Hashing is slow and is the caller's, on another thread: a PIN is judged in two steps, a new one comes with its hash.
 * Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_CREDENTIALS_H
#define ROSTRUM_SIGNALING_SERVICE_CREDENTIALS_H

#include "signaling/service/service.h"
#include "signaling/store/store.h"

/* Wrong PINs in a row after which each further one has to be waited for, doubling from a second to at most a quarter of an hour;
 * and after which the PIN is no longer taken at all, until a new one is issued. */
#define CREDENTIAL_FREE_TRIES 5
#define CREDENTIAL_TRIES_MAX 30
#define CREDENTIAL_WAIT_MAX_S 900
/* Credentials issued by one request. */
#define CREDENTIALS_BATCH_MAX 32
/* In all. */
#define CREDENTIALS_MAX 16384

/* One try. To a link that nobody has belong a salt and a hash all the same, so that nothing tells it apart but the answer. */
struct service_try {
	char link[STORE_LINK_LEN + 1];
	uint8_t salt[STORE_SALT_LEN];
	uint8_t hash[STORE_HASH_LEN]; /* what the PIN must hash to with this salt */
};

/* May this be tried now? It counts as wrong until service_try_end() says otherwise, so that tries side by side win nothing. 0;
 * -EAGAIN with `refusal` set: 429, *out_wait_s (at least 1) says for how long. */
int service_try_begin(struct service *service, const char *link, struct moment at,
	struct service_try *out_try, uint32_t *out_wait_s,
	struct service_refusal *refusal) RS_MUST_USE;
/* The PIN was hashed. 0 with the claims of the badge to be issued (in `meeting`, or "" for the one that suits best; the others are
 * listed after it). With `refusal` set: -EACCES, 403 wrong PIN, unknown, revoked or locked, all in the same words; -ENOENT, 404 no such
 * meeting. */
int service_try_end(struct service *service, const struct service_try *attempt,
	const uint8_t hash[STORE_HASH_LEN], const char *meeting, struct moment at,
	struct claims *out_claims, struct service_refusal *refusal) RS_MUST_USE;

/* New credentials, each with badge, link, salt and hash; `state` and `not_before_s` are worked out here. A badge that had some loses
 * its PIN, its link and all tokens issued before, and its pages and media are closed. All or none. 0: SERVICE_ANSWER follows once they
 * are durable, 200 {"conference", "issued": n}. With `refusal` set: -ENOENT, 404 conference or badge; -E2BIG, 429; -ENOMEM or what
 * the store says, 503. */
int service_credentials_issue(struct service *service, uint64_t request, const char *conference,
	struct store_credential *credentials, size_t n, struct moment at,
	struct service_refusal *refusal) RS_MUST_USE;
/* The badge's PIN and tokens are no longer good, its pages and media are closed; issue a new one to let it back. As above, 200
 * {"conference", "badge"}. */
int service_credentials_revoke(struct service *service, uint64_t request, const char *conference,
	const char *badge, struct moment at, struct service_refusal *refusal) RS_MUST_USE;
/* [{"badge", "name", "role", "delegation", "country", "rank", "state"}] of a conference, each badge once; `state` is "none" (never
 * issued), "issued", "revoked" or "locked". 0, -ENOENT, -ENOMEM, -E2BIG. */
int service_credentials(
	const struct service *service, const char *conference, struct rs_buf *out) RS_MUST_USE;
/* The badge's claims in this meeting, for a token to be issued (expires_s 0). 0, or -ENOENT. */
int service_badge_named(const struct service *service, const char *meeting, const char *badge,
	struct claims *out_claims) RS_MUST_USE;

/* Is this a meeting of the conference? */
bool service_conference_has(
	const struct service *service, const char *conference, const char *meeting);
/* Was this token issued before the badge's credential was revoked or issued anew? An admin's never. */
bool service_token_revoked(const struct service *service, const struct claims *claims);
/* Is the badge revoked, so that it is given no token until a new credential is issued? */
bool service_badge_revoked(const struct service *service, const char *meeting, const char *badge);

#endif
