/* signaling/service/show/decided.h
 *
 * What a meeting decided, as it was proclaimed, for those who ask afterwards: the view keeps the last one alone. Made of events, at
 * start too. The last 256 of a meeting are kept; those before are in its events.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_SHOW_DECIDED_H
#define ROSTRUM_SIGNALING_SERVICE_SHOW_DECIDED_H

#include "common/base/mem.h"

struct chamber;
struct decisions;
struct event;

/* After it was applied. 0 or -ENOMEM. */
int decided_follow(struct chamber *chamber, const struct event *event) RS_MUST_USE;
struct decisions *decided_free(struct decisions *decisions);

#endif
