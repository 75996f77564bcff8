/* PINs that are tried: how often, how fast, and what a right one gives. */
#include "common/log/log.h"
#include "signaling/service/answer/problem.h"
#include "signaling/service/credentials.h"
#include "signaling/service/service.h"
#include "signaling/service/site/credentials.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/state.h"

#include <errno.h>

static struct credential *find_link(const struct service *service, const char *link)
{
	return strlen(link) == STORE_LINK_LEN ? rs_map_find(service->links, link, STORE_LINK_LEN)
					      : NULL;
}

static bool is_open(const struct credential *credential)
{
	return credential != NULL && credential->stored.state == STORE_CREDENTIAL_GOOD;
}

/* After the n-th wrong try in a row. */
static rs_time wait_after(uint32_t wrong)
{
	if (wrong < CREDENTIAL_FREE_TRIES)
		return 0;
	const uint32_t doubled = wrong - CREDENTIAL_FREE_TRIES;
	const rs_time wait = RS_SEC(1) << (doubled < 16 ? doubled : 16);
	return wait < RS_SEC(CREDENTIAL_WAIT_MAX_S) ? wait : RS_SEC(CREDENTIAL_WAIT_MAX_S);
}

/* The PIN is guessed at: a new one is needed. It is locked at once, and durably as soon as the store has it. */
static void lock(struct service *service, struct credential *credential)
{
	credential->stored.state = STORE_CREDENTIAL_LOCKED;
	service->counters.pins_locked++;
	log_warning(LOG_AUTH, credential->stored.badge, "PIN locked after wrong tries n=%u",
		credential->wrong);
	if (credential_change(service, &credential->stored, 1, false, 0) < 0)
		log_error(LOG_STORE, credential->stored.badge,
			"a locked PIN could not be written down");
}

int service_try_begin(struct service *service, const char *link, struct moment at,
	struct service_try *out_try, uint32_t *out_wait_s, struct service_refusal *refusal)
{
	struct credential *credential = find_link(service, link);
	*out_try = (struct service_try){ .link = "" };
	if (!is_open(credential)) {
		rs_rand_bytes(service->config.rand, out_try->salt, sizeof(out_try->salt));
		rs_rand_bytes(service->config.rand, out_try->hash, sizeof(out_try->hash));
		return 0;
	}
	if (at.now < credential->wait_until) {
		*out_wait_s =
			(uint32_t)((credential->wait_until - at.now + RS_SEC(1) - 1) / RS_SEC(1));
		service->counters.pins_limited++;
		refuse_request(refusal, 429, "too-many",
			"Too many wrong PINs. Please wait a moment before the next try.");
		return -EAGAIN;
	}
	credential->wrong++;
	credential->wait_until = at.now + wait_after(credential->wrong);
	(void)rs_set_text(out_try->link, credential->stored.link);
	memcpy(out_try->salt, credential->stored.salt, sizeof(out_try->salt));
	memcpy(out_try->hash, credential->stored.hash, sizeof(out_try->hash));
	return 0;
}

static int refuse_pin(struct service *service, struct service_refusal *refusal)
{
	service->counters.pins_refused++;
	refuse_request(refusal, 403, "wrong-pin",
		"This link and PIN do not belong together. Look at both again, or ask the secretariat.");
	return -EACCES;
}

/* --- Which meeting --- */

/* The better a meeting suits somebody who just comes: one under way, then one to come; the floor's before rehearsals. */
static int suits(const struct meeting *meeting)
{
	const int base = meeting->mode == MEETING_FLOOR && !meeting->rehearsal ? 10 : 0;
	if (meeting_is_under_way(meeting))
		return base + 3;
	return base + (meeting->phase == MEETING_CLOSED ? 1 : 2);
}

static bool has_badge(
	const struct chamber *chamber, const struct store_credential *credential, enum role *role)
{
	const struct participant *participant =
		chamber_is_of(chamber, credential->conference)
			? meeting_find(chamber->proceedings->meeting, credential->badge)
			: NULL;
	if (participant != NULL)
		*role = participant->role;
	return participant != NULL;
}

static const struct chamber *choose(const struct service *service,
	const struct store_credential *credential, const char *meeting)
{
	const struct chamber *best = NULL;
	enum role role;
	for (const struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		const struct meeting *this = chamber->proceedings->meeting;
		if (!has_badge(chamber, credential, &role) ||
			(meeting[0] != '\0' && strcmp(this->id, meeting) != 0))
			continue;
		if (best == NULL || suits(this) > suits(best->proceedings->meeting))
			best = chamber;
	}
	return best;
}

/* The other meetings where the badge has the same role. */
static void add_others(const struct service *service, const struct store_credential *credential,
	struct claims *claims)
{
	enum role role;
	for (const struct chamber *chamber = service->chambers;
		chamber != NULL && claims->n_also < CLAIMS_MEETINGS_MAX - 1;
		chamber = chamber->next) {
		const char *id = chamber->proceedings->meeting->id;
		if (has_badge(chamber, credential, &role) && role == claims->role &&
			strcmp(id, claims->meeting) != 0)
			(void)rs_set_text(claims->also[claims->n_also++], id);
	}
}

int service_try_end(struct service *service, const struct service_try *attempt,
	const uint8_t hash[STORE_HASH_LEN], const char *meeting, struct moment at,
	struct claims *out_claims, struct service_refusal *refusal)
{
	(void)at; /* waiting was reckoned when it began */
	struct credential *credential = find_link(service, attempt->link);
	if (!rs_equal_ct(attempt->hash, hash, STORE_HASH_LEN) || !is_open(credential)) {
		if (is_open(credential) && credential->wrong >= CREDENTIAL_TRIES_MAX)
			lock(service, credential);
		return refuse_pin(service, refusal);
	}
	credential->wrong = 0;
	credential->wait_until = 0;
	const struct chamber *chamber = choose(service, &credential->stored, meeting);
	if (chamber == NULL || service_badge_named(service, chamber->proceedings->meeting->id,
				       credential->stored.badge, out_claims) < 0) {
		refuse_request(refusal, 404, "no-such-meeting",
			"There is no meeting of this name for this badge.");
		return -ENOENT;
	}
	add_others(service, &credential->stored, out_claims);
	return 0;
}
