/* signaling/wire/view_questions.h
 *
 * Motions and what the profile says of them, as parts of the view.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_QUESTIONS_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_QUESTIONS_H

#include "signaling/floor/motions.h"
#include "signaling/wire/doc.h"

/* `motions`; in a patch null says what is gone. */
json_t *view_motions(const struct floor *floor, bool patch);
/* `rules.motions`: the kinds in order of the profile. */
json_t *view_rules_motions(const struct rules *rules);

#endif
