#include "signaling/wire/message/floor.h"

#include "signaling/wire/message/lists.h"

void floor_parse_withdraw(const struct object *object, struct wire_message *message)
{
	message->command.entry = (uint32_t)object_int_or(object, "entry", 1, UINT32_MAX, 0);
}

void floor_parse_move(const struct object *object, struct wire_message *message)
{
	lists_parse_entry(object, message);
	message->command.position = (uint32_t)object_int(object, "position", 1, UINT32_MAX);
}

void floor_parse_give(const struct object *object, struct wire_message *message)
{
	message->command.entry = (uint32_t)object_int_or(object, "entry", 1, UINT32_MAX, 0);
	if (message->command.entry == 0)
		(void)rs_set_text(message->command.participant, object_name(object, "participant"));
}

/* As participant, or nobody: the one whose line was lost. */
void floor_parse_resume(const struct object *object, struct wire_message *message)
{
	if (object_has(object, "participant"))
		(void)rs_set_text(message->command.participant, object_name(object, "participant"));
}

void floor_parse_seconds(const struct object *object, struct wire_message *message)
{
	message->command.seconds = (uint32_t)object_int(object, "seconds", 0, RULES_TIME_MAX_S);
}

void floor_parse_ruling(const struct object *object, struct wire_message *message)
{
	if (ruling_parse(object_text(object, "ruling"), &message->command.ruling) < 0)
		object_fail(object, "ruling", "upheld or rejected is expected");
}

/* As the meeting decided; without an appeal the chair's ruling stands. */
void floor_parse_settle(const struct object *object, struct wire_message *message)
{
	if (object_has(object, "ruling"))
		floor_parse_ruling(object, message);
}

void floor_parse_raise(const struct object *object, struct wire_message *message)
{
	(void)rs_set_text(message->command.motion, object_name(object, "motion"));
}

void floor_parse_side(const struct object *object, struct wire_message *message)
{
	lists_parse_entry(object, message);
	if (side_parse(object_text(object, "side"), &message->command.side) < 0)
		object_fail(object, "side", "in-favour or against is expected");
}

void floor_parse_put(const struct object *object, struct wire_message *message)
{
	lists_parse_entry(object, message);
	if (decision_mode_parse(object_text(object, "mode"), &message->command.mode) < 0)
		object_fail(object, "mode", "consensus, or a kind of vote, is expected");
}
