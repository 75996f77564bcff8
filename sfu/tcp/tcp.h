/* sfu/tcp/tcp.h
 *
 * One ICE-TCP connection (RFC 6544) apart from its socket: datagrams framed by their length (RFC 4571
 * section 2), and the queue before a line that is slower than the media. TCP never drops, so the
 * queue must: what is stale when its turn comes helps nobody. Audio, RTCP, DTLS and STUN overtake
 * video. Of video whole frames go: when the oldest has waited too long, or there is no room, every
 * frame of which nothing was written yet is dropped, and its stream then waits for a key frame,
 * because a decoder can do nothing with what depends on the lost ones.
 *
 * Not thread safe; a reader is an embedded value, a queue allocates in tcp_queue_new() only. Limits:
 * octets and packets in each of the two lanes, TCP_STREAMS_MAX video streams, time.
 */
#ifndef ROSTRUM_SFU_TCP_TCP_H
#define ROSTRUM_SFU_TCP_TCP_H

#include "common/base/mem.h"
#include "common/base/time.h"

/* The largest datagram: as on UDP, an Ethernet frame's payload. */
#define TCP_PACKET_MAX 1500
/* RFC 4571 section 2: LENGTH. */
#define TCP_HEADER_LEN 2
/* Video streams (SSRCs) of one receiver, with those of their retransmissions. */
#define TCP_STREAMS_MAX 64
/* Pieces of tcp_queue_spans(). */
#define TCP_SPANS_MAX 3

/* ---- in ---- */

/* Octets read and not yet taken; all zero at first. */
struct tcp_reader {
	size_t head;
	size_t tail;
	uint8_t data[2 * (TCP_HEADER_LEN + TCP_PACKET_MAX)];
};

/* Where to read to, and at most how much: never 0 after tcp_reader_next() gave 0. */
uint8_t *tcp_reader_room(struct tcp_reader *reader, size_t *out_cap);
/* So many octets were read there. */
void tcp_reader_fill(struct tcp_reader *reader, size_t len);
/* The next datagram, copied to `out` so that it may be aligned: its length, 0 when none is whole, or
 * -EBADMSG: a length over TCP_PACKET_MAX; the stream cannot be trusted any more. Null packets are
 * skipped (RFC 4571 section 2). */
int tcp_reader_next(struct tcp_reader *reader, uint8_t out[TCP_PACKET_MAX]) RS_MUST_USE;

/* ---- out ---- */

enum tcp_class {
	TCP_CONTROL,   /* STUN, DTLS, RTCP: dropped only for lack of room */
	TCP_AUDIO,     /* dropped one by one when stale */
	TCP_VIDEO,     /* dropped by frames */
	TCP_VIDEO_KEY, /* the first packet of a key frame */
	TCP_RESENT, /* a retransmission of video: worth little when late, nothing depends on it */
};

struct tcp_packet {
	enum tcp_class class;
	uint32_t ssrc;   /* video */
	uint32_t rtp_ts; /* video: tells frames apart */
};

struct tcp_queue_config {
	size_t urgent_octets; /* for control and audio; > TCP_HEADER_LEN + TCP_PACKET_MAX */
	size_t urgent_packets;
	size_t video_octets;
	size_t video_packets;
	rs_time stale;    /* us that audio and video may wait; > 0 */
	rs_time key_wait; /* us without key frame after which a stream goes on at any frame: then it is
			   * of a kind whose key frames are not known here, or none will come; > 0 */
};

struct tcp_span {
	const uint8_t *data_view;
	size_t len;
};

/* All only grow; packets. */
struct tcp_queue_stats {
	uint64_t queued;
	uint64_t refused;       /* for lack of room */
	uint64_t audio_stale;   /* dropped from the queue */
	uint64_t video_dropped; /* dropped from the queue */
	uint64_t video_waiting; /* not queued: their stream waits for a key frame */
};

struct tcp_queue;

/* The usual limits. */
void tcp_queue_config_default(struct tcp_queue_config *out_config);
/* Copies the configuration. 0, -EINVAL or -ENOMEM. */
int tcp_queue_new(const struct tcp_queue_config *config, struct tcp_queue **out_queue) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct tcp_queue *tcp_queue_free(struct tcp_queue *queue);

/* Queues a copy of a datagram with its length before it. 0, -E2BIG (dropped: no room, or its stream
 * waits for a key frame), -EINVAL (empty or longer than TCP_PACKET_MAX). */
int tcp_queue_push(struct tcp_queue *queue, const struct tcp_packet *what, const uint8_t *data,
	size_t len, rs_time now) RS_MUST_USE;
/* What to write next, in this order, after dropping what is stale; returns how many. Valid until the
 * next call on the queue. */
size_t tcp_queue_spans(
	struct tcp_queue *queue, rs_time now, struct tcp_span out_spans[TCP_SPANS_MAX]);
/* So many octets of the spans just taken were written. */
void tcp_queue_sent(struct tcp_queue *queue, size_t octets);
/* The SSRC of a stream that was cut and can be had again, once each time: 1, or 0 = none. Asked when
 * the line has taken what was left, so that the key frame does not meet the same jam. */
int tcp_queue_key_wanted(struct tcp_queue *queue, uint32_t *out_ssrc);
/* Octets waiting. */
size_t tcp_queue_len(const struct tcp_queue *queue);
const struct tcp_queue_stats *tcp_queue_stats(const struct tcp_queue *queue);

#endif
