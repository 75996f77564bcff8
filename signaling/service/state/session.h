/* signaling/service/state/session.h
 *
 * A page as the other parts of the service see it: found, whose it is, what it is told.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_STATE_SESSION_H
#define ROSTRUM_SIGNALING_SERVICE_STATE_SESSION_H

#include "common/base/mem.h"
#include "signaling/proceedings/permissions.h"

struct broadcast_event;
struct chamber;
struct message;
struct person;
struct service;
struct session;

/* The event as this page is told it; one more reference. */
struct message *session_frame(
	const struct session *session, const struct broadcast_event *event) RS_MUST_USE;
struct session *session_find(const struct service *service, uint64_t id);
/* Of those who are told what leads the meeting; it has said hello. */
bool session_presides(const struct session *session);
/* Those who preside, and technicians: told how the recording and its disk stand. */
bool session_minds_recording(const struct session *session);
/* Whose it is; it was admitted. */
struct person *session_person(const struct session *session);

/* Whether they may, by their role, as the meeting stands. */
enum verdict session_judge(const struct session *session, enum command_kind kind);

/* A page looks. */
bool survey_is_on(const struct chamber *chamber);

#endif
