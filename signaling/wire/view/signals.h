/* signaling/wire/view/signals.h
 *
 * The view's parts of what booths say to the meeting: impediments, calls, slower, the wait for them (PROTOCOL.md section 3).
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_SIGNALS_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_SIGNALS_H

#include "signaling/proceedings/proceedings.h"

#include <jansson.h>

/* Into a booth of the whole part `booths`; nothing where it has none. */
void view_put_impediment(json_t **part, const struct signals *signals, const char *booth);
/* A patch of that part: the booth of `event`, or of an event that is about all of them, all. */
json_t *view_impediments_change(const struct proceedings *proceedings, const struct event *event);
/* All calls that wait, by number; with `event` that of it alone, as a patch. */
json_t *view_calls(const struct signals *signals, const struct event *event);
/* Into the part `floor`: what waits, and who is too fast. */
void view_put_signals(json_t **floor, const struct signals *signals, bool patch);

#endif
