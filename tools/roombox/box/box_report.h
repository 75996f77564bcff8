/* tools/roombox/box/box_report.h
 *
 * How the box is, gathered from the room, its line and the process, for signaling and the log. For the box's thread.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_BOX_BOX_REPORT_H
#define ROSTRUM_TOOLS_ROOMBOX_BOX_BOX_REPORT_H

#include "tools/roombox/box/box_priv.h"

/* Says how the box is, when it is time. */
void box_report_turn(struct box *box, rs_time now);

#endif
