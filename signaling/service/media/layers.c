#include "signaling/service/media/layers.h"

#include "signaling/service/media/peers.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

#define TEXT_MAX 1024

static const char *const media_names[] = {
	[PEER_MICROPHONE] = "microphone",
	[PEER_CAMERA] = "camera",
	[PEER_CONTENT] = "content",
};

static void tell(struct service *service, const struct session *session, const struct peer *peer,
	size_t section)
{
	const struct peer_send *send = &peer->spec.send[section];
	const size_t rests = peer->rests[section];
	const struct wire_layers layers = {
		.peer = peer->spec.id,
		.media = media_names[send->media],
		.wanted = send->n_rids - rests,
		.of = send->n_rids,
	};
	struct rs_buf out;
	rs_buf_init(&out, TEXT_MAX);
	const int err = wire_layers_write(&layers, &out);
	out_text(service, SERVICE_SEND, session->id, 0, err, &out);
	rs_buf_done(&out);
}

/* A publisher without a page follows the meeting by the line of the badge whose source it sends. */
static bool is_sender(const struct session *session, const struct peer *peer)
{
	const struct meeting *meeting = session->chamber->proceedings->meeting;
	if (peer->use == PEER_PAGE)
		return peer->session == session->id;
	return peer->use == PEER_PUBLISH && peer->person == session_person(session) &&
	       meeting->participants[session->participant].role == ROLE_ROOM;
}

static void tell_sender(struct service *service, const struct peer *peer, size_t section)
{
	for (const struct session *session = peer->chamber->sessions; session != NULL;
		session = session->next) {
		if (is_sender(session, peer))
			tell(service, session, peer, section);
	}
}

void layers_report(
	struct service *service, const struct node *node, const struct node_message *message)
{
	struct peer *peer = peer_find(service, message->peer);
	if (peer == NULL || strcmp(peer->instance, node->instance) != 0)
		return;
	for (size_t i = 0; i < peer->spec.n_send; i++) {
		const struct peer_send *send = &peer->spec.send[i];
		if (strcmp(send->mid, message->mid) != 0 || send->n_rids != message->of ||
			message->wanted > message->of)
			continue;
		peer->rests[i] = (uint8_t)(message->of - message->wanted);
		tell_sender(service, peer, i);
	}
}

void layers_joined(struct service *service, const struct session *session)
{
	for (const struct peer *peer = session_person(session)->peers; peer != NULL;
		peer = peer->next_of_person) {
		for (size_t i = 0; i < peer->spec.n_send; i++) {
			if (peer->rests[i] > 0 && is_sender(session, peer))
				tell(service, session, peer, i);
		}
	}
}

void layers_node_gone(struct service *service, const struct node *node)
{
	size_t cursor = 0;
	struct peer *peer;
	while ((peer = rs_map_next(service->peers, &cursor)) != NULL) {
		for (size_t i = 0; i < peer->spec.n_send; i++) {
			if (peer->rests[i] == 0 || strcmp(peer->instance, node->instance) != 0)
				continue;
			peer->rests[i] = 0;
			tell_sender(service, peer, i);
		}
	}
}
