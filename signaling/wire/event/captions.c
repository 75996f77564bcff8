#include "signaling/wire/event/captions.h"

#include "common/base/text.h"
#include "signaling/captions/captions.h"

void captions_read_text(
	const struct object *object, bool may_be_empty, char out[EVENT_CAPTION_MAX + 1])
{
	const char *text = object_text(object, "text");
	const bool good =
		(may_be_empty && text[0] == '\0') || caption_text_is_good(text, strlen(text));
	if (!good || !rs_copy_text(out, EVENT_CAPTION_MAX + 1, text, strlen(text)))
		object_fail(object, "text",
			"one line of 1 to 200 characters is expected, without control characters");
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
	captions_read_text(data, false, event->text);
	event->from_ms = object_int(data, "from_ms", 0, DOC_INT_MAX);
	event->to_ms = object_int(data, "to_ms", event->from_ms, DOC_INT_MAX);
}
