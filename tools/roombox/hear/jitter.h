/* tools/roombox/hear/jitter.h
 *
 * A jitter buffer for one stream of Opus packets, as the decisions alone: what is to be decoded next, what is missing
 * and can be taken from the packet behind it, what must be made up, and by how much the sound is to be played faster or slower. It knows
 * no codec and no clock: packets and the times of playing come in, each with its `now`.
 *
 * How long packets wait follows their jitter. The sender's sound card and ours never agree: the difference shows as a delay that
 * grows or shrinks, and is taken back by `rate`, a few parts in a million at a time, which nobody hears. So a clock that is
 * off costs no packet and makes up no sound.
 *
 * A media server that has nothing to forward sends nothing and goes on with the next number: a pause, which is silence and no
 * loss. A number that never comes is loss.
 *
 * Times of media are in samples of 48 kHz. Not thread safe. Allocates at birth only; limits: JITTER_PACKETS packets of JITTER_PACKET_MAX
 * octets.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_HEAR_JITTER_H
#define ROSTRUM_TOOLS_ROOMBOX_HEAR_JITTER_H

#include "common/base/time.h"

#define JITTER_HZ 48000
#define JITTER_PACKETS 64U
#define JITTER_PACKET_MAX 1500U
/* What is made up at a time, where no packet says how long it would have been: 20 ms. */
#define JITTER_FRAME 960
/* Most that `rate` differs from 1: a twelfth of a semitone. */
#define JITTER_RATE_MOST 0.005

struct jitter;

struct jitter_config {
	rs_time least; /* us of waiting, whatever the line is like; above 0 */
	rs_time most;  /* at most JITTER_PACKETS packets of 20 ms less a quarter */
};

/* All only grow, but `delay` and `target`. */
struct jitter_stats {
	uint64_t packets;   /* taken in */
	uint64_t late;      /* came after their time */
	uint64_t repeats;   /* came twice, or does not fit the buffer */
	uint64_t lost;      /* numbers that were missing when their time came */
	uint64_t recovered; /* of those, taken from the packet behind */
	uint64_t
		concealed; /* frames that were made up, for loss or because the next packet was not there yet */
	uint64_t pauses;
	uint64_t resyncs; /* so far behind that packets were left out */
	rs_time delay;  /* us from arrival on the quickest way to being played, as last measured */
	rs_time target; /* what it is to be */
};

/* One packet in. */
struct jitter_packet {
	uint16_t seq;
	uint32_t rtp_ts;
	uint32_t duration; /* samples that it holds */
	const uint8_t *data_view;
	size_t len;
};

enum jitter_take {
	JITTER_SILENCE, /* nothing is being said */
	JITTER_PACKET,  /* decode this packet */
	JITTER_RECOVER, /* decode what this packet says of the one before it (in-band FEC); it itself comes next */
	JITTER_CONCEAL, /* make JITTER_FRAME samples up */
};

/* The next thing to play. */
struct jitter_out {
	const uint8_t *data_view; /* until the next call */
	size_t len;
	uint32_t duration; /* samples; of JITTER_RECOVER those that were lost */
};

/* 0, -EINVAL (limits out of order), -ENOMEM. */
int jitter_new(const struct jitter_config *config, struct jitter **out_jitter) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct jitter *jitter_free(struct jitter *jitter);
/* A packet arrived; copied. 0; -EALREADY (a repeat, or too late); -EBADMSG (empty, too long, or no duration). */
int jitter_put(struct jitter *jitter, const struct jitter_packet *packet, rs_time now);
/* What to play next. `ahead`: samples that were taken and are still to be heard. */
enum jitter_take jitter_take(
	struct jitter *jitter, size_t ahead, rs_time now, struct jitter_out *out_what);
/* How many samples of the stream are to be played in the time of one: 1 ± JITTER_RATE_MOST. Asked for once in each `block` of
 * samples played. */
double jitter_rate(struct jitter *jitter, size_t ahead, size_t block, rs_time now);
const struct jitter_stats *jitter_stats(const struct jitter *jitter);

#endif
