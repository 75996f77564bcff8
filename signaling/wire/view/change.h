/* signaling/wire/view/change.h
 *
 * Between view.c, which knows the parts of the view, and change.c, which tells what of them has changed.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_CHANGE_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_CHANGE_H

#include "signaling/wire/json/doc.h"
#include "signaling/wire/view/view.h"

/* The parts `event` can change as they are in `proceedings`, as a merge patch: applied to a view of that state it changes nothing, whether the
 * event was applied yet or not. So all in it must be said by the state, and nothing by the event alone. NULL when out of memory. */
json_t *view_patch(const struct proceedings *proceedings, const struct event *event);

#endif
