#include "signaling/service/answer/refusal.h"

#include "signaling/meeting/quorum.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/wire/message/reply.h"

#include <inttypes.h>
#include <stdio.h>

const char *refusal_text(const struct chamber *chamber, enum command_kind kind,
	enum verdict verdict, char text[SERVICE_ERROR_LEN])
{
	if (verdict != VERDICT_NO_QUORUM)
		return wire_verdict_text(verdict);
	struct quorum quorum;
	meeting_quorum(chamber->proceedings->meeting, &quorum);
	(void)snprintf(text, SERVICE_ERROR_LEN,
		"There is no quorum: %" PRIu32 " of %" PRIu32 " members are present, %" PRIu32
		" are needed.",
		quorum.present, quorum.authorised,
		kind == COMMAND_OPEN_MEETING ? quorum.to_open : quorum.to_decide);
	return text;
}
