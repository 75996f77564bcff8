/* signaling/proceedings/votes.h
 *
 * The commands about decisions and votes, as the voting machine takes them: what the floor has to do with it is settled here.
 */
#ifndef ROSTRUM_SIGNALING_PROCEEDINGS_VOTES_H
#define ROSTRUM_SIGNALING_PROCEEDINGS_VOTES_H

#include "signaling/proceedings/proceedings.h"

/* Judge a command from propose-decision to state-intent; permission was judged before. */
enum verdict votes_decide(const struct proceedings *proceedings, const struct command *command,
	int64_t wall_ms, struct events *out_events);

#endif
