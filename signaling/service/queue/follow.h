/* signaling/service/queue/follow.h
 *
 * What follows an event: it is applied, pages and displays are told, and what hangs on it is done.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_QUEUE_FOLLOW_H
#define ROSTRUM_SIGNALING_SERVICE_QUEUE_FOLLOW_H

#include "signaling/service/service.h"

struct chamber;
struct event;
struct service;
struct store_done;
struct store_event;

/* Apply one stored event, keep and tell it. 0 or -ENOMEM. */
int chamber_apply(struct service *service, struct chamber *chamber, const struct event *event,
	const struct store_event *stored, struct message *payload) RS_MUST_USE;
/* Those of the append that is done, and what follows them. */
void chamber_apply_all(struct service *service, struct chamber *chamber,
	const struct store_done *done, struct moment at);

#endif
