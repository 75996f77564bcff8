/* signaling/meeting/quorum.h
 *
 * Quorum: how many of the delegations that may vote are here, against what the profile asks to call the meeting to order and
 * to decide (GA rules 67 and 108). Counted from the state whenever it is asked; no state of its own.
 */
#ifndef ROSTRUM_SIGNALING_MEETING_QUORUM_H
#define ROSTRUM_SIGNALING_MEETING_QUORUM_H

#include "signaling/meeting/meeting.h"

struct quorum {
	uint32_t authorised; /* members with a delegate's badge in this meeting */
	uint32_t present;    /* of them, those with one here in a way that counts */
	uint32_t to_open;    /* least that call to order; 0 = none is asked for */
	uint32_t to_decide;  /* least that vote; 0 = none is asked for */
};

void meeting_quorum(const struct meeting *meeting, struct quorum *out_quorum);

enum quorum_act {
	QUORUM_TO_OPEN,
	QUORUM_TO_DECIDE,
};

/* VERDICT_OK and the numbers into `event` (members present, quorum, overridden), or VERDICT_NO_QUORUM. `overrides`: the chair
 * goes on without, which counts where the profile allows it. */
enum verdict meeting_judge_quorum(
	const struct meeting *meeting, enum quorum_act act, bool overrides, struct event *event);

#endif
