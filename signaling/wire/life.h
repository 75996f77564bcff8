/* signaling/wire/life.h
 *
 * A meeting's life on the wire, quorum and adjournment: what its events carry and its parts of the view. Of this folder.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_LIFE_H
#define ROSTRUM_SIGNALING_WIRE_LIFE_H

#include "common/control/object.h"
#include "signaling/meeting/meeting.h"

#include <jansson.h>

/* The members of `members` that are of this file. */
void life_write_data(json_t **data, const struct event *event, uint64_t members);
void life_read_data(const struct object *data, struct event *event, uint64_t members);

/* Beside the state in the view's `meeting`; `patch`: what is not there is null. */
void life_put_meeting(json_t **part, const struct meeting *meeting, bool patch);
/* {"authorised", "present", "to_open", "to_decide"}; the last two are null (in the whole view absent) where none is asked for. */
json_t *life_quorum_part(const struct meeting *meeting, bool patch);

/* The keys of a rules profile that are of this file; those that are not there are as the General Assembly has them. */
void life_read_rules(const struct object *object, struct rules *rules);

#endif
