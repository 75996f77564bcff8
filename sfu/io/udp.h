/* sfu/io/udp.h
 *
 * One UDP socket on a loop: datagrams read and sent in batches. Replies leave by the socket their
 * cause came in on, so an address of the machine is never mixed with another. One thread owns a
 * socket; memory is taken in udp_new(), nothing is allocated for a datagram.
 */
#ifndef ROSTRUM_SFU_IO_UDP_H
#define ROSTRUM_SFU_IO_UDP_H

#include "common/base/addr.h"

#include <uv.h>

/* Datagrams read by one system call. */
#define UDP_BATCH 64
/* Largest payload taken: an Ethernet frame's. */
#define UDP_DATAGRAM_MAX 1500
/* Room for a datagram to be sent, with what sealing appends. */
#define UDP_ROOM 1536

struct udp;

/* Where one batch is read into; one is enough for all sockets of a thread. */
struct udp_batch;
int udp_batch_new(struct udp_batch **out_batch) RS_MUST_USE;
struct udp_batch *udp_batch_free(struct udp_batch *batch);

/* Valid until the batch is read into again; the payload may be changed in place. */
struct udp_datagram {
	uint8_t *data;
	size_t len;
	struct rs_addr from;
};

/* All only grow. */
struct udp_stats {
	uint64_t rx_datagrams;
	uint64_t rx_octets;
	uint64_t rx_oversized; /* longer than UDP_DATAGRAM_MAX: dropped */
	uint64_t rx_errors;
	uint64_t tx_datagrams;
	uint64_t tx_octets;
	uint64_t tx_full;         /* dropped: the socket's buffer was full */
	uint64_t tx_errors;       /* dropped: the system refused */
	uint64_t tx_joined;       /* of those sent: in one message with others (gso.h) */
	uint64_t tx_join_refused; /* such messages that had to be sent one by one */
};

/* Binds `local` (port 0 = any) with buffers of `buffer` octets; smaller ones are told in
 * udp_buffers(). 0, -ENOMEM, or what the system said: -EADDRINUSE, -EADDRNOTAVAIL, -EACCES, … */
int udp_new(
	uv_loop_t *loop, const struct rs_addr *local, int buffer, struct udp **out_udp) RS_MUST_USE;
/* Closes; memory is released when the loop has run the handle out. NULL is fine. Returns NULL. */
struct udp *udp_close(struct udp *udp);
/* The address bound, with its port. */
const struct rs_addr *udp_local(const struct udp *udp);
/* Octets the system granted for receiving and sending. */
void udp_buffers(const struct udp *udp, int *out_receive, int *out_send);
const struct udp_stats *udp_stats(const struct udp *udp);

/* True once something may be read; stays so until udp_recv() finds the socket empty. */
bool udp_readable(const struct udp *udp);
/* Reads one batch; returns its length, 0 when there is nothing. */
size_t udp_recv(struct udp *udp, struct udp_batch *batch);
/* When the kernel took the first of the batch just read off the wire, us since 1970; 0 = it does not say. */
int64_t udp_batch_stamp(const struct udp_batch *batch);
/* The i-th of the batch just read; an oversized one is counted and has length 0. */
void udp_datagram(
	struct udp *udp, struct udp_batch *batch, size_t i, struct udp_datagram *out_datagram);

/* UDP_ROOM octets for the next datagram, aligned to 16; sends the queue first when it is full. */
uint8_t *udp_room(struct udp *udp);
/* Queues `len` octets written to the room, at least one. */
void udp_commit(struct udp *udp, size_t len, const struct rs_addr *to);
void udp_flush(struct udp *udp);

#endif
