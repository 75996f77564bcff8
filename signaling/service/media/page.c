#include "signaling/service/media/page.h"

#include "signaling/service/media/following.h"
#include "signaling/service/media/peers.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/listening.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>

/* Video slots are shown at most this large. */
#define SPEAKER_HEIGHT 720
#define CHAIR_HEIGHT 360
#define CONTENT_HEIGHT 1080

/* Others hear the floor itself while they understand it. An interpreter hears what the desk's source comes to, which others may
 * change by what they do, and the live desk of the own output beside it. */
static void follow_meeting(const struct chamber *chamber, struct person *person)
{
	const struct interpretation *interpretation = chamber->proceedings->interpretation;
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct interpretation_desk *desk = interpretation_find(
		interpretation, meeting->participants[person - chamber->people].id);
	listening_hear(&person->listening, desk == NULL ? interpretation->language : "");
	if (desk == NULL)
		return;
	const int channel = interpretation_hears(interpretation, desk);
	(void)rs_set_text(person->listening.channel,
		channel != INTERPRETATION_NONE ? interpretation->channels[channel].id : "");
	(void)rs_set_text(person->listening.partner,
		desk->output != INTERPRETATION_NONE ? interpretation->channels[desk->output].id
						    : "");
}

static void plan_page(const struct session *session, struct peer_plan *plan)
{
	const struct participant *who =
		&session->chamber->proceedings->meeting->participants[session->participant];

	*plan = (struct peer_plan){ .n_send = 0 };
	if (peer_may_send(who->role) && !session->companion)
		plan_add_sends(plan, who->id, who->csrc);
	struct person *person = &session->chamber->people[session->participant];
	follow_meeting(session->chamber, person);
	listening_places(&person->listening, plan->recv);
	plan->n_recv = LISTENING_PLACES;
	plan_add_slot(plan, PEER_VIDEO, "speaker", 0, SPEAKER_HEIGHT);
	plan_add_slot(plan, PEER_VIDEO, "chair", 0, CHAIR_HEIGHT);
	plan_add_slot(plan, PEER_VIDEO, "content", 0, CONTENT_HEIGHT);
	plan_add_slot(plan, PEER_VIDEO, "", 0, 0);
}

static int refuse(const struct wire_message *message, enum verdict verdict, const char *text,
	struct rs_buf *out)
{
	return wire_reply_refused(
		message->id, verdict, text[0] != '\0' ? text : wire_verdict_text(verdict), out);
}

static enum verdict judge_offer(const struct session *session, const struct wire_message *message)
{
	const struct meeting *meeting = session->chamber->proceedings->meeting;
	if (meeting->instance[0] == '\0' || strcmp(message->instance, meeting->instance) != 0)
		return VERDICT_NO_MEDIA_SERVER;
	return VERDICT_OK;
}

void peer_offer(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err)
{
	struct chamber *chamber = session->chamber;
	struct person *person = &chamber->people[session->participant];
	struct peer_plan plan;
	plan_page(session, &plan);
	const struct peer_making making = {
		.chamber = chamber,
		.use = PEER_PAGE,
		.owner = chamber->proceedings->meeting->participants[session->participant].id,
		.offer = message->sdp,
		.len = strlen(message->sdp),
		.plan = &plan,
	};
	struct rs_buf sdp;
	struct peer *peer = NULL;
	char why[PEER_WHY_LEN] = "";
	rs_buf_init(&sdp, WIRE_OFFER_MAX);
	enum verdict verdict = judge_offer(session, message);
	if (verdict == VERDICT_OK)
		verdict = peer_make(service, &making, &peer, &sdp, why);
	if (verdict != VERDICT_OK) {
		*err = refuse(message, verdict, why, out);
		rs_buf_done(&sdp);
		return;
	}
	struct peer *before = peer_find(service, session->peer);
	if (before != NULL)
		peer_remove(service, before);
	peer->session = session->id;
	(void)rs_set_text(session->peer, peer->spec.id);
	peer_adopt(peer, person);
	person->media_lost = false;
	peer_tell(service, peer);
	*err = wire_reply_answer(message->id, peer->instance, &peer->spec,
		(const char *)rs_buf_data(&sdp), rs_buf_len(&sdp), out);
	rs_buf_done(&sdp);
}

void peer_restart_ice(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err)
{
	struct peer *peer = peer_find(service, session->peer);
	const struct node *node = peer != NULL ? node_of_instance(service, peer->instance) : NULL;
	if (node == NULL) {
		*err = refuse(message, VERDICT_NO_MEDIA_SERVER, "", out);
		return;
	}
	struct peer_plan plan;
	struct rs_buf sdp;
	char why[PEER_WHY_LEN] = "";
	rs_buf_init(&sdp, WIRE_OFFER_MAX);
	plan_page(session, &plan);
	struct peer_spec *spec = rs_memdup(&peer->spec, sizeof(*spec));
	const int failed =
		spec == NULL ? -1
			     : service->config.answer(service->config.answer_ctx, message->sdp,
				       strlen(message->sdp), &plan, &node->workers[spec->worker],
				       service->config.rand, spec, &sdp, why);
	if (failed < 0) {
		*err = refuse(message, VERDICT_BAD_OFFER, why, out);
	} else {
		peer->spec = *spec;
		peer_tell(service, peer);
		*err = wire_reply_answer(message->id, peer->instance, &peer->spec,
			(const char *)rs_buf_data(&sdp), rs_buf_len(&sdp), out);
	}
	rs_release(spec);
	rs_buf_done(&sdp);
}

void peer_hang_up(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err)
{
	struct peer *peer = peer_find(service, session->peer);
	if (peer == NULL) {
		*err = refuse(message, VERDICT_ALREADY_SO, "", out);
		return;
	}
	peer_remove(service, peer);
	*err = wire_reply_ok(message->id, 0, out);
}

/* The session's page is told what its audio places carry. */
static void tell_page(struct service *service, const struct peer *peer)
{
	const struct session *session = session_find(service, peer->session);
	struct rs_buf out;
	if (session == NULL)
		return;
	rs_buf_init(&out, 4096);
	const int err = wire_listening_write(&peer->spec, &out);
	out_text(service, SERVICE_SEND, session->id, 0, err, &out);
	rs_buf_done(&out);
}

void peer_rebind(struct service *service, struct peer *peer)
{
	follow_meeting(peer->chamber, peer->person);
	if (!listening_bind(&peer->person->listening, &peer->spec))
		return;
	peer_tell(service, peer);
	tell_page(service, peer);
}

static void rebind_person(struct service *service, const struct person *person)
{
	for (struct peer *peer = person->peers; peer != NULL; peer = peer->next_of_person) {
		if (peer->use == PEER_PAGE)
			peer_rebind(service, peer);
	}
}

/* Of who understands some languages, when another is spoken. */
static void rebind_listeners(struct service *service, struct chamber *chamber)
{
	const char *language = chamber->proceedings->interpretation->language;
	if (strcmp(chamber->language, language) == 0)
		return;
	(void)rs_set_text(chamber->language, language);
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++) {
		if (chamber->people[i].listening.n_understands > 0)
			rebind_person(service, &chamber->people[i]);
	}
}

void peer_rebind_all(struct service *service, struct chamber *chamber)
{
	const struct interpretation *interpretation = chamber->proceedings->interpretation;
	for (size_t i = 0; i < interpretation->n_desks; i++) {
		const struct person *person = chamber_person(chamber, interpretation->desks[i].id);
		if (person != NULL)
			rebind_person(service, person);
	}
	rebind_listeners(service, chamber);
}

void peer_listen(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err)
{
	struct person *person = &session->chamber->people[session->participant];
	const char *channel = message->command.channel;
	const bool floor = strcmp(channel, "floor") == 0;
	if (!floor &&
		meeting_find_channel(session->chamber->proceedings->meeting, channel) == NULL) {
		*err = refuse(message, VERDICT_NO_SUCH_CHANNEL, "", out);
		return;
	}
	struct peer *peer = peer_find(service, session->peer);
	if (peer != NULL && !peer_can_await(peer)) {
		*err = refuse(message, VERDICT_TOO_MANY, "", out);
		return;
	}
	(void)rs_set_text(person->listening.channel, floor ? "" : channel);
	person->listening.original = message->original;
	person->listening.n_understands = message->n_understands;
	memcpy(person->listening.understands, message->understands,
		sizeof(person->listening.understands));
	if (peer != NULL)
		peer_rebind(service, peer);
	*err = peer != NULL && peer_await(service, peer, message->id)
		       ? -EAGAIN
		       : wire_reply_ok(message->id, 0, out);
}
