/* signaling/auth/claims.h
 *
 * What a verified token says about its bearer. Plain data; filled by signaling/auth, judged by
 * signaling/service.
 */
#ifndef ROSTRUM_SIGNALING_AUTH_CLAIMS_H
#define ROSTRUM_SIGNALING_AUTH_CLAIMS_H

#include "common/base/text.h"
#include "signaling/rules/role.h"

/* Octets of a display name, without its NUL. */
#define CLAIMS_NAME_MAX 128
#define CLAIMS_LANGUAGES_MAX 8
/* Meetings one badge may enter. */
#define CLAIMS_MEETINGS_MAX 8

struct claims {
	char badge[RS_NAME_MAX + 1];   /* "sub": the participant's id, also its source name */
	char meeting[RS_NAME_MAX + 1]; /* empty for an admin */
	/* Further meetings of the same conference (a technician's rehearsal); see claims_enter(). */
	char also[CLAIMS_MEETINGS_MAX - 1][RS_NAME_MAX + 1];
	size_t n_also;
	enum role role;
	char name[CLAIMS_NAME_MAX + 1];
	char delegation[RS_NAME_MAX + 1]; /* empty = none */
	char languages[CLAIMS_LANGUAGES_MAX][RS_NAME_MAX + 1];
	size_t n_languages;
	int64_t issued_s; /* "iat", wall clock seconds, 0 = not said; when issuing: not earlier than this */
	int64_t expires_s; /* "exp", wall clock seconds; 0 = when issuing: the issuer's preset */
};

/* Turn to the named meeting, if the bearer may enter it: from then on it is `claims->meeting`. Always true for an
 * admin, who is in no meeting and stays so. False, with nothing changed, for a meeting the token does not list. */
bool claims_enter(struct claims *claims, const char *meeting);

#endif
