/* signaling/wire/view/life.h
 *
 * A meeting's life as the view shows it: whom it sits before, until when, its quorum.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_LIFE_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_LIFE_H

#include "signaling/meeting/meeting.h"

#include <jansson.h>

/* Beside the state in the view's `meeting`; `patch`: what is not there is null. */
void life_put_meeting(json_t **part, const struct meeting *meeting, bool patch);
/* {"authorised", "present", "to_open", "to_decide"}; the last two are null (in the whole view absent) where none is asked for. */
json_t *life_quorum_part(const struct meeting *meeting, bool patch);

#endif
