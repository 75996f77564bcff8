/* signaling/service/record/late.h
 *
 * Late delivery as the rest of the service speaks of it; the driver's side is signaling/service/late.h.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_RECORD_LATE_H
#define ROSTRUM_SIGNALING_SERVICE_RECORD_LATE_H

#include "signaling/service/service.h"

struct node_message;
struct service;

/* What the recorder answered; it is gone; time has passed. */
void late_take(struct service *service, const struct node_message *message, struct moment at);
void late_gone(struct service *service);
void late_tick(struct service *service, struct moment at);

#endif
