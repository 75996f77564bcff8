/* signaling/rules/role.h
 *
 * What a badge entitles to: the roles of a meeting and their names on the wire.
 */
#ifndef ROSTRUM_SIGNALING_RULES_ROLE_H
#define ROSTRUM_SIGNALING_RULES_ROLE_H

#include "common/base/mem.h"

enum role {
	ROLE_SECRETARIAT,
	ROLE_CHAIR,
	ROLE_DELEGATE,
	ROLE_INTERPRETER,
	ROLE_TECHNICIAN,
	ROLE_VIEWER,
	ROLE_ROOM,
	ROLE_CAPTIONER, /* writes what is said */
	ROLE_ADMIN,     /* of the site, not of a meeting: HTTP only, holds no badge */
	ROLE_COUNT,
};

/* Sets of roles. */
#define ROLE_BIT(role) (1u << (role))
#define ROLES_PRESIDING (ROLE_BIT(ROLE_CHAIR) | ROLE_BIT(ROLE_SECRETARIAT))
#define ROLES_ALL (ROLE_BIT(ROLE_ADMIN) - 1u)

/* "secretariat" ...; never NULL. */
const char *role_name(enum role role);
/* 0, or -ENOENT for a name that is no role. */
int role_parse(const char *name, enum role *out_role) RS_MUST_USE;

#endif
