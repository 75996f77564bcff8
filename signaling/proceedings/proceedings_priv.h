/* signaling/proceedings/proceedings_priv.h
 *
 * What the files of this folder share.
 */
#ifndef ROSTRUM_SIGNALING_PROCEEDINGS_PROCEEDINGS_PRIV_H
#define ROSTRUM_SIGNALING_PROCEEDINGS_PROCEEDINGS_PRIV_H

#include "signaling/proceedings/proceedings.h"

/* A floor_person_fn; `ctx` is the meeting. */
struct floor_person proceedings_person(const void *ctx, const char *id);
/* The meeting's commands with what they take away elsewhere. */
enum verdict proceedings_decide_meeting(const struct proceedings *proceedings,
	enum meeting_command_kind kind, const struct command *command, struct events *out_events);

/* language.c: adds the language of who speaks after these events, if they change who does: as the entry announced it, else the
 * delegation's usual one, else not known. */
void proceedings_decide_language(const struct proceedings *proceedings, struct events *events);

/* standing.c: a recording that begins by these events is told where the proceedings stand. */
void proceedings_name_standing(const struct proceedings *proceedings, struct events *events);

#endif
