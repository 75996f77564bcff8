/* tools/roombox/box/health.h
 *
 * `/healthz` and `/metrics` over HTTP, by libwebsockets, without a thread: whoever drives it calls health_turn() often. /healthz answers 200
 * while the box is in the meeting, else 503.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_BOX_HEALTH_H
#define ROSTRUM_TOOLS_ROOMBOX_BOX_HEALTH_H

#include "tools/roombox/room/figures.h"

struct health;

/* What is to be told at this moment. */
typedef void health_ask(void *ctx, struct figures *out_figures);

/* Listens at "127.0.0.1:9100" or "[::1]:9100". 0; -EINVAL (no address); -EIO (it cannot be listened at), -ENOMEM. */
int health_new(
	const char *listen, health_ask *ask, void *ctx, struct health **out_health) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct health *health_free(struct health *health);
/* Does what can be done without waiting. NULL is fine. */
void health_turn(struct health *health);

#endif
