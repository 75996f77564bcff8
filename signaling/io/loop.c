#include "signaling/io/io.h"

#include "common/log/log.h"
#include "signaling/io/archive.h"
#include "signaling/io/upload.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define KEY_LEN sizeof(uint64_t)
/* A page that does not answer pings is gone: its line is lost, and the meeting should know soon. */
#define PING_AFTER_S 10
#define HANGUP_AFTER_S 25
/* What the pages get to hear that we go. */
#define STOP_GRACE_MS 1000
#define HEADERS_MAX 8192
#define LWS_UV_PLUGIN "libwebsockets-evlib_uv.so"

struct moment io_moment(void)
{
	return (struct moment){ .now = rs_clock_monotonic(), .wall_ms = rs_clock_wall_us() / 1000 };
}

/* --- What the service has to say --- */

static void deliver(struct io *io, struct service_out *out)
{
	switch (out->kind) {
	case SERVICE_SEND:
		pages_send(io, out->to, out->message);
		return;
	case SERVICE_CLOSE:
		pages_close(io, out->to, out->code);
		return;
	case SERVICE_SEND_NODE:
		nodes_send(io, out->to, out->message);
		return;
	case SERVICE_SEND_FRAME:
		nodes_send_frame(io, out->to, out->message);
		break;
	case SERVICE_CLOSE_NODE:
		nodes_close(io, out->to);
		return;
	case SERVICE_STREAM:
		streams_send(io, out->to, out->message);
		return;
	case SERVICE_END_STREAM:
		streams_end(io, out->to);
		return;
	case SERVICE_HOOK:
		courier_send(io, out->to, out->message);
		return;
	case SERVICE_FORGET_DOCUMENT:
		uploads_forget(io, out->message);
		return;
	case SERVICE_ARCHIVED:
		archive_look(io);
		return;
	case SERVICE_MAKE_BALLOT_KEY:
		ballot_keys_make(io, out->to, out->message);
		return;
	case SERVICE_ANSWER:
		http_deliver(io, out->to, out->code, out->message);
		return;
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct io *io = timer->data;
	service_tick(io->service, io_moment());
	io_pump(io);
}

static void set_timer(struct io *io)
{
	if (io->stopping)
		return; /* the timer ends the grace */
	const rs_time deadline = service_deadline(io->service);
	if (deadline == RS_TIME_NEVER) {
		(void)uv_timer_stop(&io->timer); /* never fails */
		return;
	}
	uv_update_time(&io->loop);
	const rs_time left = rs_time_max(0, deadline - rs_clock_monotonic());
	/* Rounded up, or the tick comes early and the loop spins. */
	(void)uv_timer_start(&io->timer, on_timer, (uint64_t)((left + RS_MS(1) - 1) / RS_MS(1)),
		0); /* fails for a closing timer only, which needs none */
}

void io_pump(struct io *io)
{
	struct service_out out;
	if (io->pumping || io->service == NULL)
		return; /* the one below us goes on; or there is nothing yet */
	io->pumping = true;
	while (service_poll(io->service, &out) == 1)
		deliver(io, &out);
	io->pumping = false;
	set_timer(io);
}

static void on_wake(uv_async_t *wake)
{
	struct io *io = wake->data;
	if (io->service == NULL)
		return;
	service_tick(io->service, io_moment());
	io_pump(io);
}

void io_wake(void *io)
{
	(void)uv_async_send(&((struct io *)io)->wake); /* fails for a closing handle only */
}

/* --- Birth --- */

static int make_maps(struct io *io)
{
	const struct io_config *config = &io->config;
	const struct io_limits *limits = &config->limits;
	const struct rate_limits by_bearer = { .per_second = limits->requests_per_bearer,
		.burst = 2 * limits->requests_per_bearer,
		.keys = limits->connections };
	const struct rate_limits by_address = { .per_second = limits->requests_per_address,
		.burst = 2 * limits->requests_per_address,
		.keys = limits->connections };
	const struct rate_limits by_guess = { .per_second = HTTP_GUESS_RATE,
		.burst = HTTP_GUESS_BURST,
		.keys = limits->connections };
	const struct tally_limits tally = { .per_badge = limits->media_per_badge,
		.per_address = limits->media_per_address,
		.total = limits->peers };
	int err = rs_map_new(limits->sessions, KEY_LEN, io->config.rand, &io->pages);
	if (err == 0)
		err = rs_map_new(limits->connections, KEY_LEN, io->config.rand, &io->requests);
	if (err == 0)
		err = rs_map_new(limits->sessions, KEY_LEN, io->config.rand, &io->streams);
	if (err == 0)
		err = rs_map_new(limits->nodes, KEY_LEN, io->config.rand, &io->nodes);
	if (err == 0)
		err = rate_new(&by_address, config->rand, &io->by_address);
	if (err == 0)
		err = rate_new(&by_bearer, config->rand, &io->by_bearer);
	if (err == 0)
		err = rate_new(&by_guess, config->rand, &io->by_guess);
	return err < 0 ? err : tally_new(&tally, &io->tally);
}

static int make_handles(struct io *io)
{
	int err = uv_loop_init(&io->loop);
	if (err == 0)
		err = uv_async_init(&io->loop, &io->wake, on_wake);
	if (err == 0)
		err = uv_timer_init(&io->loop, &io->timer);
	for (size_t i = 0; i < RS_ARRAY_LEN(io->signals) && err == 0; i++) {
		err = uv_signal_init(&io->loop, &io->signals[i]);
		io->signals[i].data = io;
	}
	io->wake.data = io;
	io->timer.data = io;
	return err == 0 ? 0 : -ENOMEM;
}

/* Peers provoke these by sending nonsense; what concerns the operator is told by us. */
static void lws_says(int level, const char *line)
{
	char text[256];
	(void)rs_copy_text(text, sizeof(text), line, strcspn(line, "\n")); /* a cut line will do */
	log_debug(LOG_HTTP, NULL, "libwebsockets text=\"%s\"", text);
}

static const struct lws_protocols protocols[] = {
	{ .name = "http", .callback = http_callback, .per_session_data_size = sizeof(void *) },
	{ .name = "rostrum.v1",
		.callback = pages_callback,
		.per_session_data_size = sizeof(struct page),
		.rx_buffer_size = 4096 },
	{ .name = NULL },
};

static const lws_retry_bo_t keep_alive = {
	.secs_since_valid_ping = PING_AFTER_S,
	.secs_since_valid_hangup = HANGUP_AFTER_S,
};

static bool can_read(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file != NULL)
		(void)fclose(file); /* read only */
	return file != NULL;
}

/* One vhost for all addresses: connections are accepted by listen.c and given to it. */
static int make_vhost(struct io *io, char error[IO_ERROR_LEN])
{
	const struct io_config *config = &io->config;
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.retry_and_idle_policy = &keep_alive,
		.alpn = "http/1.1",
		.options = LWS_SERVER_OPTION_DISABLE_IPV6, /* of the sockets it would open itself */
	};
	if (config->certificate[0] != '\0') {
		info.ssl_cert_filepath = config->certificate;
		info.ssl_private_key_filepath = config->key;
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	}
	io->vhost = lws_create_vhost(io->context, &info);
	if (io->vhost != NULL)
		return 0;
	(void)snprintf(error, IO_ERROR_LEN, "%.100s, %.100s: no certificate and key that fit",
		config->certificate, config->key);
	return -EIO;
}

static int check_files(const struct io_config *config, char error[IO_ERROR_LEN])
{
	const struct {
		const char *key, *path;
	} files[] = { { "tls.certificate", config->certificate }, { "tls.key", config->key } };
	if ((config->certificate[0] == '\0') != (config->key[0] == '\0')) {
		(void)snprintf(error, IO_ERROR_LEN,
			"\"tls.certificate\" and \"tls.key\": both are needed, or neither");
		return -EINVAL;
	}
	for (size_t i = 0; i < RS_ARRAY_LEN(files); i++) {
		if (files[i].path[0] == '\0' || can_read(files[i].path))
			continue;
		(void)snprintf(error, IO_ERROR_LEN, "%.160s: %s (key \"%s\")", files[i].path,
			strerror(errno), files[i].key);
		return -EIO;
	}
	return 0;
}

static int make_context(struct io *io, char error[IO_ERROR_LEN])
{
	void *loops[] = { &io->loop };
	struct lws_context_creation_info info = {
		.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
			   LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
		.foreign_loops = loops,
		.user = io,
		.max_http_header_data = HEADERS_MAX,
		.max_http_header_pool = 256,
		.pt_serv_buf_size = 16384,
	};
	lws_set_log_level(LLL_ERR | LLL_WARN, lws_says);
	const int err = check_files(&io->config, error);
	if (err < 0)
		return err;
	io->context = lws_create_context(&info);
	if (io->context != NULL)
		return make_vhost(io, error);
	(void)snprintf(error, IO_ERROR_LEN,
		"libwebsockets does not start: is its libuv plug-in (libwebsockets-evlib-uv) installed?");
	return -EIO;
}

int io_new(const struct io_config *config, struct io **out_io, char error[IO_ERROR_LEN])
{
	struct io *io = rs_zalloc(sizeof(*io));
	if (io == NULL)
		return -ENOMEM;
	io->config = *config;
	auth_derive(config->auth, "archive", io->ticket_key);
	(void)snprintf(error, IO_ERROR_LEN, "out of memory or file descriptors");
	int err = make_handles(io);
	if (err < 0) {
		rs_release(io);
		return err;
	}
	err = make_maps(io);
	if (err == 0)
		err = courier_new(io);
	if (err == 0)
		err = io_listen(io, error);
	if (err == 0)
		err = nodes_listen(io, error);
	if (err == 0)
		err = make_context(io, error);
	if (err < 0) {
		io_free(io);
		return err;
	}
	*out_io = io;
	return 0;
}

/* --- Life and death --- */

static void on_stop_timer(uv_timer_t *timer)
{
	struct io *io = timer->data;
	uv_stop(&io->loop);
}

/* Pages hear 1001 and come back elsewhere or later; nodes find the socket closed and connect again. */
static void on_signal(uv_signal_t *signal_handle, int number)
{
	struct io *io = signal_handle->data;
	if (io->stopping)
		return;
	log_info(LOG_MAIN, NULL, "stopping signal=%d", number);
	io->stopping = true;
	io_unlisten(io);
	pages_stop(io);
	(void)uv_timer_start(&io->timer, on_stop_timer,
		rs_map_count(io->pages) > 0 ? STOP_GRACE_MS : 0, 0); /* as in set_timer() */
}

/* Whatever is still connected: the service hears of each. Twice is fine. */
static void close_all(struct io *io)
{
	io->stopping = true;
	io_unlisten(io);
	nodes_stop(io);
	courier_stop(io);
	archive_stop(io);
	if (io->context == NULL)
		return;
	/* Its handles close in the loop; then, told once more, it lets go of its memory. In between it unloads its own libuv
	 * plug-in, which it still calls the second time: we hold on to it. */
	const bool held = dlopen(LWS_UV_PLUGIN, RTLD_NOW | RTLD_NODELETE) != NULL;
	lws_context_destroy(io->context);
	(void)uv_run(
		&io->loop, UV_RUN_NOWAIT); /* whether handles are left is looked at by io_free() */
	if (held)
		lws_context_destroy(io->context);
	io->context = NULL;
}

void io_run(struct io *io, struct service *service)
{
	static const int numbers[] = { SIGTERM, SIGINT };
	io->service = service;
	for (size_t i = 0; i < RS_ARRAY_LEN(io->signals); i++) {
		if (uv_signal_start(&io->signals[i], on_signal, numbers[i]) < 0)
			log_warning(LOG_MAIN, NULL, "no handler signal=%d", numbers[i]);
	}
	uploads_start(io);
	archive_start(io);
	io_accept(io);
	if (nodes_accept(io) < 0)
		log_error(LOG_CONTROL, NULL, "control socket cannot be listened to path=%s",
			io->config.control_socket);
	service_tick(service, io_moment());
	io_pump(io);
	(void)uv_run(&io->loop, UV_RUN_DEFAULT); /* until stopped, with connections left */
	close_all(io);
	io->service = NULL; /* the store may still wake the loop, for nobody */
}

static void on_walk(uv_handle_t *handle, void *arg)
{
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

struct io *io_free(struct io *io)
{
	if (io == NULL)
		return NULL;
	close_all(io);
	uv_walk(&io->loop, on_walk, NULL);
	/* Told once is enough: Ctrl-C and a supervisor say it both. */
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)uv_run(&io->loop, UV_RUN_DEFAULT); /* until all are closed */
	(void)uv_loop_close(&io->loop);          /* nothing is left that could be busy */
	rs_map_free(io->pages);
	rs_map_free(io->streams);
	rs_map_free(io->requests);
	rs_map_free(io->nodes);
	courier_free(io);
	archive_free(io);
	rs_wipe(io->ticket_key, sizeof(io->ticket_key));
	tally_free(io->tally);
	rate_free(io->by_address);
	rate_free(io->by_bearer);
	rate_free(io->by_guess);
	return rs_release(io);
}
