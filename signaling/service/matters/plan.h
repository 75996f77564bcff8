/* signaling/service/matters/plan.h
 *
 * The plan of each meeting, kept by those who preside, and everybody's own turn: told when it changed, at most once a second.
 * Measured, not decided: no number, not kept.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MATTERS_PLAN_H
#define ROSTRUM_SIGNALING_SERVICE_MATTERS_PLAN_H

#include "signaling/service/service.h"

struct chamber;
struct service;
struct session;
struct wire_message;

/* Something happened: the plan is told soon. */
void plan_changed(struct service *service, struct chamber *chamber, struct moment at);
/* A page that knows nothing of it yet. */
void plan_joined(
	struct service *service, struct chamber *chamber, size_t participant, struct moment at);
void plan_tick(struct service *service, struct chamber *chamber, struct moment at);
/* What if; answered at once, and asked again when sent again. */
void plan_ask(struct service *service, const struct session *session,
	const struct wire_message *message, struct moment at);

#endif
