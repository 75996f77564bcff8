/* signaling/wire/view/booths.h
 *
 * The view's parts of interpretation: booths, desks, channels (PROTOCOL.md section 3).
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_BOOTHS_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_BOOTHS_H

#include "signaling/proceedings/proceedings.h"

#include <jansson.h>

json_t *view_booths(const struct proceedings *proceedings);
/* All of it; with `event`, the patch for what that changed. */
json_t *view_desks(const struct interpretation *interpretation, const struct event *event);
json_t *view_channels(const struct proceedings *proceedings, bool patch);
/* What pages must know of the profile. */
json_t *view_rules_interpretation(const struct rules_interpretation *rules);

#endif
