/* sfu/router/carried.h
 *
 * Which packet of a picture each transport-wide number carried. Feedback tells of the numbers that did not arrive, and so
 * of packets whose NACK was lost on its way, and of answers that were: both are sent again without being asked for, where
 * a browser would ask only after a round trip or 100 ms.
 */
#ifndef ROSTRUM_SFU_ROUTER_CARRIED_H
#define ROSTRUM_SFU_ROUTER_CARRIED_H

#include "common/base/time.h"
#include "common/rtp/twcc.h"

struct egress;
struct router;
struct slot;

/* Numbers remembered; a power of two. A second at 2.5 Mbit/s. */
#define CARRIED_MAX 256

struct carried {
	uint32_t ssrc; /* of the slot, which may have ended since */
	uint16_t number;
	uint16_t seq;
	uint8_t copy; /* 0 = sent for the first time, else the how manieth answer */
	bool untold;
};

/* `number` carries the packet `seq` of the slot: for the first time, or again as its latest answer. */
void carried_note(
	struct egress *egress, const struct slot *slot, uint16_t number, uint16_t seq, bool again);
/* What did not arrive, while later packets did, is sent again, unless another copy of it did or is under way; each number
 * counts once, however often it is told of. */
void carried_feedback(struct router *router, struct egress *egress,
	const struct twcc_feedback *feedback, rs_time now);

#endif
