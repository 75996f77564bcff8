#include "signaling/service/matters/chat.h"

#include "common/log/log.h"
#include "signaling/meeting/visibility.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>

/* Messages kept of one meeting, those on their way to the store, and those shown to a page that comes. */
#define CHAT_KEPT_MAX 500
#define CHAT_PENDING_MAX 64
#define CHAT_SHOWN_MAX 100
#define CHAT_FRAME_MAX ((size_t)1 << 20)
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS INT64_C(3600000)

/* On its way to the store. */
struct chat_pending {
	struct chat_message *message; /* NULL = free */
	uint64_t ticket;
	uint64_t session; /* to be answered */
};

struct chat {
	struct chat_message *kept[CHAT_KEPT_MAX]; /* oldest first */
	size_t n_kept;
	struct chat_pending pending[CHAT_PENDING_MAX];
	uint64_t last; /* number */
};

int chat_new(struct chat **out_chat)
{
	struct chat *chat = rs_zalloc(sizeof(*chat));
	if (chat == NULL)
		return -ENOMEM;
	*out_chat = chat;
	return 0;
}

struct chat *chat_free(struct chat *chat)
{
	if (chat == NULL)
		return NULL;
	for (size_t i = 0; i < chat->n_kept; i++)
		rs_release(chat->kept[i]);
	for (size_t i = 0; i < CHAT_PENDING_MAX; i++)
		rs_release(chat->pending[i].message);
	return rs_release(chat);
}

/* --- what is kept --- */

static void forget_at(struct chat *chat, size_t i)
{
	rs_release(chat->kept[i]);
	chat->n_kept--;
	memmove(&chat->kept[i], &chat->kept[i + 1],
		(chat->n_kept - i) * sizeof(struct chat_message *));
}

/* Takes `message`; the oldest makes way. */
static void keep(struct chat *chat, struct chat_message *message)
{
	if (chat->n_kept == CHAT_KEPT_MAX)
		forget_at(chat, 0);
	chat->kept[chat->n_kept++] = message;
	chat->last = message->number > chat->last ? message->number : chat->last;
}

static size_t find_kept(const struct chat *chat, uint64_t number)
{
	size_t i = 0;
	while (i < chat->n_kept && chat->kept[i]->number != number)
		i++;
	return i;
}

bool chat_has(const struct chat *chat, uint64_t number)
{
	return find_kept(chat, number) < chat->n_kept;
}

int chat_load(struct chat *chat, const struct store_message *stored)
{
	struct chat_message *message = rs_zalloc(sizeof(*message));
	if (message == NULL)
		return -ENOMEM;
	const int err = chat_message_parse(stored->text, stored->len, message);
	if (err < 0) {
		rs_release(message);
		return err;
	}
	keep(chat, message);
	return 0;
}

/* What is not there any more: asked of the store without an answer that would matter. */
static void strike(struct service *service, const struct chamber *chamber, uint64_t number,
	uint64_t keep_after)
{
	const struct store_message message = {
		.meeting = chamber->proceedings->meeting->id,
		.number = number,
		.keep_after = keep_after,
	};
	if (store_put_message(service->config.store, ++service->last_ticket, &message) < 0) {
		log_warning(LOG_STORE, message.meeting,
			"a removed message of the chat is in the store until the next one is removed");
	}
}

void chat_remove(struct service *service, struct chamber *chamber, uint64_t number)
{
	struct chat *chat = chamber->chat;
	const size_t i = find_kept(chat, number);
	if (i == chat->n_kept)
		return;
	forget_at(chat, i);
	strike(service, chamber, number, 0);
}

void chat_expire(struct service *service, struct chamber *chamber, struct moment at)
{
	struct chat *chat = chamber->chat;
	const int64_t keep_ms = chamber->proceedings->meeting->rules.chat.keep_h * HOUR_MS;
	uint64_t gone = 0;
	while (chat->n_kept > 0 && chat->kept[0]->wall_ms + keep_ms <= at.wall_ms) {
		gone = chat->kept[0]->number;
		forget_at(chat, 0);
	}
	if (gone > 0)
		strike(service, chamber, gone, gone);
	if (chat->n_kept > 0) {
		const int64_t left_ms = chat->kept[0]->wall_ms + keep_ms - at.wall_ms;
		service_due(service, at.now + RS_MS(left_ms));
	}
}

/* --- telling --- */

static void tell(
	struct service *service, const struct chamber *chamber, const struct chat_message *message)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	struct rs_buf text;
	rs_buf_init(&text, CHAT_FRAME_MAX);
	struct message *frame = chat_frame_write(&message, 1, &text) == 0
					? message_new(rs_buf_data(&text), rs_buf_len(&text))
					: NULL;
	for (const struct session *session = chamber->sessions; frame != NULL && session != NULL;
		session = session->next) {
		if (chat_reaches(message, chamber->proceedings,
			    &meeting->participants[session->participant]))
			out_push(service, SERVICE_SEND, session->id, 0, message_ref(frame));
	}
	message_unref(frame);
	rs_buf_done(&text);
}

void chat_show(struct service *service, const struct session *session)
{
	const struct chamber *chamber = session->chamber;
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *reader = &meeting->participants[session->participant];
	const struct chat_message *shown[CHAT_SHOWN_MAX];
	const int64_t hidden_ms = meeting_hidden_until(meeting, reader).wall_ms;
	size_t n = 0;
	/* The newest, then in order again. */
	for (size_t i = chamber->chat->n_kept; i > 0 && n < CHAT_SHOWN_MAX; i--) {
		if (chamber->chat->kept[i - 1]->wall_ms > hidden_ms &&
			chat_reaches(chamber->chat->kept[i - 1], chamber->proceedings, reader))
			shown[CHAT_SHOWN_MAX - ++n] = chamber->chat->kept[i - 1];
	}
	if (n == 0)
		return;
	struct rs_buf text;
	rs_buf_init(&text, CHAT_FRAME_MAX);
	const int err = chat_frame_write(&shown[CHAT_SHOWN_MAX - n], n, &text);
	out_text(service, SERVICE_SEND, session->id, 0, err, &text);
	rs_buf_done(&text);
}

/* --- saying --- */

static enum verdict judge_audience(const struct chamber *chamber, const struct participant *from,
	const struct command *command)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct rules_chat *rules = &meeting->rules.chat;
	const unsigned role = ROLE_BIT(from->role);
	switch (command->audience) {
	case CHAT_ALL:
		return (rules->to_all & role) != 0 ? VERDICT_OK : VERDICT_NOT_PERMITTED;
	case CHAT_DELEGATION:
		return (rules->to_delegation & role) != 0 && from->delegation[0] != '\0'
			       ? VERDICT_OK
			       : VERDICT_NOT_PERMITTED;
	case CHAT_SECRETARIAT:
		return (rules->to_secretariat & role) != 0 ? VERDICT_OK : VERDICT_NOT_PERMITTED;
	case CHAT_PARTICIPANT:
		if (from->role != ROLE_SECRETARIAT)
			return VERDICT_NOT_PERMITTED;
		return meeting_find(meeting, command->participant) != NULL
			       ? VERDICT_OK
			       : VERDICT_NO_SUCH_PARTICIPANT;
	case CHAT_BOOTH:
	case CHAT_BOOTHS:
		return from->role == ROLE_INTERPRETER ? VERDICT_OK : VERDICT_NOT_PERMITTED;
	case CHAT_AUDIENCE_COUNT:
		break;
	}
	return VERDICT_MALFORMED;
}

/* As many a minute as the profile says, all of them at once if one likes. */
static bool within_chat_rate(struct person *person, uint32_t per_minute, int64_t wall_ms)
{
	const int64_t full = per_minute * MINUTE_MS;
	const int64_t passed = wall_ms > person->chat_ms ? wall_ms - person->chat_ms : 0;
	const int64_t gained = passed < MINUTE_MS ? passed * per_minute : full;
	person->chat_bucket =
		person->chat_bucket + gained < full ? person->chat_bucket + gained : full;
	person->chat_ms = wall_ms;
	if (person->chat_bucket < MINUTE_MS)
		return false;
	person->chat_bucket -= MINUTE_MS;
	return true;
}

static enum verdict judge(struct chamber *chamber, const struct session *session,
	const struct wire_message *message, struct moment at)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *from = &meeting->participants[session->participant];
	const unsigned audience = message->command.audience;
	/* The secretariat goes on answering, and telling why the chat is closed; booths cannot work without theirs. */
	if (meeting->chat_closed && from->role != ROLE_SECRETARIAT &&
		audience != CHAT_SECRETARIAT && audience != CHAT_BOOTH && audience != CHAT_BOOTHS)
		return VERDICT_CHAT_CLOSED;
	const enum verdict verdict = judge_audience(chamber, from, &message->command);
	if (verdict != VERDICT_OK)
		return verdict;
	return within_chat_rate(&chamber->people[session->participant],
		       meeting->rules.chat.per_minute, at.wall_ms)
		       ? VERDICT_OK
		       : VERDICT_TOO_MANY;
}

static void answer(struct service *service, uint64_t session, const char *id, enum verdict verdict)
{
	if (session_find(service, session) == NULL)
		return;
	struct rs_buf text;
	rs_buf_init(&text, 4096);
	const int err = verdict == VERDICT_OK ? wire_reply_ok(id, 0, &text)
					      : wire_reply_refused(id, verdict,
							wire_verdict_text(verdict), &text);
	out_text(service, SERVICE_SEND, session, 0, err, &text);
	rs_buf_done(&text);
	service->counters.refused += verdict == VERDICT_OK ? 0 : 1;
}

/* Sent again after a lost line: said already, or about to be. */
static bool was_said(struct service *service, struct chat *chat, const struct session *session,
	const char *from, const char *id)
{
	for (size_t i = 0; i < chat->n_kept; i++) {
		if (strcmp(chat->kept[i]->id, id) == 0 && strcmp(chat->kept[i]->from, from) == 0) {
			answer(service, session->id, id, VERDICT_OK);
			return true;
		}
	}
	for (size_t i = 0; i < CHAT_PENDING_MAX; i++) {
		struct chat_pending *pending = &chat->pending[i];
		if (pending->message != NULL && strcmp(pending->message->id, id) == 0 &&
			strcmp(pending->message->from, from) == 0) {
			pending->session = session->id;
			return true;
		}
	}
	return false;
}

static struct chat_pending *free_pending(struct chat *chat)
{
	for (size_t i = 0; i < CHAT_PENDING_MAX; i++) {
		if (chat->pending[i].message == NULL)
			return &chat->pending[i];
	}
	return NULL;
}

static int hand_over(struct service *service, const struct chamber *chamber,
	const struct chat_message *message, uint64_t ticket)
{
	struct rs_buf text;
	rs_buf_init(&text, STORE_PAYLOAD_MAX);
	int err = chat_message_write(message, &text);
	const struct chat *chat = chamber->chat;
	const struct store_message stored = {
		.meeting = chamber->proceedings->meeting->id,
		.number = message->number,
		.text = (const char *)rs_buf_data(&text),
		.len = rs_buf_len(&text),
		/* What makes way here makes way there. */
		.keep_after = chat->n_kept == CHAT_KEPT_MAX ? chat->kept[0]->number : 0,
	};
	if (err == 0)
		err = store_put_message(service->config.store, ticket, &stored);
	rs_buf_done(&text);
	return err;
}

void chat_say(struct service *service, struct session *session, const struct wire_message *message,
	struct moment at)
{
	struct chamber *chamber = session->chamber;
	struct chat *chat = chamber->chat;
	const char *from = chamber->proceedings->meeting->participants[session->participant].id;
	if (was_said(service, chat, session, from, message->id))
		return;
	enum verdict verdict = judge(chamber, session, message, at);
	struct chat_pending *pending = verdict == VERDICT_OK ? free_pending(chat) : NULL;
	struct chat_message *said = pending != NULL ? rs_zalloc(sizeof(*said)) : NULL;
	if (verdict == VERDICT_OK && said == NULL)
		verdict = VERDICT_STORE_UNAVAILABLE;
	if (said == NULL) {
		answer(service, session->id, message->id, verdict);
		return;
	}
	/* Numbers are times, so that one is never used again after its message is gone. */
	chat->last = (uint64_t)at.wall_ms > chat->last ? (uint64_t)at.wall_ms : chat->last + 1;
	said->number = chat->last;
	said->wall_ms = at.wall_ms;
	said->audience = message->command.audience;
	(void)rs_set_text(said->from, from);
	(void)rs_set_text(said->id, message->id);
	(void)rs_set_text(said->to, message->command.participant);
	(void)rs_set_text(said->text, message->text);
	*pending = (struct chat_pending){
		.message = said, .ticket = ++service->last_ticket, .session = session->id
	};
	const int64_t keep_ms = chamber->proceedings->meeting->rules.chat.keep_h * HOUR_MS;
	service_due(service, at.now + RS_MS(keep_ms));
	if (hand_over(service, chamber, said, pending->ticket) == 0)
		return;
	pending->message = rs_release(said);
	answer(service, session->id, message->id, VERDICT_STORE_UNAVAILABLE);
}

/* A message whose writing has an unknown outcome is removed again: its sender is told it was not done. */
static void settle(struct service *service, struct chamber *chamber, struct chat_pending *pending,
	enum store_result result)
{
	struct chat_message *message = pending->message;
	pending->message = NULL;
	answer(service, pending->session, message->id,
		result == STORE_OK ? VERDICT_OK : VERDICT_STORE_UNAVAILABLE);
	if (result == STORE_OK) {
		keep(chamber->chat, message);
		tell(service, chamber, message);
		return;
	}
	if (result == STORE_UNKNOWN)
		strike(service, chamber, message->number, 0);
	rs_release(message);
}

bool chat_done(struct service *service, struct chamber *chamber, const struct store_done *done)
{
	for (size_t i = 0; i < CHAT_PENDING_MAX; i++) {
		struct chat_pending *pending = &chamber->chat->pending[i];
		if (pending->message == NULL || pending->ticket != done->ticket)
			continue;
		settle(service, chamber, pending, done->result);
		return true;
	}
	return false;
}
