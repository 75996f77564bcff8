/* signaling/wire/conference/rules_priv.h
 *
 * Parts of a rules profile that are read in files of their own. What is wrong is told to the object (object_fail).
 */
#ifndef ROSTRUM_SIGNALING_WIRE_CONFERENCE_RULES_PRIV_H
#define ROSTRUM_SIGNALING_WIRE_CONFERENCE_RULES_PRIV_H

#include "common/control/object.h"
#include "signaling/rules/rules.h"

/* An array of roles as a set. */
unsigned rules_parse_roles(const struct object *object, const char *key);
/* A time of the rules, at most RULES_TIME_MAX_S. */
uint32_t rules_parse_seconds(const struct object *object, const char *key);

/* rules_motions.c: of `root` (appeals: of its `points`) into `rules`, whose majorities are there already. Without a part
 * the General Assembly's rules apply. */
void rules_parse_appeals(const struct object *points, struct rules *rules);
void rules_parse_motions(const struct object *root, struct rules *rules);
void rules_parse_explanations(const struct object *root, struct rules *rules);
/* rules_interpretation.c: of `root`; what it does not say is as in the General Assembly. */
void rules_parse_interpretation(const struct object *root, struct rules *rules);

/* rules_life.c: of `root`, quorum and visibility; what it does not say is as in the General Assembly. */
void life_read_rules(const struct object *object, struct rules *rules);

#endif
