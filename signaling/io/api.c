#include "signaling/io/io_priv.h"

#include <errno.h>
#include <string.h>

static void forbid(struct request *request)
{
	http_refuse(request, HTTP_STATUS_FORBIDDEN, "not-permitted",
		"This token's role may not do that.");
}

static void refuse_memory(struct request *request)
{
	http_refuse(request, HTTP_STATUS_INTERNAL_SERVER_ERROR, "out-of-memory",
		"The server is out of memory.");
}

static void import_conference(struct request *request)
{
	struct service_refusal refusal;
	if (!http_authenticate(request))
		return;
	if (request->who.role != ROLE_ADMIN) {
		forbid(request);
		return;
	}
	request->importing = true;
	if (service_import(request->io->service, request->number, io_text(&request->body),
		    rs_buf_len(&request->body), io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
}

static void command(struct request *request, const char *name)
{
	const char *meeting = request->params.name[0];
	struct service_refusal refusal;
	if (!http_enter(request, meeting))
		return;
	if (request->who.role != ROLE_ADMIN && request->who.role != ROLE_SECRETARIAT) {
		forbid(request);
		return;
	}
	if (service_command(request->io->service, request->number, &request->who, meeting, name,
		    io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
}

static void open_meeting(struct request *request)
{
	command(request, "open-meeting");
}

static void close_meeting(struct request *request)
{
	command(request, "close-meeting");
}

static void get_meeting(struct request *request)
{
	const char *meeting = request->params.name[0];
	if (!http_enter(request, meeting))
		return;
	const int err = service_view(request->io->service, meeting, &request->out);
	if (err == -ENOENT)
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-meeting",
			"There is no meeting of this name.");
	else if (err < 0)
		refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

static void look(struct request *request, enum service_look what)
{
	const char *meeting = request->params.name[0];
	struct service_refusal refusal;
	if (!http_enter(request, meeting))
		return;
	if (service_look(request->io->service, request->number, &request->who, meeting,
		    request->params.name[1], what, io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
}

static void get_media(struct request *request)
{
	look(request, SERVICE_LOOK_MEDIA);
}

static void get_timeline(struct request *request)
{
	look(request, SERVICE_LOOK_TIMELINE);
}

static void get_nodes(struct request *request)
{
	if (!http_authenticate(request))
		return;
	if (request->who.role != ROLE_ADMIN && request->who.role != ROLE_TECHNICIAN)
		forbid(request);
	else if (service_nodes(request->io->service, &request->out) < 0)
		refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

static void drain(struct request *request, bool drained)
{
	if (!http_authenticate(request))
		return;
	if (request->who.role != ROLE_ADMIN && request->who.role != ROLE_TECHNICIAN) {
		forbid(request);
		return;
	}
	switch (service_drain(
		request->io->service, request->params.name[0], drained, io_moment())) {
	case -ENOENT:
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-node",
			"There is no media server of this name.");
		return;
	case -EALREADY:
		http_refuse(request, HTTP_STATUS_CONFLICT, "already-so", "It is so already.");
		return;
	default:
		break;
	}
	if (service_nodes(request->io->service, &request->out) < 0)
		refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

static void drain_node(struct request *request)
{
	drain(request, true);
}

static void serve_node(struct request *request)
{
	drain(request, false);
}

static void get_health(struct request *request)
{
	if (rs_buf_printf(&request->out, "ok\n") < 0)
		refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "text/plain; charset=utf-8");
}

static int put_counters(struct request *request)
{
	const struct io *io = request->io;
	const struct {
		const char *name, *type, *help;
		uint64_t value;
	} lines[] = {
		{ "rostrum_http_connections", "gauge", "Connections open.", io->connections },
		{ "rostrum_http_connections_refused_total", "counter",
			"Connections closed at once, over the limit.",
			io->counters.connections_refused },
		{ "rostrum_http_requests_total", "counter", "HTTP requests.",
			io->counters.requests },
		{ "rostrum_http_requests_refused_total", "counter",
			"HTTP requests answered with an error.", io->counters.requests_refused },
		{ "rostrum_websockets", "gauge", "WebSockets open.", rs_map_count(io->pages) },
		{ "rostrum_pages_slow_total", "counter", "Pages closed for not reading.",
			io->counters.pages_slow },
		{ "rostrum_pages_malformed_total", "counter", "Pages closed for what they sent.",
			io->counters.pages_oversized },
		{ "rostrum_control_errors_total", "counter",
			"Control connections ended for what they sent.",
			io->counters.control_errors },
	};
	int err = 0;
	for (size_t i = 0; i < RS_ARRAY_LEN(lines) && err == 0; i++)
		err = rs_buf_printf(&request->out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n",
			lines[i].name, lines[i].help, lines[i].name, lines[i].type, lines[i].name,
			(unsigned long long)lines[i].value);
	return err;
}

static void get_metrics(struct request *request)
{
	if (put_counters(request) < 0 || service_metrics(request->io->service, &request->out) < 0)
		refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "text/plain; version=0.0.4; charset=utf-8");
}

const struct http_route http_routes[] = {
	{ HTTP_POST, "/whip/*/*", media_publish, HTTP_SDP_MAX },
	{ HTTP_OPTIONS, "/whip/*/*", media_options, HTTP_SMALL_MAX },
	{ HTTP_PATCH, "/whip/*/*/*", media_patch, HTTP_SDP_MAX },
	{ HTTP_DELETE, "/whip/*/*/*", media_delete, HTTP_SMALL_MAX },
	{ HTTP_OPTIONS, "/whip/*/*/*", media_options, HTTP_SMALL_MAX },
	{ HTTP_POST, "/whep/*/*", media_play, HTTP_SDP_MAX },
	{ HTTP_OPTIONS, "/whep/*/*", media_options, HTTP_SMALL_MAX },
	{ HTTP_PATCH, "/whep/*/*/*", media_patch, HTTP_SDP_MAX },
	{ HTTP_DELETE, "/whep/*/*/*", media_delete, HTTP_SMALL_MAX },
	{ HTTP_OPTIONS, "/whep/*/*/*", media_options, HTTP_SMALL_MAX },
	{ HTTP_POST, "/api/conferences", import_conference, HTTP_IMPORT_MAX },
	{ HTTP_POST, "/api/meetings/*/open", open_meeting, HTTP_SMALL_MAX },
	{ HTTP_POST, "/api/meetings/*/close", close_meeting, HTTP_SMALL_MAX },
	{ HTTP_GET, "/api/meetings/*", get_meeting, HTTP_SMALL_MAX },
	{ HTTP_GET, "/api/meetings/*/media/*", get_media, HTTP_SMALL_MAX },
	{ HTTP_GET, "/api/meetings/*/timeline/*", get_timeline, HTTP_SMALL_MAX },
	{ HTTP_GET, "/api/nodes", get_nodes, HTTP_SMALL_MAX },
	{ HTTP_POST, "/api/nodes/*/drain", drain_node, HTTP_SMALL_MAX },
	{ HTTP_POST, "/api/nodes/*/serve", serve_node, HTTP_SMALL_MAX },
	{ HTTP_GET, "/healthz", get_health, HTTP_SMALL_MAX },
	{ HTTP_GET, "/metrics", get_metrics, HTTP_SMALL_MAX },
};
const size_t http_n_routes = RS_ARRAY_LEN(http_routes);
