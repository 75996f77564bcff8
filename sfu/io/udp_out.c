#include "sfu/io/udp_out.h"

#include "sfu/io/gso.h"
#include "sfu/io/sockaddr.h"
#include "sfu/io/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

/* Datagrams of one flush: five to each of 200 viewers, more to listeners. Octets that lie in a second
 * level cache. */
#define DATAGRAMS 1024
#define OCTETS ((size_t)512 << 10)
#define ALIGNMENT 16
/* Places to look for the message a destination was written last, a power of two. */
#define PLACES 1024
#define NONE UINT16_MAX
/* A destination behind a narrow line (EINVAL, EMSGSIZE) is not the system's fault; so many in a row are. */
#define REFUSALS_MAX 16

struct datagram {
	uint32_t at;
	uint16_t len;
	uint16_t next; /* of the same message, or NONE */
};

struct message {
	struct gso_run run;
	uint16_t first;
	uint16_t last;
};

struct control {
	_Alignas(struct cmsghdr) uint8_t data[CMSG_SPACE(sizeof(uint16_t))];
};

struct udp_out {
	bool segments;
	unsigned refusals;
	size_t used; /* octets */
	size_t n_datagrams;
	size_t n_messages;
	struct datagram datagrams[DATAGRAMS];
	struct message messages[DATAGRAMS];
	uint16_t places[PLACES]; /* message + 1; 0 = none */
	struct mmsghdr headers[DATAGRAMS];
	struct sockaddr_storage addrs[DATAGRAMS];
	struct iovec parts[DATAGRAMS];
	struct control controls[DATAGRAMS];
	_Alignas(ALIGNMENT) uint8_t octets[OCTETS];
};

int udp_out_new(bool segments, struct udp_out **out_out)
{
	struct udp_out *out = rs_zalloc(sizeof(*out));
	if (out == NULL)
		return -ENOMEM;
	out->segments = segments;
	*out_out = out;
	return 0;
}

struct udp_out *udp_out_free(struct udp_out *out)
{
	return rs_release(out);
}

/* ---- queue ---- */

uint8_t *udp_out_room(struct udp_out *out)
{
	if (out->n_datagrams == DATAGRAMS || OCTETS - out->used < UDP_ROOM)
		return NULL;
	return out->octets + out->used;
}

/* Different destinations may share a place: then the earlier one's message is just not added to. */
static uint16_t *place_of(struct udp_out *out, const struct rs_addr *to)
{
	uint32_t words[4];
	memcpy(words, to->ip, sizeof(words));
	const uint32_t mixed = (words[0] ^ words[1] ^ words[2] ^ words[3] ^ to->port) * 2654435761U;
	return &out->places[mixed >> 22];
}

static struct message *message_for(struct udp_out *out, const struct rs_addr *to, size_t len)
{
	const uint16_t known = *place_of(out, to);
	if (!out->segments || known == 0)
		return NULL;
	struct message *message = &out->messages[known - 1];
	return gso_takes(&message->run, to, len) ? message : NULL;
}

void udp_out_commit(struct udp_out *out, size_t len, const struct rs_addr *to)
{
	const uint16_t at = (uint16_t)out->n_datagrams++;
	out->datagrams[at] = (struct datagram){
		.at = (uint32_t)out->used,
		.len = (uint16_t)len,
		.next = NONE,
	};
	out->used += (len + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	struct message *message = message_for(out, to, len);
	if (message != NULL) {
		out->datagrams[message->last].next = at;
		message->last = at;
		gso_add(&message->run, len);
		return;
	}
	out->messages[out->n_messages++] =
		(struct message){ .run = gso_begin(to, len), .first = at, .last = at };
	*place_of(out, to) = (uint16_t)out->n_messages;
}

/* ---- send ---- */

/* The i-th message as the system wants it; returns the number of parts. */
static size_t header_write(struct udp_out *out, size_t i, size_t part)
{
	const struct message *message = &out->messages[i];
	struct msghdr *header = &out->headers[i].msg_hdr;
	size_t n = 0;
	for (uint16_t at = message->first; at != NONE; at = out->datagrams[at].next) {
		out->parts[part + n++] = (struct iovec){
			.iov_base = out->octets + out->datagrams[at].at,
			.iov_len = out->datagrams[at].len,
		};
	}
	*header = (struct msghdr){
		.msg_name = &out->addrs[i],
		.msg_namelen = sockaddr_of(&message->run.to, &out->addrs[i]),
		.msg_iov = &out->parts[part],
		.msg_iovlen = n,
	};
	if (n > 1) {
		const uint16_t size = (uint16_t)message->run.size;
		header->msg_control = out->controls[i].data;
		header->msg_controllen = sizeof(out->controls[i].data);
		struct cmsghdr *control = CMSG_FIRSTHDR(header);
		control->cmsg_level = IPPROTO_UDP;
		control->cmsg_type = UDP_SEGMENT;
		control->cmsg_len = CMSG_LEN(sizeof(size));
		memcpy(CMSG_DATA(control), &size, sizeof(size));
	}
	return n;
}

/* Media is worth nothing later: what the socket's buffer has no room for is dropped. */
static bool is_full(int error)
{
	return error == EAGAIN || error == ENOBUFS;
}

static void send_one_by_one(const struct udp_out *out, size_t i, int fd, struct udp_stats *stats)
{
	struct msghdr header = out->headers[i].msg_hdr;
	header.msg_control = NULL;
	header.msg_controllen = 0;
	header.msg_iovlen = 1;
	for (size_t left = out->messages[i].run.n; left > 0; left--, header.msg_iov++) {
		if (sendmsg(fd, &header, MSG_DONTWAIT) >= 0)
			stats->tx_datagrams++;
		else if (is_full(errno))
			stats->tx_full++;
		else
			stats->tx_errors++;
	}
}

static void note_sent(struct udp_out *out, size_t first, size_t n, struct udp_stats *stats)
{
	for (size_t i = first; i < first + n; i++) {
		const size_t datagrams = out->messages[i].run.n;
		stats->tx_datagrams += datagrams;
		if (datagrams > 1) {
			out->refusals = 0;
			stats->tx_joined += datagrams;
		}
	}
}

/* The system refused the i-th message. */
static void refused(struct udp_out *out, size_t i, int error, int fd, struct udp_stats *stats)
{
	if (out->messages[i].run.n == 1) {
		stats->tx_errors++; /* an address without a route */
		return;
	}
	stats->tx_join_refused++;
	if (error == EIO || error == EOPNOTSUPP || ++out->refusals >= REFUSALS_MAX)
		out->segments = false;
	send_one_by_one(out, i, fd, stats);
}

static void reset(struct udp_out *out)
{
	for (size_t i = 0; i < out->n_messages; i++)
		*place_of(out, &out->messages[i].run.to) = 0;
	out->n_messages = 0;
	out->n_datagrams = 0;
	out->used = 0;
}

void udp_out_flush(struct udp_out *out, int fd, struct udp_stats *stats)
{
	size_t parts = 0;
	for (size_t i = 0; i < out->n_messages; i++)
		parts += header_write(out, i, parts);
	size_t done = 0;
	while (done < out->n_messages) {
		const int n = sendmmsg(
			fd, out->headers + done, (unsigned)(out->n_messages - done), MSG_DONTWAIT);
		if (n > 0) {
			note_sent(out, done, (size_t)n, stats);
			done += (size_t)n;
		} else if (is_full(errno)) {
			for (; done < out->n_messages; done++)
				stats->tx_full += out->messages[done].run.n;
		} else if (errno != EINTR) {
			refused(out, done++, errno, fd, stats);
		}
	}
	reset(out);
}
