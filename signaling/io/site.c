/* HTTP about the site: its media servers and recorders, its health and figures, what it may answer. */
#include "signaling/io/archive.h"

#include "common/base/metric.h"
#include "signaling/archive/shelf.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void site_nodes(struct request *request)
{
	if (service_nodes(request->io->service, &request->out) < 0)
		http_refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

static void drain(struct request *request, bool drained)
{
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
		site_nodes(request);
	}
}

void site_drain(struct request *request)
{
	drain(request, true);
}

void site_serve(struct request *request)
{
	drain(request, false);
}

void site_health(struct request *request)
{
	if (rs_buf_printf(&request->out, "ok\n") < 0)
		http_refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "text/plain; charset=utf-8");
}

static int put_counters(struct request *request)
{
	const struct io *io = request->io;
	const struct archive_figures archive = archive_figures(io);
	const struct rs_metric lines[] = {
		{ "rostrum_archive_recordings_taken_total", RS_METRIC_COUNTER,
			"Recordings taken into the catalogue, or anew.", archive.recordings_taken },
		{ "rostrum_archive_recordings_refused_total", RS_METRIC_COUNTER,
			"Recordings whose index is none, or that lie there twice.",
			archive.recordings_refused },
		{ "rostrum_archive_scans_failed_total", RS_METRIC_COUNTER,
			"Times the archive could not be looked through.", archive.scans_failed },
		{ "rostrum_archive_readings", RS_METRIC_GAUGE,
			"Files of the archive being given out.", io->readings },
		{ "rostrum_http_connections", RS_METRIC_GAUGE, "Connections open.",
			io->connections },
		{ "rostrum_http_connections_refused_total", RS_METRIC_COUNTER,
			"Connections closed at once, over the limit.",
			io->counters.connections_refused },
		{ "rostrum_http_requests_total", RS_METRIC_COUNTER, "HTTP requests.",
			io->counters.requests },
		{ "rostrum_http_requests_refused_total", RS_METRIC_COUNTER,
			"HTTP requests answered with an error.", io->counters.requests_refused },
		{ "rostrum_http_requests_limited_total", RS_METRIC_COUNTER,
			"REST requests over the rate of their address or bearer.",
			io->counters.requests_limited },
		{ "rostrum_http_rate_buckets", RS_METRIC_GAUGE,
			"Addresses and bearers whose rate is being counted.",
			rate_count(io->by_address) + rate_count(io->by_bearer) },
		{ "rostrum_websockets", RS_METRIC_GAUGE, "WebSockets open.",
			rs_map_count(io->pages) },
		{ "rostrum_pages_slow_total", RS_METRIC_COUNTER, "Pages closed for not reading.",
			io->counters.pages_slow },
		{ "rostrum_pages_malformed_total", RS_METRIC_COUNTER,
			"Pages closed for what they sent.", io->counters.pages_oversized },
		{ "rostrum_control_errors_total", RS_METRIC_COUNTER,
			"Control connections ended for what they sent.",
			io->counters.control_errors },
	};
	return rs_metrics_write(&request->out, lines, RS_ARRAY_LEN(lines));
}

/* --- metrics --- */

/* As rostrum-webcast writes it beside what it puts out (recorder/webcast/gauge.h). */
#define WEBCAST_METRICS "metrics.prom"
#define WEBCAST_METRICS_MAX ((size_t)64 << 10)

static void answer_metrics(struct request *request, const void *more, size_t len)
{
	if (put_counters(request) < 0 || webcast_metrics(request->io, &request->out) < 0 ||
		service_metrics(request->io->service, &request->out) < 0 ||
		rs_buf_append(&request->out, more, len) < 0)
		http_refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "text/plain; version=0.0.4; charset=utf-8");
}

/* The figures of another program, read from its file. */
struct gathering {
	struct chore chore;
	uint64_t request; /* which may be gone by the end */
	size_t len;
	char text[WEBCAST_METRICS_MAX];
};

static void run_gathering(struct chore *chore)
{
	struct gathering *gathering = (struct gathering *)chore;
	struct shelf_file file = { .fd = -1 };
	if (shelf_open_path(chore->io->config.webcast, WEBCAST_METRICS, &file) < 0)
		return; /* it does not run */
	const ssize_t n = read(file.fd, gathering->text, sizeof(gathering->text));
	(void)close(file.fd); /* read only */
	/* Written at once and renamed: what does not end with a line is none of it. */
	if (n > 0 && gathering->text[n - 1] == '\n' &&
		memchr(gathering->text, 0, (size_t)n) == NULL)
		gathering->len = (size_t)n;
}

static void on_gathered(struct chore *chore)
{
	struct gathering *gathering = (struct gathering *)chore;
	struct io *io = chore->io;
	struct request *request =
		io->service != NULL
			? rs_map_find(io->requests, &gathering->request, sizeof(gathering->request))
			: NULL;
	if (request != NULL)
		answer_metrics(request, gathering->text, gathering->len);
	rs_release(gathering);
	io_pump(io);
}

void site_metrics(struct request *request)
{
	struct gathering *gathering =
		request->io->config.webcast[0] != '\0' ? rs_zalloc(sizeof(*gathering)) : NULL;
	if (gathering == NULL) {
		answer_metrics(request, "", 0);
		return;
	}
	gathering->chore.run = run_gathering;
	gathering->chore.done = on_gathered;
	gathering->request = request->number;
	chore_begin(request->io, &gathering->chore);
}
