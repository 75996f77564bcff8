#include "recorder/io/io.h"

#include "common/log/log.h"
#include "recorder/io/authority.h"
#include "recorder/io/clocks.h"
#include "recorder/io/closings.h"
#include "recorder/io/copier.h"
#include "recorder/io/ground.h"
#include "recorder/io/keys.h"
#include "recorder/io/signaling.h"
#include "recorder/io/space.h"
#include "recorder/io/taps.h"
#include "recorder/io/writer.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <uv.h>

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

struct io {
	const struct io_config *config;
	uv_loop_t loop;
	uv_prepare_t turn; /* once before the loop sleeps */
	uv_timer_t timer;
	uv_async_t wake;
	uv_signal_t term;
	uv_signal_t interrupt;
	struct rs_rand rand;
	struct keys keys;
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
	struct signaling signaling;
	struct taps taps;
	bool stopping;
};

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
	if (io->taps.paused)
		deadline = rs_time_min(deadline, now + RS_MS(20)); /* look at the backlog again */
	const rs_time wait_us = deadline > now ? deadline - now : 0;
	uv_update_time(&io->loop);
	(void)uv_timer_start(
		&io->timer, on_timer, (uint64_t)(wait_us + 999) / 1000, 0); /* has a call-back */
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
	const struct archive_now when = clocks_read();
	if (io->stopping)
		return;
	take_results(io);
	measure_room(io, when);
	keeper_tick(io->keeper, when);
	taps_sync(&io->taps, when);
	taps_hold(&io->taps, writer_state(io->writer).backlog, io->config->queue_max);
	keeper_flush(io->keeper, when);
	add_closings(io, false);
	prepare_closings(io, when.now);
	closings_go(io->closings);
	signaling_sync(&io->signaling);
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
	keeper_close(io->keeper, clocks_read());
	signaling_sync(&io->signaling);
	io->stopping = true;
	signaling_end(&io->signaling);
	taps_end(&io->taps);
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

static int make_machines(struct io *io)
{
	const struct io_config *config = io->config;
	const struct writer_config writer = {
		.queue_max = config->queue_max, .files_max = FILES_MAX, .wake = wake_loop, .ctx = io
	};
	int err = keys_load(&io->keys, config, &io->rand);
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
			.signer = io->keys.worker_signer,
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
		.recipient = io->keys.recipient,
		.closed_in_clear = config->closed_in_clear,
		.signer = io->keys.signer,
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
	struct storage_rules storage = config->storage;
	storage.queue_max = config->queue_max;
	room_init(&io->room, &storage);
	space_init(&io->space, &io->loop, config->root);
	if (err == 0)
		err = start_copier(io);
	return err;
}

static int open_lines(struct io *io)
{
	char instance[9];
	rs_rand_text(&io->rand, instance, 8);
	taps_init(&io->taps, &io->loop, io->keeper, &io->rand);
	return signaling_init(
		&io->signaling, &io->loop, io->config, instance, io->keeper, &io->room);
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
	keys_done(&io->keys);
	taps_done(&io->taps);
	signaling_done(&io->signaling);
	return failed ? -EIO : 0;
}

int io_run(const struct io_config *config)
{
	ground_raise_files(FILES_MAX + FILES_SPARE);
	int err = ground_check(config->root, config->free_min);
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
		err = open_lines(io);
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
