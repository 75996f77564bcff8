#include "recorder/programme/cut.h"

#include "common/base/text.h"
#include "common/evidence/files.h"
#include "common/evidence/names.h"
#include "common/rtp/opus.h"
#include "recorder/mux/ogg.h"
#include "recorder/mux/reel.h"

#include <errno.h>
#include <stdio.h>

#define BLOCK_MAX ((size_t)16 << 20)
#define CLUSTER_MAX ((size_t)32 << 20)
#define CLUSTER_MS 1000
#define SOUND 1 /* numbers of the tracks in a programme */
#define PRE_ROLL_MS 80
#define SAMPLES_PER_MS 48
/* As in every file of ours: what an encoder looks ahead. */
#define PRE_SKIP 312
#define UID 1
#define SERIAL 1

struct cutting {
	const struct cut *cut;
	int to;                /* where the ports write */
	int64_t sound_from_ms; /* of the first packet that goes over */
	int64_t end_ms;        /* of the last one */
	struct ogg *ogg;
	uint16_t pre_skip; /* of it */
	struct mux *mux;
	bool has_picture;
	bool shown; /* a key frame was written */
	enum mux_codec picture;
	uint16_t width, height;
	struct cut_result result;
};

static int64_t read_from(void *ctx, uint64_t offset, void *data, size_t len)
{
	return files_read_at(*(const int *)ctx, data, len, offset);
}

static int write_to(void *ctx, uint64_t offset, const void *data, size_t len)
{
	return files_write_at(*(const int *)ctx, data, len, offset);
}

/* --- sound alone --- */

static int begin_ogg(struct cutting *cutting, const struct reel_block *first)
{
	const struct cut *cut = cutting->cut;
	char title[OGG_COMMENT_LEN];
	char language[64];
	const struct mux_port port = { .write = write_to, .ctx = &cutting->to };
	if (rs_format(title, sizeof(title), "TITLE=%.400s", cut->title) < 0 ||
		rs_format(language, sizeof(language), "LANGUAGE=%.35s", cut->language) < 0)
		return -EINVAL;
	title[rs_utf8_cut(title, sizeof(title) - 1)] = '\0';
	/* What lies before the place that was asked for is decoded and not heard. */
	const int64_t before_ms = cut->from_ms > first->time_ms ? cut->from_ms - first->time_ms : 0;
	cutting->pre_skip = (uint16_t)(PRE_SKIP + before_ms * SAMPLES_PER_MS);
	const struct ogg_config config = { .serial = SERIAL,
		.channels = 2,
		.pre_skip = cutting->pre_skip,
		.vendor = cut->app,
		.comments = { title, cut->language[0] != '\0' ? language : NULL } };
	return ogg_new(&config, &port, &cutting->ogg);
}

/* As long as what was asked for, beside what is thrown away at the beginning. */
static int finish_ogg(const struct cutting *cutting)
{
	const uint64_t all = ogg_samples(cutting->ogg);
	const uint64_t heard =
		cutting->pre_skip + (uint64_t)cutting->result.duration_ms * SAMPLES_PER_MS;
	return ogg_finish(cutting->ogg, all > heard ? (uint32_t)(all - heard) : 0);
}

/* --- with pictures --- */

static struct mux_config config_of(const struct cutting *cutting, bool picture)
{
	const struct cut *cut = cutting->cut;
	return (struct mux_config){ .codec = picture ? cutting->picture : MUX_OPUS,
		.track_uid = picture ? UID + 1 : UID,
		.title = cut->title,
		.language = names_language(cut->language),
		.app = cut->app,
		.wall_ms = cut->wall_ms + cutting->sound_from_ms,
		.channels = 2,
		.width = cutting->width,
		.height = cutting->height,
		.picture_later = cutting->has_picture,
		.cluster_ms = CLUSTER_MS,
		.cluster_max = CLUSTER_MAX };
}

static int write_block(struct cutting *cutting, const struct mux_block *block)
{
	struct mux_cluster cluster;
	const int err = mux_write_block(cutting->mux, block);
	(void)mux_poll_cluster(cutting->mux, &cluster); /* no ledger is kept */
	return err;
}

static int write_picture(struct cutting *cutting, const struct reel_block *block)
{
	const int64_t at = block->time_ms - cutting->sound_from_ms;
	if (!cutting->shown && (!block->key || at < 0))
		return 0;
	if (!cutting->shown) {
		const struct mux_config config = config_of(cutting, true);
		const int err = mux_add_picture(cutting->mux, &config);
		if (err < 0)
			return err;
	}
	cutting->shown = true;
	cutting->result.pictures++;
	return write_block(cutting, &(struct mux_block){ .picture = true,
					    .time_ms = at,
					    .key = block->key,
					    .data = block->data,
					    .len = block->len });
}

/* --- both --- */

static int begin(struct cutting *cutting, const struct reel_block *first)
{
	const struct mux_port port = { .write = write_to, .ctx = &cutting->to };
	cutting->sound_from_ms = first->time_ms;
	if (cutting->cut->form == CUT_OPUS)
		return begin_ogg(cutting, first);
	const struct mux_config config = config_of(cutting, false);
	return mux_new(&config, &port, &cutting->mux);
}

static int take_sound(struct cutting *cutting, const struct reel_block *block)
{
	uint32_t samples;
	if (opus_duration(block->data, block->len, &samples) < 0)
		return -EBADMSG;
	const int64_t end_ms = block->time_ms + samples / SAMPLES_PER_MS;
	const int64_t pre_ms = cutting->cut->form == CUT_OPUS ? PRE_ROLL_MS : 0;
	if (end_ms <= cutting->cut->from_ms - pre_ms)
		return 0;
	int err = cutting->result.packets == 0 ? begin(cutting, block) : 0;
	if (err < 0)
		return err;
	if (cutting->ogg != NULL)
		err = ogg_write(cutting->ogg, block->data, block->len);
	else
		err = write_block(cutting,
			&(struct mux_block){ .time_ms = block->time_ms - cutting->sound_from_ms,
				.duration_us = samples * 1000 / SAMPLES_PER_MS,
				.key = true,
				.data = block->data,
				.len = block->len });
	cutting->end_ms = end_ms;
	cutting->result.packets++;
	return err;
}

static int take_block(struct cutting *cutting, const struct reel_block *block)
{
	if (block->track == SOUND)
		return take_sound(cutting, block);
	return cutting->mux != NULL && cutting->has_picture ? write_picture(cutting, block) : 0;
}

static int take_all(struct cutting *cutting, struct reel *reel)
{
	const struct cut *cut = cutting->cut;
	struct reel_block block;
	int more = reel_skip(reel, cut->from_ms - PRE_ROLL_MS);
	if (more == -EPROTO)
		more = 0; /* it has no cluster at all */
	while (more == 0 && (more = reel_next(reel, &block)) == 1 && block.time_ms < cut->to_ms)
		more = take_block(cutting, &block);
	return more < 0 ? more : 0;
}

static int finish(struct cutting *cutting)
{
	struct mux_summary summary;
	if (cutting->result.packets == 0)
		return -ENOENT;
	const int64_t from_ms = cutting->cut->from_ms > cutting->sound_from_ms
					? cutting->cut->from_ms
					: cutting->sound_from_ms;
	const int64_t to_ms =
		cutting->cut->to_ms < cutting->end_ms ? cutting->cut->to_ms : cutting->end_ms;
	cutting->result.duration_ms = to_ms - from_ms;
	return cutting->ogg != NULL ? finish_ogg(cutting) : mux_finish(cutting->mux, &summary);
}

int cut_make(const struct cut *cut, struct cut_result *out_result)
{
	struct cutting cutting = { .cut = cut, .to = cut->to };
	int from = cut->from;
	const struct reel_port port = { .read = read_from, .ctx = &from };
	struct reel *reel = NULL;
	int err = reel_new(&port, BLOCK_MAX, &reel);
	if (err < 0)
		return err;
	const struct reel_head *head = reel_head(reel);
	cutting.picture = head->picture;
	cutting.width = head->width;
	cutting.height = head->height;
	cutting.has_picture = cut->form == CUT_WEBM && head->width > 0 && head->picture != MUX_OPUS;
	err = take_all(&cutting, reel);
	if (err == 0)
		err = finish(&cutting);
	reel_free(reel);
	ogg_free(cutting.ogg);
	mux_free(cutting.mux);
	if (err == 0)
		*out_result = cutting.result;
	return err;
}
