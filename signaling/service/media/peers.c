/* Media peers: pages (one offer each), and WHIP and WHEP clients. Peers are no events: they are desired state, told to the
 * media server and taken back from it after a restart. */
#include "signaling/service/media/peers.h"

#include "common/log/log.h"
#include "signaling/service/media/echo.h"
#include "signaling/service/media/following.h"
#include "signaling/service/service.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"

#include <stdio.h>

struct peer *peer_find(const struct service *service, const char *id)
{
	const size_t len = strlen(id);
	return len > 0 ? rs_map_find(service->peers, id, len) : NULL;
}

void peer_tell(struct service *service, struct peer *peer)
{
	struct node *node = node_of_instance(service, peer->instance);
	if (node == NULL)
		return;
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	peer->told = ++node->revision;
	node_tell(service, node, node_write_peer(node->revision, &peer->spec, &out), &out);
	rs_buf_done(&out);
}

static void unlink_person(struct peer *peer)
{
	if (peer->person == NULL)
		return;
	struct peer **link = &peer->person->peers;
	while (*link != peer)
		link = &(*link)->next_of_person;
	*link = peer->next_of_person;
	if (peer->person->peers == NULL)
		measure_forget(peer->person);
}

void peer_remove(struct service *service, struct peer *peer)
{
	struct node *node = node_of_instance(service, peer->instance);
	struct session *session = session_find(service, peer->session);
	if (session != NULL && strcmp(session->peer, peer->spec.id) == 0)
		session->peer[0] = '\0';
	if (node != NULL) {
		struct rs_buf out;
		rs_buf_init(&out, 4096);
		node_tell(service, node,
			node_write_peer_gone(++node->revision, peer->spec.id, &out), &out);
		rs_buf_done(&out);
		echo_gone(service, node, peer);
	}
	peer_answer(service, peer);
	unlink_person(peer);
	(void)rs_map_remove(service->peers, peer->spec.id, strlen(peer->spec.id));
	look_forget(peer);
	rs_release(peer);
}

void peer_remove_pages(struct service *service, struct person *person)
{
	struct peer *peer = person->peers;
	while (peer != NULL) {
		struct peer *next = peer->next_of_person;
		if (peer->use == PEER_PAGE)
			peer_remove(service, peer);
		peer = next;
	}
	person->media_lost = false;
}

struct peer *peer_first(const struct service *service, peer_test *test, const void *ctx)
{
	size_t cursor = 0;
	struct peer *peer;
	while ((peer = rs_map_next(service->peers, &cursor)) != NULL) {
		if (test(peer, ctx))
			return peer;
	}
	return NULL;
}

static bool is_stale(const struct peer *peer, const void *ctx)
{
	return peer->chamber == ctx &&
	       strcmp(peer->instance, peer->chamber->proceedings->meeting->instance) != 0;
}

void peer_remove_stale(struct service *service, struct chamber *chamber)
{
	struct peer *peer;
	while ((peer = peer_first(service, is_stale, chamber)) != NULL)
		peer_remove(service, peer);
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++)
		chamber->people[i].media_lost = false;
}

static bool is_overdue(const struct peer *peer, const void *ctx)
{
	const struct moment *at = ctx;
	return peer->reap_at <= at->now;
}

void peer_reap(struct service *service, struct moment at)
{
	struct peer *peer;
	while ((peer = peer_first(service, is_overdue, &at)) != NULL) {
		struct chamber *chamber = peer->chamber;
		peer_remove(service, peer);
		chamber_pump(service, chamber, at);
	}
	size_t cursor = 0;
	while ((peer = rs_map_next(service->peers, &cursor)) != NULL)
		service_due(service, peer->reap_at);
}

void peer_free_all(struct service *service)
{
	size_t cursor = 0;
	struct peer *peer;
	while ((peer = rs_map_next(service->peers, &cursor)) != NULL) {
		look_forget(peer);
		rs_release(peer);
	}
	rs_map_free(service->peers);
}

/* --- making one --- */

static const char use_letters[] = {
	[PEER_PAGE] = 'p', [PEER_PUBLISH] = 'w', [PEER_PLAY] = 'e', [PEER_ECHO] = 'c'
};

/* The id tells use and owner, so that both are known when the media server hands the peer back. */
static void make_id(
	struct service *service, enum peer_use use, const char *owner, char out[RS_NAME_MAX + 1])
{
	char unique[PEER_ID_RANDOM + 1];
	rs_rand_text(service->config.rand, unique, PEER_ID_RANDOM);
	(void)snprintf(out, RS_NAME_MAX + 1, "%c%s-%.*s", use_letters[use], unique,
		MEETING_BADGE_MAX, owner);
}

void peer_adopt(struct peer *peer, struct person *person)
{
	peer->person = person;
	if (person == NULL)
		return;
	peer->next_of_person = person->peers;
	person->peers = peer;
}

/* The worker of the node with the fewest peers; of equals the first. A peer stays where it is for life. */
static uint32_t least_loaded(const struct service *service, const struct node *node)
{
	size_t peers[NODE_WORKERS_MAX] = { 0 };
	size_t cursor = 0;
	const struct peer *peer = NULL;
	while ((peer = rs_map_next(service->peers, &cursor)) != NULL) {
		if (peer->spec.worker < node->n_workers &&
			strcmp(peer->instance, node->instance) == 0)
			peers[peer->spec.worker]++;
	}
	uint32_t least = 0;
	for (uint32_t i = 1; i < node->n_workers; i++)
		least = peers[i] < peers[least] ? i : least;
	return least;
}

enum verdict peer_make(struct service *service, const struct peer_making *making,
	struct peer **out_peer, struct rs_buf *out_sdp, char why[PEER_WHY_LEN])
{
	struct chamber *chamber = making->chamber;
	struct node *node = node_of_instance(service, chamber->proceedings->meeting->instance);
	if (node == NULL)
		return VERDICT_NO_MEDIA_SERVER;
	struct peer *peer = rs_zalloc(sizeof(*peer));
	if (peer == NULL)
		return VERDICT_TOO_MANY;
	peer->use = making->use;
	peer->chamber = chamber;
	peer->reap_at = peer->ends_at = RS_TIME_NEVER;
	peer->spec.worker = least_loaded(service, node);
	make_id(service, making->use, making->owner, peer->spec.id);
	(void)rs_set_text(peer->owner, making->owner);
	(void)rs_set_text(peer->instance, node->instance);
	(void)rs_set_text(peer->spec.meeting, chamber->proceedings->meeting->id);
	const struct participant *owner =
		meeting_find(chamber->proceedings->meeting, making->owner);
	peer->spec.webcast = owner != NULL && owner->role == ROLE_VIEWER;
	const int err = service->config.answer(service->config.answer_ctx, making->offer,
		making->len, making->plan, &node->workers[peer->spec.worker], service->config.rand,
		&peer->spec, out_sdp, why);
	if (err < 0 || rs_map_add(service->peers, peer->spec.id, strlen(peer->spec.id), peer) < 0) {
		rs_release(peer);
		return err < 0 ? VERDICT_BAD_OFFER : VERDICT_TOO_MANY;
	}
	*out_peer = peer;
	return VERDICT_OK;
}

bool peer_may_send(enum role role)
{
	return (ROLE_BIT(role) & (ROLES_PRESIDING | ROLE_BIT(ROLE_DELEGATE) |
					 ROLE_BIT(ROLE_INTERPRETER) | ROLE_BIT(ROLE_ROOM))) != 0;
}

void plan_add_slot(struct peer_plan *plan, enum peer_kind kind, const char *feed, uint32_t rank,
	uint32_t max_height)
{
	struct peer_slot *slot = &plan->recv[plan->n_recv++];
	*slot = (struct peer_slot){ .kind = kind, .rank = rank, .max_height = max_height };
	(void)rs_set_text(slot->feed, feed);
}

void plan_add_sends(struct peer_plan *plan, const char *source, uint32_t csrc)
{
	static const enum peer_media medias[] = { PEER_MICROPHONE, PEER_CAMERA, PEER_CONTENT };
	(void)rs_set_text(plan->source, source);
	plan->csrc = csrc;
	memcpy(plan->send, medias, sizeof(medias));
	plan->n_send = RS_ARRAY_LEN(medias);
}

void look_forget(struct peer *peer)
{
	peer->watched = watched_free(peer->watched);
	peer->spec.watch = false;
}
