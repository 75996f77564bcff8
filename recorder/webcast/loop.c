#include "recorder/webcast/loop.h"

#include "common/base/time.h"
#include "common/log/log.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

struct loop {
	struct hall_config config;
	struct hall *hall;
	uv_loop_t uv;
	uv_timer_t timer;
	uv_async_t wake;
	uv_signal_t term;
	uv_signal_t interrupt;
};

static void on_timer(uv_timer_t *timer);

static void turn(struct loop *loop)
{
	hall_turn(loop->hall, rs_clock_wall_us() / 1000);
	uv_update_time(&loop->uv);
	(void)uv_timer_start(&loop->timer, on_timer, (uint64_t)hall_patience(loop->hall),
		0); /* has a call-back */
}

static void on_timer(uv_timer_t *timer)
{
	turn(timer->data);
}

static void on_wake(uv_async_t *wake)
{
	turn(wake->data);
}

/* From the threads that code pictures. */
static void wake_loop(void *ctx)
{
	struct loop *loop = ctx;
	(void)uv_async_send(&loop->wake); /* always 0 on a live handle */
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct loop *loop = handle->data;
	log_info(LOG_MAIN, NULL, "stopping signal=%d", number);
	uv_stop(&loop->uv);
}

static int start_handles(struct loop *loop)
{
	(void)uv_timer_init(&loop->uv, &loop->timer); /* always 0 */
	int err = uv_async_init(&loop->uv, &loop->wake, on_wake);
	if (err == 0)
		err = uv_signal_init(&loop->uv, &loop->term);
	if (err == 0)
		err = uv_signal_init(&loop->uv, &loop->interrupt);
	if (err < 0)
		return err;
	loop->timer.data = loop;
	loop->wake.data = loop;
	loop->term.data = loop;
	loop->interrupt.data = loop;
	err = uv_signal_start(&loop->term, on_signal, SIGTERM);
	return err < 0 ? err : uv_signal_start(&loop->interrupt, on_signal, SIGINT);
}

/* The directory itself is made here; the one it is in has to be there. */
static int check_directory(const char *path)
{
	int err = mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
	if (err == 0 && access(path, W_OK | X_OK) < 0)
		err = -errno;
	if (err < 0)
		log_error(LOG_MAIN, NULL, "webcast.directory cannot be used path=%s why=\"%s\"",
			path, strerror(-err));
	return err;
}

static void end(struct loop *loop)
{
	/* Its threads first: they wake the loop. */
	loop->hall = hall_free(loop->hall);
	uv_close((uv_handle_t *)&loop->timer, NULL);
	uv_close((uv_handle_t *)&loop->wake, NULL);
	uv_close((uv_handle_t *)&loop->term, NULL);
	uv_close((uv_handle_t *)&loop->interrupt, NULL);
	/* Told once is enough: Ctrl-C and a supervisor say it both. */
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)uv_run(&loop->uv, UV_RUN_DEFAULT); /* closes them */
	(void)uv_loop_close(&loop->uv);          /* all handles are closed */
}

int loop_run(const struct hall_config *config)
{
	struct loop loop = { .config = *config };
	loop.config.cast.wake = wake_loop;
	loop.config.cast.ctx = &loop;
	int err = check_directory(config->directory);
	if (err < 0)
		return err;
	err = uv_loop_init(&loop.uv);
	if (err == 0)
		err = start_handles(&loop);
	if (err == 0)
		err = hall_new(&loop.config, &loop.hall);
	if (err < 0) { /* the process ends: the kernel takes back what stands half-built */
		log_error(LOG_MAIN, NULL, "cannot start why=\"%s\"", strerror(-err));
		return err;
	}
	log_info(LOG_MAIN, NULL, "ready archive=%s webcast=%s", config->archive, config->directory);
	turn(&loop);
	(void)uv_run(&loop.uv, UV_RUN_DEFAULT); /* ended by a signal */
	end(&loop);
	log_info(LOG_MAIN, NULL, "stopped");
	return 0;
}
