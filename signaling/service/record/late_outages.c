#include "signaling/service/record/late_outages.h"

#include "signaling/service/record/late_priv.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/outages.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"

#define TEXT_MAX ((size_t)65536)

static int write_outages(const struct chamber *chamber, struct rs_buf *out)
{
	const struct outages *outages = &chamber->late->outages;
	return late_outages_write(outages->list, outages->n, out);
}

static void tell(struct service *service, struct chamber *chamber)
{
	struct rs_buf text;
	rs_buf_init(&text, TEXT_MAX);
	const int err = write_outages(chamber, &text);
	struct message *told = err == 0 ? message_new(rs_buf_data(&text), rs_buf_len(&text)) : NULL;
	rs_buf_done(&text);
	for (struct session *session = chamber->sessions; told != NULL && session != NULL;
		session = session->next) {
		if (session_minds_recording(session))
			out_push(service, SERVICE_SEND, session->id, 0, message_ref(told));
	}
	message_unref(told); /* without memory the next one says it */
}

void late_joined(struct service *service, const struct session *session)
{
	struct rs_buf text;
	const struct late_desk *desk = session->chamber->late;
	if (desk == NULL || desk->outages.n == 0 || !session_minds_recording(session))
		return;
	rs_buf_init(&text, TEXT_MAX);
	const int err = write_outages(session->chamber, &text);
	out_text(service, SERVICE_SEND, session->id, 0, err, &text);
	rs_buf_done(&text);
}

void late_line(struct service *service, struct chamber *chamber, const char *source, bool lost,
	struct moment at)
{
	const struct participant *who = meeting_find(chamber->proceedings->meeting, source);
	struct late_desk *desk =
		who != NULL && who->role == ROLE_ROOM ? late_desk_of(chamber) : NULL;
	if (desk == NULL || !outages_line(&desk->outages, source, lost, at.wall_ms))
		return;
	service_due(service, at.now + outages_wait(&desk->outages, at.wall_ms));
	tell(service, chamber);
}

enum severity late_undelivered(const struct chamber *chamber, const char *source)
{
	const struct archive *archive = &chamber->archive;
	if (chamber->late == NULL || archive->session[0] == '\0')
		return SEVERITY_NONE;
	return outages_severity(&chamber->late->outages, source, archive->session);
}

void late_tell_part(struct service *service, struct chamber *chamber,
	const struct late_flight *flight, enum late_state state, const char *reason,
	int64_t wall_ms)
{
	struct late_desk *desk = late_desk_of(chamber);
	if (desk == NULL)
		return; /* without memory */
	outages_part(&desk->outages, &(struct outages_part){ .source = flight->source,
					     .outage = flight->outage,
					     .number = flight->part,
					     .of = flight->parts,
					     .from_ms = flight->from_us / 1000,
					     .to_ms = flight->to_us / 1000,
					     .state = state,
					     .reason = reason,
					     .session = chamber->archive.session,
					     .wall_ms = wall_ms });
	tell(service, chamber);
}

void late_outages_tick(struct service *service, struct chamber *chamber, struct moment at)
{
	struct outages *outages = &chamber->late->outages;
	if (outages_tick(outages, at.wall_ms))
		tell(service, chamber);
	service_due(service, at.now + outages_wait(outages, at.wall_ms));
}
