#include "tools/client/io.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 8 /* most sockets have one datagram at a time, a picture's packets come together */
#define READY 256
#define NO_SOCKET SIZE_MAX

struct entry {
	int fd; /* -1 = free */
	void *ctx;
};

struct slot {
	struct sockaddr_in6 addr;
	struct iovec part;
	uint8_t control[CMSG_SPACE(sizeof(struct timespec))];
	uint8_t data[RTC_IO_DATAGRAM_MAX];
};

struct batch {
	struct mmsghdr headers[BATCH];
	struct slot slots[BATCH];
};

struct rtc_io {
	rtc_io_fn *deliver;
	void *ctx;
	int epoll;
	int family;
	size_t n_entries;
	struct entry *entries;
	size_t out_socket; /* whose datagrams wait */
	size_t n_out;
	struct rtc_io_stats stats;
	struct batch in;
	struct batch out;
};

static void batch_init(struct batch *batch, bool in)
{
	for (size_t i = 0; i < BATCH; i++) {
		struct slot *slot = &batch->slots[i];
		slot->part = (struct iovec){ slot->data, sizeof(slot->data) };
		batch->headers[i].msg_hdr =
			(struct msghdr){ .msg_iov = &slot->part, .msg_iovlen = 1 };
		if (!in)
			batch->headers[i].msg_hdr.msg_name = &slot->addr;
	}
}

/* AF_INET6 with both families behind it, unless this machine has no IPv6. */
static int find_family(void)
{
	const int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return AF_INET;
	(void)close(fd); /* nothing was written to it */
	return AF_INET6;
}

int rtc_io_new(size_t sockets, rtc_io_fn *deliver, void *ctx, struct rtc_io **out_io)
{
	struct rtc_io *io = rs_zalloc(sizeof(*io));
	if (io == NULL)
		return -ENOMEM;
	io->deliver = deliver;
	io->ctx = ctx;
	io->family = find_family();
	io->out_socket = NO_SOCKET;
	batch_init(&io->in, true);
	batch_init(&io->out, false);
	io->epoll = epoll_create1(EPOLL_CLOEXEC);
	io->entries = rs_calloc(sockets, sizeof(*io->entries));
	if (io->epoll < 0 || io->entries == NULL) {
		const int err = io->entries == NULL ? -ENOMEM : -EIO;
		rtc_io_free(io);
		return err;
	}
	io->n_entries = sockets;
	for (size_t i = 0; i < sockets; i++)
		io->entries[i].fd = -1;
	*out_io = io;
	return 0;
}

struct rtc_io *rtc_io_free(struct rtc_io *io)
{
	if (io == NULL)
		return NULL;
	for (size_t i = 0; i < io->n_entries; i++)
		rtc_io_close(io, i);
	if (io->epoll >= 0)
		(void)close(io->epoll); /* nothing was written to it */
	rs_release(io->entries);
	return rs_release(io);
}

static int socket_make(const struct rtc_io *io)
{
	const int fd = socket(io->family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	const int off = 0;
	const int on = 1;
	struct sockaddr_in6 any6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in any4 = { .sin_family = AF_INET };
	const bool v6 = io->family == AF_INET6;
	const struct sockaddr *any =
		v6 ? (const struct sockaddr *)&any6 : (const struct sockaddr *)&any4;
	if ((v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) < 0) ||
		setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
		bind(fd, any, v6 ? sizeof(any6) : sizeof(any4)) < 0) {
		(void)close(fd); /* nothing was written to it */
		return -1;
	}
	return fd;
}

int rtc_io_open(struct rtc_io *io, void *socket_ctx, size_t *out_socket)
{
	size_t at = 0;
	while (at < io->n_entries && io->entries[at].fd >= 0)
		at++;
	if (at == io->n_entries)
		return -E2BIG;
	const int fd = socket_make(io);
	if (fd < 0)
		return -EIO;
	struct epoll_event event = { .events = EPOLLIN, .data = { .u64 = at } };
	if (epoll_ctl(io->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		(void)close(fd); /* nothing was written to it */
		return -EIO;
	}
	io->entries[at] = (struct entry){ .fd = fd, .ctx = socket_ctx };
	*out_socket = at;
	return 0;
}

void rtc_io_close(struct rtc_io *io, size_t socket)
{
	struct entry *entry = &io->entries[socket];
	if (entry->fd < 0)
		return;
	if (io->out_socket == socket)
		rtc_io_flush(io);
	(void)close(entry->fd); /* datagrams are out or lost */
	entry->fd = -1;
}

bool rtc_io_has_v6(const struct rtc_io *io)
{
	return io->family == AF_INET6;
}

const struct rtc_io_stats *rtc_io_stats(const struct rtc_io *io)
{
	return &io->stats;
}

/* --- In --- */

/* The kernel stamps by the wall clock; `offset` takes that to the monotonic one. */
static rs_time arrival(struct msghdr *header, rs_time now, int64_t offset)
{
	for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part != NULL;
		part = CMSG_NXTHDR(header, part)) {
		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		struct timespec at;
		memcpy(&at, CMSG_DATA(part), sizeof(at));
		return rs_time_min(now, RS_SEC(at.tv_sec) + at.tv_nsec / 1000 - offset);
	}
	return now;
}

static void entry_read(struct rtc_io *io, size_t at, rs_time now, int64_t offset)
{
	int n = BATCH;
	while (n == BATCH && io->entries[at].fd >= 0) {
		for (size_t i = 0; i < BATCH; i++) {
			io->in.headers[i].msg_hdr.msg_control = io->in.slots[i].control;
			io->in.headers[i].msg_hdr.msg_controllen = sizeof(io->in.slots[i].control);
		}
		n = recvmmsg(io->entries[at].fd, io->in.headers, BATCH, MSG_DONTWAIT, NULL);
		for (int i = 0; i < n; i++) {
			struct mmsghdr *header = &io->in.headers[i];
			io->stats.received++;
			if ((header->msg_hdr.msg_flags & MSG_TRUNC) == 0)
				io->deliver(io->ctx, io->entries[at].ctx, io->in.slots[i].data,
					header->msg_len, arrival(&header->msg_hdr, now, offset));
		}
	}
}

static void sleep_until(rs_time until)
{
	const struct timespec at = { .tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000 };
	(void)clock_nanosleep(
		CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL); /* a signal may end it early */
}

void rtc_io_turn(struct rtc_io *io, rs_time until)
{
	struct epoll_event ready[READY];
	int n = READY;
	if (until > rs_clock_monotonic())
		sleep_until(until);
	/* Level triggered: what is ready and does not fit comes in the next round. */
	for (int round = 0; n == READY && round < 16; round++) {
		n = epoll_wait(io->epoll, ready, READY, 0);
		const rs_time now = rs_clock_monotonic();
		const int64_t offset = rs_clock_wall_us() - now;
		for (int i = 0; i < n; i++)
			entry_read(io, ready[i].data.u64, now, offset);
	}
}

/* --- Out --- */

static socklen_t to_system(int family, const struct rs_addr *addr, struct sockaddr_in6 *out)
{
	if (family == AF_INET) {
		struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(addr->port) };
		memcpy(&v4.sin_addr, addr->ip, sizeof(v4.sin_addr));
		memcpy(out, &v4, sizeof(v4));
		return sizeof(v4);
	}
	*out = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(addr->port) };
	if (addr->family == RS_ADDR_V4) {
		/* IPv4-mapped, RFC 4291 section 2.5.5.2. */
		out->sin6_addr.s6_addr[10] = 0xFF;
		out->sin6_addr.s6_addr[11] = 0xFF;
		memcpy(&out->sin6_addr.s6_addr[12], addr->ip, 4);
	} else {
		memcpy(&out->sin6_addr, addr->ip, sizeof(addr->ip));
	}
	return sizeof(*out);
}

uint8_t *rtc_io_room(struct rtc_io *io, size_t socket)
{
	if (io->out_socket != socket || io->n_out == BATCH)
		rtc_io_flush(io);
	io->out_socket = socket;
	return io->out.slots[io->n_out].data;
}

void rtc_io_commit(struct rtc_io *io, size_t len, const struct rs_addr *to)
{
	struct slot *slot = &io->out.slots[io->n_out];
	io->out.headers[io->n_out].msg_hdr.msg_namelen = to_system(io->family, to, &slot->addr);
	slot->part.iov_len = len;
	io->n_out++;
}

void rtc_io_flush(struct rtc_io *io)
{
	size_t done = 0;
	while (done < io->n_out) {
		const int n = sendmmsg(io->entries[io->out_socket].fd, io->out.headers + done,
			(unsigned)(io->n_out - done), MSG_DONTWAIT);
		if (n > 0) {
			done += (size_t)n;
			io->stats.sent += (uint64_t)n;
		} else if (errno != EINTR) {
			io->stats.send_failed++;
			done++;
		}
	}
	io->n_out = 0;
}
