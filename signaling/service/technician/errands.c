/* What technicians ask of one place in the meeting. A test signal must never be heard on the floor by mistake: it is refused while the
 * meeting sits, and ends when it is called to order. One's own voice comes back to oneself alone, and not while the meeting hears it. */
#include "signaling/service/technician/errands.h"

#include "common/log/log.h"
#include "signaling/service/answer/replies.h"
#include "signaling/service/media/page.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/service/technician/survey.h"
#include "signaling/wire/message/reply.h"
#include "signaling/wire/technician/errands.h"

#include <errno.h>

#define REQUEST_MAX ((size_t)4096)

static enum errand errand_of(enum command_kind kind)
{
	switch ((int)kind) {
	case COMMAND_TELL_SEAT:
		return ERRAND_TELL;
	case COMMAND_ASK_FOR_CABLE:
		return ERRAND_CABLE;
	case COMMAND_LOOP_BACK:
		return ERRAND_LOOP;
	case COMMAND_TEST_SIGNAL:
		return ERRAND_SIGNAL;
	case COMMAND_RESTART_BOX:
		return ERRAND_RESTART;
	default:
		return ERRAND_COUNT;
	}
}

bool errands_is_command(enum command_kind kind)
{
	return errand_of(kind) != ERRAND_COUNT || kind == COMMAND_ANSWER_TECHNICIAN;
}

static const struct participant *participant_of(
	const struct chamber *chamber, const struct person *person)
{
	return &chamber->proceedings->meeting->participants[person - chamber->people];
}

/* ---- telling ---- */

static struct message *request(
	const struct errands *errands, enum errand errand, const char *seat, bool numbered)
{
	struct rs_buf text;
	rs_buf_init(&text, REQUEST_MAX);
	struct message *message = errands_write_request(errands, errand, seat, numbered, &text) == 0
					  ? message_new(rs_buf_data(&text), rs_buf_len(&text))
					  : NULL;
	rs_buf_done(&text);
	return message;
}

/* To the pages of one participant, or to the boxes of all rooms. Takes `message`. How many there were. */
static size_t tell(struct service *service, const struct chamber *chamber,
	const struct participant *whom, struct message *message)
{
	size_t n = 0;
	for (const struct session *session = chamber->sessions; message != NULL && session != NULL;
		session = session->next) {
		const struct participant *who =
			&chamber->proceedings->meeting->participants[session->participant];
		if (whom != NULL ? who != whom : who->role != ROLE_ROOM)
			continue;
		out_push(service, SERVICE_SEND, session->id, 0, message_ref(message));
		n++;
	}
	message_unref(message);
	return n;
}

/* Their lines go to the boxes of all rooms as well. */
static bool has_seat(const struct participant *whom)
{
	return whom->seat[0] != '\0' && whom->role != ROLE_ROOM;
}

/* A seat's line is answered by its person, where a page of theirs is there; else by the room's box, which knows whether anything shows it. */
static struct message *request_of_seat(const struct person *person, const char *seat)
{
	return request(&person->errands, ERRAND_TELL, seat, person->sessions == 0);
}

static void tell_person(struct service *service, const struct chamber *chamber,
	const struct person *person, enum errand errand)
{
	const struct participant *whom = participant_of(chamber, person);
	(void)tell(service, chamber, whom, request(&person->errands, errand, NULL, true));
	if (errand == ERRAND_TELL && has_seat(whom))
		(void)tell(service, chamber, NULL, request_of_seat(person, whom->seat));
}

/* ---- hearing oneself ---- */

static void set_loop(struct service *service, struct person *person, bool on)
{
	if (person->listening.loops == on)
		return;
	person->listening.loops = on;
	for (struct peer *peer = person->peers; peer != NULL; peer = peer->next_of_person) {
		if (peer->use == PEER_PAGE)
			peer_rebind(service, peer);
	}
}

static bool sends_sound(const struct person *person)
{
	for (const struct peer *peer = person->peers; peer != NULL; peer = peer->next_of_person) {
		if (peer->use == PEER_PAGE && peer->state == NODE_PEER_CONNECTED &&
			peer->spec.n_send > 0)
			return true;
	}
	return false;
}

/* ---- judging ---- */

static bool is_heard(const struct chamber *chamber, const char *badge)
{
	struct gate gate;
	proceedings_gate(chamber->proceedings, &gate);
	return proceedings_is_heard(chamber->proceedings, &gate, badge);
}

/* A rehearsal is for signals, and so are open doors before the meeting; else nobody may hear one. */
static enum verdict judge_signal(const struct chamber *chamber, const char *badge)
{
	const enum stage stage = stage_of(chamber->proceedings);
	if (chamber->proceedings->meeting->rehearsal || stage == STAGE_TEST)
		return VERDICT_OK;
	if (stage == STAGE_IN_SESSION || stage == STAGE_VOTING)
		return VERDICT_MEETING_SITS;
	return is_heard(chamber, badge) ? VERDICT_MICROPHONE_OPEN : VERDICT_OK;
}

static enum verdict judge_loop(const struct chamber *chamber, const struct person *person)
{
	if (is_heard(chamber, participant_of(chamber, person)->id) &&
		!chamber->proceedings->meeting->rehearsal)
		return VERDICT_MICROPHONE_OPEN;
	return sends_sound(person) ? VERDICT_OK : VERDICT_NOT_CONNECTED;
}

static bool has_box(const struct chamber *chamber)
{
	const struct participant *participants = chamber->proceedings->meeting->participants;
	const struct session *session = chamber->sessions;
	while (session != NULL && participants[session->participant].role != ROLE_ROOM)
		session = session->next;
	return session != NULL;
}

static enum verdict judge_errand(
	const struct chamber *chamber, const struct person *person, enum errand errand)
{
	const struct participant *whom = participant_of(chamber, person);
	if (errand == ERRAND_RESTART && whom->role != ROLE_ROOM)
		return VERDICT_NO_SUCH_PARTICIPANT;
	if (person->sessions == 0 &&
		(errand != ERRAND_TELL || whom->seat[0] == '\0' || !has_box(chamber)))
		return VERDICT_NOT_CONNECTED;
	if (errand == ERRAND_SIGNAL && person->companion)
		return VERDICT_NOT_CONNECTED; /* it sends nothing */
	if (errand == ERRAND_SIGNAL)
		return judge_signal(chamber, whom->id);
	return errand == ERRAND_LOOP ? judge_loop(chamber, person) : VERDICT_OK;
}

/* ---- commands ---- */

static struct person *find_seat(const struct chamber *chamber, const char *seat)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	for (size_t i = 0; i < meeting->n_participants; i++) {
		if (strcmp(meeting->participants[i].seat, seat) == 0)
			return &chamber->people[i];
	}
	return NULL;
}

static void end(struct service *service, const struct chamber *chamber, struct person *person,
	enum errand errand)
{
	if (errand == ERRAND_LOOP)
		set_loop(service, person, false);
	if (errands_end(&person->errands, errand))
		tell_person(service, chamber, person, errand);
}

static enum verdict begin(struct service *service, const struct chamber *chamber,
	struct person *person, const struct wire_message *message, struct moment at)
{
	const enum errand errand = errand_of(message->command.kind);
	const enum verdict verdict = judge_errand(chamber, person, errand);
	if (verdict != VERDICT_OK)
		return verdict;
	if (errands_ask(&person->errands, errand, message->command.text, message->signal,
		    at.wall_ms) < 0)
		return VERDICT_TOO_MANY;
	if (errand == ERRAND_LOOP)
		set_loop(service, person, true);
	tell_person(service, chamber, person, errand);
	return VERDICT_OK;
}

static enum verdict ask(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at)
{
	const struct chamber *chamber = session->chamber;
	const enum errand errand = errand_of(message->command.kind);
	struct person *person = message->seat[0] != '\0'
					? find_seat(chamber, message->seat)
					: chamber_person(chamber, message->command.participant);
	if (person == NULL)
		return VERDICT_NO_SUCH_PARTICIPANT;
	const bool off = (errand == ERRAND_LOOP && !message->command.on) ||
			 (errand == ERRAND_SIGNAL && message->signal == TEST_SIGNAL_OFF);
	log_info(LOG_MEETING, chamber->proceedings->meeting->id,
		"technician asked do=%s end=%d of=%s by=%s", errand_name(errand), off,
		participant_of(chamber, person)->id,
		participant_of(chamber, session_person(session))->id);
	if (!off)
		return begin(service, chamber, person, message, at);
	end(service, chamber, person, errand);
	return VERDICT_OK;
}

/* Of a seat without a page, the boxes of all rooms answer: one that shows the line counts for more than those that cannot. */
static enum verdict answer_of_seat(
	const struct session *session, const struct wire_message *message, struct moment at)
{
	const struct chamber *chamber = session->chamber;
	struct person *person = find_seat(chamber, message->seat);
	if (participant_of(chamber, session_person(session))->role != ROLE_ROOM || person == NULL ||
		person->sessions > 0)
		return VERDICT_NO_SUCH_REQUEST;
	const struct errand_entry *line = &person->errands.entries[ERRAND_TELL];
	if (line->state == ERRAND_NONE || line->number != message->number)
		return VERDICT_NO_SUCH_REQUEST;
	if (line->state != ERRAND_DONE)
		(void)errands_answer(&person->errands, message->number, message->done, message->why,
			at.wall_ms); /* it is there */
	return VERDICT_OK;
}

static enum verdict answer(
	const struct session *session, const struct wire_message *message, struct moment at)
{
	struct person *person = session_person(session);
	if (message->seat[0] != '\0')
		return answer_of_seat(session, message, at);
	return errands_answer(&person->errands, message->number, message->done, message->why,
		       at.wall_ms) < 0
		       ? VERDICT_NO_SUCH_REQUEST
		       : VERDICT_OK;
}

static void reply(struct service *service, const struct session *session, const char *badge,
	const char *id, enum verdict verdict)
{
	struct rs_buf out;
	rs_buf_init(&out, REQUEST_MAX);
	const int err = verdict == VERDICT_OK
				? wire_reply_ok(id, 0, &out)
				: wire_reply_refused(id, verdict, wire_verdict_text(verdict), &out);
	struct message *text = err == 0 ? message_new(rs_buf_data(&out), rs_buf_len(&out)) : NULL;
	if (text != NULL) {
		replies_add(session->chamber->replies, badge, id, text);
		out_push(service, SERVICE_SEND, session->id, 0, text);
	}
	rs_buf_done(&out);
	if (verdict != VERDICT_OK)
		service->counters.refused++;
}

/* ---- what follows ---- */

/* What was answered is done with; a box that came back has restarted. A line that nothing could show is still to be read, and a box that
 * began anew shows none of those it had. */
static bool is_asked_again(const struct errands *errands, enum errand errand, bool is_box)
{
	const enum errand_state state = errands->entries[errand].state;
	if (errand == ERRAND_TELL)
		return state != ERRAND_NONE && (state != ERRAND_DONE || is_box);
	return state == ERRAND_ASKED && errand != ERRAND_RESTART;
}

static void send_to(struct service *service, const struct session *session, struct message *message)
{
	if (message != NULL)
		out_push(service, SERVICE_SEND, session->id, 0, message);
}

/* To a box that joined: what stands for seats. */
static void send_seats(struct service *service, const struct session *session)
{
	const struct chamber *chamber = session->chamber;
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++) {
		const struct person *person = &chamber->people[i];
		const struct participant *whom = participant_of(chamber, person);
		if (has_seat(whom) && errands_is_on(&person->errands, ERRAND_TELL))
			send_to(service, session, request_of_seat(person, whom->seat));
	}
}

void errands_joined(struct service *service, const struct session *session)
{
	const struct person *person = session_person(session);
	const struct errands *errands = &person->errands;
	const bool is_box = participant_of(session->chamber, person)->role == ROLE_ROOM;
	for (size_t i = 0; i < ERRAND_COUNT; i++) {
		if (is_asked_again(errands, (enum errand)i, is_box))
			send_to(service, session, request(errands, (enum errand)i, NULL, true));
	}
	if (is_box)
		send_seats(service, session);
}

void errands_follow(struct service *service, struct chamber *chamber)
{
	const size_t n = chamber->errands_due != RS_TIME_NEVER
				 ? chamber->proceedings->meeting->n_participants
				 : 0;
	for (size_t i = 0; i < n; i++) {
		struct person *person = &chamber->people[i];
		const char *badge = participant_of(chamber, person)->id;
		if (errands_is_on(&person->errands, ERRAND_SIGNAL) &&
			judge_signal(chamber, badge) != VERDICT_OK)
			end(service, chamber, person, ERRAND_SIGNAL);
		if (errands_is_on(&person->errands, ERRAND_LOOP) &&
			judge_loop(chamber, person) == VERDICT_MICROPHONE_OPEN)
			end(service, chamber, person, ERRAND_LOOP);
	}
}

static void expire_one(
	struct service *service, struct chamber *chamber, struct person *person, struct moment at)
{
	const unsigned over = errands_tick(&person->errands, at.wall_ms);
	for (size_t i = 0; i < ERRAND_COUNT; i++) {
		if ((over & 1u << i) == 0)
			continue;
		if (i == ERRAND_LOOP)
			set_loop(service, person, false);
		tell_person(service, chamber, person, (enum errand)i);
	}
	const int64_t deadline = errands_deadline(&person->errands);
	if (deadline != INT64_MAX)
		chamber->errands_due =
			rs_time_min(chamber->errands_due, at.now + RS_MS(deadline - at.wall_ms));
}

/* What came of it is seen at once. */
static void look_through(struct service *service, struct chamber *chamber, struct moment at)
{
	bool news = false;
	chamber->errands_due = RS_TIME_NEVER;
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++) {
		expire_one(service, chamber, &chamber->people[i], at);
		news = news || chamber->people[i].errands.is_news;
	}
	if (news)
		survey_tell(service, chamber);
}

void errands_expire(struct service *service, struct chamber *chamber, struct moment at)
{
	if (at.now >= chamber->errands_due)
		look_through(service, chamber, at);
	service_due(service, chamber->errands_due);
}

void errands_command(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at)
{
	struct chamber *chamber = session->chamber;
	const char *badge = participant_of(chamber, session_person(session))->id;
	struct message *known = replies_find(chamber->replies, badge, message->id);
	if (known != NULL) {
		out_push(service, SERVICE_SEND, session->id, 0, message_ref(known));
		return;
	}
	enum verdict verdict = session_judge(session, message->command.kind);
	if (verdict == VERDICT_OK)
		verdict = message->command.kind == COMMAND_ANSWER_TECHNICIAN
				  ? answer(session, message, at)
				  : ask(service, session, message, at);
	reply(service, session, badge, message->id, verdict);
	look_through(service, chamber, at);
	service_due(service, chamber->errands_due);
}
