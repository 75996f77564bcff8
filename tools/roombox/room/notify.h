/* tools/roombox/room/notify.h
 *
 * What a service tells systemd (sd_notify(3)): one datagram to the socket that NOTIFY_SOCKET names. Without that variable, nothing.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_ROOM_NOTIFY_H
#define ROSTRUM_TOOLS_ROOMBOX_ROOM_NOTIFY_H

#include "common/base/time.h"

/* "READY=1", say. 0; -ENOENT (nobody asked); -EIO. */
int notify_send(const char *text);
/* How often the watchdog wants to hear "WATCHDOG=1": half of WATCHDOG_USEC; RS_TIME_NEVER if it is not for this process. */
rs_time notify_interval(void);

#endif
