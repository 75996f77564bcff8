/* Plain RTP and SRTP: ends of the configuration (sfu/plain) are peers of every worker's router; worker 0 has their sockets. */
#include "common/log/log.h"
#include "sfu/io/worker_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct plain_end {
	struct plain *plain;
	struct udp *sockets[PLAIN_PORTS]; /* NULL: no such port */
	uint32_t handle;                  /* the router's; its index is the place in `ends` */
};

static int open_port(struct worker *worker, const struct worker_config *config,
	struct plain_end *end, enum plain_port port, char error[WORKER_ERROR_LEN])
{
	struct rs_addr local;
	if (!plain_local(end->plain, port, &local))
		return 0;
	const int err = udp_new(worker->loop, &local, config->socket_buffer, &end->sockets[port]);
	if (err < 0) {
		char text[RS_ADDR_TEXT_LEN];
		rs_addr_format(&local, text);
		(void)snprintf(error, WORKER_ERROR_LEN,
			"plain[%zu]: key \"local\": %s/udp cannot be bound: %s",
			(size_t)(end - worker->plains), text, strerror(-err));
	}
	return err;
}

static int open_end(struct worker *worker, const struct worker_config *config,
	const struct plain_spec *spec, struct plain_end *end, char error[WORKER_ERROR_LEN])
{
	int err = plain_new(spec, &end->plain);
	for (unsigned port = 0; err == 0 && port < PLAIN_PORTS; port++)
		err = open_port(worker, config, end, (enum plain_port)port, error);
	return err;
}

/* Of all workers alike, before anybody else has a place: where a peer is in the tables is the same everywhere. */
static int join(struct worker *worker, const struct worker_config *config,
	const struct plain_spec *spec, struct plain_end *end, char error[WORKER_ERROR_LEN])
{
	struct plain_peer peer;
	plain_describe(spec, &worker->rand, &peer);
	const int err = router_peer_set(worker->router, &peer.router, config->began, &end->handle);
	if (err == -EINVAL)
		(void)snprintf(error, WORKER_ERROR_LEN, "plain[%u]: the router does not take it",
			spec->index);
	if (err < 0 || worker->index > 0)
		return err;
	router_peer_ready(worker->router, end->handle, true, config->began);
	log_info(LOG_MEDIA, peer.id, "plain %s meeting=%s %s=%s protected=%s",
		spec->way == PLAIN_IN ? "source" : "feed", spec->meeting,
		spec->way == PLAIN_IN ? "source" : "feed", spec->name,
		spec->key_len > 0 ? "yes" : "no");
	return 0;
}

int worker_plain_open(
	struct worker *worker, const struct worker_config *config, char error[WORKER_ERROR_LEN])
{
	if (config->n_plain == 0)
		return 0;
	worker->plains = rs_calloc(config->n_plain, sizeof(*worker->plains));
	if (worker->plains == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < config->n_plain; i++) {
		struct plain_end *end = &worker->plains[worker->n_plains++];
		int err = 0;
		if (worker->index == 0)
			err = open_end(worker, config, &config->plain[i], end, error);
		if (err == 0)
			err = join(worker, config, &config->plain[i], end, error);
		if (err < 0)
			return err;
	}
	return 0;
}

void worker_plain_close(struct worker *worker)
{
	for (size_t i = 0; i < worker->n_plains; i++) {
		for (unsigned port = 0; port < PLAIN_PORTS; port++)
			(void)udp_close(worker->plains[i].sockets[port]);
		plain_free(worker->plains[i].plain);
	}
	worker->n_plains = 0;
	worker->plains = rs_release(worker->plains);
}

bool worker_plain_has(const struct worker *worker, const char *id)
{
	char name[PLAIN_ID_LEN + 1];
	for (unsigned i = 0; i < worker->n_plains; i++) {
		(void)snprintf(name, sizeof(name), PLAIN_ID_PREFIX "%u", i);
		if (strcmp(name, id) == 0)
			return true;
	}
	return false;
}

/* ---- in ---- */

static void datagram(struct worker *worker, struct plain_end *end, enum plain_port port,
	const struct udp_datagram *in, rs_time now)
{
	size_t len = in->len;
	const int kind = plain_open(end->plain, port, &in->from, in->data, &len);
	if (kind < 0)
		return;
	const int err = kind == ROUTER_RTP
				? router_recv_rtp(worker->router, end->handle, in->data, len, now)
				: router_recv_rtcp(worker->router, end->handle, in->data, len, now);
	if (err < 0 && err != -EALREADY)
		worker->counts[kind == ROUTER_RTP ? COUNT_RTP_REFUSED : COUNT_RTCP_REFUSED]++;
}

static void read_port(
	struct worker *worker, struct plain_end *end, enum plain_port port, rs_time now)
{
	struct udp *udp = end->sockets[port];
	const size_t n = udp_recv(udp, worker->batch);
	if (n > 0)
		transit_batch(&worker->transit, udp_batch_stamp(worker->batch), (unsigned)n);
	for (size_t i = 0; i < n; i++) {
		struct udp_datagram in;
		udp_datagram(udp, worker->batch, i, &in);
		if (in.len > 0)
			datagram(worker, end, port, &in, now);
	}
}

void worker_plain_input(struct worker *worker, rs_time now)
{
	for (size_t i = 0; i < worker->n_plains; i++) {
		struct plain_end *end = &worker->plains[i];
		for (unsigned port = 0; port < PLAIN_PORTS; port++)
			if (end->sockets[port] != NULL && udp_readable(end->sockets[port]))
				read_port(worker, end, (enum plain_port)port, now);
	}
}

/* ---- out ---- */

bool worker_plain_emit(struct worker *worker, uint32_t handle, enum router_packet_kind kind,
	const uint8_t *data, size_t len)
{
	const size_t index = ROUTER_PEER_INDEX(handle);
	if (index >= worker->n_plains || worker->plains[index].handle != handle)
		return false;
	struct plain_end *end = &worker->plains[index];
	struct rs_addr remote;
	struct udp *udp = end->sockets[plain_way_out(end->plain, kind, &remote)];
	if (plain_seal(end->plain, kind, data, len, udp_room(udp), UDP_ROOM, &len) == 0)
		udp_commit(udp, len, &remote);
	return true;
}

void worker_plain_output(struct worker *worker)
{
	for (size_t i = 0; i < worker->n_plains; i++)
		for (unsigned port = 0; port < PLAIN_PORTS; port++)
			if (worker->plains[i].sockets[port] != NULL)
				udp_flush(worker->plains[i].sockets[port]);
}

/* ---- figures ---- */

const struct udp *worker_plain_socket(const struct worker *worker, size_t i)
{
	return i < worker->n_plains * PLAIN_PORTS
		       ? worker->plains[i / PLAIN_PORTS].sockets[i % PLAIN_PORTS]
		       : NULL;
}

void worker_plain_stats(const struct worker *worker, struct control_stats *stats, rs_time now)
{
	struct plain_stats sum = { 0 };
	/* Only worker 0 has ends that work. */
	for (unsigned i = 0; worker->index == 0 && i < worker->n_plains; i++) {
		const struct plain_stats *one = plain_stats(worker->plains[i].plain);
		struct router_peer_stats figures;
		char id[PLAIN_ID_LEN + 1];
		(void)snprintf(id, sizeof(id), PLAIN_ID_PREFIX "%u", i);
		if (router_peer_stats(worker->router, worker->plains[i].handle, now, &figures) == 0)
			control_stats_peer(stats, id, &figures, now);
		sum.rx_packets += one->rx_packets;
		sum.rx_strangers += one->rx_strangers;
		sum.rx_malformed += one->rx_malformed;
		sum.rx_unauthentic += one->rx_unauthentic;
		sum.tx_packets += one->tx_packets;
		sum.tx_failed += one->tx_failed;
	}
	control_stats_counter(stats, "plain_rx_packets", sum.rx_packets);
	control_stats_counter(stats, "plain_rx_strangers", sum.rx_strangers);
	control_stats_counter(stats, "plain_rx_malformed", sum.rx_malformed);
	control_stats_counter(stats, "plain_rx_unauthentic", sum.rx_unauthentic);
	control_stats_counter(stats, "plain_tx_packets", sum.tx_packets);
	control_stats_counter(stats, "plain_tx_failed", sum.tx_failed);
}
