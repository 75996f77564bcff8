/* One connection: it is watched, read, and written to as far as its line takes it. */
#include "sfu/io/tcp_conns_priv.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define GENERATION_MASK 0x3ffffU

/* Reads of one connection in a turn: some 48 KiB. */
#define READS_PER_TURN 16
/* Octets the kernel may hold before the line: all else waits in our queue, where it can be dropped. */
#define UNSENT_IN_KERNEL 16384

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

void tcp_conn_end(struct tcp_conn *conn)
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

void tcp_conn_add(struct tcp_queue_stats *sum, const struct tcp_queue *queue)
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

size_t tcp_conn_index(uint32_t local)
{
	return local % TCP_CONNS_MOST;
}

void tcp_conn_close(struct tcp_conn *conn)
{
	struct tcp_conns *conns = conn->owner;
	tcp_conn_end(conn);
	conns->n_over--;
	tcp_conn_add(&conns->stats.tx, conn->queue);
	conns->slots[tcp_conn_index(conn->path.local)] = NULL;
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

/* ---- in ---- */

size_t tcp_conn_read(struct tcp_conn *conn, uint8_t out[TCP_PACKET_MAX])
{
	for (;;) {
		const int len = tcp_reader_next(&conn->in, out);
		if (len > 0)
			return (size_t)len;
		if (len < 0) {
			conn->owner->stats.bad++;
			tcp_conn_end(conn);
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
			tcp_conn_end(conn);
		return 0;
	}
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

void tcp_conn_send(struct tcp_conn *conn, const struct tcp_packet *what, const uint8_t *data,
	size_t len, rs_time now)
{
	struct tcp_queue *queue = queue_of(conn);
	/* The queue counts what it refuses. */
	if (queue != NULL && tcp_queue_push(queue, what, data, len, now) == 0)
		conn->unsent = true;
}

void tcp_conn_flush(struct tcp_conn *conn, rs_time now)
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
				tcp_conn_end(conn);
			return;
		}
		tcp_queue_sent(conn->queue, (size_t)sent);
	}
	if (conn->awaits_room)
		watch(conn, false);
}
