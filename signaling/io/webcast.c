/* The webcast over HTTP: what everybody may know of it, and the files that rostrum-webcast writes, for as long as the meeting is
 * webcast. Pages of other sites may ask for all of it. */
#include "common/base/hash.h"
#include "common/base/metric.h"
#include "signaling/archive/shelf.h"
#include "signaling/io/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Seconds that caches on the way may keep it: a playlist grows every few seconds, a segment never changes, yet its name comes again
 * with the next sitting. */
#define KEEP_PLAYLIST "public, max-age=1"
#define KEEP_SEGMENT "public, max-age=30"
#define KEEP_STATE "public, max-age=2"

static void add_shared_headers(struct request *request)
{
	http_add_header(request, "access-control-allow-origin:", "*");
	http_add_header(request, "cross-origin-resource-policy:", "cross-origin");
	http_add_header(request, "x-content-type-options:", "nosniff");
}

static void refuse(struct request *request)
{
	http_add_header(request, "cache-control:", "no-store");
	http_refuse(
		request, HTTP_STATUS_NOT_FOUND, "not-on-air", "This meeting is not webcast now.");
}

/* --- What there is --- */

/* With the time, by which players tell how far behind they are, and a tag that only the rest of it changes. */
static void answer_state(struct request *request, struct rs_buf *state)
{
	uint8_t hash[RS_SHA256_LEN];
	char hex[2 * RS_SHA256_LEN + 1];
	char tag[32];
	rs_sha256(rs_buf_data(state), rs_buf_len(state), hash);
	rs_hex_encode(hash, RS_SHA256_LEN, hex);
	(void)snprintf(tag, sizeof(tag), "W/\"%.16s\"", hex);
	http_add_header(request, "etag:", tag);
	http_add_header(request, "cache-control:", KEEP_STATE);
	if (route_has_tag(request->if_none_match, tag)) {
		http_answer(request, HTTP_STATUS_NOT_MODIFIED, NULL);
		return;
	}
	if (rs_buf_printf(&request->out, "{\"time\":%" PRId64 ",", io_moment().wall_ms) < 0 ||
		rs_buf_append(&request->out, rs_buf_data(state) + 1, rs_buf_len(state) - 1) < 0)
		http_refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

static void answer_known(struct request *request, int err, struct rs_buf *state)
{
	add_shared_headers(request);
	if (err == 0)
		answer_state(request, state);
	else
		http_answer_with(
			request, err, "no-such-meeting", "There is no meeting of this name.");
	rs_buf_done(state);
}

void webcast_about(struct request *request)
{
	struct rs_buf state;
	rs_buf_init(&state, HTTP_SMALL_MAX);
	const int err = service_webcast(request->io->service, request->params.name[0], &state);
	answer_known(request, err, &state);
}

void webcast_list(struct request *request)
{
	struct rs_buf state;
	rs_buf_init(&state, HTTP_SMALL_MAX * 1024); /* limits.meetings is 1024 at most */
	const int err = service_webcasts(request->io->service, &state);
	answer_known(request, err, &state);
}

/* --- Its files --- */

static void count(struct request *request, bool playlist)
{
	struct webcast_counters *counters = &request->io->counters.webcast;
	switch (request->status) {
	case HTTP_STATUS_OK:
		counters->whole++;
		break;
	case HTTP_STATUS_PARTIAL_CONTENT:
		counters->part++;
		break;
	case HTTP_STATUS_NOT_MODIFIED:
		counters->same++;
		break;
	case HTTP_STATUS_NOT_FOUND:
		counters->absent++;
		return;
	default:
		counters->refused++;
		return;
	}
	counters->playlists += playlist;
}

int webcast_metrics(const struct io *io, struct rs_buf *out)
{
	const struct webcast_counters *counters = &io->counters.webcast;
	const struct {
		const char *status;
		uint64_t n;
	} all[] = { { "200", counters->whole }, { "206", counters->part },
		{ "304", counters->same }, { "404", counters->absent },
		{ "other", counters->refused } };
	static const char name[] = "rostrum_webcast_requests_total";
	const struct rs_metric playlists = { "rostrum_webcast_playlist_requests_total",
		RS_METRIC_COUNTER,
		"Playlists of pictures given out: each player asks for one as often as there is a segment.",
		counters->playlists };
	int err = rs_metric_head(
		out, name, RS_METRIC_COUNTER, "Requests for files of webcasts, by HTTP status.");
	for (size_t i = 0; i < RS_ARRAY_LEN(all) && err == 0; i++)
		err = rs_buf_printf(
			out, "%s{status=\"%s\"} %" PRIu64 "\n", name, all[i].status, all[i].n);
	return err < 0 ? err : rs_metrics_write(out, &playlists, 1);
}

struct showing {
	struct chore chore;
	uint64_t request; /* which may be gone by the end */
	char path[(ROUTE_NAME_MAX + 1) * ROUTE_PARAMS_MAX];
	const char *type;
	int err;
	struct shelf_file opened;
};

static void run_showing(struct chore *chore)
{
	struct showing *showing = (struct showing *)chore;
	showing->err = shelf_open_path(chore->io->config.webcast, showing->path, &showing->opened);
}

static bool is_segment(const char *type)
{
	return strncmp(type, "application/", 12) != 0;
}

/* While the disk was asked the meeting may have gone on in private. */
static void on_shown(struct chore *chore)
{
	struct showing *showing = (struct showing *)chore;
	struct io *io = chore->io;
	struct request *request = io->service != NULL ? rs_map_find(io->requests, &showing->request,
								sizeof(showing->request))
						      : NULL;
	const bool shown = request != NULL && showing->err == 0 &&
			   service_is_webcast(io->service, request->params.name[0]);
	if (shown) {
		http_add_header(request,
			"cache-control:", is_segment(showing->type) ? KEEP_SEGMENT : KEEP_PLAYLIST);
		http_answer_part(request, &(struct http_part){ .type = showing->type,
						  .file = showing->opened.fd,
						  .octets = showing->opened.octets,
						  .tag = showing->opened.tag,
						  .answer = http_answer_file });
	} else {
		if (showing->err == 0 && showing->opened.fd >= 0)
			(void)close(showing->opened.fd); /* read only */
		if (request != NULL)
			refuse(request);
	}
	if (request != NULL)
		count(request,
			strcmp(showing->path + strcspn(showing->path, "/"), "/v/index.m3u8") == 0);
	rs_release(showing);
	io_pump(io);
}

void webcast_file(struct request *request)
{
	const bool in_folder = request->params.name[2][0] != '\0';
	const char *folder = in_folder ? request->params.name[1] : "";
	const char *file = request->params.name[in_folder ? 2 : 1];
	const char *type = route_webcast_type(folder, file);
	add_shared_headers(request);
	http_add_header(request, "access-control-expose-headers:", "ETag, Content-Range");
	if (type == NULL || request->io->config.webcast[0] == '\0' ||
		!service_is_webcast(request->io->service, request->params.name[0])) {
		refuse(request);
		count(request, false);
		return;
	}
	struct showing *showing = rs_zalloc(sizeof(*showing));
	if (showing == NULL) {
		http_refuse_memory(request);
		count(request, false);
		return;
	}
	showing->chore.run = run_showing;
	showing->chore.done = on_shown;
	showing->request = request->number;
	showing->type = type;
	showing->opened.fd = -1;
	(void)snprintf(showing->path, sizeof(showing->path), "%s/%s%s%s", request->params.name[0],
		folder, in_folder ? "/" : "", file);
	chore_begin(request->io, &showing->chore);
}

void webcast_options(struct request *request)
{
	http_add_header(request, "access-control-allow-origin:", "*");
	http_add_header(request, "access-control-allow-methods:", "GET, HEAD");
	http_add_header(request, "access-control-allow-headers:", "Range, If-None-Match");
	http_add_header(request, "access-control-max-age:", "86400");
	http_answer(request, STATUS_NO_CONTENT, NULL);
}
