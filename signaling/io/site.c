/* HTTP about the site: its media servers and recorders, its health and figures, what it may answer. */
#include "signaling/io/archive.h"

#include "common/base/metric.h"

#include <errno.h>
#include <string.h>

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

void site_metrics(struct request *request)
{
	if (put_counters(request) < 0 || service_metrics(request->io->service, &request->out) < 0)
		http_refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "text/plain; version=0.0.4; charset=utf-8");
}
