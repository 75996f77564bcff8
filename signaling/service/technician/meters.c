#include "signaling/service/technician/meters.h"

#include "signaling/service/media/tell.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"

static int begin(struct rs_buf *out)
{
	rs_buf_init(out, VIEW_MAX);
	return rs_buf_printf(out, "{\"type\":\"levels\",\"levels\":{");
}

static int put(const char **comma, const char *badge, const struct meter *meter, struct rs_buf *out)
{
	const int err =
		rs_buf_printf(out, "%s\"%s\":[%d,%d]", *comma, badge, meter->level, meter->peak);
	*comma = ",";
	return err;
}

/* NULL without memory: whoever looks sees the next ones. */
static struct message *end(int err, struct rs_buf *out)
{
	struct message *message = NULL;
	if (err == 0)
		err = rs_buf_append(out, "}}", 2);
	if (err == 0)
		message = message_new(rs_buf_data(out), rs_buf_len(out));
	rs_buf_done(out);
	return message;
}

void meters_take(struct service *service, const struct node_message *message)
{
	struct chamber *chamber = chamber_find(service, message->meeting);
	if (chamber == NULL || !survey_is_on(chamber))
		return;
	struct rs_buf text;
	const char *comma = "";
	int err = begin(&text);
	for (size_t i = 0; i < message->n_sources; i++) {
		const struct node_level level = node_level(message, i);
		struct person *person = chamber_person(chamber, level.source);
		if (person == NULL)
			continue;
		person->meter = (struct meter){
			.known = true, .level = (int8_t)level.level, .peak = (int8_t)level.peak
		};
		if (err == 0)
			err = put(&comma, level.source, &person->meter, &text);
	}
	struct message *told = end(err, &text);
	for (const struct session *session = chamber->sessions; told != NULL && session != NULL;
		session = session->next) {
		if (session->surveys)
			out_push(service, SERVICE_SEND, session->id, 0, message_ref(told));
	}
	message_unref(told);
}

void meters_tell(struct service *service, const struct session *session)
{
	const struct chamber *chamber = session->chamber;
	const struct meeting *meeting = chamber->proceedings->meeting;
	struct rs_buf text;
	const char *comma = "";
	int err = begin(&text);
	for (size_t i = 0; i < meeting->n_participants && err == 0; i++) {
		if (chamber->people[i].meter.known)
			err = put(&comma, meeting->participants[i].id, &chamber->people[i].meter,
				&text);
	}
	struct message *told = end(err, &text);
	if (told != NULL)
		out_push(service, SERVICE_SEND, session->id, 0, told);
}

void meters_switch(struct service *service, struct chamber *chamber)
{
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++)
		chamber->people[i].meter = (struct meter){ 0 };
	media_tell_meeting(service, chamber);
}
