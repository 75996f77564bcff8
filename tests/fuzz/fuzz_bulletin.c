/* What a webcast reads of a session: the first line is session.json, the others are lines of events.jsonl. Whatever they say, what is kept is
 * bounded, and captions come out as WebVTT of one cue a line. */
#include <stdlib.h>
#include <string.h>

#include "recorder/webcast/captions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OUT_MAX ((size_t)1 << 20)

static const char *line_end(const char *text, const char *end)
{
	const char *newline = memchr(text, '\n', (size_t)(end - text));
	return newline != NULL ? newline : end;
}

/* No line of a cue's text can be taken for its times. */
static void check_segment(struct captions *captions, size_t language, int64_t from_ms)
{
	struct rs_buf out;
	size_t arrows = 0;
	size_t cues = 0;
	rs_buf_init(&out, OUT_MAX);
	if (captions_write(captions, language, from_ms, from_ms + 2000, &out) < 0)
		abort();
	const char *text = (const char *)rs_buf_data(&out);
	const size_t len = rs_buf_len(&out);
	for (size_t i = 0; i + 3 <= len; i++)
		arrows += memcmp(text + i, "-->", 3) == 0;
	for (size_t i = 0; i < captions->languages[language].n; i++)
		cues += captions->languages[language].lines[i].out;
	if (arrows > cues)
		abort();
	rs_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bulletin bulletin;
	static struct captions captions;
	struct bulletin_caption caption;
	struct bulletin_show show;
	const char *text = (const char *)data;
	const char *end = text + size;
	if (size == 0)
		return 0;
	const char *stop = line_end(text, end);
	if (bulletin_init(&bulletin, text, (size_t)(stop - text)) < 0)
		return 0;
	captions = (struct captions){ .n = 0 };
	for (int64_t next_ms = 0; stop < end; next_ms += 2000) {
		text = stop + 1;
		stop = line_end(text, end);
		bulletin_line(&bulletin, text, (size_t)(stop - text));
		if (bulletin.n_shows > BULLETIN_SHOWS || bulletin.n_captions > BULLETIN_CAPTIONS ||
			(bulletin_is_on(&bulletin) && bulletin.from_ms < 0))
			abort();
		while (bulletin_take_show(&bulletin, next_ms, &show) == 1)
			if (show.at_ms > next_ms)
				abort();
		while (bulletin_take_caption(&bulletin, &caption) == 1)
			captions_add(&captions, &caption, next_ms);
		for (size_t i = 0; i < captions.n; i++)
			check_segment(&captions, i, next_ms);
	}
	return 0;
}
