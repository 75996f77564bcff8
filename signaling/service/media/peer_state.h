/* signaling/service/media/peer_state.h
 *
 * What media servers report of peers, and taking peers back after our own restart.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MEDIA_PEER_STATE_H
#define ROSTRUM_SIGNALING_SERVICE_MEDIA_PEER_STATE_H

#include "signaling/service/service.h"

struct node;
struct node_message;
struct service;

/* Take back what a media server still has, after our restart. */
void peer_take_back(struct service *service, struct node *node, const struct node_message *message);
void peer_report(struct service *service, const struct node_message *message, struct moment at);

#endif
