/* signaling/wire/event/voting.h
 *
 * The data of events about decisions and votes (PROTOCOL.md section 3), beside the members they share with others.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_EVENT_VOTING_H
#define ROSTRUM_SIGNALING_WIRE_EVENT_VOTING_H

#include "common/control/object.h"
#include "signaling/meeting/event.h"
#include "signaling/rules/rules.h"

/* Both look at the event's kind; what is wrong while reading fails `data`. Members of later versions than the event may be absent. */
void event_write_decision(json_t **data, const struct event *event);
void event_read_decision(const struct object *data, struct event *event);

#endif
