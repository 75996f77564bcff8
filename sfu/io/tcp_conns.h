/* sfu/io/tcp_conns.h
 *
 * ICE-TCP (RFC 6544) of one thread: sockets that listen beside the UDP ones, and the connections
 * clients made to them. A connection is one more place datagrams come from and go to: it has a number
 * that stands as `local` in an ice_path, apart from those of UDP sockets.
 *
 * A connection is nobody's until ICE has proven it: until then it may carry STUN alone, for
 * TCP_CONNS_PROVE_WITHIN, and no queue is made for it. One thread; memory is taken for a connection and
 * its queue, never for a datagram. Limits: config, and what is read of one connection in a turn.
 */
#ifndef ROSTRUM_SFU_IO_TCP_CONNS_H
#define ROSTRUM_SFU_IO_TCP_CONNS_H

#include "sfu/ice/ice.h"
#include "sfu/tcp/tcp.h"

#include <uv.h>

#define TCP_CONNS_LISTENERS_MAX 16
#define TCP_CONNS_MOST 4096
#define TCP_CONNS_PROVE_WITHIN RS_SEC(10)

struct tcp_conns;

struct tcp_conns_config {
	uv_loop_t *loop;
	size_t most;                     /* connections; 1 to TCP_CONNS_MOST */
	size_t most_of_address;          /* a delegation may sit behind one */
	size_t most_unproven;            /* one more pushes out the oldest of them */
	size_t most_unproven_of_address; /* one more is refused */
};

/* Connections, then datagrams; all only grow. */
struct tcp_conns_stats {
	uint64_t accepted;
	uint64_t refused;   /* over a limit of their address or of all */
	uint64_t pushed;    /* unproven, for a newer one */
	uint64_t timed_out; /* not proven in time */
	uint64_t bad;       /* framing broken, or something else than STUN before it was proven */
	uint64_t rx_datagrams;
	struct tcp_queue_stats tx;
};

struct tcp_conns_datagram {
	struct ice_path from;
	uint8_t *data; /* aligned to 8, with room for no more; may be changed until the next call */
	size_t len;
};

/* The usual limits. */
void tcp_conns_config_default(struct tcp_conns_config *out_config);
/* 0, -EINVAL or -ENOMEM. */
int tcp_conns_new(const struct tcp_conns_config *config, struct tcp_conns **out_conns) RS_MUST_USE;
/* Writes what the lines take, closes all; memory is released when the loop has run the handles out.
 * NULL is fine. Returns NULL. */
struct tcp_conns *tcp_conns_close(struct tcp_conns *conns);
/* Listens at `local` (port 0 = any). 0, -E2BIG, -ENOMEM, or what the system said. */
int tcp_conns_listen(struct tcp_conns *conns, const struct rs_addr *local) RS_MUST_USE;
/* The i-th address listened at, with its port; NULL after the last. */
const struct rs_addr *tcp_conns_local(const struct tcp_conns *conns, size_t i);

/* `local` of a path is a connection's. */
bool tcp_conns_is(uint32_t local);

/* Takes new connections and closes those not proven in time; before tcp_conns_next(). */
void tcp_conns_input(struct tcp_conns *conns, rs_time now);
/* The next datagram that came: 1, or 0 = none; a flood leaves something for the next turn. */
int tcp_conns_next(struct tcp_conns *conns, struct tcp_conns_datagram *out_datagram);
/* A path that is no more, since its connection ended: 1, or 0 = none. Each is told once. */
int tcp_conns_gone(struct tcp_conns *conns, struct ice_path *out_path);

/* ICE proved the path: everything is taken from it. */
void tcp_conns_proven(struct tcp_conns *conns, uint32_t local);
/* Nobody's any more: closes the connection. It is not told as gone. */
void tcp_conns_drop(struct tcp_conns *conns, uint32_t local);

/* Queues a datagram. The first one makes the queue: ICE answers only who proved itself. What cannot be
 * queued is counted. */
void tcp_conns_send(struct tcp_conns *conns, uint32_t local, const struct tcp_packet *what,
	const uint8_t *data, size_t len, rs_time now);
/* Writes what was queued, as far as the lines take it. */
void tcp_conns_flush(struct tcp_conns *conns, rs_time now);
/* A video stream to `out_path` was cut and can be had again with a key frame: 1, or 0 = none. */
int tcp_conns_key_wanted(struct tcp_conns *conns, struct ice_path *out_path, uint32_t *out_ssrc);

/* When tcp_conns_input() must be called without anything to read. */
rs_time tcp_conns_deadline(const struct tcp_conns *conns);
void tcp_conns_stats(const struct tcp_conns *conns, struct tcp_conns_stats *out_stats);

#endif
