/* recorder/closing/closing_priv.h
 *
 * A closing as those see it that work on it: closing.c makes it and has it called off, the steps (steps.c) are done with it,
 * and run.c runs them. None calls one of those behind it.
 */
#ifndef ROSTRUM_RECORDER_CLOSING_CLOSING_PRIV_H
#define ROSTRUM_RECORDER_CLOSING_CLOSING_PRIV_H

#include "recorder/closing/closing.h"

#include <stdatomic.h>

enum closing_state {
	CLOSING_FREE,
	CLOSING_HELD, /* files are being named */
	CLOSING_OFF,
};

struct closing {
	struct closing_config config;
	char directory[ARCHIVE_PATH_LEN];
	_Atomic int state; /* enum closing_state */
	struct closing_result results[CLOSING_STEPS_MAX];
	size_t n;
};

#endif
