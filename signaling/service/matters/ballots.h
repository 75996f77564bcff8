/* signaling/service/matters/ballots.h
 *
 * Secret ballots between the lines: who is given one, and the box. The box is memory alone, until the lock empties it
 * into one batch of events: sorted by token, so that nothing is left of the order in which ballots came. Its threat model is in
 * signaling/voting/README.md.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MATTERS_BALLOTS_H
#define ROSTRUM_SIGNALING_SERVICE_MATTERS_BALLOTS_H

#include "signaling/meeting/event.h"

struct ballot_box;
struct chamber;
struct command;
struct rs_buf;
struct service;
struct session;
struct wire_message;

/* What a command about a secret ballot is judged with: its key, and the ballots in the box. */
void ballots_prepare(struct service *service, struct chamber *chamber, struct command *command);
/* By which a blinded token is known again. */
void ballots_check(const struct service *service, const struct chamber *chamber, uint32_t decision,
	const char *blinded, char out[EVENT_SEED_MAX + 1]);
void ballots_collect(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
/* A key is wanted when a secret ballot is proposed; key and box go when it is over. */
void ballots_follow(struct service *service, struct chamber *chamber, const struct event *event);
struct ballot_box *ballots_free(struct ballot_box *box);
/* How the key stands and how many ballots are in the box, to those who preside. */
void ballots_tell(struct service *service, const struct chamber *chamber);
/* The same to one page that came (back), if it presides. */
void ballots_tell_one(struct service *service, const struct session *session);

#endif
