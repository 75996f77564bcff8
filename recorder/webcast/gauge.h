/* recorder/webcast/gauge.h
 *
 * What rostrum-webcast measures of itself, as Prometheus reads it: a file beside the webcasts, which rostrum-signaling hands on at
 * /metrics, and a node exporter's textfile collector could. Totals are since the program began. Sans-I/O.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_GAUGE_H
#define ROSTRUM_RECORDER_WEBCAST_GAUGE_H

#include "common/base/buf.h"
#include "recorder/webcast/cast.h"

#define GAUGE_FILE "metrics.prom"
#define GAUGE_MAX ((size_t)64 << 10)

struct gauge {
	int64_t begun_ms; /* wall clock of the program's beginning */
	uint64_t casts;   /* webcasts begun */
	/* Totals of those that are over. */
	struct cast_figures over;
};

/* A webcast that is under way, or over. */
struct gauge_cast {
	const struct cast_figures *figures;
	bool live;
	int64_t started_ms; /* wall clock of session time 0 */
};

/* A webcast is over: its figures stay in the totals. */
void gauge_over(struct gauge *gauge, const struct cast_figures *figures);
/* Append the metrics at this moment; `casts` are under way. 0, -E2BIG or -ENOMEM. */
int gauge_write(const struct gauge *gauge, const struct gauge_cast *casts, size_t n,
	int64_t wall_ms, struct rs_buf *out) RS_MUST_USE;

#endif
