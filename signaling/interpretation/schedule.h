/* signaling/interpretation/schedule.h
 *
 * How long the interpreters last: each may be at the microphone for so many hours a day, and those of a booth take turns. Pure
 * functions of the state.
 */
#ifndef ROSTRUM_SIGNALING_INTERPRETATION_SCHEDULE_H
#define ROSTRUM_SIGNALING_INTERPRETATION_SCHEDULE_H

#include "signaling/interpretation/interpretation.h"

/* At the microphone so far, the present turn included. */
int64_t schedule_used_ms(const struct interpretation_desk *desk, int64_t wall_ms);
/* When the first booth that has worked would have used up its hours if it went on without a pause, wall clock, and which
 * (`out_booth`, an index); INT64_MAX where the profile sets no hours or no booth has worked yet. Who has used up their hours
 * counts for nothing. */
int64_t schedule_ends_ms(
	const struct interpretation *interpretation, int64_t wall_ms, size_t *out_booth);

#endif
