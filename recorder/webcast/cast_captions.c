#include "recorder/webcast/cast_priv.h"

/* Languages that have got their first line have a rendition from now on. */
static void add_languages(struct cast *cast)
{
	for (; cast->n_texts < cast->captions.n; cast->n_texts++) {
		cast_rendition(cast, MASTER_CAPTIONS,
			cast->captions.languages[cast->n_texts].language, "vtt",
			&cast->texts[cast->n_texts]);
		cast->changed = true;
	}
}

void cast_captions_turn(struct cast *cast)
{
	struct bulletin_caption caption;
	const int64_t next_ms = cast->languages[0].sound.number * cast->config.segment_ms;
	/* Before it is known where the webcast begins nobody can say what is late. */
	if (!cast->languages[0].begun)
		return;
	while (bulletin_take_caption(cast->bulletin, &caption) == 1)
		captions_add(&cast->captions, &caption, next_ms);
	add_languages(cast);
}

void cast_captions_segment(struct cast *cast, int64_t number, int64_t duration_ms)
{
	const int64_t from_ms = number * cast->config.segment_ms;
	for (size_t i = 0; i < cast->n_texts; i++) {
		rs_buf_consume(&cast->out, rs_buf_len(&cast->out));
		int err = captions_write(
			&cast->captions, i, from_ms, from_ms + cast->config.segment_ms, &cast->out);
		if (err == 0)
			err = rendition_add(&cast->texts[i], &cast->disk.shelf, number, duration_ms,
				rs_buf_data(&cast->out), rs_buf_len(&cast->out));
		cast_note(cast, err);
	}
	rs_buf_consume(&cast->out, rs_buf_len(&cast->out));
}

void cast_captions_end(struct cast *cast)
{
	for (size_t i = 0; i < cast->n_texts; i++)
		cast_note(cast, rendition_end(&cast->texts[i], &cast->disk.shelf));
}
