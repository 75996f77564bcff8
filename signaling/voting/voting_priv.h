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

#endif
