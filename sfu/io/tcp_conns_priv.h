/* sfu/io/tcp_conns_priv.h: shared by tcp_conns.c, and tcp_listen.c and tcp_conn.c below it. */
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

/* tcp_conn.c: one of them. */

/* Takes a connected descriptor on success: 0, -E2BIG, -ENOMEM or -EIO. */
int tcp_conn_new(
	struct tcp_conns *conns, int fd, const struct rs_addr *remote, rs_time now) RS_MUST_USE;
/* Its slot. */
size_t tcp_conn_index(uint32_t local);
/* It is closed by tcp_conns_gone(); until then nothing more comes of it. */
void tcp_conn_end(struct tcp_conn *conn);
/* Closes it and frees its slot. */
void tcp_conn_close(struct tcp_conn *conn);
/* Its next datagram; 0 when it has none for now. */
size_t tcp_conn_read(struct tcp_conn *conn, uint8_t out[TCP_PACKET_MAX]);
/* As tcp_conns_send(). */
void tcp_conn_send(struct tcp_conn *conn, const struct tcp_packet *what, const uint8_t *data,
	size_t len, rs_time now);
/* Writes what was queued, as far as the line takes it; there must be a queue. */
void tcp_conn_flush(struct tcp_conn *conn, rs_time now);
/* Adds what a queue counted; NULL is none. */
void tcp_conn_add(struct tcp_queue_stats *sum, const struct tcp_queue *queue);

/* tcp_listen.c: takes what waits at the listening sockets, within the limits. */
void tcp_conns_accept(struct tcp_conns *conns, rs_time now);
/* Closes the listening sockets. */
void tcp_conns_deaf(struct tcp_conns *conns);

#endif
