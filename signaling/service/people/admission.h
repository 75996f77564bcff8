/* signaling/service/people/admission.h
 *
 * Who may be here as the meeting sits now, whichever way they come, and what those are told who may not.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_PEOPLE_ADMISSION_H
#define ROSTRUM_SIGNALING_SERVICE_PEOPLE_ADMISSION_H

#include "signaling/rules/visibility.h"
#include "signaling/service/service.h"

struct chamber;
struct participant;
struct service;
struct session;

enum admission {
	ADMISSION_GRANTED,
	ADMISSION_NO_BADGE, /* or one of another role */
	ADMISSION_NOT_NOW,  /* as the meeting sits */
};

/* As the meeting sits now; who has no badge is not judged here. */
bool admission_allows(const struct chamber *chamber, const char *badge);
/* The same for a token, whichever way it comes: WebSocket, REST, streams, WHIP. *out_participant is NULL for an admin, and without a
 * badge. */
enum admission admission_judge(const struct chamber *chamber, const struct claims *who,
	const struct participant **out_participant);
/* Number of the last event that is not for this bearer, as meeting_hidden_until(). */
uint64_t admission_hidden_until(const struct chamber *chamber, const struct claims *who);
/* What the meeting has from a time when it sat so: is it for this bearer? An admin has everything. */
bool admission_may_have(
	const struct chamber *chamber, const struct claims *who, enum visibility visibility);
/* Told why, and closed. */
void admission_refuse(struct service *service, struct session *session, enum visibility visibility,
	struct moment at);

#endif
