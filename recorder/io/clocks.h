/* recorder/io/clocks.h
 *
 * Both clocks at once, for the machines below the loop, which read none.
 */
#ifndef ROSTRUM_RECORDER_IO_CLOCKS_H
#define ROSTRUM_RECORDER_IO_CLOCKS_H

#include "common/base/time.h"
#include "recorder/archive/session/archive.h"

static inline struct archive_now clocks_read(void)
{
	return (struct archive_now){ .now = rs_clock_monotonic(), .wall_us = rs_clock_wall_us() };
}

#endif
