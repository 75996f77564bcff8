#include "signaling/turn/turn.h"

#include "common/base/hash.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool turn_url_valid(const char *url, bool of_turn)
{
	const size_t len = strlen(url);
	const bool known =
		of_turn ? begins(url, "turn:") || begins(url, "turns:") : begins(url, "stun:");
	if (!known || len > TURN_URL_LEN_MAX || url[len - 1] == ':')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (url[i] <= ' ' || url[i] > '~' || strchr("\"<>\\,;", url[i]) != NULL)
			return false;
	}
	return true;
}

int turn_secret_read(const char *text, size_t len, struct turn *turn)
{
	const char *end = memchr(text, '\n', len);
	const size_t secret_len = end != NULL ? (size_t)(end - text) : len;
	if (secret_len == 0 || secret_len > TURN_SECRET_MAX ||
		memchr(text, '\0', secret_len) != NULL)
		return -EBADMSG;
	memcpy(turn->secret, text, secret_len);
	turn->secret[secret_len] = '\0';
	return 0;
}

void turn_grant(
	const struct turn *turn, const char *who, int64_t wall_s, struct turn_grant *out_grant)
{
	uint8_t mac[RS_SHA1_LEN];
	(void)snprintf(out_grant->username, sizeof(out_grant->username), "%" PRId64 ":%s",
		wall_s + turn->lifetime_s,
		who); /* fits: a name has at most RS_NAME_MAX characters */
	rs_hmac_sha1(turn->secret, strlen(turn->secret), out_grant->username,
		strlen(out_grant->username), mac);
	(void)!rs_base64_encode(
		mac, sizeof(mac), out_grant->password, sizeof(out_grant->password)); /* fits */
}
