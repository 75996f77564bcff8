#include "sfu/io/tcp_conns.h"

#include "sfu/demux/demux.h"
#include "sfu/io/tcp_conns_priv.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define GENERATION_MASK 0x3ffffU

#define MOST 512
#define MOST_OF_ADDRESS 128
#define MOST_UNPROVEN 64
#define MOST_UNPROVEN_OF_ADDRESS 16

/* Reads of one connection in a turn: some 48 KiB. */
#define READS_PER_TURN 16
/* Octets the kernel may hold before the line: all else waits in our queue, where it can be dropped. */
#define UNSENT_IN_KERNEL 16384

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

/* ---- a connection ---- */

static void on_event(uv_poll_t *poll, int status, int events)
{
	struct tcp_conn *conn = poll->data;
	/* An error shows itself to the next read. */
	if ((status < 0 || (events & UV_READABLE) != 0) && !conn->readable) {
		conn->readable = true;
		conn->owner->n_readable++;
	}
	if ((events & UV_WRITABLE) != 0)
		conn->unsent = true;
}

static void watch(struct tcp_conn *conn, bool for_room)
{
	conn->awaits_room = for_room;
	/* Fails on a closing handle only. */
	(void)uv_poll_start(
		&conn->poll, for_room ? UV_READABLE | UV_WRITABLE : UV_READABLE, on_event);
}

static void not_readable(struct tcp_conn *conn)
{
	conn->owner->n_readable -= conn->readable;
	conn->readable = false;
}

/* It is closed by tcp_conns_gone(); until then nothing more comes of it. */
static void conn_end(struct tcp_conn *conn)
{
	if (conn->over)
		return;
	struct tcp_conns *conns = conn->owner;
	conn->over = true;
	conns->n_over++;
	conns->n--;
	conns->n_unproven -= !conn->proven;
	not_readable(conn);
	(void)uv_poll_stop(&conn->poll); /* always 0 */
}

static void on_conn_closed(uv_handle_t *handle)
{
	struct tcp_conn *conn = handle->data;
	(void)close(conn->fd); /* what was unsent is lost anyway */
	tcp_queue_free(conn->queue);
	rs_release(conn);
}

static void tx_add(struct tcp_queue_stats *sum, const struct tcp_queue *queue)
{
	if (queue == NULL)
		return;
	const struct tcp_queue_stats *stats = tcp_queue_stats(queue);
	sum->queued += stats->queued;
	sum->refused += stats->refused;
	sum->audio_stale += stats->audio_stale;
	sum->video_dropped += stats->video_dropped;
	sum->video_waiting += stats->video_waiting;
}

static size_t index_of(uint32_t local)
{
	return local % TCP_CONNS_MOST;
}

void tcp_conn_close(struct tcp_conn *conn)
{
	struct tcp_conns *conns = conn->owner;
	conn_end(conn);
	conns->n_over--;
	tx_add(&conns->stats.tx, conn->queue);
	conns->slots[index_of(conn->path.local)] = NULL;
	uv_close((uv_handle_t *)&conn->poll, on_conn_closed);
}

int tcp_conn_new(struct tcp_conns *conns, int fd, const struct rs_addr *remote, rs_time now)
{
	const int one = 1;
	const int unsent = UNSENT_IN_KERNEL;
	size_t at = 0;
	while (at < conns->config.most && conns->slots[at] != NULL)
		at++;
	if (at == conns->config.most)
		return -E2BIG; /* those that ended are not told yet */
	struct tcp_conn *conn = rs_zalloc(sizeof(*conn));
	if (conn == NULL)
		return -ENOMEM;
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) < 0 ||
		setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent)) < 0 ||
		uv_poll_init(conns->config.loop, &conn->poll, fd) < 0) {
		rs_release(conn);
		return -EIO;
	}
	const uint32_t generation = ++conns->generation & GENERATION_MASK;
	conn->owner = conns;
	conn->fd = fd;
	conn->path.local = TCP_CONNS_FLAG | generation * TCP_CONNS_MOST | (uint32_t)at;
	conn->path.remote = *remote;
	conn->born = now;
	conn->poll.data = conn;
	conns->slots[at] = conn;
	conns->n++;
	conns->n_unproven++;
	watch(conn, false);
	return 0;
}

static struct tcp_conn *conn_find(const struct tcp_conns *conns, uint32_t local)
{
	const size_t at = index_of(local);
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

/* The next datagram of a connection; 0 when it has none for now. */
static size_t conn_read(struct tcp_conn *conn, uint8_t out[TCP_PACKET_MAX])
{
	for (;;) {
		const int len = tcp_reader_next(&conn->in, out);
		if (len > 0)
			return (size_t)len;
		if (len < 0) {
			conn->owner->stats.bad++;
			conn_end(conn);
			return 0;
		}
		if (!conn->readable || conn->reads == READS_PER_TURN)
			return 0; /* the poll says so again */
		size_t cap = 0;
		uint8_t *room = tcp_reader_room(&conn->in, &cap);
		const ssize_t n = recv(conn->fd, room, cap, MSG_DONTWAIT);
		conn->reads++;
		if (n > 0) {
			tcp_reader_fill(&conn->in, (size_t)n);
			continue;
		}
		not_readable(conn);
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			conn_end(conn);
		return 0;
	}
}

int tcp_conns_next(struct tcp_conns *conns, struct tcp_conns_datagram *out_datagram)
{
	for (; conns->cursor < conns->config.most && conns->n_readable > 0; conns->cursor++) {
		struct tcp_conn *conn = conns->slots[conns->cursor];
		if (conn == NULL || conn->over || !conn->readable)
			continue;
		const size_t len = conn_read(conn, conns->datagram);
		if (len == 0)
			continue;
		if (!conn->proven && demux_classify(conns->datagram, len) != DEMUX_STUN) {
			conns->stats.bad++;
			conn_end(conn);
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

static struct tcp_queue *queue_of(struct tcp_conn *conn)
{
	if (conn->queue == NULL) {
		struct tcp_queue_config config;
		tcp_queue_config_default(&config);
		/* Without memory the datagram is lost; the next one tries again. */
		(void)!tcp_queue_new(&config, &conn->queue);
	}
	return conn->queue;
}

void tcp_conns_send(struct tcp_conns *conns, uint32_t local, const struct tcp_packet *what,
	const uint8_t *data, size_t len, rs_time now)
{
	struct tcp_conn *conn = conn_find(conns, local);
	struct tcp_queue *queue = conn != NULL ? queue_of(conn) : NULL;
	/* The queue counts what it refuses. */
	if (queue != NULL && tcp_queue_push(queue, what, data, len, now) == 0)
		conn->unsent = true;
}

static void conn_flush(struct tcp_conn *conn, rs_time now)
{
	struct tcp_span spans[TCP_SPANS_MAX];
	struct iovec parts[TCP_SPANS_MAX];
	size_t n = 0;
	conn->unsent = false;
	while ((n = tcp_queue_spans(conn->queue, now, spans)) > 0) {
		for (size_t i = 0; i < n; i++) {
			parts[i].iov_base = (void *)(uintptr_t)spans[i].data_view; /* only read */
			parts[i].iov_len = spans[i].len;
		}
		const struct msghdr msg = { .msg_iov = parts, .msg_iovlen = n };
		const ssize_t sent = sendmsg(conn->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0) {
			if (errno == EAGAIN)
				watch(conn, true);
			else
				conn_end(conn);
			return;
		}
		tcp_queue_sent(conn->queue, (size_t)sent);
	}
	if (conn->awaits_room)
		watch(conn, false);
}

void tcp_conns_flush(struct tcp_conns *conns, rs_time now)
{
	for (size_t i = 0; i < conns->config.most && conns->n > 0; i++) {
		struct tcp_conn *conn = conns->slots[i];
		if (conn != NULL && !conn->over && conn->unsent && conn->queue != NULL)
			conn_flush(conn, now);
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
			tx_add(&out_stats->tx, conns->slots[i]->queue);
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
