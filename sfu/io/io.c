#include "sfu/io/io.h"

#include "common/log/log.h"
#include "sfu/io/crew.h"
#include "sfu/io/link.h"
#include "sfu/io/recorders.h"
#include "sfu/io/worker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define STATS_EVERY RS_SEC(1)
#define INSTANCE_LEN 12

struct io {
	uv_loop_t *loop;
	int64_t wall_offset;
	char instance[INSTANCE_LEN + 1];
	size_t units; /* meetings and peers there may be */
	struct turns *turns;
	bool turning; /* not yet closed */
	struct crew *crew;
	struct control *control;
	struct link *link;
	struct recorders *recorders; /* NULL: no tap */
	bool ask_levels;             /* all of them, when the crew has room for it */
	rs_time next_stats;
	struct control_stats *stats; /* being joined; NULL = none under way */
	unsigned stats_missing;      /* parts still to come */
};

/* ---- control asks, the crew does ---- */

/* With one worker nobody reads it. */
static char *unit_text(const struct io *io)
{
	return crew_size(io->crew) > 1 ? control_unit_text(io->control) : NULL;
}

static int on_meeting_set(void *ctx, const struct router_meeting *meeting, rs_time now)
{
	const struct io *io = ctx;
	return crew_meeting_set(io->crew, meeting, unit_text(io), now);
}

static void on_meeting_remove(void *ctx, const char *id, rs_time now)
{
	const struct io *io = ctx;
	crew_meeting_remove(io->crew, id, now);
}

static int on_peer_set(void *ctx, const struct control_peer *peer, rs_time now)
{
	const struct io *io = ctx;
	return crew_peer_set(io->crew, peer, unit_text(io), now);
}

static void on_peer_remove(void *ctx, const char *id, rs_time now)
{
	const struct io *io = ctx;
	crew_peer_remove(io->crew, id, now);
}

/* A whole state may take everything away and set everything anew. */
static bool on_ready(void *ctx)
{
	const struct io *io = ctx;
	return crew_has_room(io->crew, 2 * io->units);
}

static bool on_done(void *ctx)
{
	const struct io *io = ctx;
	return crew_is_done(io->crew);
}

/* Levels are told when they move. */
static void on_opened(void *ctx)
{
	struct io *io = ctx;
	io->ask_levels = true;
}

static const struct control_port port = {
	.meeting_set = on_meeting_set,
	.meeting_remove = on_meeting_remove,
	.peer_set = on_peer_set,
	.peer_remove = on_peer_remove,
	.ready = on_ready,
	.done = on_done,
	.opened = on_opened,
};

static void on_tap(void *ctx, const struct router_tap *tap)
{
	struct io *io = ctx;
	recorders_emit(io->recorders, tap);
}

/* ---- a turn ---- */

static void report_event(struct io *io, unsigned worker, const struct router_event *event)
{
	switch (event->kind) {
	case ROUTER_EVENT_SOURCE:
		control_report_source(io->control, worker, event);
		break;
	case ROUTER_EVENT_GATE:
		log_info(LOG_ROUTER, event->meeting,
			"microphone open source=%s event=%llu after_us=%lld", event->source,
			(unsigned long long)event->event,
			(long long)(event->first - event->opened));
		control_report_gate(io->control, event->meeting, event->event, event->source,
			event->opened + io->wall_offset, event->first + io->wall_offset);
		break;
	case ROUTER_EVENT_SPEAKING:
		control_report_speaking(
			io->control, event->meeting, event->source, event->speaking);
		break;
	case ROUTER_EVENT_LAYERS:
		control_report_layers(io->control, event);
		break;
	case ROUTER_EVENT_SLOT:
		break; /* pages see who is in a slot by its CSRC */
	}
}

/* What is counted here and not by a worker. */
static void own_figures(const struct io *io, struct control_stats *stats)
{
	const struct control_counters *control = control_counters(io->control);
	control_stats_counter(stats, "control_bad_messages", control->bad_messages);
	control_stats_counter(stats, "control_unknown_messages", control->unknown_messages);
	control_stats_counter(stats, "control_refused", control->refused);
	control_stats_counter(stats, "control_reports_dropped", control->reports_dropped);
	if (io->recorders != NULL) {
		const struct recorders_stats *tap = recorders_stats(io->recorders);
		control_stats_counter(stats, "tap_frames", tap->frames);
		control_stats_counter(stats, "tap_dropped", tap->dropped);
		control_stats_counter(stats, "tap_refused", tap->refused);
		control_stats_counter(stats, "tap_bad", tap->bad);
	}
}

/* The message goes out when the last worker has said its part. */
static void join_stats(struct io *io, struct control_stats *takes_part)
{
	if (io->stats == NULL)
		io->stats = takes_part;
	else
		control_stats_join(io->stats, takes_part);
	if (--io->stats_missing > 0)
		return;
	own_figures(io, io->stats);
	control_report_stats(io->control, rs_steal(&io->stats));
}

static void report_one(struct io *io, const struct crew_report *report)
{
	switch (report->kind) {
	case CREW_PEER:
		control_report_peer(io->control, report->peer, report->state, report->reason);
		break;
	case CREW_REFUSED:
		control_peer_refused(io->control, report->peer, report->err);
		break;
	case CREW_EVENT:
		report_event(io, report->worker, &report->event);
		break;
	case CREW_STATS:
		join_stats(io, report->stats);
		break;
	case CREW_LEVELS:
		control_report_levels(io->control, report->levels);
		break;
	}
}

static void report(struct io *io, rs_time now)
{
	if (now >= io->next_stats) {
		io->next_stats = now + STATS_EVERY;
		if (control_is_open(io->control) && io->stats_missing == 0)
			io->stats_missing = crew_ask_stats(io->crew);
	}
	if (io->ask_levels)
		io->ask_levels = !crew_ask_levels(io->crew);
	struct crew_report report;
	while (crew_poll(io->crew, now, &report) == 1)
		report_one(io, &report);
}

static void turn(void *ctx)
{
	struct io *io = ctx;
	const rs_time now = rs_clock_monotonic();
	crew_begin(io->crew);
	link_input(io->link, now);
	if (io->recorders != NULL)
		recorders_input(io->recorders, crew_router(io->crew), now);
	crew_input(io->crew, now);
	report(io, now);
	crew_output(io->crew);
	link_output(io->link, now);
	if (io->recorders != NULL)
		recorders_output(io->recorders);
	turns_arm(io->turns, rs_time_min(rs_time_min(io->next_stats, link_deadline(io->link)),
				     crew_deadline(io->crew)));
	crew_end(io->crew);
}

/* ---- birth and death ---- */

typedef const struct rs_addr *address_fn(const struct worker *worker, size_t i);

/* A worker's candidates: those of UDP, then those of TCP. */
struct candidates {
	char texts[2 * IO_ADDRESSES_MAX][RS_ADDR_TEXT_LEN];
	const char *addresses[2 * IO_ADDRESSES_MAX];
};

/* Candidates of one transport: what is announced, with the port bound where none is given and else with the
 * worker's own. */
static size_t announced(const struct worker *worker, const struct io_config *config, unsigned index,
	address_fn *address, char out[][RS_ADDR_TEXT_LEN])
{
	size_t n = 0;
	const struct rs_addr *bound = address(worker, 0);
	for (; bound != NULL && n < config->n_announce && n < IO_ADDRESSES_MAX; n++) {
		struct rs_addr addr = config->announce[n];
		/* A port announced is that of UDP and of the TCP port of the same number. */
		if (addr.port == 0 || (address == worker_tcp_address && config->tcp_port != 0))
			addr.port = bound->port;
		else
			addr.port = (uint16_t)(addr.port + index);
		rs_addr_format(&addr, out[n]);
	}
	while (config->n_announce == 0 && (bound = address(worker, n)) != NULL)
		rs_addr_format(bound, out[n++]);
	return n;
}

static struct control_worker candidates(
	const struct io *io, const struct io_config *config, unsigned index, struct candidates *out)
{
	const struct worker *worker = crew_worker(io->crew, index);
	const size_t n = announced(worker, config, index, worker_address, out->texts);
	const size_t n_tcp = announced(worker, config, index, worker_tcp_address, out->texts + n);
	for (size_t i = 0; i < n + n_tcp; i++) {
		out->addresses[i] = out->texts[i];
		log_info(LOG_MEDIA, NULL, "media worker=%u address=%s/%s", index, out->texts[i],
			i < n ? "udp" : "tcp");
	}
	return (struct control_worker){
		.addresses = out->addresses, .n = n, .tcp = out->addresses + n, .n_tcp = n_tcp
	};
}

static int make_control(struct io *io, const struct io_config *config)
{
	const unsigned n = crew_size(io->crew);
	RS_CLEANUP(rs_releasep) struct candidates *all = rs_calloc(n, sizeof(*all));
	struct control_worker workers[ROUTER_WORKERS_MAX];
	if (all == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++)
		workers[i] = candidates(io, config, i, &all[i]);
	const struct control_config control = {
		.node = config->node,
		.instance = io->instance,
		.fingerprint = dtls_identity_fingerprint(config->identity),
		.tap = config->tap_path,
		.workers = workers,
		.n_workers = n,
		.meetings = config->meetings,
		.peers = config->peers,
		.port = &port,
		.ctx = io,
	};
	return control_new(&control, &io->control);
}

static int make_tap(struct io *io, const struct io_config *config, char error[IO_ERROR_LEN])
{
	if (config->tap_path[0] == '\0')
		return 0;
	const struct recorders_config recorders = {
		.loop = config->loop,
		.path = config->tap_path,
		.most = config->taps,
		.wall_offset = io->wall_offset,
	};
	const int err = recorders_new(&recorders, &io->recorders);
	if (err < 0)
		(void)snprintf(error, IO_ERROR_LEN, "tap.socket: %s cannot be listened on: %s",
			config->tap_path, strerror(-err));
	return err;
}

static int make_crew(struct io *io, const struct io_config *config, char error[IO_ERROR_LEN])
{
	const struct crew_config crew = {
		.workers = config->workers,
		.worker = {
			.loop = config->loop,
			.addresses = config->addresses,
			.n_addresses = config->n_addresses,
			.identity = config->identity,
			.meetings = config->meetings,
			.peers = config->peers,
			.socket_buffer = config->socket_buffer,
			.tcp_connections = config->tcp_connections,
			.tcp_port = config->tcp_port,
			.plain = config->plain,
			.n_plain = config->n_plain,
			.began = rs_clock_monotonic(),
			.wall_offset = io->wall_offset,
			.tap = io->recorders != NULL ? on_tap : NULL,
			.tap_ctx = io,
		},
		.turns = io->turns,
	};
	return crew_new(&crew, error, &io->crew);
}

static int make_threads(struct io *io, char error[IO_ERROR_LEN])
{
	const int err = crew_start(io->crew);
	if (err < 0)
		(void)snprintf(error, IO_ERROR_LEN,
			"media.workers: the system has no threads for %u workers",
			crew_size(io->crew));
	return err;
}

static int make_parts(struct io *io, const struct io_config *config, char error[IO_ERROR_LEN])
{
	int err = turns_new(config->loop, turn, io, &io->turns);
	io->turning = err == 0;
	if (err == 0)
		err = make_tap(io, config, error);
	if (err == 0)
		err = make_crew(io, config, error);
	if (err == 0)
		err = make_control(io, config);
	if (err == 0)
		err = link_new(config->loop, config->control_path, io->control, &io->link);
	return err == 0 ? make_threads(io, error) : err;
}

int io_new(const struct io_config *config, char error[IO_ERROR_LEN], struct io **out_io)
{
	(void)snprintf(error, IO_ERROR_LEN, "out of memory");
	struct io *io = rs_zalloc(sizeof(*io));
	if (io == NULL)
		return -ENOMEM;
	io->loop = config->loop;
	io->units = config->meetings + config->peers;
	io->wall_offset = rs_clock_wall_us() - rs_clock_monotonic();
	struct rs_rand rand;
	rs_rand_init_system(&rand);
	rs_rand_text(&rand, io->instance, INSTANCE_LEN);
	const int err = make_parts(io, config, error);
	if (err < 0) {
		io_close(io);
		(void)uv_run(config->loop, UV_RUN_DEFAULT); /* lets the handles close */
		io_free(io);
		return err;
	}
	*out_io = io;
	return 0;
}

void io_close(struct io *io)
{
	if (io->turning)
		turns_close(io->turns);
	io->turning = false;
	crew_close(io->crew);
	io->link = link_free(io->link);
	io->recorders = recorders_free(io->recorders);
}

struct io *io_free(struct io *io)
{
	if (io != NULL) {
		crew_free(io->crew);
		control_stats_free(io->stats);
		control_free(io->control);
		turns_free(io->turns);
	}
	return rs_release(io);
}
