#include "common/base/time.h"

#include <stdio.h>
#include <time.h>

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;
	(void)clock_gettime(id, &ts); /* cannot fail for these two clocks */
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

rs_time rs_clock_monotonic(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

int64_t rs_clock_wall_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

void rs_wall_format(int64_t wall_ms, char out[RS_TIME_TEXT_LEN])
{
	time_t seconds = (time_t)(wall_ms / 1000);
	int64_t ms = wall_ms % 1000;
	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	struct tm tm = { 0 };
	(void)gmtime_r(&seconds, &tm); /* fails for years beyond int only: text stays the epoch */

	char date[32];
	(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(out, RS_TIME_TEXT_LEN, "%.19s.%03dZ", date, (int)ms);
}
