/* signaling/service/technician/survey.h
 *
 * What technicians' pages are told of stations: all when they ask, then what changed, once a second; and what is wrong, as a list.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_SURVEY_H
#define ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_SURVEY_H

#include "signaling/service/service.h"
#include "signaling/technician/troubles.h"

struct chamber;
struct service;
struct session;
struct wire_message;

/* The command survey, and history. */
void survey_wish(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
void survey_history(struct service *service, const struct session *session,
	const struct wire_message *message, struct moment at);
/* A page went: perhaps nobody looks any more. */
void survey_left(struct service *service, struct chamber *chamber, const struct session *session);
/* What changed since it was told last, to the pages that survey the meeting. */
void survey_tell(struct service *service, struct chamber *chamber);
/* Troubles of this severity now: of everybody, of the meetings and the nodes. */
uint64_t survey_count(const struct service *service, enum severity severity);
/* The chamber goes: what its stations remember. */
void survey_free(struct chamber *chamber);

#endif
