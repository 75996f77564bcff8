/* signaling/service/state/node.h
 *
 * Media servers and recorders: found, and told.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_STATE_NODE_H
#define ROSTRUM_SIGNALING_SERVICE_STATE_NODE_H

#include <stddef.h>

struct node;
struct rs_buf;
struct service;

struct node *node_of_instance(const struct service *service, const char *instance);
struct node *node_recorder(const struct service *service);
/* A text for a node is made: send it. */
void node_tell(struct service *service, struct node *node, int err, struct rs_buf *text);

/* Octets of what a node is told at most. */
#define NODE_TEXT_MAX ((size_t)8 << 20)

#endif
