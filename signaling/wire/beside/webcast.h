/* signaling/wire/beside/webcast.h
 *
 * What everybody may know of a meeting that is webcast, without a token (PROTOCOL.md section 3.8): what it is about and which delegation
 * speaks; of a meeting that sits without the public nothing but that it does. Pure; jansson stays inside.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_BESIDE_WEBCAST_H
#define ROSTRUM_SIGNALING_WIRE_BESIDE_WEBCAST_H

#include "common/base/buf.h"
#include "signaling/proceedings/proceedings.h"

/* Append {"webcast", "visibility", "on", ...}: while the meeting sits in public `title`, `state`, `until`, while it is webcast too `item`
 * and `speaker`. The same as long as none of that changes. 0, -E2BIG or -ENOMEM. */
int webcast_write(const struct proceedings *proceedings, struct rs_buf *out) RS_MUST_USE;

#endif
