#include "sfu/io/udp.h"

#include "sfu/io/sockaddr.h"
#include "sfu/io/udp_out.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* One datagram on its way in. */
struct slot {
	struct sockaddr_storage addr;
	struct iovec part;
	uint8_t data[UDP_ROOM];
};

struct udp_batch {
	struct mmsghdr headers[UDP_BATCH];
	struct slot slots[UDP_BATCH];
	/* Of the first datagram alone: its age is that of the batch. */
	union {
		struct cmsghdr align;
		uint8_t data[CMSG_SPACE(sizeof(struct timespec))];
	} control;
};

struct udp {
	uv_poll_t poll;
	int fd;
	struct rs_addr local;
	int receive_buffer;
	int send_buffer;
	bool readable;
	struct udp_out *out;
	struct udp_stats stats;
};

static void batch_init(struct udp_batch *batch)
{
	for (size_t i = 0; i < UDP_BATCH; i++) {
		struct slot *slot = &batch->slots[i];
		slot->part.iov_base = slot->data;
		batch->headers[i].msg_hdr = (struct msghdr){
			.msg_name = &slot->addr,
			.msg_iov = &slot->part,
			.msg_iovlen = 1,
		};
	}
}

int udp_batch_new(struct udp_batch **out_batch)
{
	struct udp_batch *batch = rs_zalloc(sizeof(*batch));
	if (batch == NULL)
		return -ENOMEM;
	batch_init(batch);
	*out_batch = batch;
	return 0;
}

struct udp_batch *udp_batch_free(struct udp_batch *batch)
{
	return rs_release(batch);
}

/* ---- birth and death ---- */

/* Asks for a buffer, by privilege if need be, and reads back what came of it; Linux doubles the figure
 * for its own use. */
static int set_buffer(int fd, int option, int option_forced, int wanted)
{
	int got = 0;
	socklen_t len = sizeof(got);
	/* A refusal shows in the size read back. */
	if (setsockopt(fd, SOL_SOCKET, option_forced, &wanted, sizeof(wanted)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, option, &wanted, sizeof(wanted));
	if (getsockopt(fd, SOL_SOCKET, option, &got, &len) < 0)
		return 0;
	return got / 2;
}

static bool knows_segments(int fd)
{
	int size = 0;
	socklen_t len = sizeof(size);
	return getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, &len) == 0;
}

static int bind_fd(const struct rs_addr *local, int *out_fd)
{
	const int family = local->family == RS_ADDR_V4 ? AF_INET : AF_INET6;
	const int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	const int one = 1;
	struct sockaddr_storage addr = { 0 };
	const socklen_t len = sockaddr_of(local, &addr);
	if ((family == AF_INET6 &&
		    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) < 0) ||
		bind(fd, (const struct sockaddr *)&addr, len) < 0) {
		const int err = -errno;
		(void)close(fd); /* nothing was written to it */
		return err;
	}
	*out_fd = fd;
	return 0;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct udp *udp = poll->data;
	udp->readable = true;
}

static void on_closed(uv_handle_t *handle)
{
	struct udp *udp = handle->data;
	(void)close(udp->fd); /* datagrams are out or lost */
	udp_out_free(udp->out);
	rs_release(udp);
}

int udp_new(uv_loop_t *loop, const struct rs_addr *local, int buffer, struct udp **out_udp)
{
	struct udp *udp = rs_zalloc(sizeof(*udp));
	if (udp == NULL)
		return -ENOMEM;
	int err = bind_fd(local, &udp->fd);
	if (err < 0) {
		rs_release(udp);
		return err;
	}
	udp->receive_buffer = set_buffer(udp->fd, SO_RCVBUF, SO_RCVBUFFORCE, buffer);
	udp->send_buffer = set_buffer(udp->fd, SO_SNDBUF, SO_SNDBUFFORCE, buffer);
	const int one = 1;
	/* Without it the age of packets is not told, and nothing else is amiss. */
	(void)setsockopt(udp->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one));

	struct sockaddr_storage addr = { 0 };
	socklen_t len = sizeof(addr);
	err = getsockname(udp->fd, (struct sockaddr *)&addr, &len) < 0 ? -errno : 0;
	if (err == 0)
		err = udp_out_new(knows_segments(udp->fd), &udp->out);
	if (err == 0)
		err = uv_poll_init(loop, &udp->poll, udp->fd);
	if (err < 0) {
		(void)close(udp->fd); /* nothing was written to it */
		udp_out_free(udp->out);
		rs_release(udp);
		return err;
	}
	udp->local = sockaddr_read(&addr);
	udp->poll.data = udp;
	(void)uv_poll_start(
		&udp->poll, UV_READABLE, on_readable); /* fails on a closing handle only */
	*out_udp = udp;
	return 0;
}

struct udp *udp_close(struct udp *udp)
{
	if (udp != NULL) {
		udp_flush(udp);
		uv_close((uv_handle_t *)&udp->poll, on_closed);
	}
	return NULL;
}

const struct rs_addr *udp_local(const struct udp *udp)
{
	return &udp->local;
}

void udp_buffers(const struct udp *udp, int *out_receive, int *out_send)
{
	*out_receive = udp->receive_buffer;
	*out_send = udp->send_buffer;
}

const struct udp_stats *udp_stats(const struct udp *udp)
{
	return &udp->stats;
}

/* ---- in ---- */

bool udp_readable(const struct udp *udp)
{
	return udp->readable;
}

size_t udp_recv(struct udp *udp, struct udp_batch *batch)
{
	for (size_t i = 0; i < UDP_BATCH; i++) {
		batch->slots[i].part.iov_len = UDP_DATAGRAM_MAX;
		batch->headers[i].msg_hdr.msg_namelen = sizeof(batch->slots[i].addr);
	}
	batch->headers[0].msg_hdr.msg_control = batch->control.data;
	batch->headers[0].msg_hdr.msg_controllen = sizeof(batch->control.data);
	const int n = recvmmsg(udp->fd, batch->headers, UDP_BATCH, MSG_DONTWAIT, NULL);
	if (n < UDP_BATCH)
		udp->readable = false; /* the poll says when there is more */
	if (n < 0) {
		udp->stats.rx_errors += errno != EAGAIN && errno != EINTR;
		return 0;
	}
	udp->stats.rx_datagrams += (uint64_t)n;
	return (size_t)n;
}

int64_t udp_batch_stamp(const struct udp_batch *batch)
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(&batch->headers[0].msg_hdr);
	struct timespec at;

	if (header == NULL || header->cmsg_level != SOL_SOCKET ||
		header->cmsg_type != SCM_TIMESTAMPNS)
		return 0;
	memcpy(&at, CMSG_DATA(header), sizeof(at));
	return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

void udp_datagram(
	struct udp *udp, struct udp_batch *batch, size_t i, struct udp_datagram *out_datagram)
{
	const struct mmsghdr *header = &batch->headers[i];
	const bool oversized = (header->msg_hdr.msg_flags & MSG_TRUNC) != 0;
	udp->stats.rx_oversized += oversized;
	udp->stats.rx_octets += header->msg_len;
	*out_datagram = (struct udp_datagram){
		.data = batch->slots[i].data,
		.len = oversized ? 0 : header->msg_len,
		.from = sockaddr_read(&batch->slots[i].addr),
	};
}

/* ---- out ---- */

uint8_t *udp_room(struct udp *udp)
{
	uint8_t *room = udp_out_room(udp->out);
	if (room != NULL)
		return room;
	udp_flush(udp);
	return udp_out_room(udp->out);
}

void udp_commit(struct udp *udp, size_t len, const struct rs_addr *to)
{
	udp->stats.tx_octets += len;
	udp_out_commit(udp->out, len, to);
}

void udp_flush(struct udp *udp)
{
	udp_out_flush(udp->out, udp->fd, &udp->stats);
}
