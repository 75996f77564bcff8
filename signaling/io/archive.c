/* HTTP about recordings: what there is, one of them, its files. */
#include "signaling/io/archive.h"

#include "signaling/archive/search.h"
#include "signaling/archive/shelf.h"
#include "signaling/io/answer.h"
#include "signaling/io/archive_priv.h"
#include "signaling/io/attachment.h"
#include "signaling/io/chore.h"
#include "signaling/io/reading.h"
#include "signaling/io/ticket.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WALL_MAX_MS ((uint64_t)1 << 53)
#define INDEX_ANSWER_MAX (RECORDING_OCTETS_MAX + ((size_t)1 << 20))

/* --- Looking something up --- */

enum lookup_kind {
	LOOKUP_SEARCH,
	LOOKUP_INDEX,
	LOOKUP_FILE,
};

struct lookup {
	struct chore chore;
	enum lookup_kind kind;
	uint64_t request; /* which may be gone by the end */
	struct access_viewer viewer;
	struct search search;
	char session[RECORDING_SESSION_MAX + 1];
	char language[RS_NAME_MAX + 1];
	enum catalogue_kind file_kind;
	/* outcome */
	int err;
	struct rs_buf out;
	char meeting[RS_NAME_MAX + 1];
	struct catalogue_file file;
	struct shelf_file opened; /* fd -1 = none */
};

static int look_up(struct lookup *lookup, struct catalogue *catalogue)
{
	switch (lookup->kind) {
	case LOOKUP_SEARCH:
		return search_run(catalogue, &lookup->search, &lookup->viewer, &lookup->out);
	case LOOKUP_INDEX:
		return catalogue_index(
			catalogue, lookup->session, &lookup->viewer, &lookup->out, lookup->meeting);
	case LOOKUP_FILE:
		break;
	}
	const int err = catalogue_file(catalogue, lookup->session, &lookup->viewer,
		lookup->file_kind, lookup->language, &lookup->file);
	return err < 0 ? err
		       : shelf_open(lookup->chore.io->config.archive, lookup->file.directory,
				 lookup->file.file, &lookup->opened);
}

static void run_lookup(struct chore *chore)
{
	struct lookup *lookup = (struct lookup *)chore;
	RS_CLEANUP(catalogue_freep) struct catalogue *catalogue = NULL;
	lookup->err = catalogue_open_reader(chore->io->config.catalogue, &catalogue);
	if (lookup->err == 0)
		lookup->err = look_up(lookup, catalogue);
}

static void lookup_free(struct lookup *lookup)
{
	if (lookup->opened.fd >= 0)
		(void)close(lookup->opened.fd); /* read only */
	rs_buf_done(&lookup->out);
	rs_release(lookup);
}

/* --- Answers --- */

void archive_refuse(struct request *request, int err)
{
	if (err == -ENOENT)
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-recording",
			"There is no such recording, or none for this token.");
	else if (err == -ETIMEDOUT)
		http_refuse(request, HTTP_STATUS_SERVICE_UNAVAILABLE, "too-much",
			"The search took too long. Please narrow it: a date, a speaker, a rarer word.");
	else if (err == -ENOMEM)
		http_refuse_memory(request);
	else
		http_refuse(request, HTTP_STATUS_SERVICE_UNAVAILABLE, "archive-unavailable",
			"The archive cannot be read just now. Please try again.");
}

static void answer_found(struct lookup *lookup, struct request *request)
{
	if (rs_buf_append(&request->out, rs_buf_data(&lookup->out), rs_buf_len(&lookup->out)) < 0)
		http_refuse_memory(request);
	http_add_header(request, "cache-control:", "private, no-store");
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

/* The index with a ticket for its files. */
static void answer_index(struct lookup *lookup, struct request *request)
{
	char ticket[TICKET_LEN];
	struct claims who = request->who;
	const int64_t ends_s = io_moment().wall_ms / 1000 + TICKET_LIFE_S;
	(void)claims_enter(&who, lookup->meeting); /* else it is a public one, of another meeting */
	ticket_write(request->io->ticket_key, lookup->session, &who, ends_s, ticket);
	if (rs_buf_printf(&request->out,
		    "{\"ticket\":\"%s\",\"ticket_ends_ms\":%" PRId64 ",\"recording\":", ticket,
		    ends_s * 1000) < 0 ||
		rs_buf_append(&request->out, rs_buf_data(&lookup->out), rs_buf_len(&lookup->out)) <
			0 ||
		rs_buf_append(&request->out, "}", 1) < 0)
		http_refuse_memory(request);
	http_add_header(request, "cache-control:", "private, no-store");
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

static const char *type_of(const char *file)
{
	const char *dot = strrchr(file, '.');
	if (dot != NULL && strcmp(dot, ".vtt") == 0)
		return "text/vtt; charset=utf-8";
	return dot != NULL && strcmp(dot, ".mkv") == 0 ? "video/x-matroska" : "video/webm";
}

/* Saved under the meeting, its day and the language. */
static void add_disposition(struct request *request, const struct lookup *lookup)
{
	char value[HTTP_VALUE_MAX];
	char day[RS_TIME_TEXT_LEN];
	const char *dot = strrchr(lookup->file.file, '.');
	rs_wall_format(lookup->file.started_ms, day);
	(void)snprintf(value, sizeof(value), "attachment; filename=\"%s-%.10s-%s%s%s\"",
		lookup->file.meeting, day, lookup->language,
		lookup->file_kind == CATALOGUE_LATE ? "-late" : "", dot != NULL ? dot : "");
	http_add_header(request, "content-disposition:", value);
}

static void answer_file(struct lookup *lookup, struct request *request)
{
	const struct http_part part = { .type = type_of(lookup->file.file),
		.file = lookup->opened.fd,
		.octets = lookup->opened.octets,
		.tag = lookup->opened.tag,
		.answer = reading_answer };
	char save[8];
	lookup->opened.fd = -1;
	http_add_header(request, "cache-control:", "private, no-cache");
	http_add_header(request, "x-content-type-options:", "nosniff");
	http_add_header(request, "content-security-policy:", "sandbox; default-src 'none'");
	http_add_header(request, "cross-origin-resource-policy:", "same-origin");
	if (http_query(request, "save", save, sizeof(save)) && strcmp(save, "true") == 0)
		add_disposition(request, lookup);
	http_answer_part(request, &part);
}

static void on_found(struct chore *chore)
{
	struct lookup *lookup = (struct lookup *)chore;
	struct io *io = chore->io;
	struct request *request = io->service != NULL ? rs_map_find(io->requests, &lookup->request,
								sizeof(lookup->request))
						      : NULL;
	if (request != NULL && lookup->err < 0)
		archive_refuse(request, lookup->err);
	else if (request != NULL && lookup->kind == LOOKUP_SEARCH)
		answer_found(lookup, request);
	else if (request != NULL && lookup->kind == LOOKUP_INDEX)
		answer_index(lookup, request);
	else if (request != NULL)
		answer_file(lookup, request);
	lookup_free(lookup);
	io_pump(io);
}

/* --- Requests --- */

bool archive_may_ask(struct request *request, struct access_viewer *out_viewer)
{
	const struct claims *who = &request->who;
	if (!archive_is_there(request->io)) {
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-archive",
			"This site shows no archive.");
		return false;
	}
	*out_viewer = (struct access_viewer){ .role = who->role };
	if (who->meeting[0] != '\0')
		(void)rs_set_text(out_viewer->meetings[out_viewer->n_meetings++], who->meeting);
	for (size_t i = 0; i < who->n_also; i++)
		(void)rs_set_text(out_viewer->meetings[out_viewer->n_meetings++], who->also[i]);
	return true;
}

/* NULL: there is no archive, or no memory, and it was answered so. */
static struct lookup *lookup_new(struct request *request, enum lookup_kind kind)
{
	struct access_viewer viewer;
	if (!archive_may_ask(request, &viewer))
		return NULL;
	struct lookup *lookup = rs_zalloc(sizeof(*lookup));
	if (lookup == NULL) {
		http_refuse_memory(request);
		return NULL;
	}
	lookup->chore.run = run_lookup;
	lookup->chore.done = on_found;
	lookup->kind = kind;
	lookup->viewer = viewer;
	lookup->request = request->number;
	lookup->opened.fd = -1;
	rs_buf_init(&lookup->out, INDEX_ANSWER_MAX);
	(void)rs_set_text(lookup->session, request->params.name[0]);
	return lookup;
}

_Static_assert(RECORDING_SESSION_MAX == ROUTE_NAME_MAX, "an address has room for a session");
_Static_assert(ACCESS_MEETINGS_MAX == CLAIMS_MEETINGS_MAX, "a viewer has the meetings of a token");

/* A number of the query up to `max`; `preset` where it is absent. */
static bool read_number(
	struct request *request, const char *name, uint64_t max, uint64_t preset, uint64_t *out)
{
	char text[24];
	*out = preset;
	return http_query(request, name, text, sizeof(text)) &&
	       (text[0] == '\0' || rs_parse_u64(text, strlen(text), max, out) == 0);
}

static bool read_text(struct request *request, const char *name, char *out, size_t cap)
{
	return http_query(request, name, out, cap) && rs_utf8_valid(out, strlen(out));
}

static bool read_search(struct request *request, struct search *out)
{
	uint64_t from;
	uint64_t until;
	uint64_t offset;
	uint64_t limit;
	if (!read_text(request, "q", out->words, sizeof(out->words)) ||
		!read_text(request, "item", out->item, sizeof(out->item)) ||
		!read_text(request, "speaker", out->speaker, sizeof(out->speaker)) ||
		!read_text(request, "delegation", out->delegation, sizeof(out->delegation)) ||
		!read_text(request, "language", out->language, sizeof(out->language)) ||
		!read_number(request, "from", WALL_MAX_MS, 0, &from) ||
		!read_number(request, "until", WALL_MAX_MS, 0, &until) ||
		!read_number(request, "offset", UINT32_MAX, 0, &offset) ||
		!read_number(request, "limit", SEARCH_PAGE_MAX, 20, &limit))
		return false;
	out->from_ms = (int64_t)from;
	out->until_ms = (int64_t)until;
	out->offset = (uint32_t)offset;
	out->limit = limit > 0 ? (uint32_t)limit : 1;
	return true;
}

void archive_list(struct request *request)
{
	struct search search = { .limit = 0 };
	if (!read_search(request, &search)) {
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "malformed",
			"What is looked for is too long, or no number where one is expected.");
		return;
	}
	struct lookup *lookup = lookup_new(request, LOOKUP_SEARCH);
	if (lookup == NULL)
		return;
	lookup->search = search;
	chore_begin(request->io, &lookup->chore);
}

void archive_recording(struct request *request)
{
	struct lookup *lookup = lookup_new(request, LOOKUP_INDEX);
	if (lookup != NULL)
		chore_begin(request->io, &lookup->chore);
}

static void give_file(struct request *request, enum catalogue_kind kind)
{
	struct lookup *lookup = lookup_new(request, LOOKUP_FILE);
	if (lookup == NULL)
		return;
	lookup->file_kind = kind;
	(void)rs_set_text(lookup->language, request->params.name[1]);
	chore_begin(request->io, &lookup->chore);
}

void archive_programme(struct request *request)
{
	char late[8];
	const bool with_late =
		http_query(request, "late", late, sizeof(late)) && strcmp(late, "true") == 0;
	give_file(request, with_late ? CATALOGUE_LATE : CATALOGUE_PROGRAMME);
}

void archive_captions(struct request *request)
{
	give_file(request, CATALOGUE_CAPTIONS);
}

int archive_ticket(struct request *request, const char *session, struct claims *out_claims)
{
	char ticket[TICKET_LEN];
	if (!http_query(request, "ticket", ticket, sizeof(ticket)) || ticket[0] == '\0')
		return -ENOENT;
	return ticket_read(
		request->io->ticket_key, session, ticket, io_moment().wall_ms / 1000, out_claims);
}
