#include "signaling/auth/auth.h"
#include "signaling/auth/pin.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jwt.h>

#define NOW_S INT64_C(1795305600)
#define HOUR 3600

static const uint8_t secret[AUTH_SECRET_LEN + 1] =
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const uint8_t other_secret[AUTH_SECRET_LEN + 1] =
	"1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static const struct claims kenya = {
	.badge = "KEN",
	.meeting = "demo",
	.role = ROLE_DELEGATE,
	.name = "H.E. Ms. Amina Odhiambo \xC3\xA9",
	.delegation = "KEN",
	.languages = { "en", "fr" },
	.n_languages = 2,
};

static struct auth *make(const uint8_t key[AUTH_SECRET_LEN])
{
	struct auth *auth = NULL;
	assert_int_equal(auth_new(key, HOUR, &auth), 0);
	return auth;
}

static void a_token_brings_back_its_claims(void **state)
{
	struct auth *auth = make(secret);
	struct claims claims;
	char token[AUTH_TOKEN_LEN];
	assert_int_equal(auth_issue(auth, &kenya, NOW_S, token), 0);
	assert_int_equal(auth_verify(auth, token, NOW_S * 1000, &claims), 0);
	assert_string_equal(claims.badge, "KEN");
	assert_string_equal(claims.meeting, "demo");
	assert_int_equal(claims.role, ROLE_DELEGATE);
	assert_string_equal(claims.name, kenya.name);
	assert_string_equal(claims.delegation, "KEN");
	assert_int_equal(claims.n_languages, 2);
	assert_string_equal(claims.languages[1], "fr");
	assert_int_equal(claims.n_also, 0);
	assert_true(claims.expires_s == NOW_S + HOUR);
	auth_free(auth);
}

static void a_technician_may_enter_every_meeting_listed(void **state)
{
	struct auth *auth = make(secret);
	struct claims claims = { .badge = "tech",
		.meeting = "demo",
		.role = ROLE_TECHNICIAN,
		.also = { "rehearsal" },
		.n_also = 1 };
	char token[AUTH_TOKEN_LEN];
	assert_int_equal(auth_issue(auth, &claims, NOW_S, token), 0);
	assert_int_equal(auth_verify(auth, token, NOW_S * 1000, &claims), 0);
	assert_string_equal(claims.meeting, "demo");
	assert_false(claims_enter(&claims, "another"));
	assert_string_equal(claims.meeting, "demo");
	assert_true(claims_enter(&claims, "rehearsal"));
	assert_string_equal(claims.meeting, "rehearsal");
	assert_true(claims_enter(&claims, "demo"));
	assert_string_equal(claims.meeting, "demo");
	auth_free(auth);
}

static void an_admin_is_in_no_meeting_and_may_enter_all(void **state)
{
	struct auth *auth = make(secret);
	struct claims claims = { .badge = "site", .role = ROLE_ADMIN };
	char token[AUTH_TOKEN_LEN];
	assert_int_equal(auth_issue(auth, &claims, NOW_S, token), 0);
	assert_int_equal(auth_verify(auth, token, NOW_S * 1000, &claims), 0);
	assert_string_equal(claims.meeting, "");
	assert_true(claims_enter(&claims, "demo"));
	auth_free(auth);
}

static void a_token_ends_to_the_second_and_still_tells_whose_it_was(void **state)
{
	struct auth *auth = make(secret);
	struct claims claims = kenya;
	char token[AUTH_TOKEN_LEN];
	claims.expires_s = NOW_S + 10;
	assert_int_equal(auth_issue(auth, &claims, NOW_S, token), 0);
	assert_int_equal(auth_verify(auth, token, NOW_S * 1000 + 9999, &claims), 0);
	claims.expires_s = 0;
	assert_int_equal(auth_verify(auth, token, NOW_S * 1000 + 10000, &claims), -ETIMEDOUT);
	assert_true(claims.expires_s == NOW_S + 10);
	assert_string_equal(claims.badge, "KEN");
	auth_free(auth);
}

static void another_s_signature_is_refused(void **state)
{
	struct auth *auth = make(secret);
	struct auth *other = make(other_secret);
	struct claims claims;
	char token[AUTH_TOKEN_LEN];
	assert_int_equal(auth_issue(other, &kenya, NOW_S, token), 0);
	assert_int_equal(auth_verify(auth, token, NOW_S * 1000, &claims), -EACCES);
	auth_free(other);
	auth_free(auth);
}

static void every_changed_octet_breaks_the_signature(void **state)
{
	struct auth *auth = make(secret);
	struct claims claims;
	char token[AUTH_TOKEN_LEN];
	assert_int_equal(auth_issue(auth, &kenya, NOW_S, token), 0);
	/* The last character of base64url carries bits that are not looked at. */
	const size_t len = strlen(token) - 1;
	for (size_t i = 0; i < len; i++) {
		const char kept = token[i];
		token[i] = kept == 'A' ? 'B' : 'A';
		assert_int_not_equal(auth_verify(auth, token, NOW_S * 1000, &claims), 0);
		token[i] = kept;
	}
	assert_int_equal(auth_verify(auth, token, NOW_S * 1000, &claims), 0);
	auth_free(auth);
}

/* What auth_verify() says to these claims, signed by us with `alg`. */
static int judge(const char *json, jwt_alg_t alg)
{
	struct auth *auth = make(secret);
	struct claims claims;
	jwt_t *jwt = NULL;
	assert_int_equal(jwt_new(&jwt), 0);
	assert_int_equal(jwt_add_grants_json(jwt, json), 0);
	assert_int_equal(jwt_set_alg(jwt, alg, alg == JWT_ALG_NONE ? NULL : secret,
				 alg == JWT_ALG_NONE ? 0 : AUTH_SECRET_LEN),
		0);
	char *token = jwt_encode_str(jwt);
	const int result = auth_verify(auth, token, NOW_S * 1000, &claims);
	free(token);
	jwt_free(jwt);
	auth_free(auth);
	return result;
}

static void other_algorithms_are_refused(void **state)
{
	static const char good[] = "{\"iss\":\"rostrum\",\"sub\":\"KEN\",\"meeting\":\"demo\","
				   "\"role\":\"delegate\",\"exp\":4000000000}";
	assert_int_equal(judge(good, JWT_ALG_HS256), 0);
	assert_int_equal(judge(good, JWT_ALG_NONE), -EACCES);
	assert_int_equal(judge(good, JWT_ALG_HS512), -EACCES);
}

static void claims_that_are_missing_or_malformed_are_told_apart(void **state)
{
	static const struct {
		const char *json;
		int err;
	} bad[] = {
		{ "{\"iss\":\"other\",\"sub\":\"KEN\",\"meeting\":\"demo\",\"role\":\"chair\",\"exp\":4000000000}",
			-EACCES },
		{ "{\"sub\":\"KEN\",\"meeting\":\"demo\",\"role\":\"chair\",\"exp\":4000000000}",
			-EACCES },
		{ "{\"iss\":\"rostrum\",\"meeting\":\"demo\",\"role\":\"chair\",\"exp\":4000000000}",
			-EBADMSG },
		{ "{\"iss\":\"rostrum\",\"sub\":\"a b\",\"meeting\":\"demo\",\"role\":\"chair\",\"exp\":4000000000}",
			-EBADMSG },
		{ "{\"iss\":\"rostrum\",\"sub\":\"KEN\",\"role\":\"chair\",\"exp\":4000000000}",
			-EBADMSG },
		{ "{\"iss\":\"rostrum\",\"sub\":\"KEN\",\"meeting\":[],\"role\":\"chair\",\"exp\":4000000000}",
			-EBADMSG },
		{ "{\"iss\":\"rostrum\",\"sub\":\"KEN\",\"meeting\":[\"a\",1],\"role\":\"chair\",\"exp\":4000000000}",
			-EBADMSG },
		{ "{\"iss\":\"rostrum\",\"sub\":\"KEN\",\"meeting\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"],\"role\":\"chair\",\"exp\":4000000000}",
			-EBADMSG },
		{ "{\"iss\":\"rostrum\",\"sub\":\"KEN\",\"meeting\":\"demo\",\"role\":\"king\",\"exp\":4000000000}",
			-EBADMSG },
		{ "{\"iss\":\"rostrum\",\"sub\":\"KEN\",\"meeting\":\"demo\",\"role\":\"chair\"}",
			-EBADMSG },
		{ "{\"iss\":\"rostrum\",\"sub\":\"KEN\",\"meeting\":\"demo\",\"role\":\"chair\",\"exp\":\"soon\"}",
			-EBADMSG },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(judge(bad[i].json, JWT_ALG_HS256), bad[i].err);
}

static void what_is_no_token_is_refused(void **state)
{
	static const char *const bad[] = { "", ".", "..", "...", "a.b.c",
		"eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "eyJhbGciOiJIUzI1NiJ9..c2ln", ".e30.c2ln",
		"eyJhbGciOiJIUzI1NiJ9.e30.c2ln.", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJyb3N0cnVtIn0." };
	struct auth *auth = make(secret);
	struct claims claims;
	char *large = calloc(1, AUTH_TOKEN_LEN + 1);
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(auth_verify(auth, bad[i], NOW_S * 1000, &claims), -EACCES);
	memset(large, 'a', AUTH_TOKEN_LEN);
	assert_int_equal(auth_verify(auth, large, NOW_S * 1000, &claims), -EACCES);
	free(large);
	auth_free(auth);
}

static void claims_that_could_not_be_verified_are_not_issued(void **state)
{
	struct auth *auth = make(secret);
	struct auth *none = NULL;
	char token[AUTH_TOKEN_LEN];
	struct claims claims = kenya;
	claims.badge[0] = '\0';
	assert_int_equal(auth_issue(auth, &claims, NOW_S, token), -EINVAL);
	claims = kenya;
	claims.meeting[0] = '\0';
	assert_int_equal(auth_issue(auth, &claims, NOW_S, token), -EINVAL);
	claims = kenya;
	claims.name[0] = (char)0xFF;
	assert_int_equal(auth_issue(auth, &claims, NOW_S, token), -EINVAL);
	assert_int_equal(auth_new(secret, 0, &none), -EINVAL);
	auth_free(auth);
}

static void the_secret_is_made_once_and_kept_from_others(void **state)
{
	char folder[] = "/tmp/rostrum-auth-XXXXXX";
	char path[64];
	char error[AUTH_ERROR_LEN] = "";
	uint8_t first[AUTH_SECRET_LEN];
	uint8_t second[AUTH_SECRET_LEN];
	struct rs_rand rand;
	struct stat status;
	rs_rand_init_system(&rand);
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/secret", folder);

	assert_int_equal(auth_secret_load(path, &rand, first, error), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(auth_secret_load(path, &rand, second, error), 0);
	assert_memory_equal(first, second, sizeof(first));

	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(auth_secret_load(path, &rand, second, error), -EACCES);
	assert_memory_equal(error, path, strlen(path));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 63), 0);
	assert_int_equal(auth_secret_load(path, &rand, second, error), -EBADMSG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(auth_secret_load(path, &rand, second, error), -EIO);
	assert_non_null(strstr(error, "No such file or directory"));
}

static void a_pin_is_what_people_type(void **state)
{
	static const struct {
		const char *typed, *pin;
	} cases[] = {
		{ "123456", "123456" },
		{ "123 456", "123456" },
		{ " 123-456 ", "123456" },
		{ "000000", "000000" },
		{ "12345", NULL },
		{ "1234567", NULL },
		{ "12345a", NULL },
		{ "", NULL },
		{ "                                 ", NULL },
	};
	(void)state;
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		char pin[PIN_DIGITS + 1] = "";
		const int err = pin_read(cases[i].typed, strlen(cases[i].typed), pin);
		assert_int_equal(err, cases[i].pin != NULL ? 0 : -EBADMSG);
		if (cases[i].pin != NULL)
			assert_string_equal(pin, cases[i].pin);
	}
}

/* Another salt, another site, another PIN: another hash. */
static void a_hash_is_the_pins_the_badges_and_the_sites(void **state)
{
	static const uint8_t salt[PIN_SALT_LEN] = { 1 };
	static const uint8_t other_salt[PIN_SALT_LEN] = { 2 };
	static const uint8_t secrets[2][AUTH_SECRET_LEN] = { { 'a' }, { 'b' } };
	uint8_t hashes[5][PIN_HASH_LEN];
	struct auth *here = NULL;
	struct auth *there = NULL;
	(void)state;
	assert_int_equal(auth_new(secrets[0], 1, &here), 0);
	assert_int_equal(auth_new(secrets[1], 1, &there), 0);
	assert_int_equal(pin_hash(here, "123456", salt, hashes[0]), 0);
	assert_int_equal(pin_hash(here, "123456", salt, hashes[1]), 0);
	assert_int_equal(pin_hash(here, "123457", salt, hashes[2]), 0);
	assert_int_equal(pin_hash(here, "123456", other_salt, hashes[3]), 0);
	assert_int_equal(pin_hash(there, "123456", salt, hashes[4]), 0);
	assert_memory_equal(hashes[0], hashes[1], PIN_HASH_LEN);
	for (size_t i = 2; i < RS_ARRAY_LEN(hashes); i++)
		assert_memory_not_equal(hashes[0], hashes[i], PIN_HASH_LEN);
	auth_free(here);
	auth_free(there);
}

static void links_and_pins_come_by_chance(void **state)
{
	char link[2][PIN_LINK_LEN + 1];
	char pin[2][PIN_DIGITS + 1];
	uint8_t salt[2][PIN_SALT_LEN];
	struct rs_rand rand;
	(void)state;
	rs_rand_init_seed(&rand, 1);
	for (size_t i = 0; i < 2; i++) {
		char read[PIN_DIGITS + 1];
		pin_make(&rand, link[i], pin[i], salt[i]);
		assert_int_equal(strlen(link[i]), PIN_LINK_LEN);
		assert_int_equal(pin_read(pin[i], strlen(pin[i]), read), 0);
	}
	assert_string_not_equal(link[0], link[1]);
	assert_string_not_equal(pin[0], pin[1]);
	assert_memory_not_equal(salt[0], salt[1], PIN_SALT_LEN);
}

static void a_token_tells_when_it_was_issued(void **state)
{
	struct claims claims = { .badge = "KEN", .meeting = "demo", .role = ROLE_DELEGATE };
	struct claims back;
	char token[AUTH_TOKEN_LEN];
	struct auth *auth = NULL;
	(void)state;
	assert_int_equal(auth_new(secret, 3600, &auth), 0);
	assert_int_equal(auth_issue(auth, &claims, 1000, token), 0);
	assert_int_equal(auth_verify(auth, token, 1000000, &back), 0);
	assert_int_equal(back.issued_s, 1000);
	/* Not before a revocation of this very second. */
	claims.issued_s = 1001;
	assert_int_equal(auth_issue(auth, &claims, 1000, token), 0);
	assert_int_equal(auth_verify(auth, token, 1000000, &back), 0);
	assert_int_equal(back.issued_s, 1001);
	auth_free(auth);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pin_is_what_people_type),
		cmocka_unit_test(a_hash_is_the_pins_the_badges_and_the_sites),
		cmocka_unit_test(links_and_pins_come_by_chance),
		cmocka_unit_test(a_token_tells_when_it_was_issued),
		cmocka_unit_test(a_token_brings_back_its_claims),
		cmocka_unit_test(a_technician_may_enter_every_meeting_listed),
		cmocka_unit_test(an_admin_is_in_no_meeting_and_may_enter_all),
		cmocka_unit_test(a_token_ends_to_the_second_and_still_tells_whose_it_was),
		cmocka_unit_test(another_s_signature_is_refused),
		cmocka_unit_test(every_changed_octet_breaks_the_signature),
		cmocka_unit_test(other_algorithms_are_refused),
		cmocka_unit_test(claims_that_are_missing_or_malformed_are_told_apart),
		cmocka_unit_test(what_is_no_token_is_refused),
		cmocka_unit_test(claims_that_could_not_be_verified_are_not_issued),
		cmocka_unit_test(the_secret_is_made_once_and_kept_from_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
