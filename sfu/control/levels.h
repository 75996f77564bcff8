/* sfu/control/levels.h
 *
 * What `levels` messages say (common/control/PROTOCOL.md section 2.4), one a meeting, put together microphone by microphone by one thread.
 */
#ifndef ROSTRUM_SFU_CONTROL_LEVELS_H
#define ROSTRUM_SFU_CONTROL_LEVELS_H

#include "sfu/router/router.h"

struct control_levels;

/* 0 or -ENOMEM. A microphone for which there is no memory later is left out. */
int control_levels_new(struct control_levels **out_levels) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct control_levels *control_levels_free(struct control_levels *levels);
void control_levels_add(struct control_levels *levels, const struct router_level *level);
/* Nothing was added: there is nothing to say. */
bool control_levels_empty(const struct control_levels *levels);

#endif
