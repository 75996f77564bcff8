#include "recorder/webcast/cast_priv.h"

#include <errno.h>

/* The SFU is asked for a key frame every ten seconds (programme/pictures.h); it takes a moment to come. */
#define KEY_WITHIN_MS 13000
/* Between two moments the workshop is told to come to, where no picture is. */
#define RUN_EVERY_MS 200

int cast_pictures_init(struct cast *cast)
{
	const struct cast_config *config = &cast->config;
	struct cast_pictures *pictures = &cast->pictures;
	const struct workshop_config workshop = {
		.studio = { .width = config->width,
			.height = config->height,
			.fps = config->fps,
			.bitrate_bps = config->bitrate_bps,
			.segment_ms = config->segment_ms,
			.base = cast->base },
		.late_ms = 2 * (int64_t)config->segment_ms + RUN_EVERY_MS,
		.good_ms = config->segment_ms / 2,
		.wake = config->wake,
		.ctx = config->ctx,
	};
	parts_init(&pictures->file);
	pictures->codec = MUX_OPUS;
	cast_rendition(cast, MASTER_PICTURE, "", "m4s", &pictures->rendition);
	return workshop_new(&workshop, &pictures->workshop);
}

void cast_pictures_done(struct cast *cast)
{
	cast->pictures.workshop = workshop_free(cast->pictures.workshop);
	parts_close(&cast->pictures.file);
}

/* --- where to begin --- */

/* The last picture before that time that needs no other; that time itself if there is none. */
static int find_key(struct cast *cast, int64_t begins_ms, int64_t *out_key_ms)
{
	struct parts file;
	struct reel_block block;
	parts_init(&file);
	const int err = cast_open(cast, NAMES_FLOOR, begins_ms - KEY_WITHIN_MS, &file);
	if (err < 0)
		return err;
	*out_key_ms = begins_ms;
	while (cast_read(cast, &file, &block) == 1 && block.time_ms <= begins_ms)
		if (block.track == 2 && block.key)
			*out_key_ms = block.time_ms;
	parts_close(&file);
	return 0;
}

static int open_at(struct cast *cast, int64_t number)
{
	struct cast_pictures *pictures = &cast->pictures;
	const int64_t begins_ms = number * cast->config.segment_ms;
	int64_t key_ms = 0;
	int err = find_key(cast, begins_ms, &key_ms);
	if (err == 0)
		err = cast_open(cast, NAMES_FLOOR, key_ms, &pictures->file);
	if (err < 0)
		return err;
	pictures->part = 0;
	pictures->run_ms = begins_ms;
	const struct workshop_job job = { .kind = WORKSHOP_BEGIN, .number = number };
	return workshop_put(pictures->workshop, &job);
}

/* --- into the workshop --- */

/* Who is seen up to that time. */
static int put_shows(struct cast *cast, int64_t time_ms)
{
	struct cast_pictures *pictures = &cast->pictures;
	int err = 0;
	while (err == 0 && (pictures->has_show || bulletin_take_show(cast->bulletin, time_ms,
							  &pictures->show) == 1)) {
		const struct workshop_job job = { .kind = WORKSHOP_SHOW,
			.time_ms = pictures->show.at_ms,
			.somebody = pictures->show.somebody };
		err = workshop_put(pictures->workshop, &job);
		pictures->has_show = err < 0;
	}
	return err;
}

static int put_picture(struct cast *cast, const struct reel_block *block)
{
	struct cast_pictures *pictures = &cast->pictures;
	struct reel_head head;
	/* The head of the file has it from the first picture on. */
	if (pictures->codec == MUX_OPUS && parts_head(&pictures->file, &head) == 0)
		pictures->codec = head.picture;
	const struct workshop_job job = { .kind = WORKSHOP_PICTURE,
		.time_ms = block->time_ms,
		.codec = pictures->codec,
		.data = block->data,
		.len = block->len };
	const int err = put_shows(cast, block->time_ms);
	return err < 0 ? err : workshop_put(pictures->workshop, &job);
}

static int put_time(struct cast *cast, enum workshop_kind kind, int64_t time_ms)
{
	const struct workshop_job job = { .kind = kind, .time_ms = time_ms };
	int err = put_shows(cast, time_ms);
	if (err == 0)
		err = workshop_put(cast->pictures.workshop, &job);
	if (err == 0)
		cast->pictures.run_ms = time_ms;
	return err;
}

/* While the recorder was away nobody was seen, and what comes now may be of another codec. */
static int put_part(struct cast *cast)
{
	struct cast_pictures *pictures = &cast->pictures;
	const struct workshop_job job = {
		.kind = WORKSHOP_SHOW, .time_ms = pictures->run_ms, .somebody = false
	};
	const int err = pictures->part != 0 ? workshop_put(pictures->workshop, &job) : 0;
	if (err < 0)
		return err;
	pictures->part = pictures->file.part;
	pictures->codec = MUX_OPUS;
	return 0;
}

static int put_block(struct cast *cast, const struct reel_block *block)
{
	const int err = cast->pictures.part != cast->pictures.file.part ? put_part(cast) : 0;
	if (err < 0)
		return err;
	if (block->track == 2)
		return put_picture(cast, block);
	if (block->time_ms < cast->pictures.run_ms + RUN_EVERY_MS)
		return 0;
	return put_time(cast, WORKSHOP_RUN, block->time_ms);
}

static void finish(struct cast *cast, int64_t end_ms)
{
	cast->pictures.all_put = put_time(cast, WORKSHOP_END, end_ms) == 0;
}

static void follow(struct cast *cast)
{
	struct cast_pictures *pictures = &cast->pictures;
	const int64_t end_ms = cast_end(cast);
	struct reel_block block;
	for (;;) {
		const int got = cast_read(cast, &pictures->file, &block);
		if (got <= 0) {
			if (cast_is_last(cast, &pictures->file))
				finish(cast, end_ms < cast->newest_ms ? end_ms : cast->newest_ms);
			return;
		}
		if (block.time_ms >= end_ms) {
			finish(cast, end_ms);
			if (!pictures->all_put)
				parts_hold(&pictures->file);
			return;
		}
		if (put_block(cast, &block) < 0) {
			parts_hold(&pictures->file); /* too much waits: later */
			return;
		}
	}
}

/* Even looking at the pictures takes too long: nobody waits for those of then. */
static void catch_up(struct cast *cast, const struct workshop_state *state)
{
	const int64_t segment_ms = cast->config.segment_ms;
	if (cast->newest_ms - state->position_ms <= cast->config.window * segment_ms ||
		state->position_ms == 0 || cast->pictures.all_put)
		return;
	const int64_t number = cast->newest_ms / segment_ms;
	if (number * segment_ms <= cast->pictures.run_ms)
		return;
	cast->pictures.least = number;
	cast->figures.jumps++;
	cast->pictures.begun = open_at(cast, number) == 0;
}

/* --- out of it --- */

static void take_segment(struct cast *cast, const struct workshop_segment *segment)
{
	struct cast_pictures *pictures = &cast->pictures;
	const struct shelf *shelf = &cast->disk.shelf;
	int err = rendition_begin(&pictures->rendition, shelf, rs_buf_data(&segment->init),
		rs_buf_len(&segment->init));
	if (err == 0)
		err = rendition_add(&pictures->rendition, shelf, segment->number,
			segment->duration_ms, rs_buf_data(&segment->data),
			rs_buf_len(&segment->data));
	cast_note(cast, err);
	if (err < 0)
		return;
	(void)rs_set_text(pictures->name, segment->codec); /* fits */
	cast->figures.segments++;
	cast->figures.end_ms = segment->number * cast->config.segment_ms + segment->duration_ms;
	cast->figures.delay_ms = cast->wall_ms - cast->bulletin->started_ms - cast->figures.end_ms;
	cast->changed = true;
}

static void take_figures(struct cast *cast, const struct workshop_state *state)
{
	cast->figures.coded = state->stats.coded;
	cast->figures.left_out = state->stats.left_out;
	cast->figures.damaged = state->stats.damaged;
	cast->figures.lost = state->stats.lost;
	cast->figures.behind_ms = state->position_ms > 0 ? cast->newest_ms - state->position_ms : 0;
	cast->figures.hurried = state->hurried;
}

static void collect(struct cast *cast)
{
	struct cast_pictures *pictures = &cast->pictures;
	struct workshop_state state;
	struct workshop_segment segment;
	workshop_state(pictures->workshop, &state);
	while (workshop_take(pictures->workshop, &segment) == 1) {
		take_segment(cast, &segment);
		workshop_segment_done(&segment);
	}
	take_figures(cast, &state);
	catch_up(cast, &state);
	/* `idle` was true before the segments were taken: none comes behind them. */
	if ((pictures->all_put && state.idle) || state.error < 0) {
		cast_note(cast, state.error);
		cast_note(cast, rendition_end(&pictures->rendition, &cast->disk.shelf));
		pictures->ended = true;
	}
}

void cast_pictures_turn(struct cast *cast)
{
	struct cast_pictures *pictures = &cast->pictures;
	if (pictures->ended || cast->first < 0)
		return;
	if (!pictures->begun) {
		const int64_t number = cast_next(cast, &pictures->rendition);
		pictures->begun =
			open_at(cast, number > pictures->least ? number : pictures->least) == 0;
	}
	workshop_expect(pictures->workshop, cast->newest_ms);
	if (pictures->begun && !pictures->all_put)
		follow(cast);
	collect(cast);
}
