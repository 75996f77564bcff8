/* sfu/io/worker_priv.h: shared by the worker's files. */
#ifndef ROSTRUM_SFU_IO_WORKER_PRIV_H
#define ROSTRUM_SFU_IO_WORKER_PRIV_H

#include "sfu/io/io.h"
#include "sfu/io/peers.h"
#include "sfu/io/tcp_conns.h"
#include "sfu/io/transit.h"
#include "sfu/io/udp.h"
#include "sfu/io/worker.h"
#include "sfu/plain/plain.h"

/* Why a datagram went no further; names in worker_stats.c. */
enum worker_count {
	COUNT_UNKNOWN_KIND, /* neither STUN, DTLS, RTP nor RTCP */
	COUNT_STUN_MALFORMED,
	COUNT_STUN_UNKNOWN, /* a user name that is nobody's */
	COUNT_STUN_UNAUTHENTIC,
	COUNT_STUN_REFUSED, /* well-formed, but not for a lite agent now */
	COUNT_DTLS_STRAY,   /* from a path that is nobody's */
	COUNT_DTLS_REFUSED,
	COUNT_MEDIA_STRAY,      /* from a path that is nobody's */
	COUNT_MEDIA_EARLY,      /* before the keys */
	COUNT_SRTP_UNAUTHENTIC, /* or from an unproven path */
	COUNT_SRTP_REPLAYED,
	COUNT_SRTP_REFUSED, /* malformed, or too many SSRCs */
	COUNT_RTP_REFUSED,  /* by the router, which says why */
	COUNT_RTCP_REFUSED,
	COUNT_TX_NO_PATH, /* for a peer without keys or consent */
	COUNT_TX_SEAL_FAILED,
	COUNTS,
};

/* A packet of the router's, not sealed yet. */
struct emitted {
	uint32_t handle;
	enum router_packet_kind kind;
	uint32_t at; /* in the outbox's octets */
	uint32_t len;
};

/* What was put out since the last were sent; a quarter of a second level cache at most. */
#define OUTBOX_PACKETS 512
struct outbox {
	size_t n;
	size_t used; /* octets */
	struct emitted packets[OUTBOX_PACKETS];
	uint8_t octets[64 << 10];
};

struct worker {
	uv_loop_t *loop;
	struct rs_rand rand;
	const struct dtls_identity *identity;
	struct udp *sockets[IO_ADDRESSES_MAX];
	size_t n_sockets;
	struct udp_batch *batch;
	struct tcp_conns *tcp;    /* NULL: no ICE-TCP */
	struct plain_end *plains; /* by the index of their handles */
	size_t n_plains;
	rs_time now; /* of this turn, for what is sent in it */
	struct peers *peers;
	struct router *router;
	router_tap_emit *tap; /* may be NULL */
	void *tap_ctx;
	unsigned index;
	router_relay_emit *relay;
	void *relay_ctx;
	rs_time next_transport_tick;
	size_t n_untold;
	uint64_t counts[COUNTS];
	struct transit transit;
	rs_time turn_began;
	int64_t wall_offset;      /* wall clock minus monotonic clock, us */
	unsigned sockets_clamped; /* whose buffers the system made smaller than wanted */
	struct outbox outbox;
};

/* worker_emit.c: packets of the router's on their way out. */

/* Keeps a copy until worker_send_emitted(), or until there is no room for more. */
void worker_emit(
	void *ctx, uint32_t handle, enum router_packet_kind kind, const uint8_t *data, size_t len);
/* Seals them and queues them for their lines, in the order they were put out. */
void worker_send_emitted(struct worker *worker);

/* worker_media.c: one datagram on its way in. */
void worker_datagram(
	struct worker *worker, uint32_t socket, const struct udp_datagram *datagram, rs_time now);
/* Obeys what the transport put out. */
void worker_drain(struct worker *worker, struct peer *peer, rs_time now);

/* worker_tcp.c: paths whose `local` is tcp_conns_is(). */

/* Listens beside each UDP socket, if the configuration has it; as worker_new() on errors. */
int worker_tcp_open(struct worker *worker, const struct worker_config *config,
	char error[WORKER_ERROR_LEN]) RS_MUST_USE;
void worker_tcp_input(struct worker *worker, rs_time now);
/* Notes what the payload types of a peer's slots carry. */
void worker_tcp_learn(struct peer *peer, const struct router_peer *wanted);
/* What a connection's queue must know of a packet of the router's, while it can still be read. */
struct tcp_packet worker_tcp_describe(
	const struct peer *peer, enum router_packet_kind kind, const uint8_t *data, size_t len);
/* Has the router ask for the key frames without which streams that were cut cannot go on. */
void worker_tcp_ask(struct worker *worker);
/* Writes what the lines take. */
void worker_tcp_output(struct worker *worker);
/* Writes what the peer's lines take and closes its connections. */
void worker_tcp_forget(struct worker *worker, const struct peer *peer);

/* worker_plain.c: peers without transport. */

/* Makes the entries of the configuration peers; at worker 0 binds their sockets. As worker_new() on errors. */
int worker_plain_open(struct worker *worker, const struct worker_config *config,
	char error[WORKER_ERROR_LEN]) RS_MUST_USE;
void worker_plain_close(struct worker *worker);
/* The name is one of theirs. */
bool worker_plain_has(const struct worker *worker, const char *id);
void worker_plain_input(struct worker *worker, rs_time now);
/* False when the handle is none of theirs. */
bool worker_plain_emit(struct worker *worker, uint32_t handle, enum router_packet_kind kind,
	const uint8_t *data, size_t len);
void worker_plain_output(struct worker *worker);
/* The i-th place for a socket, below n_plains * PLAIN_PORTS; NULL: there is none in it. */
const struct udp *worker_plain_socket(const struct worker *worker, size_t i);
void worker_plain_stats(const struct worker *worker, struct control_stats *stats, rs_time now);

#endif
