/* sfu/io/worker.h
 *
 * The media plane of one thread: its sockets, peers and router, and the way of a packet between
 * them. It knows nothing of control connections or recorders; its owner calls the verbs below in
 * the order of a turn (io.h) and hands it one reading of the clock. Nothing is allocated for a
 * packet.
 */
#ifndef ROSTRUM_SFU_IO_WORKER_H
#define ROSTRUM_SFU_IO_WORKER_H

#include "common/base/addr.h"
#include "sfu/control/control.h"
#include "sfu/plain/plain.h"

#include <uv.h>

struct worker;

struct worker_config {
	uv_loop_t *loop;
	const struct rs_addr *addresses; /* to bind, all to one port; that of the first, 0 = any */
	size_t n_addresses;
	const struct dtls_identity *identity; /* looked at, outlives the worker */
	size_t meetings;                      /* most */
	size_t peers;                         /* most */
	int socket_buffer;                    /* octets */
	size_t tcp_connections;               /* most; 0 = no ICE-TCP, up to TCP_CONNS_MOST */
	uint16_t tcp_port;                    /* 0 = that of the UDP socket beside it */
	const struct plain_spec *plain; /* streams without ICE and DTLS, beyond `peers`; copied */
	size_t n_plain;                 /* up to PLAIN_MAX */
	rs_time began;                  /* now */
	int64_t wall_offset;            /* wall clock minus monotonic clock, us */
	router_tap_emit *tap;
	void *tap_ctx;
	unsigned index; /* among `count` workers */
	unsigned count; /* 1: there is no other, and `relay` is not called */
	router_relay_emit *relay;
	void *relay_ctx;
};

#define WORKER_ERROR_LEN 256

/* 0, or a negative error with one line in `error` that names the address. */
int worker_new(const struct worker_config *config, char error[WORKER_ERROR_LEN],
	struct worker **out_worker) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct worker *worker_free(struct worker *worker);
/* Sends every peer a good-bye. */
void worker_close_peers(struct worker *worker);
/* The i-th address bound, with its port; NULL after the last. */
const struct rs_addr *worker_address(const struct worker *worker, size_t i);
/* The i-th address ICE-TCP is listened at; NULL after the last. */
const struct rs_addr *worker_tcp_address(const struct worker *worker, size_t i);
struct router *worker_router(struct worker *worker);

/* ---- desired state, as control_port has it ---- */

/* Also of a peer that is another worker's, of which the router alone is told. *out_handle is the router's. */
int worker_peer_set(struct worker *worker, const struct control_peer *peer, rs_time now,
	uint32_t *out_handle) RS_MUST_USE;
void worker_peer_remove(struct worker *worker, const char *id, rs_time now);

/* ---- a turn ---- */

/* Reads the sockets; a flood leaves something for the next turn. */
void worker_input(struct worker *worker, rs_time now);
void worker_tick(struct worker *worker, rs_time now);
/* Sends what was queued. */
void worker_output(struct worker *worker);
rs_time worker_deadline(const struct worker *worker);

/* ---- figures ---- */

struct worker_peer_event {
	const char *peer;
	enum control_peer_state state;
	const char *reason;
};
/* Takes one change of a peer's transport: 1, or 0 = none. Only the last of a turn is told. */
int worker_poll_peer(struct worker *worker, struct worker_peer_event *out_event);

/* Adds the figures of all peers, sources and counters to `stats`. */
void worker_stats(struct worker *worker, struct control_stats *stats, rs_time now);
/* True: levels of microphones somebody looks at, which the caller frees or says. */
bool worker_levels(struct worker *worker, rs_time now, struct control_levels **out_levels);

#endif
