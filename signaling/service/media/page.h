/* signaling/service/media/page.h
 *
 * A page's own media: its one offer, ICE restarts, what it listens to.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MEDIA_PAGE_H
#define ROSTRUM_SIGNALING_SERVICE_MEDIA_PAGE_H

struct chamber;
struct peer;
struct rs_buf;
struct service;
struct session;
struct wire_message;

/* Bind the audio slots of a page to what its person listens to, and tell, if that is new. */
void peer_rebind(struct service *service, struct peer *peer);
/* The same after events, for the pages of all desks (somebody else's act may change what an interpreter hears), and, when another
 * language is spoken on the floor, of all who understand some. */
void peer_rebind_all(struct service *service, struct chamber *chamber);
void peer_listen(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
void peer_offer(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
void peer_restart_ice(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
void peer_hang_up(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);

#endif
