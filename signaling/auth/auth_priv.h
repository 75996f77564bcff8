/* signaling/auth/auth_priv.h
 *
 * The site's secret, shared by what signs tokens and what keeps PINs.
 */
#ifndef ROSTRUM_SIGNALING_AUTH_AUTH_PRIV_H
#define ROSTRUM_SIGNALING_AUTH_AUTH_PRIV_H

#include "signaling/auth/auth.h"

struct auth {
	uint8_t secret[AUTH_SECRET_LEN];
	int64_t lifetime_s;
};

#endif
