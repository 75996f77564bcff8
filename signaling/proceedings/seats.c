#include "signaling/proceedings/seats.h"

#include "signaling/meeting/visibility.h"
#include "signaling/proceedings/permissions.h"

enum verdict seats_find(const struct proceedings *proceedings, const struct command *command,
	const struct participant **out_who)
{
	const struct meeting *meeting = proceedings->meeting;
	if (command->role != ROLE_ROOM || !permission_by_seat(command->kind))
		return VERDICT_NOT_PERMITTED;
	const struct participant *who = meeting_find_seat(meeting, command->seat);
	if (who == NULL)
		return VERDICT_NO_SUCH_SEAT;
	if (!meeting_admits(meeting, who))
		return VERDICT_NOT_ADMITTED;
	if (who->present && who->place == PLACE_REMOTE)
		return VERDICT_AWAY_FROM_SEAT;
	*out_who = who;
	return VERDICT_OK;
}

enum verdict seats_resolve(const struct proceedings *proceedings, struct command *command)
{
	const struct participant *who;
	if (command->seat[0] == '\0')
		return VERDICT_OK;
	const enum verdict verdict = seats_find(proceedings, command, &who);
	if (verdict != VERDICT_OK)
		return verdict;
	if (!who->present)
		return VERDICT_NOT_CONNECTED;
	command->role = who->role;
	(void)rs_set_text(command->by, who->id);
	return VERDICT_OK;
}

void seats_name(const struct command *command, struct events *events)
{
	for (size_t i = 0; i < events->n && command->seat[0] != '\0'; i++) {
		if (strcmp(events->list[i].by, command->by) == 0)
			(void)rs_set_text(events->list[i].by_seat, command->seat);
	}
}
