#include "signaling/technician/station.h"

#include "common/base/mem.h"

#include <stdlib.h>
#include <string.h>

#define NOTHING INT16_MIN

/* A step on its way: sums, or the worst so far. */
struct gathering {
	int32_t value;
	int32_t seconds; /* 0 = nothing measured */
};

struct station_history {
	int64_t step; /* the one that is gathered */
	struct gathering now[STATION_SERIES];
	int16_t series[STATION_SERIES][STATION_STEPS]; /* step n stands at n % STATION_STEPS */
};

static const char *const names[STATION_FIGURES] = {
	[STATION_LOSS_UP] = "loss_up",
	[STATION_LOSS_DOWN] = "loss_down",
	[STATION_RTT] = "rtt",
	[STATION_JITTER] = "jitter",
	[STATION_UP] = "up",
	[STATION_DOWN] = "down",
	[STATION_LEVEL] = "level",
	[STATION_CAPACITY] = "capacity",
	[STATION_QUEUE] = "queue",
	[STATION_KHZ] = "khz",
	[STATION_CLOCK] = "clock",
	[STATION_CONCEALED] = "concealed",
	[STATION_DECODED] = "decoded",
	[STATION_AVAILABLE] = "available",
	[STATION_HEARD_JITTER] = "heard_jitter",
	[STATION_DROPPED] = "dropped",
};

const char *station_figure_name(enum station_figure figure)
{
	return names[figure];
}

const char *station_path_name(enum station_path path)
{
	static const char *const paths[STATION_PATHS] = { "", "host-udp", "host-tcp", "nat-udp",
		"nat-tcp", "relay-udp", "relay-tcp", "relay-tls" };
	return paths[path];
}

const char *station_limit_name(enum station_limit limit)
{
	static const char *const limits[STATION_LIMITS] = { "none", "cpu", "bandwidth", "other" };
	return limits[limit];
}

static void forget_figures(struct station *station)
{
	for (size_t i = 0; i < STATION_FIGURES; i++)
		station->figures[i] = TROUBLE_UNKNOWN;
}

void station_init(struct station *station)
{
	*station = (struct station){ .here = false };
	forget_figures(station);
	troubles_init(&station->troubles);
}

void station_done(struct station *station)
{
	rs_release(station->history);
	station_init(station);
}

/* ---- history ---- */

static bool is_mean(size_t figure)
{
	return figure == STATION_UP || figure == STATION_DOWN || figure == STATION_DECODED;
}

static int16_t gathered(const struct gathering *now, size_t figure)
{
	if (now->seconds == 0)
		return NOTHING;
	const int32_t value = is_mean(figure) ? now->value / now->seconds : now->value;
	return (int16_t)(value > INT16_MAX ? INT16_MAX : value < -INT16_MAX ? -INT16_MAX : value);
}

/* The step that was gathered is over; those that were missed hold nothing. */
static void turn_to(struct station_history *history, int64_t step)
{
	for (size_t i = 0; i < STATION_SERIES; i++) {
		history->series[i][history->step % STATION_STEPS] = gathered(&history->now[i], i);
		for (int64_t n = history->step + 1; n < step && n <= history->step + STATION_STEPS;
			n++)
			history->series[i][n % STATION_STEPS] = NOTHING;
		history->now[i] = (struct gathering){ .seconds = 0 };
	}
	history->step = step;
}

static struct station_history *history_new(int64_t step)
{
	struct station_history *history = rs_zalloc(sizeof(*history));
	if (history == NULL)
		return NULL;
	history->step = step;
	for (size_t i = 0; i < STATION_SERIES; i++) {
		for (size_t n = 0; n < STATION_STEPS; n++)
			history->series[i][n] = NOTHING;
	}
	return history;
}

static void gather(struct gathering *now, size_t figure, int value)
{
	if (value == TROUBLE_UNKNOWN)
		return;
	if (is_mean(figure))
		now->value += value;
	else if (now->seconds == 0 || value > now->value)
		now->value = value;
	now->seconds++;
}

static void remember(struct station *station, int64_t wall_ms)
{
	const int64_t step = wall_ms / STATION_STEP_MS;
	if (station->history == NULL)
		station->history = history_new(step);
	struct station_history *history = station->history;
	if (history == NULL)
		return;
	if (step > history->step)
		turn_to(history, step);
	for (size_t i = 0; i < STATION_SERIES; i++)
		gather(&history->now[i], i, station->figures[i]);
}

void station_read(const struct station *station, enum station_figure figure, int64_t wall_ms,
	int out[STATION_STEPS])
{
	const struct station_history *history = station->history;
	const int64_t first = wall_ms / STATION_STEP_MS - STATION_STEPS;
	for (int64_t i = 0; i < STATION_STEPS; i++) {
		const int64_t step = first + i;
		int16_t value = NOTHING;
		if (history != NULL && step == history->step)
			value = gathered(&history->now[figure], figure);
		else if (history != NULL && step >= 0 && step < history->step &&
			 step >= history->step - STATION_STEPS)
			value = history->series[figure][step % STATION_STEPS];
		out[i] = value == NOTHING ? TROUBLE_UNKNOWN : value;
	}
}

/* ---- troubles ---- */

static int negated(int figure)
{
	return figure == TROUBLE_UNKNOWN ? figure : -figure;
}

static int absolute(int figure)
{
	return figure == TROUBLE_UNKNOWN ? figure : abs(figure);
}

static int lost_line(const struct station_second *second)
{
	if (!second->line || !second->lost)
		return SEVERITY_NONE;
	return second->open ? SEVERITY_CRITICAL : SEVERITY_WARNING;
}

/* A lost line says it already. */
static int missing_sound(const struct station_second *second)
{
	const bool missing = second->line && !second->lost && second->open && !second->flows;
	return missing ? SEVERITY_CRITICAL : SEVERITY_NONE;
}

static void weigh(struct station *station, const struct station_second *second, int64_t wall_ms)
{
	const int *figures = second->figures;
	const int weighed[TROUBLE_COUNT] = {
		[TROUBLE_LINE_LOST] = lost_line(second),
		[TROUBLE_NO_SOUND] = missing_sound(second),
		[TROUBLE_LOSS_UP] = figures[STATION_LOSS_UP],
		[TROUBLE_LOSS_DOWN] = figures[STATION_LOSS_DOWN],
		[TROUBLE_DELAY] = figures[STATION_RTT],
		[TROUBLE_JITTER] = figures[STATION_JITTER],
		[TROUBLE_QUEUE] = figures[STATION_QUEUE],
		[TROUBLE_NARROW] = negated(figures[STATION_CAPACITY]),
		/* Of a room it is another trouble. */
		[TROUBLE_CLOCK] = second->box == NULL ? absolute(figures[STATION_CLOCK]) : 0,
		[TROUBLE_BAND] = (int)second->band,
		[TROUBLE_QUIET] = (int)second->quiet,
		[TROUBLE_CLIPPING] = (int)second->clipping,
		[TROUBLE_UNDELIVERED] = (int)second->undelivered,
	};
	for (size_t i = 0; i <= TROUBLE_UNDELIVERED; i++)
		(void)troubles_weigh(&station->troubles, (enum trouble)i, weighed[i],
			wall_ms); /* whoever asks looks at them */
	if (second->box == NULL)
		return;
	box_weigh(second->box, &station->troubles, wall_ms);
	(void)troubles_weigh(&station->troubles, TROUBLE_ROOM_CLOCK,
		absolute(figures[STATION_CLOCK]), wall_ms); /* as above */
}

/* All is forgotten but what it owes the record. */
static void leave(struct station *station, enum severity undelivered, int64_t wall_ms)
{
	const struct trouble_state owes = station->troubles.states[TROUBLE_UNDELIVERED];
	troubles_init(&station->troubles);
	station->troubles.states[TROUBLE_UNDELIVERED] = owes;
	(void)troubles_weigh(
		&station->troubles, TROUBLE_UNDELIVERED, (int)undelivered, wall_ms); /* as above */
	forget_figures(station);
}

void station_add(struct station *station, const struct station_second *second, int64_t wall_ms)
{
	station->here = second->here;
	if (!second->here) {
		leave(station, second->undelivered, wall_ms);
		return;
	}
	memcpy(station->figures, second->figures, sizeof(station->figures));
	if (second->line)
		remember(station, wall_ms);
	weigh(station, second, wall_ms);
}
