#include "signaling/service/people/greenroom.h"

#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

/* Of a line alone; what is critical of these is noticed by everybody. */
static const enum trouble of_line[] = { TROUBLE_LINE_LOST, TROUBLE_LOSS_UP, TROUBLE_LOSS_DOWN,
	TROUBLE_DELAY, TROUBLE_JITTER, TROUBLE_QUEUE, TROUBLE_NARROW };

/* ---- who ---- */

static bool is_in(const size_t *people, size_t n, size_t participant)
{
	for (size_t i = 0; i < n; i++) {
		if (people[i] == participant)
			return true;
	}
	return false;
}

static size_t add_from(const struct meeting *meeting, const struct floor_list *list,
	size_t people[GREENROOM_PLACES], size_t n)
{
	for (size_t i = 0; i < list->n && n < GREENROOM_PLACES; i++) {
		const struct participant *who = meeting_find(meeting, list->entries[i].participant);
		if (who == NULL || !who->present || who->place != PLACE_REMOTE)
			continue;
		const size_t index = (size_t)(who - meeting->participants);
		if (!is_in(people, n, index))
			people[n++] = index;
	}
	return n;
}

/* Who: those of the list of speakers in their order, then those who wait for a reply; nobody twice. Indexes of participants. */
static size_t find_people(const struct proceedings *proceedings, size_t out[GREENROOM_PLACES])
{
	const struct meeting *meeting = proceedings->meeting;
	const size_t n = add_from(meeting, floor_list(proceedings->floor, LIST_SPEAKERS), out, 0);
	return add_from(meeting, floor_list(proceedings->floor, LIST_REPLIES), out, n);
}

/* ---- ready ---- */

static bool is_line_good(const struct person *person)
{
	bool connected = false;
	for (const struct peer *peer = person->peers; peer != NULL; peer = peer->next_of_person)
		connected = connected || peer->state == NODE_PEER_CONNECTED;
	for (size_t i = 0; i < RS_ARRAY_LEN(of_line); i++) {
		if (person->station.troubles.states[of_line[i]].is == SEVERITY_CRITICAL)
			return false;
	}
	return connected;
}

static bool within(rs_time then, rs_time span, rs_time now)
{
	return then != 0 && now - then <= span;
}

static unsigned ready_of(const struct person *person, rs_time now)
{
	unsigned ready = 0;
	if (within(person->heard_at, GREENROOM_HEARD, now))
		ready |= GREENROOM_MICROPHONE;
	if (within(person->seen_at, GREENROOM_SEEN, now))
		ready |= GREENROOM_CAMERA;
	if (is_line_good(person))
		ready |= GREENROOM_LINE;
	return ready;
}

/* ---- telling ---- */

static const char *word(unsigned ready, enum greenroom_ready what)
{
	return (ready & what) != 0 ? "true" : "false";
}

static int put_one(const char *comma, const char *badge, unsigned ready, struct rs_buf *out)
{
	return rs_buf_printf(out, "%s\"%s\":{\"microphone\":%s,\"camera\":%s,\"line\":%s}", comma,
		badge, word(ready, GREENROOM_MICROPHONE), word(ready, GREENROOM_CAMERA),
		word(ready, GREENROOM_LINE));
}

/* All that is so now; of those who were told before and are gone, null. */
static int put_patch(const struct meeting *meeting, const struct greenroom *now,
	const struct greenroom *before, struct rs_buf *out)
{
	const char *comma = "";
	int err = rs_buf_printf(out, "{\"ready\":{");
	for (size_t i = 0; i < now->n && err == 0; i++) {
		err = put_one(comma, meeting->participants[now->people[i]].id, now->ready[i], out);
		comma = ",";
	}
	for (size_t i = 0; i < before->n && err == 0; i++) {
		if (is_in(now->people, now->n, before->people[i]))
			continue;
		err = rs_buf_printf(
			out, "%s\"%s\":null", comma, meeting->participants[before->people[i]].id);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "}}", 3);
}

static struct message *said(
	const struct meeting *meeting, const struct greenroom *now, const struct greenroom *before)
{
	struct message *message = NULL;
	struct rs_buf patch;
	struct rs_buf text;
	rs_buf_init(&patch, 4096);
	rs_buf_init(&text, 4096);
	if (put_patch(meeting, now, before, &patch) == 0 &&
		wire_measured_write((const char *)rs_buf_data(&patch), &text) == 0)
		message = message_new(rs_buf_data(&text), rs_buf_len(&text));
	rs_buf_done(&patch);
	rs_buf_done(&text);
	return message;
}

static bool is_alike(const struct greenroom *a, const struct greenroom *b)
{
	bool alike = a->n == b->n;
	for (size_t i = 0; alike && i < a->n; i++)
		alike = a->people[i] == b->people[i] && a->ready[i] == b->ready[i];
	return alike;
}

void greenroom_second(struct service *service, struct chamber *chamber, struct moment at)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	struct greenroom now = { .n = 0 };
	now.n = find_people(chamber->proceedings, now.people);
	for (size_t i = 0; i < now.n; i++)
		now.ready[i] = ready_of(&chamber->people[now.people[i]], at.now);
	if (is_alike(&now, &chamber->greenroom))
		return;
	struct message *message = said(meeting, &now, &chamber->greenroom);
	if (message == NULL)
		return; /* the next second says it */
	for (const struct session *session = chamber->sessions; session != NULL;
		session = session->next) {
		if (session_minds_recording(session))
			out_push(service, SERVICE_SEND, session->id, 0, message_ref(message));
	}
	message_unref(message);
	chamber->greenroom = now;
}

void greenroom_joined(struct service *service, const struct session *session)
{
	const struct greenroom none = { .n = 0 };
	const struct chamber *chamber = session->chamber;
	if (chamber->greenroom.n == 0 || !session_minds_recording(session))
		return;
	struct message *message = said(chamber->proceedings->meeting, &chamber->greenroom, &none);
	if (message != NULL)
		out_push(service, SERVICE_SEND, session->id, 0, message);
}
