/* signaling/sdp/sdp.h
 *
 * One offer in, one answer out (RFC 8829, RFC 9429): what a browser or a WHIP/WHEP client offers is parsed into a
 * bounded structure, matched with a plan of what the peer may send and is to receive, and answered for an ICE-lite
 * media server that bundles everything on one transport. The media server itself never sees SDP.
 *
 * No I/O; one offer is one allocation. Limits: SDP_TEXT_MAX octets, SDP_LINES_MAX lines and the array sizes below;
 * what is over a limit is refused with -E2BIG.
 */
#ifndef ROSTRUM_SIGNALING_SDP_SDP_H
#define ROSTRUM_SIGNALING_SDP_SDP_H

#include "signaling/wire/node/peer.h"

/* A page's offer with ten sections has about 45 000 octets in Chromium. */
#define SDP_TEXT_MAX 65536
#define SDP_LINES_MAX 4096
#define SDP_SECTIONS_MAX 48
#define SDP_CODECS_MAX 64 /* payload types of one section */
/* Layers of one section; the media server tells no more apart. */
#define SDP_LAYERS_MAX 3
#define SDP_TOKEN_MAX 31 /* octets of a transport protocol or of a first payload type */

enum sdp_media {
	SDP_AUDIO,
	SDP_VIDEO,
	SDP_OTHER, /* a data channel, say: always refused in the answer */
};

/* As seen by the one who wrote it. */
enum sdp_direction {
	SDP_SENDRECV,
	SDP_SENDONLY,
	SDP_RECVONLY,
	SDP_INACTIVE,
};

enum sdp_codec_name {
	SDP_CODEC_OTHER,
	SDP_CODEC_OPUS,
	SDP_CODEC_VP8,
	SDP_CODEC_VP9,
	SDP_CODEC_H264,
	SDP_CODEC_AV1,
	SDP_CODEC_RTX,
	SDP_CODEC_RED, /* of audio */
};

/* RTCP feedback a codec was offered with; bits. */
enum sdp_feedback {
	SDP_FEEDBACK_NACK = 1,
	SDP_FEEDBACK_PLI = 2,
	SDP_FEEDBACK_FIR = 4,
	SDP_FEEDBACK_TWCC = 8,
	SDP_FEEDBACK_REMB = 16,
};

struct sdp_codec {
	uint8_t pt;
	enum sdp_codec_name name;
	uint8_t feedback;      /* set of enum sdp_feedback */
	const char *fmtp_view; /* format parameters, in the text that was parsed; NULL = none */
	size_t fmtp_len;
	bool has_apt;
	uint8_t apt; /* RTX: the payload type it repairs, RFC 4588; RED: the first it carries, RFC 2198 */
};

enum sdp_ext_name {
	SDP_EXT_MID,
	SDP_EXT_RID,
	SDP_EXT_REPAIRED_RID,
	SDP_EXT_LEVEL,
	SDP_EXT_TWCC,
	SDP_EXT_ABS_CAPTURE,
	SDP_EXT_COUNT,
};

/* A header extension offered in one section. */
struct sdp_ext {
	uint8_t id; /* 1 to 14; 0 = not offered, or unusable */
	enum sdp_direction direction;
};

struct sdp_section {
	enum sdp_media media;
	bool live;    /* not refused: a port, or port 0 with a=bundle-only (RFC 9143 section 6) */
	bool bundled; /* its mid is in the BUNDLE group */
	bool rtcp_mux;
	bool rtcp_rsize;
	enum sdp_direction direction;
	char mid[PEER_MID_MAX + 1];
	char protocol[SDP_TOKEN_MAX + 1];        /* "UDP/TLS/RTP/SAVPF" */
	char format[SDP_TOKEN_MAX + 1];          /* first of the m-line's formats */
	char name[SDP_TOKEN_MAX + 1];            /* "audio", "application" */
	struct sdp_codec codecs[SDP_CODECS_MAX]; /* in the order of preference */
	size_t n_codecs;
	struct sdp_ext ext[SDP_EXT_COUNT];
	char rids[SDP_LAYERS_MAX]
		 [PEER_RID_MAX + 1]; /* to be sent as simulcast, in the offer's order */
	size_t n_rids;
	uint32_t ssrcs[PEER_SSRCS_MAX]; /* a primary before its RTX, as a=ssrc-group:FID says */
	size_t n_ssrcs;
	char ufrag[PEER_ICE_MAX + 1]; /* of the session where the section has none */
	char pwd[PEER_ICE_MAX + 1];
	char fingerprint[PEER_FINGERPRINT_MAX + 1]; /* "sha-256 AA:BB..."; empty = none */
	bool may_be_client; /* a=setup is actpass or active: the media server may be DTLS server */
};

struct sdp_offer {
	struct sdp_section *sections;
	size_t n_sections;
};

/* Why an offer was refused, for people: "line 12: a=rtpmap: ...". */
struct sdp_error {
	char text[PEER_WHY_LEN];
};

/* Parse an offer; sdp_offer_done() releases it, also after a failure. Sections are complete in themselves: what stands at
 * session level is in each of them. An extension id that the offer uses for two URIs is taken for neither (aiortc 1.4 does
 * so, and fails on the first packet that carries it). 0; -EBADMSG or -E2BIG with *error set; -ENOMEM. */
int sdp_offer_parse(const char *text, size_t len, struct sdp_offer *out_offer,
	struct sdp_error *error) RS_MUST_USE;
/* Releases the sections; an offer of zeroes is fine. */
void sdp_offer_done(struct sdp_offer *offer);

/* Answer an offer: the contract of peer_answer_fn in signaling/wire/node/peer.h; `ctx` is not looked at. */
int sdp_answer(void *ctx, const char *offer, size_t len, const struct peer_plan *plan,
	const struct peer_node *node, struct rs_rand *rand, struct peer_spec *peer,
	struct rs_buf *out_sdp, char why[PEER_WHY_LEN]) RS_MUST_USE;

/* An application/trickle-ice-sdpfrag (RFC 8840) as WHIP clients PATCH it. */
struct sdp_fragment {
	char ufrag[PEER_ICE_MAX + 1]; /* empty = none: candidates only */
	char pwd[PEER_ICE_MAX + 1];
};

/* 0, or -EBADMSG with *error set (no lines of SDP, or one of ufrag and pwd alone). */
int sdp_fragment_parse(const char *text, size_t len, struct sdp_fragment *out_fragment,
	struct sdp_error *error) RS_MUST_USE;
/* Our side of an ICE restart (RFC 9725 section 4.3.3): appended to `out`. 0, -E2BIG, -ENOMEM. */
int sdp_fragment_write(const struct sdp_fragment *fragment, const struct peer_node *node,
	const char *mid, struct rs_buf *out) RS_MUST_USE;

#endif
