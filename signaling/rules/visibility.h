/* signaling/rules/visibility.h
 *
 * Before whom a meeting sits (GA rules 60 and 61). The further down, the fewer.
 */
#ifndef ROSTRUM_SIGNALING_RULES_VISIBILITY_H
#define ROSTRUM_SIGNALING_RULES_VISIBILITY_H

#include "common/base/mem.h"

enum visibility {
	VISIBILITY_PUBLIC,         /* webcast, and whoever is accredited */
	VISIBILITY_PRIVATE,        /* no public: delegations and those who serve the meeting */
	VISIBILITY_CLOSED_MEMBERS, /* of the delegations, members alone */
	VISIBILITY_COUNT,
};

/* "public" ...; never NULL. */
const char *visibility_name(enum visibility visibility);
/* 0, or -ENOENT for a name that is none. */
int visibility_parse(const char *name, enum visibility *out_visibility) RS_MUST_USE;

#endif
