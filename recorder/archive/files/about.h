/* recorder/archive/files/about.h
 *
 * What a session is called and who takes part: title, channels, agenda, delegations, participants. It stands in
 * session.json, beside what a machine needs to find and to keep a session. Where the meeting did not sit in public it
 * stands sealed in events.jsonl instead (VAULT.md), in a line of this type, and session.json has the rest alone:
 *
 *   {"seq":2,"utc":"...","type":"about","event":0,"hash":"","payload":{"key":1,"digest":"...","sealed":"..."},...}
 *
 * Blocking file I/O; allocates. session.json is taken as it comes: members may be of any type.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_FILES_ABOUT_H
#define ROSTRUM_RECORDER_ARCHIVE_FILES_ABOUT_H

#include "common/evidence/names.h"

#include <jansson.h>

#define ABOUT_TYPE "about"

/* Take the members that tell more than a machine needs out of what would be session.json. NULL = out of memory. */
json_t *about_take(json_t *session);
/* Whether session.json has them itself: it is of a public session, or of before they were sealed. */
bool about_is_plain(const json_t *session);
/* session.json, with what the line says where it can be read: where nothing was sealed, or it was unsealed since. NULL,
 * and an errno: of the file system, -EBADMSG (no JSON object), -ENOMEM. Of a session that is sealed still the members are absent. */
json_t *about_load(const char *directory, int *out_err);

#endif
