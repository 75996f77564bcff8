/* signaling/rules/motion.h
 *
 * Procedural motions as a profile has them (GA rules 74 to 79, 81 and 89): which there are, what precedes what, who may
 * speak on them and for how long, what carries them and what follows then. Plain data, part of struct rules.
 */
#ifndef ROSTRUM_SIGNALING_RULES_MOTION_H
#define ROSTRUM_SIGNALING_RULES_MOTION_H

#include "common/base/text.h"

#define RULES_MOTIONS_MAX 12
/* On either side, beside the mover. */
#define RULES_MOTION_SPEAKERS_MAX 4

/* What follows when a motion is carried. */
enum motion_effect {
	MOTION_NO_EFFECT, /* whoever presides acts on it: a proposal is divided (GA rule 89) */
	MOTION_SUSPENDS,  /* the meeting, GA rule 76 */
	MOTION_ADJOURNS,  /* the meeting: the sitting ends, GA rule 76 */
	MOTION_ADJOURNS_DEBATE, /* list and item are kept for later, what was proposed is not decided (GA rule 74) */
	MOTION_CLOSES_DEBATE, /* nobody else speaks, the item goes to decision (GA rule 75) */
	MOTION_CLOSES_LIST,
	MOTION_REOPENS_DEBATE, /* to reconsider what was decided, GA rule 81 */
	MOTION_EFFECT_COUNT,
};

struct rules_motion {
	char name[RS_NAME_MAX + 1];
	uint32_t
		rank; /* 1 = before all others; of equal rank one at a time is before the meeting */
	uint32_t in_favour; /* speakers beside the mover, 0 to RULES_MOTION_SPEAKERS_MAX */
	uint32_t against;
	uint32_t mover_s; /* to move it; 0 = without limit */
	uint32_t
		speaker_s; /* of each speaker on it; 0 = without limit, the chair may set another */
	char majority[RS_NAME_MAX + 1];
	enum motion_effect effect;
};

struct rules_motions {
	unsigned may_move; /* roles; they may speak on motions, too */
	struct rules_motion kinds[RULES_MOTIONS_MAX];
	uint32_t n;
};

/* Explanations of vote (GA rule 88). */
struct rules_explanations {
	unsigned may_explain; /* roles */
	bool before;          /* the voting */
	bool after;           /* the result */
	bool once;            /* a delegation either before or after, not both */
	bool sponsors;        /* of the proposal may explain, too */
	uint32_t speak_s;     /* 0 = without limit */
};

/* Index of the kind of this name, or motions->n. */
size_t rules_find_motion(const struct rules_motions *motions, const char *name);
/* "none", "suspend-meeting" ...; 0, or -ENOENT for a name that is none. */
int motion_effect_parse(const char *name, enum motion_effect *out_effect) RS_MUST_USE;

#endif
