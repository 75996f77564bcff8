#include "sfu/demux/demux.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static enum demux_kind kind_of(uint8_t first, uint8_t second, size_t len)
{
	uint8_t data[64] = { first, second };
	return demux_classify(data, len);
}

static void the_first_octet_tells_the_protocol_at_each_border(void **state)
{
	assert_int_equal(kind_of(0, 1, 20), DEMUX_STUN);
	assert_int_equal(kind_of(3, 1, 20), DEMUX_STUN);
	assert_int_equal(kind_of(4, 1, 20), DEMUX_UNKNOWN);
	assert_int_equal(kind_of(19, 1, 20), DEMUX_UNKNOWN);
	assert_int_equal(kind_of(20, 254, 20), DEMUX_DTLS);
	assert_int_equal(kind_of(63, 254, 20), DEMUX_DTLS);
	assert_int_equal(kind_of(64, 0, 20), DEMUX_UNKNOWN);
	assert_int_equal(kind_of(127, 0, 20), DEMUX_UNKNOWN);
	assert_int_equal(kind_of(128, 0, 20), DEMUX_RTP);
	assert_int_equal(kind_of(191, 111, 20), DEMUX_RTP);
	assert_int_equal(kind_of(192, 111, 20), DEMUX_UNKNOWN);
	assert_int_equal(kind_of(255, 111, 20), DEMUX_UNKNOWN);
}

static void the_second_octet_parts_rtp_from_rtcp(void **state)
{
	assert_int_equal(kind_of(128, 191, 20), DEMUX_RTP);
	assert_int_equal(kind_of(128, 192, 20), DEMUX_RTCP);
	assert_int_equal(kind_of(128, 223, 20), DEMUX_RTCP);
	assert_int_equal(kind_of(128, 224, 20), DEMUX_RTP);
}

static void what_is_shorter_than_its_header_is_unknown(void **state)
{
	assert_int_equal(kind_of(0, 1, 19), DEMUX_UNKNOWN);
	assert_int_equal(kind_of(22, 254, 12), DEMUX_UNKNOWN);
	assert_int_equal(kind_of(22, 254, 13), DEMUX_DTLS);
	assert_int_equal(kind_of(128, 0, 11), DEMUX_UNKNOWN);
	assert_int_equal(kind_of(128, 0, 12), DEMUX_RTP);
	assert_int_equal(kind_of(128, 201, 7), DEMUX_UNKNOWN);
	assert_int_equal(kind_of(128, 201, 8), DEMUX_RTCP);
	assert_int_equal(demux_classify(NULL, 0), DEMUX_UNKNOWN);
}

static const uint8_t request[] = {
	0x00, 0x01, 0x00, 0x14, 0x21, 0x12, 0xa4, 0x42, /* binding request, 20 octets, cookie */
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,          /* transaction */
	0x80, 0x22, 0x00, 0x01, 'x', 0, 0, 0,           /* SOFTWARE, padded */
	0x00, 0x06, 0x00, 0x06, 'a', 'B', '3', ':', 'z', 'z', 0, 0, /* USERNAME, padded */
};

static void the_own_ufrag_of_a_first_request_is_found(void **state)
{
	const char *ufrag = NULL;
	size_t len = 0;
	assert_int_equal(demux_stun_username(request, sizeof(request), &ufrag, &len), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(ufrag, "aB3", 3);
}

static void a_message_cut_anywhere_has_no_username(void **state)
{
	const char *ufrag = NULL;
	size_t ufrag_len = 0;
	for (size_t len = 0; len < sizeof(request); len++)
		assert_true(demux_stun_username(request, len, &ufrag, &ufrag_len) < 0);
}

static void a_username_without_colon_is_nobodys(void **state)
{
	uint8_t data[sizeof(request)];
	memcpy(data, request, sizeof(request));
	*(uint8_t *)memchr(data, ':', sizeof(data)) = '.';
	const char *ufrag = NULL;
	size_t len = 0;
	assert_int_equal(demux_stun_username(data, sizeof(data), &ufrag, &len), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_octet_tells_the_protocol_at_each_border),
		cmocka_unit_test(the_second_octet_parts_rtp_from_rtcp),
		cmocka_unit_test(what_is_shorter_than_its_header_is_unknown),
		cmocka_unit_test(the_own_ufrag_of_a_first_request_is_found),
		cmocka_unit_test(a_message_cut_anywhere_has_no_username),
		cmocka_unit_test(a_username_without_colon_is_nobodys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
