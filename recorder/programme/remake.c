#include "recorder/programme/remake.h"

#include "common/base/text.h"
#include "common/evidence/files.h"
#include "recorder/mux/reel.h"
#include "recorder/programme/drafts.h"
#include "recorder/programme/script.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DRAFT ".new"
/* Read ahead in each file. */
#define WINDOW ((size_t)1 << 16)
/* What a recorder writes (conf/README.md, record.*). */
#define CLUSTER_MS 1000
#define BLOCK_MAX ((size_t)4 << 20)
/* A programme that ends so far from the session is of an earlier end. */
#define END_OFF_MS 1000
/* Frames between two looks whether it is called off. */
#define LOOK_EVERY 1024

/* A file read through a window. */
struct window {
	int fd; /* -1 = none */
	uint64_t at;
	size_t len;
	uint8_t data[WINDOW];
};

/* The segments of one track, read one after the other. */
struct strand {
	size_t segment; /* of the script; n_segments = at the end */
	struct window window;
	struct reel *reel;
	struct reel_block block; /* the next, if there is one */
	int64_t time_ms;         /* its session time */
};

struct work {
	const char *directory;
	const struct remake *how;
	struct script script;
	struct drafts *drafts;
	struct programme *programme;
	struct strand **strands;
	size_t n_strands;
	size_t shown; /* shows told */
	uint64_t frames;
	struct remake_result result;
};

static int64_t window_read(void *ctx, uint64_t offset, void *data, size_t len)
{
	struct window *window = ctx;
	const bool inside = offset >= window->at && offset + len <= window->at + window->len;
	if (!inside && len < WINDOW) {
		const int64_t n = files_read_at(window->fd, window->data, WINDOW, offset);
		if (n < 0)
			return n;
		window->at = offset;
		window->len = (size_t)n;
	}
	if (len >= WINDOW)
		return files_read_at(window->fd, data, len, offset);
	const uint64_t left = window->at + window->len - offset;
	const size_t n = len < left ? len : (size_t)left;
	memcpy(data, window->data + (offset - window->at), n);
	return (int64_t)n;
}

static void close_reel(struct strand *strand)
{
	strand->reel = reel_free(strand->reel);
	if (strand->window.fd >= 0)
		(void)close(strand->window.fd); /* only read */
	strand->window = (struct window){ .fd = -1 };
}

/* 0, -ENOMEM, or any other error: the file cannot be used. */
static int open_reel(const char *path, struct strand *strand)
{
	strand->window = (struct window){ .fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) };
	if (strand->window.fd < 0)
		return -errno;
	const struct reel_port port = { .read = window_read, .ctx = &strand->window };
	const int err = reel_new(&port, BLOCK_MAX, &strand->reel);
	if (err < 0)
		close_reel(strand);
	return err;
}

static int open_segment(struct work *work, struct strand *strand)
{
	const struct script_segment *segment = &work->script.segments[strand->segment];
	char file[NAMES_FILE_LEN];
	char path[ARCHIVE_PATH_LEN];
	names_segment(segment->name, segment->media, segment->number, file);
	const bool webm = segment->codec != DEPAY_H264 && segment->codec != DEPAY_AV1;
	int err = names_file_path(work->directory, file, names_extension(webm), path);
	if (err == 0)
		err = open_reel(path, strand);
	return err;
}

static bool same_track(const struct script_segment *a, const struct script_segment *b)
{
	return a->media == b->media && strcmp(a->name, b->name) == 0;
}

static void next_segment(const struct work *work, struct strand *strand)
{
	const size_t before = strand->segment;
	do
		strand->segment++;
	while (strand->segment < work->script.n_segments &&
		!same_track(
			&work->script.segments[before], &work->script.segments[strand->segment]));
}

/* The next frame of this track, from the next segment if need be. 0 or -ENOMEM. */
static int advance(struct work *work, struct strand *strand)
{
	while (strand->segment < work->script.n_segments) {
		int got = strand->reel == NULL ? open_segment(work, strand) : 0;
		if (got == 0)
			got = reel_next(strand->reel, &strand->block);
		if (got == 1) {
			strand->time_ms = work->script.segments[strand->segment].t0_ms +
					  strand->block.time_ms;
			return 0;
		}
		if (got == -ENOMEM)
			return got;
		work->result.unreadable += got < 0 ? 1 : 0;
		close_reel(strand);
		next_segment(work, strand);
	}
	return 0;
}

static bool is_first_of_track(const struct script *script, size_t segment)
{
	for (size_t i = 0; i < segment; i++)
		if (same_track(&script->segments[i], &script->segments[segment]))
			return false;
	return true;
}

static int add_strand(struct work *work, size_t segment)
{
	struct strand *strand = rs_zalloc(sizeof(*strand));
	if (strand == NULL)
		return -ENOMEM;
	strand->segment = segment;
	strand->window.fd = -1;
	work->strands[work->n_strands++] = strand;
	return 0;
}

static int add_strands(struct work *work)
{
	const struct script *script = &work->script;
	int err = 0;
	work->strands = rs_calloc(script->n_segments + 1, sizeof(struct strand *));
	if (work->strands == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < script->n_segments && err == 0; i++)
		if (is_first_of_track(script, i))
			err = add_strand(work, i);
	return err;
}

/* When the track goes on: a segment that is not open yet begins with its time 0. */
static int64_t time_of(const struct work *work, const struct strand *strand)
{
	if (strand->segment == work->script.n_segments)
		return INT64_MAX;
	return strand->reel != NULL ? strand->time_ms
				    : work->script.segments[strand->segment].t0_ms;
}

static struct strand *earliest(const struct work *work)
{
	struct strand *first = NULL;
	for (size_t i = 0; i < work->n_strands; i++)
		if (time_of(work, work->strands[i]) != INT64_MAX &&
			(first == NULL || time_of(work, work->strands[i]) < time_of(work, first)))
			first = work->strands[i];
	return first;
}

static void tell_shows(struct work *work, int64_t until_ms)
{
	const struct script *script = &work->script;
	for (; work->shown < script->n_shows && script->shows[work->shown].t_ms <= until_ms;
		work->shown++)
		programme_show(work->programme, script->shows[work->shown].source,
			script->shows[work->shown].t_ms);
}

static void tell_frame(const struct work *work, const struct strand *strand)
{
	const struct script_segment *segment = &work->script.segments[strand->segment];
	const struct reel_head *head = reel_head(strand->reel);
	const struct depay_frame frame = { .data = strand->block.data,
		.len = strand->block.len,
		.key = strand->block.key,
		.width = strand->block.key ? head->width : 0,
		.height = strand->block.key ? head->height : 0 };
	programme_frame(work->programme, &(struct programme_frame){ .name = segment->name,
						 .media = segment->media,
						 .codec = segment->codec,
						 .frame = &frame,
						 .time_ms = strand->time_ms });
}

static bool is_called_off(const struct work *work)
{
	return work->how->called_off != NULL && work->how->called_off(work->how->ctx);
}

static int play(struct work *work)
{
	struct strand *strand;
	int err = 0;
	while (err == 0 && (strand = earliest(work)) != NULL) {
		if (strand->reel == NULL) { /* only now, so that few files are open at a time */
			err = advance(work, strand);
			continue;
		}
		tell_shows(work, strand->time_ms);
		tell_frame(work, strand);
		err = advance(work, strand);
		if (err == 0)
			err = programme_error(work->programme);
		if (++work->frames % LOOK_EVERY == 0 && is_called_off(work))
			err = -EAGAIN;
	}
	return err;
}

static int open_programme(struct work *work)
{
	const struct programme_config config = { .disk = drafts_disk(work->drafts),
		.owner = 1,
		.directory = work->directory,
		.ending = DRAFT,
		.app = work->script.software,
		.channels = work->script.channels,
		.n_channels = work->script.n_channels,
		.started_us = work->script.started_us,
		.cluster_ms = CLUSTER_MS,
		.cluster_max = BLOCK_MAX };
	return programme_new(&config, &work->programme);
}

static int write_drafts(struct work *work)
{
	int err = drafts_new((uint32_t)work->script.n_channels + 1, &work->drafts);
	if (err == 0)
		err = open_programme(work);
	if (err == 0)
		err = add_strands(work);
	if (err == 0)
		err = play(work);
	if (err == 0)
		err = programme_close(work->programme, work->script.end_ms, 0);
	if (work->programme != NULL)
		work->result.pictures = programme_pictures(work->programme)->taken;
	work->programme = programme_free(work->programme); /* closes the files */
	return err < 0 ? err : drafts_error(work->drafts);
}

static void work_done(struct work *work)
{
	for (size_t i = 0; i < work->n_strands; i++) {
		close_reel(work->strands[i]);
		rs_release(work->strands[i]);
	}
	rs_release(work->strands);
	programme_free(work->programme);
	drafts_free(work->drafts);
}

/* The file of the i-th language, the floor first. */
static int path_of(
	const struct script *script, const char *directory, size_t i, char out[ARCHIVE_PATH_LEN])
{
	char file[NAMES_FILE_LEN];
	names_programme(i == 0 ? NAMES_FLOOR : script->channels[i - 1].id, file);
	return names_file_path(directory, file, "", out);
}

/* Every draft gets its name, or goes. */
static int settle(const struct script *script, const char *directory, bool keep)
{
	char path[ARCHIVE_PATH_LEN];
	char draft[ARCHIVE_PATH_LEN + sizeof(DRAFT)];
	int err = 0;
	for (size_t i = 0; i <= script->n_channels && err == 0; i++) {
		err = path_of(script, directory, i, path);
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
	err = settle(&work->script, work->directory, true);
	if (work->how->release != NULL)
		work->how->release(work->how->ctx);
	return err;
}

int programme_remake(
	const char *directory, const struct remake *how, struct remake_result *out_result)
{
	struct work work = { .directory = directory, .how = how };
	int err = script_read(directory, &work.script);
	if (err < 0)
		return err;
	err = write_drafts(&work);
	if (err == 0)
		err = give_names(&work);
	if (err < 0)
		(void)settle(&work.script, directory, false); /* the error is told */
	work_done(&work);
	work.result.files = work.script.n_channels + 1;
	work.result.duration_ms = work.script.end_ms;
	script_done(&work.script);
	if (err == 0)
		*out_result = work.result;
	return err;
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

static bool is_whole(const char *path, int64_t end_ms)
{
	struct strand *strand = rs_zalloc(sizeof(*strand));
	if (strand == NULL || open_reel(path, strand) < 0) {
		rs_release(strand);
		return false;
	}
	const struct reel_head *head = reel_head(strand->reel);
	const int64_t off = head->duration_ms - end_ms;
	const bool whole = head->finished && off >= -END_OFF_MS && off <= END_OFF_MS;
	close_reel(strand);
	rs_release(strand);
	return whole;
}

bool programme_is_current(const char *directory)
{
	struct script script;
	char path[ARCHIVE_PATH_LEN];
	if (script_read(directory, &script) < 0)
		return false;
	bool current = script.closed;
	for (size_t i = 0; i <= script.n_channels && current; i++)
		current =
			path_of(&script, directory, i, path) == 0 && is_whole(path, script.end_ms);
	script_done(&script);
	return current;
}
