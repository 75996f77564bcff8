/* tests/support/bwe_line.h
 *
 * A line and a receiver for sfu/bwe, on virtual time: a queue that a rate drains (both may change), delay,
 * jitter, random loss, other people's traffic; transport-wide feedback on the way back; and a listener's jitter
 * buffer that says how much sound had to be made up.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_BWE_LINE_H
#define ROSTRUM_TESTS_SUPPORT_BWE_LINE_H

#include "common/base/rand.h"
#include "sfu/bwe/feedback.h"

#define BWE_LINE_QUEUE 1024
#define BWE_LINE_WAY 2048
#define BWE_LINE_SAMPLES 200000

struct bwe_line_packet {
	bool audio;
	bool numbered;
	bool other; /* cross traffic */
	uint16_t number;
	uint32_t octets;
	rs_time sent;
	rs_time due; /* at the far end */
};

struct bwe_line {
	/* may be changed at any time */
	uint64_t rate_bps;
	rs_time queue_max;   /* at the present rate */
	rs_time delay;       /* one way, both ways */
	rs_time jitter;      /* uniform 0..jitter more; order is kept */
	rs_time back_jitter; /* the same of feedback */
	unsigned loss_permille;
	unsigned feedback_loss_permille;
	uint64_t other_bps;
	rs_time feedback_every;

	struct rs_rand rand;
	struct bwe_line_packet queue[BWE_LINE_QUEUE];
	size_t head, n_queue;
	uint64_t queued_octets;
	double credit; /* bits the line may send */
	struct bwe_line_packet way[BWE_LINE_WAY];
	size_t way_head, n_way;
	rs_time last_due;
	double other_credit;
	/* the receiver */
	struct feedback feedback;
	rs_time feedback_at;
	uint8_t back[32][1500]; /* feedback under way */
	size_t back_len[32];
	rs_time back_due[32];
	size_t back_head, n_back;
	/* the listener: how far behind sound is played, us */
	rs_time playout;
	rs_time concealed_in[BWE_LINE_SAMPLES / 20]; /* us, by 20 ms of the run */
	uint64_t audio_sent, audio_lost;
	uint64_t video_octets;              /* arrived, without padding */
	rs_time queueing[BWE_LINE_SAMPLES]; /* delay above the line's own, of each packet */
	size_t n_queueing;
};

/* 2 Mbit/s, 300 ms of queue, 20 ms each way, feedback every 100 ms, as of browsers that only receive. */
void bwe_line_init(struct bwe_line *line, uint64_t seed);
/* Lost at once when the queue is full. */
void bwe_line_send(struct bwe_line *line, const struct bwe_line_packet *packet, rs_time now);
/* Takes one RTCP packet: transport-wide feedback of the receiver. */
typedef void bwe_line_hear(void *ctx, const uint8_t *rtcp, size_t len, rs_time now);
/* One millisecond; feedback that arrives goes to `hear`. Returns how many. */
unsigned bwe_line_step(struct bwe_line *line, bwe_line_hear *hear, void *ctx, rs_time now);
/* Delay in the queue, of all packets so far: the share `percent` of them waited no longer. */
rs_time bwe_line_queueing(struct bwe_line *line, unsigned percent);
/* Greatest share of concealed sound in any five seconds up to `now`, in permille. */
unsigned bwe_line_concealed(const struct bwe_line *line, rs_time now);

#endif
