/* signaling/service/media/watch.h
 *
 * How a page looks at its video slots: what it sees large, small or not at all, and whom in its spare slot.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MEDIA_WATCH_H
#define ROSTRUM_SIGNALING_SERVICE_MEDIA_WATCH_H

struct rs_buf;
struct service;
struct session;
struct wire_message;

/* Commands on a page's media. They answer into `out`. */
void peer_watch(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);

#endif
