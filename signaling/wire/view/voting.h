/* signaling/wire/view/voting.h
 *
 * The parts of the view about decisions and votes (PROTOCOL.md section 3). All return a new value, or NULL without memory.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_VOTING_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_VOTING_H

#include "signaling/proceedings/proceedings.h"
#include "signaling/wire/json/doc.h"

/* `decision`, whole; JSON null while nothing is before the meeting. */
json_t *view_decision(const struct voting *voting);
/* What `event` changes of it, as a patch. */
json_t *view_decision_change(const struct voting *voting, const struct event *event);
/* Does somebody's coming and going change it? */
bool view_votes_wait(const struct voting *voting);
/* `second_votes`: what was equally divided and waits. */
json_t *view_second_votes(const struct voting *voting);

#endif
