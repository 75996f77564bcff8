#include "signaling/wire/message/errands.h"

static void read_participant(const struct object *object, struct wire_message *message)
{
	(void)rs_set_text(message->command.participant, object_name(object, "participant"));
}

/* A seat is named as people name it, a participant by the badge. */
static void read_seat(const struct object *object, const char *key, struct wire_message *message)
{
	const char *seat = object_text(object, key);
	if (seat[0] == '\0' ||
		!rs_copy_text(message->seat, sizeof(message->seat), seat, strlen(seat)))
		object_fail(object, key, "the name of a seat is expected");
}

static void read_whom(const struct object *object, struct wire_message *message)
{
	if (object_has(object, "seat"))
		read_seat(object, "seat", message);
	else
		read_participant(object, message);
}

void errands_parse_tell(const struct object *object, struct wire_message *message)
{
	const char *text = object_text(object, "text");
	read_whom(object, message);
	if (!caption_text_is_good(text, strlen(text)) || !rs_set_text(message->command.text, text))
		object_fail(object, "text",
			"one line of 1 to 200 characters is expected, without control characters");
}

void errands_parse_loop(const struct object *object, struct wire_message *message)
{
	read_participant(object, message);
	message->command.on = object_bool(object, "on");
}

void errands_parse_signal(const struct object *object, struct wire_message *message)
{
	read_participant(object, message);
	if (test_signal_parse(object_text(object, "signal"), &message->signal) < 0)
		object_fail(object, "signal", "tone, bars, both or off is expected");
}

void errands_parse_answer(const struct object *object, struct wire_message *message)
{
	const char *answer = object_text(object, "answer");
	message->number = (uint32_t)object_int(object, "number", 1, UINT32_MAX);
	message->done = strcmp(answer, "done") == 0;
	if (!message->done && strcmp(answer, "cannot") != 0)
		object_fail(object, "answer", "done or cannot is expected");
	if (object_has(object, "why") && !rs_set_text(message->why, object_name(object, "why")))
		object_fail(object, "why", "the word is too long");
	if (object_has(object, "for_seat"))
		read_seat(object, "for_seat", message);
}
