#include "recorder/webcast/hall.h"

#include "common/evidence/lines.h"
#include "common/log/log.h"
#include "recorder/webcast/gauge.h"
#include "recorder/webcast/master.h"
#include "recorder/webcast/shelf_disk.h"
#include "recorder/webcast/tail.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Between looks for sessions that have begun or are sealed, and for webcasts nobody has any more. */
#define LOOK_EVERY_MS 2000
#define SWEEP_EVERY_MS 10000
/* After a webcast could not begin. */
#define AGAIN_MS 10000
#define TURN_LIVE_MS 100
#define TURN_IDLE_MS 250
/* Media that were written so long ago are not those of a meeting that goes on. */
#define FRESH_MS 30000
/* A session in which nothing was written for so long is not recorded any more, though nobody has closed it. */
#define DEAD_MS 600000

/* A session that is followed. */
struct stand {
	char name[NAMES_SESSION_MAX + 1]; /* of its directory */
	char directory[ARCHIVE_PATH_LEN];
	struct tail events;
	struct bulletin bulletin;
	struct cast *cast;                               /* NULL = it is not on */
	char place[SHELF_PATH_LEN - SHELF_NAME_LEN - 8]; /* of its webcast */
	unsigned switched; /* which of the bulletin's times the webcast is of */
	int64_t again_ms;  /* not before that */
	bool hurried;      /* it was said that it does not keep up */
};

struct hall {
	struct hall_config config;
	struct stand *stands[HALL_SESSIONS_MAX];
	size_t n;
	int64_t look_ms;
	int64_t sweep_ms;
	struct gauge gauge;
};

int hall_new(const struct hall_config *config, struct hall **out_hall)
{
	struct hall *hall = rs_zalloc(sizeof(*hall));
	if (hall == NULL)
		return -ENOMEM;
	hall->config = *config;
	*out_hall = hall;
	return 0;
}

static struct stand *stand_free(struct stand *stand)
{
	if (stand == NULL)
		return NULL;
	cast_free(stand->cast);
	tail_close(&stand->events);
	return rs_release(stand);
}

/* --- what it measures of itself --- */

/* Nobody is to take for now what was then. */
static void drop_figures(const struct hall *hall)
{
	char path[SHELF_PATH_LEN];
	if (rs_format(path, sizeof(path), "%s/" GAUGE_FILE, hall->config.directory) == 0)
		(void)unlink(path); /* may not be there */
}

static void put_figures(struct hall *hall, int64_t wall_ms)
{
	struct gauge_cast casts[HALL_SESSIONS_MAX];
	struct shelf_disk disk;
	struct rs_buf text;
	size_t n = 0;
	for (size_t i = 0; i < hall->n; i++) {
		const struct stand *stand = hall->stands[i];
		if (stand->cast != NULL)
			casts[n++] = (struct gauge_cast){ .figures = cast_figures(stand->cast),
				.live = cast_state(stand->cast) == CAST_LIVE,
				.started_ms = stand->bulletin.started_ms };
	}
	if (hall->gauge.begun_ms == 0)
		hall->gauge.begun_ms = wall_ms;
	rs_buf_init(&text, GAUGE_MAX);
	int err = shelf_disk_init(&disk, hall->config.directory);
	if (err == 0)
		err = gauge_write(&hall->gauge, casts, n, wall_ms, &text);
	if (err == 0)
		err = disk.shelf.put(
			disk.shelf.ctx, GAUGE_FILE, rs_buf_data(&text), rs_buf_len(&text));
	hall->gauge.over.errors += err < 0;
	rs_buf_done(&text);
}

static void drop_cast(struct hall *hall, struct stand *stand)
{
	if (stand->cast != NULL)
		gauge_over(&hall->gauge, cast_figures(stand->cast));
	stand->cast = cast_free(stand->cast);
}

struct hall *hall_free(struct hall *hall)
{
	if (hall == NULL)
		return NULL;
	while (hall->n > 0)
		stand_free(hall->stands[--hall->n]);
	drop_figures(hall);
	return rs_release(hall);
}

/* --- finding sessions --- */

static bool is_followed(const struct hall *hall, const char *name)
{
	for (size_t i = 0; i < hall->n; i++)
		if (strcmp(hall->stands[i]->name, name) == 0)
			return true;
	return false;
}

static bool exists(const char *directory, enum names_place place)
{
	char path[ARCHIVE_PATH_LEN];
	struct stat st;
	return names_path(directory, place, path) == 0 && stat(path, &st) == 0;
}

/* Milliseconds since a file was written; INT64_MAX: it is not there. */
static int64_t age(const char *path, int64_t wall_ms)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return INT64_MAX;
	return wall_ms - ((int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000);
}

static int64_t programme_age(const char *directory, uint32_t part, int64_t wall_ms)
{
	char file[NAMES_FILE_LEN];
	char path[ARCHIVE_PATH_LEN];
	names_programme_part(NAMES_FLOOR, part, file);
	return names_file_path(directory, file, "", path) == 0 ? age(path, wall_ms) : INT64_MAX;
}

/* Recorded at this time, as far as its files tell. */
static bool is_alive(const char *directory, int64_t wall_ms)
{
	char path[ARCHIVE_PATH_LEN];
	return !exists(directory, NAMES_BAGIT) &&
	       (programme_age(directory, 1, wall_ms) < DEAD_MS ||
		       (names_path(directory, NAMES_EVENTS, path) == 0 &&
			       age(path, wall_ms) < DEAD_MS));
}

static int read_session(struct stand *stand)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	int err = names_path(stand->directory, NAMES_SESSION, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return err;
	err = bulletin_init(&stand->bulletin, (const char *)file.data, file.len);
	lines_done(&file);
	if (err == 0)
		err = names_path(stand->directory, NAMES_EVENTS, path);
	return err < 0 ? err : tail_open(&stand->events, path);
}

/* What is no session, or not to be read yet, is looked at again the next time. */
static void follow(struct hall *hall, const char *name, const char *directory)
{
	struct stand *stand = rs_zalloc(sizeof(*stand));
	if (stand == NULL)
		return;
	stand->events.fd = -1;
	(void)rs_set_text(stand->name, name);           /* it is a session's name */
	(void)rs_set_text(stand->directory, directory); /* as long as the other's */
	int err = read_session(stand);
	if (err == 0)
		err = rs_format(stand->place, sizeof(stand->place), "%s/%s", hall->config.directory,
			stand->bulletin.meeting);
	/* Those that are not public stay as well: they are known, and cost nothing. */
	if (err < 0)
		stand_free(stand);
	else
		hall->stands[hall->n++] = stand;
}

static void look(struct hall *hall, int64_t wall_ms)
{
	char directory[ARCHIVE_PATH_LEN];
	DIR *dir = opendir(hall->config.archive);
	if (dir == NULL)
		return; /* made by the recorder when it starts */
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL && hall->n < HALL_SESSIONS_MAX) {
		if (!names_session_valid(entry->d_name) || is_followed(hall, entry->d_name) ||
			rs_format(directory, sizeof(directory), "%s/%s", hall->config.archive,
				entry->d_name) < 0)
			continue;
		if (is_alive(directory, wall_ms))
			follow(hall, entry->d_name, directory);
	}
	(void)closedir(dir); /* read only */
}

/* --- webcasts --- */

static bool is_written(const struct stand *stand, int64_t wall_ms)
{
	return programme_age(stand->directory, stand->bulletin.parts, wall_ms) < FRESH_MS;
}

/* The meeting's place belongs to one session at a time. */
static void clear_place(struct hall *hall, const struct stand *stand)
{
	for (size_t i = 0; i < hall->n; i++) {
		struct stand *other = hall->stands[i];
		if (other != stand && strcmp(other->place, stand->place) == 0)
			drop_cast(hall, other);
	}
}

/* A later session of the meeting has begun: what is still written of this one is its end. */
static bool is_superseded(const struct hall *hall, const struct stand *stand)
{
	for (size_t i = 0; i < hall->n; i++) {
		const struct stand *other = hall->stands[i];
		if (other != stand && strcmp(other->place, stand->place) == 0 &&
			bulletin_is_on(&other->bulletin) &&
			other->bulletin.started_ms > stand->bulletin.started_ms)
			return true;
	}
	return false;
}

static size_t count_casts(const struct hall *hall)
{
	size_t n = 0;
	for (size_t i = 0; i < hall->n; i++)
		n += hall->stands[i]->cast != NULL;
	return n;
}

static void begin(struct hall *hall, struct stand *stand, int64_t wall_ms)
{
	struct cast_config config = hall->config.cast;
	config.session = stand->directory;
	config.directory = stand->place;
	int err = count_casts(hall) < hall->config.casts_max ? 0 : -E2BIG;
	if (err == 0) {
		clear_place(hall, stand);
		err = cast_new(&config, &stand->bulletin, wall_ms, &stand->cast);
	}
	if (err < 0) {
		stand->again_ms = wall_ms + AGAIN_MS;
		log_error(LOG_MEDIA, stand->bulletin.meeting,
			"webcast cannot begin session=%s why=\"%s\"", stand->name, strerror(-err));
		return;
	}
	hall->gauge.casts++;
	stand->switched = stand->bulletin.switched;
	log_info(LOG_MEDIA, stand->bulletin.meeting, "webcast begins session=%s from_ms=%" PRId64,
		stand->name, stand->bulletin.from_ms);
}

static void tell_pace(struct stand *stand)
{
	const struct cast_figures *figures = cast_figures(stand->cast);
	if (figures->hurried == stand->hurried)
		return;
	stand->hurried = figures->hurried;
	if (figures->hurried)
		log_warning(LOG_MEDIA, stand->bulletin.meeting,
			"machine is too slow for the webcast, pictures are left out delay_ms=%" PRId64,
			figures->delay_ms);
	else
		log_info(LOG_MEDIA, stand->bulletin.meeting,
			"webcast keeps up again left_out=%" PRIu64, figures->left_out);
}

static void tell_end(const struct stand *stand)
{
	const struct cast_figures *figures = cast_figures(stand->cast);
	log_info(LOG_MEDIA, stand->bulletin.meeting,
		"webcast ended session=%s segments=%" PRIu64 " pictures=%" PRIu64
		" left_out=%" PRIu64 " damaged=%" PRIu64 " errors=%u",
		stand->name, figures->segments, figures->coded, figures->left_out, figures->damaged,
		figures->errors);
}

static void run(struct hall *hall, struct stand *stand, int64_t wall_ms)
{
	const bool is_on = bulletin_is_on(&stand->bulletin);
	if (stand->cast != NULL && stand->switched != stand->bulletin.switched)
		cast_break_off(stand->cast, wall_ms);
	if (stand->cast == NULL && is_on && wall_ms >= stand->again_ms &&
		is_written(stand, wall_ms) && !is_superseded(hall, stand))
		begin(hall, stand, wall_ms);
	if (stand->cast == NULL)
		return;
	cast_turn(stand->cast, wall_ms);
	tell_pace(stand);
	if (cast_state(stand->cast) != CAST_OVER)
		return;
	tell_end(stand);
	drop_cast(hall, stand);
	stand->hurried = false;
}

static void read_events(struct stand *stand)
{
	const char *text;
	size_t len;
	while (tail_next(&stand->events, &text, &len) == 1)
		bulletin_line(&stand->bulletin, text, len);
}

/* --- what goes --- */

/* A session that is not recorded any more, and whose webcast is over, is nobody's business. */
static bool is_done(const struct stand *stand, int64_t wall_ms)
{
	return stand->cast == NULL && !is_alive(stand->directory, wall_ms);
}

static void forget_done(struct hall *hall, int64_t wall_ms)
{
	for (size_t i = hall->n; i > 0; i--) {
		if (!is_done(hall->stands[i - 1], wall_ms))
			continue;
		stand_free(hall->stands[i - 1]);
		hall->stands[i - 1] = hall->stands[--hall->n];
	}
}

static bool is_live(const struct hall *hall, const char *place)
{
	for (size_t i = 0; i < hall->n; i++) {
		const struct stand *stand = hall->stands[i];
		if (stand->cast != NULL && strcmp(stand->place, place) == 0)
			return true;
	}
	return false;
}

/* Webcasts that are over, whoever made them, by when they were last told of. */
static void sweep(struct hall *hall, int64_t wall_ms)
{
	struct shelf_disk disk;
	char path[SHELF_PATH_LEN];
	char live[SHELF_PATH_LEN];
	DIR *dir = opendir(hall->config.directory);
	if (dir == NULL)
		return;
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		if (!rs_name_valid(entry->d_name, strlen(entry->d_name)) ||
			rs_format(path, sizeof(path), "%s/%s", hall->config.directory,
				entry->d_name) < 0 ||
			rs_format(live, sizeof(live), "%s/" MASTER_LIVE, path) < 0)
			continue;
		const int64_t ms = age(live, wall_ms);
		if (!is_live(hall, path) && ms != INT64_MAX && ms > hall->config.keep_ms &&
			shelf_disk_init(&disk, path) == 0)
			shelf_disk_clear(&disk);
	}
	(void)closedir(dir); /* read only */
}

/* --- the turn --- */

void hall_turn(struct hall *hall, int64_t wall_ms)
{
	if (wall_ms - hall->look_ms >= LOOK_EVERY_MS || wall_ms < hall->look_ms) {
		hall->look_ms = wall_ms;
		forget_done(hall, wall_ms);
		look(hall, wall_ms);
		put_figures(hall, wall_ms);
	}
	for (size_t i = 0; i < hall->n; i++) {
		/* What happened before what was said: nothing is put out that was not to be. */
		read_events(hall->stands[i]);
		run(hall, hall->stands[i], wall_ms);
	}
	if (wall_ms - hall->sweep_ms >= SWEEP_EVERY_MS || wall_ms < hall->sweep_ms) {
		hall->sweep_ms = wall_ms;
		sweep(hall, wall_ms);
	}
}

int64_t hall_patience(const struct hall *hall)
{
	return count_casts(hall) > 0 ? TURN_LIVE_MS : TURN_IDLE_MS;
}
