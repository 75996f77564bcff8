#include "recorder/ingest/clock.h"

#include "common/rtp/ntp.h"

/* The least lag of one or two of these is believed; long enough for a few packets to travel fast. */
#define WINDOW_US 5000000
/* A timestamp that runs ahead of arrival by this much from one packet to the next was set, not sampled. */
#define EARLY_US 500000
/* Slewing: 1 part in 50 of the time that passed. */
#define SLEW_DIVISOR 50
/* What is off by more is not worth slewing for minutes. */
#define RESIDUAL_MAX_US 5000000

void clock_init(struct clock_map *map, uint32_t hz, struct clock_base *shared)
{
	*map = (struct clock_map){ .hz = hz, .shared = shared, .late_since_us = -1 };
}

static struct clock_base *base_of(struct clock_map *map)
{
	return map->reported ? map->shared : &map->own;
}

static int64_t sender_time(const struct clock_map *map, int64_t rtp_ts)
{
	if (map->reported)
		return map->sr_us + rtp_ticks_to_us(rtp_ts - map->sr_ts, map->hz);
	return rtp_ticks_to_us(rtp_ts - map->first_ts, map->hz);
}

static void base_set(struct clock_base *base, int64_t lag_us, int64_t arrival_us)
{
	*base = (struct clock_base){ .valid = true,
		.offset_us = lag_us,
		.least_now = lag_us,
		.least_before = lag_us,
		.window_end_us = arrival_us + WINDOW_US };
}

static void base_learn(struct clock_base *base, int64_t lag_us, int64_t arrival_us)
{
	if (!base->valid) {
		base_set(base, lag_us, arrival_us);
		return;
	}
	if (lag_us < base->least_now)
		base->least_now = lag_us;
	if (lag_us < base->offset_us)
		base->offset_us = lag_us;
	if (arrival_us < base->window_end_us)
		return;
	base->offset_us =
		base->least_now < base->least_before ? base->least_now : base->least_before;
	base->least_before = base->least_now;
	base->least_now = lag_us;
	base->window_end_us = arrival_us + WINDOW_US;
}

/* Take the present distance for the right one, at once. Returns the step. */
static int64_t anchor(struct clock_map *map, int64_t lag_us, int64_t arrival_us)
{
	const int64_t before = map->seen_offset_us + map->residual_us;
	base_set(base_of(map), lag_us, arrival_us);
	map->seen_offset_us = lag_us;
	map->residual_us = 0;
	map->late_since_us = -1;
	return lag_us - before;
}

/* Packets that merely had to wait come in a bunch: each of them is early by no more than its length. */
static bool jumped_ahead(const struct clock_map *map, const struct clock_base *base, int64_t rtp_ts,
	int64_t arrival_us, int64_t lag_us)
{
	const int64_t media_us = rtp_ticks_to_us(rtp_ts - map->last_ts, map->hz);
	return map->begun && base->valid && lag_us < base->offset_us - EARLY_US &&
	       media_us - (arrival_us - map->last_arrival_us) > EARLY_US;
}

/* Since when every packet has come late, and by how much at least. */
static void follow_lateness(
	struct clock_map *map, const struct clock_base *base, int64_t lag_us, int64_t arrival_us)
{
	if (!base->valid || lag_us - base->offset_us <= CLOCK_LATE_US) {
		map->late_since_us = -1;
		return;
	}
	if (map->late_since_us < 0) {
		map->late_since_us = arrival_us;
		map->late_least_us = lag_us;
	}
	if (lag_us < map->late_least_us)
		map->late_least_us = lag_us;
}

static bool keeps_late(const struct clock_map *map, int64_t arrival_us)
{
	return map->late_since_us >= 0 && arrival_us - map->late_since_us >= CLOCK_LATE_FOR_US;
}

static void slew(struct clock_map *map, int64_t passed_us)
{
	const int64_t most = passed_us > 0 ? passed_us / SLEW_DIVISOR : 0;
	if (map->residual_us > most)
		map->residual_us -= most;
	else if (map->residual_us < -most)
		map->residual_us += most;
	else
		map->residual_us = 0;
}

void clock_report(struct clock_map *map, int64_t sender_us, int64_t rtp_ts)
{
	const int64_t at_us = sender_us - map->bias_us;
	if (!map->reported) {
		/* Nothing jumps: what the two clocks differ by is slewed from here on. */
		const int64_t before = map->begun ? map->last_time_us : 0;
		map->reported = true;
		map->sr_us = at_us;
		map->sr_ts = rtp_ts;
		if (!map->begun)
			return;
		const int64_t now_us = sender_time(map, map->last_ts);
		if (!map->shared->valid)
			base_set(map->shared, before - now_us, before);
		map->seen_offset_us = map->shared->offset_us;
		map->residual_us = before - now_us - map->seen_offset_us;
		map->late_since_us = -1;
		return;
	}

	const int64_t off_us = at_us - sender_time(map, rtp_ts);
	if (off_us > -CLOCK_LATE_US && off_us < CLOCK_LATE_US) {
		map->residual_us -= off_us;
		map->sr_us = at_us;
	} else {
		/* Only the sender's wall clock was set, as far as is known. */
		map->bias_us += off_us;
		map->doubt_us = off_us > 0 ? off_us : 0;
		map->sr_us = at_us - off_us;
	}
	map->sr_ts = rtp_ts;
}

/* A report said that capture was later than its timestamps. If packets do keep coming that much
 * later, before the report or after it, it was right, and there was a stall: one that comes late
 * alone had to wait somewhere. */
static int64_t settle_doubt(struct clock_map *map, int64_t rtp_ts, int64_t arrival_us)
{
	if (map->doubt_us == 0)
		return 0;
	const int64_t late_us = arrival_us - sender_time(map, rtp_ts) - map->seen_offset_us;
	if (late_us <= map->doubt_us / 2) {
		if (rtp_ts > map->sr_ts) /* captured after the report, and in time */
			map->doubt_us = 0;
		return 0;
	}
	if (!keeps_late(map, arrival_us) ||
		map->late_least_us - map->seen_offset_us <= map->doubt_us / 2)
		return 0;
	const int64_t step_us = map->doubt_us;
	map->bias_us -= step_us;
	map->sr_us += step_us;
	map->doubt_us = 0;
	map->late_since_us = -1;
	return step_us;
}

int64_t clock_time(
	struct clock_map *map, int64_t rtp_ts, int64_t arrival_us, bool fresh, int64_t *out_step_us)
{
	int64_t step_us = 0;
	if (!map->begun) {
		map->first_ts = rtp_ts;
		map->last_ts = rtp_ts;
		map->last_time_us = INT64_MIN;
		fresh = true;
	}
	if (fresh && !map->reported)
		map->own.valid = false; /* clocks may have drifted apart unseen */
	int64_t lag_us = arrival_us - sender_time(map, rtp_ts);
	struct clock_base *base = base_of(map);
	follow_lateness(map, base, lag_us, arrival_us);
	if (map->begun && map->reported) {
		step_us = settle_doubt(map, rtp_ts, arrival_us);
		lag_us -= step_us;
	}
	if (jumped_ahead(map, base, rtp_ts, arrival_us, lag_us)) {
		/* The report does not hold for these timestamps: wait for the next one. */
		map->reported = false;
		map->doubt_us = 0;
		lag_us = arrival_us - sender_time(map, rtp_ts);
		map->seen_offset_us = map->last_time_us - sender_time(map, map->last_ts);
		map->residual_us = 0;
		step_us += anchor(map, lag_us, arrival_us);
	} else if (!map->reported && keeps_late(map, arrival_us)) {
		/* Late without a report that says why: its source stood still. */
		step_us += anchor(map, map->late_least_us, arrival_us);
	} else {
		base_learn(base, lag_us, arrival_us);
		if (map->begun)
			map->residual_us += map->seen_offset_us - base->offset_us;
		map->seen_offset_us = base->offset_us;
	}
	if (fresh || map->residual_us > RESIDUAL_MAX_US || map->residual_us < -RESIDUAL_MAX_US)
		map->residual_us = 0;
	slew(map, rtp_ticks_to_us(rtp_ts - map->last_ts, map->hz));

	int64_t time_us = sender_time(map, rtp_ts) + map->seen_offset_us + map->residual_us;
	if (time_us < map->last_time_us)
		time_us = map->last_time_us;
	map->begun = true;
	map->last_ts = rtp_ts;
	map->last_arrival_us = arrival_us;
	map->last_time_us = time_us;
	*out_step_us = step_us;
	return time_us;
}
