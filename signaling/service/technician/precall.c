#include "signaling/service/technician/precall.h"

#include "signaling/service/answer/problem.h"
#include "signaling/service/media/echo.h"
#include "signaling/service/people/admission.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/json/problem.h"
#include "signaling/wire/message/reply.h"
#include "signaling/wire/technician/precall.h"

#include <errno.h>
#include <stdio.h>

#define KEY_BEGIN "precall/"

/* In every meeting of the conference in which there is such a badge. */
static void keep(struct service *service, const char *conference, const char *badge,
	const struct precall *precall)
{
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		struct person *person =
			chamber_is_of(chamber, conference) ? chamber_person(chamber, badge) : NULL;
		if (person == NULL)
			continue;
		person->precall = *precall;
		person->precall_news = true;
	}
}

/* ---- writing down ---- */

static int write_note(struct service *service, const struct precall_pending *pending)
{
	char key[STORE_KEY_MAX + 1];
	struct rs_buf text;
	rs_buf_init(&text, STORE_NOTE_MAX);
	(void)snprintf(key, sizeof(key), KEY_BEGIN "%s/%s", pending->conference, pending->badge);
	int err = precall_note_write(&pending->precall, &text);
	const struct store_note note = {
		.key = key, .text = (const char *)rs_buf_data(&text), .len = rs_buf_len(&text)
	};
	if (err == 0)
		err = store_put_note(service->config.store, pending->ticket, &note);
	rs_buf_done(&text);
	return err;
}

static struct precall_pending *find_pending(struct service *service, uint64_t ticket)
{
	for (size_t i = 0; i < PRECALL_PENDING_MAX; i++) {
		if (service->precalls[i].ticket == ticket)
			return &service->precalls[i];
	}
	return NULL;
}

static int refuse_store(struct service_refusal *refusal)
{
	refuse_request(
		refusal, 503, "store-unavailable", wire_verdict_text(VERDICT_STORE_UNAVAILABLE));
	return -EAGAIN;
}

int service_precall_put(struct service *service, const struct service_order *order,
	struct moment at, struct service_refusal *refusal)
{
	const struct chamber *chamber = chamber_find(service, order->meeting);
	const struct participant *who = NULL;
	struct precall precall;
	char why[PRECALL_ERROR_LEN];
	if (chamber == NULL || admission_judge(chamber, order->who, &who) == ADMISSION_NO_BADGE ||
		who == NULL) {
		refuse_request(
			refusal, 403, "not-a-badge", "This token is of no badge of this meeting.");
		return -EACCES;
	}
	if (precall_parse(order->json, order->len, &precall, why) < 0) {
		refuse_request(refusal, 400, "malformed", why);
		return -EBADMSG;
	}
	struct precall_pending *pending = find_pending(service, 0);
	if (pending == NULL)
		return refuse_store(refusal);
	precall.wall_ms = at.wall_ms;
	*pending = (struct precall_pending){
		.ticket = ++service->last_ticket, .request = order->request, .precall = precall
	};
	(void)rs_set_text(pending->conference, chamber->conference);
	(void)rs_set_text(pending->badge, who->id);
	echo_end(service, chamber, who->id, at);
	if (write_note(service, pending) == 0)
		return 0;
	pending->ticket = 0;
	return refuse_store(refusal);
}

bool precall_note_done(struct service *service, const struct store_done *done)
{
	struct precall_pending *pending = find_pending(service, done->ticket);
	struct rs_buf out;
	if (pending == NULL)
		return false;
	const bool written = done->result == STORE_OK;
	rs_buf_init(&out, PRECALL_TEXT_MAX);
	const uint16_t status = written ? 200 : 503;
	const int err = written ? precall_write_whole(pending->badge, &pending->precall, &out)
				: wire_problem_write(status, "store-unavailable",
					  wire_verdict_text(VERDICT_STORE_UNAVAILABLE), &out);
	if (written)
		keep(service, pending->conference, pending->badge, &pending->precall);
	out_text(service, SERVICE_ANSWER, pending->request, status, err, &out);
	rs_buf_done(&out);
	pending->ticket = 0;
	return true;
}

int precall_load(struct service *service, const struct store_note *note, char why[HOOK_ERROR_LEN])
{
	char conference[RS_NAME_MAX + 1];
	struct precall precall;
	if (strncmp(note->key, KEY_BEGIN, strlen(KEY_BEGIN)) != 0)
		return 0; /* somebody else's */
	const char *name = note->key + strlen(KEY_BEGIN);
	const char *slash = strchr(name, '/');
	if (slash == NULL ||
		!rs_copy_text(conference, sizeof(conference), name, (size_t)(slash - name))) {
		(void)rs_copy_string(why, HOOK_ERROR_LEN, "its key names no conference");
		return -EBADMSG;
	}
	char error[PRECALL_ERROR_LEN] = "";
	const int err = precall_parse(note->text, note->len, &precall, error);
	if (err < 0)
		(void)rs_copy_text(
			why, HOOK_ERROR_LEN, error, rs_utf8_cut(error, HOOK_ERROR_LEN - 1));
	else
		keep(service, conference, slash + 1, &precall);
	return err;
}

/* ---- telling ---- */

void precall_told(struct chamber *chamber)
{
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++)
		chamber->people[i].precall_news = false;
}

int precall_write_news(const struct chamber *chamber, bool whole, struct rs_buf *out)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const char *before = ",\"tests\":{";
	int err = 0;
	for (size_t i = 0; i < meeting->n_participants && err == 0; i++) {
		const struct person *person = &chamber->people[i];
		if (person->precall.wall_ms == 0 || (!whole && !person->precall_news))
			continue;
		err = rs_buf_printf(out, "%s\"%s\":", before, meeting->participants[i].id);
		if (err == 0)
			err = precall_write_brief(&person->precall, out);
		before = ",";
	}
	return err < 0 || before[1] != '\0' ? err : rs_buf_append(out, "}", 1);
}

int service_precalls(const struct service *service, const char *meeting, struct rs_buf *out)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	const char *comma = "";
	if (chamber == NULL)
		return -ENOENT;
	const struct meeting *of = chamber->proceedings->meeting;
	int err = rs_buf_printf(out, "{\"tests\":[");
	for (size_t i = 0; i < of->n_participants && err == 0; i++) {
		if (chamber->people[i].precall.wall_ms == 0)
			continue;
		err = rs_buf_printf(out, "%s", comma);
		if (err == 0)
			err = precall_write_whole(
				of->participants[i].id, &chamber->people[i].precall, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "]}", 2);
}
