#include "recorder/webcast/cast_priv.h"

#include <errno.h>

/* Blocks of one language a turn, at most: a minute of sound, for the others are to go on as well. */
#define BLOCKS_A_TURN 3000

/* --- birth and death --- */

static int add_language(struct cast *cast, const char *id)
{
	struct cast_language *language = &cast->languages[cast->n_languages];
	*language = (struct cast_language){ .id = id, .file = { .fd = -1 } };
	const int err = sound_init(&language->sound, cast->config.segment_ms);
	if (err < 0)
		return err;
	cast_rendition(cast, MASTER_SOUND, id, "m4s", &language->rendition);
	cast->n_languages++;
	return 0;
}

int cast_sound_init(struct cast *cast)
{
	int err = add_language(cast, NAMES_FLOOR);
	for (size_t i = 0; i < cast->bulletin->n_channels && err == 0; i++)
		err = add_language(cast, cast->bulletin->channels[i].id);
	return err;
}

void cast_sound_done(struct cast *cast)
{
	for (size_t i = 0; i < cast->n_languages; i++) {
		tail_reel_close(&cast->languages[i].file);
		sound_done(&cast->languages[i].sound);
	}
	cast->n_languages = 0;
}

/* --- where to begin --- */

/* How far the floor has come; false: it has not begun. */
static bool find_newest(struct cast *cast)
{
	struct tail_reel file;
	struct reel_block block;
	char path[ARCHIVE_PATH_LEN];
	bool any = false;
	if (cast_programme(cast, NAMES_FLOOR, path) < 0 || tail_reel_open(&file, path) < 0)
		return false;
	if (reel_skip(file.reel, INT32_MAX) == 0)
		while (tail_reel_next(&file, &block) == 1) {
			cast->newest_ms = block.time_ms;
			any = true;
		}
	tail_reel_close(&file);
	return any;
}

/* The last segment that is whole already, so that there is something to be seen at once; none of before it was switched on. */
static void find_first(struct cast *cast)
{
	const int64_t segment_ms = cast->config.segment_ms;
	const int64_t allowed = (cast->bulletin->from_ms + segment_ms - 1) / segment_ms;
	if (!find_newest(cast))
		return;
	const int64_t whole = cast->newest_ms / segment_ms - 1;
	cast->first = whole > allowed ? whole : allowed;
}

static int begin(struct cast *cast, struct cast_language *language)
{
	static const struct fmp4_track track = {
		.codec = FMP4_OPUS, .language = "und", .channels = 2
	};
	char path[ARCHIVE_PATH_LEN];
	int err = cast_programme(cast, language->id, path);
	if (err == 0)
		err = tail_reel_open(&language->file, path);
	if (err < 0)
		return err; /* not there yet */
	const int64_t number = cast_next(cast, &language->rendition);
	language->begins_ms = number * cast->config.segment_ms;
	language->sound.number = number;
	/* Where no cluster is yet there is nothing to pass over. */
	(void)reel_skip(language->file.reel, language->begins_ms);
	language->begun = true;
	rs_buf_consume(&cast->out, rs_buf_len(&cast->out));
	err = fmp4_write_init(&track, &cast->out);
	if (err == 0)
		err = rendition_begin(&language->rendition, &cast->disk.shelf,
			rs_buf_data(&cast->out), rs_buf_len(&cast->out));
	cast_note(cast, err);
	return 0;
}

/* --- segments --- */

static void put_segment(
	struct cast *cast, struct cast_language *language, const struct sound_segment *segment)
{
	cast_note(cast,
		rendition_add(&language->rendition, &cast->disk.shelf, segment->number,
			segment->duration_ms, rs_buf_data(&cast->out), rs_buf_len(&cast->out)));
	rs_buf_consume(&cast->out, rs_buf_len(&cast->out));
	if (language == &cast->languages[0])
		cast_captions_segment(cast, segment->number, segment->duration_ms);
}

static void finish(struct cast *cast, struct cast_language *language, int64_t end_ms)
{
	struct sound_segment segment;
	rs_buf_consume(&cast->out, rs_buf_len(&cast->out));
	const int got = sound_end(&language->sound, end_ms, cast->base, &cast->out, &segment);
	if (got == 1)
		put_segment(cast, language, &segment);
	cast_note(cast, got < 0 ? got : 0);
	cast_note(cast, rendition_end(&language->rendition, &cast->disk.shelf));
	language->ended = true;
}

static void take_block(
	struct cast *cast, struct cast_language *language, const struct reel_block *block)
{
	struct sound_segment segment;
	if (language == &cast->languages[0] && block->time_ms > cast->newest_ms) {
		cast->newest_ms = block->time_ms;
		cast->grew_ms = cast->wall_ms;
	}
	if (block->time_ms < language->begins_ms)
		return;
	rs_buf_consume(&cast->out, rs_buf_len(&cast->out));
	const int got = sound_push(&language->sound, block->time_ms, block->data, block->len,
		cast->base, &cast->out, &segment);
	if (got == 1)
		put_segment(cast, language, &segment);
	cast_note(cast, got < 0 ? got : 0);
}

static void follow(struct cast *cast, struct cast_language *language)
{
	const int64_t end_ms = cast_end(cast);
	struct reel_block block;
	for (unsigned i = 0; i < BLOCKS_A_TURN; i++) {
		const int got = tail_reel_next(&language->file, &block);
		if (got <= 0) {
			/* Nothing follows what is no WebM. */
			if (got < 0 || cast_is_last(cast, &language->file))
				finish(cast, language,
					end_ms < cast->newest_ms ? end_ms : cast->newest_ms);
			return;
		}
		if (block.time_ms >= end_ms) {
			finish(cast, language, end_ms);
			return;
		}
		if (block.track == 1)
			take_block(cast, language, &block);
	}
}

void cast_sound_turn(struct cast *cast)
{
	if (cast->first < 0)
		find_first(cast);
	for (size_t i = 0; i < cast->n_languages && cast->first >= 0; i++) {
		struct cast_language *language = &cast->languages[i];
		if (!language->begun && begin(cast, language) < 0)
			continue;
		if (!language->ended)
			follow(cast, language);
	}
}
