#include "signaling/service/record/late.h"

#include "common/control/frame.h"
#include "common/control/late.h"
#include "signaling/service/answer/problem.h"
#include "signaling/service/late.h"
#include "signaling/service/record/late_priv.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"

#include <errno.h>
#include <string.h>

/* A disk that is slow for longer is not waited for; the part is sent again. */
#define ANSWER_WAIT RS_SEC(20)
#define TEXT_MAX ((size_t)65536)

static int find_flight(struct service *service, const struct service_late *late,
	struct late_flight **out, struct service_refusal *refusal)
{
	for (size_t i = 0; i < LATE_FLIGHTS_MAX; i++) {
		struct late_flight *flight = &service->lates[i];
		if (flight->ticket == 0)
			*out = flight;
		else if (strcmp(flight->late_meeting, late->meeting) == 0 &&
			 strcmp(flight->source, late->who->badge) == 0)
			return refuse_with(refusal, 429, "too-many",
				"A part of this room is on its way already.", -E2BIG);
	}
	return *out != NULL ? 0
			    : refuse_with(refusal, 429, "too-many",
				      "More is delivered than is taken at a time.", -E2BIG);
}

static int judge(const struct service *service, const struct service_late *late,
	const struct chamber *chamber, struct service_refusal *refusal)
{
	const struct archive *archive = &chamber->archive;
	const char *session = chamber->proceedings->meeting->session;
	if (late->part == 0 || late->part > late->parts || late->to_us < late->from_us ||
		late->from_us < 0 || late->len == 0 || late->len > LATE_PART_MAX)
		return refuse_with(
			refusal, 400, "malformed", "This is no part of an outage.", -EPROTO);
	if (session[0] == '\0')
		return refuse_with(refusal, 409, "not-recorded",
			"No session of this meeting is being recorded.", -ENOENT);
	if (node_recorder(service) == NULL)
		return refuse_with(
			refusal, 503, "no-recorder", "There is no recorder now.", -EAGAIN);
	/* It is not told of the session yet, or is still busy with the one before. */
	if (strcmp(archive->session, session) != 0 || archive->end != 0)
		return refuse_with(
			refusal, 503, "recorder-busy", "The recorder is not ready yet.", -EAGAIN);
	return 0;
}

/* Room for what is known of who delivers it. */
static int find_room(struct chamber *chamber, const char *source, struct service_refusal *refusal)
{
	if (late_desk_of(chamber) == NULL)
		return refuse_with(
			refusal, 503, "out-of-memory", "The server is out of memory.", -ENOMEM);
	if (late_room_of(chamber->late, source) == NULL)
		return refuse_with(
			refusal, 429, "too-many", "This meeting has too many rooms.", -E2BIG);
	return 0;
}

static void send_part(struct service *service, struct chamber *chamber,
	const struct service_late *late, uint64_t ticket)
{
	struct node *node = node_recorder(service);
	struct late_room room = *late_room_of(chamber->late, late->who->badge);
	struct rs_buf text;
	if (room.open)
		room.spans[room.n - 1].to_us = INT64_MAX / 2;
	const struct late_part part = { .ticket = ticket,
		.meeting = late->meeting,
		.session = chamber->archive.session,
		.source = late->who->badge,
		.outage = late->outage,
		.part = late->part,
		.parts = late->parts,
		.from_us = late->from_us,
		.to_us = late->to_us,
		.shift_us = late->shift_us,
		.open = room.spans,
		.n_open = room.n };
	rs_buf_init(&text, TEXT_MAX);
	node_tell(service, node, wire_late_write(++node->revision, &part, &text), &text);
	rs_buf_done(&text);
	struct rs_buf frame;
	rs_buf_init(&frame, FRAME_HEADER_LEN + FRAME_LATE_MAX);
	const struct frame_late body = { .ticket = ticket, .part = late->data, .len = late->len };
	out_text(service, SERVICE_SEND_FRAME, node->id, 0, frame_write_late(&frame, &body), &frame);
	rs_buf_done(&frame);
}

static struct late_flight flight_of(const struct service_late *late)
{
	struct late_flight flight = { .request = late->request,
		.part = late->part,
		.parts = late->parts,
		.from_us = late->from_us,
		.to_us = late->to_us };
	(void)rs_set_text(flight.late_meeting, late->meeting); /* names, all three */
	(void)rs_set_text(flight.source, late->who->badge);
	(void)rs_set_text(flight.outage, late->outage);
	return flight;
}

int service_late_put(struct service *service, const struct service_late *late, struct moment at,
	struct service_refusal *refusal)
{
	struct late_flight *place = NULL;
	struct chamber *chamber = chamber_find(service, late->meeting);
	if (chamber == NULL)
		return refuse_with(refusal, 404, "no-such-meeting",
			"There is no meeting of this name.", -ENOENT);
	struct late_flight flight = flight_of(late);
	int err = judge(service, late, chamber, refusal);
	if (err == -ENOENT) /* it is not offered again */
		late_tell_part(service, chamber, &flight, LATE_REFUSED, "not-recorded", at.wall_ms);
	if (err == 0)
		err = find_room(chamber, late->who->badge, refusal);
	if (err == 0)
		err = find_flight(service, late, &place, refusal);
	if (err < 0)
		return err;
	flight.ticket = ++service->last_ticket;
	flight.by = at.now + ANSWER_WAIT;
	*place = flight;
	service_due(service, flight.by);
	send_part(service, chamber, late, flight.ticket);
	return 0;
}

/* ---- what the recorder says ---- */

static void answer_kept(
	struct service *service, const struct late_flight *flight, const struct late_answer *answer)
{
	struct rs_buf out;
	rs_buf_init(&out, TEXT_MAX);
	out_text(service, SERVICE_ANSWER, flight->request, 200, late_answer_write(answer, &out),
		&out);
	rs_buf_done(&out);
}

static void answer_refused(
	struct service *service, const struct late_flight *flight, const char *reason)
{
	const char *text = "What was kept is damaged.";
	if (strcmp(reason, "other-session") == 0)
		text = "It was said before the session that is recorded now began.";
	else if (strcmp(reason, "not-recorded") == 0)
		text = "No session of this meeting is being recorded.";
	answer_problem(service, flight->request, 409, reason, text);
}

static void settle(struct service *service, struct late_flight *flight, enum late_state state,
	const char *reason, int64_t wall_ms)
{
	struct chamber *chamber = chamber_find(service, flight->late_meeting);
	if (chamber != NULL)
		late_tell_part(service, chamber, flight, state, reason, wall_ms);
	flight->ticket = 0;
}

void late_take(struct service *service, const struct node_message *message, struct moment at)
{
	const struct late_answer answer = late_answer_read(message);
	for (size_t i = 0; i < LATE_FLIGHTS_MAX; i++) {
		struct late_flight *flight = &service->lates[i];
		if (flight->ticket != answer.ticket)
			continue;
		if (strcmp(answer.state, "kept") == 0) {
			answer_kept(service, flight, &answer);
			settle(service, flight,
				flight->part == flight->parts ? LATE_DELIVERED : LATE_DELIVERING,
				"", at.wall_ms);
		} else if (strcmp(answer.state, "refused") == 0) {
			answer_refused(service, flight, answer.reason);
			settle(service, flight, LATE_REFUSED, answer.reason, at.wall_ms);
		} else {
			answer_problem(service, flight->request, 503, "recorder-busy",
				"The recorder cannot take it now.");
			flight->ticket = 0;
		}
		return;
	}
}

static void give_up(struct service *service, struct late_flight *flight)
{
	answer_problem(service, flight->request, 503, "no-recorder",
		"The recorder has not answered. Please send it again.");
	flight->ticket = 0;
}

void late_gone(struct service *service)
{
	for (size_t i = 0; i < LATE_FLIGHTS_MAX; i++) {
		if (service->lates[i].ticket != 0)
			give_up(service, &service->lates[i]);
	}
}

void late_tick(struct service *service, struct moment at)
{
	for (size_t i = 0; i < LATE_FLIGHTS_MAX; i++) {
		struct late_flight *flight = &service->lates[i];
		if (flight->ticket != 0 && flight->by <= at.now)
			give_up(service, flight);
		else if (flight->ticket != 0)
			service_due(service, flight->by);
	}
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (chamber->late != NULL)
			late_outages_tick(service, chamber, at);
	}
}
