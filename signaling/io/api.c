/* HTTP about conferences and meetings. Who may ask was judged by the table of routes. */
#include "signaling/io/form.h"
#include "signaling/io/io_priv.h"
#include "signaling/proceedings/plan.h"
#include "signaling/wire/beside/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DECISIONS_PAGE_MAX 32
#define EVENTS_PAGE_MAX 64
#define EVENT_NUMBER_MAX ((uint64_t)1 << 53)
#define WALL_MAX_MS ((uint64_t)1 << 53)

static void answer_meeting(struct request *request, int err)
{
	http_answer_with(request, err, "no-such-meeting", "There is no meeting of this name.");
}

/* --- Conferences --- */

/* A conference file alone, or as a form with a table beside it. False: answered. */
static bool read_files(struct request *request, struct service_files *out)
{
	struct form form;
	*out = (struct service_files){ .json = io_text(&request->body),
		.len = rs_buf_len(&request->body) };
	if (!route_type_is(request->content_type, "multipart/form-data"))
		return true;
	const int err = form_parse(request->content_type, out->json, out->len, &form);
	const struct form_part *conference = err == 0 ? form_find(&form, "conference") : NULL;
	const struct form_part *table = err == 0 ? form_find(&form, "delegations") : NULL;
	if (conference == NULL) {
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "malformed",
			"A form is expected with a file \"conference\", and \"delegations\" if there is a table.");
		return false;
	}
	out->json = conference->data_view;
	out->len = conference->len;
	out->csv = table != NULL ? table->data_view : NULL;
	out->csv_len = table != NULL ? table->len : 0;
	return true;
}

static void import(struct request *request, const struct rehearsal_wish *rehearsal)
{
	struct service_refusal refusal;
	struct service_files files;
	if (!read_files(request, &files))
		return;
	files.rehearsal = rehearsal;
	request->importing = true;
	if (service_import(request->io->service, request->number, &files, io_moment(), &refusal) <
		0)
		http_refuse_service(request, &refusal);
}

void api_import(struct request *request)
{
	import(request, NULL);
}

void api_rehearse(struct request *request)
{
	char meeting[RS_NAME_MAX + 1];
	char name[RS_NAME_MAX + 1];
	if (route_query(request->query, "meeting", meeting, sizeof(meeting)) &&
		route_query(request->query, "name", name, sizeof(name)))
		import(request, &(struct rehearsal_wish){ meeting, name });
	else
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "malformed",
			"The query may say meeting and name, each 1 to 64 of [A-Za-z0-9_-].");
}

void api_clear(struct request *request)
{
	struct service_refusal refusal;
	if (service_clear(request->io->service, request->number, request->params.name[0],
		    io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
}

void api_conferences(struct request *request)
{
	answer_meeting(request, service_conferences(request->io->service, &request->out));
}

void api_conference(struct request *request)
{
	http_answer_with(request,
		service_conference(request->io->service, request->params.name[0], &request->out),
		"no-such-conference", "There is no conference of this name.");
}

/* --- Commands --- */

static void order(struct request *request, const char *name)
{
	struct service_refusal refusal;
	const struct service_order order = {
		.request = request->number,
		.who = &request->who,
		.meeting = request->params.name[0],
		.name = name,
		.json = io_text(&request->body),
		.len = rs_buf_len(&request->body),
	};
	if (service_order(request->io->service, &order, io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
}

void api_command(struct request *request)
{
	order(request, request->params.name[1]);
}

void api_open(struct request *request)
{
	order(request, "open-meeting");
}

void api_close(struct request *request)
{
	order(request, "close-meeting");
}

/* --- What there is --- */

/* True when the client has this state of the meeting already, and was told so: as long as no event happened, every text about it
 * is the same. */
static bool is_unchanged(struct request *request)
{
	struct service_mark mark;
	char tag[RS_NAME_MAX + 32];
	if (service_mark(request->io->service, request->params.name[0], &mark) < 0)
		return false;
	(void)snprintf(tag, sizeof(tag), "\"%s-%" PRIu64 "\"", mark.epoch, mark.event);
	http_add_header(request, "etag:", tag);
	http_add_header(request, "cache-control:", "private, no-cache");
	if (!route_has_tag(request->if_none_match, tag))
		return false;
	http_answer(request, HTTP_STATUS_NOT_MODIFIED, NULL);
	return true;
}

/* A number of the query within [min, max], `preset` when it is not there. False: it was no such number, and answered so. */
static bool query_number(
	struct request *request, const char *name, uint64_t max, uint64_t preset, uint64_t *out)
{
	char value[24];
	*out = preset;
	if (!route_query(request->query, name, value, sizeof(value)) ||
		(value[0] != '\0' && rs_parse_u64(value, strlen(value), max, out) < 0)) {
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "malformed",
			"A number of the query is not within its limits.");
		return false;
	}
	return true;
}

void api_meetings(struct request *request)
{
	answer_meeting(
		request, service_meetings(request->io->service, &request->who, &request->out));
}

void api_meeting(struct request *request)
{
	if (!is_unchanged(request))
		answer_meeting(request, service_view(request->io->service, request->params.name[0],
						io_moment(), &request->out));
}

static void answer_part(struct request *request, enum service_part part)
{
	if (!is_unchanged(request))
		answer_meeting(request, service_part(request->io->service, request->params.name[0],
						part, &request->out));
}

void api_speakers(struct request *request)
{
	answer_part(request, SERVICE_PART_SPEAKERS);
}

void api_decision(struct request *request)
{
	answer_part(request, SERVICE_PART_DECISION);
}

void api_decisions(struct request *request)
{
	uint64_t after;
	uint64_t limit;
	if (!query_number(request, "after", EVENT_NUMBER_MAX, 0, &after) ||
		!query_number(request, "limit", DECISIONS_PAGE_MAX, DECISIONS_PAGE_MAX, &limit) ||
		is_unchanged(request))
		return;
	const struct service_page page = { .who = &request->who,
		.meeting = request->params.name[0],
		.after = after,
		.limit = (size_t)(limit > 0 ? limit : 1),
		.name = "" };
	answer_meeting(request, service_decisions(request->io->service, &page, &request->out));
}

/* "true", "false", or not there. False: it was neither, and answered so. */
static bool query_bool(struct request *request, const char *name, bool *out)
{
	char value[8];
	const bool fits = route_query(request->query, name, value, sizeof(value));
	*out = fits && strcmp(value, "true") == 0;
	if (*out || (fits && (value[0] == '\0' || strcmp(value, "false") == 0)))
		return true;
	http_refuse(request, HTTP_STATUS_BAD_REQUEST, "malformed",
		"True or false is expected in the query.");
	return false;
}

/* What if, as the members of the command `plan`. */
static bool query_plan(struct request *request, struct plan_question *out)
{
	uint64_t limit;
	uint64_t until;
	uint64_t pause;
	if (!query_number(request, "limit", RULES_TIME_MAX_S, UINT64_MAX, &limit) ||
		!query_number(request, "until", WALL_MAX_MS, 0, &until) ||
		!query_number(request, "pause", PLAN_PAUSE_MAX_S, 0, &pause) ||
		!query_bool(request, "close", &out->closes))
		return false;
	out->has_limit = limit != UINT64_MAX;
	out->limit_s = out->has_limit ? (uint32_t)limit : 0;
	out->until_ms = (int64_t)until;
	out->pause_s = (uint32_t)pause;
	return true;
}

void api_plan(struct request *request)
{
	struct service_refusal refusal;
	struct plan_question question;
	if (!query_plan(request, &question))
		return;
	if (service_plan(request->io->service, &request->who, request->params.name[0], &question,
		    io_moment(), &request->out, &refusal) < 0)
		http_refuse_service(request, &refusal);
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

void api_participants(struct request *request)
{
	uint64_t offset;
	uint64_t limit;
	if (!query_number(request, "offset", UINT32_MAX, 0, &offset) ||
		!query_number(request, "limit", LISTING_PAGE_MAX, 100, &limit) ||
		is_unchanged(request))
		return;
	answer_meeting(request, service_participants(request->io->service, request->params.name[0],
					(size_t)offset, (size_t)limit, &request->out));
}

/* It changes without events. */
void api_troubles(struct request *request)
{
	answer_meeting(request,
		service_problems(request->io->service, request->params.name[0], &request->out));
}

/* --- Tests before a call --- */

void api_precall(struct request *request)
{
	struct service_refusal refusal;
	const struct service_order order = {
		.request = request->number,
		.who = &request->who,
		.meeting = request->params.name[0],
		.json = io_text(&request->body),
		.len = rs_buf_len(&request->body),
	};
	if (service_precall_put(request->io->service, &order, io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
}

/* They come without events. */
void api_precalls(struct request *request)
{
	answer_meeting(request,
		service_precalls(request->io->service, request->params.name[0], &request->out));
}

void api_events(struct request *request)
{
	struct service_refusal refusal;
	char name[RS_NAME_MAX + 1];
	uint64_t after;
	uint64_t limit;
	if (streams_asked(request)) {
		streams_open(request);
		return;
	}
	if (!query_number(request, "after", EVENT_NUMBER_MAX, 0, &after) ||
		!query_number(request, "limit", EVENTS_PAGE_MAX, EVENTS_PAGE_MAX, &limit))
		return;
	if (!route_query(request->query, "name", name, sizeof(name))) {
		http_refuse(
			request, HTTP_STATUS_BAD_REQUEST, "malformed", "No event has this name.");
		return;
	}
	const struct service_page page = { .who = &request->who,
		.meeting = request->params.name[0],
		.after = after,
		.limit = (size_t)(limit > 0 ? limit : 1),
		.name = name };
	if (service_events(request->io->service, request->number, &page, &refusal) < 0)
		http_refuse_service(request, &refusal);
}

/* --- A participant's media --- */

static void look(struct request *request, enum service_look what)
{
	struct service_refusal refusal;
	if (service_look(request->io->service, request->number, &request->who,
		    request->params.name[0], request->params.name[1], what, io_moment(),
		    &refusal) < 0)
		http_refuse_service(request, &refusal);
}

void api_media(struct request *request)
{
	look(request, SERVICE_LOOK_MEDIA);
}

void api_timeline(struct request *request)
{
	look(request, SERVICE_LOOK_TIMELINE);
}
