#include "signaling/service/people/admission.h"

#include "signaling/meeting/visibility.h"
#include "signaling/service/answer/problem.h"
#include "signaling/service/service.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>

static const char *why(enum visibility visibility)
{
	static const char *const texts[VISIBILITY_COUNT] = {
		[VISIBILITY_PUBLIC] = "",
		[VISIBILITY_PRIVATE] =
			"The meeting sits in private now. This page comes back by itself when it is public again.",
		[VISIBILITY_CLOSED_MEMBERS] =
			"The meeting is closed to all but members now. This page comes back by itself when it is open again.",
	};
	return texts[visibility];
}

enum admission admission_judge(const struct chamber *chamber, const struct claims *who,
	const struct participant **out_participant)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *participant = meeting_find(meeting, who->badge);
	*out_participant = NULL;
	if (who->role == ROLE_ADMIN)
		return ADMISSION_GRANTED;
	if (participant == NULL || participant->role != who->role)
		return ADMISSION_NO_BADGE;
	*out_participant = participant;
	return meeting_admits(meeting, participant) ? ADMISSION_GRANTED : ADMISSION_NOT_NOW;
}

bool admission_allows(const struct chamber *chamber, const char *badge)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *participant = meeting_find(meeting, badge);
	return participant == NULL || meeting_admits(meeting, participant);
}

void admission_refuse(struct service *service, struct session *session, enum visibility visibility,
	struct moment at)
{
	session_refuse(service, session, CLOSE_NOT_ADMITTED, visibility_name(visibility),
		why(visibility), at);
}

bool admission_may_have(
	const struct chamber *chamber, const struct claims *who, enum visibility visibility)
{
	const struct participant *participant;
	(void)admission_judge(chamber, who, &participant); /* not as it sits now */
	return who->role == ROLE_ADMIN ||
	       (participant != NULL &&
		       meeting_would_admit(chamber->proceedings->meeting, visibility, participant));
}

int service_admit(const struct service *service, const struct claims *who, const char *meeting,
	struct service_refusal *refusal)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	const struct participant *participant;
	if (chamber == NULL)
		return 0;
	switch (admission_judge(chamber, who, &participant)) {
	case ADMISSION_GRANTED:
		return 0;
	case ADMISSION_NO_BADGE:
		refuse_request(refusal, 403, "not-a-badge",
			"This badge is not accredited to the meeting.");
		return -EACCES;
	case ADMISSION_NOT_NOW:
		refuse_request(
			refusal, 403, "not-admitted", wire_verdict_text(VERDICT_NOT_ADMITTED));
		return -EACCES;
	}
	return -EACCES;
}

uint64_t admission_hidden_until(const struct chamber *chamber, const struct claims *who)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *participant =
		who->role != ROLE_ADMIN ? meeting_find(meeting, who->badge) : NULL;
	return participant != NULL ? meeting_hidden_until(meeting, participant).event : 0;
}
