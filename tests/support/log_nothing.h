/* tests/support/log_nothing.h
 *
 * For tests that provoke what is logged: it is no news there, and has no place among what TAP says.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_LOG_NOTHING_H
#define ROSTRUM_TESTS_SUPPORT_LOG_NOTHING_H

#include "common/log/log.h"

#include <stddef.h>

static inline void log_nothing_sink(void *ctx, enum log_level level, const char *line)
{
	(void)ctx;
	(void)level;
	(void)line;
}

/* From here on nothing is logged. */
static inline void log_nothing(void)
{
	log_init(LOG_ERROR, log_nothing_sink, NULL);
}

#endif
