/* signaling/proceedings/seats.h
 *
 * Keys of seats in the meeting room: the room's box says which was pressed, and what it does is done by whoever sits there, with or without
 * a page of their own, since it is one person with one place on the list, one voice and one vote. Judges and names; no state, no I/O.
 */
#ifndef ROSTRUM_SIGNALING_PROCEEDINGS_SEATS_H
#define ROSTRUM_SIGNALING_PROCEEDINGS_SEATS_H

#include "signaling/proceedings/proceedings.h"

/* Whose key it is that `command` (with a seat) was given by: VERDICT_OK with *out_who; VERDICT_NOT_PERMITTED (no room gives it, or it is no
 * command of seats), VERDICT_NO_SUCH_SEAT (nobody of the meeting sits there), VERDICT_NOT_ADMITTED (it sits without them), or
 * VERDICT_AWAY_FROM_SEAT (their one live place is elsewhere). Whoever presses a key is in the room: they need not be present so far. */
enum verdict seats_find(const struct proceedings *proceedings, const struct command *command,
	const struct participant **out_who);
/* Makes it the command of that person, its seat kept; as it is without one. VERDICT_OK, what seats_find() says, or VERDICT_NOT_CONNECTED: they
 * are not there, since no box of the room is. */
enum verdict seats_resolve(const struct proceedings *proceedings, struct command *command);
/* The events say by which seat they were caused. */
void seats_name(const struct command *command, struct events *events);

#endif
