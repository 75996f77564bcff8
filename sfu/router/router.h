/* sfu/router/router.h
 *
 * Who hears and sees whom. The router is told what should be (meetings and peers, as in
 * common/control/PROTOCOL.md section 3), is fed decrypted RTP and RTCP, and hands back RTP and RTCP
 * to be encrypted and sent. Sources are gated, chosen by feeds and rewritten into slots, so that a
 * change of speaker or language is one continuous stream to every receiver.
 *
 * One thread owns a router. Memory for packets is taken in chunks when sources need more than ever before, memory for
 * meetings and peers when they are set; nothing is allocated for a packet. It reads no clock: `now` is monotonic and
 * the reading of one turn of the loop. All strings handed in are copied.
 *
 * Order of a turn: router_recv_*() for all input, router_tick() when router_deadline() is due,
 * router_poll() until it returns 0.
 */
#ifndef ROSTRUM_SFU_ROUTER_ROUTER_H
#define ROSTRUM_SFU_ROUTER_ROUTER_H

#include "common/base/mem.h"
#include "common/base/rand.h"
#include "common/base/time.h"

#define ROUTER_NAME_MAX 64
#define ROUTER_MID_MAX 16
#define ROUTER_RID_MAX 16
#define ROUTER_SENDS_MAX 8
#define ROUTER_RECVS_MAX 32
#define ROUTER_LAYERS_MAX 3
/* Codecs of one received section beside its first. */
#define ROUTER_ALSO_MAX 3
#define ROUTER_OPEN_MAX 512
#define ROUTER_CHANNELS_MAX 64
/* A feed name: "original-", say, and a name. */
#define ROUTER_FEED_MAX (ROUTER_NAME_MAX + 9)
/* Workers that share the meetings. */
#define ROUTER_WORKERS_MAX 64
/* Largest RTP or RTCP packet taken or given. */
#define ROUTER_PACKET_MAX 1500

struct router;

enum router_media {
	ROUTER_MICROPHONE,
	ROUTER_CAMERA,
	ROUTER_CONTENT,
};

enum router_codec {
	ROUTER_OPUS,
	ROUTER_VP8,
	ROUTER_VP9,
	ROUTER_H264,
	ROUTER_AV1,
};

/* Why a video slot gets the layer it gets. */
enum router_layer_why {
	ROUTER_LAYER_BEST,           /* there is no better one */
	ROUTER_LAYER_BY_WISH,        /* larger ones are not wished */
	ROUTER_LAYER_BY_LINE,        /* the line allows no more */
	ROUTER_LAYER_PAUSED_BY_WISH, /* nothing, since the receiver said so */
	ROUTER_LAYER_PAUSED_BY_LINE,
	ROUTER_LAYER_NO_CODEC, /* nothing: the slot does not take the codec of its source */
};

/* ---- what is emitted ---- */

enum router_packet_kind {
	ROUTER_RTP,
	ROUTER_RTCP,
};

/* One packet for `peer` (the handle of router_peer_set()). `data` is valid during the call only. It
 * may queue; it may not call the router. */
typedef void router_emit(
	void *ctx, uint32_t peer, enum router_packet_kind kind, const uint8_t *data, size_t len);

enum router_tap_kind {
	ROUTER_TAP_TRACK,  /* announces `track`; before its first packet */
	ROUTER_TAP_PACKET, /* `data`, `len`, `at` = arrival */
	ROUTER_TAP_CLOCK,  /* `ntp`, `rtp`: a sender report of the publisher */
	ROUTER_TAP_MARK,   /* the gate of `name` (`open`) changed because of `event`, at `at` */
	ROUTER_TAP_SENT, /* `track` was given `packets` so far: said each second in which there were some, and at its end */
	ROUTER_TAP_SHOW, /* from `at` on the picture of the feed `speaker` is the camera of `name` */
};

/* One thing for the recorder; which members count is said beside the kind. Valid during the call only. */
struct router_tap {
	enum router_tap_kind kind;
	const char *meeting;
	uint32_t track;
	const char
		*name; /* TRACK: source, or channel id; MARK: source; SHOW: source, "" = nobody */
	/* TRACK: the feed channel-NAME, or of the name `floor` that feed, rather than a source's own media */
	bool channel;
	enum router_media media; /* TRACK */
	enum router_codec codec; /* TRACK */
	const uint8_t *data;     /* PACKET: one RTP packet */
	size_t len;
	rs_time at;
	uint64_t ntp; /* CLOCK: RFC 3550 NTP timestamp, 32.32 seconds since 1900 */
	uint32_t rtp;
	uint64_t event; /* MARK */
	bool open;
	uint64_t packets; /* SENT */
};

/* As router_emit: it may queue, it may not call the router. */
typedef void router_tap_emit(void *ctx, const struct router_tap *tap);

/* ---- several workers ---- */

/* A message for the router of another worker, to be given to its router_recv_relay(): the two parts one
 * after the other (`more` may be NULL and 0). They are valid during the call only. False when there is no
 * room: packets are then lost to that worker, all else is said again. It may not call the router. */
typedef bool router_relay_emit(void *ctx, unsigned worker, const void *message, size_t len,
	const void *more, size_t more_len);
/* Largest message, both parts together. */
#define ROUTER_RELAY_MAX (ROUTER_PACKET_MAX + 512)

/* ---- birth ---- */

struct router_config {
	size_t meetings; /* most meetings; 0 = 64 */
	size_t peers;    /* most peers, up to 65535; 0 = 1024 */
	size_t packets; /* most packets kept for retransmission by all sources together; 0 = 65536, 100 MB */
	int64_t wall_offset; /* wall clock (us since 1970) minus monotonic clock, for sender reports */
	struct rs_rand *rand; /* looked at, outlives the router */
	router_emit *emit;
	router_tap_emit *tap; /* may be NULL */
	/* All workers are told the same meetings and peers, in the same order. */
	unsigned workers;         /* 0 and 1: there is no other; up to ROUTER_WORKERS_MAX */
	unsigned worker;          /* which this is */
	router_relay_emit *relay; /* NULL only when there is no other worker */
	void *ctx;                /* first argument of all */
};

/* 0, -EINVAL (no rand, emit or relay, limits out of range) or -ENOMEM. */
int router_new(const struct router_config *config, struct router **out_router) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct router *router_free(struct router *router);
void router_freep(struct router **router);

/* ---- desired state ---- */

enum router_mode {
	ROUTER_FLOOR,  /* only what `open` and `visible` list passes */
	ROUTER_DIRECT, /* everything passes */
};

struct router_channel {
	const char *id;   /* feed channel-ID */
	const char *desk; /* source that is live in it; NULL or "" = pass-through of the floor */
	/* Who is about to take it over (NULL or "" = nobody): its packets are brought to the workers that will forward them, and
	 * stopped by its gate until it is the desk. */
	const char *next;
};

struct router_meeting {
	const char *id;
	uint64_t event; /* number of the meeting event this state reflects */
	enum router_mode mode;
	const char *const *open; /* microphones forwarded, in order of right */
	size_t n_open;
	const char *const *visible; /* cameras and contents forwarded */
	size_t n_visible;
	/* Whose camera is about to be visible: all its layers are wanted before anybody gets them. */
	const char *const *warm;
	size_t n_warm;
	const struct router_channel *channels;
	size_t n_channels;
	/* Direct mode: most microphones heard at a time; beyond those of right (`open`, `speaker` and
	 * `chair`), who speaks loudest is heard. 0 = all, as far as listeners have slots. */
	uint32_t loudest;
	const char *speaker; /* sources behind the feeds of these names; NULL or "" = nobody */
	const char *chair;
	const char *content;
	bool record;  /* feed the tap, once router_tap_start() was called */
	bool off_air; /* it sits without the public: peers of the public are sent no media */
	bool meters;  /* somebody looks at its levels: see router_level_next() */
};

/* Make it so. Saying the same again changes nothing. 0, -EINVAL (bad name), -E2BIG (a limit) or
 * -ENOMEM; on error the meeting stays as it was. */
int router_meeting_set(
	struct router *router, const struct router_meeting *meeting, rs_time now) RS_MUST_USE;
/* Unknown ids are ignored. Peers of the meeting stay, and hear nothing. */
void router_meeting_remove(struct router *router, const char *id, rs_time now);

/* Ids of RFC 8285 header extensions in one m-section; 0 = not negotiated. */
struct router_ext {
	uint8_t mid;
	uint8_t rid;
	uint8_t repaired_rid;
	uint8_t level;
	uint8_t twcc;
	uint8_t abs_capture;
};

/* A section the peer sends. */
struct router_send {
	const char *mid;
	const char *source;
	enum router_media media;
	uint32_t csrc; /* number the source is known by in the CSRC list of slots */
	enum router_codec codec;
	uint8_t pt;
	uint8_t rtx_pt; /* 0 = none */
	uint8_t red_pt; /* redundant audio, RFC 2198; 0 = none */
	uint32_t ssrc;  /* 0 = not signalled: MID and RID tell */
	uint32_t rtx_ssrc;
	const char *rids[ROUTER_LAYERS_MAX]; /* lowest layer first */
	size_t n_rids;                       /* 0 = no simulcast */
	struct router_ext ext;
};

/* How packets of a codec are marked in one section. */
struct router_payload {
	enum router_codec codec;
	uint8_t pt;
	uint8_t rtx_pt; /* 0 = none */
};

enum router_mix {
	ROUTER_BY_RANK,
	ROUTER_LOUDEST, /* the loudest open microphone, for a listener with one slot */
	ROUTER_OTHERS, /* by rank among the microphones that the peer does not send itself: mix-minus */
};

/* A section the peer receives: a slot. */
struct router_recv {
	const char *mid;
	bool video;
	uint32_t ssrc;
	uint32_t rtx_ssrc; /* 0 = none */
	enum router_codec codec;
	uint8_t pt;
	uint8_t rtx_pt; /* 0 = none */
	uint8_t red_pt; /* redundant audio, RFC 2198; 0 = none */
	/* What the section takes beside `codec`, if video. */
	struct router_payload also[ROUTER_ALSO_MAX];
	size_t n_also;
	bool nack;
	struct router_ext ext;
	/* "floor", "channel-X", "desk-X", "original-X", "speaker", "chair", "content", "source-X"; "" = empty slot. */
	const char *feed;
	uint32_t rank;
	enum router_mix mix;
	uint32_t max_height; /* of video: about as high as it is shown, in pixels; 0 = any */
	uint32_t priority;   /* of video on a narrow line: the higher, the longer it is kept */
	bool paused;         /* video: nothing is shown, so nothing is to be sent */
};

/* Whether `text` names a feed as above; "" does not. */
bool router_is_feed(const char *text);

struct router_peer {
	const char *id;
	const char *meeting;
	const struct router_send *sends;
	size_t n_sends;
	const struct router_recv *recvs;
	size_t n_recvs;
	/* The worker it is connected to. At every other it is known by what it sends alone: its sections received
	 * are judged and then left out. A change of home makes it another peer. */
	unsigned home;
	bool watch;  /* keep records of its packets, see router_watch_take() */
	bool public; /* a viewer of the webcast, see `off_air` of its meeting */
	/* Index its handle shall have, plus one; 0 = any that is free. Workers must agree. */
	uint32_t place;
};

/* Make it so; `*out_peer` is the handle used for media, the same as long as the peer lives. Streams
 * whose section stays the same (feed and wishes apart) are not disturbed. 0, -EINVAL
 * (bad name, payload type, SSRC or home), -EEXIST (its place is another's), -E2BIG (a limit) or -ENOMEM; on error the
 * peer stays as it was. */
int router_peer_set(struct router *router, const struct router_peer *peer, rs_time now,
	uint32_t *out_peer) RS_MUST_USE;
/* The same, but what there was of this peer is gone: its far end is another, or begins anew. On error it
 * stays as it was (after -ENOMEM it may be gone). */
int router_peer_replace(struct router *router, const struct router_peer *peer, rs_time now,
	uint32_t *out_peer) RS_MUST_USE;
/* Unknown ids are ignored. */
void router_peer_remove(struct router *router, const char *id, rs_time now);
/* The handle is an index below config.peers in the low 16 bits and a generation above, so that it may
 * index a table. */
#define ROUTER_PEER_INDEX(handle) ((handle)&0xffffU)
/* Packets can (no longer) reach the peer: its transport is connected. Nothing is emitted to a peer that
 * is not ready. Unknown handles are ignored. Becoming ready asks for key frames. */
void router_peer_ready(struct router *router, uint32_t peer, bool ready, rs_time now);

/* The peer is reached by another path: what its line carries is found out anew. Unknown handles are ignored. */
void router_peer_moved(struct router *router, uint32_t peer, rs_time now);

/* ---- media ---- */

/* A decrypted packet from `peer`; `now` is its arrival. 0, -ENOENT (no such peer), -EBADMSG (malformed),
 * -EPROTO (belongs to no section), -EALREADY (duplicate) or -E2BIG (too many SSRCs): it was counted and
 * dropped. A packet stopped by the gate is no error. */
int router_recv_rtp(struct router *router, uint32_t peer, const uint8_t *data, size_t len,
	rs_time now) RS_MUST_USE;
/* 0, -ENOENT or -EBADMSG (what came before the malformed part was obeyed). */
int router_recv_rtcp(struct router *router, uint32_t peer, const uint8_t *data, size_t len,
	rs_time now) RS_MUST_USE;

/* A message of worker `from`'s router. What it is about may be gone meanwhile: then it is counted. */
void router_recv_relay(
	struct router *router, unsigned from, const void *message, size_t len, rs_time now);

/* Reports, NACKs, repeated key frame requests, transport feedback, sources that stopped. */
void router_tick(struct router *router, rs_time now);
/* Strictly later than the `now` of the last tick; RS_TIME_NEVER without peers. */
rs_time router_deadline(const struct router *router);

/* ---- recorder ---- */

/* A recorder subscribed: announce every track of the meeting (anew, with new numbers, if it was started
 * before) and ask for key frames. Remembered when the meeting is not there yet or not recorded yet.
 * 0, -E2BIG (more than config.meetings) or -EINVAL. */
int router_tap_start(struct router *router, const char *meeting, rs_time now) RS_MUST_USE;
/* A recorder lost the thread of a video track. Unknown tracks, and those of sound, are ignored. */
void router_tap_keyframe(struct router *router, uint32_t track, rs_time now);
/* Unknown meetings are ignored. */
void router_tap_stop(struct router *router, const char *meeting);

/* ---- events and figures ---- */

enum router_event_kind {
	ROUTER_EVENT_SOURCE,   /* meeting, source, media, flowing */
	ROUTER_EVENT_GATE,     /* meeting, source, event, opened, first */
	ROUTER_EVENT_SLOT,     /* meeting, peer, mid, source ("" = nothing) */
	ROUTER_EVENT_SPEAKING, /* meeting, source, speaking: of an open microphone */
	ROUTER_EVENT_LAYERS, /* meeting, source, media, peer, peer_id, mid, layers, of: what is wanted of a simulcast section */
};

struct router_event {
	enum router_event_kind kind;
	char meeting[ROUTER_NAME_MAX + 1];
	char source[ROUTER_NAME_MAX + 1];
	enum router_media media;
	bool speaking;
	bool flowing; /* packets arrive; false: none for 2 s (microphone: 5 s, it may be in DTX) */
	uint64_t event; /* which opened the microphone */
	rs_time opened; /* when the router was told */
	rs_time first;  /* first packet forwarded since */
	uint32_t peer;
	char peer_id[ROUTER_NAME_MAX + 1];
	char mid[ROUTER_MID_MAX + 1];
	unsigned layers; /* wanted, from the lowest: 1 at least */
	unsigned of;     /* of so many that there are */
};

/* Take one event: 1, or 0 = none. When nobody polls, the newest are dropped and counted. */
int router_poll(struct router *router, struct router_event *out_event);

struct router_counters {
	uint64_t rx_packets;
	uint64_t rx_malformed;
	uint64_t rx_unknown_ssrc;  /* no section claims it */
	uint64_t rx_ssrcs_refused; /* more SSRCs than a peer may have */
	uint64_t rx_duplicate;
	uint64_t rx_lost;         /* given up */
	uint64_t rx_repaired;     /* missing packets that came by retransmission or redundancy */
	uint64_t rx_red_repaired; /* those of redundancy, also before they were missed */
	uint64_t rx_gated;        /* stopped by a gate */
	uint64_t tx_packets;
	uint64_t tx_red; /* audio packets that carried others along */
	uint64_t tx_resent;
	uint64_t tx_padding;         /* to probe lines */
	uint64_t tx_frames_left_out; /* not begun: too much waits for the receiver's line */
	uint64_t tx_queue_full;      /* packets dropped: so much waits */
	uint64_t tx_resend_waits;    /* repairs dropped: the line is full */
	uint64_t tx_nack_missed;     /* asked for what is no longer kept */
	uint64_t tx_nack_refused;    /* asked for more than a line can lose */
	uint64_t tx_dropped_switch;  /* dropped to keep a slot from running ahead of the clock */
	uint64_t tx_left_out;        /* of temporal layers a slot does not get */
	/* Times a slot began to have a source whose codec it does not take. */
	uint64_t slots_without_codec;
	uint64_t nacks_sent;
	uint64_t keyframes_asked;   /* requests by slots and the tap */
	uint64_t keyframes_refused; /* receivers asked for more than loss explains */
	uint64_t plis_sent;
	uint64_t rtcp_malformed;
	uint64_t relay_sent;    /* packets handed to other workers */
	uint64_t relay_taken;   /* packets of other workers */
	uint64_t relay_dropped; /* messages that found no room */
	uint64_t relay_stale;   /* messages about what is gone */
	uint64_t pool_empty;    /* packets not kept since the pool was used up */
	uint64_t events_dropped;
	uint64_t watch_refused; /* peers not watched, over the limit or for want of memory */
};

const struct router_counters *router_counters(const struct router *router);

/* Why the estimate of a receiver's line is what it is: the last change. */
enum router_line_cause {
	ROUTER_LINE_STARTED,
	ROUTER_LINE_GREW,
	ROUTER_LINE_PROBED, /* a probe went through */
	ROUTER_LINE_QUEUE,  /* cut: a queue grew */
	ROUTER_LINE_LOSS,   /* cut: loss beyond the line's own */
	ROUTER_LINE_SILENT, /* cut: no feedback came */
};

struct router_peer_stats {
	uint64_t rx_packets;
	uint64_t rx_lost;
	uint64_t tx_packets;
	uint64_t rx_octets; /* of these packets, from the RTP header on */
	uint64_t tx_octets;
	rs_time rx_at;   /* when the last packet came; 0 = none did */
	uint32_t rtt_ms; /* 0 = not known, or not measured for 15 s */
	/* Of the line to it; estimate_bps 0 = it receives no pictures, so there is no estimate. */
	uint32_t estimate_bps;
	uint32_t line_queue_ms;     /* how long packets wait for the line */
	uint32_t own_loss_permille; /* what the line loses whatever is sent */
	enum router_line_cause line_cause;
};

/* 0 or -ENOENT. */
int router_peer_stats(const struct router *router, uint32_t peer, rs_time now,
	struct router_peer_stats *out_stats) RS_MUST_USE;

/* ---- a peer somebody looks at (router_peer.watch) ---- */

/* Watched peers at a time; more are refused and counted. */
#define ROUTER_WATCHED_MAX 8

enum router_record_kind {
	ROUTER_RECORD_AUDIO,
	ROUTER_RECORD_RED, /* audio with redundancy */
	ROUTER_RECORD_VIDEO,
	ROUTER_RECORD_RTX,
	ROUTER_RECORD_PADDING, /* fills a line to measure it */
	ROUTER_RECORD_NACK,    /* `size` packets from `seq` on are asked for again */
	ROUTER_RECORD_PLI,
	ROUTER_RECORD_REPORT, /* sender report */
	ROUTER_RECORD_LOST,   /* `size` packets from `seq` on were given up */
};

struct router_record {
	rs_time at;
	enum router_record_kind kind;
	bool out; /* to the peer */
	uint32_t ssrc;
	uint16_t seq;
	uint16_t size; /* octets, before sealing */
};

/* Records are kept of the peer: it was wished, and there was room. */
bool router_watched(const struct router *router, uint32_t peer);
/* Takes up to `max` records, oldest first; returns how many. *out_missed counts those ever overwritten. */
size_t router_watch_take(struct router *router, uint32_t peer, struct router_record *out_records,
	size_t max, uint64_t *out_missed);

/* A section received, of a watched peer. Strings are valid until the next change of desired state. */
struct router_slot_stats {
	const char *mid;
	bool video;
	const char *source; /* "" = nothing */
	uint32_t ssrc;
	uint32_t packets;
	uint64_t bitrate_bps;   /* since the last walk */
	uint32_t loss_permille; /* before repair, as its receiver tells */
	/* Video only. */
	int layer; /* forwarded now; -1 = none */
	uint8_t aim;
	uint8_t temporal;
	uint32_t height; /* of what is forwarded; 0 = not known */
	enum router_layer_why why;
};
/* Walk: start with *cursor = 0; 1, or 0 at the end or of a peer that is not watched. */
int router_slot_next(struct router *router, uint32_t peer, size_t *cursor, rs_time now,
	struct router_slot_stats *out_stats) RS_MUST_USE;

/* A stream sent by a peer, watched or not: a microphone, or one layer of a camera. */
struct router_track_stats {
	const char *mid;
	const char *source;
	enum router_media media;
	unsigned layer;
	uint32_t ssrc;
	bool flowing;
	bool open;
	bool keyframes_wanted; /* one was asked for and has not come */
	bool rests;            /* nobody wants this layer, and its publisher was told */
	uint32_t height;
	uint64_t packets;
	int64_t jitter_us;
	uint64_t bitrate_bps; /* video only */
};
int router_track_next(struct router *router, uint32_t peer, size_t *cursor, rs_time now,
	struct router_track_stats *out_stats) RS_MUST_USE;

/* Whether a microphone is coded widely enough for interpreters to work from it (ISO 20109: 125 Hz to
 * 15 kHz). It may still be a poor one. */
enum router_fit {
	ROUTER_FIT_UNKNOWN, /* less than 2 s of voice so far */
	ROUTER_FIT_NOT,     /* 8 kHz or less */
	ROUTER_FIT_LIMITED, /* 12 kHz */
	ROUTER_FIT,         /* 20 kHz */
};

struct router_source_stats {
	const char *meeting;
	const char *source;
	enum router_media media;
	bool flowing;
	bool open; /* the gate */
	uint64_t packets;
	uint64_t gated;
	/* Microphones only. */
	int level_dbov; /* smoothed RFC 6464 level, 0 loudest to -127 */
	bool speaking;
	/* As the last voice was coded; 0 and 0 when nothing was heard yet. */
	unsigned audio_khz; /* top of the band: 4, 6, 8, 12 or 20 */
	unsigned channels;
	enum router_fit fit;
	/* Of the last one to two seconds. */
	uint32_t clipping_permille; /* of its voice, packets at full level (0 to -3 dBov) */
	uint32_t loss_permille;     /* before repair */
	uint32_t jitter_ms;         /* RFC 3550 */
};

/* Walk over the sources: start with *cursor = 0; 1 and *out_stats, or 0 at the end. Strings are valid until the next
 * change of desired state, which may not come during the walk. */
int router_source_next(const struct router *router, size_t *cursor, rs_time now,
	struct router_source_stats *out_stats);

/* ---- meters ---- */

/* How loud a microphone is, dBov; quieter than ROUTER_LEVEL_LEAST is told as that. */
#define ROUTER_LEVEL_LEAST (-60)
struct router_level {
	const char *meeting;
	const char *source;
	int level_dbov; /* smoothed, as of router_source_stats */
	int peak_dbov;  /* of the loudest packet since the walk before */
};

/* Somebody looks at levels, and some may have changed: true at most once in 150 ms. */
bool router_levels_due(struct router *router, rs_time now);
/* Walk, like router_source_next(), over the microphones of meetings that say `meters` whose level or peak is 2 dB and
 * more off what was told last; all of them after `meters` was set. One walk each time that it is due. */
int router_level_next(
	struct router *router, size_t *cursor, rs_time now, struct router_level *out_level);
/* What was told did not arrive: the next walk tells all. */
void router_levels_forget(struct router *router);

#endif
