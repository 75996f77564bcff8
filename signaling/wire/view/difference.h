/* signaling/wire/view/difference.h
 *
 * What is left of a merge patch when everything is taken out that pages show already, with lists changed entry by entry
 * (PROTOCOL.md section 3.6). For change.c alone.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_DIFFERENCE_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_DIFFERENCE_H

#include "signaling/wire/json/doc.h"

/* `before` and `after` are merge patches (RFC 7396) for the same parts of a view, each true of it at its time: applied to a view of
 * then, the result does what applying `after` does. Takes neither; NULL when out of memory, or when one of them is NULL. */
json_t *difference_of(const json_t *before, const json_t *after);

#endif
