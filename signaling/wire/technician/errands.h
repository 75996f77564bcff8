/* signaling/wire/technician/errands.h
 *
 * What technicians ask of one place in the meeting, as that place and all technicians are told it (PROTOCOL.md section 3.11).
 */
#ifndef ROSTRUM_SIGNALING_WIRE_TECHNICIAN_ERRANDS_H
#define ROSTRUM_SIGNALING_WIRE_TECHNICIAN_ERRANDS_H

#include "common/base/buf.h"
#include "signaling/technician/errands.h"

/* What the place is asked: as it stands in `errands`, or that it is over when it does not. With `seat` (else NULL) the line is for
 * that seat of a room box. Whoever is to answer is told its number (`numbered`). 0, -E2BIG or -ENOMEM. */
int errands_write_request(const struct errands *errands, enum errand errand, const char *seat,
	bool numbered, struct rs_buf *out) RS_MUST_USE;
/* What technicians are told: [{"do", "state", "at", "until", "signal", "why"}, ...]. 0, -E2BIG or -ENOMEM. */
int errands_write_states(const struct errands *errands, struct rs_buf *out) RS_MUST_USE;

#endif
