/* signaling/wire/message/box.h
 *
 * What a meeting room's box says of itself (tell-box, PROTOCOL.md section 3.13), and how technicians are told it. What is known here
 * is judged and handed on; other members are left out.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_MESSAGE_BOX_H
#define ROSTRUM_SIGNALING_WIRE_MESSAGE_BOX_H

#include "common/base/buf.h"
#include "common/control/object.h"
#include "signaling/wire/message/message.h"

/* Octets of one report. */
#define WIRE_BOX_MAX ((size_t)24 * 1024)
#define BOX_MICROPHONES_MAX 16
#define BOX_CAMERAS_MAX 8
#define BOX_OUTPUTS_MAX 8
#define BOX_FEEDS_MAX 16
#define BOX_DEVICES_MAX 64

/* tell-box: message->box for what is weighed, message->report for what is handed on. */
void box_parse(const struct object *object, struct wire_message *message);
/* Appends the report as technicians get it: an object. 0, -E2BIG or -ENOMEM. */
int box_write(const struct wire_message *message, struct rs_buf *out) RS_MUST_USE;
/* look-at-box {participant}, optional: none. */
void box_parse_look(const struct object *object, struct wire_message *message);
/* How often the box is to say it. 0, -E2BIG or -ENOMEM. */
int box_write_wish(unsigned every_ms, struct rs_buf *out) RS_MUST_USE;

#endif
