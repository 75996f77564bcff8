/* Credentials of badges: kept, issued, revoked, written down. What PINs are tried on them stands in tries.c. */
#include "signaling/service/site/credentials.h"

#include "common/log/log.h"
#include "signaling/service/answer/problem.h"
#include "signaling/service/credentials.h"
#include "signaling/service/media/peers.h"
#include "signaling/service/service.h"
#include "signaling/service/show/streams.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <stdio.h>

/* Digest of conference and badge, by which a credential is found. */
#define KEY_LEN 16

static void make_key(const char *conference, const char *badge, uint8_t out[RS_SHA256_LEN])
{
	char text[2 * RS_NAME_MAX + 2];
	const int len = snprintf(text, sizeof(text), "%.64s/%.64s", conference, badge);
	rs_sha256(text, (size_t)len, out);
}

/* What is known, or NULL. */
static struct credential *credential_find(
	const struct service *service, const char *conference, const char *badge)
{
	uint8_t key[RS_SHA256_LEN];
	make_key(conference, badge, key);
	return rs_map_find(service->credentials, key, KEY_LEN);
}

int credential_keep(struct service *service, const struct store_credential *stored)
{
	uint8_t key[RS_SHA256_LEN];
	struct credential *credential = credential_find(service, stored->conference, stored->badge);
	if (credential != NULL) {
		(void)rs_map_remove(service->links, credential->stored.link, STORE_LINK_LEN);
	} else {
		credential = rs_zalloc(sizeof(*credential));
		if (credential == NULL)
			return -ENOMEM;
		make_key(stored->conference, stored->badge, key);
		if (rs_map_add(service->credentials, key, KEY_LEN, credential) < 0) {
			rs_release(credential);
			return -E2BIG;
		}
	}
	*credential = (struct credential){ .stored = *stored };
	return rs_map_add(service->links, credential->stored.link, STORE_LINK_LEN, credential);
}

int credentials_init(struct service *service)
{
	const int err =
		rs_map_new(CREDENTIALS_MAX, KEY_LEN, service->config.rand, &service->credentials);
	return err < 0 ? err
		       : rs_map_new(CREDENTIALS_MAX, STORE_LINK_LEN, service->config.rand,
				 &service->links);
}

void credentials_done(struct service *service)
{
	size_t cursor = 0;
	struct credential *credential;
	while (service->credentials != NULL &&
		(credential = rs_map_next(service->credentials, &cursor)) != NULL) {
		rs_wipe(credential, sizeof(*credential));
		rs_release(credential);
	}
	rs_map_free(service->credentials);
	rs_map_free(service->links);
	while (service->changes != NULL) {
		struct credential_change *change = service->changes;
		service->changes = change->next;
		rs_release(change);
	}
}

/* --- Conferences and their badges --- */

/* The badge in the first meeting of the conference that has it, or NULL. */
static const struct participant *find_badge(
	const struct service *service, const char *conference, const char *badge)
{
	for (const struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		const struct participant *participant =
			chamber_is_of(chamber, conference)
				? meeting_find(chamber->proceedings->meeting, badge)
				: NULL;
		if (participant != NULL)
			return participant;
	}
	return NULL;
}

bool service_conference_has(
	const struct service *service, const char *conference, const char *meeting)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	return chamber != NULL && chamber_is_of(chamber, conference);
}

int service_badge_named(const struct service *service, const char *meeting, const char *badge,
	struct claims *out_claims)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	const struct participant *participant =
		chamber != NULL ? meeting_find(chamber->proceedings->meeting, badge) : NULL;
	return participant == NULL ? -ENOENT
				   : service_badge(service, meeting,
					     (size_t)(participant -
						      chamber->proceedings->meeting->participants),
					     out_claims);
}

static const struct credential *of_meeting(
	const struct service *service, const char *meeting, const char *badge)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	return chamber != NULL ? credential_find(service, chamber->conference, badge) : NULL;
}

int64_t credential_not_before(const struct service *service, const char *meeting, const char *badge)
{
	const struct credential *credential = of_meeting(service, meeting, badge);
	return credential != NULL ? credential->stored.not_before_s : 0;
}

bool service_token_revoked(const struct service *service, const struct claims *claims)
{
	return claims->role != ROLE_ADMIN &&
	       claims->issued_s < credential_not_before(service, claims->meeting, claims->badge);
}

bool service_badge_revoked(const struct service *service, const char *meeting, const char *badge)
{
	const struct credential *credential = of_meeting(service, meeting, badge);
	return credential != NULL && credential->stored.state == STORE_CREDENTIAL_REVOKED;
}

/* --- Closing what older tokens opened --- */

struct owned {
	const char *conference, *badge;
};

static bool is_owned(const struct peer *peer, const void *ctx)
{
	const struct owned *owned = ctx;
	return chamber_is_of(peer->chamber, owned->conference) &&
	       strcmp(peer->owner, owned->badge) == 0;
}

static void close_pages(
	struct service *service, struct chamber *chamber, size_t participant, struct moment at)
{
	struct session *session = chamber->sessions;
	struct person *person = &chamber->people[participant];
	person->left = true; /* nobody waits for it to come back */
	while (session != NULL) {
		struct session *next = session->next;
		if (session->participant == participant)
			session_refuse(service, session, CLOSE_NO_TOKEN, "token-revoked",
				"This join link is no longer valid. Ask the secretariat for a new one.",
				at);
		session = next;
	}
	streams_revoke(
		service, chamber, chamber->proceedings->meeting->participants[participant].id);
	if (person->away_at != RS_TIME_NEVER)
		person->away_at = at.now; /* it had lost its line before */
}

static void close_all(
	struct service *service, const char *conference, const char *badge, struct moment at)
{
	const struct owned owned = { conference, badge };
	struct peer *peer;
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		const struct meeting *meeting = chamber->proceedings->meeting;
		const struct participant *participant =
			chamber_is_of(chamber, conference) ? meeting_find(meeting, badge) : NULL;
		if (participant != NULL)
			close_pages(service, chamber, (size_t)(participant - meeting->participants),
				at);
	}
	while ((peer = peer_first(service, is_owned, &owned)) != NULL)
		peer_remove(service, peer);
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (chamber_is_of(chamber, conference))
			chamber_pump(service, chamber, at);
	}
}

/* --- Changes --- */

int credential_change(struct service *service, const struct store_credential *list, size_t n,
	bool revokes, uint64_t request)
{
	size_t under_way = 0;
	for (const struct credential_change *other = service->changes; other != NULL;
		other = other->next)
		under_way++;
	if (under_way >= CREDENTIAL_CHANGES_MAX)
		return -E2BIG;
	struct credential_change *change = rs_zalloc(sizeof(*change));
	if (change == NULL)
		return -ENOMEM;
	*change = (struct credential_change){
		.request = request, .ticket = ++service->last_ticket, .revokes = revokes, .n = n
	};
	memcpy(change->list, list, n * sizeof(*list));
	const int err = store_put_credentials(service->config.store, change->ticket, list, n);
	if (err < 0) {
		rs_release(change);
		return err;
	}
	change->next = service->changes;
	service->changes = change;
	return 0;
}

/* Gives `err` back, with `refusal` set. */
static int refuse_change(int err, struct service_refusal *refusal)
{
	if (err == -E2BIG)
		refuse_request(refusal, 429, "too-many", wire_verdict_text(VERDICT_TOO_MANY));
	else
		refuse_request(refusal, 503, "store-unavailable",
			wire_verdict_text(VERDICT_STORE_UNAVAILABLE));
	return err;
}

/* Which tokens of the badge stay good: all at the first credential, none from before otherwise. */
static int64_t not_before(const struct credential *known, struct moment at)
{
	return known != NULL ? at.wall_ms / 1000 + 1 : 0;
}

/* 0, or -ENOENT with `refusal` set: no such conference or badge. */
static int check_badge(const struct service *service, const char *conference, const char *badge,
	struct service_refusal *refusal)
{
	char text[PEER_WHY_LEN];
	const struct known_conference *known = service->conferences;
	while (known != NULL && strcmp(known->of, conference) != 0)
		known = known->next;
	if (known == NULL) {
		refuse_request(
			refusal, 404, "no-such-conference", "There is no conference of this name.");
		return -ENOENT;
	}
	if (find_badge(service, conference, badge) != NULL)
		return 0;
	(void)snprintf(text, sizeof(text), "The conference has no badge %.64s.", badge);
	refuse_request(refusal, 404, "no-such-badge", text);
	return -ENOENT;
}

int service_credentials_issue(struct service *service, uint64_t request, const char *conference,
	struct store_credential *credentials, size_t n, struct moment at,
	struct service_refusal *refusal)
{
	if (n == 0 || n > CREDENTIALS_BATCH_MAX) {
		refuse_request(refusal, 429, "too-many",
			"From 1 to 32 badges get their credentials at a time.");
		return -E2BIG;
	}
	for (size_t i = 0; i < n; i++) {
		struct store_credential *credential = &credentials[i];
		if (check_badge(service, conference, credential->badge, refusal) < 0)
			return -ENOENT;
		(void)rs_set_text(credential->conference, conference);
		credential->state = STORE_CREDENTIAL_GOOD;
		credential->not_before_s =
			not_before(credential_find(service, conference, credential->badge), at);
	}
	const int err = credential_change(service, credentials, n, false, request);
	return err < 0 ? refuse_change(err, refusal) : 0;
}

int service_credentials_revoke(struct service *service, uint64_t request, const char *conference,
	const char *badge, struct moment at, struct service_refusal *refusal)
{
	struct store_credential revoked = { .state = STORE_CREDENTIAL_REVOKED,
		.not_before_s = at.wall_ms / 1000 + 1 };
	if (check_badge(service, conference, badge, refusal) < 0)
		return -ENOENT;
	(void)rs_set_text(revoked.conference, conference);
	(void)rs_set_text(revoked.badge, badge);
	/* A link of its own, which opens nothing. */
	rs_rand_text(service->config.rand, revoked.link, STORE_LINK_LEN);
	rs_rand_bytes(service->config.rand, revoked.hash, sizeof(revoked.hash));
	const int err = credential_change(service, &revoked, 1, true, request);
	return err < 0 ? refuse_change(err, refusal) : 0;
}

static void answer_change(struct service *service, const struct credential_change *change)
{
	struct rs_buf out;
	if (change->request == 0)
		return;
	rs_buf_init(&out, 4096);
	const int err = change->revokes
				? rs_buf_printf(&out, "{\"conference\":\"%s\",\"badge\":\"%s\"}",
					  change->list[0].conference, change->list[0].badge)
				: rs_buf_printf(&out, "{\"conference\":\"%s\",\"issued\":%zu}",
					  change->list[0].conference, change->n);
	out_text(service, SERVICE_ANSWER, change->request, 200, err, &out);
	rs_buf_done(&out);
}

static void make_true(
	struct service *service, const struct credential_change *change, struct moment at)
{
	for (size_t i = 0; i < change->n; i++) {
		const struct store_credential *stored = &change->list[i];
		if (credential_keep(service, stored) < 0)
			log_error(LOG_AUTH, stored->badge,
				"credential is written down but not in force, restart");
		/* What had none before keeps the tokens it has. */
		if (stored->state != STORE_CREDENTIAL_LOCKED && stored->not_before_s > 0)
			close_all(service, stored->conference, stored->badge, at);
	}
}

void credentials_stored(struct service *service, const struct store_done *done, struct moment at)
{
	struct credential_change **link = &service->changes;
	while (*link != NULL && (*link)->ticket != done->ticket)
		link = &(*link)->next;
	struct credential_change *change = *link;
	if (change == NULL)
		return;
	*link = change->next;
	if (done->result == STORE_OK) {
		make_true(service, change, at);
		answer_change(service, change);
		log_info(LOG_AUTH, change->list[0].conference, "credentials %s n=%zu",
			change->revokes ? "revoked" : "issued", change->n);
	} else {
		log_error(
			LOG_STORE, NULL, "credentials could not be written down why=%s", done->why);
		if (change->request != 0)
			answer_problem(service, change->request, 503, "store-unavailable",
				wire_verdict_text(VERDICT_STORE_UNAVAILABLE));
	}
	rs_wipe(change, sizeof(*change));
	rs_release(change);
}

/* --- The list --- */

static const char *state_of(
	const struct service *service, const char *conference, const char *badge)
{
	static const char *const names[] = {
		[STORE_CREDENTIAL_GOOD] = "issued",
		[STORE_CREDENTIAL_REVOKED] = "revoked",
		[STORE_CREDENTIAL_LOCKED] = "locked",
	};
	const struct credential *credential = credential_find(service, conference, badge);
	return credential != NULL ? names[credential->stored.state] : "none";
}

/* Of those with a badge in several meetings the first one is told. */
static int write_badges(const struct service *service, const struct chamber *chamber,
	const char **comma, struct rs_buf *out)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	int err = 0;
	for (size_t i = 0; i < meeting->n_participants && err == 0; i++) {
		const struct participant *participant = &meeting->participants[i];
		if (find_badge(service, chamber->conference, participant->id) != participant)
			continue;
		err = rs_buf_append(out, *comma, strlen(*comma));
		if (err == 0)
			err = view_write_badge(participant,
				state_of(service, chamber->conference, participant->id), out);
		*comma = ",";
	}
	return err;
}

int service_credentials(const struct service *service, const char *conference, struct rs_buf *out)
{
	const char *comma = "";
	bool known = false;
	int err = rs_buf_append(out, "[", 1);
	for (const struct chamber *chamber = service->chambers; chamber != NULL && err == 0;
		chamber = chamber->next) {
		if (!chamber_is_of(chamber, conference))
			continue;
		known = true;
		err = write_badges(service, chamber, &comma, out);
	}
	if (!known)
		return -ENOENT;
	return err < 0 ? err : rs_buf_append(out, "]", 1);
}
