/* sfu/router/router_priv.h: what the files of this folder share.
 *
 * Ownership: router -> meetings and peers; peer -> publishes (sections it sends) -> tracks (one RTP
 * stream: the section's, or one simulcast layer), and slots (sections it receives). Meetings, publishes and
 * slots point at each other across the tree only as long as meeting_resolve() runs before the next packet.
 */
#ifndef ROSTRUM_SFU_ROUTER_ROUTER_PRIV_H
#define ROSTRUM_SFU_ROUTER_ROUTER_PRIV_H

#include "common/rtp/rtcp.h"
#include "common/rtp/rtp.h"
#include "sfu/bwe/feedback.h"
#include "sfu/rewrite/rewrite.h"
#include "sfu/router/audio.h"
#include "sfu/router/capture.h"
#include "sfu/router/demand.h"
#include "sfu/router/egress.h"
#include "sfu/router/keyframes.h"
#include "sfu/router/layers.h"
#include "sfu/router/loss.h"
#include "sfu/router/numbers.h"
#include "sfu/router/quality.h"
#include "sfu/router/red.h"
#include "sfu/router/relay.h"
#include "sfu/router/resend.h"
#include "sfu/router/router.h"
#include "sfu/router/video.h"
#include "sfu/router/watch.h"

/* Ranks of the floor that slots can ask for. */
#define RANKS_MAX 16
/* SSRCs learnt per peer. */
#define SSRCS_MAX 24
#define EVENTS_MAX 256
/* Missing packets asked for again, per track. */
#define MISSING_MAX 128
#define CNAME "rostrum"
#define TICK RS_MS(10)

struct text {
	char s[ROUTER_FEED_MAX + 1];
};

/* ---- packets (store.c) ---- */

/* One packet of a source, parsed once, shared by all that send it. Other workers get a copy of its octets up to the
 * end of its data: beside next_free it points at nothing. */
struct packet {
	struct packet *next_free;
	unsigned refs;
	uint32_t stream;
	int64_t seq;
	rs_time arrival;
	rs_time time; /* arrival without jitter */
	uint32_t rtp_ts;
	uint32_t duration; /* ticks; 0 = not known */
	bool marker;
	bool keyframe;
	bool empty; /* padding only */
	bool has_level;
	uint8_t level; /* the octet of RFC 6464 */
	uint8_t abs_capture_len;
	uint8_t abs_capture[16];
	struct video video;
	size_t payload_at;
	size_t payload_len;
	size_t len; /* octets in data: header and payload, no padding */
	uint8_t data[ROUTER_PACKET_MAX];
};

struct chunk;

struct pool {
	struct chunk *chunks;
	size_t n; /* packets in them */
	size_t most;
	struct packet *free;
	struct packet scratch; /* for a packet that finds the pool empty; never kept */
};

/* Of at most `most` packets, which is not 0. 0 or -ENOMEM. */
int pool_init(struct pool *pool, size_t most) RS_MUST_USE;
void pool_done(struct pool *pool);
/* Never NULL; may be the scratch packet. One reference. */
struct packet *pool_take(struct pool *pool);
void pool_drop(struct pool *pool, struct packet *packet);

/* Packets of a track by sequence number, for the time a retransmission makes sense. */
struct store {
	struct packet **ring;
	size_t size; /* a power of two */
	rs_time keep;
	int64_t oldest; /* nothing before it is kept */
};

int store_init(struct store *store, size_t size, rs_time keep) RS_MUST_USE;
void store_done(struct store *store, struct pool *pool);
void store_clear(struct store *store, struct pool *pool);
void store_add(struct store *store, struct pool *pool, struct packet *packet);
/* NULL when not there or older than `keep`. */
struct packet *store_find(const struct store *store, uint32_t stream, int64_t seq, rs_time now);

/* ---- a source's clock (clockmap.c) ---- */

/* Maps timestamps to our clock by the least delay seen of late: arrival without jitter. */
struct clockmap {
	bool started;
	uint32_t hz;
	int64_t last_ts; /* unwrapped */
	int64_t first_ts;
	rs_time offset[2]; /* least (arrival - timestamp) in this window and in the one before */
	rs_time window_end;
};

/* False when the timestamp has nothing to do with those before: the stream began anew. */
bool clockmap_add(struct clockmap *map, uint32_t rtp_ts, rs_time now);
rs_time clockmap_time(const struct clockmap *map, uint32_t rtp_ts);

/* ---- tracks (track.c, nack.c, keyframes.c, reports.c) ---- */

struct missing {
	int64_t seq;
	rs_time next;  /* when to ask (again) */
	rs_time first; /* when it was asked for, first and last */
	rs_time asked;
	unsigned tries;
};

struct publish;

struct track {
	struct publish *publish;
	unsigned layer;
	uint32_t stream; /* changes when the stream begins anew; 0 = nothing came yet */
	uint32_t ssrc;
	int64_t highest;
	rs_time last; /* arrival of the last packet */
	bool flowing;
	bool red; /* the last packet carried redundancy */
	struct clockmap clock;
	struct store store;
	struct missing missing[MISSING_MAX]; /* ascending */
	size_t n_missing;
	struct keyframes keyframes;
	uint16_t height;         /* of the last key frame; 0 = not known */
	int64_t picture;         /* last one, unwrapped; -1 = none */
	bool parameters_in_band; /* H.264 */
	struct layer_meter meter;
	/* reports */
	int64_t first_seq;
	uint64_t received;
	uint64_t expected_before;
	uint64_t received_before;
	int64_t transit;
	uint32_t jitter_x16;
	bool has_sr;
	struct capture capture;
	uint64_t sr_ntp;
	uint32_t sr_rtp;
	rs_time sr_at;
};

/* Packets of a tap's track, from its announcement on. */
struct tap_count {
	uint64_t given;
	uint64_t told;
};

/* Level and peak, dBov. */
struct metered {
	bool known;
	int8_t level, peak;
};

/* A section a peer sends. */
struct publish {
	struct router_send spec; /* texts point into the members below */
	struct text mid, source, rids[ROUTER_LAYERS_MAX];
	struct peer *peer;
	unsigned index; /* in peer->publishes */
	uint64_t order; /* the later of two publishers of one source wins */
	struct track tracks[ROUTER_LAYERS_MAX];
	unsigned n_tracks;
	struct relay relay;
	struct demand demand;
	bool winner; /* this section, not another peer's, is the source */
	bool open;   /* the gate */
	uint64_t open_event;
	rs_time opened;
	bool first_seen; /* a packet was forwarded since the gate opened */
	bool flowing;
	bool said;          /* that the source flows was told */
	struct slot *slots; /* that take this source */
	uint64_t packets;
	uint64_t gated;
	struct audio audio;     /* of a microphone */
	struct quality quality; /* the same */
	bool speaking_said;     /* that somebody speaks into it was told */
	struct metered metered; /* as meters were told last */
	uint32_t tap_track;     /* 0 = none announced */
	struct tap_count tap_count;
	uint32_t tap_stream;
	bool tap_waits; /* video: for a key frame */
	bool marked;    /* the recorder was told that the microphone is open */
};

enum feed_kind {
	FEED_NONE,
	FEED_FLOOR,
	FEED_CHANNEL,
	FEED_DESK, /* of a channel: who interprets into it, and nothing while it passes the floor */
	FEED_ORIGINAL, /* of a channel: the floor, while it carries a desk */
	FEED_SPEAKER,
	FEED_CHAIR,
	FEED_CONTENT,
	FEED_SOURCE,
	FEED_OWN, /* the peer's own microphone, while nobody else hears it */
};

struct feed {
	enum feed_kind kind;
	struct text name; /* of the channel or source */
};

/* A section a peer receives, or the tap's subscription to a channel. What each packet needs lies together, up to the segments
 * of `rewrite`: SLOT_FETCHED. */
struct slot {
	struct router_recv spec;
	struct router_payload payloads[1 + ROUTER_ALSO_MAX];
	size_t n_payloads;
	struct text mid;
	struct peer *peer;       /* NULL for the tap */
	struct publish *publish; /* bound to; NULL = nothing */
	struct slot *next;       /* in publish->slots */
	struct slot **link;      /* what points to this one there */
	/* The slot some places on when a packet passed last, to be fetched and never read: it may be gone. */
	const void *later;
	struct layer_choice aim;
	struct layer_limit limit;
	bool silenced; /* sound the line has no room for */
	uint16_t rtx_seq;
	uint32_t packets;
	uint32_t octets;
	rs_time next_sr;
	struct loss loss;
	struct red_choice red;
	struct egress_gate gate;
	struct temporal temporal;
	struct rewrite rewrite;
	struct resend resend;
	struct feed feed;
	struct channel *channel; /* of the tap */
	bool without_codec;      /* its source is one it cannot take */
	struct keyframe_credit keyframe_credit;
};
#define SLOT_FETCHED offsetof(struct slot, rewrite.segments)

struct ssrc {
	uint32_t ssrc; /* 0 = free */
	struct publish *publish;
	unsigned layer;
	bool rtx;
	rs_time used;
};

/* What each packet to it needs comes first: PEER_FETCHED. */
struct peer {
	uint32_t handle;
	unsigned home; /* worker it is connected to */
	bool ready;
	bool public;
	struct meeting *meeting;
	struct egress *egress; /* NULL when it receives no pictures */
	struct watch *watch;   /* NULL: nobody looks */
	uint32_t audio_octets; /* sent on the line in sound; wraps */
	struct router_peer_stats stats;
	struct text id;
	struct peer *next; /* in meeting->peers */
	struct publish *publishes[ROUTER_SENDS_MAX];
	size_t n_publishes;
	struct slot *slots[ROUTER_RECVS_MAX];
	size_t n_slots;
	struct numbers numbers; /* of slots that are gone */
	struct ssrc ssrcs[SSRCS_MAX];
	struct feedback *feedback; /* on what it sends; NULL when it sends nothing, or elsewhere */
	uint32_t media_ssrc;       /* any the peer sends, for feedback */
	uint32_t own_ssrc;         /* sender of RTCP to the peer */
	rs_time rtt;               /* the last known, see peer_rtt(); 0 = never known */
	rs_time rtt_at;            /* when it was measured last */
	rs_time next_rr;
	struct peer_clock clock;
};
#define PEER_FETCHED offsetof(struct peer, id)

/* A microphone that is about to take another's place, and since when. */
struct contest {
	const struct publish *challenger;
	rs_time since;
};

/* A source a feed is named for, looked up when state changes. */
struct named {
	struct text source; /* "" = none */
	struct publish *microphone;
	struct publish *camera;
	struct publish *content;
};

struct channel {
	struct text id;
	struct named desk;
	struct named next; /* about to take it over */
	struct slot *tap;  /* the tap's subscription */
	uint32_t tap_track;
	struct tap_count tap_count;
};

struct meeting {
	struct text id;
	bool known; /* told by router_meeting_set() */
	bool tapped;
	struct channel floor; /* of the tap only: one sound at a time */
	rs_time tap_due;      /* when what it was given is told again */
	struct text shown;    /* whose camera the tap was told of last */
	uint64_t event;
	enum router_mode mode;
	struct text *open;
	size_t n_open;
	struct text *visible;
	size_t n_visible;
	struct text *warm;
	size_t n_warm;
	struct channel *channels;
	size_t n_channels;
	struct named speaker, chair, content;
	bool record;
	bool off_air;
	bool meters;
	struct peer *peers;
	/* Microphones of the floor; a source keeps its rank while open. */
	struct publish *ranks[RANKS_MAX];
	unsigned n_loudest; /* most ranks in use in a discussion; 0 = all */
	struct publish *loudest;
	struct contest for_loudest; /* of the slots that follow the loudest */
	struct contest for_rank;    /* of those without a rank */
	struct meeting *next;
};

/* Ready, and not of the public while that is kept out. */
static inline bool peer_is_served(const struct peer *peer)
{
	return peer->ready && !(peer->public && peer->meeting->off_air);
}

struct router {
	struct router_config config;
	struct router_counters counters;
	struct pool pool;
	struct meeting *meetings;
	size_t n_meetings;
	size_t n_metered;    /* meetings somebody looks at the levels of */
	struct peer **peers; /* by index */
	uint16_t *generations;
	/* By index: the peer's next tick that counts; NEVER where there is none. */
	rs_time *quiet_until;
	size_t n_watched;
	rs_time now; /* of the last packet or tick */
	uint64_t order;
	uint32_t streams; /* counter for stream ids */
	uint32_t tap_tracks;
	struct router_event events[EVENTS_MAX];
	size_t event_first;
	size_t n_events;
	rs_time next_tick;
	rs_time next_slow;       /* levels, layers, flow */
	rs_time next_levels;     /* meters */
	struct egress *egresses; /* with something to send before the next tick */
	rs_time next_egress;
};

/* meters.c: somebody looks at the levels of a meeting, or nobody does any more. */
void meters_set(struct router *router, struct meeting *meeting, bool on);

/* There is something to tick. */
void wake(struct router *router, rs_time now);

/* ---- names (names.c) ---- */

/* Copies a text of at most `max` octets. -EINVAL when longer; NULL counts as "". */
int text_set(struct text *text, const char *from, size_t max) RS_MUST_USE;
/* A name as rs_name_valid(), or "" if `optional`. */
int text_set_name(struct text *text, const char *from, bool optional) RS_MUST_USE;
bool text_equal(const struct text *a, const struct text *b);
int feed_parse(const char *from, struct feed *out_feed) RS_MUST_USE;

/* ---- meetings (meeting.c, feed.c, gate.c) ---- */

struct meeting *meeting_find(const struct router *router, const char *id);
/* Finds, or makes one that is not known yet. 0, -E2BIG or -ENOMEM. */
int meeting_get(struct router *router, const char *id, struct meeting **out_meeting) RS_MUST_USE;
/* Frees it when nothing refers to it any more. */
void meeting_drop(struct router *router, struct meeting *meeting);
void meeting_free_all(struct router *router);
/* State, peers or flow changed: set gates, ranks and bindings anew. */
void meeting_resolve(struct router *router, struct meeting *meeting, rs_time now);
/* The same where nothing changed but what this peer receives: a thousand listeners choose their languages one by one. */
void meeting_resolve_listener(struct router *router, struct peer *peer, rs_time now);
void gates_set(struct router *router, struct meeting *meeting, rs_time now);
/* The source is live in a channel. */
bool is_desk(const struct meeting *meeting, const struct text *source);
/* The source is about to be live in one. */
bool is_next(const struct meeting *meeting, const struct text *source);
bool meeting_lists(const struct text *names, size_t n, const struct text *name);
/* A section came or goes: which publisher of its source is the source now. Not the one of order 0, if
 * there is another. */
void winner_set(struct meeting *meeting, const struct publish *publish);
/* The section that is this source now, or NULL. */
struct publish *meeting_source(
	const struct meeting *meeting, const struct text *source, enum router_media media);
/* What the slot's feed comes from now, or NULL. */
struct publish *feed_source(const struct meeting *meeting, const struct slot *slot);
/* A microphone forwarded to the floor (desks are open into their channel alone). */
bool on_floor(const struct meeting *meeting, const struct publish *publish);

/* ---- who is heard (ranks.c) ---- */

/* State changed: those of right have ranks, the others as far as there are any. */
void ranks_set(struct meeting *meeting, rs_time now);
/* Time went on: who speaks takes a rank from who does not. True when something changed. */
bool ranks_tick(struct meeting *meeting, rs_time now);
/* Nothing of the section is left in the meeting. */
void ranks_forget(struct meeting *meeting, const struct publish *publish);
/* Tells whether somebody speaks into an open microphone, as often as it changes; `gone`: this section ends. */
void publish_speaking(struct router *router, struct publish *publish, bool gone);

/* ---- peers (peer.c, publish.c, demux.c) ---- */

struct peer *peer_of(const struct router *router, uint32_t handle);
/* Something became due for the peer: the next tick visits it. */
void peer_wake(struct router *router, const struct peer *peer, rs_time now);
void peer_free_all(struct router *router);
int publish_new(const struct router_send *spec, struct publish **out_publish) RS_MUST_USE;
struct publish *publish_free(struct router *router, struct publish *publish);
bool publish_same(const struct publish *publish, const struct router_send *spec);
/* Which track a packet belongs to. 0, -EPROTO or -E2BIG. */
int demux(struct router *router, struct peer *peer, const struct rtp_packet *rtp, rs_time now,
	struct track **out_track, bool *out_rtx) RS_MUST_USE;
struct track *peer_track_by_ssrc(struct peer *peer, uint32_t ssrc);
/* NULL when the stream has ended. */
struct track *track_of_stream(const struct router *router, uint32_t stream);

/* ---- tracks ---- */

/* How a packet of a stream came. */
enum arrival {
	ARRIVAL_ORIGINAL,
	ARRIVAL_RTX, /* RFC 4588: the payload begins with the number */
	ARRIVAL_RED, /* as a redundant block of a later one (RFC 2198) */
};

/* A packet of the stream: takes note and forwards. 0, -EBADMSG or -EALREADY. */
int track_recv(struct router *router, struct track *track, const struct rtp_packet *rtp,
	const uint8_t *data, enum arrival arrival, rs_time now) RS_MUST_USE;
/* The same for one with redundancy: what it carries of missing packets, then its own. */
int red_recv(struct router *router, struct track *track, const struct rtp_packet *rtp,
	const uint8_t *data, rs_time now) RS_MUST_USE;
/* What was taken, here or at the source's home: through the gate, and to all that want it. */
void track_pass(struct router *router, struct track *track, struct packet *packet, rs_time now);
/* The SSRC changed or the numbers jumped: what comes is another stream. */
void track_restart(struct router *router, struct track *track, uint32_t ssrc, int64_t seq);
/* How many packets its stream has had so far, those that did not come included. */
uint64_t track_expected(const struct track *track);
/* Higher than the highest: asks for what lies between. Missing: found. Else false: a duplicate. */
bool nack_seen(
	struct router *router, struct track *track, int64_t seq, enum arrival arrival, rs_time now);
/* Whether nack_seen() would be glad of it. */
bool nack_wants(const struct track *track, int64_t seq);
void nack_tick(struct router *router, struct track *track, rs_time now);
rs_time track_rtt(const struct track *track);
void peer_measured_rtt(struct peer *peer, rs_time sample, rs_time now);
/* 0 = not known now. Who has to guess takes the last known, peer->rtt. */
rs_time peer_rtt(const struct peer *peer, rs_time now);
/* A layer came, went or changed its size: its slots choose anew. */
void publish_relayer(struct router *router, struct publish *publish, rs_time now);
void publish_flow(struct router *router, struct publish *publish, rs_time now);
/* Whether the source flows is told as often as it changes; `gone`: this section ends. */
void publish_say(struct router *router, struct publish *publish, bool gone);

/* ---- slots (slot.c, send.c; resend.h, red.h, loss.h) ---- */

/* Makes a slot; texts are copied. 0, -EINVAL or -ENOMEM. */
int slot_new(
	const struct router_recv *spec, struct rs_rand *rand, struct slot **out_slot) RS_MUST_USE;
struct slot *slot_free(struct slot *slot);
/* Go on with the numbers and the time of a slot of the same SSRC that this one replaces. */
void slot_inherit(struct slot *slot, const struct slot *from);
/* The slot ends, or begins: its numbers are noted, or go on behind those noted. */
void slot_leave_numbers(const struct slot *slot, struct numbers *numbers);
void slot_take_numbers(struct slot *slot, const struct numbers *numbers);
/* The same stream to the receiver: feed, rank, mix and wishes may differ. */
bool slot_same(const struct slot *slot, const struct router_recv *spec);
/* Copy feed, rank, mix and wishes. */
void slot_set_feed(struct slot *slot, const struct router_recv *spec, const struct feed *feed);
/* The slot that sends as `ssrc`, or NULL. */
struct slot *slot_by_ssrc(const struct peer *peer, uint32_t ssrc);
/* How packets of a codec are marked in the slot; NULL when it does not take the codec. */
const struct router_payload *slot_payload(const struct slot *slot, enum router_codec codec);
/* Bind to a source, or to none (NULL, or one of a codec the slot does not take). The same one again changes nothing. */
void slot_bind(struct router *router, struct slot *slot, struct publish *publish, rs_time now);
/* Choose the layer anew. */
void slot_layer(struct router *router, struct slot *slot, rs_time now);
void slot_forward(struct router *router, struct slot *slot, struct track *track,
	struct packet *packet, rs_time now);
/* Nothing is forwarded for a while, or again: what comes then begins anew, with a key frame. */
void slot_interrupt(struct router *router, struct slot *slot, bool interrupted, rs_time now);
void slot_keyframe(struct router *router, struct slot *slot, rs_time now);
/* The receiver asked for one. */
void slot_keyframe_asked(struct router *router, struct slot *slot, rs_time now);
struct rewrite_in rewrite_in_of(const struct packet *packet, bool may_switch);
/* Send `packet` as `out`; as RFC 4588 retransmission if `rtx`. Pictures may wait, holding a reference. */
void slot_send(struct router *router, struct slot *slot, const struct publish *publish,
	struct packet *packet, const struct rewrite_out *out, bool rtx, rs_time now);
/* The same without any wait. `number` is transport-wide, sent if the slot has the extension; NULL = none. Octets sent as RTP;
 * 0 when it does not fit. */
size_t slot_write(struct router *router, struct slot *slot, const struct publish *publish,
	const struct packet *packet, const struct rewrite_out *out, bool rtx,
	const uint16_t *number);
/* Pictures have a transport-wide number where the slot has the extension, and RTX: without RTX a resent packet must be the very
 * octets of the first, or a GCM nonce comes twice. */
bool slot_is_numbered(const struct slot *slot, const struct packet *packet);
/* `padding` octets and no payload, among the slot's retransmissions. Octets sent as RTP. */
size_t slot_write_padding(
	struct router *router, struct slot *slot, uint8_t padding, uint16_t number);
/* Packets of the stream are what the slot shall have, not what it is about to leave. */
bool slot_aims_at(const struct router *router, const struct slot *slot, uint32_t stream);

/* ---- reports (reports.c) ---- */

/* A report of the publisher about its own stream. */
void reports_sr(struct router *router, struct track *track, const struct rtcp_sr *sr, rs_time now);
/* A receiver's report about a slot: how long the way there and back is, and what is lost on it. */
void reports_rr(
	struct router *router, struct slot *slot, const struct rtcp_report *report, rs_time now);
/* What listeners of this worker lose of a microphone, as it is told to the speaker (loss.h). */
uint32_t listeners_lose(const struct publish *publish);
void reports_to_publisher(struct router *router, struct peer *peer, rs_time now);
void reports_to_receiver(struct router *router, struct slot *slot, rs_time now);
/* RTP timestamp of the track at the instant `now` in terms of capture (or, before a sender report, arrival). */
uint32_t track_rtp_now(const struct track *track, rs_time now);
uint64_t router_ntp(const struct router *router, rs_time now);

/* ---- out (emit.c, tap.c, events.c) ---- */

void emit_rtp(struct router *router, struct peer *peer, const uint8_t *data, size_t len);
/* RTCP to a peer goes in compounds that begin with a receiver report, empty if need be. */
void emit_begin(struct rs_writer *writer, const struct peer *peer, uint8_t *data, size_t cap);
void emit_rtcp(struct router *router, struct peer *peer, const struct rs_writer *writer);
/* False when there is no room for it. */
bool event_push(struct router *router, const struct router_event *event);
/* The meeting is recorded here. */
bool tap_wants(const struct router *router, const struct meeting *meeting);
/* Subscribe to the channels and the floor, or no longer. */
void tap_set(struct router *router, struct meeting *meeting, rs_time now);
/* The i-th subscription of the tap, NULL where there is none; TAP_SLOTS of them. */
struct slot *tap_slot(const struct meeting *meeting, size_t i);
#define TAP_SLOTS(meeting) ((meeting)->n_channels + 1)
/* Who is seen, if it changed. */
void tap_show(struct router *router, struct meeting *meeting, rs_time now);
/* Everything is to be announced anew. */
void tap_reset(struct router *router, struct meeting *meeting);
/* Say how many packets each track of the tap was given, where that was not said yet: before a change that
 * may end some of them. */
void tap_account(struct router *router, struct meeting *meeting);
/* The same of one that ends. */
void tap_end(struct router *router, struct publish *publish);
/* All of them, each second. */
void tap_tick(struct router *router, struct meeting *meeting, rs_time now);
void tap_gate(struct router *router, struct publish *publish, bool open, rs_time now);
void tap_packet(struct router *router, struct track *track, const struct packet *packet);
void tap_channel_packet(
	struct router *router, struct slot *slot, const uint8_t *data, size_t len, rs_time arrival);
void tap_clock(struct router *router, const struct track *track);
void tap_channel_clock(
	struct router *router, const struct slot *slot, uint64_t ntp, uint32_t rtp_ts);

#endif
