#include "signaling/service/answer/problem.h"

#include "signaling/service/service.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/json/problem.h"
#include "signaling/wire/message/reply.h"

void refuse_request(
	struct service_refusal *refusal, uint16_t status, const char *reason, const char *text)
{
	refusal->status = status;
	(void)rs_set_text(refusal->reason, reason);
	(void)rs_set_text(refusal->text, text);
}

int refuse_with(struct service_refusal *refusal, uint16_t status, const char *reason,
	const char *text, int err)
{
	refuse_request(refusal, status, reason, text);
	return err;
}

uint16_t http_status(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_OK:
		return 200;
	case VERDICT_NOT_PERMITTED:
	case VERDICT_NOT_ADMITTED:
	case VERDICT_CHANNEL_NOT_YOURS:
	case VERDICT_NOT_ENTITLED:
		return 403;
	case VERDICT_NO_SUCH_ENTRY:
	case VERDICT_NO_SUCH_PARTICIPANT:
	case VERDICT_NO_SUCH_ITEM:
	case VERDICT_NO_SUCH_CHANNEL:
	case VERDICT_NO_SUCH_BOOTH:
	case VERDICT_NO_SUCH_CALL:
	case VERDICT_NO_SUCH_LINE:
	case VERDICT_NO_SUCH_SEAT:
	case VERDICT_NO_SUCH_DECISION:
	case VERDICT_NO_SUCH_MOTION:
	case VERDICT_NO_SUCH_MAJORITY:
	case VERDICT_NO_SUCH_MESSAGE:
	case VERDICT_NO_SUCH_DOCUMENT:
	case VERDICT_NO_SUCH_REQUEST:
		return 404;
	case VERDICT_NOT_PUBLIC:
	case VERDICT_NOT_IN_SESSION:
	case VERDICT_NO_QUORUM:
	case VERDICT_IN_THE_PAST:
	case VERDICT_ALREADY_ON_LIST:
	case VERDICT_NOT_ON_LIST:
	case VERDICT_LIST_CLOSED:
	case VERDICT_LIST_NOT_EXHAUSTED:
	case VERDICT_NO_SWAP:
	case VERDICT_NO_LOTS:
	case VERDICT_NO_TIME_LEFT:
	case VERDICT_OTHER_DELEGATION:
	case VERDICT_NO_MORE_REPLIES:
	case VERDICT_POINT_PENDING:
	case VERDICT_NO_RULING:
	case VERDICT_DECIDED_BY_VOTE:
	case VERDICT_MOTION_RAISED:
	case VERDICT_MOTION_PENDING:
	case VERDICT_NO_MORE_SPEAKERS:
	case VERDICT_SPEAKERS_WAITING:
	case VERDICT_DEBATE_ADJOURNED:
	case VERDICT_DEBATE_CLOSED:
	case VERDICT_SPONSOR:
	case VERDICT_EXPLAINED:
	case VERDICT_VOTING_IN_PROGRESS:
	case VERDICT_VOTING_NOT_OPEN:
	case VERDICT_DECISION_PENDING:
	case VERDICT_OBJECTED:
	case VERDICT_NO_TOTALS:
	case VERDICT_MORE_THAN_ENTITLED:
	case VERDICT_NOT_YOUR_TURN:
	case VERDICT_NOT_ALL_CALLED:
	case VERDICT_ALL_CALLED:
	case VERDICT_LOCK_NOT_ANNOUNCED:
	case VERDICT_LOCK_NOT_DUE:
	case VERDICT_RESULT_STANDS:
	case VERDICT_NOT_PROCLAIMED:
	case VERDICT_NOT_LOCKED:
	case VERDICT_LOT_LOST:
	case VERDICT_NOT_CONNECTED:
	case VERDICT_AWAY_FROM_SEAT:
	case VERDICT_NOBODY_HAS_THE_FLOOR:
	case VERDICT_CHANNEL_BUSY:
	case VERDICT_PARTNER_LIVE:
	case VERDICT_RELAY_CYCLE:
	case VERDICT_NOT_LIVE:
	case VERDICT_LIVE_ELSEWHERE:
	case VERDICT_NO_SOUND:
	case VERDICT_NO_HANDOVER:
	case VERDICT_HANDOVER_PENDING:
	case VERDICT_CHAT_CLOSED:
	case VERDICT_DOCUMENTS_FULL:
	case VERDICT_MEETING_SITS:
	case VERDICT_MICROPHONE_OPEN:
	case VERDICT_ALREADY_SO:
		return 409;
	case VERDICT_BAD_OFFER:
	case VERDICT_MALFORMED:
		return 400;
	case VERDICT_TOO_MANY:
		return 429;
	case VERDICT_NO_BALLOTS:
	case VERDICT_NO_MEDIA_SERVER:
	case VERDICT_STORE_UNAVAILABLE:
	case VERDICT_COUNT:
		return 503;
	}
	return 503;
}

bool service_reason(size_t i, struct service_refusal *out_reason)
{
	const enum verdict verdict = (enum verdict)(i + 1);
	if (i + 1 >= VERDICT_COUNT)
		return false;
	refuse_request(out_reason, http_status(verdict), verdict_reason(verdict),
		wire_verdict_text(verdict));
	return true;
}

void answer_problem(struct service *service, uint64_t request, uint16_t status, const char *reason,
	const char *text)
{
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	const int err = wire_problem_write(status, reason, text, &out);
	out_text(service, SERVICE_ANSWER, request, status, err, &out);
	rs_buf_done(&out);
}
