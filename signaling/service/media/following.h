/* signaling/service/media/following.h
 *
 * What a page asked of its media counts as done when the media server has followed: from the reply on, nothing of what was heard
 * before is sent to it. While no media server is connected nothing can be waited for.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MEDIA_FOLLOWING_H
#define ROSTRUM_SIGNALING_SERVICE_MEDIA_FOLLOWING_H

#include <stdbool.h>

struct peer;
struct service;

/* One more command may wait. */
bool peer_can_await(const struct peer *peer);
/* True: the command is answered when the media server has followed what it was told of this peer. False: it has, or is away. */
bool peer_await(struct service *service, struct peer *peer, const char *id);
/* What waits is answered now: nothing more is sent to the peer, or its media server is away. */
void peer_answer(struct service *service, struct peer *peer);
/* A media server has followed, or went away. */
void peer_answer_followed(struct service *service);

#endif
