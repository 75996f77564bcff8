#include "recorder/programme/programme.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Writing is done in steps of so much media time. */
#define STEP_MS 200
/* The floor's track; a channel's is that of its place. Two tracks a file. */
#define FIRST_UID 1

struct programme {
	struct film *films[ARCHIVE_CHANNELS_MAX + 1]; /* the floor first */
	size_t n_films;
	struct pictures *pictures;
	int64_t clock_ms;  /* of the last tick; 0 = none came */
	int64_t newest_ms; /* of all frames */
	int64_t done_ms;   /* written up to here */
	int error;
};

static int add_film(struct programme *programme, const struct programme_config *config,
	const struct archive_channel *channel)
{
	char file[NAMES_FILE_LEN];
	char path[ARCHIVE_PATH_LEN];
	if (config->late)
		names_programme_late(file);
	else
		names_programme_part(channel->id, config->part, file);
	int err = names_file_path(config->directory, file, config->ending, path);
	if (err < 0)
		return -EINVAL;
	const struct film_config film = { .disk = config->disk,
		.owner = config->owner,
		.path = path,
		.name = channel->id,
		.title = channel->name,
		.language = names_language(channel->language),
		.app = config->app,
		.wall_ms = config->started_us / 1000,
		.begins_ms = config->begins_ms,
		.uid = FIRST_UID + 2 * programme->n_films,
		.cluster_ms = config->cluster_ms,
		.cluster_max = config->cluster_max };
	err = film_new(&film, &programme->films[programme->n_films]);
	if (err == 0)
		programme->n_films++;
	return err;
}

int programme_new(const struct programme_config *config, struct programme **out_programme)
{
	static const struct archive_channel floor = { .id = NAMES_FLOOR, .name = "Floor" };
	static const struct archive_channel late = { .id = NAMES_FLOOR,
		.name = "Floor, with what was delivered late" };
	if (config->n_channels > ARCHIVE_CHANNELS_MAX)
		return -EINVAL;
	RS_CLEANUP(programme_freep) struct programme *programme = rs_zalloc(sizeof(*programme));
	if (programme == NULL)
		return -ENOMEM;
	programme->newest_ms = config->begins_ms;
	programme->done_ms = config->begins_ms;
	int err = pictures_new(PROGRAMME_PICTURES_MAX, config->way, &programme->pictures);
	if (err == 0 && config->codec != PROGRAMME_ANY_CODEC)
		pictures_begin(programme->pictures, config->codec);
	if (err == 0)
		err = add_film(programme, config, config->late ? &late : &floor);
	for (size_t i = 0; !config->late && i < config->n_channels && err == 0; i++)
		err = add_film(programme, config, &config->channels[i]);
	if (err < 0)
		return err;
	*out_programme = rs_steal(&programme);
	return 0;
}

static void drop_films(struct programme *programme)
{
	while (programme->n_films > 0) {
		programme->n_films--;
		programme->films[programme->n_films] =
			film_free(programme->films[programme->n_films]);
	}
}

struct programme *programme_free(struct programme *programme)
{
	if (programme == NULL)
		return NULL;
	drop_films(programme);
	pictures_free(programme->pictures);
	return rs_release(programme);
}

void programme_freep(struct programme **programme)
{
	*programme = programme_free(*programme);
}

void programme_fail(struct programme *programme, int err)
{
	if (programme->error != 0)
		return;
	programme->error = err;
	drop_films(programme);
}

int programme_error(const struct programme *programme)
{
	return programme->error;
}

/* What all films have written need not wait any more. */
static void forget_pictures(struct programme *programme)
{
	uint64_t least = UINT64_MAX;
	for (size_t i = 0; i < programme->n_films; i++)
		if (film_pictures(programme->films[i]) < least)
			least = film_pictures(programme->films[i]);
	pictures_forget(programme->pictures, least);
}

static void run(struct programme *programme, int64_t until_ms)
{
	if (until_ms <= programme->done_ms)
		return;
	int err = pictures_gather(programme->pictures, until_ms, programme->newest_ms);
	programme->done_ms = until_ms;
	for (size_t i = 0; i < programme->n_films && err == 0; i++)
		err = film_run(programme->films[i], programme->pictures, until_ms);
	forget_pictures(programme);
	if (err < 0)
		programme_fail(programme, err);
}

static int take_sound(struct programme *programme, const struct programme_frame *frame)
{
	for (size_t i = 0; i < programme->n_films; i++)
		if (strcmp(film_name(programme->films[i]), frame->name) == 0)
			return film_sound(programme->films[i], frame->time_ms, frame->frame->data,
				frame->frame->len);
	return 0; /* a channel the session was not opened with */
}

static int take_picture(struct programme *programme, const struct programme_frame *frame)
{
	const struct picture picture = { .codec = frame->codec,
		.time_ms = frame->time_ms,
		.key = frame->frame->key,
		.width = frame->frame->width,
		.height = frame->frame->height,
		.data = frame->frame->data,
		.len = frame->frame->len };
	return pictures_push(programme->pictures, frame->name, &picture);
}

void programme_frame(struct programme *programme, const struct programme_frame *frame)
{
	const bool sound = frame->media == ARCHIVE_CHANNEL;
	if (programme->error != 0 || (!sound && frame->media != ARCHIVE_CAMERA))
		return;
	const int err = sound ? take_sound(programme, frame) : take_picture(programme, frame);
	if (err < 0) {
		programme_fail(programme, err);
		return;
	}
	if (frame->time_ms > programme->newest_ms)
		programme->newest_ms = frame->time_ms;
	/* A sender's clock that ran ahead must not end the session before its time. */
	if (programme->clock_ms > 0 && programme->newest_ms > programme->clock_ms)
		programme->newest_ms = programme->clock_ms;
	const int64_t until_ms = programme->newest_ms - PROGRAMME_HOLD_MS;
	if (until_ms >= programme->done_ms + STEP_MS)
		run(programme, until_ms);
}

void programme_show(struct programme *programme, const char *source, int64_t from_ms)
{
	pictures_show(programme->pictures, source, from_ms);
}

void programme_tick(struct programme *programme, int64_t session_ms)
{
	programme->clock_ms = session_ms;
	if (programme->error == 0 && session_ms >= programme_deadline(programme))
		run(programme, session_ms - PROGRAMME_QUIET_MS);
}

int64_t programme_deadline(const struct programme *programme)
{
	return programme->done_ms + PROGRAMME_QUIET_MS + 5 * STEP_MS;
}

int programme_close(struct programme *programme, int64_t end_ms, uint64_t token)
{
	int err = programme->error;
	if (err == 0)
		err = pictures_settle(programme->pictures, programme->done_ms);
	for (size_t i = 0; i < programme->n_films && err == 0; i++)
		err = film_finish(programme->films[i], programme->pictures, end_ms,
			i + 1 == programme->n_films ? token : 0);
	if (err < 0)
		programme_fail(programme, err);
	return err;
}

bool programme_wants_key(const struct programme *programme, const char *source)
{
	return programme->error == 0 && pictures_wants_key(programme->pictures, source);
}

bool programme_poll_foreign(
	struct programme *programme, char out_source[RS_NAME_MAX + 1], enum depay_codec *out_codec)
{
	return pictures_poll_foreign(programme->pictures, out_source, out_codec);
}

const struct pictures_stats *programme_pictures(const struct programme *programme)
{
	return pictures_stats(programme->pictures);
}
