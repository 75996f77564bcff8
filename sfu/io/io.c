#include "sfu/io/io.h"

#include "common/log/log.h"
#include "sfu/io/link.h"
#include "sfu/io/recorders.h"
#include "sfu/io/worker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define STATS_EVERY RS_SEC(1)
#define INSTANCE_LEN 12

struct io {
	uv_loop_t *loop;
	int64_t wall_offset;
	char instance[INSTANCE_LEN + 1];
	struct worker *worker;
	struct control *control;
	struct link *link;
	struct recorders *recorders; /* NULL: no tap */
	rs_time next_stats;
	uv_check_t check; /* runs a turn after each sleep of the loop */
	uv_poll_t timer;  /* wakes the loop; libuv's own timers know milliseconds only */
	int timer_fd;
	rs_time armed; /* when the timer fires; RS_TIME_NEVER = it does not */
	int handles;   /* of check and timer, not yet closed */
};

/* ---- control asks, the worker does ---- */

static int on_meeting_set(void *ctx, const struct router_meeting *meeting, rs_time now)
{
	const struct io *io = ctx;
	return router_meeting_set(worker_router(io->worker), meeting, now);
}

static void on_meeting_remove(void *ctx, const char *id, rs_time now)
{
	const struct io *io = ctx;
	router_meeting_remove(worker_router(io->worker), id, now);
}

static int on_peer_set(void *ctx, const struct control_peer *peer, rs_time now)
{
	const struct io *io = ctx;
	return peer->worker == 0 ? worker_peer_set(io->worker, peer, now) : -EINVAL;
}

static void on_peer_remove(void *ctx, const char *id, rs_time now)
{
	const struct io *io = ctx;
	worker_peer_remove(io->worker, id, now);
}

static const struct control_port port = {
	.meeting_set = on_meeting_set,
	.meeting_remove = on_meeting_remove,
	.peer_set = on_peer_set,
	.peer_remove = on_peer_remove,
};

static void on_tap(void *ctx, const struct router_tap *tap)
{
	struct io *io = ctx;
	recorders_emit(io->recorders, tap);
}

/* ---- a turn ---- */

static void report_event(struct io *io, const struct router_event *event)
{
	switch (event->kind) {
	case ROUTER_EVENT_SOURCE:
		control_report_source(
			io->control, event->meeting, event->source, event->media, event->flowing);
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
	case ROUTER_EVENT_SLOT:
		break; /* pages see who is in a slot by its CSRC */
	}
}

static void report_stats(struct io *io, rs_time now)
{
	struct control_stats *stats = NULL;
	if (!control_is_open(io->control) || control_stats_new(&stats) < 0)
		return;
	worker_stats(io->worker, stats, now);
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
	control_report_stats(io->control, stats);
}

static void report(struct io *io, rs_time now)
{
	struct worker_peer_event peer;
	while (worker_poll_peer(io->worker, &peer) == 1)
		control_report_peer(io->control, peer.peer, peer.state, peer.reason);
	struct router_event event;
	while (router_poll(worker_router(io->worker), &event) == 1)
		report_event(io, &event);
	if (now < io->next_stats)
		return;
	io->next_stats = now + STATS_EVERY;
	report_stats(io, now);
}

static void arm(struct io *io, rs_time deadline)
{
	if (deadline == io->armed)
		return;
	io->armed = deadline;
	struct itimerspec when = { 0 }; /* zero disarms */
	if (deadline != RS_TIME_NEVER) {
		const rs_time at = rs_time_max(deadline, 1); /* the clock has run since boot */
		when.it_value.tv_sec = at / 1000000;
		when.it_value.tv_nsec = at % 1000000 * 1000;
	}
	(void)timerfd_settime(
		io->timer_fd, TFD_TIMER_ABSTIME, &when, NULL); /* fails on bad arguments only */
}

static void turn(struct io *io)
{
	const rs_time now = rs_clock_monotonic();
	link_input(io->link, now);
	if (io->recorders != NULL)
		recorders_input(io->recorders, worker_router(io->worker), now);
	worker_input(io->worker, now);
	worker_tick(io->worker, now);
	report(io, now);
	worker_output(io->worker);
	link_output(io->link, now);
	if (io->recorders != NULL)
		recorders_output(io->recorders);
	arm(io, rs_time_min(rs_time_min(io->next_stats, link_deadline(io->link)),
			worker_deadline(io->worker)));
}

static void on_check(uv_check_t *check)
{
	turn(check->data);
}

static void on_timer(uv_poll_t *poll, int status, int events)
{
	struct io *io = poll->data;
	uint64_t expirations = 0;
	/* Empty when the timer was set anew meanwhile. */
	if (read(io->timer_fd, &expirations, sizeof(expirations)) > 0)
		io->armed = RS_TIME_NEVER;
}

/* ---- birth and death ---- */

typedef const struct rs_addr *address_fn(const struct worker *worker, size_t i);

/* Candidates of one transport: what is announced, with the port bound where none is given. */
static size_t candidates(const struct worker *worker, const struct io_config *config,
	address_fn *address, char out[][RS_ADDR_TEXT_LEN])
{
	size_t n = 0;
	const struct rs_addr *bound = address(worker, 0);
	for (; bound != NULL && n < config->n_announce && n < IO_ADDRESSES_MAX; n++) {
		struct rs_addr addr = config->announce[n];
		/* A port announced is that of UDP and of the TCP port of the same number. */
		if (addr.port == 0 || (address == worker_tcp_address && config->tcp_port != 0))
			addr.port = bound->port;
		rs_addr_format(&addr, out[n]);
	}
	while (config->n_announce == 0 && (bound = address(worker, n)) != NULL)
		rs_addr_format(bound, out[n++]);
	return n;
}

static int make_control(struct io *io, const struct io_config *config)
{
	char texts[2 * IO_ADDRESSES_MAX][RS_ADDR_TEXT_LEN];
	const char *addresses[2 * IO_ADDRESSES_MAX];
	const size_t n = candidates(io->worker, config, worker_address, texts);
	const struct control_worker worker = {
		.addresses = addresses,
		.n = n,
		.tcp = addresses + n,
		.n_tcp = candidates(io->worker, config, worker_tcp_address, texts + n),
	};
	for (size_t i = 0; i < n + worker.n_tcp; i++) {
		addresses[i] = texts[i];
		log_info(LOG_MEDIA, NULL, "media address=%s/%s", texts[i], i < n ? "udp" : "tcp");
	}
	const struct control_config control = {
		.node = config->node,
		.instance = io->instance,
		.fingerprint = dtls_identity_fingerprint(config->identity),
		.tap = config->tap_path,
		.workers = &worker,
		.n_workers = 1,
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

static int make_worker(struct io *io, const struct io_config *config, char error[IO_ERROR_LEN])
{
	const struct worker_config worker = {
		.loop = config->loop,
		.addresses = config->addresses,
		.n_addresses = config->n_addresses,
		.identity = config->identity,
		.meetings = config->meetings,
		.peers = config->peers,
		.socket_buffer = config->socket_buffer,
		.tcp_connections = config->tcp_connections,
		.tcp_port = config->tcp_port,
		.wall_offset = io->wall_offset,
		.tap = io->recorders != NULL ? on_tap : NULL,
		.tap_ctx = io,
	};
	return worker_new(&worker, error, &io->worker);
}

static int make_timer(struct io *io)
{
	io->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (io->timer_fd < 0)
		return -errno;
	int err = uv_poll_init(io->loop, &io->timer, io->timer_fd);
	if (err < 0)
		return err;
	io->timer.data = io;
	io->check.data = io;
	/* These fail on closing handles only. */
	(void)uv_poll_start(&io->timer, UV_READABLE, on_timer);
	(void)uv_check_init(io->loop, &io->check);
	(void)uv_check_start(&io->check, on_check);
	io->handles = 2;
	arm(io, 0);
	return 0;
}

int io_new(const struct io_config *config, char error[IO_ERROR_LEN], struct io **out_io)
{
	(void)snprintf(error, IO_ERROR_LEN, "out of memory");
	struct io *io = rs_zalloc(sizeof(*io));
	if (io == NULL)
		return -ENOMEM;
	io->loop = config->loop;
	io->timer_fd = -1;
	io->armed = RS_TIME_NEVER;
	io->wall_offset = rs_clock_wall_us() - rs_clock_monotonic();
	struct rs_rand rand;
	rs_rand_init_system(&rand);
	rs_rand_text(&rand, io->instance, INSTANCE_LEN);

	int err = make_tap(io, config, error);
	if (err == 0)
		err = make_worker(io, config, error);
	if (err == 0)
		err = make_control(io, config);
	if (err == 0)
		err = link_new(config->loop, config->control_path, io->control, &io->link);
	if (err == 0)
		err = make_timer(io);
	if (err < 0) {
		io_close(io);
		(void)uv_run(config->loop, UV_RUN_DEFAULT); /* lets the handles close */
		io_free(io);
		return err;
	}
	*out_io = io;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	struct io *io = handle->data;
	io->handles--;
}

void io_close(struct io *io)
{
	if (io->worker != NULL)
		worker_close_peers(io->worker);
	io->link = link_free(io->link);
	io->recorders = recorders_free(io->recorders);
	io->worker = worker_free(io->worker);
	if (io->handles > 0) {
		uv_close((uv_handle_t *)&io->check, on_closed);
		uv_close((uv_handle_t *)&io->timer, on_closed);
	}
}

struct io *io_free(struct io *io)
{
	if (io != NULL) {
		control_free(io->control);
		if (io->timer_fd >= 0)
			(void)close(io->timer_fd); /* a timer has nothing to lose */
	}
	return rs_release(io);
}
