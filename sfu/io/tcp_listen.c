#include "sfu/io/sockaddr.h"
#include "sfu/io/tcp_conns_priv.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG 64
#define ACCEPTS_PER_TURN 64
/* When no descriptor is left, connections wait in the backlog. */
#define ACCEPT_PAUSE RS_SEC(1)

/* ---- listening ---- */

static void on_incoming(uv_poll_t *poll, int status, int events)
{
	struct tcp_listener *listener = poll->data;
	listener->readable = true;
}

static void listeners_watch(struct tcp_conns *conns, bool on)
{
	for (size_t i = 0; i < conns->n_listeners; i++) {
		uv_poll_t *poll = &conns->listeners[i]->poll;
		/* These fail on closing handles only. */
		(void)(on ? uv_poll_start(poll, UV_READABLE, on_incoming) : uv_poll_stop(poll));
	}
}

static int listen_at(int fd, const struct rs_addr *local, struct rs_addr *out_local)
{
	const int one = 1;
	struct sockaddr_storage addr = { 0 };
	socklen_t len = sockaddr_of(local, &addr);
	if (addr.ss_family == AF_INET6 &&
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) < 0)
		return -errno;
	/* The port of a server killed a moment ago is taken again. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
		bind(fd, (const struct sockaddr *)&addr, len) < 0 || listen(fd, BACKLOG) < 0)
		return -errno;
	len = sizeof(addr);
	if (getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
		return -errno;
	*out_local = sockaddr_read(&addr);
	return 0;
}

static int listen_fd(const struct rs_addr *local, int *out_fd, struct rs_addr *out_local)
{
	const int family = local->family == RS_ADDR_V4 ? AF_INET : AF_INET6;
	const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	const int err = listen_at(fd, local, out_local);
	if (err < 0)
		(void)close(fd); /* nothing was written to it */
	else
		*out_fd = fd;
	return err;
}

int tcp_conns_listen(struct tcp_conns *conns, const struct rs_addr *local)
{
	if (conns->n_listeners == TCP_CONNS_LISTENERS_MAX)
		return -E2BIG;
	struct tcp_listener *listener = rs_zalloc(sizeof(*listener));
	if (listener == NULL)
		return -ENOMEM;
	listener->owner = conns;
	int err = listen_fd(local, &listener->fd, &listener->local);
	if (err < 0) {
		rs_release(listener);
		return err;
	}
	err = uv_poll_init(conns->config.loop, &listener->poll, listener->fd);
	if (err < 0) {
		(void)close(listener->fd); /* nothing was written to it */
		rs_release(listener);
		return err;
	}
	listener->poll.data = listener;
	(void)uv_poll_start(&listener->poll, UV_READABLE, on_incoming); /* as above */
	conns->listeners[conns->n_listeners++] = listener;
	return 0;
}

const struct rs_addr *tcp_conns_local(const struct tcp_conns *conns, size_t i)
{
	return i < conns->n_listeners ? &conns->listeners[i]->local : NULL;
}

/* ---- taking connections ---- */

static bool same_ip(const struct rs_addr *a, const struct rs_addr *b)
{
	return a->family == b->family && memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* Whether one more of this address is welcome; the oldest unproven one makes room if it must. */
static bool admit(struct tcp_conns *conns, const struct rs_addr *remote)
{
	size_t of_address = 0;
	size_t unproven = 0;
	struct tcp_conn *oldest = NULL;
	for (size_t i = 0; i < conns->config.most; i++) {
		struct tcp_conn *conn = conns->slots[i];
		if (conn == NULL || conn->over)
			continue;
		const bool same = same_ip(&conn->path.remote, remote);
		of_address += same;
		unproven += same && !conn->proven;
		if (!conn->proven && (oldest == NULL || conn->born < oldest->born))
			oldest = conn;
	}
	if (of_address >= conns->config.most_of_address ||
		unproven >= conns->config.most_unproven_of_address)
		return false;
	const bool full = conns->n >= conns->config.most;
	if ((full || conns->n_unproven >= conns->config.most_unproven) && oldest != NULL) {
		conns->stats.pushed++;
		tcp_conn_close(oldest);
		return true;
	}
	return !full;
}

/* Ends it at once, without a state kept for its sake. */
static void turn_away(int fd)
{
	const struct linger linger = { .l_onoff = 1 };
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)); /* a courtesy to us */
	(void)close(fd); /* nothing was written to it */
}

static void accept_from(struct tcp_conns *conns, struct tcp_listener *listener, rs_time now)
{
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct sockaddr_storage addr = { 0 };
		socklen_t len = sizeof(addr);
		const int fd = accept4(
			listener->fd, (struct sockaddr *)&addr, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && (errno == ECONNABORTED || errno == EINTR))
			continue;
		if (fd < 0) {
			listener->readable = false;
			if (errno != EAGAIN) {
				listeners_watch(conns, false);
				conns->accept_again = now + ACCEPT_PAUSE;
			}
			return;
		}
		const struct rs_addr remote = sockaddr_read(&addr);
		if (!admit(conns, &remote) || tcp_conn_new(conns, fd, &remote, now) < 0) {
			conns->stats.refused++;
			turn_away(fd);
		} else {
			conns->stats.accepted++;
		}
	}
}

void tcp_conns_accept(struct tcp_conns *conns, rs_time now)
{
	if (conns->accept_again <= now) {
		conns->accept_again = RS_TIME_NEVER;
		listeners_watch(conns, true);
	}
	for (size_t i = 0; i < conns->n_listeners; i++) {
		if (conns->listeners[i]->readable)
			accept_from(conns, conns->listeners[i], now);
	}
}

static void on_listener_closed(uv_handle_t *handle)
{
	struct tcp_listener *listener = handle->data;
	(void)close(listener->fd); /* nothing was written to it */
	rs_release(listener);
}

void tcp_conns_deaf(struct tcp_conns *conns)
{
	for (size_t i = 0; i < conns->n_listeners; i++)
		uv_close((uv_handle_t *)&conns->listeners[i]->poll, on_listener_closed);
	conns->n_listeners = 0;
}
