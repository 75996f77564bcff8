/* signaling/planner/planner.h
 *
 * When will each on the list speak, and will the list end before the interpreters leave? A forecast from what this meeting
 * did so far: how much of their time speakers really take, by category, how long it is from one to the next, how many more
 * ask. What little was seen is drawn towards what a meeting usually does, and the range says how sure it is. Plain numbers in
 * and out: it changes nothing, allocates nothing, and knows no list; a question about another limit is another question.
 */
#ifndef ROSTRUM_SIGNALING_PLANNER_PLANNER_H
#define ROSTRUM_SIGNALING_PLANNER_PLANNER_H

#include "signaling/rules/rules.h"

/* Those who speak alike, by list and category of delegation. */
#define PLANNER_GROUPS 16

/* Of `n` values: their sum and that of their squares. */
struct planner_sample {
	uint32_t n;
	double sum;
	double squares;
};

/* What was measured in a meeting; a replay of what happened. All zero but `usual` at its beginning. */
struct planner {
	struct rules_plan usual;      /* before anything was measured */
	struct planner_sample spoken; /* time taken, as part of the time allotted; of all groups */
	struct planner_sample groups[PLANNER_GROUPS];
	struct planner_sample gaps; /* ms from the end of a statement to the next */
	double asked;               /* inscriptions, those long ago counting less */
	int64_t asked_ms;           /* when `asked` was that, wall clock */
};

void planner_init(struct planner *planner, const struct rules_plan *usual);
/* A statement took `took_ms`, interruptions included. `allotted_ms` 0 = it was without limit. Those of a few seconds were a
 * mistake and are not counted. */
void planner_spoke(struct planner *planner, size_t group, uint32_t allotted_ms, int64_t took_ms);
/* So long it was from one statement to the next. What is longer than ten minutes was other business. */
void planner_waited(struct planner *planner, int64_t gap_ms);
/* Somebody put themselves on the list. */
void planner_asked(struct planner *planner, int64_t wall_ms);

/* Somebody who waits; start to margin are the answer. */
struct planner_turn {
	uint32_t entry;
	size_t group;
	uint32_t allotted_ms; /* 0 = without limit */
	int64_t start_ms;     /* wall clock */
	int64_t margin_ms;    /* nine times of ten it is not farther away than that */
	int64_t end_ms;
	int64_t end_margin_ms;
};

/* Whoever speaks now. */
struct planner_speaker {
	bool speaks;
	size_t group;
	uint32_t allotted_ms;
	int64_t took_ms;
	int64_t most_ms; /* the microphone is cut then; 0 = it is not */
};

struct planner_question {
	int64_t wall_ms;
	struct planner_speaker now;
	size_t points;         /* of order, waiting or before the meeting */
	uint32_t point_ms;     /* allotted to state one; 0 = without limit */
	int64_t pause_ms;      /* a break before the next speaker */
	bool open;             /* more may put themselves on the list */
	uint32_t newcomers_ms; /* time allotted to them */
};

struct planner_forecast {
	int64_t finish_ms; /* of those who wait, wall clock; without any, of the present statement */
	int64_t finish_margin_ms;
	double more;     /* expected to ask yet, if the list is open */
	int64_t last_ms; /* the end of these */
	int64_t last_margin_ms;
	uint32_t used_percent; /* of the time allotted, as measured */
	int64_t gap_ms;
	uint32_t statements; /* it rests on so many */
};

/* Cost grows with `n` alone. */
void planner_forecast(const struct planner *planner, const struct planner_question *question,
	struct planner_turn *turns, size_t n, struct planner_forecast *out_forecast);

#endif
