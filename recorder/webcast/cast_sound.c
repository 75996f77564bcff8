#include "common/rtp/opus.h"
#include "recorder/webcast/cast_priv.h"

#include <errno.h>

/* Of what lies between two parts of a programme, since the recorder was away, or of a hole in a damaged file: more is passed over. */
#define FILL_MAX_MS (2 * (int64_t)CAST_STALLED_MS)
/* A hole: what follows is no neighbour, whatever the packets' length. */
#define HOLE (FMP4_OPUS_HZ / 50)

/* Blocks of one language a turn, at most: a minute of sound, for the others are to go on as well. */
#define BLOCKS_A_TURN 3000

/* --- birth and death --- */

static int add_language(struct cast *cast, const char *id)
{
	struct cast_language *language = &cast->languages[cast->n_languages];
	*language = (struct cast_language){ .id = id };
	parts_init(&language->file);
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
		parts_close(&cast->languages[i].file);
		sound_done(&cast->languages[i].sound);
	}
	cast->n_languages = 0;
}

/* --- where to begin --- */

/* How far the floor has come; false: it has not begun. */
static bool find_newest(struct cast *cast)
{
	struct parts file;
	struct reel_block block;
	bool any = false;
	parts_init(&file);
	if (cast_open(cast, NAMES_FLOOR, INT32_MAX, &file) < 0)
		return false;
	while (cast_read(cast, &file, &block) == 1) {
		cast->newest_ms = block.time_ms;
		any = true;
	}
	parts_close(&file);
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
	const int64_t number = cast_next(cast, &language->rendition);
	const int64_t begins_ms = number * cast->config.segment_ms;
	int err = cast_open(cast, language->id, begins_ms - SOUND_ROUNDED_MS, &language->file);
	if (err < 0)
		return err; /* not there yet */
	sound_begin(&language->sound, number);
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
	const int err = rendition_add(&language->rendition, &cast->disk.shelf, segment->number,
		segment->duration_ms, rs_buf_data(&cast->out), rs_buf_len(&cast->out));
	cast_note(cast, err);
	cast->figures.sounds += err == 0;
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

static void push(struct cast *cast, struct cast_language *language, int64_t time_ms,
	const uint8_t *data, size_t len)
{
	struct sound_segment segment;
	rs_buf_consume(&cast->out, rs_buf_len(&cast->out));
	const int got =
		sound_push(&language->sound, time_ms, data, len, cast->base, &cast->out, &segment);
	if (got == 1)
		put_segment(cast, language, &segment);
	cast_note(cast, got < 0 ? got : 0);
}

/* Silence up to there, so that players need not know of the hole. */
static void fill(struct cast *cast, struct cast_language *language, int64_t until_ms)
{
	uint8_t silence[OPUS_SILENCE_LEN];
	int64_t hole = sound_hole(&language->sound, until_ms);
	while (hole >= HOLE && hole <= FILL_MAX_MS * (FMP4_OPUS_HZ / 1000)) {
		(void)opus_silence_write(hole, silence);
		push(cast, language, until_ms - hole / (FMP4_OPUS_HZ / 1000), silence,
			sizeof(silence));
		hole = sound_hole(&language->sound, until_ms);
	}
}

static void take_block(
	struct cast *cast, struct cast_language *language, const struct reel_block *block)
{
	if (language == &cast->languages[0] && block->time_ms > cast->newest_ms) {
		cast->newest_ms = block->time_ms;
		cast->grew_ms = cast->wall_ms;
	}
	fill(cast, language, block->time_ms);
	push(cast, language, block->time_ms, block->data, block->len);
}

static void follow(struct cast *cast, struct cast_language *language)
{
	const int64_t end_ms = cast_end(cast);
	struct reel_block block;
	for (unsigned i = 0; i < BLOCKS_A_TURN; i++) {
		const int got = cast_read(cast, &language->file, &block);
		if (got <= 0) {
			if (cast_is_last(cast, &language->file))
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
