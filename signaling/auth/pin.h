/* signaling/auth/pin.h
 *
 * What a person gets to join by: a link nobody guesses and a PIN that is told on another way. The PIN is kept as scrypt alone,
 * salted for each badge and with the site's secret, so that a copy of the database does not give it away.
 */
#ifndef ROSTRUM_SIGNALING_AUTH_PIN_H
#define ROSTRUM_SIGNALING_AUTH_PIN_H

#include "signaling/auth/auth.h"

#define PIN_DIGITS 6
/* Characters of [A-Za-z0-9]: 95 bits. */
#define PIN_LINK_LEN 16
#define PIN_SALT_LEN 16
#define PIN_HASH_LEN 32
/* Longest text taken for a PIN; spaces and hyphens in it do not count. */
#define PIN_TYPED_MAX 32

/* Everything by chance. */
void pin_make(struct rs_rand *rand, char out_link[PIN_LINK_LEN + 1], char out_pin[PIN_DIGITS + 1],
	uint8_t out_salt[PIN_SALT_LEN]);
/* Takes 50 to 80 ms, for a worker thread; `auth` may be in use elsewhere. 0 or -ENOMEM. */
int pin_hash(const struct auth *auth, const char *pin, const uint8_t salt[PIN_SALT_LEN],
	uint8_t out_hash[PIN_HASH_LEN]) RS_MUST_USE;
/* What people type ("123 456") as the digits alone. 0, or -EBADMSG when it is no PIN. */
int pin_read(const char *typed, size_t len, char out_pin[PIN_DIGITS + 1]) RS_MUST_USE;

#endif
