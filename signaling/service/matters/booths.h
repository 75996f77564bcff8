/* signaling/service/matters/booths.h
 *
 * Whether the booths speak, for what waits until they have finished; and who asked to speak slower, which no log knows.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MATTERS_BOOTHS_H
#define ROSTRUM_SIGNALING_SERVICE_MATTERS_BOOTHS_H

#include "signaling/service/service.h"

struct chamber;
struct command;
struct service;

/* Who speaks was measured anew. */
void booths_listen(struct chamber *chamber, struct moment at);
/* What a command is judged with that the booths have a say in. */
void booths_prepare(struct chamber *chamber, struct command *command, struct moment at);
/* A command was granted. */
void booths_asked(struct chamber *chamber, const struct command *command, struct moment at);
/* Give again what waited for the booths, once they are silent or it has waited long enough. */
void booths_tick(struct service *service, struct chamber *chamber, struct moment at);

#endif
