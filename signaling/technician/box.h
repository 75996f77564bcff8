/* signaling/technician/box.h
 *
 * What a meeting room's box says of itself, as far as it is weighed: its cameras, sound cards and microphones, what it keeps for outages. A
 * machine fed with each report and read each second. Plain value; one thread; allocates nothing.
 */
#ifndef ROSTRUM_SIGNALING_TECHNICIAN_BOX_H
#define ROSTRUM_SIGNALING_TECHNICIAN_BOX_H

#include "signaling/technician/troubles.h"

/* So many seconds after a report it is no longer so. */
#define BOX_FRESH_S 15

/* Of one report, the worst of each kind. */
struct box_figures {
	enum severity camera; /* one gives no picture; critical: the one that is shown */
	enum severity card;   /* a sound card is away */
	uint32_t xruns;       /* of all cards, ever; TROUBLE_XRUNS is what came in a minute */
	int clock_ppm;        /* farthest off of all cards, either way: 0 and more */
	int kept;             /* percent of the room for outages that is used */
	int silent_db; /* how far below full scale the quietest microphone of an open seat is; 0 = none is open */
	int clipping_permille; /* of the samples of a microphone of an open seat */
	int concealed;         /* permille of what is played; TROUBLE_UNKNOWN */
	int rtt;               /* ms, of its media line; TROUBLE_UNKNOWN */
	int available; /* kbit/s that the line from it is thought to carry; TROUBLE_UNKNOWN */
};

struct box {
	bool known; /* a report is fresh */
	struct box_figures now;
	/* xruns: counted when the last two minutes began */
	int64_t minute_ms, before_ms; /* wall clock; 0 = none yet */
	uint32_t minute, before;
};

/* Nothing is known. */
void box_init(struct box *box);
/* A report came; `wall_ms` does not go back. */
void box_take(struct box *box, const struct box_figures *figures, int64_t wall_ms);
/* There was no report for BOX_FRESH_S: nothing is known, what was counted counts no more. */
void box_forget(struct box *box);
/* Xruns of the last minute or two. */
int box_xruns(const struct box *box);
/* A second more: what is wrong by the last report; nothing, while none is fresh. */
void box_weigh(const struct box *box, struct troubles *troubles, int64_t wall_ms);

#endif
