#include "recorder/webcast/cast.h"

#include "recorder/webcast/cast_priv.h"

#include <errno.h>

/* --- birth and death --- */

/* What another session left is of no use. */
static int prepare_directory(struct cast *cast)
{
	struct shelf_found found;
	int err = shelf_disk_init(&cast->disk, cast->config.directory);
	if (err == 0)
		err = shelf_disk_look(&cast->disk, MASTER_SOUND NAMES_FLOOR, "m4s", &found);
	if (err < 0 || found.n == 0 || found.oldest >= cast->base)
		return err;
	shelf_disk_clear(&cast->disk);
	return shelf_disk_init(&cast->disk, cast->config.directory);
}

int cast_new(const struct cast_config *config, struct bulletin *bulletin, int64_t wall_ms,
	struct cast **out_cast)
{
	struct cast *cast = rs_zalloc(sizeof(*cast));
	if (cast == NULL)
		return -ENOMEM;
	cast->config = *config;
	cast->bulletin = bulletin;
	cast->base = bulletin->started_ms / config->segment_ms;
	cast->first = -1;
	cast->grew_ms = wall_ms;
	cast->wall_ms = wall_ms;
	cast->cut_ms = BULLETIN_NEVER;
	parts_init(&cast->pictures.file);
	rs_buf_init(&cast->out, CAST_SEGMENT_MAX);
	int err = rs_set_text(cast->session, config->session) ? 0 : -EINVAL;
	if (err == 0)
		err = prepare_directory(cast);
	if (err == 0)
		err = cast_sound_init(cast);
	if (err == 0)
		err = cast_pictures_init(cast);
	if (err < 0) {
		cast_free(cast);
		return err;
	}
	*out_cast = cast;
	return 0;
}

struct cast *cast_free(struct cast *cast)
{
	if (cast == NULL)
		return NULL;
	cast_pictures_done(cast);
	cast_sound_done(cast);
	rs_buf_done(&cast->out);
	return rs_release(cast);
}

/* --- what viewers read first --- */

static void describe(
	const struct cast *cast, char (*captions)[MASTER_LANGUAGE_LEN], struct master *out)
{
	const struct bulletin *bulletin = cast->bulletin;
	for (size_t i = 0; i < cast->n_texts; i++)
		(void)rs_copy_string(captions[i], MASTER_LANGUAGE_LEN,
			cast->captions.languages[i].language); /* fits */
	*out = (struct master){ .meeting = bulletin->meeting,
		.session = bulletin->session,
		.title = bulletin->title,
		.channels = bulletin->channels,
		.n_channels = bulletin->n_channels,
		.captions = captions,
		.n_captions = cast->n_texts,
		.picture_codec = cast->pictures.name,
		.width = cast->config.width,
		.height = cast->config.height,
		.fps = cast->config.fps,
		.bitrate_bps = cast->config.bitrate_bps,
		.live = cast->state == CAST_LIVE,
		.started_ms = bulletin->started_ms,
		.delay_ms = cast->figures.delay_ms,
		.updated_ms = cast->wall_ms,
		.left_out = cast->figures.left_out };
}

static void put_text(struct cast *cast, const char *name, const struct master *master,
	int (*write)(const struct master *master, struct rs_buf *out))
{
	struct rs_buf text;
	rs_buf_init(&text, MASTER_MAX);
	int err = write(master, &text);
	if (err == 0)
		err = cast->disk.shelf.put(
			cast->disk.shelf.ctx, name, rs_buf_data(&text), rs_buf_len(&text));
	cast_note(cast, err);
	rs_buf_done(&text);
}

static void put_first(struct cast *cast)
{
	char captions[CAPTIONS_LANGUAGES][MASTER_LANGUAGE_LEN];
	struct master master;
	describe(cast, captions, &master);
	if (cast->pictures.name[0] != '\0')
		put_text(cast, MASTER_PLAYLIST, &master, master_write_playlist);
	put_text(cast, MASTER_LIVE, &master, master_write_live);
	cast->changed = false;
}

/* --- the turn --- */

static bool all_began(const struct cast *cast)
{
	for (size_t i = 0; i < cast->n_languages; i++)
		if (cast->languages[i].rendition.n == 0)
			return false;
	for (size_t i = 0; i < cast->n_texts; i++)
		if (cast->texts[i].n == 0)
			return false;
	return cast->pictures.rendition.n > 0 && cast->pictures.name[0] != '\0';
}

static bool all_ended(const struct cast *cast)
{
	for (size_t i = 0; i < cast->n_languages; i++)
		if (cast->languages[i].begun && !cast->languages[i].ended)
			return false;
	return cast->pictures.ended || !cast->pictures.begun;
}

static void judge(struct cast *cast)
{
	const bool ends = cast_end(cast) != BULLETIN_NEVER;
	if (cast->state != CAST_OVER && ends && all_ended(cast)) {
		cast_captions_end(cast);
		cast->state = CAST_OVER;
		put_first(cast);
	} else if (cast->changed && all_began(cast)) {
		cast->state = CAST_LIVE;
		put_first(cast);
	}
}

void cast_turn(struct cast *cast, int64_t wall_ms)
{
	cast->wall_ms = wall_ms;
	if (cast->state == CAST_OVER)
		return;
	cast_captions_turn(cast);
	cast_sound_turn(cast);
	cast_pictures_turn(cast);
	if (wall_ms - cast->grew_ms > CAST_STALLED_MS)
		cast_break_off(cast, wall_ms);
	judge(cast);
}

void cast_break_off(struct cast *cast, int64_t wall_ms)
{
	cast->wall_ms = wall_ms;
	if (cast->cut_ms == BULLETIN_NEVER)
		cast->cut_ms = cast->newest_ms;
}

enum cast_state cast_state(const struct cast *cast)
{
	return cast->state;
}

const struct cast_figures *cast_figures(const struct cast *cast)
{
	return &cast->figures;
}
