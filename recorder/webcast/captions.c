#include "recorder/webcast/captions.h"

#include <errno.h>
#include <inttypes.h>

/* MPEG-2 times are those of the media, which begin with the session as cues do. */
#define HEAD "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n"

static struct captions_language *language_of(struct captions *captions, const char *language)
{
	for (size_t i = 0; i < captions->n; i++)
		if (strcmp(captions->languages[i].language, language) == 0)
			return &captions->languages[i];
	if (captions->n == CAPTIONS_LANGUAGES) {
		captions->refused++;
		return NULL;
	}
	struct captions_language *added = &captions->languages[captions->n++];
	*added = (struct captions_language){ .n = 0 };
	(void)rs_set_text(added->language, language); /* as long as the other's */
	return added;
}

static struct captions_line *find(struct captions_language *language, uint32_t line)
{
	for (size_t i = 0; i < language->n; i++)
		if (language->lines[i].line == line)
			return &language->lines[i];
	return NULL;
}

static void remove_at(struct captions_language *language, size_t i)
{
	language->n--;
	memmove(&language->lines[i], &language->lines[i + 1],
		(language->n - i) * sizeof(language->lines[0]));
}

void captions_add(
	struct captions *captions, const struct bulletin_caption *caption, int64_t next_ms)
{
	struct captions_language *language = language_of(captions, caption->language);
	if (language == NULL || caption->to_ms < next_ms - CAPTIONS_LATE_MS)
		return;
	struct captions_line *line = find(language, caption->line);
	if (line != NULL) {
		if (!line->out)
			(void)rs_set_text(line->text, caption->text); /* as long as the other's */
		return;
	}
	if (language->n == CAPTIONS_WAITING)
		remove_at(language, 0);
	const int64_t lasts_ms = caption->to_ms - caption->from_ms;
	line = &language->lines[language->n++];
	*line = (struct captions_line){ .line = caption->line };
	line->from_ms = caption->from_ms > next_ms ? caption->from_ms : next_ms;
	line->to_ms = line->from_ms + (lasts_ms > CAPTIONS_LEAST_MS ? lasts_ms : CAPTIONS_LEAST_MS);
	(void)rs_set_text(line->text, caption->text);
}

static int append_time(struct rs_buf *out, int64_t ms)
{
	return rs_buf_printf(out, "%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64,
		ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

/* Cue text, WebVTT section 4.2.2: & and < are escaped, > as well so that no "-->" is in it. */
static int append_text(struct rs_buf *out, const char *text)
{
	int err = 0;
	for (; *text != '\0' && err == 0; text++) {
		const char *escaped = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : "&gt;";
		if (*text == '&' || *text == '<' || *text == '>')
			err = rs_buf_append(out, escaped, strlen(escaped));
		else
			err = rs_buf_append(out, (unsigned char)*text < 0x20 ? " " : text, 1);
	}
	return err;
}

/* The same cue stands in each segment it reaches into, with the same times, as players expect it. */
static int append_cue(struct rs_buf *out, const struct captions_line *line)
{
	int err = rs_buf_printf(out, "%" PRIu32 "\n", line->line);
	if (err == 0)
		err = append_time(out, line->from_ms);
	if (err == 0)
		err = rs_buf_printf(out, " --> ");
	if (err == 0)
		err = append_time(out, line->to_ms);
	if (err == 0)
		err = rs_buf_printf(out, "\n");
	if (err == 0)
		err = append_text(out, line->text);
	return err == 0 ? rs_buf_printf(out, "\n\n") : err;
}

int captions_write(struct captions *captions, size_t language, int64_t from_ms, int64_t to_ms,
	struct rs_buf *out)
{
	struct captions_language *of = &captions->languages[language];
	int err = rs_buf_printf(out, HEAD);
	for (size_t i = 0; i < of->n && err == 0; i++) {
		struct captions_line *line = &of->lines[i];
		if (line->from_ms >= to_ms || line->to_ms <= from_ms)
			continue;
		line->out = true;
		err = append_cue(out, line);
	}
	/* Kept a little longer, so that a late correction is known to be one. */
	for (size_t i = of->n; i > 0; i--)
		if (of->lines[i - 1].to_ms + CAPTIONS_LATE_MS <= from_ms)
			remove_at(of, i - 1);
	return err;
}
