/* signaling/wire/message/floor.h
 *
 * What is said about the floor: who gets it, its clock, points of order and motions (PROTOCOL.md section 2). Parsing judges form only.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_MESSAGE_FLOOR_H
#define ROSTRUM_SIGNALING_WIRE_MESSAGE_FLOOR_H

#include "common/control/object.h"
#include "signaling/wire/message/message.h"

/* withdraw-point {entry?}. */
void floor_parse_withdraw(const struct object *object, struct wire_message *message);
/* move-entry {entry, position}. */
void floor_parse_move(const struct object *object, struct wire_message *message);
/* give-floor {entry} or {participant}. */
void floor_parse_give(const struct object *object, struct wire_message *message);
/* resume-floor {participant?}. */
void floor_parse_resume(const struct object *object, struct wire_message *message);
/* extend-time {seconds}. */
void floor_parse_seconds(const struct object *object, struct wire_message *message);
/* rule {ruling}. */
void floor_parse_ruling(const struct object *object, struct wire_message *message);
/* settle-point {ruling?}. */
void floor_parse_settle(const struct object *object, struct wire_message *message);
/* raise-motion {motion}. */
void floor_parse_raise(const struct object *object, struct wire_message *message);
/* speak-on-motion {entry, side}. */
void floor_parse_side(const struct object *object, struct wire_message *message);
/* put-question {entry, mode}. */
void floor_parse_put(const struct object *object, struct wire_message *message);

#endif
