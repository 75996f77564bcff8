/* signaling/wire/message/errands.h
 *
 * What technicians ask of one place, and what that answers (PROTOCOL.md section 3.11). Parsing judges form only.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_MESSAGE_ERRANDS_H
#define ROSTRUM_SIGNALING_WIRE_MESSAGE_ERRANDS_H

#include "common/control/object.h"
#include "signaling/wire/message/message.h"

/* tell-seat {participant or seat, text}. */
void errands_parse_tell(const struct object *object, struct wire_message *message);
/* loop-back {participant, on}. */
void errands_parse_loop(const struct object *object, struct wire_message *message);
/* test-signal {participant, signal}. */
void errands_parse_signal(const struct object *object, struct wire_message *message);
/* answer-technician {number, answer, why, for_seat}. */
void errands_parse_answer(const struct object *object, struct wire_message *message);

#endif
