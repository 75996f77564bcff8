/* signaling/meeting/meeting_priv.h
 *
 * What the files of a meeting share.
 */
#ifndef ROSTRUM_SIGNALING_MEETING_MEETING_PRIV_H
#define ROSTRUM_SIGNALING_MEETING_MEETING_PRIV_H

#include "signaling/meeting/meeting.h"

/* One of the recording's events. */
void meeting_add_recording(struct events *events, enum event_kind kind, const char *by,
	const char *session, const char *reason);
/* A new session of the record, of a meeting that sits so. What reads the session alone learns from its first events whether it is webcast. */
void meeting_add_start(const struct meeting *meeting, enum visibility visibility, const char *by,
	const char *session, struct events *events);
/* From the opening of the doors to the end of the meeting. */
enum verdict meeting_decide_life(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events);

#endif
