/* signaling/voting/voting_priv.h
 *
 * What deciding and applying share.
 */
#ifndef ROSTRUM_SIGNALING_VOTING_VOTING_PRIV_H
#define ROSTRUM_SIGNALING_VOTING_VOTING_PRIV_H

#include "signaling/voting/voting.h"

/* Indices, or n_badges and n_delegations. */
size_t voting_find_badge(const struct voting *voting, const char *id);
size_t voting_find_delegation(const struct voting *voting, const char *name);
/* NULL when the profile has none of this name. */
const struct rules_majority *voting_find_majority(const struct voting *voting, const char *name);
bool voting_delegation_present(const struct voting *voting, size_t i);
/* The delegation (index) of a badge, or n_delegations. */
size_t voting_delegation_of(const struct voting *voting, const char *badge);
/* An event about the present decision. */
struct event *voting_add(
	const struct voting *voting, struct events *events, enum event_kind kind, const char *by);

/* roll_call.c: the call of each, and the answers the secretariat hears. */
enum verdict voting_decide_call(const struct voting *voting, const struct voting_command *command,
	struct events *out_events) RS_MUST_USE;
enum verdict voting_decide_answer(const struct voting *voting, const struct voting_command *command,
	struct events *out_events) RS_MUST_USE;
/* Was every delegation called, and has the last one answered? */
bool voting_all_called(const struct voting *voting);
void voting_apply_called(struct voting *voting, const struct event *event);

/* ballot.c: secret ballots. */
enum verdict voting_decide_issue(const struct voting *voting, const struct voting_command *command,
	struct events *out_events) RS_MUST_USE;
/* The lock: every ballot that was cast, and their counts. */
enum verdict voting_decide_count(const struct voting *voting, const struct voting_command *command,
	struct events *out_events) RS_MUST_USE;
void voting_apply_issued(struct voting *voting, const struct event *event);
void voting_apply_published(struct voting *voting, const struct event *event);

/* entitled.c: who may vote, as the voting is opened. False when their names do not fit an event. */
bool voting_write_entitled(const struct voting *voting, struct event *event);
void voting_apply_entitled(struct voting *voting, const struct event *event);

/* after.c: what may still be said once the voting is locked. */
enum verdict voting_decide_correction(const struct voting *voting,
	const struct voting_command *command, struct events *out_events) RS_MUST_USE;
enum verdict voting_decide_intent(const struct voting *voting, const struct voting_command *command,
	struct events *out_events) RS_MUST_USE;
void voting_apply_correction(struct voting *voting, const struct event *event);
void voting_apply_intent(struct voting *voting, const struct event *event);
/* Votes of `delegation` change the counts. */
void voting_set_vote(struct voting *voting, size_t delegation, enum vote vote);

#endif
