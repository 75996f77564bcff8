#include "signaling/proceedings/booths.h"

#include "signaling/proceedings/permissions.h"

static const char *booth_of(const struct proceedings *proceedings, const char *badge)
{
	const struct interpretation *interpretation = proceedings->interpretation;
	const struct interpretation_desk *desk = interpretation_find(interpretation, badge);
	return desk != NULL ? interpretation->booths[desk->booth].id : NULL;
}

enum verdict booths_decide(const struct proceedings *proceedings, enum signals_command_kind kind,
	const struct command *command, struct events *out_events)
{
	const char *own = booth_of(proceedings, command->by);
	const struct signals_command signals_command = {
		.kind = kind,
		.by = command->by,
		.serves = permission_of(command->kind, command->role) == PERMISSION_ANY,
		.booth = kind == SIGNALS_CLEAR ? command->booth : own,
		.reason = command->impediment,
		.to = command->call_to,
		.call = command->call,
		.asked = command->asked,
	};
	if (kind == SIGNALS_CANNOT && own == NULL)
		return VERDICT_NO_SUCH_BOOTH;
	return signals_decide(&proceedings->signals, &signals_command, out_events);
}

static struct signals_hold hold_of(
	const struct proceedings *proceedings, const struct command *command)
{
	const struct rules_interpretation *rules = &proceedings->meeting->rules.interpretation;
	struct signals_hold hold = {
		.until_ms = command->wall_ms + rules->wait_max_ms,
		.overrides = command->overrides,
	};
	(void)rs_set_text(hold.by, command->by);
	(void)rs_set_text(
		hold.booths, command->booths_speaking != NULL ? command->booths_speaking : "");
	if (command->kind == COMMAND_OPEN_VOTING) {
		hold.decision = command->decision;
	} else {
		(void)rs_set_text(hold.participant, command->participant);
		hold.entry = command->entry;
	}
	return hold;
}

void booths_await(
	const struct proceedings *proceedings, const struct command *command, struct events *events)
{
	if ((command->kind != COMMAND_GIVE_FLOOR && command->kind != COMMAND_OPEN_VOTING) ||
		command->released || command->booths_speaking == NULL)
		return;
	const struct signals_hold hold = hold_of(proceedings, command);
	if (!signals_must_hold(&proceedings->signals, &proceedings->meeting->rules.interpretation,
		    &hold, command->booths_quiet_ms))
		return;
	events->n = 0;
	floor_decide_vote(proceedings->floor, command->by, events);
	signals_decide_hold(&hold, events);
}

bool booths_released(const struct proceedings *proceedings, uint32_t quiet_ms, int64_t wall_ms)
{
	return signals_released(&proceedings->signals, &proceedings->meeting->rules.interpretation,
		quiet_ms, wall_ms);
}

bool booths_holds(const struct proceedings *proceedings, const struct command *command)
{
	const struct signals_hold wanted = hold_of(proceedings, command);
	return signals_holds(&proceedings->signals, &wanted);
}

void booths_held_command(const struct proceedings *proceedings, struct command *out_command)
{
	const struct signals_hold *hold = &proceedings->signals.hold;
	const struct participant *by = meeting_find(proceedings->meeting, hold->by);
	*out_command = (struct command){
		.kind = hold->decision != 0 ? COMMAND_OPEN_VOTING : COMMAND_GIVE_FLOOR,
		.role = by != NULL ? by->role : ROLE_SECRETARIAT,
		.entry = hold->entry,
		.decision = hold->decision,
		.overrides = hold->overrides,
		.released = true,
	};
	(void)rs_set_text(out_command->by, hold->by);
	(void)rs_set_text(out_command->participant, hold->participant);
}
