/* tools/client/sdp.h
 *
 * The client's side of offer and answer (RFC 8829): an offer for one bundled transport is written,
 * and of the answer of an ICE-lite server is read what a peer needs to connect and to tell streams
 * apart. Pure functions; nothing is kept. Limits: the array sizes below; a longer answer is refused.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_SDP_H
#define ROSTRUM_TOOLS_CLIENT_SDP_H

#include "common/base/addr.h"
#include "common/base/buf.h"
#include "sfu/ice/ice.h"

#define RTC_SECTIONS_MAX 16
#define RTC_LAYERS_MAX 3
#define RTC_CANDIDATES_MAX 16
#define RTC_MID_MAX 16
#define RTC_FINGERPRINT_MAX 95 /* 32 octets in hex with colons */
#define RTC_SDP_MAX 65536

/* What this client offers, always under the same numbers. */
#define RTC_PT_OPUS 111U
#define RTC_PT_VP8 96U
#define RTC_PT_RTX 97U
#define RTC_PT_RED 63U

enum rtc_media {
	RTC_AUDIO, /* Opus */
	RTC_VIDEO, /* VP8, with RTX (RFC 4588) */
};

enum rtc_direction {
	RTC_SEND,
	RTC_RECEIVE,
};

/* One m-section; its mid is its number. */
struct rtc_section {
	enum rtc_media media;
	enum rtc_direction direction;
	size_t n_layers; /* RTC_SEND of video: 2 or 3 = simulcast by RID "q", "h", "f"; else 0 or 1 */
	uint32_t ssrc;   /* RTC_SEND without simulcast: announced; 0 = not */
	uint32_t rtx_ssrc; /* the same, of what is sent again (RFC 4588); 0 = nothing is */
	bool red;          /* RTC_SEND of sound: redundant audio (RFC 2198) may be sent */
};

struct rtc_offer {
	const char *ufrag;
	const char *pwd;
	const char *fingerprint; /* sha-256, "AA:BB:…" */
	const char *cname;
	bool twcc; /* offer transport-wide congestion control */
	size_t n_sections;
	struct rtc_section sections[RTC_SECTIONS_MAX];
};

/* RID of a layer, lowest first (RFC 8852): "q", "h", "f". */
const char *rtc_rid(size_t layer);

/* Appends the offer's text. 0, -E2BIG or -ENOMEM (the buffer's), -EINVAL (too many sections or layers). */
int rtc_offer_write(const struct rtc_offer *offer, struct rs_buf *out) RS_MUST_USE;

/* A header extension is agreed when its id is not 0. */
struct rtc_agreed {
	bool live; /* not refused */
	enum rtc_media media;
	char mid[RTC_MID_MAX + 1];
	uint8_t pt;
	uint8_t rtx_pt;    /* 0 = none */
	uint8_t red_pt;    /* 0 = none */
	uint32_t ssrc;     /* of what the server sends; 0 = not said */
	uint32_t rtx_ssrc; /* 0 = none */
	uint8_t ext_mid;
	uint8_t ext_level;
	uint8_t ext_twcc;
	uint8_t ext_rid;
	uint8_t ext_repaired; /* RID of the stream that RTX repairs, RFC 8852 */
};

struct rtc_answer {
	struct ice_credentials ice;
	char fingerprint[RTC_FINGERPRINT_MAX + 1]; /* sha-256, upper case */
	size_t n_candidates;
	struct rs_addr candidates[RTC_CANDIDATES_MAX]; /* UDP, highest priority first */
	size_t n_sections;
	struct rtc_agreed sections[RTC_SECTIONS_MAX];
};

/* Reads an answer. ICE credentials and fingerprint may stand at session level or in a section: the
 * first count. Candidates that are not UDP, not component 1 or named by mDNS are passed over, and so
 * are more than RTC_CANDIDATES_MAX. 0; -EBADMSG (a line that does not parse, or no credentials or
 * fingerprint); -E2BIG (longer than RTC_SDP_MAX, too many sections). */
int rtc_answer_parse(const char *text, size_t len, struct rtc_answer *out_answer) RS_MUST_USE;

#endif
