/* signaling/wire/node/disk.h
 *
 * What a recorder says of its disk (common/control/PROTOCOL.md, `disk`), as the podium is told it (PROTOCOL.md 3, `measured`).
 */
#ifndef ROSTRUM_SIGNALING_WIRE_NODE_DISK_H
#define ROSTRUM_SIGNALING_WIRE_NODE_DISK_H

#include "common/control/object.h"
#include "signaling/wire/node/node.h"

/* Judge a message of that type: a fault sticks in the object's error. */
void disk_judge(const struct object *object);
/* Append {"type": "measured", "patch": {"disk": …}}: of a judged message, or with NULL that nothing is known any more. 0, -E2BIG or
 * -ENOMEM. */
int disk_write(const struct node_message *message, struct rs_buf *out) RS_MUST_USE;

#endif
