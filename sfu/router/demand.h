/* sfu/router/demand.h: how many simulcast layers of a camera are wanted of its publisher, from the lowest.
 *
 * Wanted is what somebody's slot wishes (whatever that receiver's line carries just now: it may carry more in a second), all that is
 * recorded, and all of who is about to be seen. The lowest always is, so that a switch is instant. What is wanted is wanted at once; what
 * is not any more, only after DEMAND_HOLD. On any doubt everything is: at birth, while the lowest layer does not come, before the
 * meeting is known. Each worker tells the source's home what is wanted there (relay.h); home tells the publisher.
 */
#ifndef ROSTRUM_SFU_ROUTER_DEMAND_H
#define ROSTRUM_SFU_ROUTER_DEMAND_H

#include "common/base/time.h"
#include "sfu/router/router.h"

/* A layer nobody wants rests after this. */
#define DEMAND_HOLD RS_SEC(5)

struct meeting;
struct peer;
struct publish;

/* Of one publish, at its home. */
struct demand {
	rs_time wanted_at[ROUTER_LAYERS_MAX]; /* by layer: when it was last wanted */
	uint8_t told;                         /* layers the publisher was told are wanted */
};

/* The section is there: everything is wanted of it. */
void demand_born(struct publish *publish, rs_time now);
/* Something may be wanted otherwise than before: of this section; of all that a peer receives; of all sections of a meeting. */
void demand_look(struct router *router, struct publish *publish, rs_time now);
void demand_look_received(struct router *router, const struct peer *peer, rs_time now);
void demand_look_all(struct router *router, const struct meeting *meeting, rs_time now);
/* The section ends: whoever takes its name begins with everything. */
void demand_end(struct router *router, struct publish *publish);
/* Nobody wants it, so it is no fault that it does not come. Asked at home. */
bool demand_rests(const struct publish *publish, unsigned layer);
/* A layer came in another size: what is known of those that rest is out of date. */
void demand_resized(struct publish *publish);

#endif
