/* signaling/service/media/echo.h
 *
 * Tests of lines. Whoever tests has a meeting of their own at the media server for some seconds, of which one
 * peer is all there is: it is sent its own picture back, twice, and nobody else can hear or see it. So few test at a time that the
 * site's lines do not notice; the others are told when to come back.
 * Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MEDIA_ECHO_H
#define ROSTRUM_SIGNALING_SERVICE_MEDIA_ECHO_H

#include "signaling/service/service.h"

struct chamber;
struct node;
struct peer;
struct peer_plan;
struct service;

/* How long one has, every way to the media server counted. */
#define ECHO_TIME RS_SEC(45)

/* May this badge test now? It has its time from the first yes on. */
bool echo_admit(struct service *service, const struct chamber *chamber, const char *badge,
	struct moment at);
/* What a test sends and gets back. */
void echo_plan(const char *badge, uint32_t csrc, struct peer_plan *plan);
/* The peer was made and is not told yet: its meeting is, and what the badge had before is gone. */
void echo_begin(struct service *service, struct peer *peer, struct moment at);
/* The peer goes. `node` is its media server; nothing is done for peers of another kind. */
void echo_gone(struct service *service, struct node *node, const struct peer *peer);

/* The test is over: others may have its place. */
void echo_end(struct service *service, const struct chamber *chamber, const char *badge,
	struct moment at);

#endif
