/* signaling/meeting/visibility.h
 *
 * Who is admitted to a meeting as it sits now, and what of it they may hear of afterwards. One event changes admission, webcast
 * and the record's class together.
 */
#ifndef ROSTRUM_SIGNALING_MEETING_VISIBILITY_H
#define ROSTRUM_SIGNALING_MEETING_VISIBILITY_H

#include "signaling/meeting/meeting.h"

/* Would this participant be admitted if the meeting sat so? Who serves the meeting always is; who has no badge, which is NULL here and
 * below, when it is public. */
bool meeting_would_admit(const struct meeting *meeting, enum visibility visibility,
	const struct participant *participant);
/* As it sits now. */
bool meeting_admits(const struct meeting *meeting, const struct participant *participant);
/* The last event that happened while this participant was not admitted. What happened up to there, and what was said, is not told
 * afterwards: they begin anew with how things stand. */
struct meeting_mark meeting_hidden_until(
	const struct meeting *meeting, const struct participant *participant);
/* Mark an event that is about to be applied. */
void meeting_mark_hidden(struct meeting *meeting, const struct event *event);
/* The change, and a new session of the record with its class: a private part lies in an archive of its own. VERDICT_ALREADY_SO. */
enum verdict meeting_decide_visibility(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events);
/* Whether the meeting can be seen by everybody: switched on by hand, and off by hand or as the meeting goes on without the public; it
 * stays off when the public is back. VERDICT_NOT_PUBLIC, VERDICT_ALREADY_SO. */
enum verdict meeting_decide_webcast(const struct meeting *meeting,
	const struct meeting_command *command, struct events *out_events);

#endif
