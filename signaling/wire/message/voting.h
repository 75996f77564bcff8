/* signaling/wire/message/voting.h
 *
 * What is said about decisions and votes (PROTOCOL.md section 2). Parsing judges form only.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_MESSAGE_VOTING_H
#define ROSTRUM_SIGNALING_WIRE_MESSAGE_VOTING_H

#include "common/control/object.h"
#include "signaling/wire/message/message.h"

/* object, withdraw-objection, withdraw-decision, call-next, lock-voting, proclaim {decision}. */
void voting_parse_decision(const struct object *object, struct wire_message *message);
/* open-voting {decision, override?}. */
void voting_parse_open_voting(const struct object *object, struct wire_message *message);
/* cast {decision, vote}. */
void voting_parse_cast(const struct object *object, struct wire_message *message);
/* enter-vote {decision, vote, delegation}. */
void voting_parse_vote_of(const struct object *object, struct wire_message *message);
/* annul-voting {decision, reason}. */
void voting_parse_reason(const struct object *object, struct wire_message *message);
/* correct-vote {decision, vote, delegation, reason}. */
void voting_parse_correction(const struct object *object, struct wire_message *message);
/* state-intent {decision, vote, delegation?}. */
void voting_parse_intent(const struct object *object, struct wire_message *message);
/* announce-lock {decision, seconds}. */
void voting_parse_lock_warning(const struct object *object, struct wire_message *message);
/* add-sponsor {decision, delegation}. */
void voting_parse_sponsor(const struct object *object, struct wire_message *message);
/* explain-vote {decision, when}. */
void voting_parse_explanation(const struct object *object, struct wire_message *message);
/* ask-for-ballot, collect-ballot {decision, blinded}. */
void voting_parse_blinded(const struct object *object, struct wire_message *message);
/* enter-totals {decision, yes, no, abstain}. */
void voting_parse_totals(const struct object *object, struct wire_message *message);
/* propose-decision {title, mode, majority?, second_vote_on?}. */
void voting_parse_proposal(const struct object *object, struct wire_message *message);

#endif
