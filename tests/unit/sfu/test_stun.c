#include "sfu/ice/stun.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* RFC 5769 section 2: username "evtj:h6vY", password below. */
static const char password[] = "VOkJxbRl1RmTxUk/WvJxBt";
#define PASSWORD_LEN (sizeof(password) - 1)

/* RFC 5769 section 2.1 */
static const uint8_t sample_request[] = {
	0x00, 0x01, 0x00, 0x58,                         /* request type and length */
	0x21, 0x12, 0xa4, 0x42,                         /* magic cookie */
	0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, /* transaction id */
	0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x10, /* SOFTWARE */
	0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73, 0x74, 0x20, 0x63, 0x6c, 0x69, 0x65, 0x6e,
	0x74, 0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff,                   /* PRIORITY */
	0x80, 0x29, 0x00, 0x08,                                                 /* ICE-CONTROLLED */
	0x93, 0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09, /* USERNAME */
	0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76, 0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00,
	0x14, /* MESSAGE-INTEGRITY */
	0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e, 0xf2, 0xb5, 0xb2, 0xd3, 0xf2,
	0x49, 0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b,
	0xcf, /* FINGERPRINT */
};

/* RFC 5769 section 2.2 */
static const uint8_t sample_response_v4[] = {
	0x01, 0x01, 0x00, 0x3c,                         /* response type and length */
	0x21, 0x12, 0xa4, 0x42,                         /* magic cookie */
	0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, /* transaction id */
	0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, /* SOFTWARE */
	0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00,
	0x08, /* XOR-MAPPED-ADDRESS */
	0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43, 0x00, 0x08, 0x00,
	0x14, /* MESSAGE-INTEGRITY */
	0x2b, 0x91, 0xf5, 0x99, 0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9, 0x2a, 0xf9, 0xba,
	0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c,
	0x96, /* FINGERPRINT */
};

/* RFC 5769 section 2.3 */
static const uint8_t sample_response_v6[] = {
	0x01, 0x01, 0x00, 0x48,                         /* response type and length */
	0x21, 0x12, 0xa4, 0x42,                         /* magic cookie */
	0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, /* transaction id */
	0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, /* SOFTWARE */
	0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00,
	0x14, 0x00, 0x02, 0xa1, 0x47, /* XOR-MAPPED-ADDRESS */
	0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9,
	0xd9, 0x00, 0x08, 0x00, 0x14, /* MESSAGE-INTEGRITY */
	0xa3, 0x82, 0x95, 0x4e, 0x4b, 0xe6, 0x7b, 0xf1, 0x17, 0x84, 0xc9, 0x7c, 0x82, 0x92, 0xc2,
	0x75, 0xbf, 0xe3, 0xed, 0x41, 0x80, 0x28, 0x00, 0x04, 0xc8, 0xfb, 0x0b,
	0x4c, /* FINGERPRINT */
};

static void the_sample_request_of_rfc_5769_is_understood(void **state)
{
	struct stun_msg msg;
	assert_int_equal(stun_parse(sample_request, sizeof(sample_request), &msg), 0);
	assert_int_equal(msg.class, STUN_REQUEST);
	assert_int_equal(msg.method, STUN_METHOD_BINDING);
	assert_int_equal(msg.username_len, 9);
	assert_memory_equal(msg.username_view, "evtj:h6vY", 9);
	assert_true(msg.has_priority);
	assert_int_equal(msg.priority, 0x6e0001ff);
	assert_int_equal(msg.role, STUN_ROLE_CONTROLLED);
	assert_true(msg.tie_breaker == 0x932ff9b151263b36U);
	assert_false(msg.use_candidate);
	assert_true(msg.has_fingerprint);
	assert_int_equal(msg.unknown_count, 0);
	assert_int_equal(
		stun_verify(sample_request, sizeof(sample_request), &msg, password, PASSWORD_LEN),
		0);
}

static void assert_mapped(const uint8_t *data, size_t len, const char *address)
{
	struct stun_msg msg;
	struct rs_addr expected;
	assert_int_equal(rs_addr_parse(address, strlen(address), &expected), 0);
	assert_int_equal(stun_parse(data, len, &msg), 0);
	assert_int_equal(msg.class, STUN_SUCCESS);
	assert_true(rs_addr_equal(&msg.mapped, &expected));
	assert_int_equal(stun_verify(data, len, &msg, password, PASSWORD_LEN), 0);
}

static void the_sample_responses_of_rfc_5769_are_understood(void **state)
{
	assert_mapped(sample_response_v4, sizeof(sample_response_v4), "192.0.2.1:32853");
	assert_mapped(sample_response_v6, sizeof(sample_response_v6),
		"[2001:db8:1234:5678:11:2233:4455:6677]:32853");
}

static void another_password_does_not_verify(void **state)
{
	struct stun_msg msg;
	assert_int_equal(stun_parse(sample_request, sizeof(sample_request), &msg), 0);
	assert_int_equal(stun_verify(sample_request, sizeof(sample_request), &msg, password,
				 PASSWORD_LEN - 1),
		-EACCES);
}

static void one_bit_wrong_anywhere_before_the_fingerprint_is_noticed(void **state)
{
	for (size_t bit = 0; bit < (sizeof(sample_request) - 8) * 8; bit++) {
		uint8_t data[sizeof(sample_request)];
		struct stun_msg msg;
		memcpy(data, sample_request, sizeof(data));
		data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		if (stun_parse(data, sizeof(data), &msg) == 0)
			assert_int_equal(
				stun_verify(data, sizeof(data), &msg, password, PASSWORD_LEN),
				-EACCES);
	}
}

static void no_proper_prefix_is_a_message(void **state)
{
	struct stun_msg msg;
	for (size_t len = 0; len < sizeof(sample_request); len++)
		assert_int_equal(stun_parse(sample_request, len, &msg), -EBADMSG);
}

static struct stun_msg full_request(void)
{
	return (struct stun_msg){
		.class = STUN_REQUEST,
		.method = STUN_METHOD_BINDING,
		.txid = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 },
		.username_view = "abcd:efghi",
		.username_len = 10,
		.has_priority = true,
		.priority = 7,
		.use_candidate = true,
		.role = STUN_ROLE_CONTROLLING,
		.tie_breaker = 0x0102030405060708U,
	};
}

static void a_request_written_is_read_back_the_same(void **state)
{
	uint8_t first[256];
	uint8_t second[256];
	const struct stun_msg msg = full_request();
	const int len = stun_write(&msg, password, PASSWORD_LEN, first, sizeof(first));
	assert_true(len > 0);

	struct stun_msg parsed;
	assert_int_equal(stun_parse(first, (size_t)len, &parsed), 0);
	assert_true(parsed.use_candidate);
	assert_int_equal(parsed.role, STUN_ROLE_CONTROLLING);
	assert_int_equal(stun_verify(first, (size_t)len, &parsed, password, PASSWORD_LEN), 0);
	assert_int_equal(stun_write(&parsed, password, PASSWORD_LEN, second, sizeof(second)), len);
	assert_memory_equal(first, second, (size_t)len);
}

static void an_error_lists_the_attributes_it_does_not_know(void **state)
{
	uint8_t data[256];
	const struct stun_msg msg = {
		.class = STUN_ERROR,
		.method = STUN_METHOD_BINDING,
		.error_code = 420,
		.unknown = { 0x7001, 0x7002, 0x7003 },
		.unknown_count = 3,
	};
	const int len = stun_write(&msg, password, PASSWORD_LEN, data, sizeof(data));
	assert_true(len > 0);
	struct stun_msg parsed;
	assert_int_equal(stun_parse(data, (size_t)len, &parsed), 0);
	assert_int_equal(parsed.class, STUN_ERROR);
	assert_int_equal(parsed.error_code, 420);
	assert_int_equal(parsed.unknown_count, 3);
	assert_int_equal(parsed.unknown[2], 0x7003);
}

static void a_message_that_does_not_fit_is_not_written(void **state)
{
	uint8_t data[256];
	const struct stun_msg msg = full_request();
	const int len = stun_write(&msg, password, PASSWORD_LEN, data, sizeof(data));
	for (size_t cap = 0; cap < (size_t)len; cap++)
		assert_int_equal(stun_write(&msg, password, PASSWORD_LEN, data, cap), -ENOSPC);
	assert_int_equal(stun_write(&msg, password, PASSWORD_LEN, data, (size_t)len), len);
}

static void what_cannot_be_said_is_refused(void **state)
{
	uint8_t data[1024];
	struct stun_msg msg = full_request();
	msg.username_len = STUN_USERNAME_MAX + 1;
	assert_int_equal(stun_write(&msg, NULL, 0, data, sizeof(data)), -EINVAL);
	msg = full_request();
	msg.error_code = 700;
	assert_int_equal(stun_write(&msg, NULL, 0, data, sizeof(data)), -EINVAL);
}

/* A binding request with one attribute and no integrity. */
static size_t request_with(uint8_t *out, uint16_t type, const uint8_t *value, uint16_t len)
{
	const size_t padded = (len + 3U) & ~3U;
	static const uint8_t header[STUN_HEADER_LEN] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	memcpy(out, header, sizeof(header));
	out[3] = (uint8_t)(4 + padded);
	out[20] = (uint8_t)(type >> 8);
	out[21] = (uint8_t)type;
	out[22] = (uint8_t)(len >> 8);
	out[23] = (uint8_t)len;
	memset(out + 24, 0, padded);
	memcpy(out + 24, value, len);
	return 24 + padded;
}

static void unknown_attributes_are_listed_only_if_they_must_be_understood(void **state)
{
	uint8_t data[64];
	struct stun_msg msg;
	size_t len = request_with(data, 0x0031, (const uint8_t *)"abcd", 4);
	assert_int_equal(stun_parse(data, len, &msg), 0);
	assert_int_equal(msg.unknown_count, 1);
	assert_int_equal(msg.unknown[0], 0x0031);

	static const uint16_t nominations[] = { 0x0030,
		0xC001 }; /* NOMINATION, and Chromium's older one */
	for (size_t i = 0; i < RS_ARRAY_LEN(nominations); i++) {
		len = request_with(data, nominations[i], (const uint8_t *)"abcd", 4);
		assert_int_equal(stun_parse(data, len, &msg), 0);
		assert_int_equal(msg.unknown_count, 0);
	}
}

static void attributes_of_a_wrong_size_are_malformed(void **state)
{
	uint8_t data[64];
	struct stun_msg msg;
	static const uint8_t zeros[32] = { 0 };
	static const struct {
		uint16_t type;
		uint16_t len;
	} wrong[] = {
		{ 0x0006, 0 },  /* USERNAME */
		{ 0x0008, 19 }, /* MESSAGE-INTEGRITY */
		{ 0x0020, 4 },  /* XOR-MAPPED-ADDRESS */
		{ 0x0020, 8 },  /* family 0 */
		{ 0x0024, 3 },  /* PRIORITY */
		{ 0x8028, 4 },  /* FINGERPRINT, wrong */
		{ 0x8029, 7 },  /* ICE-CONTROLLED */
		{ 0x0009, 4 },  /* ERROR-CODE, class 0 */
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(wrong); i++) {
		const size_t len = request_with(data, wrong[i].type, zeros, wrong[i].len);
		assert_int_equal(stun_parse(data, len, &msg), -EBADMSG);
	}
}

static void what_stands_behind_the_integrity_does_not_count(void **state)
{
	/* Integrity first, then USE-CANDIDATE appended by somebody on the way. */
	uint8_t data[256];
	struct stun_msg msg = full_request();
	msg.use_candidate = false;
	int len = stun_write(&msg, password, PASSWORD_LEN, data, sizeof(data));
	assert_true(len > 0);
	len -= 8; /* FINGERPRINT off */
	static const uint8_t use_candidate[] = { 0x00, 0x25, 0x00, 0x00 };
	memcpy(data + len, use_candidate, sizeof(use_candidate));
	len += 4;
	data[3] = (uint8_t)(len - STUN_HEADER_LEN);

	struct stun_msg parsed;
	assert_int_equal(stun_parse(data, (size_t)len, &parsed), 0);
	assert_false(parsed.use_candidate);
	assert_int_equal(stun_verify(data, (size_t)len, &parsed, password, PASSWORD_LEN), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_request_of_rfc_5769_is_understood),
		cmocka_unit_test(the_sample_responses_of_rfc_5769_are_understood),
		cmocka_unit_test(another_password_does_not_verify),
		cmocka_unit_test(one_bit_wrong_anywhere_before_the_fingerprint_is_noticed),
		cmocka_unit_test(no_proper_prefix_is_a_message),
		cmocka_unit_test(a_request_written_is_read_back_the_same),
		cmocka_unit_test(an_error_lists_the_attributes_it_does_not_know),
		cmocka_unit_test(a_message_that_does_not_fit_is_not_written),
		cmocka_unit_test(what_cannot_be_said_is_refused),
		cmocka_unit_test(unknown_attributes_are_listed_only_if_they_must_be_understood),
		cmocka_unit_test(attributes_of_a_wrong_size_are_malformed),
		cmocka_unit_test(what_stands_behind_the_integrity_does_not_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
