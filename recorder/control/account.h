/* recorder/control/account.h
 *
 * Whether a recording got every packet that the SFU gave to it: what the taps' tracks counted here, set
 * against what the SFU says it gave them (`sent`, common/control/PROTOCOL.md section 4). Packets that
 * never reached the SFU are another matter: the ledgers have them as lost. Embedded values, no allocation.
 */
#ifndef ROSTRUM_RECORDER_CONTROL_ACCOUNT_H
#define ROSTRUM_RECORDER_CONTROL_ACCOUNT_H

#include "common/base/mem.h"

/* Of one recording, from its opening on. Zeroed = nothing was compared yet. */
struct account {
	bool compared;    /* at least one track was */
	uint64_t missing; /* packets given that did not come */
	/* Times a tap was lost, or the recorder was away: nobody knows what came meanwhile. And times the disk
	 * could not take pictures. */
	uint64_t breaks;
};

/* Of one track, from its announcement on. */
struct account_track {
	uint64_t received;
	uint64_t missing; /* of them that are in the recording's account already */
};

/* The SFU says that it has given `sent` packets to this track, before this moment of the stream. Gives
 * how many more are missing than before: they never come later, since the stream is in order. */
uint64_t account_sent(struct account *account, struct account_track *track, uint64_t sent);
bool account_same(const struct account *a, const struct account *b);

#endif
