#include "recorder/programme/remake.h"

#include "common/base/text.h"
#include "common/rtp/opus.h"
#include "recorder/programme/arrivals.h"
#include "recorder/programme/drafts.h"
#include "recorder/programme/splice.h"
#include "recorder/programme/strands.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DRAFT ".new"
/* What a recorder writes (conf/README.md, record.*). */
#define CLUSTER_MS 1000
/* A programme that ends so far from the session is of an earlier end. */
#define END_OFF_MS 1000
/* Frames between two looks whether it is called off. */
#define LOOK_EVERY 1024

struct work {
	const char *directory;
	const struct remake *how;
	bool late; /* with what was delivered */
	struct script script;
	struct arrivals arrivals;  /* where it is late */
	struct original *original; /* likewise; NULL = there is none of use */
	struct splice splice;
	struct drafts *drafts;
	struct programme *programme;
	struct strands *strands;
	uint64_t frames;
	struct remake_result result;
};

/* --- which segments --- */

/* What came after an outage was never seen or heard: a programme is what was. */
static bool was_heard(const struct script_segment *segment)
{
	return !segment->delivered;
}

static bool is_late_sound(const struct script_segment *segment)
{
	return segment->media == ARCHIVE_MICROPHONE;
}

static bool is_of_floor(const struct script_segment *segment)
{
	return segment->media != ARCHIVE_CHANNEL || strcmp(segment->name, NAMES_FLOOR) == 0;
}

/* --- what arrived late --- */

static int take_arrivals(struct work *work, struct strands *strands)
{
	struct strands_frame frame;
	int err;
	while ((err = strands_next(strands, &frame)) == 1) {
		uint32_t samples;
		if (opus_duration(frame.block->data, frame.block->len, &samples) < 0)
			continue; /* the programme refuses it as well */
		err = arrivals_add(&work->arrivals, frame.segment, frame.time_ms,
			samples / STRIP_SAMPLES_A_MS);
		if (err < 0)
			break;
	}
	return err;
}

/* Of each segment by itself: two rooms may have been without a line at once. */
static int add_arrivals(struct work *work)
{
	struct script_show *shows;
	struct strands *strands;
	size_t n;
	int err = strands_new(work->directory, &work->script, is_late_sound, &strands);
	if (err < 0)
		return err;
	err = take_arrivals(work, strands);
	strands_free(strands);
	if (err < 0)
		return err;
	arrivals_settle(&work->arrivals);
	err = arrivals_shows(&work->arrivals, &work->script, &shows, &n);
	if (err < 0)
		return err;
	rs_release(work->script.shows);
	work->script.shows = shows;
	work->script.n_shows = n;
	return 0;
}

/* --- names --- */

static size_t count_files(const struct script *script, bool late)
{
	return late ? 1 : script->n_channels + 1;
}

/* The file of the i-th language, the floor first; or the one with what arrived late. */
static int path_of(const struct script *script, const char *directory, bool late, size_t i,
	char out[ARCHIVE_PATH_LEN])
{
	char file[NAMES_FILE_LEN];
	if (late)
		names_programme_late(file);
	else
		names_programme(i == 0 ? NAMES_FLOOR : script->channels[i - 1].id, file);
	return names_file_path(directory, file, "", out);
}

/* It is there, was finished, and is as long as the session. */
static bool is_whole(const struct script *script, const char *directory, bool late, size_t i)
{
	char path[ARCHIVE_PATH_LEN];
	if (path_of(script, directory, late, i, path) < 0)
		return false;
	const int64_t length_ms = strands_length(path);
	const int64_t off = length_ms - script->end_ms;
	return length_ms >= 0 && off >= -END_OFF_MS && off <= END_OFF_MS;
}

/* --- writing --- */

/* Of sound what is not heard, of pictures what is taken from elsewhere. */
static bool is_left_out(struct work *work, const struct strands_frame *told)
{
	const struct script_segment *segment = &work->script.segments[told->segment];
	if (segment->media == ARCHIVE_CAMERA)
		return !splice_takes(&work->splice, segment->name, told->time_ms,
			segment->delivered && told->block->key);
	return work->late &&
	       !arrivals_heard(&work->arrivals,
		       segment->media == ARCHIVE_MICROPHONE ? told->segment : ARRIVALS_FLOOR,
		       told->time_ms);
}

static void tell_frame(struct work *work, const struct strands_frame *told)
{
	const struct script_segment *segment = &work->script.segments[told->segment];
	const bool arrived = segment->media == ARCHIVE_MICROPHONE;
	const struct depay_frame frame = { .data = told->block->data,
		.len = told->block->len,
		.key = told->block->key,
		.width = told->block->key ? told->head->width : 0,
		.height = told->block->key ? told->head->height : 0 };
	if (is_left_out(work, told))
		return;
	programme_frame(work->programme,
		&(struct programme_frame){ .name = arrived ? NAMES_FLOOR : segment->name,
			.media = arrived ? ARCHIVE_CHANNEL : segment->media,
			.codec = segment->codec,
			.frame = &frame,
			.time_ms = told->time_ms });
}

static bool is_called_off(const struct work *work)
{
	return work->how->called_off != NULL && work->how->called_off(work->how->ctx);
}

static int play(struct work *work)
{
	struct strands_frame frame;
	int err;
	while ((err = strands_next(work->strands, &frame)) == 1) {
		err = splice_until(&work->splice, frame.time_ms);
		if (err < 0)
			break;
		tell_frame(work, &frame);
		err = programme_error(work->programme);
		if (err == 0 && ++work->frames % LOOK_EVERY == 0 && is_called_off(work))
			err = -EAGAIN;
		if (err < 0)
			break;
	}
	return err < 0 ? err : splice_until(&work->splice, INT64_MAX);
}

/* The floor's programme, where it is there and whole. */
static int open_original(struct work *work)
{
	char path[ARCHIVE_PATH_LEN];
	if (!is_whole(&work->script, work->directory, false, 0) ||
		path_of(&work->script, work->directory, false, 0, path) < 0)
		return 0;
	const int err = original_new(path, &work->original);
	return err == -ENOMEM ? err : 0; /* all its pictures are in the archive as well */
}

static int open_programme(struct work *work)
{
	const struct programme_config config = { .disk = drafts_disk(work->drafts),
		.owner = 1,
		.directory = work->directory,
		.ending = DRAFT,
		.late = work->late,
		.app = work->script.software,
		.channels = work->script.channels,
		.n_channels = work->script.n_channels,
		.started_us = work->script.started_us,
		.cluster_ms = CLUSTER_MS,
		.cluster_max = STRANDS_BLOCK_MAX,
		.codec = work->original != NULL ? original_codec(work->original)
						: PROGRAMME_ANY_CODEC,
		.way = PRESS_AT_ONCE };
	const int err = programme_new(&config, &work->programme);
	if (err < 0)
		return err;
	work->splice = (struct splice){ .script = &work->script,
		.arrivals = &work->arrivals,
		.original = work->original,
		.programme = work->programme };
	splice_begin(&work->splice);
	return 0;
}

static int write_drafts(struct work *work)
{
	int err = drafts_new((uint32_t)work->script.n_channels + 1, &work->drafts);
	if (err == 0 && work->late)
		err = add_arrivals(work);
	if (err == 0 && work->late)
		err = open_original(work);
	if (err == 0)
		err = open_programme(work);
	if (err == 0)
		err = strands_new(work->directory, &work->script,
			work->late ? is_of_floor : was_heard, &work->strands);
	if (err == 0)
		err = play(work);
	if (err == 0)
		err = programme_close(work->programme, work->script.end_ms, 0);
	if (work->programme != NULL) {
		work->result.pictures = programme_pictures(work->programme)->taken;
		work->result.recoded = programme_pictures(work->programme)->recoded;
	}
	work->programme = programme_free(work->programme); /* closes the files */
	return err < 0 ? err : drafts_error(work->drafts);
}

static void work_done(struct work *work)
{
	if (work->strands != NULL)
		work->result.unreadable =
			strands_unreadable(work->strands) + (work->splice.broken ? 1 : 0);
	strands_free(work->strands);
	programme_free(work->programme);
	drafts_free(work->drafts);
	original_free(work->original);
	arrivals_done(&work->arrivals);
}

/* --- drafts --- */

/* Every draft gets its name, or goes. */
static int settle(const struct work *work, bool keep)
{
	char path[ARCHIVE_PATH_LEN];
	char draft[ARCHIVE_PATH_LEN + sizeof(DRAFT)];
	const size_t n = count_files(&work->script, work->late);
	int err = 0;
	for (size_t i = 0; i < n && err == 0; i++) {
		err = path_of(&work->script, work->directory, work->late, i, path);
		if (err < 0)
			break;
		(void)snprintf(draft, sizeof(draft), "%s" DRAFT, path); /* fits */
		if (!keep)
			(void)unlink(draft); /* it may not have come to be */
		else if (rename(draft, path) < 0)
			err = -errno;
	}
	return err;
}

static int give_names(const struct work *work)
{
	int err = work->how->hold != NULL ? work->how->hold(work->how->ctx) : 0;
	if (err < 0)
		return err;
	err = settle(work, true);
	if (work->how->release != NULL)
		work->how->release(work->how->ctx);
	return err;
}

static int make(struct work *work, struct remake_result *out_result)
{
	int err = script_read(work->directory, &work->script);
	if (err < 0)
		return err;
	if (work->late && !work->script.delivered) {
		script_done(&work->script);
		return 0;
	}
	err = write_drafts(work);
	if (err == 0)
		err = give_names(work);
	if (err < 0)
		(void)settle(work, false); /* the error is told */
	work_done(work);
	work->result.files = count_files(&work->script, work->late);
	work->result.duration_ms = work->script.end_ms;
	script_done(&work->script);
	if (err == 0)
		*out_result = work->result;
	return err;
}

int programme_remake(
	const char *directory, const struct remake *how, struct remake_result *out_result)
{
	struct work work = { .directory = directory, .how = how };
	return make(&work, out_result);
}

int programme_make_late(
	const char *directory, const struct remake *how, struct remake_result *out_result)
{
	struct work work = { .directory = directory, .how = how, .late = true };
	return make(&work, out_result);
}

void programme_drop_parts(const char *directory)
{
	char path[ARCHIVE_PATH_LEN];
	DIR *dir = names_path(directory, NAMES_CHANNELS, path) == 0 ? opendir(path) : NULL;
	const struct dirent *entry;
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (names_is_programme_part(entry->d_name))
			(void)unlinkat(dirfd(dir), entry->d_name, 0); /* it stays then */
	if (dir != NULL)
		(void)closedir(dir); /* read only */
}

/* --- what is there --- */

static bool are_whole(const struct script *script, const char *directory, bool late)
{
	for (size_t i = 0; i < count_files(script, late); i++)
		if (!is_whole(script, directory, late, i))
			return false;
	return true;
}

bool programme_is_current(const char *directory)
{
	struct script script;
	if (script_read(directory, &script) < 0)
		return false;
	const bool current = script.closed && are_whole(&script, directory, false);
	script_done(&script);
	return current;
}

bool programme_late_is_current(const char *directory)
{
	struct script script;
	if (script_read(directory, &script) < 0)
		return false;
	const bool current =
		script.closed && (!script.delivered || are_whole(&script, directory, true));
	script_done(&script);
	return current;
}
