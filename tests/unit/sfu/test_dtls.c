#include "sfu/dtls/dtls.h"

#include "tests/support/client_hello.h"
#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Handshakes with a client are in test_transport.c; here is what needs none. */

#define WALL_S 1795305600
#define TIMEOUT RS_SEC(30)

static struct dtls_identity *identity;

static int make_identity(void **state)
{
	return dtls_identity_new(WALL_S, &identity);
}

static int drop_identity(void **state)
{
	identity = dtls_identity_free(identity);
	return 0;
}

static struct dtls_config config_good(void)
{
	return (struct dtls_config){
		.identity = identity,
		.retransmit_first = RS_MS(100),
		.retransmit_most = RS_SEC(2),
		.handshake_timeout = TIMEOUT,
	};
}

static void our_fingerprint_is_text_that_we_would_take(void **state)
{
	struct dtls_fingerprint fingerprint;
	const char *text = dtls_identity_fingerprint(identity);
	assert_int_equal(strlen(text), DTLS_FINGERPRINT_TEXT_LEN - 1);
	assert_int_equal(dtls_fingerprint_parse("sha-256", text, &fingerprint), 0);
	assert_int_equal(fingerprint.hash, DTLS_SHA256);

	struct dtls_identity *other = NULL;
	assert_int_equal(dtls_identity_new(WALL_S, &other), 0);
	assert_string_not_equal(dtls_identity_fingerprint(other), text);
	dtls_identity_free(other);
}

static void fingerprint_text(char *out, size_t octets)
{
	for (size_t i = 0; i < octets; i++)
		(void)snprintf(
			out + i * 3, 4, "%02x%s", (unsigned)(uint8_t)i, i + 1 < octets ? ":" : "");
}

static void fingerprints_of_three_hashes_are_taken_whole(void **state)
{
	static const struct {
		const char *name;
		size_t octets;
	} hashes[] = { { "sha-256", 32 }, { "SHA-384", 48 }, { "sha-512", 64 } };
	for (size_t i = 0; i < RS_ARRAY_LEN(hashes); i++) {
		char text[256];
		struct dtls_fingerprint fingerprint;
		fingerprint_text(text, hashes[i].octets);
		assert_int_equal(dtls_fingerprint_parse(hashes[i].name, text, &fingerprint), 0);
		assert_int_equal(fingerprint.digest[hashes[i].octets - 1], hashes[i].octets - 1);
		fingerprint_text(text, hashes[i].octets - 1);
		assert_int_equal(
			dtls_fingerprint_parse(hashes[i].name, text, &fingerprint), -EBADMSG);
		fingerprint_text(text, hashes[i].octets + 1);
		assert_int_equal(
			dtls_fingerprint_parse(hashes[i].name, text, &fingerprint), -EBADMSG);
	}
}

static void other_hashes_and_other_marks_are_refused(void **state)
{
	char text[256];
	struct dtls_fingerprint fingerprint;
	fingerprint_text(text, 32);
	assert_int_equal(dtls_fingerprint_parse("sha-1", text, &fingerprint), -EOPNOTSUPP);
	assert_int_equal(dtls_fingerprint_parse("", text, &fingerprint), -EOPNOTSUPP);
	text[2] = '-';
	assert_int_equal(dtls_fingerprint_parse("sha-256", text, &fingerprint), -EBADMSG);
	text[2] = ':';
	text[0] = 'g';
	assert_int_equal(dtls_fingerprint_parse("sha-256", text, &fingerprint), -EBADMSG);
}

static void a_configuration_that_cannot_work_is_refused(void **state)
{
	struct dtls *dtls = NULL;
	struct dtls_config config = config_good();
	config.identity = NULL;
	assert_int_equal(dtls_new(&config, &dtls), -EINVAL);
	config = config_good();
	config.retransmit_first = 0;
	assert_int_equal(dtls_new(&config, &dtls), -EINVAL);
	config = config_good();
	config.retransmit_most = config.retransmit_first - 1;
	assert_int_equal(dtls_new(&config, &dtls), -EINVAL);
	config = config_good();
	config.handshake_timeout = 0;
	assert_int_equal(dtls_new(&config, &dtls), -EINVAL);
}

static void a_handshake_that_never_ends_is_given_up(void **state)
{
	struct dtls *dtls = NULL;
	struct dtls_output output;
	const struct dtls_config config = config_good();
	assert_int_equal(dtls_new(&config, &dtls), 0);
	assert_true(dtls_deadline(dtls) == RS_TIME_NEVER);
	dtls_start(dtls, RS_SEC(1));
	assert_true(dtls_deadline(dtls) == RS_SEC(31));
	dtls_start(dtls, RS_SEC(2)); /* later calls change nothing */
	assert_true(dtls_deadline(dtls) == RS_SEC(31));
	dtls_tick(dtls, RS_SEC(31) - 1);
	assert_int_equal(dtls_poll(dtls, &output), 0);
	dtls_tick(dtls, RS_SEC(31));
	assert_int_equal(dtls_poll(dtls, &output), 1);
	assert_int_equal(output.kind, DTLS_FAILED);
	assert_int_equal(output.error, -ETIMEDOUT);
	assert_int_equal(dtls_poll(dtls, &output), 0);
	assert_true(dtls_deadline(dtls) == RS_TIME_NEVER);
	const uint8_t record[13] = { 22, 0xfe, 0xff };
	assert_int_equal(dtls_recv(dtls, record, sizeof(record), RS_SEC(32)), -EPROTO);
	dtls_free(dtls);
}

static void what_is_no_record_does_not_reach_openssl(void **state)
{
	struct dtls *dtls = NULL;
	const struct dtls_config config = config_good();
	assert_int_equal(dtls_new(&config, &dtls), 0);
	const uint8_t record[13] = { 22, 0xfe, 0xff };
	const uint8_t other[13] = { 19 };
	for (size_t len = 0; len < sizeof(record); len++)
		assert_int_equal(dtls_recv(dtls, record, len, 0), -EBADMSG);
	assert_int_equal(dtls_recv(dtls, other, sizeof(other), 0), -EBADMSG);
	dtls_free(dtls);
}

static void damaged_records_are_dropped_without_a_word(void **state)
{
	struct dtls *dtls = NULL;
	struct dtls_output output;
	const struct dtls_config config = config_good();
	assert_int_equal(dtls_new(&config, &dtls), 0);
	/* handshake, DTLS 1.0, epoch 0, sequence 0, length 4 of which nothing is there */
	const uint8_t short_record[] = { 22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4 };
	const uint8_t wrong_version[] = { 22, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1 };
	const uint8_t other_epoch[] = { 23, 0xfe, 0xfd, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1, 1 };
	assert_int_equal(dtls_recv(dtls, short_record, sizeof(short_record), 0), 0);
	assert_int_equal(dtls_recv(dtls, wrong_version, sizeof(wrong_version), 0), 0);
	assert_int_equal(dtls_recv(dtls, other_epoch, sizeof(other_epoch), 0), 0);
	assert_int_equal(dtls_poll(dtls, &output), 0);
	dtls_free(dtls);
}

/* The answer to a whole ClientHello is one flight that begins with a ServerHello. */
static void assert_answered(struct dtls *dtls)
{
	struct dtls_output output;
	assert_int_equal(dtls_poll(dtls, &output), 1);
	assert_int_equal(output.kind, DTLS_DATAGRAM);
	assert_true(output.len <= DTLS_MTU);
	assert_int_equal(output.data_view[0], 22); /* handshake record */
	assert_int_equal(output.data_view[13], 2); /* ServerHello */
	while (dtls_poll(dtls, &output) == 1)
		assert_int_equal(output.kind, DTLS_DATAGRAM);
}

static void the_hellos_of_browsers_are_put_together_in_any_order(void **state)
{
	static const struct {
		const uint8_t *first;
		size_t first_len;
		const uint8_t *second;
		size_t second_len;
	} hellos[] = {
		{ client_hello_chromium_1, sizeof(client_hello_chromium_1), client_hello_chromium_2,
			sizeof(client_hello_chromium_2) },
		{ client_hello_chromium_2, sizeof(client_hello_chromium_2), client_hello_chromium_1,
			sizeof(client_hello_chromium_1) },
		{ client_hello_firefox_1, sizeof(client_hello_firefox_1), client_hello_firefox_2,
			sizeof(client_hello_firefox_2) },
		{ client_hello_firefox_2, sizeof(client_hello_firefox_2), client_hello_firefox_1,
			sizeof(client_hello_firefox_1) },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(hellos); i++) {
		struct dtls *dtls = NULL;
		struct dtls_output output;
		const struct dtls_config config = config_good();
		assert_int_equal(dtls_new(&config, &dtls), 0);
		for (unsigned twice = 0; twice < 2; twice++) {
			assert_int_equal(
				dtls_recv(dtls, hellos[i].first, hellos[i].first_len, 0), 0);
			assert_int_equal(dtls_poll(dtls, &output), 0);
		}
		assert_int_equal(dtls_recv(dtls, hellos[i].second, hellos[i].second_len, 0), 0);
		assert_answered(dtls);
		assert_true(dtls_deadline(dtls) == RS_MS(100));
		dtls_tick(dtls, RS_MS(100));
		assert_answered(dtls); /* repeated */
		assert_true(dtls_deadline(dtls) == RS_MS(300));
		dtls_free(dtls);
	}
}

static void a_client_that_falls_silent_hears_a_flight_nine_times_and_no_more(void **state)
{
	struct dtls *dtls = NULL;
	struct dtls_output output;
	const struct dtls_config config = config_good();
	const size_t heard = sizeof(client_hello_chromium_1) + sizeof(client_hello_chromium_2);
	size_t sent = 0;
	size_t flight = 0;
	assert_int_equal(dtls_new(&config, &dtls), 0);
	assert_int_equal(
		dtls_recv(dtls, client_hello_chromium_1, sizeof(client_hello_chromium_1), 0), 0);
	assert_int_equal(
		dtls_recv(dtls, client_hello_chromium_2, sizeof(client_hello_chromium_2), 0), 0);
	for (rs_time now = 0; now < RS_SEC(29); now += RS_MS(50)) {
		dtls_tick(dtls, now);
		while (dtls_poll(dtls, &output) == 1) {
			assert_int_equal(output.kind, DTLS_DATAGRAM);
			sent += output.len;
		}
		if (now == 0)
			flight = sent;
	}
	assert_true(flight > 0 && flight < heard);
	assert_int_equal(sent, (1 + DTLS_REPEATS_MAX) * flight);
	assert_true(dtls_deadline(dtls) == RS_SEC(30));
	dtls_tick(dtls, RS_SEC(30));
	assert_int_equal(dtls_poll(dtls, &output), 1);
	assert_int_equal(output.error, -ETIMEDOUT);
	dtls_free(dtls);
}

static void keys_come_after_the_handshake_only(void **state)
{
	struct dtls *dtls = NULL;
	struct dtls_srtp_keys keys;
	struct dtls_output output;
	const struct dtls_config config = config_good();
	assert_int_equal(dtls_new(&config, &dtls), 0);
	assert_int_equal(dtls_keys(dtls, &keys), -EAGAIN);
	dtls_close(dtls); /* nobody to say good-bye to */
	assert_int_equal(dtls_poll(dtls, &output), 0);
	dtls_free(dtls);
}

static int birth(void *ctx)
{
	struct dtls_identity *made = NULL;
	struct dtls *dtls = NULL;
	int err = dtls_identity_new(WALL_S, &made);
	if (err < 0)
		return err;
	struct dtls_config config = config_good();
	config.identity = made;
	err = dtls_new(&config, &dtls);
	dtls_free(dtls);
	dtls_identity_free(made);
	return err;
}

static void lack_of_memory_fails_the_births(void **state)
{
	check_oom(birth, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_fingerprint_is_text_that_we_would_take),
		cmocka_unit_test(fingerprints_of_three_hashes_are_taken_whole),
		cmocka_unit_test(other_hashes_and_other_marks_are_refused),
		cmocka_unit_test(a_configuration_that_cannot_work_is_refused),
		cmocka_unit_test(a_handshake_that_never_ends_is_given_up),
		cmocka_unit_test(what_is_no_record_does_not_reach_openssl),
		cmocka_unit_test(damaged_records_are_dropped_without_a_word),
		cmocka_unit_test(the_hellos_of_browsers_are_put_together_in_any_order),
		cmocka_unit_test(a_client_that_falls_silent_hears_a_flight_nine_times_and_no_more),
		cmocka_unit_test(keys_come_after_the_handshake_only),
		cmocka_unit_test(lack_of_memory_fails_the_births),
	};
	return cmocka_run_group_tests(tests, make_identity, drop_identity);
}
