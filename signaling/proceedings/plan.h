/* signaling/proceedings/plan.h
 *
 * When each on the lists of the current item will speak, and who will not before the interpreters leave; and the same if the
 * limit were another, the list closed, the interpreters stayed. Asking changes nothing.
 */
#ifndef ROSTRUM_SIGNALING_PROCEEDINGS_PLAN_H
#define ROSTRUM_SIGNALING_PROCEEDINGS_PLAN_H

#include "signaling/proceedings/proceedings.h"

/* Who stands farther behind is not planned for. */
#define PLAN_TURNS_MAX 512
#define PLAN_PAUSE_MAX_S 43200

/* What if; all zero = as things are. */
struct plan_question {
	bool has_limit;
	uint32_t limit_s; /* of statements, without limit if 0; replies keep theirs */
	bool closes;      /* the list, now */
	int64_t until_ms; /* the interpreters leave then, wall clock; 0 = as things are */
	uint32_t pause_s; /* a break before the next speaker */
};

/* Does a turn end before the interpreters leave? */
enum plan_fit {
	PLAN_UNKNOWN, /* nobody knows when they do */
	PLAN_FITS,
	PLAN_PERHAPS, /* that lies within its range */
	PLAN_LATE,
};

struct plan {
	int64_t until_ms; /* the interpreters leave; 0 = not known */
	const char *
		booth; /* that has used up its hours at the microphone then; NULL = as arranged. Borrowed */
	struct planner_turn turns[PLAN_TURNS_MAX]; /* in the order in which they are called */
	const char *participants[PLAN_TURNS_MAX];  /* borrowed from the state */
	size_t n;
	size_t late; /* turns that do not fit, even perhaps */
	struct planner_forecast forecast;
};

/* Too large for the stack. */
void proceedings_plan(const struct proceedings *proceedings, int64_t wall_ms,
	const struct plan_question *question, struct plan *out_plan);
enum plan_fit plan_fit(const struct plan *plan, const struct planner_turn *turn);

/* What an event tells of the meeting's pace; before the machines apply it. */
void pace_apply(struct proceedings *proceedings, const struct event *event);

#endif
