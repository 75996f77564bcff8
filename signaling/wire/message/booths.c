#include "signaling/wire/message/booths.h"

#include "signaling/wire/json/doc.h"

void booths_parse_channel(const struct object *object, struct wire_message *message)
{
	(void)rs_set_text(message->command.channel, object_name(object, "channel"));
}

void booths_parse_listen(const struct object *object, struct wire_message *message)
{
	booths_parse_channel(object, message);
	message->original = object_bool_or(object, "original", false);
	if (!object_has(object, "understands"))
		return;
	message->n_understands = object_array(object, "understands", WIRE_LANGUAGES_MAX);
	for (size_t i = 0; i < message->n_understands; i++) {
		const char *language = object_text_at(object, "understands", i);
		if (!rs_name_valid(language, strlen(language)) ||
			!rs_set_text(message->understands[i], language))
			object_fail(object, "understands", "language tags are expected");
	}
}

/* Of the desk's own booth, or the one it is live in. */
void booths_parse_handover(const struct object *object, struct wire_message *message)
{
	struct command *command = &message->command;
	if (object_has(object, "channel"))
		booths_parse_channel(object, message);
	if (object_has(object, "participant"))
		(void)rs_set_text(command->participant, object_name(object, "participant"));
	command->at_ms = object_int_or(object, "at", 1, DOC_INT_MAX, 0);
}

void booths_parse_source(const struct object *object, struct wire_message *message)
{
	(void)rs_set_text(message->command.channel, object_name(object, "source"));
}

/* null: not known. */
void booths_parse_language(const struct object *object, struct wire_message *message)
{
	struct command *command = &message->command;
	if (!object_has(object, "language"))
		return;
	if (!rs_set_text(command->language, object_name(object, "language")))
		object_fail(object, "language", "the text is too long");
}

void booths_parse_impediment(const struct object *object, struct wire_message *message)
{
	if (impediment_parse(object_text(object, "reason"), &message->command.impediment) < 0)
		object_fail(object, "reason", "sound, speed, no-video or document is expected");
}

void booths_parse_booth(const struct object *object, struct wire_message *message)
{
	doc_copy_text(
		object, "booth", false, message->command.booth, sizeof(message->command.booth));
}

void booths_parse_call(const struct object *object, struct wire_message *message)
{
	if (call_to_parse(object_text(object, "to"), &message->command.call_to) < 0)
		object_fail(object, "to", "chair or technician is expected");
}

void booths_parse_answer(const struct object *object, struct wire_message *message)
{
	message->command.call = (uint32_t)object_int(object, "call", 1, UINT32_MAX);
}
