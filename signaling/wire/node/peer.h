/* signaling/wire/node/peer.h
 *
 * The desired state of one media peer (common/control/PROTOCOL.md section 3.2), and the plan by
 * which an offer is answered. signaling/sdp turns (offer, plan, node) into (peer, answer);
 * signaling/service keeps the peer and tells the media server. Plain data, no ownership.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_NODE_PEER_H
#define ROSTRUM_SIGNALING_WIRE_NODE_PEER_H

#include "common/base/buf.h"
#include "common/base/rand.h"
#include "common/base/text.h"

#define PEER_SEND_MAX 8
#define PEER_RECV_MAX 32
#define PEER_MID_MAX 16                 /* octets of a MID */
#define PEER_RID_MAX 16                 /* octets of a RID */
#define PEER_RIDS_MAX 4                 /* layers of one section */
#define PEER_ALSO_MAX 3                 /* codecs of one received section beside its first */
#define PEER_SSRCS_MAX 8                /* signalled in one section */
#define PEER_ICE_MAX 256                /* octets of a ufrag or pwd, RFC 8839 section 5.4 */
#define PEER_FINGERPRINT_MAX 255        /* "sha-512 " and 64 octets in hex with colons fit */
#define PEER_FEED_MAX (RS_NAME_MAX + 9) /* "original-", say, and a name */

enum peer_kind {
	PEER_AUDIO,
	PEER_VIDEO,
};

enum peer_media {
	PEER_MICROPHONE,
	PEER_CAMERA,
	PEER_CONTENT,
};

enum peer_mix {
	PEER_MIX_RANK,    /* the source at `rank` of the feed */
	PEER_MIX_LOUDEST, /* the loudest open microphone of the feed */
	PEER_MIX_OTHERS,  /* at `rank` among those that the peer does not send itself */
};

/* Header extension ids of one section; 0 = not negotiated. */
struct peer_ext {
	uint8_t mid;
	uint8_t rid;
	uint8_t repaired_rid;
	uint8_t level;
	uint8_t twcc;
	uint8_t abs_capture;
};

/* A section the peer sends. */
struct peer_send {
	char mid[PEER_MID_MAX + 1];
	enum peer_kind kind;
	enum peer_media media;
	char source[RS_NAME_MAX + 1];
	uint32_t csrc;
	char codec[12]; /* "opus", "vp8", "vp9", "h264", "av1" */
	uint8_t pt;
	uint8_t rtx_pt; /* 0 = none */
	uint8_t red_pt; /* audio, RFC 2198; 0 = none */
	uint32_t ssrcs[PEER_SSRCS_MAX];
	size_t n_ssrcs;
	char rids[PEER_RIDS_MAX][PEER_RID_MAX + 1];
	size_t n_rids;
	struct peer_ext ext;
};

/* How packets of a codec are marked in one section. */
struct peer_payload {
	char codec[12]; /* "vp9", "h264", "av1" */
	uint8_t pt;
	uint8_t rtx_pt; /* 0 = none */
};

/* A section the peer receives: one slot. */
struct peer_recv {
	char mid[PEER_MID_MAX + 1];
	enum peer_kind kind;
	char feed[PEER_FEED_MAX + 1]; /* empty = an empty slot */
	uint32_t rank;
	enum peer_mix mix;
	uint32_t max_height; /* 0 = any */
	uint32_t priority;
	bool paused;
	uint32_t ssrc;
	uint32_t rtx_ssrc; /* 0 = none */
	char codec[12];
	uint8_t pt;
	uint8_t rtx_pt;
	uint8_t red_pt;                          /* audio, RFC 2198; 0 = none */
	struct peer_payload also[PEER_ALSO_MAX]; /* what the slot takes beside `codec` */
	size_t n_also;
	bool nack;
	struct peer_ext ext;
};

/* Feeds that are of something: a channel, or a source; its id follows. */
#define FEED_CHANNEL "channel-"
#define FEED_ORIGINAL "original-"
#define FEED_DESK "desk-"
#define FEED_SOURCE "source-"
/* The peer's own microphone, while nobody else hears it. */
#define FEED_OWN "own"

struct peer_spec {
	char id[RS_NAME_MAX + 1];
	char meeting[RS_NAME_MAX + 1];
	uint32_t worker;
	char ufrag[PEER_ICE_MAX + 1]; /* ours */
	char pwd[PEER_ICE_MAX + 1];
	char remote_ufrag[PEER_ICE_MAX + 1];
	char remote_pwd[PEER_ICE_MAX + 1];
	char fingerprint[PEER_FINGERPRINT_MAX + 1]; /* theirs, "sha-256 12:34..." */
	struct peer_send send[PEER_SEND_MAX];
	size_t n_send;
	struct peer_recv recv[PEER_RECV_MAX];
	size_t n_recv;
	bool watch;   /* somebody looks at it */
	bool webcast; /* of the public */
};

/* What an offered receive section is to carry, in the order of the plan. */
struct peer_slot {
	enum peer_kind kind;
	char feed[PEER_FEED_MAX + 1];
	uint32_t rank;
	enum peer_mix mix;
	uint32_t max_height;
};

/* What a peer may have. The offered sections are matched in order, by kind and direction; those the
 * plan has nothing for are answered inactive. */
struct peer_plan {
	char source[RS_NAME_MAX + 1]; /* of everything it sends; empty = it may not send */
	uint32_t csrc;
	enum peer_media send[PEER_SEND_MAX]; /* microphone is audio, the others are video */
	size_t n_send;
	struct peer_slot recv[PEER_RECV_MAX];
	size_t n_recv;
};

#define PEER_ADDRESSES_MAX 8
#define PEER_ADDRESS_MAX 56 /* "192.0.2.1:50000", "[2001:db8::1]:50000" */

/* The media server's side of an answer: from the SFU's `hello`. */
struct peer_node {
	char fingerprint[PEER_FINGERPRINT_MAX + 1];
	char addresses[PEER_ADDRESSES_MAX][PEER_ADDRESS_MAX + 1]; /* of the peer's worker */
	size_t n_addresses;
	char tcp[PEER_ADDRESSES_MAX][PEER_ADDRESS_MAX + 1]; /* ... of ICE-TCP */
	size_t n_tcp;
};

#define PEER_WHY_LEN 160

/* Answers one offer; the SFU is always passive in DTLS (implemented by signaling/sdp; a port, so that the service can be tested alone).
 *
 * `peer` comes in with id, meeting and worker set, and, for an ICE restart, is the whole peer so far: then
 * layout, DTLS and SSRCs stay as they are and only the ICE parts change. It goes out complete; the answer is
 * appended to `out_sdp`. 0; -EBADMSG (no valid offer, or nothing in common; or a restart with another layout)
 * with `why` set for people; -E2BIG (too many sections); -ENOMEM. On failure `peer` may be half written. */
typedef int peer_answer_fn(void *ctx, const char *offer, size_t len, const struct peer_plan *plan,
	const struct peer_node *node, struct rs_rand *rand, struct peer_spec *peer,
	struct rs_buf *out_sdp, char why[PEER_WHY_LEN]);

#endif
