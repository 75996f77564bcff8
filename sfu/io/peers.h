/* sfu/io/peers.h
 *
 * Which peer a datagram belongs to: by id, by the router's handle, by the ICE user name a first
 * check carries, and by path (socket and remote address) once that is proven. Exact keys, no
 * guesses. One thread; the table is bounded at birth, maps are changed by the control plane and by
 * ICE, never by media.
 */
#ifndef ROSTRUM_SFU_IO_PEERS_H
#define ROSTRUM_SFU_IO_PEERS_H

#include "common/base/map.h"
#include "common/base/rand.h"
#include "sfu/control/control.h"
#include "sfu/transport/transport.h"

struct peers;

/* What a payload type carries to a peer, as far as a queue cares. */
enum pt_kind {
	PT_AUDIO, /* or nothing */
	PT_VP8,
	PT_VP9,
	PT_H264,
	PT_AV1,
	PT_RESENT, /* retransmissions of video */
};
#define PT_KINDS 128

struct peer {
	char id[ROUTER_NAME_MAX + 1];
	char meeting[ROUTER_NAME_MAX + 1];
	uint32_t handle; /* the router's */
	struct transport *transport;
	struct dtls_fingerprint fingerprint;
	struct ice_credentials local;
	struct ice_credentials remote;
	uint8_t pt_kinds[PT_KINDS]; /* enum pt_kind */
	bool over; /* failed, or the peer said good-bye: checks that still come change nothing */
	/* What signaling is to be told. */
	enum control_peer_state state;
	const char *reason; /* static text */
	bool untold;
	/* Kept by peers_*(). */
	char ufrags[2][ICE_UFRAG_MAX + 1]; /* that checks may carry; "" = none */
	struct ice_path paths[ICE_PATHS_MAX];
	size_t n_paths;
};

/* 0, -EINVAL (most is 0 or over 65535) or -ENOMEM. */
int peers_new(size_t most, struct rs_rand *rand, struct peers **out_peers) RS_MUST_USE;
/* Frees what is in it, too. NULL is fine. Returns NULL. */
struct peers *peers_free(struct peers *peers);

/* A peer that was not added, with its transport; wipes its passwords. Returns NULL. */
struct peer *peer_free(struct peer *peer);
/* Takes a peer whose id, handle and transport are set. 0, -EEXIST (id, handle or user name is
 * another's) or -E2BIG; on error the peer stays the caller's. */
int peers_add(struct peers *peers, struct peer *peer) RS_MUST_USE;
/* Takes it out and frees it with its transport. */
void peers_remove(struct peers *peers, struct peer *peer);

/* NULL when there is none. */
struct peer *peers_by_id(const struct peers *peers, const char *id);
struct peer *peers_by_ufrag(const struct peers *peers, const char *ufrag, size_t len);
struct peer *peers_by_path(const struct peers *peers, const struct ice_path *path);

/* Where a packet for a peer goes, in one place: a packet to hundreds of peers finds none of them in the processor's
 * cache. 64 octets. */
struct peer_out {
	uint32_t handle;
	bool open; /* keys are agreed, and there is consent to a path */
	struct ice_path path;
	struct transport *transport;
	struct peer *peer;
	uint64_t spare;
};

/* NULL when there is none. */
const struct peer_out *peers_out(const struct peers *peers, uint32_t handle);
/* The transport was polled until it had nothing more to say: its path or keys may have changed. */
void peers_update_out(struct peers *peers, struct peer *peer);

/* The transport's user names may have changed (restart, or its end). 0 or -EEXIST. */
int peers_update_ufrags(struct peers *peers, struct peer *peer) RS_MUST_USE;
/* ICE proved a path, or gave it up. A path that was another peer's is this one's from now on. */
void peers_path_added(struct peers *peers, struct peer *peer, const struct ice_path *path);
void peers_path_removed(struct peers *peers, struct peer *peer, const struct ice_path *path);

/* Walk: start with *cursor = 0; NULL at the end. Nothing may be added or removed meanwhile. */
struct peer *peers_next(const struct peers *peers, size_t *cursor);

#endif
