#include "signaling/service/state/session.h"

#include "signaling/service/state/chamber.h"
#include "signaling/service/state/state.h"

struct session *session_find(const struct service *service, uint64_t id)
{
	return rs_map_find(service->sessions, &id, sizeof(id));
}

bool session_presides(const struct session *session)
{
	const struct meeting *meeting = session->chamber->proceedings->meeting;
	const enum role role = meeting->participants[session->participant].role;
	return (ROLE_BIT(role) & ROLES_PRESIDING) != 0;
}

bool session_minds_recording(const struct session *session)
{
	const struct meeting *meeting = session->chamber->proceedings->meeting;
	return meeting->participants[session->participant].role == ROLE_TECHNICIAN ||
	       session_presides(session);
}

struct person *session_person(const struct session *session)
{
	return &session->chamber->people[session->participant];
}

enum verdict session_judge(const struct session *session, enum command_kind kind)
{
	const struct proceedings *proceedings = session->chamber->proceedings;
	const struct meeting *meeting = proceedings->meeting;
	return permission_judge(kind, meeting->participants[session->participant].role,
		stage_of(proceedings), &meeting->rules);
}

struct message *session_frame(const struct session *session, const struct broadcast_event *event)
{
	return message_ref(session->changes ? event->change : event->frame);
}

bool survey_is_on(const struct chamber *chamber)
{
	const struct session *session = chamber->sessions;
	while (session != NULL && !session->surveys)
		session = session->next;
	return session != NULL;
}
