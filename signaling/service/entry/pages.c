#include "signaling/service/entry/pages.h"

#include "signaling/service/answer/replies.h"
#include "signaling/service/entry/hello.h"
#include "signaling/service/matters/ballots.h"
#include "signaling/service/matters/captions.h"
#include "signaling/service/matters/chat.h"
#include "signaling/service/matters/plan.h"
#include "signaling/service/media/page.h"
#include "signaling/service/media/peers.h"
#include "signaling/service/media/watch.h"
#include "signaling/service/people/presence.h"
#include "signaling/service/service.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/service/state/sync.h"
#include "signaling/service/technician/boxes.h"
#include "signaling/service/technician/errands.h"
#include "signaling/service/technician/measure.h"
#include "signaling/service/technician/survey.h"
#include "signaling/service/technician/technician.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>

/* Refused by the rate limit so often without a pause: not clumsy but hostile. */
#define FLOOD_MAX 200
/* So many times as many commands as a page's come from a room, whose list of speakers opens with three hundred keys pressed at once. */
#define ROOM_RATE 16

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

static void leave_chamber(struct service *service, struct session *session, struct moment at)
{
	struct chamber *chamber = session->chamber;
	struct person *person = session_person(session);

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
	survey_left(service, chamber, session);
	presence_away(service, person, at);
}

/* The socket is no longer ours to write to. */
static void session_drop(struct service *service, struct session *session, struct moment at)
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
		session_person(session)->left = true;
	session_drop(service, session, at);
	if (chamber != NULL)
		chamber_pump(service, chamber, at);
}

/* --- commands --- */

/* Commands a second. The keys of a room are pressed by many people. */
static int64_t rate_of(const struct service *service, const struct session *session)
{
	const struct chamber *chamber = session->chamber;
	const bool room =
		chamber != NULL &&
		chamber->proceedings->meeting->participants[session->participant].role == ROLE_ROOM;
	return (int64_t)service->config.limits.command_rate * (room ? ROOM_RATE : 1);
}

/* One more command within the rate? */
static bool within_rate(struct service *service, struct session *session, rs_time now)
{
	const int64_t rate = rate_of(service, session);
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

/* Commands that make no event are done at once, and their reply is remembered here only. -EAGAIN: it comes later. */
static media_fn *media_handler(enum command_kind kind)
{
	static media_fn *const handlers[COMMAND_COUNT] = {
		[COMMAND_LISTEN] = peer_listen,
		[COMMAND_COLLECT_BALLOT] = ballots_collect,
		[COMMAND_WATCH] = peer_watch,
		[COMMAND_HEARS] = measure_hears,
		[COMMAND_CAPTIONS] = captions_wish,
		[COMMAND_SURVEY] = survey_wish,
		[COMMAND_OFFER] = peer_offer,
		[COMMAND_RESTART_ICE] = peer_restart_ice,
		[COMMAND_HANG_UP] = peer_hang_up,
	};
	return handlers[kind];
}

bool session_is_media(enum command_kind kind)
{
	return media_handler(kind) != NULL || kind == COMMAND_CAPTION_LIVE ||
	       kind == COMMAND_HISTORY || kind == COMMAND_TELL_LINE || kind == COMMAND_TELL_BOX ||
	       kind == COMMAND_LOOK_AT_BOX || errands_is_command(kind);
}

static void do_media(struct service *service, struct session *session,
	const struct wire_message *message, media_fn *handle)
{
	struct chamber *chamber = session->chamber;
	const struct meeting *meeting = chamber->proceedings->meeting;
	const char *badge = meeting->participants[session->participant].id;
	const enum verdict verdict = session_judge(session, message->command.kind);
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

/* What an interpreter hears is an event, since relay makes it part of what others hear. */
static bool is_source(const struct session *session, const struct wire_message *message)
{
	const struct proceedings *proceedings = session->chamber->proceedings;
	const struct interpretation *interpretation = proceedings->interpretation;
	const struct interpretation_desk *desk = interpretation_find(
		interpretation, proceedings->meeting->participants[session->participant].id);
	if (message->command.kind != COMMAND_LISTEN || desk == NULL)
		return false;
	return strcmp(message->command.channel, desk->source != INTERPRETATION_NONE
							? interpretation->channels[desk->source].id
							: "floor") != 0;
}

static void handle_command(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at)
{
	struct chamber *chamber = session->chamber;
	const struct participant *who =
		&chamber->proceedings->meeting->participants[session->participant];
	media_fn *media = media_handler(message->command.kind);
	if (message->command.seat[0] != '\0' && !permission_by_seat(message->command.kind)) {
		refuse_command(service, session, message->id, VERDICT_NOT_PERMITTED,
			wire_verdict_text(VERDICT_NOT_PERMITTED));
	} else if (message->command.kind == COMMAND_PLAN) {
		plan_ask(service, session, message, at);
	} else if (message->command.kind == COMMAND_HISTORY) {
		survey_history(service, session, message, at);
	} else if (message->command.kind == COMMAND_TELL_LINE) {
		technician_line(service, session, message, at);
	} else if (message->command.kind == COMMAND_TELL_BOX) {
		boxes_told(service, session, message, at);
	} else if (message->command.kind == COMMAND_LOOK_AT_BOX) {
		boxes_look(service, session, message, at);
	} else if (errands_is_command(message->command.kind)) {
		errands_command(service, session, message, at);
	} else if (message->command.kind == COMMAND_SAY) {
		chat_say(service, session, message, at);
	} else if (message->command.kind == COMMAND_CAPTION_LIVE) {
		captions_type(service, session, message, at);
	} else if (message->command.kind == COMMAND_REMOVE_MESSAGE &&
		   replies_find(chamber->replies, who->id, message->id) == NULL &&
		   !chat_has(chamber->chat, message->command.message)) {
		refuse_command(service, session, message->id, VERDICT_NO_SUCH_MESSAGE,
			wire_verdict_text(VERDICT_NO_SUCH_MESSAGE));
	} else if (media != NULL && !is_source(session, message)) {
		do_media(service, session, message, media);
	} else {
		struct job job = { .session = session->id, .command = message->command };
		job.command.role = who->role;
		if (is_source(session, message))
			job.command.kind = COMMAND_SELECT_SOURCE;
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
		session_hello(service, session, message, at);
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
