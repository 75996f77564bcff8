#include "signaling/auth/pin.h"

#include "common/base/scrypt.h"
#include "signaling/auth/auth_priv.h"

#include <errno.h>
#include <string.h>

void pin_make(struct rs_rand *rand, char out_link[PIN_LINK_LEN + 1], char out_pin[PIN_DIGITS + 1],
	uint8_t out_salt[PIN_SALT_LEN])
{
	rs_rand_text(rand, out_link, PIN_LINK_LEN);
	for (size_t i = 0; i < PIN_DIGITS; i++)
		out_pin[i] = (char)('0' + rs_rand_below(rand, 10));
	out_pin[PIN_DIGITS] = '\0';
	rs_rand_bytes(rand, out_salt, PIN_SALT_LEN);
}

int pin_hash(const struct auth *auth, const char *pin, const uint8_t salt[PIN_SALT_LEN],
	uint8_t out_hash[PIN_HASH_LEN])
{
	uint8_t both[PIN_SALT_LEN + AUTH_SECRET_LEN];
	memcpy(both, salt, PIN_SALT_LEN);
	memcpy(both + PIN_SALT_LEN, auth->secret, AUTH_SECRET_LEN);
	const int err = rs_scrypt(pin, strlen(pin), both, sizeof(both), out_hash, PIN_HASH_LEN);
	rs_wipe(both, sizeof(both));
	return err;
}

int pin_read(const char *typed, size_t len, char out_pin[PIN_DIGITS + 1])
{
	size_t n = 0;
	if (len > PIN_TYPED_MAX)
		return -EBADMSG;
	for (size_t i = 0; i < len; i++) {
		if (typed[i] == ' ' || typed[i] == '-')
			continue;
		if (typed[i] < '0' || typed[i] > '9' || n == PIN_DIGITS)
			return -EBADMSG;
		out_pin[n++] = typed[i];
	}
	out_pin[n] = '\0';
	return n == PIN_DIGITS ? 0 : -EBADMSG;
}
