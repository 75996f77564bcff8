#include "common/base/stamp.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t digest[RS_SHA512_LEN] = { 1, 2, 3 };
static const uint8_t nonce[RS_STAMP_NONCE_LEN] = { 0x80, 5 };

/* RFC 3161 section 2.4.1: version 1, imprint of SHA-512 (2.16.840.1.101.3.4.2.3), nonce, certReq TRUE. */
static void a_request_holds_digest_nonce_and_asks_for_the_certificate(void **state)
{
	static const uint8_t head[] = { 0x30, 0x6a, 0x02, 0x01, 0x01, 0x30, 0x4f, 0x30, 0x0b, 0x06,
		0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x04, 0x40 };
	static const uint8_t tail[] = { 0x02, 0x11, 0x00, 0x80, 0x05 };
	static const uint8_t cert_req[] = { 0x01, 0x01, 0xff };
	struct rs_buf out;
	rs_buf_init(&out, 1024);
	assert_int_equal(rs_stamp_request(digest, nonce, &out), 0);
	const uint8_t *data = rs_buf_data(&out);
	const size_t len = rs_buf_len(&out);
	assert_int_equal(
		len, sizeof(head) + sizeof(digest) + 3 + RS_STAMP_NONCE_LEN + sizeof(cert_req));
	assert_memory_equal(data, head, sizeof(head));
	assert_memory_equal(data + sizeof(head), digest, sizeof(digest));
	assert_memory_equal(data + sizeof(head) + sizeof(digest), tail, sizeof(tail));
	assert_memory_equal(data + len - sizeof(cert_req), cert_req, sizeof(cert_req));
	rs_buf_done(&out);
}

static void a_request_without_room_is_not_written(void **state)
{
	struct rs_buf out;
	rs_buf_init(&out, 50);
	assert_int_equal(rs_stamp_request(digest, nonce, &out), -E2BIG);
	assert_int_equal(rs_buf_len(&out), 0);
	rs_buf_done(&out);
}

static void what_is_no_answer_is_refused_with_a_reason(void **state)
{
	/* Section 2.4.2: status 2 (rejection), no token; and the same with an octet behind it. */
	static const uint8_t rejected[] = { 0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02, 0x00 };
	char why[RS_STAMP_WHY_LEN];
	int64_t wall_ms = 7;
	assert_int_equal(rs_stamp_check(NULL, 0, digest, NULL, NULL, &wall_ms, why), -EBADMSG);
	for (size_t len = 1; len < sizeof(rejected) - 1; len++)
		assert_int_equal(rs_stamp_check(rejected, len, digest, nonce, NULL, &wall_ms, why),
			-EBADMSG);
	assert_int_equal(
		rs_stamp_check(rejected, sizeof(rejected), digest, nonce, NULL, &wall_ms, why),
		-EBADMSG);
	assert_int_equal(
		rs_stamp_check(rejected, sizeof(rejected) - 1, digest, nonce, NULL, &wall_ms, why),
		-EACCES);
	assert_true(why[0] != '\0');
	assert_int_equal(wall_ms, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_holds_digest_nonce_and_asks_for_the_certificate),
		cmocka_unit_test(a_request_without_room_is_not_written),
		cmocka_unit_test(what_is_no_answer_is_refused_with_a_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
