/* signaling/wire/conference/rehearsal.h
 *
 * A rehearsal made of a meeting: a conference file with that meeting alone, flagged, under a name of its own. Its people, delegations, room,
 * seats, booths, rules and microphones are those of the meeting; badges, links, PINs and what tests of lines found are the conference's
 * ("rehearsal_of"). One thread; no state.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_CONFERENCE_REHEARSAL_H
#define ROSTRUM_SIGNALING_WIRE_CONFERENCE_REHEARSAL_H

#include "common/base/buf.h"
#include "common/base/text.h"

struct rehearsal_wish {
	const char *meeting; /* of the file; empty = the first that has a floor */
	const char *name;    /* of the rehearsal; empty = "MEETING-rehearsal" */
};

/* Append the rehearsal's conference file, made of one that was judged to be right. What leads beyond the walls stays behind: nothing is
 * recorded or put on the air by itself, and the interpreters' time is that of the day. 0; -ENOENT, it has no such meeting; -EINVAL, the
 * rehearsal's name is none; -EBADMSG, this is no such file; -E2BIG; -ENOMEM. */
int rehearsal_write(const char *json, size_t len, const struct rehearsal_wish *wish,
	struct rs_buf *out) RS_MUST_USE;

#endif
