/* signaling/service/site/credentials.h
 *
 * The credentials as the service keeps them.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_SITE_CREDENTIALS_H
#define ROSTRUM_SIGNALING_SERVICE_SITE_CREDENTIALS_H

#include "signaling/service/credentials.h"

struct service;

/* Changes that are being written down. */
#define CREDENTIAL_CHANGES_MAX 64

struct credential {
	struct store_credential stored;
	uint32_t wrong; /* tries since the last good one */
	rs_time wait_until;
};

/* One change on its way to the store. */
struct credential_change {
	struct credential_change *next;
	uint64_t request; /* 0 = nobody waits for it */
	uint64_t ticket;
	bool revokes;
	size_t n;
	struct store_credential list[CREDENTIALS_BATCH_MAX];
};

/* Known from now on, in place of what was there before. 0, -E2BIG or -ENOMEM. */
int credential_keep(struct service *service, const struct store_credential *stored) RS_MUST_USE;
/* Hand to the store. 0 or negative as the store has it; `change` is then its own. */
int credential_change(struct service *service, const struct store_credential *list, size_t n,
	bool revokes, uint64_t request) RS_MUST_USE;

int credentials_init(struct service *service) RS_MUST_USE;
void credentials_done(struct service *service);
/* The store has a change, or not. */
void credentials_stored(struct service *service, const struct store_done *done, struct moment at);
/* Seconds of the wall clock before which the badge's tokens are no longer good; 0 = all are. */
int64_t credential_not_before(
	const struct service *service, const char *meeting, const char *badge);

#endif
