/* signaling/wire/view/questions.h
 *
 * Motions, explanations of vote, and what the profile says of them, as parts of the view.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_QUESTIONS_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_QUESTIONS_H

#include "signaling/floor/explanations.h"
#include "signaling/floor/motions.h"
#include "signaling/wire/json/doc.h"

/* `motions`; in a patch null says what is gone. */
json_t *view_motions(const struct floor *floor, bool patch);
/* `rules.motions`: the kinds in order of the profile. */
json_t *view_rules_motions(const struct rules *rules);
/* `explanations`: the two lists, sponsors of the proposal, who has explained the vote on it. */
json_t *view_explanations(const struct floor *floor);
/* `rules.explanations`. */
json_t *view_rules_explanations(const struct rules *rules);

#endif
