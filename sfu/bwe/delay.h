/* sfu/bwe/delay.h
 *
 * Whether a line's queue grows, from when packets were sent and when they arrived. Three signs, since each
 * alone misses something: the trend of the delay between groups of packets (least squares against a threshold
 * that adapts to the line's own jitter), a queue beyond what our own bursts explain (a line that has become several times
 * narrower fills its queue before a trend shows), and a queue that stands without growing.
 *
 * An embedded value; it allocates nothing. The receiver's clock needs no relation to ours but its speed.
 */
#ifndef ROSTRUM_SFU_BWE_DELAY_H
#define ROSTRUM_SFU_BWE_DELAY_H

#include "common/base/mem.h"
#include "common/base/time.h"

/* Groups in the least squares fit. */
#define DELAY_POINTS 20

enum delay_signal {
	DELAY_NORMAL,
	DELAY_OVER,  /* the queue grows, or stands */
	DELAY_UNDER, /* it drains */
};

/* Packets sent in one go: what lies between them says nothing of the line. */
struct delay_group {
	bool any;
	rs_time first_sent;
	rs_time sent; /* the last of it */
	rs_time first_arrival;
	rs_time arrival; /* the last of it */
};

struct delay_point {
	double at;    /* ms since the first arrival */
	double delay; /* ms, smoothed */
};

struct delay {
	struct delay_group group; /* being filled */
	struct delay_group last;  /* complete */
	/* trend */
	rs_time origin; /* first arrival */
	unsigned n_deltas;
	double total; /* ms of delay gathered since the start */
	double smoothed;
	struct delay_point points[DELAY_POINTS];
	unsigned n_points; /* ever; the ring holds the last DELAY_POINTS */
	double trend;      /* last one, in the unit of the threshold */
	double threshold;
	double over_for; /* ms the trend has been above */
	enum delay_signal signal;
	/* queue */
	bool has_base;
	rs_time base[2]; /* least (arrival - sent) in this window and in the one before */
	rs_time window_end;
	rs_time queue; /* above the base, of the last group */
	rs_time low;   /* least queue since low_since */
	rs_time standing;
	rs_time low_since;
	/* excess: queue beyond what our own bursts make on a line of the estimate's rate */
	rs_time model_free; /* when such a line would have sent everything */
	struct delay_excess {
		rs_time sent;
		rs_time more; /* us of queue that nothing explains */
	} excess[3];          /* of the last packets, newest first */
	unsigned n_excess;    /* since the last rate change, up to three */
	double swing;         /* ms, smoothed size of it */
	/* busy line: since when there has been a queue, and what came through */
	bool busy;
	rs_time busy_since;
	uint64_t busy_octets;
	rs_time busy_last;
};

void delay_init(struct delay *delay);
/* A packet of `octets` sent at `sent` (our clock) arrived at `arrival` (the receiver's). In order of sending. `bps` is
 * what the line is thought to carry. */
void delay_add(struct delay *delay, rs_time sent, rs_time arrival, uint32_t octets, uint32_t bps);
/* What the packets so far say. */
enum delay_signal delay_signal(const struct delay *delay);
/* How far beyond its least delay the line goes by itself, us. */
rs_time delay_swing(const struct delay *delay);
/* How long the last packets waited in the line's queue, us. */
rs_time delay_queue(const struct delay *delay);
/* There may be a queue that is not of our own bursts: worth waiting for the next feedback. */
bool delay_is_suspect(const struct delay *delay);
/* What the line carried since it has had a queue. 0 when it has none, or too briefly to say. */
uint32_t delay_busy_bps(const struct delay *delay);
/* The rate was changed: what was seen before is not held against it. */
void delay_settle(struct delay *delay);
/* The queue there is now is the line's: from now on what comes on top counts. */
void delay_rebase(struct delay *delay);

#endif
