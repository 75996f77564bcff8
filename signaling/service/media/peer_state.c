#include "signaling/service/media/peer_state.h"

#include "common/log/log.h"
#include "signaling/service/media/page.h"
#include "signaling/service/media/peers.h"
#include "signaling/service/people/admission.h"
#include "signaling/service/record/late_outages.h"
#include "signaling/service/service.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/listening.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/state.h"

#include <errno.h>

static bool has_owner(const struct peer *peer)
{
	if (peer->use == PEER_PAGE)
		return true;
	return peer->use == PEER_PUBLISH && peer->spec.n_send > 0 &&
	       strcmp(peer->spec.send[0].source, peer->owner) == 0;
}

void peer_report(struct service *service, const struct node_message *message, struct moment at)
{
	struct peer *peer = peer_find(service, message->peer);
	if (peer == NULL)
		return;
	struct chamber *chamber = peer->chamber;
	struct person *person = peer->person;
	peer->state = message->state;
	const bool lost =
		message->state == NODE_PEER_DISCONNECTED || message->state == NODE_PEER_FAILED;
	peer->reap_at = rs_time_min(lost ? at.now + PEER_REAP : RS_TIME_NEVER, peer->ends_at);
	service_due(service, peer->reap_at);
	if (person != NULL && (lost || message->state == NODE_PEER_CONNECTED))
		person->media_lost = lost;
	if (has_owner(peer) && (lost || message->state == NODE_PEER_CONNECTED))
		late_line(service, chamber, peer->owner, lost, at);
	if (message->state == NODE_PEER_FAILED) {
		log_info(LOG_MEDIA, peer->spec.id, "peer failed reason=%s", message->reason);
		peer_remove(service, peer);
	}
	chamber_pump(service, chamber, at);
}

static int use_of(const char *id, enum peer_use *out_use)
{
	switch (id[0]) {
	case 'p':
		*out_use = PEER_PAGE;
		return 0;
	case 'w':
		*out_use = PEER_PUBLISH;
		return 0;
	case 'e':
		*out_use = PEER_PLAY;
		return 0;
	default:
		return -ENOENT;
	}
}

/* A page that came back before its media server did has no peer yet. */
static void find_page(struct peer *peer)
{
	for (struct session *session = peer->chamber->sessions; session != NULL;
		session = session->next) {
		const struct participant *who =
			&peer->chamber->proceedings->meeting->participants[session->participant];
		if (session->peer[0] != '\0' || strcmp(who->id, peer->owner) != 0)
			continue;
		peer->session = session->id;
		(void)rs_set_text(session->peer, peer->spec.id);
		return;
	}
}

static bool take_one(struct service *service, const struct node *node, const struct peer_spec *spec)
{
	struct chamber *chamber = chamber_find(service, spec->meeting);
	const char *dash = strchr(spec->id, '-');
	enum peer_use use;
	if (chamber == NULL || dash == NULL || use_of(spec->id, &use) < 0 ||
		!admission_allows(chamber, dash + 1) ||
		strcmp(chamber->proceedings->meeting->instance, node->instance) != 0)
		return false;
	struct peer *peer = rs_zalloc(sizeof(*peer));
	if (peer == NULL)
		return false;
	peer->spec = *spec;
	peer->use = use;
	peer->chamber = chamber;
	peer->state =
		NODE_PEER_CONNECTED; /* until the media server says otherwise, right after this */
	peer->reap_at = peer->ends_at = RS_TIME_NEVER;
	(void)rs_set_text(peer->owner, dash + 1);
	(void)rs_set_text(peer->instance, node->instance);
	if (rs_map_add(service->peers, peer->spec.id, strlen(peer->spec.id), peer) < 0) {
		rs_release(peer);
		return false;
	}
	if (has_owner(peer))
		peer_adopt(peer, chamber_person(chamber, peer->owner));
	if (peer->use == PEER_PAGE && peer->person != NULL) {
		find_page(peer);
		if (peer->person->listening.channel[0] == '\0')
			listening_learn(&peer->person->listening, &peer->spec);
		peer_rebind(service, peer);
	}
	return true;
}

void peer_take_back(struct service *service, struct node *node, const struct node_message *message)
{
	size_t taken = 0;
	struct peer_spec *spec = rs_zalloc(sizeof(*spec));
	for (size_t i = 0; spec != NULL && i < message->n_peers; i++) {
		char error[WIRE_ERROR_LEN];
		if (node_hello_peer(message, i, spec, error) == 0 &&
			peer_find(service, spec->id) == NULL && take_one(service, node, spec))
			taken++;
	}
	rs_release(spec);
	if (message->n_peers > 0) {
		log_info(LOG_MEDIA, node->name, "peers taken back n=%zu of=%zu", taken,
			message->n_peers);
	}
}
