#include "signaling/service/technician/survey.h"

#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/service/technician/boxes.h"
#include "signaling/service/technician/meters.h"
#include "signaling/service/technician/precall.h"
#include "signaling/wire/message/reply.h"
#include "signaling/wire/technician/errands.h"
#include "signaling/wire/technician/stations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* More than that nobody mends at a time; the list says how many there are. */
#define PROBLEMS_LISTED_MAX 256

static bool is_rounded_alike(const struct station *station, const struct station_told *told)
{
	for (size_t i = STATION_LOSS_UP; i < STATION_FIGURES; i++) {
		if (stations_rounded((enum station_figure)i, station->figures[i]) !=
			told->figures[i])
			return false;
	}
	return true;
}

static bool is_troubled_alike(const struct troubles *troubles, const struct station_told *told)
{
	for (size_t i = 0; i < TROUBLE_COUNT; i++) {
		const struct trouble_state *state = &troubles->states[i];
		if (state->is != told->is[i] ||
			(state->is != SEVERITY_NONE && state->figure != told->troubles[i]))
			return false;
	}
	return true;
}

/* Who is here; and what was asked of others, whom a box may answer for. */
static bool is_told(const struct person *person)
{
	return person->station.here || errands_are_any(&person->errands);
}

static void was_told(struct person *person)
{
	const struct station *station = &person->station;
	struct station_told *told = &person->station_told;
	told->here = is_told(person);
	told->path = person->page.path;
	told->limit = person->page.limit;
	/* Of others nothing was told. */
	person->errands.is_news = person->errands.is_news && !told->here;
	person->box.is_news = person->box.is_news && !told->here;
	for (size_t i = 0; i < STATION_FIGURES; i++)
		told->figures[i] = stations_rounded((enum station_figure)i, station->figures[i]);
	for (size_t i = 0; i < TROUBLE_COUNT; i++) {
		told->is[i] = station->troubles.states[i].is;
		told->troubles[i] = station->troubles.states[i].figure;
	}
}

/* ---- text ---- */

static int put_errands(const char *comma, const struct person *person, struct rs_buf *out)
{
	const int err = rs_buf_printf(out, "%s\"asked\":", comma);
	return err < 0 ? err : errands_write_states(&person->errands, out);
}

static bool is_page_alike(const struct person *person)
{
	return person->page.path == person->station_told.path &&
	       person->page.limit == person->station_told.limit;
}

static int put_page(const char *comma, const struct station_page *page, struct rs_buf *out)
{
	return rs_buf_printf(out, "%s\"page\":[\"%s\",\"%s\"]", comma,
		station_path_name(page->path), station_limit_name(page->limit));
}

static int put_station(const char *comma, const char *id, const struct person *person, bool whole,
	struct rs_buf *out)
{
	const struct station *station = &person->station;
	const bool again = !whole && person->station_told.here;
	if (!is_told(person))
		return rs_buf_printf(out, "%s\"%s\":null", comma, id);
	const bool figures = !again || !is_rounded_alike(station, &person->station_told);
	const bool troubles =
		!again || !is_troubled_alike(&station->troubles, &person->station_told);
	int err = rs_buf_printf(out, "%s\"%s\":{", comma, id);
	if (err == 0 && figures)
		err = rs_buf_printf(out, "\"figures\":");
	if (err == 0 && figures)
		err = stations_write_figures(station, out);
	if (err == 0 && troubles)
		err = rs_buf_printf(out, "%s\"troubles\":", figures ? "," : "");
	if (err == 0 && troubles)
		err = stations_write_troubles(&station->troubles, out);
	if (err == 0 && (!again || person->errands.is_news))
		err = put_errands(figures || troubles ? "," : "", person, out);
	const bool page = again ? !is_page_alike(person) : person->page_at != 0;
	if (err == 0 && page)
		err = put_page(figures || troubles || person->errands.is_news ? "," : "",
			&person->page, out);
	if (err == 0)
		err = boxes_put(&person->box,
			figures || troubles || page || person->errands.is_news ? "," : "", !again,
			out);
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

static bool is_news(const struct person *person)
{
	const struct station_told *told = &person->station_told;
	if (is_told(person) != told->here)
		return true;
	return told->here &&
	       (person->errands.is_news || person->box.is_news || !is_page_alike(person) ||
		       !is_rounded_alike(&person->station, told) ||
		       !is_troubled_alike(&person->station.troubles, told));
}

static int put_people(const struct chamber *chamber, bool whole, struct rs_buf *out)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const char *comma = "";
	int err = rs_buf_printf(out, "\"people\":{");
	for (size_t i = 0; i < meeting->n_participants && err == 0; i++) {
		const struct person *person = &chamber->people[i];
		if (whole ? !is_told(person) : !is_news(person))
			continue;
		err = put_station(comma, meeting->participants[i].id, person, whole, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

/* As long as it is measured: negative numbers are nothing. */
static int put_member(const char *name, int64_t value, struct rs_buf *out)
{
	return value < 0 ? 0 : rs_buf_printf(out, ",\"%s\":%lld", name, (long long)value);
}

static int put_node_figures(const struct node *node, struct rs_buf *out)
{
	const struct figures *figures = node->figures;
	if (node->kind == NODE_RECORDER) {
		int err =
			put_member("free", figures_gauge(figures, "archive_free_octets", -1), out);
		if (err == 0)
			err = put_member(
				"left_s", figures_gauge(figures, "archive_left_seconds", -1), out);
		return err < 0 ? err
			       : put_member("backlog",
					 figures_gauge(figures, "archive_backlog_octets", -1), out);
	}
	int err = put_member("cpu", node->cpu, out);
	if (err == 0)
		err = put_member("slow_us", node->slow_us, out);
	return err < 0 ? err : put_member("peers", figures_gauge(figures, "peers", -1), out);
}

static int put_node(const char *comma, const struct node *node, struct rs_buf *out)
{
	int err = rs_buf_printf(out, "%s{\"node\":\"%s\",\"kind\":\"%s\",\"draining\":%s", comma,
		node->name, node->kind == NODE_RECORDER ? "recorder" : "sfu",
		node->draining ? "true" : "false");
	if (err == 0)
		err = put_node_figures(node, out);
	if (err == 0)
		err = rs_buf_printf(out, ",\"troubles\":");
	if (err == 0)
		err = stations_write_troubles(&node->troubles, out);
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

static int put_nodes(const struct service *service, struct rs_buf *out)
{
	const char *comma = "";
	size_t cursor = 0;
	const struct node *node;
	int err = rs_buf_printf(out, ",\"nodes\":[");
	while (err == 0 && (node = rs_map_next(service->nodes, &cursor)) != NULL) {
		if (!node->greeted)
			continue;
		err = put_node(comma, node, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "]", 1);
}

static int put_all(const struct service *service, const struct chamber *chamber, bool whole,
	struct rs_buf *out)
{
	int err = rs_buf_printf(
		out, "{\"type\":\"survey\",\"whole\":%s,\"patch\":{", whole ? "true" : "false");
	if (err == 0)
		err = put_people(chamber, whole, out);
	if (err == 0)
		err = put_nodes(service, out);
	if (err == 0)
		err = precall_write_news(chamber, whole, out);
	if (err == 0 && (whole || chamber->troubles_news)) {
		err = rs_buf_printf(out, ",\"troubles\":");
		if (err == 0)
			err = stations_write_troubles(&chamber->troubles, out);
	}
	return err < 0 ? err : rs_buf_append(out, "}}", 2);
}

/* ---- to pages ---- */

static struct message *said(
	const struct service *service, const struct chamber *chamber, bool whole)
{
	struct message *message = NULL;
	struct rs_buf text;
	rs_buf_init(&text, VIEW_MAX);
	if (put_all(service, chamber, whole, &text) == 0)
		message = message_new(rs_buf_data(&text), rs_buf_len(&text));
	rs_buf_done(&text);
	return message;
}

static void all_told(struct chamber *chamber)
{
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++)
		was_told(&chamber->people[i]);
	chamber->troubles_news = false;
	precall_told(chamber);
}

void survey_tell(struct service *service, struct chamber *chamber)
{
	if (!survey_is_on(chamber))
		return;
	struct message *message = said(service, chamber, false);
	if (message == NULL)
		return; /* the next second says it */
	for (const struct session *session = chamber->sessions; session != NULL;
		session = session->next) {
		if (session->surveys)
			out_push(service, SERVICE_SEND, session->id, 0, message_ref(message));
	}
	message_unref(message);
	all_told(chamber);
}

void survey_wish(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err)
{
	struct message *whole = message->command.on ? said(service, session->chamber, true) : NULL;
	if (message->command.on && whole == NULL) {
		*err = wire_reply_refused(
			message->id, VERDICT_TOO_MANY, wire_verdict_text(VERDICT_TOO_MANY), out);
		return;
	}
	const bool was_on = survey_is_on(session->chamber);
	/* What was told when somebody looked last is no beginning for what is told from now on. */
	if (whole != NULL && !was_on)
		all_told(session->chamber);
	session->surveys = message->command.on;
	if (whole != NULL)
		out_push(service, SERVICE_SEND, session->id, 0, whole);
	if (was_on != survey_is_on(session->chamber))
		meters_switch(service, session->chamber);
	else if (whole != NULL)
		meters_tell(service, session);
	*err = wire_reply_ok(message->id, 0, out);
}

void survey_left(struct service *service, struct chamber *chamber, const struct session *session)
{
	if (session->surveys && !survey_is_on(chamber))
		meters_switch(service, chamber);
}

static int put_histories(const struct chamber *chamber, const struct wire_message *message,
	int64_t wall_ms, struct rs_buf *out)
{
	const char *comma = "";
	int err = rs_buf_printf(out,
		"{\"type\":\"reply\",\"id\":\"%s\",\"ok\":true,\"step_ms\":%d,\"end\":%lld,\"history\":{",
		message->id, STATION_STEP_MS,
		(long long)(wall_ms / STATION_STEP_MS * STATION_STEP_MS));
	for (size_t i = 0; i < message->n_participants && err == 0; i++) {
		const struct person *person = chamber_person(chamber, message->participants[i]);
		if (person == NULL)
			continue;
		err = rs_buf_printf(out, "%s\"%s\":", comma, message->participants[i]);
		if (err == 0)
			err = stations_write_history(&person->station, wall_ms, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "}}", 2);
}

void survey_history(struct service *service, const struct session *session,
	const struct wire_message *message, struct moment at)
{
	const enum verdict verdict = session_judge(session, COMMAND_HISTORY);
	struct rs_buf out;
	rs_buf_init(&out, VIEW_MAX);
	if (verdict != VERDICT_OK)
		service->counters.refused++;
	const int err = verdict == VERDICT_OK
				? put_histories(session->chamber, message, at.wall_ms, &out)
				: wire_reply_refused(
					  message->id, verdict, wire_verdict_text(verdict), &out);
	out_text(service, SERVICE_SEND, session->id, 0, err, &out);
	rs_buf_done(&out);
}

void survey_free(struct chamber *chamber)
{
	if (chamber->proceedings == NULL)
		return; /* it was never finished */
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++) {
		station_done(&chamber->people[i].station);
		errands_done(&chamber->people[i].errands);
		boxes_done(&chamber->people[i].box);
	}
}

/* ---- how many there are ---- */

static uint64_t count(const struct troubles *troubles, enum severity severity)
{
	uint64_t n = 0;
	for (size_t i = 0; i < TROUBLE_COUNT; i++)
		n += troubles->states[i].is == severity;
	return n;
}

uint64_t survey_count(const struct service *service, enum severity severity)
{
	uint64_t n = 0;
	size_t cursor = 0;
	const struct node *node;
	while ((node = rs_map_next(service->nodes, &cursor)) != NULL)
		n += count(&node->troubles, severity);
	for (const struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		n += count(&chamber->troubles, severity);
		for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++)
			n += count(&chamber->people[i].station.troubles, severity);
	}
	return n;
}

/* ---- the list of what is wrong ---- */

struct problems {
	struct station_problem *list;
	size_t n, cap;
};

static void add_problems(struct problems *problems, const char *kind, const char *id,
	const struct troubles *troubles)
{
	for (size_t i = 0; i < TROUBLE_COUNT; i++) {
		if (troubles->states[i].is == SEVERITY_NONE || problems->n == problems->cap)
			continue;
		problems->list[problems->n++] = (struct station_problem){
			.kind = kind,
			.id = id,
			.trouble = (enum trouble)i,
			.state = troubles->states[i],
		};
	}
}

/* The worst first, of those alike what has lasted longest. */
static int compare(const void *a, const void *b)
{
	const struct station_problem *x = a;
	const struct station_problem *y = b;
	if (x->state.is != y->state.is)
		return x->state.is > y->state.is ? -1 : 1;
	if (x->state.since_ms != y->state.since_ms)
		return x->state.since_ms < y->state.since_ms ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void collect(
	const struct service *service, const struct chamber *chamber, struct problems *problems)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	size_t cursor = 0;
	const struct node *node;
	add_problems(problems, "meeting", meeting->id, &chamber->troubles);
	while ((node = rs_map_next(service->nodes, &cursor)) != NULL)
		add_problems(problems, "node", node->name, &node->troubles);
	for (size_t i = 0; i < meeting->n_participants; i++)
		add_problems(problems, "participant", meeting->participants[i].id,
			&chamber->people[i].station.troubles);
	qsort(problems->list, problems->n, sizeof(*problems->list), compare);
}

int service_problems(const struct service *service, const char *meeting, struct rs_buf *out)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	if (chamber == NULL)
		return -ENOENT;
	struct problems problems = {
		.cap = TROUBLE_COUNT * (1 + rs_map_count(service->nodes) +
					       chamber->proceedings->meeting->n_participants),
	};
	problems.list = rs_calloc(problems.cap, sizeof(*problems.list));
	if (problems.list == NULL)
		return -ENOMEM;
	collect(service, chamber, &problems);
	int err = rs_buf_printf(out, "{\"total\":%zu,\"problems\":[", problems.n);
	for (size_t i = 0; i < problems.n && i < PROBLEMS_LISTED_MAX && err == 0; i++) {
		err = i > 0 ? rs_buf_append(out, ",", 1) : 0;
		if (err == 0)
			err = stations_write_problem(&problems.list[i], out);
	}
	rs_release(problems.list);
	return err < 0 ? err : rs_buf_append(out, "]}", 2);
}
