#include "signaling/io/io_priv.h"

#include "common/log/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 512
/* Connections taken in one turn of the loop, so that the others are not starved. */
#define ACCEPT_BATCH 64
/* Files that are no connection of a client: nodes, the store, libraries. */
#define FILES_BESIDE ((size_t)128)

union endpoint {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t to_sockaddr(const struct rs_addr *addr, union endpoint *out)
{
	memset(out, 0, sizeof(*out));
	if (addr->family == RS_ADDR_V4) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons(addr->port);
		memcpy(&out->v4.sin_addr, addr->ip, sizeof(out->v4.sin_addr));
		return sizeof(out->v4);
	}
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = htons(addr->port);
	memcpy(&out->v6.sin6_addr, addr->ip, sizeof(out->v6.sin6_addr));
	return sizeof(out->v6);
}

static struct rs_addr from_sockaddr(const union endpoint *endpoint)
{
	uint8_t ip[16];
	if (endpoint->any.sa_family == AF_INET) {
		memcpy(ip, &endpoint->v4.sin_addr, 4);
		return rs_addr_v4(ip, ntohs(endpoint->v4.sin_port));
	}
	memcpy(ip, &endpoint->v6.sin6_addr, sizeof(ip));
	return rs_addr_v6(ip, ntohs(endpoint->v6.sin6_port));
}

/* A socket bound and listening, or a negative errno. */
static int open_socket(const struct rs_addr *addr)
{
	union endpoint endpoint;
	const socklen_t len = to_sockaddr(addr, &endpoint);
	const int on = 1;
	const int fd =
		socket(endpoint.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* An IPv6 address stands for itself only: IPv4 has its own entry in the list. */
	const bool v6only = endpoint.any.sa_family != AF_INET6 ||
			    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0;
	if (!v6only || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
		bind(fd, &endpoint.any, len) < 0 || listen(fd, BACKLOG) < 0) {
		const int err = -errno;
		(void)close(fd); /* the error before is the one to tell */
		return err;
	}
	return fd;
}

static int add_listener(struct io *io, const char *text, char error[IO_ERROR_LEN])
{
	struct listener *listener = &io->listeners[io->n_listeners];
	if (rs_addr_parse(text, strlen(text), &listener->addr) < 0) {
		(void)snprintf(error, IO_ERROR_LEN,
			"key \"listen\": \"%.60s\": ADDR:PORT or [IPv6]:PORT is expected", text);
		return -EINVAL;
	}
	listener->fd = open_socket(&listener->addr);
	if (listener->fd < 0) {
		(void)snprintf(error, IO_ERROR_LEN, "%.60s: %s (key \"listen\")", text,
			strerror(-listener->fd));
		return -EIO;
	}
	listener->io = io;
	io->n_listeners++;
	return 0;
}

/* With no file descriptor left accept4() fails while the socket stays readable, and the loop would spin: so there are always more
 * than connections. */
static void fit_limit(struct io *io)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	const rlim_t wanted = io->config.limits.connections + FILES_BESIDE;
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < wanted)
			log_warning(LOG_HTTP, NULL,
				"fewer connections than configured, raise the limit of open files connections=%zu files=%llu",
				io->config.limits.connections, (unsigned long long)limit.rlim_cur);
	}
	if (limit.rlim_cur < wanted)
		io->config.limits.connections = limit.rlim_cur > 2 * FILES_BESIDE
							? (size_t)limit.rlim_cur - FILES_BESIDE
							: FILES_BESIDE;
}

int io_listen(struct io *io, char error[IO_ERROR_LEN])
{
	fit_limit(io);
	for (size_t i = 0; i < io->config.n_listen; i++) {
		const int err = add_listener(io, io->config.listen[i], error);
		if (err < 0)
			return err;
	}
	return 0;
}

static void adopt(struct io *io, int fd)
{
	if (io->connections >= io->config.limits.connections) {
		io->counters.connections_refused++;
		(void)close(fd); /* nothing was promised */
		return;
	}
	/* On failure libwebsockets has closed it. */
	const lws_sockfd_type socket_fd = fd;
	if (lws_adopt_socket_vhost(io->vhost, socket_fd) == NULL)
		io->counters.connections_refused++;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	const struct listener *listener = poll->data;
	for (int i = 0; i < ACCEPT_BATCH && status == 0; i++) {
		const int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return; /* none is left, or it went away again */
		adopt(listener->io, fd);
	}
}

/* The port that was really got, for one that asked for any. */
static void tell(struct listener *listener)
{
	union endpoint endpoint;
	socklen_t len = sizeof(endpoint);
	char text[RS_ADDR_TEXT_LEN];
	if (getsockname(listener->fd, &endpoint.any, &len) == 0)
		listener->addr = from_sockaddr(&endpoint);
	rs_addr_format(&listener->addr, text);
	log_info(LOG_HTTP, NULL, "listening address=%s tls=%s", text,
		listener->io->config.certificate[0] != '\0' ? "yes" : "no");
}

void io_accept(struct io *io)
{
	for (size_t i = 0; i < io->n_listeners; i++) {
		struct listener *listener = &io->listeners[i];
		listener->poll.data = listener;
		if (uv_poll_init(&io->loop, &listener->poll, listener->fd) < 0 ||
			uv_poll_start(&listener->poll, UV_READABLE, on_readable) < 0)
			log_error(LOG_HTTP, NULL, "address cannot be watched");
		tell(listener);
	}
}

void io_unlisten(struct io *io)
{
	for (size_t i = 0; i < io->n_listeners; i++) {
		struct listener *listener = &io->listeners[i];
		if (listener->poll.data != NULL)
			uv_close((uv_handle_t *)&listener->poll, NULL);
		(void)close(listener->fd); /* nothing was written to it */
	}
	io->n_listeners = 0;
}
