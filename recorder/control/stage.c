#include "recorder/control/stage.h"

#include "common/log/log.h"

#include <errno.h>
#include <string.h>

/* Told by the disk when everything before it is there; any number would do. */
#define TOKEN_END 1

static void on_frame(void *ctx, const struct track_frame *frame)
{
	const struct stage *stage = ctx;
	if (stage->programme == NULL)
		return;
	programme_frame(stage->programme, &(struct programme_frame){ .name = frame->name,
						  .media = frame->media,
						  .codec = frame->codec,
						  .frame = frame->frame,
						  .time_ms = frame->time_ms });
}

static void on_show(void *ctx, const char *source, int64_t time_ms)
{
	const struct stage *stage = ctx;
	if (stage->programme != NULL)
		programme_show(stage->programme, source, time_ms);
}

static bool on_wants_key(void *ctx, const char *name, enum archive_media media)
{
	const struct stage *stage = ctx;
	return stage->programme != NULL && media == ARCHIVE_CAMERA &&
	       programme_wants_key(stage->programme, name);
}

const struct track_listener *stage_init(struct stage *stage)
{
	*stage = (struct stage){ .listener = { .frame = on_frame,
					 .show = on_show,
					 .wants_key = on_wants_key,
					 .ctx = stage } };
	return &stage->listener;
}

void stage_done(struct stage *stage)
{
	stage->programme = programme_free(stage->programme);
}

static int64_t session_ms(const struct stage *stage, struct archive_now when)
{
	/* As the events are dated, so that a programme made from them is the same. */
	return when.wall_us / 1000 - stage->started_us / 1000;
}

void stage_open(struct stage *stage, const struct stage_config *config,
	const struct archive *archive, struct archive_now when)
{
	if (archive_is_sealed(archive))
		return;
	stage->disk = config->disk;
	stage->owner = config->owner;
	stage->started_us = archive_started_us(archive);
	const struct programme_config programme = { .disk = config->disk,
		.owner = config->owner,
		.directory = archive_directory(archive),
		.ending = "",
		.part = archive_part(archive),
		.begins_ms = archive_resumed(archive) ? session_ms(stage, when) : 0,
		.app = config->rules->app,
		.channels = config->channels,
		.n_channels = config->n_channels,
		.started_us = stage->started_us,
		.cluster_ms = config->rules->cluster_ms,
		.cluster_max = config->rules->cluster_max,
		.way = PRESS_BESIDE };
	const int err = programme_new(&programme, &stage->programme);
	if (err < 0)
		log_warning(LOG_ARCHIVE, NULL,
			"programme cannot be written, it is made at the end directory=%s why=\"%s\"",
			archive_directory(archive), strerror(-err));
}

void stage_tick(struct stage *stage, struct archive_now when)
{
	stage->ticked = when;
	if (stage->programme != NULL)
		programme_tick(stage->programme, session_ms(stage, when));
}

rs_time stage_deadline(const struct stage *stage)
{
	if (stage->programme == NULL)
		return RS_TIME_NEVER;
	const int64_t left_ms =
		programme_deadline(stage->programme) - session_ms(stage, stage->ticked);
	return stage->ticked.now + RS_MS(left_ms > 0 ? left_ms : 1);
}

void stage_give_up(struct stage *stage, const char *why)
{
	if (stage->programme == NULL)
		return;
	log_warning(LOG_ARCHIVE, NULL, "programme given up, it is made at the end why=\"%s\"", why);
	stage->programme = programme_free(stage->programme);
	stage->draining = false;
}

static json_t *foreign_json(const char *source, enum depay_codec codec)
{
	return json_pack("{s:s, s:s}", "source", source, "codec", depay_codec_name(codec));
}

void stage_flush(struct stage *stage, struct archive *archive, struct archive_now when)
{
	char source[RS_NAME_MAX + 1];
	enum depay_codec codec;
	if (stage->programme == NULL)
		return;
	if (programme_error(stage->programme) < 0)
		stage_give_up(stage, strerror(-programme_error(stage->programme)));
	else if (programme_poll_foreign(stage->programme, source, &codec))
		(void)archive_note(archive, "programme-without-picture",
			foreign_json(source, codec), when); /* failures: keeper_flush() */
}

void stage_close(struct stage *stage, struct archive_now when)
{
	if (stage->programme == NULL)
		return;
	const int err = programme_close(stage->programme, session_ms(stage, when), TOKEN_END);
	if (err < 0) {
		stage_give_up(stage, strerror(-err));
		return;
	}
	stage->draining = true;
	stage->programme = programme_free(stage->programme);
}

bool stage_disk_failed(struct stage *stage, uint32_t owner, int err)
{
	if (owner != stage->owner)
		return false;
	stage_give_up(stage, strerror(-err));
	stage->draining = false;
	return true;
}

bool stage_disk_synced(struct stage *stage, uint32_t owner)
{
	if (owner != stage->owner)
		return false;
	stage->draining = false;
	return true;
}

bool stage_is_drained(const struct stage *stage)
{
	return !stage->draining;
}
