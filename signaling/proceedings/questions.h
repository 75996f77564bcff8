/* signaling/proceedings/questions.h
 *
 * What is put to the meeting, one over the other: a proposal; over it the motion that comes first; over both the appeal
 * against a ruling. Each is decided by a voting machine of its own, and the last one is before the meeting (proceedings.voting):
 * what lies below is held as it is, votes cast and all, and comes back when the one above is decided. A motion that is
 * carried takes effect, and a ruling stands or falls, in the events of the proclamation. Part of proceedings.
 */
#ifndef ROSTRUM_SIGNALING_PROCEEDINGS_QUESTIONS_H
#define ROSTRUM_SIGNALING_PROCEEDINGS_QUESTIONS_H

#include "signaling/floor/motions.h"
#include "signaling/proceedings/proceedings.h"

/* The machines; on failure proceedings_free() gives back those there are. 0 or -ENOMEM. */
int questions_new(const struct meeting *meeting, struct proceedings *proceedings) RS_MUST_USE;
void questions_apply(struct proceedings *proceedings, const struct event *event);

/* Voting on any of them has begun and is not over (GA rule 88). */
bool questions_in_progress(const struct proceedings *proceedings);
/* Commands of motions, and put-question. */
enum verdict questions_decide(const struct proceedings *proceedings, const struct command *command,
	struct events *out_events);
/* What must be settled before the voting machine judges the command. */
enum verdict questions_judge(const struct proceedings *proceedings, enum voting_command_kind kind);
/* `out_events` ends with decision-proclaimed of the question before the meeting: what follows. */
enum verdict questions_decide_proclaimed(const struct proceedings *proceedings,
	const struct command *command, struct events *out_events);
/* What is not decided when the meeting closes is withdrawn. */
void questions_decide_closing(
	const struct proceedings *proceedings, const char *by, struct events *out_events);

#endif
