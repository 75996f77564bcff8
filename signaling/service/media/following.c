#include "signaling/service/media/following.h"

#include "signaling/service/answer/replies.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

static bool is_followed(const struct service *service, const struct peer *peer)
{
	const struct node *node = node_of_instance(service, peer->instance);
	return node == NULL || peer->told <= node->applied;
}

bool peer_can_await(const struct peer *peer)
{
	return peer->n_waiting < PEER_WAITING_MAX;
}

bool peer_await(struct service *service, struct peer *peer, const char *id)
{
	if (is_followed(service, peer))
		return false;
	if (peer->n_waiting == 0) {
		peer->next_waiting = service->waiting;
		service->waiting = peer;
	}
	(void)rs_set_text(peer->waiting[peer->n_waiting++], id);
	return true;
}

static void answer(struct service *service, const struct peer *peer, const char *id)
{
	const struct session *session = session_find(service, peer->session);
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	const int err = wire_reply_ok(id, 0, &out);
	struct message *reply = err == 0 ? message_new(rs_buf_data(&out), rs_buf_len(&out)) : NULL;
	if (reply != NULL) {
		replies_add(peer->chamber->replies, peer->owner, id, reply);
		if (session != NULL)
			out_push(service, SERVICE_SEND, session->id, 0, message_ref(reply));
	}
	message_unref(reply);
	rs_buf_done(&out);
}

static void unlink_waiting(struct service *service, const struct peer *peer)
{
	struct peer **link = &service->waiting;
	while (*link != peer)
		link = &(*link)->next_waiting;
	*link = peer->next_waiting;
}

void peer_answer(struct service *service, struct peer *peer)
{
	if (peer->n_waiting == 0)
		return;
	unlink_waiting(service, peer);
	for (size_t i = 0; i < peer->n_waiting; i++)
		answer(service, peer, peer->waiting[i]);
	peer->n_waiting = 0;
}

void peer_answer_followed(struct service *service)
{
	struct peer *next = NULL;
	for (struct peer *peer = service->waiting; peer != NULL; peer = next) {
		next = peer->next_waiting;
		if (is_followed(service, peer))
			peer_answer(service, peer);
	}
}
