#include "sfu/io/worker.h"

#include "common/log/log.h"
#include "sfu/io/worker_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A batch of one socket, then the next socket's; after so many rounds what was queued goes out. */
#define ROUNDS_MAX 4
/* When the kernel chose the port, another address may have it in use. */
#define PORT_TRIES 16

/* ---- sockets ---- */

static void close_sockets(struct worker *worker)
{
	worker_plain_close(worker);
	worker->tcp = tcp_conns_close(worker->tcp);
	while (worker->n_sockets > 0)
		(void)udp_close(worker->sockets[--worker->n_sockets]);
}

/* Binds every address to the port of the first. */
static int bind_all(struct worker *worker, const struct worker_config *config, size_t *out_at)
{
	for (size_t i = 0; i < config->n_addresses; i++) {
		struct rs_addr local = config->addresses[i];
		local.port = i == 0 ? local.port : udp_local(worker->sockets[0])->port;
		*out_at = i;
		const int err =
			udp_new(worker->loop, &local, config->socket_buffer, &worker->sockets[i]);
		if (err < 0) {
			close_sockets(worker);
			return err;
		}
		worker->n_sockets++;
	}
	return 0;
}

static int open_sockets(
	struct worker *worker, const struct worker_config *config, char error[WORKER_ERROR_LEN])
{
	size_t at = 0;
	int err = bind_all(worker, config, &at);
	for (int i = 0;
		i < PORT_TRIES && err == -EADDRINUSE && at > 0 && config->addresses[0].port == 0;
		i++)
		err = bind_all(worker, config, &at);
	if (err < 0) {
		char text[RS_ADDR_TEXT_LEN];
		rs_addr_format(&config->addresses[at], text);
		(void)snprintf(error, WORKER_ERROR_LEN,
			"media.addresses: %s/udp cannot be bound: %s", text, strerror(-err));
	}
	return err;
}

static void warn_of_small_buffers(struct worker *worker, int wanted)
{
	for (size_t i = 0; i < worker->n_sockets; i++) {
		int receive = 0;
		int send = 0;
		char text[RS_ADDR_TEXT_LEN];
		udp_buffers(worker->sockets[i], &receive, &send);
		rs_addr_format(udp_local(worker->sockets[i]), text);
		if (receive >= wanted && send >= wanted)
			continue;
		worker->sockets_clamped++;
		log_warning(LOG_MEDIA, text,
			"socket buffers are smaller than wanted; raise net.core.rmem_max and wmem_max"
			" wanted=%d receive=%d send=%d",
			wanted, receive, send);
	}
}

/* ---- birth and death ---- */

/* The router has one context for all its ways out. */
static void worker_tap(void *ctx, const struct router_tap *tap)
{
	const struct worker *worker = ctx;
	worker->tap(worker->tap_ctx, tap);
}

static bool worker_relay(
	void *ctx, unsigned to, const void *message, size_t len, const void *more, size_t more_len)
{
	const struct worker *worker = ctx;
	return worker->relay(worker->relay_ctx, to, message, len, more, more_len);
}

static int make_parts(struct worker *worker, const struct worker_config *config)
{
	const struct router_config router = {
		.meetings = config->meetings + config->n_plain,
		.peers = config->peers + config->n_plain,
		.wall_offset = config->wall_offset,
		.rand = &worker->rand,
		.emit = worker_emit,
		.tap = config->tap != NULL ? worker_tap : NULL,
		.workers = config->count,
		.worker = config->index,
		.relay = worker_relay,
		.ctx = worker,
	};
	int err = router_new(&router, &worker->router);
	if (err == 0)
		err = peers_new(config->peers + config->n_plain, &worker->rand, &worker->peers);
	if (err == 0)
		err = udp_batch_new(&worker->batch);
	return err;
}

int worker_new(const struct worker_config *config, char error[WORKER_ERROR_LEN],
	struct worker **out_worker)
{
	(void)snprintf(error, WORKER_ERROR_LEN, "out of memory");
	if (config->n_addresses == 0 || config->n_addresses > IO_ADDRESSES_MAX) {
		(void)snprintf(error, WORKER_ERROR_LEN, "media.addresses: 1 to %d are expected",
			IO_ADDRESSES_MAX);
		return -EINVAL;
	}
	struct worker *worker = rs_zalloc(sizeof(*worker));
	if (worker == NULL)
		return -ENOMEM;
	worker->loop = config->loop;
	worker->wall_offset = config->wall_offset;
	worker->identity = config->identity;
	worker->next_transport_tick = RS_TIME_NEVER;
	worker->tap = config->tap;
	worker->tap_ctx = config->tap_ctx;
	worker->index = config->index;
	worker->relay = config->relay;
	worker->relay_ctx = config->relay_ctx;
	rs_rand_init_system(&worker->rand);
	int err = make_parts(worker, config);
	if (err == 0)
		err = open_sockets(worker, config, error);
	if (err == 0)
		err = worker_tcp_open(worker, config, error);
	if (err == 0)
		err = worker_plain_open(worker, config, error);
	if (err < 0) {
		worker_free(worker);
		return err;
	}
	warn_of_small_buffers(worker, config->socket_buffer);
	*out_worker = worker;
	return 0;
}

struct worker *worker_free(struct worker *worker)
{
	if (worker != NULL) {
		close_sockets(worker);
		peers_free(worker->peers);
		router_free(worker->router);
		udp_batch_free(worker->batch);
	}
	return rs_release(worker);
}

void worker_close_peers(struct worker *worker)
{
	size_t cursor = 0;
	struct peer *peer = NULL;
	worker_send_emitted(worker); /* before the good-byes */
	while ((peer = peers_next(worker->peers, &cursor)) != NULL) {
		transport_close(peer->transport);
		worker_drain(worker, peer, 0); /* only a datagram to send can come of it */
	}
	worker_output(worker);
}

const struct rs_addr *worker_address(const struct worker *worker, size_t i)
{
	return i < worker->n_sockets ? udp_local(worker->sockets[i]) : NULL;
}

const struct rs_addr *worker_tcp_address(const struct worker *worker, size_t i)
{
	return worker->tcp != NULL ? tcp_conns_local(worker->tcp, i) : NULL;
}

struct router *worker_router(struct worker *worker)
{
	return worker->router;
}

/* ---- desired state ---- */

static bool same_fingerprint(const struct dtls_fingerprint *a, const struct dtls_fingerprint *b)
{
	return a->hash == b->hash && memcmp(a->digest, b->digest, sizeof(a->digest)) == 0;
}

/* Another certificate is another far end: nothing of the old session can go on. In another meeting
 * streams begin anew, which may not happen under the old keys: numbers would come twice. */
static bool same_session(const struct peer *peer, const struct control_peer *wanted)
{
	return same_fingerprint(&peer->fingerprint, &wanted->fingerprint) &&
	       strcmp(peer->meeting, wanted->router.meeting) == 0;
}

static int transport_make(struct worker *worker, const struct control_peer *wanted, rs_time now,
	struct transport **out_transport)
{
	struct transport_config config;
	transport_config_default(&config);
	config.ice.local = wanted->local;
	config.ice.remote = wanted->remote;
	config.dtls.identity = worker->identity;
	config.dtls.fingerprint = wanted->fingerprint;
	/* A slot and its retransmissions, and the SSRC that RTCP feedback is sent from. */
	config.max_send_streams = 2 * ROUTER_RECVS_MAX + 1;
	return transport_new(&config, now, out_transport);
}

/* A user name finds one peer: nobody may take another's. */
static bool ufrag_is_anothers(const struct worker *worker, const struct control_peer *wanted)
{
	const char *ufrag = wanted->local.ufrag;
	const struct peer *owner = peers_by_ufrag(worker->peers, ufrag, strlen(ufrag));
	return owner != NULL && strcmp(owner->id, wanted->router.id) != 0;
}

static int peer_make(struct worker *worker, const struct control_peer *wanted, rs_time now,
	struct peer **out_peer)
{
	struct peer *peer = rs_zalloc(sizeof(*peer));
	if (peer == NULL)
		return -ENOMEM;
	(void)snprintf(peer->id, sizeof(peer->id), "%s", wanted->router.id);
	(void)snprintf(peer->meeting, sizeof(peer->meeting), "%s", wanted->router.meeting);
	peer->fingerprint = wanted->fingerprint;
	peer->local = wanted->local;
	peer->remote = wanted->remote;
	peer->state = CONTROL_CONNECTING;
	peer->reason = "";
	worker_tcp_learn(peer, &wanted->router);
	const int err = transport_make(worker, wanted, now, &peer->transport);
	if (err < 0) {
		peer_free(peer);
		return err;
	}
	*out_peer = peer;
	return 0;
}

/* Forgets a peer of which the router knows nothing any more. */
static void peer_drop(struct worker *worker, struct peer *peer, rs_time now)
{
	worker_send_emitted(worker); /* what waits for it comes before its good-bye */
	transport_close(peer->transport);
	worker_drain(worker, peer, now);
	worker_tcp_forget(worker, peer);
	worker->n_untold -= peer->untold;
	peers_remove(worker->peers, peer);
}

/* A peer with a session of its own, in place of `old` if there is one. All that can be refused is
 * asked before the old one goes. */
static int peer_new(struct worker *worker, struct peer *old, const struct control_peer *wanted,
	rs_time now, uint32_t *out_handle)
{
	struct peer *peer = NULL;
	int err = peer_make(worker, wanted, now, &peer);
	if (err < 0)
		return err;
	err = router_peer_replace(worker->router, &wanted->router, now, &peer->handle);
	if (err < 0) {
		peer_free(peer);
		return err;
	}
	if (old != NULL)
		peer_drop(worker, old, now);
	err = peers_add(worker->peers, peer);
	if (err < 0) {
		router_peer_remove(worker->router, peer->id, now);
		peer_free(peer);
		return err == -EEXIST ? -EINVAL : err;
	}
	*out_handle = peer->handle;
	worker_drain(worker, peer, now);
	return 0;
}

static int restart(
	struct worker *worker, struct peer *peer, const struct control_peer *wanted, rs_time now)
{
	if (ice_credentials_equal(&peer->local, &wanted->local) &&
		ice_credentials_equal(&peer->remote, &wanted->remote))
		return 0;
	int err = transport_restart(peer->transport, &wanted->local, &wanted->remote);
	if (err < 0)
		return err;
	peer->local = wanted->local;
	peer->remote = wanted->remote;
	log_info(LOG_ICE, peer->id, "peer restarts ICE");
	err = peers_update_ufrags(worker->peers, peer);
	worker_drain(worker, peer, now);
	return err;
}

/* It is connected to another worker, from now on if it was not before. */
static int peer_elsewhere(
	struct worker *worker, const struct control_peer *wanted, rs_time now, uint32_t *out_handle)
{
	struct peer *peer = peers_by_id(worker->peers, wanted->router.id);
	const int err = router_peer_set(worker->router, &wanted->router, now, out_handle);
	if (err == 0 && peer != NULL)
		peer_drop(worker, peer, now);
	return err;
}

int worker_peer_set(
	struct worker *worker, const struct control_peer *wanted, rs_time now, uint32_t *out_handle)
{
	if (wanted->worker != worker->index)
		return peer_elsewhere(worker, wanted, now, out_handle);
	if (ufrag_is_anothers(worker, wanted) || worker_plain_has(worker, wanted->router.id))
		return -EINVAL;
	struct peer *peer = peers_by_id(worker->peers, wanted->router.id);
	if (peer == NULL || !same_session(peer, wanted))
		return peer_new(worker, peer, wanted, now, out_handle);
	/* The router may refuse, and then nothing has changed; the restart cannot: control judged the
	 * credentials. */
	const int err = router_peer_set(worker->router, &wanted->router, now, out_handle);
	if (err < 0)
		return err;
	worker_tcp_learn(peer, &wanted->router);
	return restart(worker, peer, wanted, now);
}

void worker_peer_remove(struct worker *worker, const char *id, rs_time now)
{
	struct peer *peer = peers_by_id(worker->peers, id);
	router_peer_remove(worker->router, id, now);
	if (peer != NULL)
		peer_drop(worker, peer, now);
}

/* ---- a turn ---- */

static void read_socket(struct worker *worker, size_t at, rs_time now)
{
	struct udp *udp = worker->sockets[at];
	const size_t n = udp_recv(udp, worker->batch);
	if (n > 0)
		transit_batch(&worker->transit, udp_batch_stamp(worker->batch), (unsigned)n);
	for (size_t i = 0; i < n; i++) {
		struct udp_datagram datagram;
		udp_datagram(udp, worker->batch, i, &datagram);
		if (datagram.len > 0)
			worker_datagram(worker, (uint32_t)at, &datagram, now);
	}
}

void worker_input(struct worker *worker, rs_time now)
{
	worker->turn_began = now;
	worker->now = now;
	worker_tcp_input(worker, now);
	worker_plain_input(worker, now);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		for (size_t i = 0; i < worker->n_sockets; i++) {
			if (udp_readable(worker->sockets[i]))
				read_socket(worker, i, now);
		}
	}
}

static void tick_transports(struct worker *worker, rs_time now)
{
	size_t cursor = 0;
	struct peer *peer = NULL;
	worker->next_transport_tick = RS_TIME_NEVER;
	while ((peer = peers_next(worker->peers, &cursor)) != NULL) {
		if (transport_deadline(peer->transport) <= now)
			transport_tick(peer->transport, now);
		worker_drain(worker, peer, now);
	}
}

void worker_tick(struct worker *worker, rs_time now)
{
	worker->now = now;
	if (now >= worker->next_transport_tick)
		tick_transports(worker, now);
	if (now >= router_deadline(worker->router))
		router_tick(worker->router, now);
}

void worker_output(struct worker *worker)
{
	worker_send_emitted(worker);
	worker_tcp_ask(worker); /* also for what was cut just now */
	worker_send_emitted(worker);
	worker_tcp_output(worker);
	worker_plain_output(worker);
	for (size_t i = 0; i < worker->n_sockets; i++)
		udp_flush(worker->sockets[i]);
	if (worker->turn_began != 0)
		transit_turn(&worker->transit, rs_clock_wall_us(), worker->turn_began,
			rs_clock_monotonic());
}

rs_time worker_deadline(const struct worker *worker)
{
	const rs_time deadline =
		rs_time_min(worker->next_transport_tick, router_deadline(worker->router));
	return worker->tcp != NULL ? rs_time_min(deadline, tcp_conns_deadline(worker->tcp))
				   : deadline;
}

int worker_poll_peer(struct worker *worker, struct worker_peer_event *out_event)
{
	if (worker->n_untold == 0)
		return 0;
	size_t cursor = 0;
	struct peer *peer = NULL;
	while ((peer = peers_next(worker->peers, &cursor)) != NULL && !peer->untold)
		continue;
	if (peer == NULL)
		return 0;
	peer->untold = false;
	worker->n_untold--;
	*out_event = (struct worker_peer_event){
		.peer = peer->id,
		.state = peer->state,
		.reason = peer->reason,
	};
	return 1;
}
