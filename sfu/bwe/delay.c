#include "sfu/bwe/delay.h"

/* Packets sent within this time are one group, and so are those that a queue released together. */
#define BURST RS_MS(5)
#define BURST_MAX RS_MS(100)
/* A pause says nothing of what the queue did meanwhile. */
#define PAUSE RS_SEC(1)

/* The trend: weight of the past in smoothing, and what makes a slope comparable to the threshold. Values as in
 * Carlucci et al., "Analysis and design of the Google congestion control for WebRTC", section 4, and its successors. */
#define SMOOTH 0.9
#define GAIN 4.0
#define DELTAS_MAX 60
#define THRESHOLD_FIRST 12.5
#define THRESHOLD_LEAST 6.0
#define THRESHOLD_MOST 600.0
#define THRESHOLD_UP 0.0087
#define THRESHOLD_DOWN 0.039
/* Farther off is an outlier that shall not open the threshold. */
#define THRESHOLD_REACH 15.0
/* Above the threshold this long before it counts, ms. */
#define OVER_FOR 10.0

/* The least delay of the last one to two windows is the empty line's. */
#define BASE_WINDOW RS_SEC(10)
/* A queue that never fell below this for so long. */
#define STANDING RS_MS(90)
#define STANDING_FOR RS_MS(300)
/* A queue beyond that of our own bursts: the last three packets, or two that were not sent together, have this much,
 * and more than the line does by itself. One alone makes suspicious. */
#define EXCESS RS_MS(30)
#define EXCESS_TRENDING RS_MS(15)
#define EXCESS_APART RS_MS(20)
#define EXCESS_SWINGS 4.0
#define EXPECTED_MOST RS_MS(150)
/* One packet changes the swing by so much at most, or an overload would hide itself. */
#define SWING_STEP 10.0
#define SWING_WEIGHT 0.06
/* Less is no queue, but jitter. */
#define BUSY RS_MS(12)
#define BUSY_LEAST RS_MS(40)
#define BUSY_MOST RS_MS(400)

void delay_init(struct delay *delay)
{
	*delay = (struct delay){ .threshold = THRESHOLD_FIRST };
}

static double ms(rs_time us)
{
	return (double)us / 1000.0;
}

/* ---- trend ---- */

/* Slope of the least squares line through the points, ms of delay per ms. */
static double slope(const struct delay *delay)
{
	double sum_at = 0;
	double sum_delay = 0;
	double above = 0;
	double below = 0;

	for (unsigned i = 0; i < DELAY_POINTS; i++) {
		sum_at += delay->points[i].at;
		sum_delay += delay->points[i].delay;
	}
	for (unsigned i = 0; i < DELAY_POINTS; i++) {
		const double at = delay->points[i].at - sum_at / DELAY_POINTS;
		above += at * (delay->points[i].delay - sum_delay / DELAY_POINTS);
		below += at * at;
	}
	return below > 0 ? above / below : 0;
}

static void adapt(struct delay *delay, double trend, double elapsed)
{
	const double size = trend < 0 ? -trend : trend;
	const double away = size - delay->threshold;
	const double time = elapsed < 100.0 ? elapsed : 100.0;

	if (away > THRESHOLD_REACH)
		return;
	delay->threshold += (away < 0 ? THRESHOLD_DOWN : THRESHOLD_UP) * away * time;
	if (delay->threshold < THRESHOLD_LEAST)
		delay->threshold = THRESHOLD_LEAST;
	if (delay->threshold > THRESHOLD_MOST)
		delay->threshold = THRESHOLD_MOST;
}

static void judge(struct delay *delay, double trend, double elapsed)
{
	if (trend > delay->threshold) {
		const bool before = delay->over_for > 0;
		delay->over_for += elapsed;
		if (before && delay->over_for > OVER_FOR && trend >= delay->trend)
			delay->signal = DELAY_OVER;
	} else {
		delay->over_for = 0;
		delay->signal = trend < -delay->threshold ? DELAY_UNDER : DELAY_NORMAL;
	}
	adapt(delay, trend, elapsed);
	delay->trend = trend;
}

static void add_delta(struct delay *delay, double delta, rs_time arrival, double elapsed)
{
	delay->n_deltas += delay->n_deltas < DELTAS_MAX;
	delay->total += delta;
	delay->smoothed = SMOOTH * delay->smoothed + (1 - SMOOTH) * delay->total;
	delay->points[delay->n_points++ % DELAY_POINTS] =
		(struct delay_point){ .at = ms(arrival - delay->origin), .delay = delay->smoothed };
	if (delay->n_points >= DELAY_POINTS)
		judge(delay, slope(delay) * delay->n_deltas * GAIN, elapsed);
}

/* ---- queue ---- */

static void note_queue(struct delay *delay, rs_time sent, rs_time arrival)
{
	const rs_time way = arrival - sent;

	if (!delay->has_base) {
		delay->has_base = true;
		delay->base[0] = delay->base[1] = way;
		delay->window_end = sent + BASE_WINDOW;
		delay->low_since = sent;
	}
	if (sent >= delay->window_end) {
		delay->base[1] = delay->base[0];
		delay->base[0] = way;
		delay->window_end = sent + BASE_WINDOW;
	}
	delay->base[0] = rs_time_min(delay->base[0], way);
	delay->queue = way - rs_time_min(delay->base[0], delay->base[1]);

	delay->low = rs_time_min(delay->low, delay->queue);
	if (sent - delay->low_since < STANDING_FOR)
		return;
	delay->standing = delay->low;
	delay->low = delay->queue;
	delay->low_since = sent;
}

static void note_busy(struct delay *delay, rs_time arrival, uint32_t octets)
{
	if (delay->queue < BUSY) {
		delay->busy = false;
		return;
	}
	if (!delay->busy || arrival - delay->busy_since > BUSY_MOST) {
		delay->busy = true;
		delay->busy_since = arrival;
		delay->busy_octets = 0;
		octets = 0; /* what came before it is not known to be queued */
	}
	delay->busy_octets += octets;
	delay->busy_last = arrival;
}

uint32_t delay_busy_bps(const struct delay *delay)
{
	const rs_time time = delay->busy_last - delay->busy_since;

	if (!delay->busy || time < BUSY_LEAST)
		return 0;
	const uint64_t bps = delay->busy_octets * 8 * 1000000 / (uint64_t)time;
	return bps < UINT32_MAX ? (uint32_t)bps : UINT32_MAX;
}

static void note_excess(struct delay *delay, rs_time sent, uint32_t octets, uint32_t bps)
{
	const rs_time takes = (rs_time)((uint64_t)octets * 8 * 1000000 / bps);

	delay->model_free = rs_time_max(delay->model_free, sent) + takes;
	const rs_time expected = rs_time_min(delay->model_free - sent, EXPECTED_MOST);
	const rs_time more = rs_time_max(delay->queue - expected, 0);
	const double off = ms(more) - delay->swing;

	delay->excess[2] = delay->excess[1];
	delay->excess[1] = delay->excess[0];
	delay->excess[0] = (struct delay_excess){ .sent = sent, .more = more };
	delay->n_excess += delay->n_excess < RS_ARRAY_LEN(delay->excess);
	delay->swing += SWING_WEIGHT * (off < SWING_STEP ? off : SWING_STEP);
}

rs_time delay_swing(const struct delay *delay)
{
	return (rs_time)(delay->swing * 1000 * EXCESS_SWINGS);
}

/* Each of the last `n` packets. */
static bool is_beyond(const struct delay *delay, rs_time least, unsigned n)
{
	const rs_time swings = delay_swing(delay);

	if (delay->n_excess < n)
		return false;
	for (unsigned i = 0; i < n; i++)
		if (delay->excess[i].more < rs_time_max(least, swings))
			return false;
	return true;
}

static bool has_queue(const struct delay *delay, rs_time least)
{
	const bool apart = delay->excess[0].sent - delay->excess[1].sent >= EXCESS_APART;

	return is_beyond(delay, least, apart ? 2 : 3);
}

bool delay_is_suspect(const struct delay *delay)
{
	return is_beyond(delay, EXCESS, 1) || has_queue(delay, EXCESS_TRENDING);
}

/* ---- groups ---- */

static void complete(struct delay *delay)
{
	const struct delay_group *group = &delay->group;
	const struct delay_group *last = &delay->last;

	if (last->any && group->sent - last->sent < PAUSE) {
		const rs_time elapsed = group->sent - last->sent;
		const rs_time delta = group->arrival - last->arrival - elapsed;
		add_delta(delay, ms(delta), group->arrival, ms(elapsed));
	}
	delay->last = *group;
}

static bool belongs(const struct delay_group *group, rs_time sent, rs_time arrival)
{
	if (sent - group->first_sent <= BURST)
		return true;
	/* Released together: it came right behind, and waited less than the one before. */
	return arrival - group->arrival <= BURST && arrival - group->arrival < sent - group->sent &&
	       arrival - group->first_arrival < BURST_MAX;
}

void delay_add(struct delay *delay, rs_time sent, rs_time arrival, uint32_t octets, uint32_t bps)
{
	struct delay_group *group = &delay->group;

	if (!delay->has_base)
		delay->origin = arrival;
	note_queue(delay, sent, arrival);
	note_excess(delay, sent, octets, bps);
	note_busy(delay, arrival, octets);
	if (group->any && belongs(group, sent, arrival)) {
		group->sent = rs_time_max(group->sent, sent);
		group->arrival = rs_time_max(group->arrival, arrival);
		return;
	}
	if (group->any)
		complete(delay);
	*group = (struct delay_group){
		.any = true,
		.first_sent = sent,
		.sent = sent,
		.first_arrival = arrival,
		.arrival = arrival,
	};
}

enum delay_signal delay_signal(const struct delay *delay)
{
	if (has_queue(delay, EXCESS) || rs_time_min(delay->standing, delay->low) > STANDING)
		return DELAY_OVER;
	/* A trend on an empty line is a trend of jitter. */
	return delay->signal == DELAY_OVER && !has_queue(delay, EXCESS_TRENDING) ? DELAY_NORMAL
										 : delay->signal;
}

rs_time delay_queue(const struct delay *delay)
{
	return delay->queue;
}

void delay_settle(struct delay *delay)
{
	delay->n_excess = 0;
	delay->n_points = 0;
	delay->over_for = 0;
	delay->signal = DELAY_NORMAL;
	delay->standing = 0;
	delay->low = 0;
	delay->low_since = delay->group.sent;
}

void delay_rebase(struct delay *delay)
{
	const rs_time least = rs_time_min(delay->base[0], delay->base[1]) + delay->queue;

	delay->base[0] = delay->base[1] = least;
	delay->queue = 0;
	delay_settle(delay);
}
