/* signaling/service/entry/nodes.h
 *
 * Nodes: media servers and recorders on their control connections.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_ENTRY_NODES_H
#define ROSTRUM_SIGNALING_SERVICE_ENTRY_NODES_H

struct service;

void node_free_all(struct service *service);

#endif
