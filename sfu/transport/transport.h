/* sfu/transport/transport.h
 *
 * One peer's way over the network: ICE, DTLS and SRTP as one machine. Datagrams that are STUN or
 * DTLS go to transport_recv(); RTP and RTCP are opened and sealed in place, so that media is never
 * copied or queued here. DTLS is taken only from a path that ICE has proven: a forged ClientHello
 * from elsewhere cannot disturb a call.
 *
 * The driver: one object a peer; a map from ice_path to peer, kept by TRANSPORT_PATH_ADDED and
 * _REMOVED; a map from local ufrag to peer for a STUN request from a path nobody knows. It polls
 * after each recv, restart and tick until 0. Not thread safe; allocates in transport_new() and at
 * the end of the handshake, never per packet.
 */
#ifndef ROSTRUM_SFU_TRANSPORT_TRANSPORT_H
#define ROSTRUM_SFU_TRANSPORT_TRANSPORT_H

#include "sfu/dtls/dtls.h"
#include "sfu/ice/ice.h"
#include "sfu/srtp/srtp.h"

/* Spare octets behind a packet that transport_seal_rtp() and _rtcp() need. */
#define TRANSPORT_TRAILER CRYPT_RTCP_TRAILER

struct transport;

struct transport_config {
	struct ice_config ice;
	struct dtls_config dtls;
	size_t max_recv_streams; /* SSRCs the peer may send at a time; 1 to CRYPT_STREAMS_MAX */
	size_t max_send_streams; /* SSRCs we send to it */
};

/* The usual time-outs and limits; credentials, identity and fingerprint are the caller's. */
void transport_config_default(struct transport_config *out_config);

enum transport_output_kind {
	TRANSPORT_DATAGRAM,     /* send data by path */
	TRANSPORT_PATH_ADDED,   /* datagrams from path are this peer's */
	TRANSPORT_PATH_REMOVED, /* ... no longer */
	TRANSPORT_SELECTED,     /* media goes by path from now on */
	TRANSPORT_RESTARTED,    /* an ICE restart is proven; transport_old_ufrag() is void */
	TRANSPORT_CONNECTED,    /* keys agreed: media may flow */
	TRANSPORT_DISCONNECTED, /* consent ran out; a new check brings TRANSPORT_SELECTED */
	TRANSPORT_CLOSED,       /* the peer said good-bye */
	TRANSPORT_FAILED,       /* error says why; the object is dead */
};

struct transport_output {
	enum transport_output_kind kind;
	struct ice_path path;
	const uint8_t *data_view; /* TRANSPORT_DATAGRAM; valid until the next call on the object */
	size_t len;
	int error; /* TRANSPORT_FAILED: as dtls_output */
};

enum transport_media {
	TRANSPORT_RTP,
	TRANSPORT_RTCP,
};

/* All only grow. */
struct transport_stats {
	struct ice_stats ice;
	uint64_t stray_dtls;  /* DTLS from an unproven path, or after failure */
	uint64_t stray_media; /* media from an unproven path or before the keys */
	uint64_t opened;      /* packets opened */
	uint64_t open_failed; /* not authentic or malformed */
	uint64_t open_replayed;
	uint64_t streams_refused; /* SSRCs over the limit */
	uint64_t sealed;
};

/* Copies the configuration, borrows the DTLS identity; crypt_start() has been called.
 * 0, -EINVAL, -ENOMEM. */
int transport_new(const struct transport_config *config, rs_time now,
	struct transport **out_transport) RS_MUST_USE;
/* NULL is fine; sends nothing (see transport_close). Returns NULL. */
struct transport *transport_free(struct transport *transport);

/* A STUN or DTLS datagram came by `from`. 0, or its fault: -EBADMSG, -EPROTO, -EACCES, -EALREADY,
 * -EAGAIN (poll first). The object lives on. */
int transport_recv(struct transport *transport, const uint8_t *data, size_t len,
	const struct ice_path *from, rs_time now) RS_MUST_USE;

/* Decrypts an RTP or RTCP datagram in place; *len becomes the plain length. Returns an enum
 * transport_media, or -EACCES (unproven path, not authentic), -EPROTO (before the keys), -EALREADY
 * (replay), -EBADMSG, -E2BIG (SSRC over the limit), -ENOMEM. */
int transport_open(struct transport *transport, uint8_t *data, size_t *len,
	const struct ice_path *from, rs_time now) RS_MUST_USE;

/* Encrypts for sending by transport_selected(), from `data` into `out`, which is `data` itself or does not overlap it.
 * 0, -EPROTO (before the keys), -ENOSPC (cap < len + TRANSPORT_TRAILER), -EBADMSG, -E2BIG, -ENOMEM. */
int transport_seal_rtp(struct transport *transport, const uint8_t *data, size_t len, uint8_t *out,
	size_t cap, size_t *out_len) RS_MUST_USE;
/* The same in place. */
int transport_seal_rtcp(
	struct transport *transport, uint8_t *data, size_t *len, size_t cap) RS_MUST_USE;
/* Has the processor fetch what sealing a packet needs. Each step follows a pointer that the one before fetched: taken step by
 * step for many peers, they wait for memory together. Changes nothing. */
#define TRANSPORT_FETCHES 4
void transport_fetch(const struct transport *transport, unsigned step);

/* The path can carry nothing any more (a TCP connection ended); poll what comes of it. */
void transport_path_gone(struct transport *transport, const struct ice_path *path);
/* New ICE credentials (ice_restart); DTLS and SRTP go on. 0 or -EINVAL. */
int transport_restart(struct transport *transport, const struct ice_credentials *local,
	const struct ice_credentials *remote) RS_MUST_USE;
/* Says good-bye to the peer if there is one; poll the datagram, then free. */
void transport_close(struct transport *transport);

/* Time passed; safe to call early, late or twice. */
void transport_tick(struct transport *transport, rs_time now);
rs_time transport_deadline(const struct transport *transport);
/* Takes one output: 1, or 0 = nothing. */
int transport_poll(struct transport *transport, struct transport_output *out_output);

/* Keys agreed and consent given: sealing makes sense. */
bool transport_is_open(const struct transport *transport);
/* Where to send, or NULL. */
const struct ice_path *transport_selected(const struct transport *transport);
/* Local ufrags that STUN requests may carry; the second is NULL unless a restart is under way. */
const char *transport_ufrag(const struct transport *transport);
const char *transport_old_ufrag(const struct transport *transport);
void transport_stats(const struct transport *transport, struct transport_stats *out_stats);

#endif
