#include "recorder/io/io.h"

#include "common/base/envelope.h"
#include "common/evidence/lines.h"
#include "common/log/log.h"
#include "recorder/control/control.h"
#include "recorder/control/tap.h"
#include "recorder/io/authority.h"
#include "recorder/io/closings.h"
#include "recorder/io/copier.h"
#include "recorder/io/key.h"
#include "recorder/io/space.h"
#include "recorder/io/stream.h"
#include "recorder/io/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#define TAPS_MAX 16
#define FILES_MAX 4096
/* Between looks for finished files that could be hashed, one recording each. */
#define PREPARE_EVERY RS_SEC(20)
/* Between looks at the room on the disk. */
#define SPACE_EVERY RS_SEC(1)
/* Of the second copy: between two rounds, after what rest a file is verified, and what is no answer any more. */
#define COPY_EVERY RS_SEC(10)
#define COPY_RESTS RS_SEC(60)
#define COPY_ANSWERS RS_SEC(30)
#define FILES_SPARE 64 /* sockets, the loop's own, directories */

struct io;

/* One SFU's tap and the connection to it. */
struct tap_client {
	struct io *io;
	struct tap *tap;
	struct stream *stream;
	bool reported; /* that it cannot be reached */
};

struct io {
	const struct io_config *config;
	uv_loop_t loop;
	uv_prepare_t turn; /* once before the loop sleeps */
	uv_timer_t timer;
	uv_async_t wake;
	uv_signal_t term;
	uv_signal_t interrupt;
	struct rs_rand rand;
	struct rs_recipient *recipient;  /* the secretariat */
	struct rs_signer *signer;        /* of the loop's thread */
	struct rs_signer *worker_signer; /* the same key */
	struct authority authority;
	struct writer *writer;
	struct closings *closings;
	rs_time prepare_at; /* when finished files are looked for next, and in which recording */
	size_t prepare_next;
	struct keeper *keeper;
	struct space space;
	rs_time space_at; /* of the next look */
	struct room room;
	struct copier *copier; /* NULL: no second copy is wanted */
	struct control *control;
	struct stream *control_stream;
	bool control_reported;
	bool paused;
	bool stopping;
	struct tap_client taps[TAPS_MAX];
	size_t n_taps;
};

static struct archive_now read_clocks(void)
{
	return (struct archive_now){ .now = rs_clock_monotonic(), .wall_us = rs_clock_wall_us() };
}

static int64_t free_space(void *ctx, const char *path)
{
	return space_read(path, NULL);
}

/* --- closing --- */

static void on_resume(void *ctx, const char *session)
{
	closings_call_off(((struct io *)ctx)->closings, session);
}

static void on_closed(void *ctx, uint32_t generation, bool sealed)
{
	struct io *io = ctx;
	if (io->keeper != NULL) /* else the program ends, and nobody is told any more */
		keeper_closed(io->keeper, generation, sealed);
}

static void add_closings(struct io *io, bool all)
{
	struct keeper_closing one;
	while (keeper_take_closing(io->keeper, all, &one) == 1)
		if (closings_add(io->closings, one.directory, one.generation) < 0) {
			log_error(LOG_ARCHIVE, NULL, "session cannot be closed directory=%s",
				one.directory);
			keeper_closed(io->keeper, one.generation, false);
		}
}

/* Little by little, so that little is left when the gavel falls. */
static void prepare_closings(struct io *io, rs_time now)
{
	if (now < io->prepare_at)
		return;
	io->prepare_at = now + PREPARE_EVERY;
	const char *directory = keeper_directory_at(io->keeper, io->prepare_next++);
	if (directory == NULL)
		io->prepare_next = 0;
	else if (directory[0] != '\0')
		closings_prepare(io->closings, directory);
}

/* --- control connection --- */

static void on_control_connected(void *ctx)
{
	struct io *io = ctx;
	io->control_reported = false;
	log_info(LOG_CONTROL, NULL, "connected to signaling path=%s", io->config->control_path);
	if (control_connected(io->control) < 0)
		stream_reset(io->control_stream, false);
}

static void on_control_data(void *ctx, const uint8_t *data, size_t len)
{
	struct io *io = ctx;
	char error[CONTROL_ERROR_LEN];
	const int err = control_recv(io->control, data, len, read_clocks(), error);
	if (err == -EAGAIN)
		log_info(LOG_CONTROL, NULL, "events are missing, asking signaling for them");
	else if (err < 0)
		log_error(LOG_CONTROL, NULL,
			"signaling is not understood, connection closed why=\"%s\"", error);
	if (err < 0)
		stream_reset(io->control_stream, err == -EAGAIN);
}

static void on_control_disconnected(void *ctx, bool was_up, int why)
{
	struct io *io = ctx;
	if (was_up)
		control_disconnected(io->control);
	if (was_up || !io->control_reported)
		log_warning(LOG_CONTROL, NULL,
			"no connection to signaling, recording goes on path=%s why=\"%s\"",
			io->config->control_path, strerror(-why));
	io->control_reported = true;
}

static const struct stream_events control_events = {
	.connected = on_control_connected,
	.data = on_control_data,
	.disconnected = on_control_disconnected,
};

/* --- taps --- */

static void on_tap_connected(void *ctx)
{
	struct tap_client *client = ctx;
	client->reported = false;
	log_info(LOG_MEDIA, NULL, "connected to tap path=%s", tap_path(client->tap));
	tap_connected(client->tap);
}

static void on_tap_data(void *ctx, const uint8_t *data, size_t len)
{
	struct tap_client *client = ctx;
	char error[TAP_ERROR_LEN];
	const int err = tap_recv(client->tap, data, len, read_clocks(), error);
	if (err == 0)
		return;
	log_error(LOG_MEDIA, NULL, "tap is not understood, connection closed path=%s why=\"%s\"",
		tap_path(client->tap), error);
	stream_reset(client->stream, false);
}

static void on_tap_disconnected(void *ctx, bool was_up, int why)
{
	struct tap_client *client = ctx;
	if (was_up)
		tap_disconnected(client->tap, read_clocks());
	if (was_up || !client->reported)
		log_warning(LOG_MEDIA, NULL, "no connection to tap path=%s why=\"%s\"",
			tap_path(client->tap), strerror(-why));
	client->reported = true;
}

static const struct stream_events tap_events = {
	.connected = on_tap_connected,
	.data = on_tap_data,
	.disconnected = on_tap_disconnected,
};

static bool has_tap(const struct io *io, const char *path)
{
	for (size_t i = 0; i < io->n_taps; i++)
		if (strcmp(tap_path(io->taps[i].tap), path) == 0)
			return true;
	return false;
}

static void open_tap(struct io *io, const char *path)
{
	struct tap_client *client = &io->taps[io->n_taps];
	*client = (struct tap_client){ .io = io };
	int err = tap_new(path, io->keeper, &io->rand, &client->tap);
	if (err == 0)
		err = stream_new(&io->loop, path, &tap_events, client, tap_output(client->tap),
			&client->stream);
	if (err < 0) {
		log_error(LOG_MEDIA, NULL, "tap cannot be opened path=%s why=\"%s\"", path,
			strerror(-err));
		client->tap = tap_free(client->tap);
		return;
	}
	io->n_taps++;
}

/* Connections to the taps that are recorded from. One that is not wanted any more stays: it costs nothing. */
static void open_taps(struct io *io)
{
	const struct keeper_meeting *meeting;
	for (size_t i = 0; (meeting = keeper_at(io->keeper, i)) != NULL; i++)
		if (meeting->tap[0] != '\0' && io->n_taps < TAPS_MAX && !has_tap(io, meeting->tap))
			open_tap(io, meeting->tap);
}

/* Pictures are left out long before (control/storage.h): what still fills the queue then is sound, of a disk that takes nothing. */
static void pause_taps(struct io *io)
{
	const size_t backlog = writer_state(io->writer).backlog;
	const size_t most = io->config->queue_max / 8 * 7;
	if (!io->paused && backlog > most)
		log_warning(
			LOG_ARCHIVE, NULL, "disk takes nothing, taps wait backlog=%zu", backlog);
	/* Go on well below where it stopped, so as not to flap. */
	if (backlog > most)
		io->paused = true;
	else if (backlog < io->config->queue_max / 2)
		io->paused = false;
	for (size_t i = 0; i < io->n_taps; i++)
		stream_pause(io->taps[i].stream, io->paused);
}

/* --- the turn --- */

static void take_results(struct io *io)
{
	struct writer_result result;
	while (writer_poll(io->writer, &result) == 1) {
		if (result.err < 0) {
			log_error(LOG_ARCHIVE, NULL,
				"a file cannot be written, and nothing that belongs to it file=%s why=\"%s\"",
				result.path, strerror(-result.err));
			keeper_disk_failed(io->keeper, result.owner, result.err);
		} else {
			keeper_disk_synced(io->keeper, result.owner, result.token);
		}
	}
}

static void on_timer(uv_timer_t *timer)
{
	/* Only ends the sleep: the turn does what is due. */
}

static void arm_timer(struct io *io, rs_time now)
{
	rs_time deadline = rs_time_min(keeper_deadline(io->keeper), io->space_at);
	if (io->paused)
		deadline = rs_time_min(deadline, now + RS_MS(20)); /* look at the backlog again */
	const rs_time wait_us = deadline > now ? deadline - now : 0;
	uv_update_time(&io->loop);
	(void)uv_timer_start(
		&io->timer, on_timer, (uint64_t)(wait_us + 999) / 1000, 0); /* has a call-back */
}

static void sync_taps(struct io *io, struct archive_now when)
{
	open_taps(io);
	for (size_t i = 0; i < io->n_taps; i++) {
		struct tap_client *client = &io->taps[i];
		if (tap_sync(client->tap, when) < 0)
			stream_reset(client->stream, false);
		stream_push(client->stream);
	}
	pause_taps(io);
}

static void sync_control(struct io *io)
{
	const int err = control_sync(io->control);
	if (err < 0)
		stream_reset(io->control_stream, err == -EAGAIN);
	stream_push(io->control_stream);
}

static void measure_room(struct io *io, struct archive_now when)
{
	if (when.now >= io->space_at) {
		io->space_at = when.now + SPACE_EVERY;
		space_look(&io->space);
	}
	const struct writer_state writer = writer_state(io->writer);
	const struct storage_sample sample = { .free = io->space.free,
		.total = io->space.total,
		.written = writer.written,
		.backlog = writer.backlog,
		.full = writer.full };
	room_measure(&io->room, io->keeper, &sample, when);
	if (io->copier == NULL)
		return;
	struct room_copy copy;
	copier_hold(io->copier, io->room.storage.state.why == STORAGE_SLOW);
	copier_state(io->copier, when.now, &copy);
	room_set_copy(&io->room, &copy);
}

static void on_turn(uv_prepare_t *prepare)
{
	struct io *io = prepare->data;
	const struct archive_now when = read_clocks();
	if (io->stopping)
		return;
	take_results(io);
	measure_room(io, when);
	keeper_tick(io->keeper, when);
	sync_taps(io, when);
	keeper_flush(io->keeper, when);
	add_closings(io, false);
	prepare_closings(io, when.now);
	closings_go(io->closings);
	sync_control(io);
	arm_timer(io, when.now);
}

static void on_wake(uv_async_t *wake)
{
	/* Only ends the sleep. */
}

static void wake_loop(void *ctx)
{
	struct io *io = ctx;
	(void)uv_async_send(&io->wake); /* always 0 on a live handle */
}

/* Every archive is finished and said to be so; then the handles go, and the loop ends by itself. */
static void on_signal(uv_signal_t *handle, int number)
{
	struct io *io = handle->data;
	if (io->stopping)
		return;
	log_info(LOG_MAIN, NULL, "stopping signal=%d", number);
	keeper_close(io->keeper, read_clocks());
	sync_control(io);
	io->stopping = true;
	stream_end(io->control_stream);
	for (size_t i = 0; i < io->n_taps; i++)
		stream_end(io->taps[i].stream);
	uv_close((uv_handle_t *)&io->turn, NULL);
	uv_close((uv_handle_t *)&io->timer, NULL);
	uv_close((uv_handle_t *)&io->term, NULL);
	uv_close((uv_handle_t *)&io->interrupt, NULL);
	/* Told once is enough: Ctrl-C and a supervisor say it both, and the writer still has files to finish. */
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	uv_stop(&io->loop);
}

/* --- birth and death --- */

static int load_key(struct io *io)
{
	uint8_t seed[RS_SIGN_SEED_LEN];
	char path[ARCHIVE_PATH_LEN];
	const bool preset = io->config->key_path[0] == '\0';
	int err = rs_format(path, sizeof(path), "%s%s",
		preset ? io->config->root : io->config->key_path, preset ? ".key" : "");
	if (err == 0)
		err = key_load(path, &io->rand, seed);
	if (err == 0)
		err = rs_signer_new(seed, &io->signer);
	if (err == 0)
		err = rs_signer_new(seed, &io->worker_signer);
	rs_wipe(seed, sizeof(seed));
	if (err < 0)
		log_error(LOG_MAIN, NULL, "archive.key cannot be used path=%s why=\"%s\"", path,
			err == -EBADMSG ? "it is no Ed25519 key in PEM" : strerror(-err));
	return err;
}

static int start_copier(struct io *io)
{
	const struct copier_config config = { .root = io->config->root,
		.copy = io->config->copy,
		.rate = io->config->copy_rate,
		.every = COPY_EVERY,
		.rests = COPY_RESTS,
		.answers = COPY_ANSWERS };
	return config.copy[0] != '\0' ? copier_new(&config, &io->copier) : 0;
}

static int load_recipient(struct io *io)
{
	const char *path = io->config->secretariat_key;
	struct lines file;
	if (path[0] == '\0')
		return 0;
	int err = lines_open(&file, path);
	if (err == 0) {
		err = rs_recipient_new_public((const char *)file.data, file.len, &io->recipient);
		lines_done(&file);
	}
	if (err < 0)
		log_error(LOG_MAIN, NULL,
			"archive.secretariat_key cannot be used path=%s why=\"%s\"", path,
			err == -EBADMSG      ? "it is no public key in PEM"
			: err == -EOPNOTSUPP ? "X25519, or RSA of 3072 to 8192 bits, is expected"
					     : strerror(-err));
	return err;
}

static int make_machines(struct io *io)
{
	const struct io_config *config = io->config;
	const struct writer_config writer = {
		.queue_max = config->queue_max, .files_max = FILES_MAX, .wake = wake_loop, .ctx = io
	};
	int err = load_key(io);
	if (err == 0)
		err = load_recipient(io);
	if (err == 0)
		err = writer_new(&writer, &io->writer);
	if (err < 0)
		return err;
	io->authority = (struct authority){ .url = config->tsa_url,
		.ca_file = config->tsa_ca,
		.timeout_ms = config->tsa_timeout_ms };
	const struct closings_config closings = { .loop = &io->loop,
		.root = config->root,
		.steps = { .software = config->software,
			.signer = io->worker_signer,
			.stamp = config->tsa_url[0] != '\0' ? authority_stamp : NULL,
			.ctx = &io->authority },
		.closed = on_closed,
		.ctx = io };
	err = closings_new(&closings, &io->closings);
	if (err < 0)
		return err;
	closings_add_left(io->closings);
	const struct keeper_config keeper = { .root = config->root,
		.software = config->software,
		.recipient = io->recipient,
		.closed_in_clear = config->closed_in_clear,
		.signer = io->signer,
		.head_interval = config->head_interval,
		.rules = config->rules,
		.meetings_max = config->meetings_max,
		.tracks_max = config->tracks_max,
		.free_min = config->free_min,
		.retry = config->retry,
		.disk = writer_disk(io->writer),
		.free_space = free_space,
		.resume = on_resume,
		.ctx = io,
		.rand = &io->rand };
	err = keeper_new(&keeper, &io->keeper);
	char instance[9];
	rs_rand_text(&io->rand, instance, 8);
	struct storage_rules storage = config->storage;
	storage.queue_max = config->queue_max;
	room_init(&io->room, &storage);
	space_init(&io->space, &io->loop, config->root);
	if (err == 0)
		err = control_new(config->node, instance, io->keeper, &io->room, &io->control);
	if (err == 0)
		err = start_copier(io);
	return err;
}

static int start_handles(struct io *io)
{
	(void)uv_prepare_init(&io->loop, &io->turn); /* these three are always 0 */
	(void)uv_timer_init(&io->loop, &io->timer);
	io->turn.data = io;
	(void)uv_prepare_start(&io->turn, on_turn);
	int err = uv_async_init(&io->loop, &io->wake, on_wake);
	if (err == 0)
		err = uv_signal_init(&io->loop, &io->term);
	if (err == 0)
		err = uv_signal_init(&io->loop, &io->interrupt);
	if (err < 0)
		return err;
	io->term.data = io;
	io->interrupt.data = io;
	err = uv_signal_start(&io->term, on_signal, SIGTERM);
	if (err == 0)
		err = uv_signal_start(&io->interrupt, on_signal, SIGINT);
	return err;
}

static int check_root(const struct io_config *config)
{
	/* The directory itself is made here; the one it is in has to be there. */
	const bool absent = mkdir(config->root, 0750) < 0 && errno != EEXIST;
	int err = absent ? -errno : 0;
	const int64_t space = err == 0 ? free_space(NULL, config->root) : 0;
	if (err == 0 && space < 0)
		err = (int)space;
	if (err == 0 && access(config->root, W_OK | X_OK) < 0)
		err = -errno;
	if (err == 0 && (uint64_t)space < config->free_min)
		err = -ENOSPC;
	if (err < 0)
		log_error(LOG_MAIN, NULL, "archive.directory cannot be used path=%s why=\"%s\"",
			config->root, strerror(-err));
	return err;
}

/* What waits is written, then closed; the rest of the machines have nothing more to say. */
static int end(struct io *io)
{
	bool failed = false;
	io->copier = copier_free(io->copier);
	add_closings(io, true);
	io->keeper = keeper_free(io->keeper);
	io->writer = writer_free(io->writer, &failed);
	if (failed) {
		log_error(LOG_ARCHIVE, NULL, "an archive could not be finished");
		closings_forget(io->closings); /* it is not to be sealed as if it had been */
	}
	closings_go(io->closings);
	uv_close((uv_handle_t *)&io->wake, NULL);
	(void)uv_run(&io->loop, UV_RUN_DEFAULT); /* closes what is left, one after the other */
	io->closings = closings_free(io->closings);
	io->recipient = rs_recipient_free(io->recipient);
	io->signer = rs_signer_free(io->signer);
	io->worker_signer = rs_signer_free(io->worker_signer);
	for (size_t i = 0; i < io->n_taps; i++)
		tap_free(io->taps[i].tap);
	control_free(io->control);
	return failed ? -EIO : 0;
}

/* Two files a track: the usual 1024 are soon used up. */
static void raise_file_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= FILES_MAX + FILES_SPARE)
		return;
	limit.rlim_cur =
		FILES_MAX + FILES_SPARE < limit.rlim_max ? FILES_MAX + FILES_SPARE : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		log_warning(LOG_MAIN, NULL, "limit of open files cannot be raised why=\"%s\"",
			strerror(errno));
}

int io_run(const struct io_config *config)
{
	raise_file_limit();
	int err = check_root(config);
	if (err == 0)
		err = authority_init();
	if (err < 0)
		return err;
	struct io *io = rs_zalloc(sizeof(*io));
	if (io == NULL)
		return -ENOMEM;
	io->config = config;
	rs_rand_init_system(&io->rand);
	err = uv_loop_init(&io->loop);
	if (err == 0)
		err = start_handles(io);
	if (err == 0)
		err = make_machines(io);
	if (err == 0)
		err = stream_new(&io->loop, config->control_path, &control_events, io,
			control_output(io->control), &io->control_stream);
	if (err < 0) { /* the process ends: the kernel takes back what stands half-built */
		log_error(LOG_MAIN, NULL, "cannot start why=\"%s\"", strerror(-err));
		return err;
	}
	log_info(LOG_MAIN, NULL, "ready node=%s archive=%s", config->node, config->root);
	(void)uv_run(
		&io->loop, UV_RUN_DEFAULT); /* says whether handles are left: end() sees to them */
	err = end(io);
	log_info(LOG_MAIN, NULL, "stopped");
	(void)uv_loop_close(&io->loop); /* all handles are closed */
	rs_release(io);
	return err;
}
