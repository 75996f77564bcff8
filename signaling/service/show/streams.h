/* signaling/service/show/streams.h
 *
 * Server-sent events (HTML Living Standard, section 9.2): a meeting's events for displays that do not speak the WebSocket.
 * A stream is nobody's presence: it watches.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_SHOW_STREAMS_H
#define ROSTRUM_SIGNALING_SERVICE_SHOW_STREAMS_H

#include <stdint.h>

struct chamber;
struct message;
struct service;

/* `frame` is the event as pages are told. */
void streams_tell(
	struct service *service, struct chamber *chamber, uint64_t event, struct message *frame);
/* It sits before others now: the streams of those who are not admitted end, told why. */
void streams_changed(struct service *service, struct chamber *chamber);
/* The credential of this badge is no longer good. */
void streams_revoke(struct service *service, struct chamber *chamber, const char *badge);
/* All end, having missed something, and ask again. */
void streams_shut(struct service *service, struct chamber *chamber);
void streams_free(struct chamber *chamber);

#endif
