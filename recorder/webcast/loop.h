/* recorder/webcast/loop.h
 *
 * The program: its loop, its clock and its signals.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_LOOP_H
#define ROSTRUM_RECORDER_WEBCAST_LOOP_H

#include "recorder/webcast/hall.h"

/* Run until SIGTERM or SIGINT. `config` but for the cast's wake. 0 or a negative errno (it cannot start; logged). */
int loop_run(const struct hall_config *config) RS_MUST_USE;

#endif
