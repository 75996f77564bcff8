#include "signaling/wire/message/voting.h"

#include "signaling/wire/json/doc.h"

void voting_parse_decision(const struct object *object, struct wire_message *message)
{
	message->command.decision = (uint32_t)object_int(object, "decision", 1, UINT32_MAX);
}

void voting_parse_open_voting(const struct object *object, struct wire_message *message)
{
	voting_parse_decision(object, message);
	message->command.overrides = object_bool_or(object, "override", false);
}

void voting_parse_cast(const struct object *object, struct wire_message *message)
{
	voting_parse_decision(object, message);
	if (vote_parse(object_text(object, "vote"), &message->command.vote) < 0)
		object_fail(object, "vote", "yes, no or abstain is expected");
}

/* A vote that somebody else than the delegation says. */
void voting_parse_vote_of(const struct object *object, struct wire_message *message)
{
	voting_parse_cast(object, message);
	(void)rs_set_text(message->command.delegation, object_name(object, "delegation"));
}

void voting_parse_reason(const struct object *object, struct wire_message *message)
{
	voting_parse_decision(object, message);
	doc_copy_text(
		object, "reason", false, message->command.reason, sizeof(message->command.reason));
	if (message->command.reason[0] == '\0')
		object_fail(object, "reason", "a text is expected");
}

void voting_parse_correction(const struct object *object, struct wire_message *message)
{
	voting_parse_vote_of(object, message);
	voting_parse_reason(object, message);
}

void voting_parse_intent(const struct object *object, struct wire_message *message)
{
	voting_parse_cast(object, message);
	if (message->command.vote == VOTE_ABSENT)
		object_fail(object, "vote", "yes, no or abstain is expected");
	if (object_has(object, "delegation"))
		(void)rs_set_text(message->command.delegation, object_name(object, "delegation"));
}

void voting_parse_lock_warning(const struct object *object, struct wire_message *message)
{
	voting_parse_decision(object, message);
	message->command.seconds =
		(uint32_t)object_int(object, "seconds", 0, RULES_LOCK_WARNING_MAX_S);
}

void voting_parse_sponsor(const struct object *object, struct wire_message *message)
{
	voting_parse_decision(object, message);
	(void)rs_set_text(message->command.delegation, object_name(object, "delegation"));
}

void voting_parse_explanation(const struct object *object, struct wire_message *message)
{
	const char *when = object_text(object, "when");
	voting_parse_decision(object, message);
	message->command.list =
		strcmp(when, "before") == 0 ? LIST_EXPLANATIONS_BEFORE : LIST_EXPLANATIONS_AFTER;
	if (strcmp(when, "before") != 0 && strcmp(when, "after") != 0)
		object_fail(object, "when", "before or after is expected");
}

void voting_parse_blinded(const struct object *object, struct wire_message *message)
{
	uint8_t octets[EVENT_KEY_MAX / 2];
	voting_parse_decision(object, message);
	message->blinded = object_text(object, "blinded");
	if (rs_hex_decode(message->blinded, strlen(message->blinded), octets, sizeof(octets)) < 0)
		object_fail(object, "blinded", "512 hexadecimal digits are expected");
}

static uint32_t parse_count(const struct object *object, const char *key)
{
	return (uint32_t)object_int(object, key, 0, MEETING_PARTICIPANTS_MAX);
}

void voting_parse_totals(const struct object *object, struct wire_message *message)
{
	voting_parse_decision(object, message);
	message->command.yes = parse_count(object, "yes");
	message->command.no = parse_count(object, "no");
	message->command.abstain = parse_count(object, "abstain");
}

void voting_parse_proposal(const struct object *object, struct wire_message *message)
{
	struct command *command = &message->command;
	doc_copy_text(object, "title", false, command->title, sizeof(command->title));
	if (command->title[0] == '\0')
		object_fail(object, "title", "a text is expected");
	if (decision_mode_parse(object_text(object, "mode"), &command->mode) < 0)
		object_fail(object, "mode",
			"consensus, hands, recorded, roll-call or secret is expected");
	if (command->mode != DECISION_CONSENSUS)
		(void)rs_set_text(command->majority, object_name(object, "majority"));
	command->again = (uint32_t)object_int_or(object, "second_vote_on", 1, UINT32_MAX, 0);
}
