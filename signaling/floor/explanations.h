/* signaling/floor/explanations.h
 *
 * Explanations of vote (GA rule 88): two lists of the agenda item, called before the voting on a proposal is announced and
 * after its result. Delegations ask for them; who may, how long and how often is the profile's, and sponsors do not explain
 * their vote on their own proposal unless it says so. Part of the floor; plain data, allocates only in explanations_new().
 */
#ifndef ROSTRUM_SIGNALING_FLOOR_EXPLANATIONS_H
#define ROSTRUM_SIGNALING_FLOOR_EXPLANATIONS_H

#include "signaling/floor/floor.h"

enum explanations_stage {
	EXPLANATIONS_NONE, /* nothing is proposed */
	EXPLANATIONS_PROPOSED,
	EXPLANATIONS_VOTING, /* nobody explains anything now */
	EXPLANATIONS_PROCLAIMED,
};

/* A delegation that sponsors the proposal, or has explained its vote. */
struct explanations_delegation {
	char name[RS_NAME_MAX + 1];
	bool sponsors;
	bool explained;
};

struct explanations {
	uint32_t decision; /* the proposal's */
	enum explanations_stage stage;
	bool secret;    /* by secret ballot: nobody explains a vote that is nobody's (GA rule 88) */
	uint32_t since; /* entries up to this id were asked for on an earlier proposal */
	struct explanations_delegation *delegations;
	size_t n;
	size_t cap; /* as many as a list has entries */
};

enum explanations_command_kind {
	EXPLANATIONS_ASK,
	EXPLANATIONS_ADD_SPONSOR,
};

struct explanations_command {
	enum explanations_command_kind kind;
	const char *by;
	const char *delegation; /* of `by`; ADD_SPONSOR: which */
	uint32_t decision;      /* the one that is meant */
	enum list_kind list;    /* ASK: LIST_EXPLANATIONS_BEFORE or _AFTER */
};

/* 0 or -ENOMEM. */
int explanations_new(size_t cap, struct explanations **out_explanations) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct explanations *explanations_free(struct explanations *explanations);

enum verdict explanations_decide(const struct floor *floor,
	const struct explanations_command *command, struct events *out_events);
/* An entry of the two lists is to be given the floor. True when it was judged here, in *out_verdict. */
bool explanations_decide_floor(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events,
	enum verdict *out_verdict);
void explanations_apply(struct floor *floor, const struct event *event);

#endif
