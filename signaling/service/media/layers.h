/* signaling/service/media/layers.h
 *
 * How many simulcast layers of a camera anybody wants, as media servers tell it (common/control/PROTOCOL.md section 2), told to whoever sends
 * it: a page, or a room's box beside its WHIP line. Nothing is kept but by the media server: until it says otherwise, and once it is gone, all
 * layers are wanted.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MEDIA_LAYERS_H
#define ROSTRUM_SIGNALING_SERVICE_MEDIA_LAYERS_H

struct node;
struct node_message;
struct service;
struct session;

void layers_report(
	struct service *service, const struct node *node, const struct node_message *message);
/* Who has come, or come back, is told what rests. */
void layers_joined(struct service *service, const struct session *session);
/* Nobody knows any more what is wanted: everything is. */
void layers_node_gone(struct service *service, const struct node *node);

#endif
