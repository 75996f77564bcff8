/* signaling/proceedings/booths.h
 *
 * What booths say to the rest of the meeting, as their machine takes it, and what waits for them: the next speaker, a vote.
 */
#ifndef ROSTRUM_SIGNALING_PROCEEDINGS_BOOTHS_H
#define ROSTRUM_SIGNALING_PROCEEDINGS_BOOTHS_H

#include "signaling/proceedings/proceedings.h"

/* Judge a command from speak-slower to answer-call; permission was judged before. */
enum verdict booths_decide(const struct proceedings *proceedings, enum signals_command_kind kind,
	const struct command *command, struct events *out_events);
/* `events` are what a command granted. If it gives the floor or opens a vote while booths still speak, and the profile has them
 * waited for, they become: whoever speaks ends, and the booths are awaited. */
void booths_await(const struct proceedings *proceedings, const struct command *command,
	struct events *events);
/* True when what waits is to go on: the booths are silent, or it has waited long enough. */
bool booths_released(const struct proceedings *proceedings, uint32_t quiet_ms, int64_t wall_ms);
/* Whether what waits is what this command asks for. */
bool booths_holds(const struct proceedings *proceedings, const struct command *command);
/* The command that waits, to be given again. */
void booths_held_command(const struct proceedings *proceedings, struct command *out_command);

#endif
