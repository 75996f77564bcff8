#include "signaling/service/matters/plan.h"

#include "signaling/service/answer/problem.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/beside/plan.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>

/* Between two tellings at least; and so often it is looked at while nothing happens but time. */
#define PLAN_LEAST RS_SEC(1)
#define PLAN_IDLE RS_SEC(10)
/* A turn that moved less is no news to whoever waits for it. */
#define TURN_NEWS_MS 30000

void plan_changed(struct service *service, struct chamber *chamber, struct moment at)
{
	const rs_time due = rs_time_max(at.now, chamber->plan.told_at + PLAN_LEAST);
	chamber->plan.due = rs_time_min(chamber->plan.due, due);
	service_due(service, chamber->plan.due);
}

void plan_joined(
	struct service *service, struct chamber *chamber, size_t participant, struct moment at)
{
	chamber->people[participant].turn = (struct turn_told){ .entry = 0 };
	chamber->plan.told = message_unref(chamber->plan.told);
	plan_changed(service, chamber, at);
}

/* {"type": "measured", "patch": {name: value}}; `value` NULL = null. */
static struct message *measured(const char *name, const struct rs_buf *value)
{
	struct rs_buf patch;
	struct rs_buf text;
	struct message *message = NULL;
	rs_buf_init(&patch, VIEW_MAX);
	rs_buf_init(&text, VIEW_MAX);
	if (rs_buf_printf(&patch, "{\"%s\":%.*s}", name, value != NULL ? (int)rs_buf_len(value) : 4,
		    value != NULL ? (const char *)rs_buf_data(value) : "null") == 0 &&
		rs_buf_append(&patch, "", 1) == 0 &&
		wire_measured_write((const char *)rs_buf_data(&patch), &text) == 0)
		message = message_new(rs_buf_data(&text), rs_buf_len(&text));
	rs_buf_done(&patch);
	rs_buf_done(&text);
	return message;
}

static bool same(struct message *a, struct message *b)
{
	return a != NULL && b != NULL && a->len == b->len &&
	       memcmp(message_text(a), message_text(b), a->len) == 0;
}

static void tell_presiding(struct service *service, struct chamber *chamber)
{
	struct rs_buf text;
	rs_buf_init(&text, VIEW_MAX);
	struct message *message = NULL;
	if (plan_write(service->plan, &text) == 0)
		message = measured("plan", &text);
	rs_buf_done(&text);
	if (message == NULL || same(message, chamber->plan.told)) {
		message_unref(message);
		return;
	}
	for (struct session *session = chamber->sessions; session != NULL;
		session = session->next) {
		if (session_presides(session))
			out_push(service, SERVICE_SEND, session->id, 0, message_ref(message));
	}
	message_unref(chamber->plan.told);
	chamber->plan.told = message;
}

static bool is_news(const struct turn_told *told, const struct turn_told *now)
{
	const int64_t moved = told->start_ms - now->start_ms;
	return told->entry != now->entry || told->fit != now->fit || moved >= TURN_NEWS_MS ||
	       moved <= -TURN_NEWS_MS;
}

/* One's own turn, as far as it is news; without one any more, that. */
static void tell_turn(struct service *service, struct person *person, const struct session *session)
{
	const struct plan *plan = service->plan;
	const size_t i = person->turn_at;
	struct turn_told now = { .entry = 0 };
	struct rs_buf text;
	if (i < plan->n)
		now = (struct turn_told){ .entry = plan->turns[i].entry,
			.start_ms = plan->turns[i].start_ms,
			.fit = plan_fit(plan, &plan->turns[i]) };
	if (session_presides(session) || !is_news(&person->turn, &now))
		return;
	rs_buf_init(&text, 512);
	const int err = now.entry != 0 ? plan_turn_write(plan, i, &text) : 0;
	struct message *message = err == 0 ? measured("turn", now.entry != 0 ? &text : NULL) : NULL;
	rs_buf_done(&text);
	if (message == NULL)
		return;
	person->turn = now;
	out_push(service, SERVICE_SEND, session->id, 0, message);
}

/* Everybody's first turn; beyond the end = none. */
static void find_turns(const struct service *service, struct chamber *chamber)
{
	const struct plan *plan = service->plan;
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++)
		chamber->people[i].turn_at = plan->n;
	for (size_t i = plan->n; i > 0; i--) {
		struct person *person = chamber_person(chamber, plan->participants[i - 1]);
		if (person != NULL)
			person->turn_at = i - 1;
	}
}

static void tell(struct service *service, struct chamber *chamber, struct moment at)
{
	const struct plan_question as_it_is = { .pause_s = 0 };
	proceedings_plan(chamber->proceedings, at.wall_ms, &as_it_is, service->plan);
	find_turns(service, chamber);
	tell_presiding(service, chamber);
	for (struct session *session = chamber->sessions; session != NULL; session = session->next)
		tell_turn(service, &chamber->people[session->participant], session);
}

void plan_tick(struct service *service, struct chamber *chamber, struct moment at)
{
	if (at.now >= chamber->plan.due) {
		const bool idle = chamber->proceedings->meeting->phase != MEETING_IN_SESSION ||
				  chamber->sessions == NULL;
		chamber->plan.told_at = at.now;
		chamber->plan.due = idle ? RS_TIME_NEVER : at.now + PLAN_IDLE;
		if (chamber->sessions != NULL)
			tell(service, chamber, at);
	}
	service_due(service, chamber->plan.due);
}

static enum verdict judge(const struct proceedings *proceedings, enum role role)
{
	return permission_judge(
		COMMAND_PLAN, role, stage_of(proceedings), &proceedings->meeting->rules);
}

int service_plan(struct service *service, const struct claims *who, const char *meeting,
	const struct plan_question *question, struct moment at, struct rs_buf *out,
	struct service_refusal *refusal)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	if (chamber == NULL) {
		refuse_request(refusal, 404, "no-such-meeting", "There is no such meeting.");
		return -ENOENT;
	}
	const enum verdict verdict = judge(chamber->proceedings, who->role);
	if (verdict != VERDICT_OK) {
		service->counters.refused++;
		refuse_request(refusal, http_status(verdict), verdict_reason(verdict),
			wire_verdict_text(verdict));
		return -EACCES;
	}
	proceedings_plan(chamber->proceedings, at.wall_ms, question, service->plan);
	const int err = plan_write(service->plan, out);
	if (err < 0)
		refuse_request(refusal, 503, "out-of-memory", "The server is out of memory.");
	return err;
}

void plan_ask(struct service *service, const struct session *session,
	const struct wire_message *message, struct moment at)
{
	const struct proceedings *proceedings = session->chamber->proceedings;
	const struct meeting *meeting = proceedings->meeting;
	const enum verdict verdict =
		judge(proceedings, meeting->participants[session->participant].role);
	struct rs_buf out;
	int err;
	rs_buf_init(&out, VIEW_MAX);
	if (verdict == VERDICT_OK) {
		proceedings_plan(proceedings, at.wall_ms, &message->plan, service->plan);
		err = wire_reply_plan(message->id, service->plan, &out);
	} else {
		service->counters.refused++;
		err = wire_reply_refused(message->id, verdict, wire_verdict_text(verdict), &out);
	}
	out_text(service, SERVICE_SEND, session->id, 0, err, &out);
	rs_buf_done(&out);
}
