/* text/…vtt: WebVTT (W3C), chapters, speeches as metadata, captions. */
#include "recorder/record/record.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* "01:02:03.456 --> 01:02:04.000". A cue ends after it begins (section 3.3). */
static int write_times(struct rs_buf *out, int64_t from_ms, int64_t to_ms)
{
	const int64_t times[2] = { from_ms, to_ms > from_ms ? to_ms : from_ms + 1 };
	int err = 0;
	for (size_t i = 0; i < 2 && err == 0; i++)
		err = rs_buf_printf(out,
			"%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64 "%s",
			times[i] / 3600000, times[i] / 60000 % 60, times[i] / 1000 % 60,
			times[i] % 1000, i == 0 ? " --> " : "\n");
	return err;
}

/* Text of a cue: one line, with what would be markup escaped (section 1.1); an arrow cannot occur then. */
static int write_text(struct rs_buf *out, const char *text)
{
	int err = 0;
	for (; *text != '\0' && err == 0; text++) {
		if (*text == '&')
			err = rs_buf_printf(out, "&amp;");
		else if (*text == '<')
			err = rs_buf_printf(out, "&lt;");
		else if (*text == '>')
			err = rs_buf_printf(out, "&gt;");
		else
			err = rs_buf_append(out, text, 1);
	}
	return err;
}

static int write_head(struct rs_buf *out)
{
	return rs_buf_printf(out, "WEBVTT\n\n");
}

/* ---- speeches ---- */

static json_t *speech_json(const struct record *record, const struct record_speech *speech)
{
	const struct record_person *person = record_person(record, speech->participant);
	const char *delegation = person != NULL ? person->delegation : "";
	json_t *json = json_pack("{s:s, s:s, s:b}", "participant", speech->participant, "as",
		record_as_name(speech->as), "interrupted", speech->interrupted);
	const struct {
		const char *key;
		const char *text;
	} more[] = { { "delegation", delegation }, { "name", person != NULL ? person->name : "" },
		{ "group", speech->group }, { "item", speech->item },
		{ "language", speech->language } };
	for (size_t i = 0; i < RS_ARRAY_LEN(more) && json != NULL; i++) {
		if (more[i].text[0] == '\0' ||
			json_object_set_new(json, more[i].key, json_string(more[i].text)) == 0)
			continue;
		json_decref(json);
		json = NULL;
	}
	return json;
}

/* JSON in one line; ">" is escaped, since an arrow would end the cue. */
static int write_json(struct rs_buf *out, json_t *json)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	int err = text != NULL ? 0 : -ENOMEM;
	for (const char *at = text; err == 0 && *at != '\0'; at++)
		err = *at == '>' ? rs_buf_printf(out, "\\u003e") : rs_buf_append(out, at, 1);
	free(text);
	return err;
}

int record_write_speeches(const struct record *record, struct rs_buf *out)
{
	int err = write_head(out);
	for (size_t i = 0; i < record->n_speeches && err == 0; i++) {
		const struct record_speech *speech = &record->speeches[i];
		err = rs_buf_printf(out, "%zu\n", i + 1);
		if (err == 0)
			err = write_times(
				out, record_speech_from(speech), record_speech_to(speech));
		if (err == 0)
			err = write_json(out, speech_json(record, speech));
		if (err == 0)
			err = rs_buf_printf(out, "\n\n");
	}
	return err;
}

/* ---- chapters ---- */

int record_write_chapters(const struct record *record, struct rs_buf *out)
{
	int err = write_head(out);
	for (size_t i = 0; i < record->n_discussions && err == 0; i++) {
		const struct record_discussion *discussion = &record->discussions[i];
		const struct record_item *item = record_item(record, discussion->item);
		err = write_times(out, discussion->from_ms, discussion->to_ms);
		if (err == 0)
			err = write_text(out, discussion->item);
		if (err == 0 && item != NULL && item->title[0] != '\0')
			err = rs_buf_printf(out, ". ");
		if (err == 0 && item != NULL)
			err = write_text(out, item->title);
		if (err == 0)
			err = rs_buf_printf(out, "\n\n");
	}
	return err;
}

/* ---- captions ---- */

int record_write_captions(const struct record *record, const char *language, struct rs_buf *out)
{
	int err = write_head(out);
	for (size_t i = record_caption_after(record, language, 0);
		i < record->n_captions && err == 0; i++) {
		const struct record_caption *caption = &record->captions[i];
		if (strcmp(caption->language, language) != 0)
			break;
		err = rs_buf_printf(out, "%u\n", caption->line);
		if (err == 0)
			err = write_times(out, caption->from_ms, caption->to_ms);
		if (err == 0)
			err = write_text(out, caption->text);
		if (err == 0)
			err = rs_buf_printf(out, "\n\n");
	}
	return err;
}
