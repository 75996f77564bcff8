#include "signaling/service/answer/order.h"

#include "signaling/service/answer/problem.h"
#include "signaling/service/service.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/json/problem.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <inttypes.h>

/* The job's rank among commands of someone without a WebSocket. */
static void set_bearer(struct job *job, const struct claims *who)
{
	const bool admin = who->role == ROLE_ADMIN;
	job->command.role = who->role;
	(void)rs_set_text(job->command.by, admin ? "admin" : who->badge);
	(void)rs_set_text(job->badge, job->command.by);
}

int order_submit(struct service *service, struct chamber *chamber, const struct claims *who,
	struct job *job, struct moment at, struct service_refusal *refusal)
{
	if (session_is_media(job->command.kind)) {
		refuse_request(refusal, 404, "no-such-command",
			"This command is for pages: it concerns their own media.");
		return -EOPNOTSUPP;
	}
	if (job->command.seat[0] == '\0' &&
		permission_of(job->command.kind, who->role) == PERMISSION_NONE) {
		refuse_request(
			refusal, 403, "not-permitted", wire_verdict_text(VERDICT_NOT_PERMITTED));
		return -EACCES;
	}
	set_bearer(job, who);
	if (chamber_submit(service, chamber, job) < 0) {
		refuse_request(refusal, 429, "too-many", wire_verdict_text(VERDICT_TOO_MANY));
		return -E2BIG;
	}
	chamber_pump(service, chamber, at);
	return 0;
}

int service_order(struct service *service, const struct service_order *order, struct moment at,
	struct service_refusal *refusal)
{
	struct chamber *chamber = chamber_find(service, order->meeting);
	struct wire_message message;
	char error[WIRE_ERROR_LEN];
	struct job job = { .request = order->request };
	int err = -ENOENT;
	if (chamber == NULL) {
		refuse_request(refusal, 404, "no-such-meeting", "There is no such meeting.");
		return -ENOENT;
	}
	if (wire_command_parse_name(order->name, &job.command.kind) < 0) {
		refuse_request(refusal, 404, "no-such-command", "There is no such command.");
		return -ENOENT;
	}
	const enum wire_result result =
		wire_order_parse(job.command.kind, order->json, order->len, &message, error);
	if (result == WIRE_OK) {
		job.command = message.command;
		(void)rs_set_text(job.id, message.id);
		err = order_submit(service, chamber, order->who, &job, at, refusal);
	} else {
		refuse_request(refusal, 400, "malformed", error);
		err = -EBADMSG;
	}
	wire_message_done(&message);
	return err;
}

void order_answer(struct service *service, uint64_t request, enum verdict verdict, uint64_t event,
	const char *why)
{
	struct rs_buf text;
	rs_buf_init(&text, 4096);
	const int err = verdict == VERDICT_OK
				? rs_buf_printf(&text, "{\"event\":%" PRIu64 "}", event)
				: wire_problem_write(http_status(verdict), verdict_reason(verdict),
					  why, &text);
	out_text(service, SERVICE_ANSWER, request, http_status(verdict), err, &text);
	rs_buf_done(&text);
}

void order_answer_again(struct service *service, uint64_t request, struct message *reply)
{
	uint64_t event = 0;
	const enum verdict verdict =
		wire_reply_read((const char *)message_text(reply), reply->len, &event);
	order_answer(service, request, verdict, event, wire_verdict_text(verdict));
}
