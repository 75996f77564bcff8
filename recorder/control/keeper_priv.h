/* recorder/control/keeper_priv.h
 *
 * What the parts of the keeper share: keeper.c (recordings), keeper_late.c (what is delivered after an outage).
 */
#ifndef ROSTRUM_RECORDER_CONTROL_KEEPER_PRIV_H
#define ROSTRUM_RECORDER_CONTROL_KEEPER_PRIV_H

#include "recorder/control/keeper.h"

/* An answer that waits for the disk, or to be told. */
struct late_wait {
	struct keeper_late late;
	uint32_t generation; /* of the archive; 0 = it waits for nothing */
	uint64_t token;
};

struct late_waits {
	struct late_wait list[KEEPER_LATE_MAX]; /* the oldest first */
	size_t n;
};

struct late_waits *keeper_late_waits(struct keeper *keeper);

#endif
