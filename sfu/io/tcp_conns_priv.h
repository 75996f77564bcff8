/* sfu/io/tcp_conns_priv.h: shared by tcp_conns.c and tcp_listen.c. */
#ifndef ROSTRUM_SFU_IO_TCP_CONNS_PRIV_H
#define ROSTRUM_SFU_IO_TCP_CONNS_PRIV_H

#include "sfu/io/tcp_conns.h"

/* A connection's number: this bit, a generation, and its index below TCP_CONNS_MOST. */
#define TCP_CONNS_FLAG 0x40000000U

struct tcp_conn {
	uv_poll_t poll;
	struct tcp_conns *owner;
	int fd;
	struct ice_path path;
	rs_time born;
	bool proven;
	bool over; /* to be closed and told */
	bool readable;
	bool unsent;      /* the queue may have something the line takes */
	bool awaits_room; /* the poll waits until the line takes more */
	unsigned reads;   /* in this turn */
	struct tcp_reader in;
	struct tcp_queue *queue; /* NULL before the first datagram out */
};

struct tcp_listener {
	uv_poll_t poll;
	struct tcp_conns *owner;
	int fd;
	struct rs_addr local;
	bool readable;
};

struct tcp_conns {
	struct tcp_conns_config config;
	struct tcp_listener *listeners[TCP_CONNS_LISTENERS_MAX];
	size_t n_listeners;
	struct tcp_conn **slots;
	size_t n;
	size_t n_unproven;
	size_t n_over;
	size_t n_readable;
	uint32_t generation;
	size_t cursor;                /* of tcp_conns_next() */
	rs_time accept_again;         /* RS_TIME_NEVER: it is not paused */
	struct tcp_conns_stats stats; /* tx: of closed connections */
	_Alignas(8) uint8_t datagram[TCP_PACKET_MAX];
};

/* Takes a connected descriptor on success: 0, -E2BIG, -ENOMEM or -EIO. */
int tcp_conn_new(
	struct tcp_conns *conns, int fd, const struct rs_addr *remote, rs_time now) RS_MUST_USE;
/* Closes it and frees its slot. */
void tcp_conn_close(struct tcp_conn *conn);

/* tcp_listen.c: takes what waits at the listening sockets, within the limits. */
void tcp_conns_accept(struct tcp_conns *conns, rs_time now);
/* Closes the listening sockets. */
void tcp_conns_deaf(struct tcp_conns *conns);

#endif
