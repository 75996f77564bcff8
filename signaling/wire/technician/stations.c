#include "signaling/wire/technician/stations.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- figures ---- */

/* To the nearest multiple. */
static int in_steps(int value, int step)
{
	return (value + (value < 0 ? -step : step) / 2) / step * step;
}

/* Two digits that count. */
static int two_digits(int value)
{
	int step = 1;
	while (abs(value) / step >= 100)
		step *= 10;
	return in_steps(value, step);
}

int stations_rounded(enum station_figure figure, int value)
{
	if (value == TROUBLE_UNKNOWN)
		return value;
	switch (figure) {
	case STATION_LOSS_UP:
	case STATION_LOSS_DOWN:
	case STATION_CONCEALED:
	case STATION_DROPPED:
	case STATION_AVAILABLE:
	case STATION_UP:
	case STATION_DOWN:
	case STATION_CAPACITY:
		return two_digits(value);
	case STATION_RTT:
	case STATION_QUEUE:
		return in_steps(value, 5);
	case STATION_CLOCK:
		return in_steps(value, 10);
	case STATION_LEVEL:
	case STATION_JITTER:
	case STATION_HEARD_JITTER:
	case STATION_DECODED:
	case STATION_KHZ:
	case STATION_FIGURES:
		return value;
	}
	return value;
}

static int put_number(const char *comma, int value, struct rs_buf *out)
{
	return value == TROUBLE_UNKNOWN ? rs_buf_printf(out, "%snull", comma)
					: rs_buf_printf(out, "%s%d", comma, value);
}

int stations_write_figures(const struct station *station, struct rs_buf *out)
{
	int err = rs_buf_append(out, "[", 1);
	for (size_t i = STATION_LOSS_UP; i < STATION_FIGURES && err == 0; i++) {
		const enum station_figure figure = (enum station_figure)i;
		err = put_number(i == STATION_LOSS_UP ? "" : ",",
			stations_rounded(figure, station->figures[i]), out);
	}
	return err < 0 ? err : rs_buf_append(out, "]", 1);
}

/* ---- troubles ---- */

static int put_troubles(const struct troubles *troubles, enum severity severity, const char **comma,
	struct rs_buf *out)
{
	int err = 0;
	for (size_t i = 0; i < TROUBLE_COUNT && err == 0; i++) {
		const struct trouble_state *state = &troubles->states[i];
		if (state->is != severity)
			continue;
		err = rs_buf_printf(out, "%s[\"%s\",\"%s\",%" PRId64 ",%d]", *comma,
			trouble_name((enum trouble)i), severity_name(severity), state->since_ms,
			state->figure);
		*comma = ",";
	}
	return err;
}

int stations_write_troubles(const struct troubles *troubles, struct rs_buf *out)
{
	const char *comma = "";
	int err = rs_buf_append(out, "[", 1);
	if (err == 0)
		err = put_troubles(troubles, SEVERITY_CRITICAL, &comma, out);
	if (err == 0)
		err = put_troubles(troubles, SEVERITY_WARNING, &comma, out);
	return err < 0 ? err : rs_buf_append(out, "]", 1);
}

int stations_write_problem(const struct station_problem *problem, struct rs_buf *out)
{
	return rs_buf_printf(out,
		"{\"kind\":\"%s\",\"id\":\"%s\",\"trouble\":\"%s\",\"severity\":\"%s\",\"since\":%" PRId64
		",\"figure\":%d,\"text\":\"%s\"}",
		problem->kind, problem->id, trouble_name(problem->trouble),
		severity_name(problem->state.is), problem->state.since_ms, problem->state.figure,
		trouble_text(problem->trouble));
}

/* ---- history ---- */

static int put_series(const struct station *station, enum station_figure figure, int64_t wall_ms,
	struct rs_buf *out)
{
	int values[STATION_STEPS];
	station_read(station, figure, wall_ms, values);
	int err = rs_buf_printf(
		out, "%s\"%s\":[", figure > 0 ? "," : "", station_figure_name(figure));
	for (size_t i = 0; i < STATION_STEPS && err == 0; i++)
		err = put_number(i > 0 ? "," : "", values[i], out);
	return err < 0 ? err : rs_buf_append(out, "]", 1);
}

int stations_write_history(const struct station *station, int64_t wall_ms, struct rs_buf *out)
{
	int err = rs_buf_append(out, "{", 1);
	for (size_t i = 0; i < STATION_SERIES && err == 0; i++)
		err = put_series(station, (enum station_figure)i, wall_ms, out);
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}
