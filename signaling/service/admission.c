/* Who may be here as the meeting sits now: those who may not any more leave at once, told why, and their media with them. */
#include "signaling/meeting/visibility.h"
#include "signaling/service/service_priv.h"
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

static bool must_go(const struct peer *peer, const void *ctx)
{
	const struct chamber *chamber = ctx;
	return peer->chamber == chamber && !admission_allows(chamber, peer->owner);
}

void admission_changed(struct service *service, struct chamber *chamber, struct moment at)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	struct session *session = chamber->sessions;
	while (session != NULL) {
		struct session *next = session->next;
		if (!meeting_admits(meeting, &meeting->participants[session->participant])) {
			chamber->people[session->participant].left = true;
			admission_refuse(service, session, meeting->visibility, at);
		}
		session = next;
	}
	struct peer *peer;
	while ((peer = peer_first(service, must_go, chamber)) != NULL) {
		if (peer->person != NULL)
			peer->person->left = true;
		peer_remove(service, peer);
	}
	streams_changed(service, chamber);
	/* What is written of the private part is not given to who comes after it. */
	snapshot_done(&chamber->snapshot);
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
