/* signaling/wire/event/booths.h
 *
 * What events of interpretation carry beyond channel, desk and cause (PROTOCOL.md section 3).
 */
#ifndef ROSTRUM_SIGNALING_WIRE_EVENT_BOOTHS_H
#define ROSTRUM_SIGNALING_WIRE_EVENT_BOOTHS_H

#include "common/control/object.h"
#include "signaling/meeting/event.h"

/* Into `data` and out of it, for kinds that have such members. */
void event_write_booths(json_t **data, const struct event *event, uint64_t members);
void event_read_booths(const struct object *data, struct event *event, uint64_t members);

#endif
