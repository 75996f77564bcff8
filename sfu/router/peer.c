/* Peers: set whole, keeping the sections that stay the same, so that their streams go on. */
#include <errno.h>
#include <string.h>

#include "sfu/router/router_priv.h"

struct peer *peer_of(const struct router *router, uint32_t handle)
{
	const uint32_t index = ROUTER_PEER_INDEX(handle);

	if (index >= router->config.peers || router->peers[index] == NULL ||
		router->peers[index]->handle != handle)
		return NULL;
	return router->peers[index];
}

static struct peer *find(const struct router *router, const char *id)
{
	for (size_t i = 0; i < router->config.peers; i++)
		if (router->peers[i] != NULL && strcmp(router->peers[i]->id.s, id) == 0)
			return router->peers[i];
	return NULL;
}

/* What a peer shall consist of; sections that stay are taken over from the peer as it is. */
struct draft {
	struct publish *publishes[ROUTER_SENDS_MAX];
	struct slot *slots[ROUTER_RECVS_MAX];
	struct feed feeds[ROUTER_RECVS_MAX];
	bool new_publish[ROUTER_SENDS_MAX];
	bool new_slot[ROUTER_RECVS_MAX];
	struct numbers numbers;
};

static void draft_drop(struct draft *draft)
{
	for (size_t i = 0; i < ROUTER_SENDS_MAX; i++)
		if (draft->new_publish[i])
			draft->publishes[i] = publish_free(NULL, draft->publishes[i]);
	for (size_t i = 0; i < ROUTER_RECVS_MAX; i++)
		if (draft->new_slot[i])
			draft->slots[i] = slot_free(draft->slots[i]);
	numbers_done(&draft->numbers);
}

static struct publish *same_publish(
	const struct peer *peer, const struct router_send *spec, size_t index)
{
	if (peer == NULL || index >= peer->n_publishes ||
		!publish_same(peer->publishes[index], spec))
		return NULL;
	return peer->publishes[index];
}

static struct slot *same_slot(const struct peer *peer, const struct router_recv *spec, size_t index)
{
	if (peer == NULL || index >= peer->n_slots || !slot_same(peer->slots[index], spec))
		return NULL;
	return peer->slots[index];
}

/* Under one SRTP key each stream needs an SSRC of its own, or a nonce comes twice (RFC 7714 section 8.4). */
static int ssrcs_differ(const struct router_peer *spec)
{
	uint32_t seen[2 * ROUTER_RECVS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < 2 * spec->n_recvs; i++) {
		const struct router_recv *recv = &spec->recvs[i / 2];
		const uint32_t ssrc = i % 2 == 0 ? recv->ssrc : recv->rtx_ssrc;
		for (size_t j = 0; j < n; j++)
			if (seen[j] == ssrc)
				return -EINVAL;
		if (ssrc != 0)
			seen[n++] = ssrc;
	}
	return 0;
}

static int draft_numbers(
	const struct peer *peer, const struct router_peer *spec, struct draft *draft)
{
	static const struct numbers none;
	uint32_t ssrcs[2 * ROUTER_RECVS_MAX];

	for (size_t i = 0; i < spec->n_recvs; i++) {
		ssrcs[2 * i] = spec->recvs[i].ssrc;
		ssrcs[2 * i + 1] = spec->recvs[i].rtx_ssrc;
	}
	return numbers_extend(
		peer != NULL ? &peer->numbers : &none, ssrcs, 2 * spec->n_recvs, &draft->numbers);
}

/* Everything that can fail, before anything changes. */
static int draft_make(struct router *router, const struct peer *peer,
	const struct router_peer *spec, struct draft *draft)
{
	for (size_t i = 0; i < spec->n_sends; i++) {
		draft->publishes[i] = same_publish(peer, &spec->sends[i], i);
		if (draft->publishes[i] != NULL)
			continue;
		const int err = publish_new(&spec->sends[i], &draft->publishes[i]);
		if (err < 0)
			return err;
		draft->new_publish[i] = true;
	}
	for (size_t i = 0; i < spec->n_recvs; i++) {
		int err = feed_parse(spec->recvs[i].feed, &draft->feeds[i]);
		if (err < 0)
			return err;
		draft->slots[i] = same_slot(peer, &spec->recvs[i], i);
		if (draft->slots[i] != NULL)
			continue;
		err = slot_new(&spec->recvs[i], router->config.rand, &draft->slots[i]);
		if (err < 0)
			return err;
		draft->new_slot[i] = true;
	}
	return draft_numbers(peer, spec, draft);
}

static void forget_ssrcs(struct peer *peer, const struct publish *publish)
{
	for (size_t i = 0; i < SSRCS_MAX; i++)
		if (peer->ssrcs[i].publish == publish)
			peer->ssrcs[i] = (struct ssrc){ 0 };
}

/* Nobody may point at it afterwards. */
static void detach_publish(struct router *router, struct publish *publish, rs_time now)
{
	struct meeting *meeting = publish->peer->meeting;

	tap_end(router, publish);
	demand_end(router, publish);
	while (publish->slots != NULL)
		slot_bind(router, publish->slots, NULL, now);
	ranks_forget(meeting, publish);
	if (publish->open)
		tap_gate(router, publish, false, now);
	publish_say(router, publish, true);
	publish_speaking(router, publish, true);
	publish->order = 0;
	winner_set(meeting, publish);
	forget_ssrcs(publish->peer, publish);
}

/* Numbers of an SSRC never come twice under one SRTP key, whatever else of the section changes. */
static void inherit(const struct peer *peer, const struct draft *draft)
{
	for (size_t i = 0; i < ROUTER_RECVS_MAX; i++)
		for (size_t j = 0; draft->new_slot[i] && j < peer->n_slots; j++)
			if (peer->slots[j]->spec.ssrc == draft->slots[i]->spec.ssrc)
				slot_inherit(draft->slots[i], peer->slots[j]);
}

static void drop_sections(
	struct router *router, struct peer *peer, const struct draft *draft, rs_time now)
{
	for (size_t i = 0; i < peer->n_publishes; i++) {
		if (draft != NULL && draft->publishes[i] == peer->publishes[i])
			continue;
		detach_publish(router, peer->publishes[i], now);
		peer->publishes[i] = publish_free(router, peer->publishes[i]);
	}
	for (size_t i = 0; i < peer->n_slots; i++) {
		if (draft != NULL && draft->slots[i] == peer->slots[i])
			continue;
		slot_bind(router, peer->slots[i], NULL, now);
		slot_leave_numbers(peer->slots[i], &peer->numbers);
		egress_forget(router, peer->slots[i]);
		peer->slots[i] = slot_free(peer->slots[i]);
	}
}

static void commit(struct router *router, struct peer *peer, const struct router_peer *spec,
	struct draft *draft, rs_time now)
{
	numbers_done(&peer->numbers);
	peer->numbers = draft->numbers;
	inherit(peer, draft);
	drop_sections(router, peer, draft, now);
	peer->n_publishes = spec->n_sends;
	for (size_t i = 0; i < spec->n_sends; i++) {
		peer->publishes[i] = draft->publishes[i];
		if (!draft->new_publish[i])
			continue;
		peer->publishes[i]->peer = peer;
		peer->publishes[i]->index = (unsigned)i;
		peer->publishes[i]->order = ++router->order;
		demand_born(peer->publishes[i], now);
		relay_born(router, peer->publishes[i]);
		winner_set(peer->meeting, peer->publishes[i]);
	}
	peer->n_slots = spec->n_recvs;
	for (size_t i = 0; i < spec->n_recvs; i++) {
		peer->slots[i] = draft->slots[i];
		peer->slots[i]->peer = peer;
		if (draft->new_slot[i])
			slot_take_numbers(peer->slots[i], &peer->numbers);
		slot_set_feed(peer->slots[i], &spec->recvs[i], &draft->feeds[i]);
	}
	peer_wake(router, peer, now);
}

/* It sends what it sent before, also nothing. */
static bool sends_the_same(
	const struct peer *peer, const struct router_peer *spec, const struct draft *draft)
{
	if (spec->n_sends != (peer != NULL ? peer->n_publishes : 0))
		return false;
	for (size_t i = 0; i < spec->n_sends; i++)
		if (draft->new_publish[i])
			return false;
	return true;
}

static int free_index(const struct router *router, size_t *out_index)
{
	for (size_t i = 0; i < router->config.peers; i++) {
		if (router->peers[i] == NULL) {
			*out_index = i;
			return 0;
		}
	}
	return -E2BIG;
}

static int peer_new(struct router *router, const struct router_peer *spec, struct meeting *meeting,
	struct peer **out_peer)
{
	size_t index = spec->place > 0 ? spec->place - 1 : 0;

	int err = spec->place > 0 ? 0 : free_index(router, &index);
	if (err < 0)
		return err;
	struct peer *peer = rs_zalloc(sizeof(*peer));
	if (peer == NULL)
		return -ENOMEM;
	err = text_set_name(&peer->id, spec->id, false);
	if (err < 0) {
		(void)rs_release(peer);
		return err;
	}
	peer->handle = (uint32_t)++router->generations[index] << 16 | (uint32_t)index;
	peer->own_ssrc = rs_rand_u32(router->config.rand) | 1;
	peer->next_rr = RS_TIME_NEVER;
	peer->home = spec->home;
	peer->meeting = meeting;
	peer->next = meeting->peers;
	meeting->peers = peer;
	router->peers[index] = peer;
	*out_peer = peer;
	return 0;
}

static void peer_free(struct router *router, struct peer *peer, rs_time now)
{
	struct meeting *meeting = peer->meeting;

	drop_sections(router, peer, NULL, now);
	peer->egress = egress_free(router, peer->egress);
	watch_set(router, peer, false);
	for (struct peer **link = &meeting->peers; *link != NULL; link = &(*link)->next) {
		if (*link == peer) {
			*link = peer->next;
			break;
		}
	}
	router->peers[ROUTER_PEER_INDEX(peer->handle)] = NULL;
	router->quiet_until[ROUTER_PEER_INDEX(peer->handle)] = RS_TIME_NEVER;
	numbers_done(&peer->numbers);
	rs_release(peer->feedback);
	(void)rs_release(peer);
}

void peer_free_all(struct router *router)
{
	for (size_t i = 0; router->peers != NULL && i < router->config.peers; i++)
		if (router->peers[i] != NULL)
			peer_free(router, router->peers[i], 0);
}

/* What can be said of the whole before looking at its sections. */
static int judge(const struct router *router, const struct router_peer *spec)
{
	if (spec->n_sends > ROUTER_SENDS_MAX || spec->n_recvs > ROUTER_RECVS_MAX ||
		spec->place > router->config.peers)
		return -E2BIG;
	if (spec->home != router->config.worker && spec->home >= router->config.workers)
		return -EINVAL;
	const struct peer *there = spec->place > 0 ? router->peers[spec->place - 1] : NULL;
	if (there != NULL && strcmp(there->id.s, spec->id) != 0)
		return -EEXIST;
	return ssrcs_differ(spec);
}

/* At another worker nothing is sent to it. */
static void leave_out_slots(struct draft *draft)
{
	for (size_t i = 0; i < ROUTER_RECVS_MAX; i++) {
		draft->slots[i] = slot_free(draft->slots[i]);
		draft->new_slot[i] = false;
	}
	numbers_done(&draft->numbers);
}

/* For a peer that sends: what it is to be told of its line. */
static int feedback_prepare(const struct router *router, const struct peer *peer,
	const struct router_peer *spec, struct feedback **out_feedback)
{
	if (spec->n_sends == 0 || spec->home != router->config.worker ||
		(peer != NULL && peer->feedback != NULL))
		return 0;
	*out_feedback = rs_zalloc(sizeof(**out_feedback));
	if (*out_feedback == NULL)
		return -ENOMEM;
	feedback_init(*out_feedback);
	return 0;
}

static int peer_make(struct router *router, const struct router_peer *spec, bool anew, rs_time now,
	uint32_t *out_peer)
{
	struct draft draft = { 0 };
	struct meeting *meeting = NULL;
	struct peer *peer = anew ? NULL : find(router, spec->id);
	struct router_peer here = *spec;
	struct egress *egress = NULL;
	struct feedback *feedback = NULL;

	int err = judge(router, spec);
	if (err == 0)
		err = draft_make(router, peer, spec, &draft);
	if (err == 0 && spec->home == router->config.worker)
		err = egress_prepare(peer, spec, &egress);
	if (err == 0)
		err = feedback_prepare(router, peer, spec, &feedback);
	if (err == 0)
		err = meeting_get(router, spec->meeting, &meeting);
	if (err == 0 && anew) {
		router_peer_remove(router, spec->id, now);
		/* The meeting may have gone with its last peer. */
		meeting = NULL;
		err = meeting_get(router, spec->meeting, &meeting);
	}
	const bool listens_only = !anew && sends_the_same(peer, spec, &draft);
	if (err == 0 && peer == NULL)
		err = peer_new(router, spec, meeting, &peer);
	if (err < 0) {
		draft_drop(&draft);
		(void)egress_free(router, egress);
		rs_release(feedback);
		if (meeting != NULL)
			meeting_drop(router, meeting);
		return err;
	}
	if (spec->home != router->config.worker) {
		leave_out_slots(&draft);
		here.n_recvs = 0;
	}
	commit(router, peer, &here, &draft, now);
	egress_set(router, peer, egress, now);
	if (feedback != NULL)
		peer->feedback = feedback;
	peer->public = spec->public;
	watch_set(router, peer, spec->watch && spec->home == router->config.worker);
	if (listens_only)
		meeting_resolve_listener(router, peer, now);
	else
		meeting_resolve(router, meeting, now);
	*out_peer = peer->handle;
	return 0;
}

int router_peer_set(
	struct router *router, const struct router_peer *spec, rs_time now, uint32_t *out_peer)
{
	const struct peer *peer = find(router, spec->id);
	/* In another meeting it is another peer, and elsewhere. */
	const bool moves =
		peer != NULL &&
		(strcmp(peer->meeting->id.s, spec->meeting) != 0 || peer->home != spec->home ||
			(spec->place > 0 && ROUTER_PEER_INDEX(peer->handle) != spec->place - 1));
	return peer_make(router, spec, moves, now, out_peer);
}

int router_peer_replace(
	struct router *router, const struct router_peer *spec, rs_time now, uint32_t *out_peer)
{
	return peer_make(router, spec, true, now, out_peer);
}

void router_peer_remove(struct router *router, const char *id, rs_time now)
{
	struct peer *peer = find(router, id);

	if (peer == NULL)
		return;
	struct meeting *meeting = peer->meeting;
	peer_free(router, peer, now);
	meeting_resolve(router, meeting, now);
	meeting_drop(router, meeting);
}

void router_peer_ready(struct router *router, uint32_t handle, bool ready, rs_time now)
{
	struct peer *peer = peer_of(router, handle);

	if (peer == NULL || peer->ready == ready)
		return;
	peer->ready = ready;
	peer->next_rr = ready ? now + RS_SEC(1) : RS_TIME_NEVER;
	for (size_t i = 0; i < peer->n_slots; i++) {
		rewrite_break(&peer->slots[i]->rewrite);
		if (ready)
			slot_keyframe(router, peer->slots[i], now);
	}
	if (!ready)
		egress_clear(router, peer);
	peer_wake(router, peer, now);
	relay_wants(router, peer->meeting);
	demand_look_received(router, peer, now);
}
