/* sfu/bwe/allocation.h
 *
 * Who gets how much of a line: sound was taken off before; of the rest every picture gets its smallest form in
 * order of priority, then they grow in the same order. Going down is done at once, going up only with room to
 * spare and after some time, so that a picture does not flutter.
 *
 * Pure: the same input gives the same output; nothing is allocated.
 */
#ifndef ROSTRUM_SFU_BWE_ALLOCATION_H
#define ROSTRUM_SFU_BWE_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/time.h"

/* Forms a picture can be had in: simulcast layers times temporal layers. */
#define ALLOCATION_RUNGS 12
#define ALLOCATION_PAUSED (-1)

/* Why a slot gets what it gets. */
enum allocation_reason {
	ALLOCATION_NO_SOURCE,  /* nothing flows */
	ALLOCATION_FULL,       /* everything that was wished for */
	ALLOCATION_LINE,       /* the line carries no more */
	ALLOCATION_STEADYING,  /* there is room for more, but not for long enough yet */
	ALLOCATION_PAUSED_LINE /* the line carries no picture beside what has priority */
};

/* One form, and what it takes. */
struct allocation_rung {
	uint8_t layer;
	uint8_t temporal;
	uint32_t bps; /* with everything below RTP */
};

struct allocation_slot {
	/* given */
	unsigned priority; /* 0 first; equals in order of the list */
	size_t n_rungs;    /* ascending; those beyond what was wished for left out. 0 = no source */
	struct allocation_rung rungs[ALLOCATION_RUNGS];
	/* kept from call to call; begin with allocation_slot_init() */
	int rung;            /* index, or ALLOCATION_PAUSED: what holds now */
	rs_time raise_since; /* there has been room for more since; RS_TIME_NEVER = there is none */
	rs_time lowered;
	enum allocation_reason reason;
};

void allocation_slot_init(struct allocation_slot *slot);
/* What was lowered was lowered for nothing: it may be raised as soon as there is room. */
void allocation_forgive(struct allocation_slot *slots, size_t n_slots);
/* Sets `rung` and `reason` of each slot for a line that has `bps` left for pictures. At most 32 slots. Returns what all
 * slots would take at their best, with the room that growing asks for: what is worth probing for. */
uint64_t allocation_decide(
	struct allocation_slot *slots, size_t n_slots, uint32_t bps, rs_time now);

#endif
