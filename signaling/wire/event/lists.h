/* signaling/wire/event/lists.h
 *
 * What events of lists of speakers carry beside the common members. For event.c alone.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_EVENT_LISTS_H
#define ROSTRUM_SIGNALING_WIRE_EVENT_LISTS_H

#include "common/control/object.h"
#include "signaling/meeting/event.h"

#include <jansson.h>

/* The members of an event that lists have beside the common ones. */
void event_list_write(json_t **data, const struct event *event, uint64_t members);
void event_list_read(const struct object *data, struct event *event, uint64_t members);

#endif
