#include "signaling/meeting/visibility.h"
#include "signaling/service/credentials.h"
#include "signaling/service/service_priv.h"

#include "common/log/log.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

/* Refused by the rate limit so often without a pause: not clumsy but hostile. */
#define FLOOD_MAX 200
/* Places taken in the same instant count on; so far a number may be ahead of the clock. */
#define PLACES_AHEAD_MS 60000

struct session *session_find(const struct service *service, uint64_t id)
{
	return rs_map_find(service->sessions, &id, sizeof(id));
}

int service_session_open(struct service *service, struct moment at, uint64_t *out_session)
{
	struct session *session = rs_zalloc(sizeof(*session));
	if (session == NULL)
		return -ENOMEM;
	session->id = ++service->last_id;
	session->hello_by = at.now + service->config.hello_timeout;
	session->bucket = (int64_t)service->config.limits.command_rate * 2000;
	session->filled = at.now;
	const int err = rs_map_add(service->sessions, &session->id, sizeof(session->id), session);
	if (err < 0) {
		rs_release(session);
		return -E2BIG;
	}
	service_due(service, session->hello_by);
	*out_session = session->id;
	return 0;
}

static struct person *person_of(const struct session *session)
{
	return &session->chamber->people[session->participant];
}

static void leave_chamber(struct service *service, struct session *session, struct moment at)
{
	struct chamber *chamber = session->chamber;
	struct person *person = person_of(session);

	if (session->prev != NULL) {
		session->prev->next = session->next;
	} else {
		chamber->sessions = session->next;
	}
	if (session->next != NULL)
		session->next->prev = session->prev;
	struct peer *peer = peer_find(service, session->peer);
	if (peer != NULL)
		peer->session = 0;
	person->sessions--;
	presence_away(service, person, at);
}

/* The socket is no longer ours to write to. */
void session_drop(struct service *service, struct session *session, struct moment at)
{
	if (session->chamber != NULL)
		leave_chamber(service, session, at);
	(void)rs_map_remove(service->sessions, &session->id, sizeof(session->id));
	rs_release(session);
}

void session_refuse(struct service *service, struct session *session, uint16_t code,
	const char *reason, const char *text, struct moment at)
{
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	const int err = wire_error_write(reason, text, &out);
	out_text(service, SERVICE_SEND, session->id, 0, err, &out);
	rs_buf_done(&out);
	out_push(service, SERVICE_CLOSE, session->id, code, NULL);
	session_drop(service, session, at);
}

void session_free_all(struct service *service)
{
	size_t cursor = 0;
	struct session *session;
	while ((session = rs_map_next(service->sessions, &cursor)) != NULL)
		rs_release(session);
	rs_map_free(service->sessions);
}

void service_session_closed(struct service *service, uint64_t id, uint16_t code, struct moment at)
{
	struct session *session = session_find(service, id);
	if (session == NULL)
		return;
	struct chamber *chamber = session->chamber;
	if (chamber != NULL && code == 1000)
		person_of(session)->left = true;
	session_drop(service, session, at);
	if (chamber != NULL)
		chamber_pump(service, chamber, at);
}

/* --- hello --- */

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
	struct person *person = person_of(session);
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
	struct person *person = person_of(session);

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
		out_push(service, SERVICE_SEND, session->id, 0, message_ref(event->frame));
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
		.place = may_be_many(session) ? 0 : person_of(session)->place,
		.you = &meeting->participants[session->participant],
		.turn = service->config.turn,
	};
	if (err == 0)
		err = resumed ? send_resumed(service, session, &welcome)
			      : send_view(service, session, &welcome);
	if (err == 0)
		send_missed(service, session, resumed ? has : chamber->snapshot.event);
	return err;
}

/* A room sends what a room sends, and an interpreter works from a desk. */
static bool may_be_companion(enum role role)
{
	return (ROLE_BIT(role) & (ROLES_PRESIDING | ROLE_BIT(ROLE_DELEGATE))) != 0;
}

/* What happened while this participant had to be out is not told afterwards. */
static uint64_t hidden_until(const struct session *session)
{
	const struct meeting *meeting = session->chamber->proceedings->meeting;
	return meeting_hidden_until(meeting, &meeting->participants[session->participant]);
}

static void handle_hello(struct service *service, struct session *session,
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
			     message->event >= hidden_until(session);
	if (!takes_newest(session, message, at)) {
		session->chamber = NULL; /* it never came in */
		session_refuse(service, session, CLOSE_ELSEWHERE, "joined-elsewhere",
			"You joined from another place; this page is no longer connected.", at);
		return;
	}
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
	chat_show(service, session);
	service->counters.joined++;
	service->counters.resumed += resumed ? 1 : 0;
	log_debug(LOG_MEETING, chamber->proceedings->meeting->id, "joined badge=%s resumed=%d",
		claims.badge, resumed);
	chamber_pump(service, chamber, at);
}

/* --- commands --- */

/* One more command within the rate? */
static bool within_rate(struct service *service, struct session *session, rs_time now)
{
	const int64_t rate = service->config.limits.command_rate;
	const rs_time passed = rs_time_min(now - session->filled, RS_SEC(2));
	session->bucket += passed * rate / 1000;
	if (session->bucket > rate * 2000)
		session->bucket = rate * 2000;
	session->filled = now;
	if (session->bucket < 1000) {
		session->refused++;
		return false;
	}
	session->bucket -= 1000;
	session->refused = 0;
	return true;
}

static void refuse_command(struct service *service, const struct session *session, const char *id,
	enum verdict verdict, const char *text)
{
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	const int err = wire_reply_refused(id, verdict, text, &out);
	out_text(service, SERVICE_SEND, session->id, 0, err, &out);
	rs_buf_done(&out);
	service->counters.refused++;
}

typedef void media_fn(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);

/* Commands that make no event are done at once, and their reply is remembered here only. */
static media_fn *media_handler(enum command_kind kind)
{
	static media_fn *const handlers[COMMAND_COUNT] = {
		[COMMAND_LISTEN] = peer_listen,
		[COMMAND_COLLECT_BALLOT] = ballots_collect,
		[COMMAND_WATCH] = peer_watch,
		[COMMAND_OFFER] = peer_offer,
		[COMMAND_RESTART_ICE] = peer_restart_ice,
		[COMMAND_HANG_UP] = peer_hang_up,
	};
	return handlers[kind];
}

bool session_is_media(enum command_kind kind)
{
	return media_handler(kind) != NULL;
}

static void do_media(struct service *service, struct session *session,
	const struct wire_message *message, media_fn *handle)
{
	struct chamber *chamber = session->chamber;
	const struct meeting *meeting = chamber->proceedings->meeting;
	const char *badge = meeting->participants[session->participant].id;
	const enum verdict verdict = permission_judge(message->command.kind,
		meeting->participants[session->participant].role, stage_of(chamber->proceedings),
		&meeting->rules);
	if (verdict != VERDICT_OK) {
		refuse_command(service, session, message->id, verdict, wire_verdict_text(verdict));
		return;
	}
	struct message *known = replies_find(chamber->replies, badge, message->id);
	if (known != NULL) {
		out_push(service, SERVICE_SEND, session->id, 0, message_ref(known));
		return;
	}
	struct rs_buf out;
	int err = 0;
	rs_buf_init(&out, 2 * WIRE_OFFER_MAX);
	handle(service, session, message, &out, &err);
	struct message *reply = err == 0 ? message_new(rs_buf_data(&out), rs_buf_len(&out)) : NULL;
	if (reply != NULL) {
		replies_add(chamber->replies, badge, message->id, reply);
		out_push(service, SERVICE_SEND, session->id, 0, reply);
	}
	rs_buf_done(&out);
}

/* When the page's press was made, as far as its line lets us believe; of a page that was never asked, when it came. */
static void set_press(const struct session *session, const struct wire_message *message,
	struct moment at, struct command *command)
{
	const struct rules *rules = &session->chamber->proceedings->meeting->rules;
	if (!message->has_at || sync_rtt(&session->sync) < 0)
		return;
	const struct sync_press press =
		sync_press(&session->sync, message->at_ms, RS_MS(rules->window.line_ms), at.now);
	command->wish.pressed = true;
	command->wish.pressed_ms = at.wall_ms - press.ago / RS_MS(1);
	command->wish.uncertainty_ms = (uint32_t)(press.uncertainty / RS_MS(1)) + 1;
}

/* The page asks to be asked for its clock, or answers. */
static void handle_sync(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at)
{
	if (message->nonce != 0) {
		sync_answer(&session->sync, message->nonce, message->at_ms, at.now);
		return;
	}
	struct rs_buf out;
	uint32_t nonce = 0;
	rs_buf_init(&out, 4096);
	while (nonce == 0)
		nonce = rs_rand_u32(service->config.rand);
	const rs_time rtt = sync_rtt(&session->sync);
	sync_ask(&session->sync, nonce, at.now);
	const int err = wire_sync_write(nonce, at.wall_ms, rtt < 0 ? -1 : rtt / RS_MS(1), &out);
	out_text(service, SERVICE_SEND, session->id, 0, err, &out);
	rs_buf_done(&out);
}

static void handle_command(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at)
{
	struct chamber *chamber = session->chamber;
	const struct participant *who =
		&chamber->proceedings->meeting->participants[session->participant];
	media_fn *media = media_handler(message->command.kind);
	if (message->command.kind == COMMAND_PLAN) {
		plan_ask(service, session, message, at);
	} else if (message->command.kind == COMMAND_SAY) {
		chat_say(service, session, message, at);
	} else if (message->command.kind == COMMAND_REMOVE_MESSAGE &&
		   replies_find(chamber->replies, who->id, message->id) == NULL &&
		   !chat_has(chamber->chat, message->command.message)) {
		refuse_command(service, session, message->id, VERDICT_NO_SUCH_MESSAGE,
			wire_verdict_text(VERDICT_NO_SUCH_MESSAGE));
	} else if (media != NULL) {
		do_media(service, session, message, media);
	} else {
		struct job job = { .session = session->id, .command = message->command };
		job.command.role = who->role;
		set_press(session, message, at, &job.command);
		(void)rs_set_text(job.command.by, who->id);
		(void)rs_set_text(job.badge, who->id);
		(void)rs_set_text(job.id, message->id);
		if (message->blinded != NULL)
			ballots_check(service, chamber, job.command.decision, message->blinded,
				job.command.ballot_check);
		if (chamber_submit(service, chamber, &job) < 0) {
			refuse_command(service, session, message->id, VERDICT_TOO_MANY,
				wire_verdict_text(VERDICT_TOO_MANY));
		}
	}
	chamber_pump(service, chamber, at);
}

static void handle_message(struct service *service, struct session *session,
	enum wire_result result, const struct wire_message *message, const char *error,
	struct moment at)
{
	if (result != WIRE_OK)
		service->counters.malformed++;
	if (result == WIRE_BAD_MESSAGE) {
		session_refuse(service, session, CLOSE_MALFORMED, "malformed", error, at);
		return;
	}
	if ((session->chamber == NULL) != (message->kind == WIRE_HELLO)) {
		session_refuse(service, session, CLOSE_MALFORMED, "malformed",
			session->chamber == NULL ? "The first message must be hello."
						 : "hello was said already.",
			at);
		return;
	}
	if (message->kind == WIRE_HELLO) {
		handle_hello(service, session, message, at);
		return;
	}
	service->counters.commands++;
	if (!within_rate(service, session, at.now)) {
		refuse_command(service, session, message->id, VERDICT_TOO_MANY,
			wire_verdict_text(VERDICT_TOO_MANY));
	} else if (message->kind == WIRE_SYNC) {
		handle_sync(service, session, message, at);
	} else if (result == WIRE_BAD_COMMAND) {
		refuse_command(service, session, message->id, VERDICT_MALFORMED, error);
	} else {
		handle_command(service, session, message, at);
	}
}

void service_session_recv(
	struct service *service, uint64_t id, const char *text, size_t len, struct moment at)
{
	struct session *session = session_find(service, id);
	if (session == NULL)
		return;
	struct wire_message message;
	char error[WIRE_ERROR_LEN];
	const enum wire_result result = wire_message_parse(text, len, &message, error);
	handle_message(service, session, result, &message, error, at);
	wire_message_done(&message);

	session = session_find(service, id);
	if (session == NULL || session->refused <= FLOOD_MAX)
		return;
	service->counters.flooded++;
	session_refuse(service, session, CLOSE_FLOODING, "too-many",
		"This page sent far more commands than a person can.", at);
}
