/* signaling/wire/event/life.h
 *
 * What events of a meeting's life carry: whom it sits before, its quorum.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_EVENT_LIFE_H
#define ROSTRUM_SIGNALING_WIRE_EVENT_LIFE_H

#include "common/control/object.h"
#include "signaling/meeting/meeting.h"

#include <jansson.h>

/* The members of `members` that are of this file. */
void life_write_data(json_t **data, const struct event *event, uint64_t members);
void life_read_data(const struct object *data, struct event *event, uint64_t members);

#endif
