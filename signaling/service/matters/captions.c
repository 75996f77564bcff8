/* Captions beside the log: what is being typed, and who reads it. A finished line is an event like any other. */
#include "signaling/service/matters/captions.h"

#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"
#include "signaling/wire/view/captions.h"

#include <errno.h>

/* What is typed goes to the pages that show it, so often at most: two thousand of them bear it, and a reader sees words come. */
#define LIVE_EVERY RS_MS(400)
/* Nobody types on: what stands there was given up. */
#define LIVE_STALE RS_SEC(30)

static size_t channel_of(const struct chamber *chamber, const char *language)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct meeting_channel *channel = meeting_find_channel(meeting, language);
	return channel != NULL ? (size_t)(channel - meeting->channels) : meeting->n_channels;
}

int captions_live_new(struct chamber *chamber)
{
	const size_t n = chamber->proceedings->meeting->n_channels;
	chamber->live = rs_calloc(n, sizeof(*chamber->live));
	return chamber->live == NULL && n > 0 ? -ENOMEM : 0;
}

static void tell(struct service *service, struct chamber *chamber, size_t channel, rs_time now)
{
	struct live_caption *live = &chamber->live[channel];
	struct rs_buf text;
	rs_buf_init(&text, 8 * EVENT_CAPTION_MAX);
	const int err = captions_live_write(
		chamber->proceedings->meeting->channels[channel].id, live->text, &text);
	struct message *message =
		err == 0 ? message_new(rs_buf_data(&text), rs_buf_len(&text)) : NULL;
	for (struct session *session = chamber->sessions; message != NULL && session != NULL;
		session = session->next) {
		if (session->captions == channel + 1)
			out_push(service, SERVICE_SEND, session->id, 0, message_ref(message));
	}
	message_unref(message);
	rs_buf_done(&text);
	live->told_at = now;
	live->is_news = false;
}

static void set_live(struct live_caption *live, const char *text, struct moment at)
{
	if (live->text[0] == '\0')
		live->since_ms = at.wall_ms;
	(void)rs_set_text(live->text, text);
	live->typed_at = at.now;
	live->is_news = true;
}

void captions_tick(struct service *service, struct chamber *chamber, struct moment at)
{
	for (size_t i = 0; i < chamber->proceedings->meeting->n_channels; i++) {
		struct live_caption *live = &chamber->live[i];
		if (live->text[0] != '\0' && at.now - live->typed_at >= LIVE_STALE)
			set_live(live, "", at);
		if (live->is_news && at.now - live->told_at >= LIVE_EVERY)
			tell(service, chamber, i, at.now);
		if (live->is_news)
			service_due(service, live->told_at + LIVE_EVERY);
		else if (live->text[0] != '\0')
			service_due(service, live->typed_at + LIVE_STALE);
	}
}

static enum verdict judge(const struct session *session, const struct command *command)
{
	const struct proceedings *proceedings = session->chamber->proceedings;
	const struct participant *who = &proceedings->meeting->participants[session->participant];
	const enum verdict verdict = session_judge(session, COMMAND_CAPTION_LIVE);
	return verdict != VERDICT_OK
		       ? verdict
		       : captions_may(proceedings->captions, who->id, command->language);
}

static void answer(struct service *service, const struct session *session, const char *id,
	enum verdict verdict)
{
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	const int err = verdict == VERDICT_OK
				? wire_reply_ok(id, 0, &out)
				: wire_reply_refused(id, verdict, wire_verdict_text(verdict), &out);
	out_text(service, SERVICE_SEND, session->id, 0, err, &out);
	rs_buf_done(&out);
	if (verdict != VERDICT_OK)
		service->counters.refused++;
}

void captions_type(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at)
{
	struct chamber *chamber = session->chamber;
	const enum verdict verdict = judge(session, &message->command);
	if (verdict == VERDICT_OK) {
		struct live_caption *live =
			&chamber->live[channel_of(chamber, message->command.language)];
		set_live(live, message->command.text, at);
		live->by = session->participant;
		captions_tick(service, chamber, at);
	}
	answer(service, session, message->id, verdict);
}

void captions_wish(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err)
{
	const struct chamber *chamber = session->chamber;
	const char *language = message->command.language;
	const size_t channel = channel_of(chamber, language);
	(void)service;
	if (language[0] != '\0' && channel == chamber->proceedings->meeting->n_channels) {
		*err = wire_reply_refused(message->id, VERDICT_NO_SUCH_CHANNEL,
			wire_verdict_text(VERDICT_NO_SUCH_CHANNEL), out);
		return;
	}
	session->captions = language[0] != '\0' ? channel + 1 : 0;
	*err = wire_reply_ok(message->id, 0, out);
}

void captions_prepare(const struct chamber *chamber, struct command *command)
{
	if (command->kind != COMMAND_CAPTION || command->line != 0)
		return;
	const struct meeting *meeting = chamber->proceedings->meeting;
	const size_t channel = channel_of(chamber, command->language);
	const struct live_caption *live =
		channel < meeting->n_channels ? &chamber->live[channel] : NULL;
	if (live != NULL && live->text[0] != '\0' &&
		strcmp(meeting->participants[live->by].id, command->by) == 0)
		command->from_ms = live->since_ms;
}

void captions_follow(struct chamber *chamber, const struct event *event)
{
	const struct proceedings *proceedings = chamber->proceedings;
	if (event->kind == EVENT_FLOOR_GIVEN || event->kind == EVENT_FLOOR_TAKEN ||
		event->kind == EVENT_FLOOR_LANGUAGE_SET)
		speech_init(&chamber->speech);
	if (event->kind != EVENT_CAPTION)
		return;
	const size_t channel = channel_of(chamber, event->language);
	struct live_caption *live = &chamber->live[channel];
	/* What was typed is this line; the pages know that by the event itself. */
	if (strcmp(proceedings->meeting->participants[live->by].id, event->by) == 0) {
		live->text[0] = '\0';
		live->is_news = false;
	}
	if (event->caption_line <= live->counted)
		return; /* a correction says nothing of the pace */
	live->counted = event->caption_line;
	if (strcmp(event->language, proceedings->interpretation->language) == 0)
		speech_add(
			&chamber->speech, speech_words(event->text), event->from_ms, event->to_ms);
}

uint32_t captions_pace(const struct chamber *chamber, const struct person *person, int64_t wall_ms)
{
	const struct proceedings *proceedings = chamber->proceedings;
	const char *voice = proceedings_voice(proceedings, proceedings->floor->now.holder);
	const bool speaks = voice != NULL && chamber_person(chamber, voice) == person;
	return speaks ? speech_rate(&chamber->speech, wall_ms) : 0;
}
