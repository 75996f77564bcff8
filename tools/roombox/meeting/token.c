#include "tools/roombox/meeting/token.h"

#include <jansson.h>

#include <stdio.h>

#define CLAIMS_MAX 4096

/* The claims, between the dots, in base64url without padding (RFC 7515 section 2). NULL: there are none. */
static json_t *claims_of(const char *token)
{
	char text[CLAIMS_MAX];
	uint8_t claims[CLAIMS_MAX];
	const char *first = strchr(token, '.');
	const char *last = first != NULL ? strchr(first + 1, '.') : NULL;
	if (last == NULL || (size_t)(last - first) + 3 > sizeof(text))
		return NULL;
	size_t n = 0;
	for (const char *at = first + 1; at < last; at++)
		text[n++] = *at == '-' ? '+' : *at == '_' ? '/' : *at;
	while (n % 4 != 0)
		text[n++] = '=';
	const int len = rs_base64_decode(text, n, claims, sizeof(claims));
	json_t *json = len > 0 ? json_loadb((const char *)claims, (size_t)len, 0, NULL) : NULL;
	rs_wipe(claims, sizeof(claims));
	rs_wipe(text, sizeof(text));
	return json;
}

bool token_is_room(const char *token, char why[TOKEN_WHY_LEN])
{
	json_t *claims = claims_of(token);
	const char *role = json_string_value(json_object_get(claims, "role"));
	const bool good = role != NULL && strcmp(role, "room") == 0;
	if (role == NULL)
		(void)rs_copy_string(why, TOKEN_WHY_LEN, "it is no token of a badge");
	else if (!good)
		(void)snprintf(why, TOKEN_WHY_LEN,
			"its role is \"%.32s\"; a box needs the token of a badge whose role is \"room\"",
			rs_utf8_valid(role, strlen(role)) ? role : "?");
	json_decref(claims);
	return good;
}
