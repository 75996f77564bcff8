/* signaling/service/people/presence.h
 *
 * The outside world against the state: who is there, how they are reached, whose time is over, which media server and recorder serve. What differs
 * becomes events; so it does not matter in which order things happened, nor whether the store was down meanwhile.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_PEOPLE_PRESENCE_H
#define ROSTRUM_SIGNALING_SERVICE_PEOPLE_PRESENCE_H

#include "signaling/service/service.h"

struct chamber;
struct command;
struct job;
struct person;
struct service;

/* Compare the outside world with the state; fills chamber->events with what happened. */
void presence_reconcile(struct service *service, struct chamber *chamber, struct moment at);
/* The same of one badge's presence alone; nothing when it is nobody's. */
void presence_reconcile_one(
	struct service *service, struct chamber *chamber, const char *badge, struct moment at);
/* The badge that gives this command, who is there from now on: of the key of a seat, whoever sits there. */
const char *presence_author(struct chamber *chamber, const struct job *job);
/* Nothing comes from whoever has the floor, or something again, and that is not decided yet. */
bool presence_speaker_changed(const struct chamber *chamber);
/* The clock waits for the first word of whoever has the floor, and it is said. */
bool presence_awaited_voice(const struct chamber *chamber);
/* Adds to a command from whose microphone nothing comes, among the desks. */
void presence_tell_silent(const struct chamber *chamber, struct command *command);
/* Nothing comes any more from a desk that is live, or about to be, or something again from one that was, and nobody was told. */
bool presence_desk_changed(const struct chamber *chamber, struct moment at);
/* Nobody watches this participant any more: start the grace, or let it go at once. */
void presence_away(struct service *service, struct person *person, struct moment at);

#endif
