/* Tests of lines before a call: who may test now, and the meeting of one in which it happens. */
#include "signaling/service/media/echo.h"

#include "signaling/service/media/peers.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/state.h"

#include <stdio.h>

/* Its picture comes back so many times: lines carry more down than up. */
#define ECHO_SLOTS 2

static bool is_of(const struct echo_grant *grant, const char *meeting, const char *badge)
{
	return strcmp(grant->meeting, meeting) == 0 && strcmp(grant->badge, badge) == 0;
}

static size_t places(const struct service *service)
{
	const size_t limit = service->config.limits.line_tests;
	return limit < ECHO_MAX ? limit : ECHO_MAX;
}

/* The badge's own grant, as long as it lasts; else the place that is free first. */
static struct echo_grant *place_of(
	struct service *service, const char *meeting, const char *badge, rs_time now)
{
	struct echo_grant *first = &service->echoes[0];
	for (size_t i = 0; i < places(service); i++) {
		struct echo_grant *grant = &service->echoes[i];
		if (grant->until > now && is_of(grant, meeting, badge))
			return grant;
		first = grant->until < first->until ? grant : first;
	}
	return first;
}

bool echo_admit(
	struct service *service, const struct chamber *chamber, const char *badge, struct moment at)
{
	const char *meeting = chamber->proceedings->meeting->id;
	struct echo_grant *grant = place_of(service, meeting, badge, at.now);
	if (grant->until > at.now) {
		const bool own = is_of(grant, meeting, badge);
		service->counters.tests_limited += own ? 0 : 1;
		return own;
	}
	grant->until = at.now + ECHO_TIME;
	(void)rs_set_text(grant->meeting, meeting);
	(void)rs_set_text(grant->badge, badge);
	service->counters.tests++;
	return true;
}

unsigned service_echo_wait(struct service *service, struct moment at)
{
	const struct echo_grant *first = place_of(service, "", "", at.now);
	return first->until > at.now ? (unsigned)((first->until - at.now) / RS_SEC(1)) + 1 : 0;
}

void echo_end(
	struct service *service, const struct chamber *chamber, const char *badge, struct moment at)
{
	const char *meeting = chamber->proceedings->meeting->id;
	struct echo_grant *grant = place_of(service, meeting, badge, at.now);
	if (is_of(grant, meeting, badge))
		grant->until = at.now;
}

void echo_plan(const char *badge, uint32_t csrc, struct peer_plan *plan)
{
	char feed[PEER_FEED_MAX + 1];
	(void)snprintf(feed, sizeof(feed), FEED_SOURCE "%.*s", RS_NAME_MAX, badge);
	*plan = (struct peer_plan){ .csrc = csrc, .n_send = 1 };
	(void)rs_set_text(plan->source, badge);
	plan->send[0] = PEER_CAMERA;
	for (size_t i = 0; i < ECHO_SLOTS; i++)
		plan_add_slot(plan, PEER_VIDEO, feed, 0, 0);
}

static bool is_before(const struct peer *peer, const void *ctx)
{
	const struct peer *other = ctx;
	return peer != other && peer->use == PEER_ECHO && peer->chamber == other->chamber &&
	       strcmp(peer->owner, other->owner) == 0;
}

void echo_begin(struct service *service, struct peer *peer, struct moment at)
{
	struct peer *before;
	while ((before = peer_first(service, is_before, peer)) != NULL)
		peer_remove(service, before);
	/* Nobody else has the place before its time is over. */
	peer->ends_at = peer->reap_at =
		place_of(service, peer->chamber->proceedings->meeting->id, peer->owner, at.now)
			->until;
	service_due(service, peer->reap_at);
	/* A meeting of its own: the peer's name has been drawn, so no other is called so. */
	(void)rs_set_text(peer->spec.meeting, peer->spec.id);
	struct node *node = node_of_instance(service, peer->instance);
	if (node == NULL)
		return;
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	node_tell(service, node, node_write_echo(++node->revision, peer->spec.meeting, &out), &out);
	rs_buf_done(&out);
}

void echo_gone(struct service *service, struct node *node, const struct peer *peer)
{
	if (peer->use != PEER_ECHO)
		return;
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	node_tell(service, node,
		node_write_meeting_gone(++node->revision, peer->spec.meeting, &out), &out);
	rs_buf_done(&out);
}
