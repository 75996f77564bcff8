#include "sfu/io/tcp_conns.h"

#include "sfu/demux/demux.h"
#include "sfu/io/tcp_conns_priv.h"

#include <errno.h>

#define MOST 512
#define MOST_OF_ADDRESS 128
#define MOST_UNPROVEN 64
#define MOST_UNPROVEN_OF_ADDRESS 16

void tcp_conns_config_default(struct tcp_conns_config *out_config)
{
	*out_config = (struct tcp_conns_config){
		.most = MOST,
		.most_of_address = MOST_OF_ADDRESS,
		.most_unproven = MOST_UNPROVEN,
		.most_unproven_of_address = MOST_UNPROVEN_OF_ADDRESS,
	};
}

int tcp_conns_new(const struct tcp_conns_config *config, struct tcp_conns **out_conns)
{
	if (config->most == 0 || config->most > TCP_CONNS_MOST || config->most_of_address == 0 ||
		config->most_unproven == 0 || config->most_unproven_of_address == 0)
		return -EINVAL;
	struct tcp_conns *conns = rs_zalloc(sizeof(*conns));
	if (conns == NULL)
		return -ENOMEM;
	conns->config = *config;
	conns->accept_again = RS_TIME_NEVER;
	conns->slots = rs_calloc(config->most, sizeof(struct tcp_conn *));
	if (conns->slots == NULL) {
		rs_release(conns);
		return -ENOMEM;
	}
	*out_conns = conns;
	return 0;
}

static struct tcp_conn *conn_find(const struct tcp_conns *conns, uint32_t local)
{
	const size_t at = tcp_conn_index(local);
	struct tcp_conn *conn =
		tcp_conns_is(local) && at < conns->config.most ? conns->slots[at] : NULL;
	return conn != NULL && conn->path.local == local && !conn->over ? conn : NULL;
}

bool tcp_conns_is(uint32_t local)
{
	return (local & TCP_CONNS_FLAG) != 0;
}

static void end_the_late(struct tcp_conns *conns, rs_time now)
{
	for (size_t i = 0; i < conns->config.most && conns->n_unproven > 0; i++) {
		struct tcp_conn *conn = conns->slots[i];
		if (conn == NULL || conn->over || conn->proven ||
			conn->born + TCP_CONNS_PROVE_WITHIN > now)
			continue;
		conns->stats.timed_out++;
		tcp_conn_close(conn);
	}
}

void tcp_conns_input(struct tcp_conns *conns, rs_time now)
{
	end_the_late(conns, now);
	tcp_conns_accept(conns, now);
	conns->cursor = 0;
	for (size_t i = 0; i < conns->config.most && conns->n_readable > 0; i++) {
		if (conns->slots[i] != NULL)
			conns->slots[i]->reads = 0;
	}
}

rs_time tcp_conns_deadline(const struct tcp_conns *conns)
{
	rs_time deadline = conns->accept_again;
	for (size_t i = 0; i < conns->config.most && conns->n_unproven > 0; i++) {
		const struct tcp_conn *conn = conns->slots[i];
		if (conn != NULL && !conn->over && !conn->proven)
			deadline = rs_time_min(deadline, conn->born + TCP_CONNS_PROVE_WITHIN);
	}
	return deadline;
}

/* ---- in ---- */

int tcp_conns_next(struct tcp_conns *conns, struct tcp_conns_datagram *out_datagram)
{
	for (; conns->cursor < conns->config.most && conns->n_readable > 0; conns->cursor++) {
		struct tcp_conn *conn = conns->slots[conns->cursor];
		if (conn == NULL || conn->over || !conn->readable)
			continue;
		const size_t len = tcp_conn_read(conn, conns->datagram);
		if (len == 0)
			continue;
		if (!conn->proven && demux_classify(conns->datagram, len) != DEMUX_STUN) {
			conns->stats.bad++;
			tcp_conn_end(conn);
			continue;
		}
		conns->stats.rx_datagrams++;
		*out_datagram = (struct tcp_conns_datagram){
			.from = conn->path,
			.data = conns->datagram,
			.len = len,
		};
		return 1;
	}
	return 0;
}

int tcp_conns_gone(struct tcp_conns *conns, struct ice_path *out_path)
{
	for (size_t i = 0; i < conns->config.most && conns->n_over > 0; i++) {
		struct tcp_conn *conn = conns->slots[i];
		if (conn == NULL || !conn->over)
			continue;
		const bool proven = conn->proven;
		*out_path = conn->path;
		tcp_conn_close(conn);
		if (proven)
			return 1;
	}
	return 0;
}

void tcp_conns_proven(struct tcp_conns *conns, uint32_t local)
{
	struct tcp_conn *conn = conn_find(conns, local);
	if (conn == NULL || conn->proven)
		return;
	conn->proven = true;
	conns->n_unproven--;
}

void tcp_conns_drop(struct tcp_conns *conns, uint32_t local)
{
	struct tcp_conn *conn = conn_find(conns, local);
	if (conn != NULL)
		tcp_conn_close(conn);
}

/* ---- out ---- */

void tcp_conns_send(struct tcp_conns *conns, uint32_t local, const struct tcp_packet *what,
	const uint8_t *data, size_t len, rs_time now)
{
	struct tcp_conn *conn = conn_find(conns, local);
	if (conn != NULL)
		tcp_conn_send(conn, what, data, len, now);
}

void tcp_conns_flush(struct tcp_conns *conns, rs_time now)
{
	for (size_t i = 0; i < conns->config.most && conns->n > 0; i++) {
		struct tcp_conn *conn = conns->slots[i];
		if (conn != NULL && !conn->over && conn->unsent && conn->queue != NULL)
			tcp_conn_flush(conn, now);
	}
}

int tcp_conns_key_wanted(struct tcp_conns *conns, struct ice_path *out_path, uint32_t *out_ssrc)
{
	for (size_t i = 0; i < conns->config.most && conns->n > 0; i++) {
		const struct tcp_conn *conn = conns->slots[i];
		if (conn != NULL && !conn->over && conn->queue != NULL &&
			tcp_queue_key_wanted(conn->queue, out_ssrc) == 1) {
			*out_path = conn->path;
			return 1;
		}
	}
	return 0;
}

/* ---- end ---- */

void tcp_conns_stats(const struct tcp_conns *conns, struct tcp_conns_stats *out_stats)
{
	*out_stats = conns->stats;
	for (size_t i = 0; i < conns->config.most; i++) {
		if (conns->slots[i] != NULL)
			tcp_conn_add(&out_stats->tx, conns->slots[i]->queue);
	}
}

struct tcp_conns *tcp_conns_close(struct tcp_conns *conns)
{
	if (conns == NULL)
		return NULL;
	tcp_conns_deaf(conns);
	for (size_t i = 0; i < conns->config.most; i++) {
		if (conns->slots[i] != NULL)
			tcp_conn_close(conns->slots[i]);
	}
	rs_release(conns->slots);
	return rs_release(conns);
}
