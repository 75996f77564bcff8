#include "signaling/service/late.h"

#include "common/control/frame.h"
#include "common/control/late.h"
#include "common/log/log.h"
#include "signaling/service/outages.h"
#include "signaling/service/service_priv.h"

#include <errno.h>
#include <string.h>

/* A disk that is slow for longer is not waited for; the part is sent again. */
#define ANSWER_WAIT RS_SEC(20)
#define TEXT_MAX ((size_t)65536)
#define ROOMS_MAX 16

/* When a room's source was open: as the media server was told. */
struct late_room {
	char source[RS_NAME_MAX + 1];
	struct late_span spans[LATE_SPANS_MAX]; /* the oldest first */
	size_t n;
	bool open; /* the last one goes on */
};

struct late_desk {
	struct late_room rooms[ROOMS_MAX];
	size_t n_rooms;
	struct outages outages;
};

struct late_desk *late_free(struct late_desk *desk)
{
	return rs_release(desk);
}

static struct late_desk *desk_of(struct chamber *chamber)
{
	if (chamber->late == NULL)
		chamber->late = rs_zalloc(sizeof(*chamber->late));
	return chamber->late;
}

/* ---- when a room was open ---- */

static bool is_open(const struct proceedings *proceedings, const char *source)
{
	struct gate gate;
	if (proceedings->meeting->mode == MEETING_DIRECT)
		return true;
	proceedings_gate(proceedings, &gate);
	for (size_t i = 0; i < gate.n_open; i++) {
		if (strcmp(gate.open[i], source) == 0)
			return true;
	}
	return false;
}

static struct late_room *room_of(struct late_desk *desk, const char *source)
{
	for (size_t i = 0; i < desk->n_rooms; i++) {
		if (strcmp(desk->rooms[i].source, source) == 0)
			return &desk->rooms[i];
	}
	if (desk->n_rooms == ROOMS_MAX)
		return NULL;
	struct late_room *room = &desk->rooms[desk->n_rooms++];
	(void)rs_set_text(room->source, source); /* a name */
	return room;
}

static void room_turn(struct late_room *room, bool open, int64_t wall_us)
{
	if (open == room->open)
		return;
	room->open = open;
	if (!open) {
		room->spans[room->n - 1].to_us = wall_us;
		return;
	}
	if (room->n == LATE_SPANS_MAX)
		memmove(room->spans, room->spans + 1, --room->n * sizeof(room->spans[0]));
	room->spans[room->n++] = (struct late_span){ .from_us = wall_us };
}

void late_follow(struct chamber *chamber, int64_t wall_ms)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	for (size_t i = 0; i < meeting->n_participants; i++) {
		if (meeting->participants[i].role != ROLE_ROOM)
			continue;
		struct late_desk *desk = desk_of(chamber);
		struct late_room *room =
			desk != NULL ? room_of(desk, meeting->participants[i].id) : NULL;
		if (room != NULL)
			room_turn(
				room, is_open(chamber->proceedings, room->source), wall_ms * 1000);
	}
}

/* ---- outages, as people are told them ---- */

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
	struct late_desk *desk = who != NULL && who->role == ROLE_ROOM ? desk_of(chamber) : NULL;
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

static void tell_part(struct service *service, struct chamber *chamber,
	const struct service_late *late, const struct outages_part *part)
{
	struct late_desk *desk = desk_of(chamber);
	if (desk == NULL)
		return; /* without memory */
	struct outages_part one = *part;
	one.source = late->who->badge;
	one.outage = late->outage;
	one.number = late->part;
	one.of = late->parts;
	one.from_ms = late->from_us / 1000;
	one.to_ms = late->to_us / 1000;
	one.session = chamber->archive.session;
	outages_part(&desk->outages, &one);
	tell(service, chamber);
}

/* ---- parts ---- */

static int refuse(struct service_refusal *refusal, uint16_t status, const char *reason,
	const char *text, int err)
{
	refuse_request(refusal, status, reason, text);
	return err;
}

static int find_flight(struct service *service, const struct service_late *late,
	struct late_flight **out, struct service_refusal *refusal)
{
	for (size_t i = 0; i < LATE_FLIGHTS_MAX; i++) {
		struct late_flight *flight = &service->lates[i];
		if (flight->ticket == 0)
			*out = flight;
		else if (strcmp(flight->late_meeting, late->meeting) == 0 &&
			 strcmp(flight->source, late->who->badge) == 0)
			return refuse(refusal, 429, "too-many",
				"A part of this room is on its way already.", -E2BIG);
	}
	return *out != NULL ? 0
			    : refuse(refusal, 429, "too-many",
				      "More is delivered than is taken at a time.", -E2BIG);
}

static int judge(struct service *service, const struct service_late *late, struct moment at,
	struct chamber **out_chamber, struct service_refusal *refusal)
{
	struct chamber *chamber = chamber_find(service, late->meeting);
	if (chamber == NULL)
		return refuse(refusal, 404, "no-such-meeting", "There is no meeting of this name.",
			-ENOENT);
	if (late->part == 0 || late->part > late->parts || late->to_us < late->from_us ||
		late->from_us < 0 || late->len == 0 || late->len > LATE_PART_MAX)
		return refuse(refusal, 400, "malformed", "This is no part of an outage.", -EPROTO);
	if (chamber->archive.session[0] == '\0' || chamber->archive.end != 0) {
		tell_part(service, chamber, late,
			&(struct outages_part){ .state = LATE_REFUSED,
				.reason = "not-recorded",
				.wall_ms = at.wall_ms });
		return refuse(refusal, 409, "not-recorded",
			"No session of this meeting is being recorded.", -EPROTO);
	}
	if (node_recorder(service) == NULL)
		return refuse(refusal, 503, "no-recorder", "There is no recorder now.", -EAGAIN);
	if (desk_of(chamber) == NULL || room_of(chamber->late, late->who->badge) == NULL)
		return refuse(
			refusal, 503, "out-of-memory", "The server is out of memory.", -ENOMEM);
	*out_chamber = chamber;
	return 0;
}

static void send_part(struct service *service, struct chamber *chamber,
	const struct service_late *late, uint64_t ticket)
{
	struct node *node = node_recorder(service);
	struct late_room room = *room_of(chamber->late, late->who->badge);
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

int service_late_put(struct service *service, const struct service_late *late, struct moment at,
	struct service_refusal *refusal)
{
	struct chamber *chamber = NULL;
	struct late_flight *flight = NULL;
	int err = judge(service, late, at, &chamber, refusal);
	if (err == 0)
		err = find_flight(service, late, &flight, refusal);
	if (err < 0)
		return err;
	*flight = (struct late_flight){ .ticket = ++service->last_ticket,
		.request = late->request,
		.by = at.now + ANSWER_WAIT,
		.part = late->part,
		.parts = late->parts,
		.from_us = late->from_us,
		.to_us = late->to_us };
	(void)rs_set_text(flight->late_meeting, late->meeting); /* names, all three */
	(void)rs_set_text(flight->source, late->who->badge);
	(void)rs_set_text(flight->outage, late->outage);
	service_due(service, flight->by);
	send_part(service, chamber, late, flight->ticket);
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
	struct claims who = { .role = ROLE_ROOM };
	struct chamber *chamber = chamber_find(service, flight->late_meeting);
	const struct service_late late = { .who = &who,
		.outage = flight->outage,
		.part = flight->part,
		.parts = flight->parts,
		.from_us = flight->from_us,
		.to_us = flight->to_us };
	(void)rs_set_text(who.badge, flight->source); /* as long */
	if (chamber != NULL)
		tell_part(service, chamber, &late,
			&(struct outages_part){
				.state = state, .reason = reason, .wall_ms = wall_ms });
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
		if (chamber->late == NULL)
			continue;
		if (outages_tick(&chamber->late->outages, at.wall_ms))
			tell(service, chamber);
		service_due(service, at.now + outages_wait(&chamber->late->outages, at.wall_ms));
	}
}
