/* sfu/rewrite/rewrite.h
 *
 * One continuous RTP stream made of changing source streams: sequence numbers without holes, time
 * that follows the wall clock over a switch and the source within it, PictureID, TL0PICIDX and KEYIDX
 * that only count on. A receiver that was told one SSRC for life never notices a switch, nor that frames of
 * upper temporal layers are left out.
 *
 * What was mapped is remembered as segments (stream, first sequence number, offsets), so that late and
 * resent packets find the very place they had or would have had. An embedded value; it allocates nothing.
 */
#ifndef ROSTRUM_SFU_REWRITE_REWRITE_H
#define ROSTRUM_SFU_REWRITE_REWRITE_H

#include "common/base/mem.h"
#include "common/base/rand.h"
#include "common/base/time.h"

/* Switches and skipped runs that late packets and NACKs can look back over. */
#define REWRITE_SEGMENTS 32
/* How far an audio stream may run ahead of the clock after a switch; beyond, packets are dropped. One packet
 * of 20 ms: each switch adds half of one on average, and a listener's buffer holds what was added, so that one
 * dropped is not missed. */
#define REWRITE_AHEAD_MAX RS_MS(20)
/* Packets dropped for that at one switch: what is still ahead then goes on, and is taken back at the next. */
#define REWRITE_AHEAD_DROPS 3

/* A packet of a source stream. */
struct rewrite_in {
	uint32_t stream; /* never 0; another number = another stream, to be switched to */
	bool may_switch; /* the slot wants this stream: if it is not the present one, it begins here */
	int64_t seq;     /* unwrapped */
	uint32_t rtp_ts;
	rs_time arrival;
	rs_time time;      /* rtp_ts on our clock: arrival without jitter */
	uint32_t duration; /* ticks the packet lasts; 0 = not known */
	bool keyframe;     /* video: a switch is possible here */
	bool has_picture;
	int64_t picture; /* unwrapped PictureID */
	bool has_tl0;
	uint8_t tl0;
	bool has_keyidx;
	uint8_t keyidx; /* 5 bits */
	bool has_same; /* another layer of the present stream, whose clocks sender reports relate: */
	uint32_t same_ts; /* the instant of rtp_ts in the clock of the present stream */
};

struct rewrite_out {
	uint16_t seq;
	uint32_t rtp_ts;
	uint16_t picture; /* 15 bits; if the packet has one */
	uint8_t tl0;      /* if the packet has one */
	uint8_t keyidx;   /* if the packet has one */
	bool switched;    /* first packet of another stream, or after rewrite_break() */
	bool hollow;      /* late, of a frame that was left out: its number only, without payload */
};

enum rewrite_verdict {
	REWRITE_FORWARD,        /* *out_packet is set */
	REWRITE_LATE,           /* before the stream began here, or of a stream left behind */
	REWRITE_NEEDS_KEYFRAME, /* video can begin with a key frame only */
	REWRITE_AHEAD,          /* dropped so that the stream does not run ahead of the clock */
};

struct rewrite_segment {
	uint32_t stream; /* 0 = unused */
	int64_t in_first;
	int64_t seq_offset; /* out = in + offset, in all four */
	uint32_t ts_offset;
	int64_t picture_offset;
	uint8_t tl0_offset;
	uint8_t keyidx_offset;
	bool has_before; /* a frame left out just before the segment, and just after it: their rtp_ts */
	bool has_after;
	uint32_t before_ts;
	uint32_t after_ts;
};

struct rewrite {
	uint32_t clock_hz;
	bool video;
	bool started;
	unsigned dropped;   /* for being ahead, since the last switch */
	bool broken;        /* the next packet begins a segment, also of the same stream */
	unsigned newest;    /* index into segments */
	int64_t highest_in; /* of the newest segment */
	int64_t highest_out;
	int64_t highest_ts; /* unwrapped */
	uint32_t last_duration;
	int64_t highest_picture;
	uint8_t last_tl0;
	uint8_t last_keyidx;
	rs_time base_time; /* time and timestamp of the same instant: where the wall clock says a stream is */
	int64_t base_ts;
	rs_time segment_time; /* when the newest stream began */
	bool settled; /* it has gone on long enough for its clock to be known: since when, and how far ahead then, us */
	rs_time settled_time;
	int64_t settled_ahead;
	int64_t last_ahead;
	rs_time last_time;
	rs_time last_arrival;
	/* Behind what each packet needs, which so lies together. */
	struct rewrite_segment segments[REWRITE_SEGMENTS];
};

/* Sequence numbers begin below 2^15, so that a receiver that misses the first packets still guesses SRTP's rollover
 * counter right (RFC 3711 section 3.3.1). */
void rewrite_init(struct rewrite *rewrite, uint32_t clock_hz, bool video, struct rs_rand *rand);
/* The last sequence number given away, unwrapped; the one before the first when nothing was mapped yet. */
int64_t rewrite_last(const struct rewrite *rewrite);
/* For a stream that takes up the SSRC of one that ended with the number `last`: the next is the one behind it. Only
 * before the first packet, or after rewrite_forget(). */
void rewrite_go_on_after(struct rewrite *rewrite, int64_t last);
/* *out_packet is written for REWRITE_FORWARD only. Packets of one stream may come in any order, each once. */
enum rewrite_verdict rewrite_map(
	struct rewrite *rewrite, const struct rewrite_in *in, struct rewrite_out *out_packet);
/* The packet carries nothing and shall not be forwarded. True: its number is closed up. False: numbers after it are given
 * away already, so it must be forwarded (empty) in its place, or leave a hole. */
bool rewrite_skip(struct rewrite *rewrite, uint32_t stream, int64_t seq);
/* The same for a packet of a frame that is left out as a whole: its PictureID is closed up as well. Packets of the frame that
 * come after numbers beyond them were given away are mapped `hollow`. Only for frames no other forwarded one refers to. */
bool rewrite_leave_out(struct rewrite *rewrite, const struct rewrite_in *in);
/* `in` has no place yet and comes after all that have: what becomes of it may still be chosen. */
bool rewrite_is_next(const struct rewrite *rewrite, const struct rewrite_in *in);
/* The source went away or its gate closed: whatever comes next is a switch. */
void rewrite_break(struct rewrite *rewrite);
/* A break, and what was sent is not found any more: it would not be written the same way again. */
void rewrite_forget(struct rewrite *rewrite);
/* What was sent (or would have been) as `seq`: true, *out_stream and *out_seq; false when too old or never given away. */
bool rewrite_find(
	const struct rewrite *rewrite, uint16_t seq, uint32_t *out_stream, int64_t *out_seq);
/* The place of a packet that rewrite_find() named, for sending it again. */
bool rewrite_again(
	const struct rewrite *rewrite, const struct rewrite_in *in, struct rewrite_out *out_packet);
/* Stream now forwarded (0 = none, also after a break) and what to add to its timestamps. */
uint32_t rewrite_stream(const struct rewrite *rewrite, uint32_t *out_ts_offset);

#endif
