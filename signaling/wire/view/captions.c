#include "signaling/wire/view/captions.h"

static json_t *lines_part(const struct captions_language *language)
{
	json_t *part = json_array();
	const struct caption_line *line;
	for (size_t i = 0; (line = captions_shown(language, i)) != NULL; i++) {
		json_t *one = json_object();
		doc_put(&one, "line", json_integer(line->line));
		doc_put(&one, "text", json_string(line->text));
		doc_push(&part, one);
	}
	return part;
}

json_t *captions_part(const struct captions *captions)
{
	const struct meeting *meeting = captions->meeting;
	json_t *part = json_object();
	for (size_t i = 0; i < meeting->n_channels; i++) {
		if (captions->languages[i].last > 0)
			doc_put(&part, meeting->channels[i].id,
				lines_part(&captions->languages[i]));
	}
	return part;
}

json_t *captions_change(const struct captions *captions, const struct event *event)
{
	const struct captions_language *language = captions_find(captions, event->language);
	json_t *part = json_object();
	if (language != NULL)
		doc_put(&part, event->language,
			language->last > 0 ? lines_part(language) : json_null());
	return part;
}

int captions_live_write(const char *language, const char *text, struct rs_buf *out)
{
	json_t *message = json_object();
	doc_put(&message, "type", json_string("caption-live"));
	doc_put(&message, "language", json_string(language));
	doc_put(&message, "text", json_string(text));
	return doc_append(message, out);
}
