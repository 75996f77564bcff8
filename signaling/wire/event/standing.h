/* signaling/wire/event/standing.h
 *
 * Where the proceedings stand as a recording begins, as the event recording-started says it. For event.c alone.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_EVENT_STANDING_H
#define ROSTRUM_SIGNALING_WIRE_EVENT_STANDING_H

#include "common/control/object.h"
#include "signaling/meeting/event.h"

/* Nothing of events of other kinds. */
void standing_write(json_t **data, const struct event *event);
void standing_read(const struct object *data, struct event *event);

#endif
