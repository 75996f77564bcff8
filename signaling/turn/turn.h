/* signaling/turn/turn.h
 *
 * What pages, players and encoders are told of STUN and TURN servers. For TURN each gets credentials of
 * its own that end by themselves: the server (coturn with use-auth-secret) and we share a secret, the user
 * name says until when it is good and for whom, and the password is the name's HMAC-SHA1. Nothing is kept
 * and nothing is told to the TURN server. Plain data and pure functions; nothing allocates.
 */
#ifndef ROSTRUM_SIGNALING_TURN_TURN_H
#define ROSTRUM_SIGNALING_TURN_TURN_H

#include "common/base/text.h"

#define TURN_URLS_MAX 4
#define TURN_URL_LEN_MAX 200
#define TURN_SECRET_MAX 256
#define TURN_USERNAME_LEN (20 + 1 + RS_NAME_MAX + 1) /* "SECONDS:WHO" with its NUL */
#define TURN_PASSWORD_LEN 29                         /* 20 octets in base64 with their NUL */

/* Texts must outlive it. */
struct turn {
	const char *stun[TURN_URLS_MAX]; /* "stun:host:port" */
	size_t n_stun;
	const char *turn[TURN_URLS_MAX]; /* "turn:host:port?transport=udp", "turns:host" */
	size_t n_turn;
	char secret[TURN_SECRET_MAX + 1]; /* with n_turn */
	int64_t lifetime_s;
};

struct turn_grant {
	char username[TURN_USERNAME_LEN];
	char password[TURN_PASSWORD_LEN];
};

/* "stun:", "turn:" or "turns:", then printable ASCII without spaces, quotes and angle brackets; not longer
 * than TURN_URL_LEN_MAX: fit for JSON and for a Link header. */
bool turn_url_valid(const char *url, bool of_turn);
/* The secret of a file: its text up to the first line end. 0, or -EBADMSG (empty or too long). */
int turn_secret_read(const char *text, size_t len, struct turn *turn) RS_MUST_USE;
/* Credentials for `who` (a name), good from now on. */
void turn_grant(
	const struct turn *turn, const char *who, int64_t wall_s, struct turn_grant *out_grant);

#endif
