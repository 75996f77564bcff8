/* tests/fuzz/fuzz_token.c
 *
 * What people show at the doors: the first octet says whether the rest is a token, the claims of one that is signed, a ticket to a
 * recording or a PIN. Nothing that we did not sign is taken, and what is taken can be issued and is read back as the same.
 */
#include "signaling/auth/auth.h"
#include "signaling/auth/pin.h"
#include "signaling/io/ticket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NOW_S INT64_C(1795305600)
#define PAYLOAD_MAX 1024U
/* {"alg":"HS256","typ":"JWT"} */
#define HEAD "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."

static const uint8_t secret[AUTH_SECRET_LEN + 1] =
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/* RFC 4648 section 5, without padding. */
static void append_base64url(char *token, const uint8_t *data, size_t len)
{
	char *at = token + strlen(token);
	if (rs_base64_encode(data, len, at, AUTH_TOKEN_LEN * 2 - (size_t)(at - token)) < 0)
		abort();
	at[strcspn(at, "=")] = '\0';
	for (; *at != '\0'; at++)
		*at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
}

static bool same(const struct claims *a, const struct claims *b)
{
	bool is = strcmp(a->badge, b->badge) == 0 && strcmp(a->meeting, b->meeting) == 0 &&
		  strcmp(a->name, b->name) == 0 && strcmp(a->delegation, b->delegation) == 0 &&
		  a->role == b->role && a->n_also == b->n_also &&
		  a->n_languages == b->n_languages && a->expires_s == b->expires_s;
	for (size_t i = 0; is && i < a->n_also; i++)
		is = strcmp(a->also[i], b->also[i]) == 0;
	for (size_t i = 0; is && i < a->n_languages; i++)
		is = strcmp(a->languages[i], b->languages[i]) == 0;
	return is;
}

static void verify(const struct auth *auth, const char *token, bool ours)
{
	struct claims claims;
	struct claims again;
	char copy[AUTH_TOKEN_LEN];
	const int err = auth_verify(auth, token, NOW_S * 1000, &claims);
	if (!ours && err != -EACCES)
		abort();
	if (err < 0)
		return;
	if (claims.expires_s <= NOW_S)
		abort();
	const int issued = auth_issue(auth, &claims, NOW_S, copy);
	if (issued == -ENOSPC)
		return; /* names take more room as they are written here */
	if (issued < 0 || auth_verify(auth, copy, NOW_S * 1000, &again) < 0 ||
		!same(&claims, &again))
		abort();
}

static void verify_signed(const struct auth *auth, const uint8_t *payload, size_t len)
{
	char token[AUTH_TOKEN_LEN * 2] = HEAD;
	uint8_t mac[RS_SHA256_LEN];
	if (len > PAYLOAD_MAX)
		return;
	append_base64url(token, payload, len);
	rs_hmac_sha256(secret, AUTH_SECRET_LEN, token, strlen(token), mac);
	strcat(token, ".");
	append_base64url(token, mac, sizeof(mac));
	verify(auth, token, true);
}

static void read_ticket(const char *text)
{
	static const uint8_t key[RS_SHA256_LEN] = { 7 };
	struct claims claims;
	if (ticket_read(key, "demo-20261122T100000Z-k3Jd92ms", text, NOW_S, &claims) != -EACCES)
		abort();
}

static void read_pin(const char *text, size_t len)
{
	char pin[PIN_DIGITS + 1];
	if (pin_read(text, len, pin) < 0)
		return;
	if (strlen(pin) != PIN_DIGITS || strspn(pin, "0123456789") != PIN_DIGITS)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct auth *auth = NULL;
	if (size == 0 || auth_new(secret, 3600, &auth) < 0)
		return 0;
	char *text = rs_zalloc(size);
	if (text == NULL)
		abort();
	memcpy(text, data + 1, size - 1);
	switch (data[0] % 4) {
	case 0:
		verify(auth, text, false);
		break;
	case 1:
		verify_signed(auth, data + 1, size - 1);
		break;
	case 2:
		read_ticket(text);
		break;
	default:
		read_pin(text, size - 1);
	}
	rs_release(text);
	auth_free(auth);
	return 0;
}
