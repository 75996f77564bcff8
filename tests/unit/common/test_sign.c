#include "common/base/sign.h"

#include "common/base/text.h"
#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* RFC 8032 section 7.1, tests 1 to 3. */
static const struct {
	const char *seed;
	const char *public;
	const char *message;
	const char *signature;
} vectors[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
		"5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
		"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
		"18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

/* RFC 8410 sections 10.1 and 10.3: the two halves of one key. */
static const char rfc8410_public[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
	"-----END PUBLIC KEY-----\n";
static const char rfc8410_secret[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
	"-----END PRIVATE KEY-----\n";

struct vector {
	uint8_t seed[RS_SIGN_SEED_LEN];
	uint8_t public[RS_SIGN_PUBLIC_LEN];
	uint8_t message[2];
	size_t len;
	uint8_t signature[RS_SIGNATURE_LEN];
};

static void unhex(const char *text, uint8_t *out, size_t len)
{
	assert_int_equal(rs_hex_decode(text, strlen(text), out, len), 0);
}

static struct vector vector_at(size_t i)
{
	struct vector v = { .len = strlen(vectors[i].message) / 2 };
	unhex(vectors[i].seed, v.seed, sizeof(v.seed));
	unhex(vectors[i].public, v.public, sizeof(v.public));
	unhex(vectors[i].message, v.message, v.len);
	unhex(vectors[i].signature, v.signature, sizeof(v.signature));
	return v;
}

static void keys_and_signatures_are_those_of_rfc_8032(void **state)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(vectors); i++) {
		const struct vector v = vector_at(i);
		struct rs_signer *signer = NULL;
		uint8_t signature[RS_SIGNATURE_LEN];
		assert_int_equal(rs_signer_new(v.seed, &signer), 0);
		assert_memory_equal(rs_signer_public(signer), v.public, sizeof(v.public));
		assert_int_equal(rs_sign(signer, v.message, v.len, signature), 0);
		assert_memory_equal(signature, v.signature, sizeof(signature));
		assert_int_equal(rs_sign_check(v.public, v.message, v.len, signature), 0);
		assert_null(rs_signer_free(signer));
	}
}

static void any_bit_changed_is_no_signature(void **state)
{
	struct vector v = vector_at(2);
	for (unsigned bit = 0; bit < 8 * RS_SIGNATURE_LEN; bit++) {
		v.signature[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_int_equal(rs_sign_check(v.public, v.message, v.len, v.signature), -EACCES);
		v.signature[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	for (unsigned bit = 0; bit < 8 * v.len; bit++) {
		v.message[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_int_equal(rs_sign_check(v.public, v.message, v.len, v.signature), -EACCES);
		v.message[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	assert_int_equal(rs_sign_check(v.public, v.message, v.len - 1, v.signature), -EACCES);
	assert_int_equal(rs_sign_check(v.public, v.message, v.len, v.signature), 0);
}

static void another_key_did_not_sign_and_some_octets_are_none(void **state)
{
	const struct vector v = vector_at(1);
	const struct vector other = vector_at(2);
	uint8_t no_point[RS_SIGN_PUBLIC_LEN];
	memset(no_point, 0xff, sizeof(no_point));
	assert_int_equal(rs_sign_check(other.public, v.message, v.len, v.signature), -EACCES);
	assert_int_equal(rs_sign_check(no_point, v.message, v.len, v.signature), -EACCES);
}

static void keys_read_and_write_as_rfc_8410_shows_them(void **state)
{
	uint8_t seed[RS_SIGN_SEED_LEN];
	uint8_t public[RS_SIGN_PUBLIC_LEN];
	char secret_pem[RS_SIGN_SECRET_PEM_LEN];
	char public_pem[RS_SIGN_PUBLIC_PEM_LEN];
	struct rs_signer *signer = NULL;
	assert_int_equal(rs_sign_parse_secret(rfc8410_secret, strlen(rfc8410_secret), seed), 0);
	assert_int_equal(rs_sign_parse_public(rfc8410_public, strlen(rfc8410_public), public), 0);
	assert_int_equal(rs_signer_new(seed, &signer), 0);
	assert_memory_equal(rs_signer_public(signer), public, sizeof(public));
	rs_sign_write_secret(seed, secret_pem);
	rs_sign_write_public(public, public_pem);
	assert_string_equal(secret_pem, rfc8410_secret);
	assert_string_equal(public_pem, rfc8410_public);
	rs_signer_free(signer);
}

static void a_key_may_lack_its_last_newline_and_nothing_else(void **state)
{
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	const size_t len = strlen(rfc8410_public);
	assert_int_equal(rs_sign_parse_public(rfc8410_public, len - 1, key), 0);
	for (size_t cut = 0; cut + 1 < len; cut++)
		assert_int_equal(rs_sign_parse_public(rfc8410_public, cut, key), -EBADMSG);
	assert_int_equal(rs_sign_parse_public(rfc8410_public, len + 1, key), -EBADMSG);
	for (size_t cut = 0; cut + 1 < strlen(rfc8410_secret); cut++)
		assert_int_equal(rs_sign_parse_secret(rfc8410_secret, cut, key), -EBADMSG);
}

static void a_key_of_another_kind_is_none(void **state)
{
	/* X25519 of RFC 8410 section 3 has another last octet in its name. */
	static const char x25519[] =
		"-----BEGIN PUBLIC KEY-----\n"
		"MCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
		"-----END PUBLIC KEY-----\n";
	static const char no_base64[] =
		"-----BEGIN PUBLIC KEY-----\n"
		"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZu*=\n"
		"-----END PUBLIC KEY-----\n";
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	assert_int_equal(rs_sign_parse_public(x25519, strlen(x25519), key), -EBADMSG);
	assert_int_equal(rs_sign_parse_public(no_base64, strlen(no_base64), key), -EBADMSG);
	assert_int_equal(
		rs_sign_parse_secret(rfc8410_public, strlen(rfc8410_public), key), -EBADMSG);
	assert_int_equal(
		rs_sign_parse_public(rfc8410_secret, strlen(rfc8410_secret), key), -EBADMSG);
}

static int make_signer(void *ctx)
{
	RS_CLEANUP(rs_signer_freep) struct rs_signer *signer = NULL;
	return rs_signer_new(ctx, &signer);
}

static void a_signer_survives_every_lack_of_memory(void **state)
{
	struct vector v = vector_at(0);
	check_oom(make_signer, v.seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_and_signatures_are_those_of_rfc_8032),
		cmocka_unit_test(any_bit_changed_is_no_signature),
		cmocka_unit_test(another_key_did_not_sign_and_some_octets_are_none),
		cmocka_unit_test(keys_read_and_write_as_rfc_8410_shows_them),
		cmocka_unit_test(a_key_may_lack_its_last_newline_and_nothing_else),
		cmocka_unit_test(a_key_of_another_kind_is_none),
		cmocka_unit_test(a_signer_survives_every_lack_of_memory),
	};
	return cmocka_run_group_tests_name("sign", tests, NULL, NULL);
}
