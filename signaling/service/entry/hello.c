#include "signaling/service/entry/hello.h"

#include "common/log/log.h"
#include "signaling/service/credentials.h"
#include "signaling/service/matters/ballots.h"
#include "signaling/service/matters/chat.h"
#include "signaling/service/matters/plan.h"
#include "signaling/service/media/layers.h"
#include "signaling/service/media/peers.h"
#include "signaling/service/people/admission.h"
#include "signaling/service/people/greenroom.h"
#include "signaling/service/record/account.h"
#include "signaling/service/record/disk.h"
#include "signaling/service/record/late_outages.h"
#include "signaling/service/service.h"
#include "signaling/service/show/snapshot.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/service/technician/boxes.h"
#include "signaling/service/technician/errands.h"
#include "signaling/service/technician/measure.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

/* Places taken in the same instant count on; so far a number may be ahead of the clock. */
#define PLACES_AHEAD_MS 60000

static void refuse_expired(struct service *service, struct session *session,
	const struct claims *claims, struct moment at)
{
	const time_t expired = (time_t)claims->expires_s;
	struct tm utc;
	char when[40] = "";
	char text[160];
	if (gmtime_r(&expired, &utc) != NULL)
		(void)strftime(when, sizeof(when), "%Y-%m-%d at %H:%M", &utc);
	(void)snprintf(text, sizeof(text),
		"This join link expired on %s UTC. Ask the secretariat for a new one.", when);
	session_refuse(service, session, CLOSE_NO_TOKEN, "token-expired", text, at);
}

/* Who the token says it is; false when the session was refused. */
static bool authenticate(struct service *service, struct session *session, const char *token,
	struct claims *claims, struct moment at)
{
	const int err =
		service->config.verify(service->config.verify_ctx, token, at.wall_ms, claims);
	if (err == 0 && !service_token_revoked(service, claims))
		return true;
	log_info(LOG_AUTH, NULL, "a page was refused err=%d", err);
	if (err == 0) {
		session_refuse(service, session, CLOSE_NO_TOKEN, "token-revoked",
			"This join link is no longer valid. Ask the secretariat for a new one.",
			at);
		return false;
	}
	if (err == -ETIMEDOUT) {
		refuse_expired(service, session, claims, at);
	} else {
		session_refuse(service, session, CLOSE_NO_TOKEN, "token-invalid",
			"This join link is not valid. Ask the secretariat for a new one.", at);
	}
	return false;
}

/* Which badge of which meeting; false when the session was refused. */
static bool admit(struct service *service, struct session *session, const struct claims *claims,
	struct moment at)
{
	struct chamber *chamber = chamber_find(service, claims->meeting);
	if (chamber == NULL) {
		session_refuse(service, session, CLOSE_NO_MEETING, "no-such-meeting",
			"There is no such meeting here.", at);
		return false;
	}
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *participant;
	const enum admission admission = admission_judge(chamber, claims, &participant);
	if (participant == NULL) {
		session_refuse(service, session, CLOSE_FORBIDDEN, "not-a-badge",
			"This badge is not accredited to the meeting.", at);
		return false;
	}
	if (admission != ADMISSION_GRANTED) {
		admission_refuse(service, session, meeting->visibility, at);
		return false;
	}
	session->chamber = chamber;
	session->participant = (size_t)(participant - meeting->participants);
	return true;
}

/* A load test's technician may have any number of places in a rehearsal; everyone else has one. */
static bool may_be_many(const struct session *session)
{
	const struct meeting *meeting = session->chamber->proceedings->meeting;
	return meeting->rehearsal &&
	       meeting->participants[session->participant].role == ROLE_TECHNICIAN;
}

static void take_place(struct service *service, struct session *session, struct moment at)
{
	struct session *other = session->chamber->sessions;
	while (other != NULL) {
		struct session *next = other->next;
		if (other->participant == session->participant) {
			session_refuse(service, other, CLOSE_ELSEWHERE, "joined-elsewhere",
				"You joined from another place; this page is no longer connected.",
				at);
		}
		other = next;
	}
}

/* Places of a badge are numbered by when they were taken. A page that lost its line and comes back after its person went on
 * elsewhere must not take the place from there: the newest stays, in whatever order they come back, also after our restart. */
static bool takes_newest(
	const struct session *session, const struct wire_message *message, struct moment at)
{
	struct person *person = session_person(session);
	if (may_be_many(session))
		return true;
	if (!message->resumes) {
		person->place = at.wall_ms > person->place ? at.wall_ms : person->place + 1;
		return true;
	}
	if (message->place != 0 && message->place < person->place)
		return false;
	/* None was given in the time to come. */
	if (message->place > person->place && message->place <= at.wall_ms + PLACES_AHEAD_MS)
		person->place = message->place;
	return true;
}

static void enter_chamber(
	struct service *service, struct session *session, bool resumes, struct moment at)
{
	struct chamber *chamber = session->chamber;
	struct person *person = session_person(session);

	if (!may_be_many(session)) {
		person->elsewhere = person->sessions > 0 && !resumes;
		take_place(service, session, at);
		/* A new page makes new media; a page that lost its line still has its own. */
		if (!resumes)
			peer_remove_pages(service, person);
	}
	session->next = chamber->sessions;
	if (session->next != NULL)
		session->next->prev = session;
	chamber->sessions = session;
	person->sessions++;
	person->companion = session->companion;
	person->away_at = RS_TIME_NEVER;
	person->left = false;
	for (struct peer *peer = person->peers; resumes && peer != NULL;
		peer = peer->next_of_person) {
		if (peer->use != PEER_PAGE || peer->session != 0)
			continue;
		peer->session = session->id;
		(void)rs_set_text(session->peer, peer->spec.id);
		break;
	}
}

static void send_missed(struct service *service, const struct session *session, uint64_t after)
{
	const struct chamber *chamber = session->chamber;
	for (uint64_t n = after + 1; n <= chamber->proceedings->meeting->event; n++) {
		const struct broadcast_event *event = broadcast_find(chamber->broadcast, n);
		out_push(service, SERVICE_SEND, session->id, 0, session_frame(session, event));
	}
}

static void send_part(struct service *service, const struct session *session,
	const struct rs_buf *text, enum message_part part)
{
	struct message *message = message_new_part(rs_buf_data(text), rs_buf_len(text), part);
	if (message != NULL)
		out_push(service, SERVICE_SEND, session->id, 0, message);
}

/* The welcome of a page that needs the whole view. */
static int send_view(
	struct service *service, const struct session *session, const struct wire_welcome *welcome)
{
	const struct snapshot *snapshot = &session->chamber->snapshot;
	struct rs_buf head;
	struct rs_buf tail;
	struct rs_buf measured;
	rs_buf_init(&head, VIEW_MAX);
	rs_buf_init(&tail, VIEW_MAX);
	rs_buf_init(&measured, VIEW_MAX);
	int err = wire_welcome_head(welcome, &head);
	if (err == 0)
		err = measure_write(session->chamber, &measured);
	if (err == 0)
		err = wire_welcome_tail(
			(const char *)rs_buf_data(&measured), rs_buf_len(&measured), &tail);
	if (err == 0) {
		send_part(service, session, &head, MESSAGE_FIRST);
		for (size_t i = 0; i < snapshot->n_parts; i++) {
			out_push(service, SERVICE_SEND, session->id, 0,
				message_ref(snapshot->parts[i]));
		}
		send_part(service, session, &tail, MESSAGE_LAST);
	}
	rs_buf_done(&head);
	rs_buf_done(&tail);
	rs_buf_done(&measured);
	return err;
}

static int send_resumed(
	struct service *service, const struct session *session, const struct wire_welcome *welcome)
{
	struct rs_buf text;
	rs_buf_init(&text, VIEW_MAX);
	const int err = wire_welcome_write(welcome, &text);
	if (err == 0)
		send_part(service, session, &text, MESSAGE_WHOLE);
	rs_buf_done(&text);
	return err;
}

/* The welcome, and the events since those that the page has. */
static int send_welcome(struct service *service, struct session *session, bool resumed,
	uint64_t has, struct moment at)
{
	struct chamber *chamber = session->chamber;
	const struct meeting *meeting = chamber->proceedings->meeting;
	int err = resumed ? 0 : snapshot_take(chamber, at);
	const struct wire_welcome welcome = {
		.epoch = chamber->epoch,
		.event = resumed ? meeting->event : chamber->snapshot.event,
		.resumed = resumed,
		.wall_ms = at.wall_ms,
		.place = may_be_many(session) ? 0 : session_person(session)->place,
		.you = &meeting->participants[session->participant],
		.turn = service->config.turn,
		.archive = service->config.archive,
	};
	if (err == 0)
		err = resumed ? send_resumed(service, session, &welcome)
			      : send_view(service, session, &welcome);
	if (err == 0)
		send_missed(service, session, resumed ? has : chamber->snapshot.event);
	if (err == 0)
		ballots_tell_one(service, session);
	return err;
}

/* A room sends what a room sends, and an interpreter works from a desk. */
static bool may_be_companion(enum role role)
{
	return (ROLE_BIT(role) & (ROLES_PRESIDING | ROLE_BIT(ROLE_DELEGATE))) != 0;
}

void session_hello(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at)
{
	struct claims claims;
	if (!authenticate(service, session, message->token, &claims, at) ||
		!admit(service, session, &claims, at))
		return;
	struct chamber *chamber = session->chamber;
	const bool resumed = message->resumes && strcmp(message->epoch, chamber->epoch) == 0 &&
			     broadcast_covers(chamber->broadcast, message->event,
				     chamber->proceedings->meeting->event) &&
			     message->event >= admission_hidden_until(chamber, &claims);
	if (!takes_newest(session, message, at)) {
		session->chamber = NULL; /* it never came in */
		session_refuse(service, session, CLOSE_ELSEWHERE, "joined-elsewhere",
			"You joined from another place; this page is no longer connected.", at);
		return;
	}
	session->changes = message->changes;
	session->companion =
		message->companion &&
		may_be_companion(
			chamber->proceedings->meeting->participants[session->participant].role);
	enter_chamber(service, session, message->resumes, at);
	if (send_welcome(service, session, resumed, message->event, at) < 0) {
		session_refuse(service, session, 1001, "restart",
			"The server could not welcome this page.", at);
		return;
	}
	plan_joined(service, chamber, session->participant, at);
	disk_joined(service, session);
	late_joined(service, session);
	account_joined(service, session);
	greenroom_joined(service, session);
	layers_joined(service, session);
	chat_show(service, session);
	errands_joined(service, session);
	boxes_joined(service, session);
	service->counters.joined++;
	service->counters.resumed += resumed ? 1 : 0;
	log_debug(LOG_MEETING, chamber->proceedings->meeting->id, "joined badge=%s resumed=%d",
		claims.badge, resumed);
	chamber_pump(service, chamber, at);
}
