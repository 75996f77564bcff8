/* signaling/wire/errands.h
 *
 * What technicians ask of one place in the meeting, and what it answers, as text (PROTOCOL.md section 3.11).
 */
#ifndef ROSTRUM_SIGNALING_WIRE_ERRANDS_H
#define ROSTRUM_SIGNALING_WIRE_ERRANDS_H

#include "common/base/buf.h"
#include "common/control/object.h"
#include "signaling/technician/errands.h"
#include "signaling/wire/message.h"

/* tell-seat {participant or seat, text}. */
void errands_parse_tell(const struct object *object, struct wire_message *message);
/* loop-back {participant, on}. */
void errands_parse_loop(const struct object *object, struct wire_message *message);
/* test-signal {participant, signal}. */
void errands_parse_signal(const struct object *object, struct wire_message *message);
/* answer-technician {number, answer, why}. */
void errands_parse_answer(const struct object *object, struct wire_message *message);

/* What the place is asked: as it stands in `errands`, or that it is over when it does not. With `seat` (else NULL) the line is for
 * that seat of a room box, and has no number: the seat's person answers. 0, -E2BIG or -ENOMEM. */
int errands_write_request(const struct errands *errands, enum errand errand, const char *seat,
	struct rs_buf *out) RS_MUST_USE;
/* What technicians are told: [{"do", "state", "at", "until", "signal", "why"}, ...]. 0, -E2BIG or -ENOMEM. */
int errands_write_states(const struct errands *errands, struct rs_buf *out) RS_MUST_USE;

#endif
