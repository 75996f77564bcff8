/* tools/roombox/box/device_report.h
 *
 * What devices go through, in the log: each line names the place in the configuration and the device. For the box's thread.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_BOX_DEVICE_REPORT_H
#define ROSTRUM_TOOLS_ROOMBOX_BOX_DEVICE_REPORT_H

#include "tools/roombox/media/device.h"

/* Drives the devices, and tells which of them went and came since. */
void device_report_turn(struct devices *devices, rs_time now, int64_t wall_us);
/* A line of counts for each. */
void device_report_counts(struct devices *devices);

#endif
