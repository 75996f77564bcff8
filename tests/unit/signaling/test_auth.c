#include "signaling/auth/auth.h"

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
		"eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJyb3N0cnVtIn0." };
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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
