#include "signaling/service/technician/boxes.h"

#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/service/technician/survey.h"
#include "signaling/wire/message/box.h"
#include "signaling/wire/message/reply.h"

/* More often than this a box is not listened to. */
#define TOLD_EVERY RS_MS(500)
#define WISH_MAX ((size_t)256)
#define REPLY_MAX ((size_t)4096)
/* Octets of lists that were not said and are handed on empty. */
#define EMPTY_LISTS 128

void boxes_init(struct box_said *said)
{
	*said = (struct box_said){ .text = NULL };
	box_init(&said->box);
}

void boxes_done(struct box_said *said)
{
	rs_release(said->text);
	boxes_init(said);
}

void boxes_second(struct box_said *said, rs_time now)
{
	if (said->text == NULL || now - said->at <= RS_SEC(BOX_FRESH_S))
		return;
	said->text = rs_release(said->text);
	box_forget(&said->box);
	said->is_news = true;
}

int boxes_put(const struct box_said *said, const char *comma, bool whole, struct rs_buf *out)
{
	if (whole ? said->text == NULL : !said->is_news)
		return 0;
	return rs_buf_printf(out, "%s\"box\":%s", comma, said->text != NULL ? said->text : "null");
}

/* ---- how often ---- */

static bool is_looked_at(const struct chamber *chamber, size_t participant)
{
	const struct session *session = chamber->sessions;
	while (session != NULL && (!session->looks || session->looks_at != participant))
		session = session->next;
	return session != NULL;
}

static void wish(struct service *service, const struct chamber *chamber, size_t participant,
	unsigned every_ms)
{
	struct rs_buf text;
	rs_buf_init(&text, WISH_MAX);
	for (const struct session *session = chamber->sessions; session != NULL;
		session = session->next) {
		if (session->participant != participant)
			continue;
		const int err = box_write_wish(every_ms, &text);
		out_text(service, SERVICE_SEND, session->id, 0, err, &text);
		rs_buf_consume(&text, rs_buf_len(&text));
	}
	rs_buf_done(&text);
}

/* Whoever looked may have gone without a word: it is seen when the box speaks next. */
static void adjust(struct service *service, const struct chamber *chamber, size_t participant)
{
	struct box_said *said = &chamber->people[participant].box;
	const unsigned every =
		is_looked_at(chamber, participant) ? BOX_EVERY_LOOKED_MS : BOX_EVERY_MS;
	if (said->every_ms == every || (said->every_ms == 0 && every == BOX_EVERY_MS))
		return;
	said->every_ms = every;
	wish(service, chamber, participant, every);
}

void boxes_joined(struct service *service, const struct session *session)
{
	const struct chamber *chamber = session->chamber;
	const struct participant *who =
		&chamber->proceedings->meeting->participants[session->participant];
	if (who->role != ROLE_ROOM)
		return;
	chamber->people[session->participant].box.every_ms = 0;
	adjust(service, chamber, session->participant);
}

/* ---- commands ---- */

static void reply(struct service *service, const struct session *session, const char *id,
	enum verdict verdict)
{
	struct rs_buf out;
	rs_buf_init(&out, REPLY_MAX);
	const int err = verdict == VERDICT_OK
				? wire_reply_ok(id, 0, &out)
				: wire_reply_refused(id, verdict, wire_verdict_text(verdict), &out);
	out_text(service, SERVICE_SEND, session->id, 0, err, &out);
	rs_buf_done(&out);
	service->counters.refused += verdict != VERDICT_OK;
}

static enum verdict keep(
	struct box_said *said, const struct wire_message *message, struct moment at)
{
	struct rs_buf text;
	char *copy = NULL;
	rs_buf_init(&text, WIRE_BOX_MAX + EMPTY_LISTS);
	if (box_write(message, &text) == 0 && rs_buf_append(&text, "", 1) == 0)
		copy = rs_memdup(rs_buf_data(&text), rs_buf_len(&text));
	rs_buf_done(&text);
	if (copy == NULL)
		return VERDICT_TOO_MANY;
	rs_release(said->text);
	said->text = copy;
	said->at = at.now;
	said->is_news = true;
	box_take(&said->box, &message->box, at.wall_ms);
	return VERDICT_OK;
}

void boxes_told(struct service *service, const struct session *session,
	const struct wire_message *message, struct moment at)
{
	struct box_said *said = &session_person(session)->box;
	enum verdict verdict = session_judge(session, message->command.kind);
	if (verdict == VERDICT_OK && said->text != NULL && at.now - said->at < TOLD_EVERY)
		verdict = VERDICT_TOO_MANY;
	if (verdict == VERDICT_OK)
		verdict = keep(said, message, at);
	reply(service, session, message->id, verdict);
	if (verdict != VERDICT_OK)
		return;
	adjust(service, session->chamber, session->participant);
	/* At once, so that what is looked at lives. */
	if (said->every_ms == BOX_EVERY_LOOKED_MS)
		survey_tell(service, session->chamber);
}

void boxes_look(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at)
{
	(void)at; /* it does not matter when */
	struct chamber *chamber = session->chamber;
	const char *badge = message->command.participant;
	const struct person *person = badge[0] != '\0' ? chamber_person(chamber, badge) : NULL;
	const size_t whom = person != NULL ? (size_t)(person - chamber->people) : 0;
	const bool looked = session->looks;
	const size_t before = session->looks_at;
	enum verdict verdict = session_judge(session, message->command.kind);
	if (verdict == VERDICT_OK && badge[0] != '\0' &&
		(person == NULL ||
			chamber->proceedings->meeting->participants[whom].role != ROLE_ROOM))
		verdict = VERDICT_NO_SUCH_PARTICIPANT;
	reply(service, session, message->id, verdict);
	if (verdict != VERDICT_OK)
		return;
	session->looks = person != NULL;
	session->looks_at = whom;
	if (looked)
		adjust(service, chamber, before);
	if (session->looks)
		adjust(service, chamber, whom);
}
