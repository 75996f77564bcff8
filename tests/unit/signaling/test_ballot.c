/* Blind signatures: the vector of RFC 9474 appendix A.1, keys that are kept, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "common/base/text.h"
#include "signaling/ballot/ballot.h"
#include "tests/support/examples.h"

struct vector {
	json_t *json;
	struct ballot_key *key;
	uint8_t n[BALLOT_RSA_MAX];
	uint8_t blinded[BALLOT_RSA_MAX];
	uint8_t blind_sig[BALLOT_RSA_MAX];
	uint8_t sig[BALLOT_RSA_MAX];
	uint8_t message[BALLOT_TOKEN_LEN + 48];
};

static void octets(const json_t *json, const char *key, uint8_t *out, size_t len)
{
	const char *hex = json_string_value(json_object_get(json, key));
	assert_int_equal(strlen(hex), 2 * len);
	assert_int_equal(rs_hex_decode(hex, strlen(hex), out, len), 0);
}

static void read_vector(struct vector *vector)
{
	size_t len;
	char *text = examples_read("tests/support/rfc9474.json", &len);
	vector->json = json_loads(text, 0, NULL);
	const char *pem = json_string_value(json_object_get(vector->json, "pem"));
	assert_int_equal(ballot_key_read(pem, strlen(pem), &vector->key), 0);
	octets(vector->json, "n", vector->n, BALLOT_RSA_MAX);
	octets(vector->json, "blinded_msg", vector->blinded, BALLOT_RSA_MAX);
	octets(vector->json, "blind_sig", vector->blind_sig, BALLOT_RSA_MAX);
	octets(vector->json, "sig", vector->sig, BALLOT_RSA_MAX);
	octets(vector->json, "msg_prefix", vector->message, BALLOT_TOKEN_LEN);
	octets(vector->json, "msg", vector->message + BALLOT_TOKEN_LEN, 48);
	free(text);
}

static void done(struct vector *vector)
{
	ballot_key_free(vector->key);
	json_decref(vector->json);
}

static void the_vector_of_the_rfc_is_signed_and_verified(void **state)
{
	static struct vector vector;
	uint8_t out[BALLOT_RSA_MAX];
	read_vector(&vector);
	assert_int_equal(ballot_key_len(vector.key), BALLOT_RSA_MAX);
	ballot_key_modulus(vector.key, out);
	assert_memory_equal(out, vector.n, sizeof(out));
	assert_int_equal(ballot_sign(vector.key, vector.blinded, out), 0);
	assert_memory_equal(out, vector.blind_sig, sizeof(out));
	assert_int_equal(ballot_verify(vector.n, sizeof(vector.n), vector.message,
				 sizeof(vector.message), vector.sig),
		0);
	done(&vector);
}

static void what_is_altered_is_not_signed(void **state)
{
	static struct vector vector;
	uint8_t out[BALLOT_RSA_MAX];
	read_vector(&vector);
	for (size_t i = 0; i < sizeof(vector.message); i += 7) {
		vector.message[i] ^= 1;
		assert_int_equal(ballot_verify(vector.n, sizeof(vector.n), vector.message,
					 sizeof(vector.message), vector.sig),
			-EACCES);
		vector.message[i] ^= 1;
	}
	vector.sig[100] ^= 1;
	assert_int_equal(ballot_verify(vector.n, sizeof(vector.n), vector.message,
				 sizeof(vector.message), vector.sig),
		-EACCES);
	/* The signature of the blinded message is none of the message. */
	assert_int_equal(ballot_verify(vector.n, sizeof(vector.n), vector.message,
				 sizeof(vector.message), vector.blind_sig),
		-EACCES);
	memset(vector.blinded, 0xff, sizeof(vector.blinded)); /* not below the modulus */
	assert_int_equal(ballot_sign(vector.key, vector.blinded, out), -EBADMSG);
	done(&vector);
}

static void a_key_is_kept_until_it_is_removed(void **state)
{
	char path[] = "/tmp/rostrum-ballot-XXXXXX";
	uint8_t first[BALLOT_RSA_LEN];
	uint8_t again[BALLOT_RSA_LEN];
	struct ballot_key *key = NULL;
	const int fd = mkstemp(path);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(ballot_key_open(path, &key), -EIO); /* empty: no key */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ballot_key_open(path, &key), -ENOENT);
	assert_int_equal(ballot_key_make(path), 0);
	assert_int_equal(ballot_key_open(path, &key), 0);
	assert_int_equal(ballot_key_len(key), BALLOT_RSA_LEN);
	ballot_key_modulus(key, first);
	ballot_key_free(key);
	assert_int_equal(ballot_key_open(path, &key), 0);
	ballot_key_modulus(key, again);
	assert_memory_equal(first, again, sizeof(first));
	ballot_key_free(key);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ballot_key_read("no key", 6, &key), -EBADMSG);
}

static bool is_kept(void *ctx, const char *path)
{
	return strcmp(path, ctx) == 0;
}

static void touch(const char *folder, const char *name)
{
	char path[128];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static bool is_there(const char *folder, const char *name)
{
	char path[128];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

static void keys_that_nobody_needs_are_removed_and_nothing_else(void **state)
{
	static const char *const others[] = { "meetings.db", "ballot-notes.txt", "tls.pem" };
	static const char *const over[] = { "ballot-e-demo-1.pem", "ballot-e-demo-1.pem.part",
		"ballot-e-demo-2.pem.part" };
	char folder[] = "/tmp/rostrum-keys-XXXXXX";
	char needed[128];
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < RS_ARRAY_LEN(others); i++)
		touch(folder, others[i]);
	for (size_t i = 0; i < RS_ARRAY_LEN(over); i++)
		touch(folder, over[i]);
	touch(folder, "ballot-e-demo-2.pem");
	(void)snprintf(needed, sizeof(needed), "%s/ballot-e-demo-2.pem", folder);
	assert_int_equal(ballot_keys_sweep(folder, is_kept, needed), RS_ARRAY_LEN(over));
	assert_true(is_there(folder, "ballot-e-demo-2.pem"));
	assert_int_equal(unlink(needed), 0);
	for (size_t i = 0; i < RS_ARRAY_LEN(over); i++)
		assert_false(is_there(folder, over[i]));
	for (size_t i = 0; i < RS_ARRAY_LEN(others); i++) {
		assert_true(is_there(folder, others[i]));
		(void)snprintf(needed, sizeof(needed), "%s/%s", folder, others[i]);
		assert_int_equal(unlink(needed), 0);
	}
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(ballot_keys_sweep(folder, is_kept, needed), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vector_of_the_rfc_is_signed_and_verified),
		cmocka_unit_test(what_is_altered_is_not_signed),
		cmocka_unit_test(a_key_is_kept_until_it_is_removed),
		cmocka_unit_test(keys_that_nobody_needs_are_removed_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
