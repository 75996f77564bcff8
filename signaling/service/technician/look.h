/* signaling/service/technician/look.h
 *
 * A technician looks at a participant's media: its peers are watched for a while, and the question is answered by what the media
 * server says next, within a second or so.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_LOOK_H
#define ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_LOOK_H

#include "signaling/service/service.h"

struct node_message;
struct service;

void look_stats(struct service *service, const struct node_message *message);
/* Questions nobody answered, peers nobody looks at any more. */
void look_tick(struct service *service, struct moment at);

#endif
