/* signaling/proceedings/permissions.h
 *
 * Who may give which command when: one table, role by command by stage of the meeting. Every command is judged by it before
 * anything else is asked; signaling/wire/PERMISSIONS.md is written from it, and a test tries each of its cells. What a command
 * needs beside that (an entry on the list, a point that waits) is judged by the machine it is for. Constant data.
 */
#ifndef ROSTRUM_SIGNALING_PROCEEDINGS_PERMISSIONS_H
#define ROSTRUM_SIGNALING_PROCEEDINGS_PERMISSIONS_H

#include "signaling/proceedings/proceedings.h"

/* Where a meeting is in its life, as far as that says what may be done. */
enum stage {
	STAGE_SCHEDULED,
	STAGE_TEST, /* doors are open, sound is checked */
	STAGE_IN_SESSION,
	STAGE_VOTING, /* in session, and voting has begun: nobody interrupts it (GA rule 88) */
	STAGE_SUSPENDED,
	STAGE_ADJOURNED, /* until the next sitting */
	STAGE_CLOSED,
	STAGE_COUNT,
};

enum permission {
	PERMISSION_NONE,
	PERMISSION_OWN, /* over what is one's own: one's entry, one's floor */
	PERMISSION_ANY,
};

/* "scheduled" ...; never NULL. */
const char *stage_name(enum stage stage);
enum stage stage_of(const struct proceedings *proceedings);

/* What this role may do by this command at all, whatever the stage and the profile. */
enum permission permission_of(enum command_kind kind, enum role role);
/* A room may give it for whoever sits at one of its seats, over what is their own. */
bool permission_by_seat(enum command_kind kind);
/* The key of the profile that names, among those who may, those who do; NULL: the profile has no say. */
const char *permission_key(enum command_kind kind);
/* The stage alone: VERDICT_OK, or why the command is refused then. */
enum verdict permission_stage(enum command_kind kind, enum stage stage);
/* Role, profile and stage: VERDICT_OK, VERDICT_NOT_PERMITTED, or what permission_stage() says. */
enum verdict permission_judge(
	enum command_kind kind, enum role role, enum stage stage, const struct rules *rules);

#endif
