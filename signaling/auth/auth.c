#include "signaling/auth/auth.h"

#include "common/control/object.h"
#include "signaling/auth/auth_priv.h"

#include <jwt.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ISSUER "rostrum"
/* Year 9999: beyond it the expiry could not be told to people. */
#define EXPIRES_MAX INT64_C(253402300799)

int auth_new(const uint8_t secret[AUTH_SECRET_LEN], int64_t lifetime_s, struct auth **out_auth)
{
	if (lifetime_s < 1)
		return -EINVAL;
	struct auth *auth = rs_zalloc(sizeof(*auth));
	if (auth == NULL)
		return -ENOMEM;
	memcpy(auth->secret, secret, AUTH_SECRET_LEN);
	auth->lifetime_s = lifetime_s;
	*out_auth = auth;
	return 0;
}

struct auth *auth_free(struct auth *auth)
{
	if (auth != NULL)
		rs_wipe(auth, sizeof(*auth));
	return rs_release(auth);
}

void auth_derive(const struct auth *auth, const char *label, uint8_t out[RS_SHA256_LEN])
{
	rs_hmac_sha256(auth->secret, AUTH_SECRET_LEN, label, strlen(label), out);
}

bool claims_enter(struct claims *claims, const char *meeting)
{
	if (claims->role == ROLE_ADMIN || strcmp(claims->meeting, meeting) == 0)
		return true;
	for (size_t i = 0; i < claims->n_also; i++) {
		char here[RS_NAME_MAX + 1];
		if (strcmp(claims->also[i], meeting) != 0)
			continue;
		memcpy(here, claims->also[i], sizeof(here));
		memcpy(claims->also[i], claims->meeting, sizeof(here));
		memcpy(claims->meeting, here, sizeof(here));
		return true;
	}
	return false;
}

static bool name_ok(const char *name)
{
	return rs_name_valid(name, strlen(name));
}

/* What auth_verify() would take. */
static bool claims_ok(const struct claims *claims)
{
	const bool admin = claims->role == ROLE_ADMIN;
	if (claims->n_also >= CLAIMS_MEETINGS_MAX || claims->n_languages > CLAIMS_LANGUAGES_MAX)
		return false;
	if (!name_ok(claims->badge) || (!admin && !name_ok(claims->meeting)))
		return false;
	for (size_t i = 0; i < claims->n_also; i++) {
		if (!name_ok(claims->also[i]))
			return false;
	}
	for (size_t i = 0; i < claims->n_languages; i++) {
		if (!name_ok(claims->languages[i]))
			return false;
	}
	return (claims->delegation[0] == '\0' || name_ok(claims->delegation)) &&
	       rs_utf8_valid(claims->name, strlen(claims->name));
}

/* --- Issuing --- */

/* One meeting is a text, several are a list. */
static json_t *meetings_json(const struct claims *claims)
{
	if (claims->n_also == 0)
		return json_string(claims->meeting);
	json_t *list = json_pack("[s]", claims->meeting);
	for (size_t i = 0; i < claims->n_also; i++)
		(void)json_array_append_new(
			list, json_string(claims->also[i])); /* missing: then not entitled */
	return list;
}

static json_t *languages_json(const struct claims *claims)
{
	json_t *list = json_array();
	for (size_t i = 0; i < claims->n_languages; i++)
		(void)json_array_append_new(list, json_string(claims->languages[i])); /* as above */
	return list;
}

static json_t *claims_json(const struct claims *claims, int64_t wall_s, int64_t lifetime_s)
{
	const int64_t issued = wall_s > claims->issued_s ? wall_s : claims->issued_s;
	const int64_t expires = claims->expires_s != 0 ? claims->expires_s : wall_s + lifetime_s;
	json_t *json = json_pack("{s:s, s:s, s:s, s:I, s:I}", "iss", ISSUER, "sub", claims->badge,
		"role", role_name(claims->role), "iat", (json_int_t)issued, "exp",
		(json_int_t)expires);
	/* A member that could not be set is found missing when the token is verified. */
	if (claims->role != ROLE_ADMIN)
		(void)json_object_set_new(json, "meeting", meetings_json(claims));
	if (claims->name[0] != '\0')
		(void)json_object_set_new(json, "name", json_string(claims->name));
	if (claims->delegation[0] != '\0')
		(void)json_object_set_new(json, "delegation", json_string(claims->delegation));
	if (claims->n_languages > 0)
		(void)json_object_set_new(json, "languages", languages_json(claims));
	return json;
}

/* Signs a JSON object; NULL when out of memory. free() the result. */
static char *sign(const struct auth *auth, const json_t *json)
{
	jwt_t *jwt = NULL;
	char *text = json_dumps(json, JSON_COMPACT);
	char *token = NULL;
	if (text != NULL && jwt_new(&jwt) == 0 && jwt_add_grants_json(jwt, text) == 0 &&
		jwt_set_alg(jwt, JWT_ALG_HS256, auth->secret, AUTH_SECRET_LEN) == 0)
		token = jwt_encode_str(jwt);
	jwt_free(jwt);
	free(text);
	return token;
}

int auth_issue(const struct auth *auth, const struct claims *claims, int64_t wall_s,
	char out_token[AUTH_TOKEN_LEN])
{
	if (!claims_ok(claims))
		return -EINVAL;
	json_t *json = claims_json(claims, wall_s, auth->lifetime_s);
	if (json == NULL)
		return -ENOMEM;
	char *token = sign(auth, json);
	json_decref(json);
	if (token == NULL)
		return -ENOMEM;
	const bool fits = rs_copy_text(out_token, AUTH_TOKEN_LEN, token, strlen(token));
	free(token);
	return fits ? 0 : -ENOSPC;
}

/* --- Verifying --- */

/* A claim that is a name, or absent when `required` is false. */
static void read_name(
	const struct object *object, const char *key, bool required, char out[RS_NAME_MAX + 1])
{
	const char *name = required || object_has(object, key) ? object_name(object, key) : "";
	(void)rs_copy_text(out, RS_NAME_MAX + 1, name, strlen(name)); /* names fit */
}

static void read_name_at(
	const struct object *object, const char *key, size_t i, char out[RS_NAME_MAX + 1])
{
	const char *name = object_text_at(object, key, i);
	if (!name_ok(name))
		object_fail(object, key, "names are expected");
	(void)rs_copy_text(out, RS_NAME_MAX + 1, name, strlen(name)); /* failed if cut */
}

static void read_meetings(const struct object *object, struct claims *claims)
{
	if (claims->role == ROLE_ADMIN)
		return;
	if (!json_is_array(json_object_get(object->json, "meeting"))) {
		read_name(object, "meeting", true, claims->meeting);
		return;
	}
	const size_t n = object_array(object, "meeting", CLAIMS_MEETINGS_MAX);
	if (n == 0) {
		object_fail(object, "meeting", "at least one meeting is expected");
		return;
	}
	read_name_at(object, "meeting", 0, claims->meeting);
	for (size_t i = 1; i < n; i++)
		read_name_at(object, "meeting", i, claims->also[claims->n_also++]);
}

static void read_claims(const struct object *object, struct claims *claims)
{
	const char *name = object_text_or(object, "name", "");
	if (role_parse(object_text(object, "role"), &claims->role) < 0)
		object_fail(object, "role", "is not known");
	read_name(object, "sub", true, claims->badge);
	read_meetings(object, claims);
	read_name(object, "delegation", false, claims->delegation);
	if (!rs_copy_text(claims->name, sizeof(claims->name), name, strlen(name)))
		object_fail(object, "name", "is too long");
	claims->issued_s = object_int_or(object, "iat", 0, EXPIRES_MAX, 0);
	claims->expires_s = object_int(object, "exp", 1, EXPIRES_MAX);
	claims->n_languages = object_array(object, "languages", CLAIMS_LANGUAGES_MAX);
	for (size_t i = 0; i < claims->n_languages; i++)
		read_name_at(object, "languages", i, claims->languages[i]);
}

/* Three parts of base64url, none empty (RFC 7515 section 3.1). libjwt writes an octet too far where a part is empty: strangers' tokens come
 * to it only in this shape. */
static bool has_shape(const char *token)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	for (size_t part = 0; part < 3; part++) {
		const size_t len = strspn(token, allowed);
		if (len == 0 || token[len] != (part < 2 ? '.' : '\0'))
			return false;
		token += len + 1;
	}
	return true;
}

/* The claims of a token that our secret signed, as JSON. free() it. */
static char *open_token(const struct auth *auth, const char *token)
{
	jwt_t *jwt = NULL;
	char *text = NULL;
	if (!has_shape(token) || jwt_decode(&jwt, token, auth->secret, AUTH_SECRET_LEN) != 0)
		return NULL;
	const char *issuer = jwt_get_grant(jwt, "iss");
	if (jwt_get_alg(jwt) == JWT_ALG_HS256 && issuer != NULL && strcmp(issuer, ISSUER) == 0)
		text = jwt_get_grants_json(jwt, NULL);
	jwt_free(jwt);
	return text;
}

int auth_verify(
	const struct auth *auth, const char *token, int64_t wall_ms, struct claims *out_claims)
{
	if (strlen(token) >= AUTH_TOKEN_LEN)
		return -EACCES;
	char *text = open_token(auth, token);
	if (text == NULL)
		return -EACCES;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	free(text);

	struct claims claims = { .badge = "" };
	struct object_error error;
	const struct object object = object_root(json, "token", &error);
	if (!error.failed)
		read_claims(&object, &claims);
	json_decref(json);
	if (error.failed)
		return -EBADMSG;
	*out_claims = claims;
	return claims.expires_s <= wall_ms / 1000 ? -ETIMEDOUT : 0;
}
