/* common/base/time.h
 *
 * The one unit of time: microseconds on the monotonic clock. Nobody below an event loop reads a
 * clock; `now` is a parameter. Wall-clock times carry their unit in the name (wall_ms, wall_us).
 */
#ifndef ROSTRUM_COMMON_BASE_TIME_H
#define ROSTRUM_COMMON_BASE_TIME_H

#include "common/base/mem.h"

#include <stdint.h>

/* Microseconds, monotonic, from an arbitrary start. Also used for differences. */
typedef int64_t rs_time;

#define RS_TIME_NEVER INT64_MAX
#define RS_MS(n) ((rs_time)(n)*1000)
#define RS_SEC(n) ((rs_time)(n)*1000000)

static inline rs_time rs_time_min(rs_time a, rs_time b)
{
	return a < b ? a : b;
}

static inline rs_time rs_time_max(rs_time a, rs_time b)
{
	return a > b ? a : b;
}

/* Read the clocks; only `io` folders, main.c, tools and tests call these. */
rs_time rs_clock_monotonic(void);
int64_t rs_clock_wall_us(void);

/* "2026-11-22T10:00:00.123Z" (RFC 3339, UTC, milliseconds) into `out` of at least 25 octets, NUL included. */
#define RS_TIME_TEXT_LEN 25
void rs_wall_format(int64_t wall_ms, char out[RS_TIME_TEXT_LEN]);
/* The other way: "2026-11-22T18:00:00Z", "2026-11-22T18:00+01:00" (RFC 3339, seconds may be left out, no fractions) of the years 1970 to
 * 9999. 0, or -EBADMSG: it is written otherwise, or there is no such day or hour. */
int rs_wall_parse(const char *text, size_t len, int64_t *out_wall_ms) RS_MUST_USE;

#endif
