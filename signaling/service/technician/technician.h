/* signaling/service/technician/technician.h
 *
 * What technicians watch: the stations of a meeting, the nodes, the recording. Fed once a second with what media servers measure;
 * told to pages that asked for it, and given as a list of what is wrong now. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_TECHNICIAN_H
#define ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_TECHNICIAN_H

#include "signaling/service/service.h"
#include "signaling/wire/message/message.h"

struct node;
struct node_peer_stats;
struct peer;
struct service;
struct session;

/* A media server measured this peer `at`. */
void technician_peer(struct peer *peer, const struct node_peer_stats *stats, struct moment at);
/* A node said its figures, and all that its message says of peers and sources was taken: a second of the meetings it carries. */
void technician_second(struct service *service, struct node *node, struct moment at);
/* A node came or went: what meetings lack, without waiting for a second that may not come. */
void technician_nodes(struct service *service, struct moment at);

/* The command tell-line: what a page says of its own line, told with the next second; answered, and not remembered. */
void technician_line(struct service *service, const struct session *session,
	const struct wire_message *message, struct moment at);

#endif
