/* Keeps the catalogue of the archive up to date: looks through the archive's directory at the start, when a recorder finished something,
 * and now and then, since others may bring recordings there. */
#include "signaling/archive/shelf.h"
#include "signaling/io/archive_priv.h"
#include "signaling/io/chore.h"

#include "common/log/log.h"

#include <errno.h>
#include <string.h>

/* What a recorder writes at the end of a session comes in several files. */
#define LOOK_SOON_MS 1000

struct shelf_keeper {
	struct chore chore;
	struct catalogue *catalogue;
	uv_timer_t timer;
	bool working;
	bool again; /* asked for while it worked */
	bool stop;  /* read by the worker */
	bool away;  /* the directory could not be read the last time */
	int err;
	struct shelf_report report;
	struct archive_figures figures;
};

static void look(struct chore *chore)
{
	struct shelf_keeper *keeper = (struct shelf_keeper *)chore;
	keeper->err = shelf_scan(
		chore->io->config.archive, keeper->catalogue, &keeper->stop, &keeper->report);
}

static void tell(struct shelf_keeper *keeper)
{
	const struct shelf_report *report = &keeper->report;
	keeper->figures.recordings_taken += report->taken;
	keeper->figures.recordings_refused += report->refused + report->twice;
	keeper->figures.scans_failed += keeper->err < 0;
	if (report->error[0] != '\0')
		log_warning(
			LOG_ARCHIVE, NULL, "a recording is not shown why=\"%s\"", report->error);
	if (report->taken > 0 || report->forgotten > 0)
		log_info(LOG_ARCHIVE, NULL, "catalogue changed taken=%u forgotten=%u",
			report->taken, report->forgotten);
	if (keeper->err < 0 && !keeper->away)
		log_warning(LOG_ARCHIVE, NULL, "the archive cannot be looked through err=%s",
			strerror(-keeper->err));
	keeper->away = keeper->err < 0;
}

static void on_timer(uv_timer_t *timer)
{
	struct shelf_keeper *keeper = timer->data;
	if (keeper->working) {
		keeper->again = true;
		return;
	}
	keeper->working = true;
	keeper->again = false;
	chore_begin(keeper->chore.io, &keeper->chore);
}

static void set_timer(struct shelf_keeper *keeper, uint64_t after_ms)
{
	(void)uv_timer_start(
		&keeper->timer, on_timer, after_ms, 0); /* fails for a closing timer only */
}

static void on_looked(struct chore *chore)
{
	struct shelf_keeper *keeper = (struct shelf_keeper *)chore;
	keeper->working = false;
	if (chore->io->service == NULL)
		return; /* archive_free() follows */
	tell(keeper);
	set_timer(keeper, keeper->again ? LOOK_SOON_MS : keeper->chore.io->config.archive_look_ms);
}

bool archive_is_there(const struct io *io)
{
	return io->keeper != NULL;
}

void archive_start(struct io *io)
{
	char error[CATALOGUE_ERROR_LEN];
	if (io->config.archive[0] == '\0')
		return;
	struct shelf_keeper *keeper = rs_zalloc(sizeof(*keeper));
	if (keeper == NULL || catalogue_open(io->config.catalogue, &keeper->catalogue, error) < 0 ||
		uv_timer_init(&io->loop, &keeper->timer) < 0) {
		log_error(LOG_ARCHIVE, NULL, "no catalogue of the archive why=\"%s\"",
			keeper != NULL ? error : "out of memory");
		if (keeper != NULL)
			catalogue_free(keeper->catalogue);
		rs_release(keeper);
		return;
	}
	keeper->chore.io = io;
	keeper->chore.run = look;
	keeper->chore.done = on_looked;
	keeper->timer.data = keeper;
	io->keeper = keeper;
	set_timer(keeper, 0);
}

void archive_look(struct io *io)
{
	struct shelf_keeper *keeper = io->keeper;
	if (keeper == NULL || io->stopping)
		return;
	if (keeper->working)
		keeper->again = true;
	else if (uv_timer_get_due_in(&keeper->timer) > LOOK_SOON_MS)
		set_timer(keeper, LOOK_SOON_MS);
}

void archive_stop(struct io *io)
{
	if (io->keeper == NULL || io->keeper->stop)
		return;
	__atomic_store_n(&io->keeper->stop, true, __ATOMIC_RELAXED);
	(void)uv_timer_stop(&io->keeper->timer); /* never fails */
}

void archive_free(struct io *io)
{
	if (io->keeper == NULL)
		return;
	catalogue_free(io->keeper->catalogue);
	io->keeper = rs_release(io->keeper);
}

struct archive_figures archive_figures(const struct io *io)
{
	return io->keeper != NULL ? io->keeper->figures
				  : (struct archive_figures){ .recordings_taken = 0 };
}
