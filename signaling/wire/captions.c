#include "signaling/wire/captions.h"

#include "common/base/text.h"

static void read_language(const struct object *object, struct command *command)
{
	if (!rs_set_text(command->language, object_name(object, "language")))
		object_fail(object, "language", "the text is too long");
}

static void read_text(
	const struct object *object, bool may_be_empty, char out[EVENT_CAPTION_MAX + 1])
{
	const char *text = object_text(object, "text");
	const bool good =
		(may_be_empty && text[0] == '\0') || caption_text_is_good(text, strlen(text));
	if (!good || !rs_copy_text(out, EVENT_CAPTION_MAX + 1, text, strlen(text)))
		object_fail(object, "text",
			"one line of 1 to 200 characters is expected, without control characters");
}

void captions_parse_line(const struct object *object, struct wire_message *message)
{
	read_language(object, &message->command);
	message->command.line = (uint32_t)object_int_or(object, "line", 1, UINT32_MAX, 0);
	read_text(object, false, message->command.text);
}

void captions_parse_live(const struct object *object, struct wire_message *message)
{
	read_language(object, &message->command);
	read_text(object, true, message->command.text);
}

void captions_parse_wish(const struct object *object, struct wire_message *message)
{
	if (object_has(object, "language"))
		read_language(object, &message->command);
}

void captions_write_data(json_t **data, const struct event *event)
{
	doc_put(data, "language", json_string(event->language));
	doc_put(data, "line", json_integer(event->caption_line));
	doc_put(data, "text", json_string(event->text));
	doc_put(data, "from_ms", json_integer(event->from_ms));
	doc_put(data, "to_ms", json_integer(event->to_ms));
}

void captions_read_data(const struct object *data, struct event *event)
{
	doc_copy_text(data, "language", false, event->language, sizeof(event->language));
	event->caption_line = (uint32_t)object_int(data, "line", 1, UINT32_MAX);
	read_text(data, false, event->text);
	event->from_ms = object_int(data, "from_ms", 0, DOC_INT_MAX);
	event->to_ms = object_int(data, "to_ms", event->from_ms, DOC_INT_MAX);
}

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
