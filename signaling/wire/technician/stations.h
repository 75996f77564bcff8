/* signaling/wire/technician/stations.h
 *
 * What technicians are told of stations (PROTOCOL.md section 3.9), as text: hundreds of them once a second, so it is written without
 * a document in between. Names are badges and nodes, which need no escaping. All append: 0, -E2BIG or -ENOMEM.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_TECHNICIAN_STATIONS_H
#define ROSTRUM_SIGNALING_WIRE_TECHNICIAN_STATIONS_H

#include "common/base/buf.h"
#include "signaling/technician/station.h"

/* The figure as it is told: in steps, so that what does not matter is no news. */
int stations_rounded(enum station_figure figure, int value);

/* [loss_up, loss_down, rtt, jitter, up, down, concealed, decoded, capacity, queue, khz, clock, available, heard_jitter, dropped], null = not measured; levels are told to everybody. */
int stations_write_figures(const struct station *station, struct rs_buf *out) RS_MUST_USE;
/* [["loss-up", "warning", since_ms, figure], ...], the worst first. */
int stations_write_troubles(const struct troubles *troubles, struct rs_buf *out) RS_MUST_USE;
/* {"level": [...], "loss_up": [...], ...}, STATION_STEPS values each, as station_read(). */
int stations_write_history(
	const struct station *station, int64_t wall_ms, struct rs_buf *out) RS_MUST_USE;

/* One line of the list of current problems. */
struct station_problem {
	const char *kind; /* "meeting", "node", "participant" */
	const char *id;
	enum trouble trouble;
	struct trouble_state state;
};
int stations_write_problem(const struct station_problem *problem, struct rs_buf *out) RS_MUST_USE;

#endif
