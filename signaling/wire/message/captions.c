#include "signaling/wire/message/captions.h"

#include "common/base/text.h"
#include "signaling/wire/event/captions.h"

static void read_language(const struct object *object, struct command *command)
{
	if (!rs_set_text(command->language, object_name(object, "language")))
		object_fail(object, "language", "the text is too long");
}

void captions_parse_line(const struct object *object, struct wire_message *message)
{
	read_language(object, &message->command);
	message->command.line = (uint32_t)object_int_or(object, "line", 1, UINT32_MAX, 0);
	captions_read_text(object, false, message->command.text);
}

void captions_parse_live(const struct object *object, struct wire_message *message)
{
	read_language(object, &message->command);
	captions_read_text(object, true, message->command.text);
}

void captions_parse_wish(const struct object *object, struct wire_message *message)
{
	if (object_has(object, "language"))
		read_language(object, &message->command);
}
