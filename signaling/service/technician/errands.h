/* signaling/service/technician/errands.h
 *
 * What technicians ask of one place in the meeting, beside the proceedings: who may be asked what now, who is told, when it ends.
 * Nothing of it is an event; it lasts as long as the server runs. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_ERRANDS_H
#define ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_ERRANDS_H

#include "signaling/service/service.h"
#include "signaling/wire/message/message.h"

struct chamber;
struct service;
struct session;

/* tell-seat, ask-for-cable, loop-back, test-signal, restart-box, answer-technician: judged, done and answered; the reply is
 * remembered. */
void errands_command(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at);
bool errands_is_command(enum command_kind kind);
/* Somebody came (back), and is asked again what still stands. */
void errands_joined(struct service *service, const struct session *session);
/* The meeting went on: what may now be heard by others ends. */
void errands_follow(struct service *service, struct chamber *chamber);
/* What has lasted long enough ends. */
void errands_expire(struct service *service, struct chamber *chamber, struct moment at);

#endif
