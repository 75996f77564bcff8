/* tests/support/router_kit.h
 *
 * A router with its outputs caught, and participants of the fixed layout: microphone in section 0,
 * camera in section 1 (simulcast if asked), audio slots 3 and 4 of ranks 0 and 1, video slot 6.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_ROUTER_KIT_H
#define ROSTRUM_TESTS_SUPPORT_ROUTER_KIT_H

#include "common/rtp/rtcp.h"
#include "common/rtp/rtp.h"
#include "sfu/router/router.h"

#define KIT_CAUGHT_MAX 4096
#define KIT_TAPS_MAX 4096

enum kit_ext {
	KIT_EXT_LEVEL = 1,
	KIT_EXT_TWCC = 3,
	KIT_EXT_MID = 4,
	KIT_EXT_ABS_CAPTURE = 5,
	KIT_EXT_SLOT_ABS_CAPTURE = 7,
	KIT_EXT_RID = 10,
	KIT_EXT_REPAIRED_RID = 11,
};

#define KIT_OPUS 111
#define KIT_RED 63
#define KIT_RED_MAX 3
#define KIT_VP8 96
#define KIT_RTX 97
/* Slots take other numbers than sections sent, as browsers differ. */
#define KIT_SLOT_OPUS 109
#define KIT_SLOT_RED 64
#define KIT_SLOT_VP8 120
#define KIT_SLOT_RTX 121
#define KIT_SLOT_EXT_TWCC 5

struct kit_packet {
	uint32_t peer;
	bool rtcp;
	size_t len;
	uint8_t data[ROUTER_PACKET_MAX];
};

struct kit_tap {
	struct router_tap
		tap; /* its texts are those of the router: valid while the meeting lives */
	char name[ROUTER_NAME_MAX + 1];
	size_t len;
	uint8_t data[ROUTER_PACKET_MAX];
};

struct kit {
	/* Set before kit_init(). */
	size_t packets;   /* the router's pool; 0 = 2048 */
	unsigned workers; /* as in router_config */
	unsigned worker;
	/* As router_relay_emit, of worker `worker`. */
	bool (*relay)(unsigned worker, unsigned to, const void *message, size_t len,
		const void *more, size_t more_len);
	struct router *router;
	struct rs_rand rand;
	struct kit_packet caught[KIT_CAUGHT_MAX];
	size_t n_caught;
	struct kit_tap taps[KIT_TAPS_MAX];
	size_t n_taps;
	/* If set, packets go here instead of into `caught`. */
	void (*deliver)(void *ctx, uint32_t peer, bool rtcp, const uint8_t *data, size_t len);
	void *ctx;
};

/* Everything static in one kit; 0 or the router's error. */
int kit_init(struct kit *kit) RS_MUST_USE;
void kit_done(struct kit *kit);
void kit_forget(struct kit *kit);

struct kit_peer {
	const char *id; /* also the source, unless `source` is given */
	const char *source;
	uint32_t csrc;
	bool silent;    /* sends nothing */
	bool simulcast; /* camera in q, h, f */
	bool watch;
	bool public;
	bool red; /* redundant audio, both ways */
	const char *audio;
	const char *video;
	enum router_mix mix;
	uint32_t max_height;
	bool twcc; /* gives transport-wide feedback on its video slot, extension KIT_SLOT_EXT_TWCC */
	unsigned home; /* as in router_peer */
	uint32_t place;
	bool paused;
	enum router_codec camera; /* its codec; 0 = VP8 */
	bool all_codecs;          /* the video slot takes VP9, H.264 and AV1 as well */
};

/* Payload type of a codec other than VP8 in that slot, and of its RTX. */
#define KIT_SLOT_ALSO(codec) (30 + 2 * (codec))
#define KIT_SLOT_ALSO_RTX(codec) (31 + 2 * (codec))

/* SSRC of a slot, or of its RTX: unique per peer and section. */
uint32_t kit_slot_ssrc(const struct kit_peer *peer, unsigned mid, bool rtx);
/* Sets the peer and makes it ready, at home. 0 or the router's error. */
int kit_join(struct kit *kit, const struct kit_peer *peer, rs_time now,
	uint32_t *out_handle) RS_MUST_USE;

/* The meeting "m" in floor mode: `open` and `visible` are lists ended by NULL. */
struct kit_meeting {
	uint64_t event;
	const char *open[8];
	const char *visible[8];
	const char *warm[8];
	const char *speaker;
	const char *channel; /* one channel, its desk, and who is about to be it */
	const char *desk;
	const char *next;
	struct router_channel more[3]; /* beside it; as many as have an id */
	bool direct;
	uint32_t loudest; /* in direct mode */
	bool record;
	bool off_air;
	bool meters;
};
int kit_meeting(struct kit *kit, const struct kit_meeting *meeting, rs_time now) RS_MUST_USE;

/* A packet a participant sends. */
struct kit_media {
	uint32_t ssrc;
	uint16_t seq;
	uint32_t rtp_ts;
	uint8_t level; /* audio */
	unsigned red;  /* audio: packets before that go along (RFC 2198), up to KIT_RED_MAX */
	bool video;
	bool keyframe;
	uint16_t picture;
	uint16_t height;
	const char *rid;
	bool no_mid;
	uint16_t rtx_of; /* with `rtx`: original number */
	bool rtx;
	uint8_t padding; /* with no payload: padding only */
	uint16_t twcc;   /* 0 = none */
	uint8_t tid;     /* temporal layer of a VP8 frame */
	bool sync;
	const uint8_t *payload; /* instead of one made up, if video */
	size_t payload_len;
	uint64_t captured; /* NTP time; 0 = not said */
};
size_t kit_write(const struct kit_media *media, uint8_t data[ROUTER_PACKET_MAX]);
int kit_send(
	struct kit *kit, uint32_t peer, const struct kit_media *media, rs_time now) RS_MUST_USE;

/* The same for tests that take success for granted: they abort otherwise. */
uint32_t kit_must_join(struct kit *kit, const struct kit_peer *peer);
void kit_must_meeting(struct kit *kit, const struct kit_meeting *meeting, rs_time now);
/* An Opus packet of 20 ms. */
void kit_speak(
	struct kit *kit, uint32_t peer, uint32_t ssrc, uint16_t seq, uint8_t level, rs_time now);
/* A VP8 packet, one a picture, 30 a second. */
void kit_show(struct kit *kit, uint32_t peer, const struct kit_media *media, rs_time now);
/* `packet` may not be NULL. */
struct rtp_packet kit_parsed(const struct kit_packet *packet);

/* Packets caught for a peer and SSRC (0 = any), RTP only. The i-th, or NULL. */
const struct kit_packet *kit_rtp(const struct kit *kit, uint32_t peer, uint32_t ssrc, size_t i);
size_t kit_count_rtp(const struct kit *kit, uint32_t peer, uint32_t ssrc);
/* A receiver's report. */
void kit_report(struct kit *kit, uint32_t handle, const struct rtcp_report *report, rs_time now);
/* The first block of the last report caught for a peer; all zero when there was none. */
struct rtcp_report kit_told(const struct kit *kit, uint32_t peer);
/* RTCP items of a type and count (FMT) caught for a peer. */
size_t kit_count_rtcp(const struct kit *kit, uint32_t peer, uint8_t type, uint8_t count);

#endif
