/* RTP headers, header extensions and sequence arithmetic, against hand-made packets with one field a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "common/rtp/ntp.h"
#include "common/rtp/rtp.h"
#include "common/rtp/seq.h"

static const uint8_t full[] = {
	0xb2,                   /* V=2 P=1 X=1 CC=2 */
	0xef,                   /* M=1 PT=111 */
	0xff, 0xfe,             /* sequence number */
	0x01, 0x02, 0x03, 0x04, /* timestamp */
	0x11, 0x22, 0x33, 0x44, /* SSRC */
	0x00, 0x00, 0x03, 0xe9, /* CSRC 1001 */
	0x00, 0x00, 0x03, 0xea, /* CSRC 1002 */
	0xbe, 0xde,             /* one-byte extensions */
	0x00, 0x02,             /* 2 words */
	0x10, 0x85,             /* id 1, 1 octet: level */
	0x00,                   /* padding */
	0x41, '1', '2',         /* id 4, 2 octets: MID */
	0xf0, 0x00,             /* id 15 ends the walk */
	'o', 'p', 'u', 's',     /* payload */
	0x00, 0x00, 0x03,       /* padding */
};

static void every_field_of_a_packet_is_read(void **state)
{
	struct rtp_packet packet;
	struct rtp_ext ext;

	assert_int_equal(rtp_parse(full, sizeof(full), &packet), 0);
	assert_true(packet.marker);
	assert_int_equal(packet.pt, 111);
	assert_int_equal(packet.seq, 0xfffe);
	assert_int_equal(packet.rtp_ts, 0x01020304);
	assert_int_equal(packet.ssrc, 0x11223344);
	assert_int_equal(packet.n_csrcs, 2);
	assert_int_equal(packet.csrcs[1], 1002);
	assert_int_equal(packet.payload_len, 4);
	assert_memory_equal(packet.payload_view, "opus", 4);
	assert_int_equal(packet.padding, 3);
	assert_true(rtp_ext_find(&packet, 1, &ext));
	assert_int_equal(ext.len, 1);
	assert_int_equal(ext.data_view[0], 0x85);
	assert_true(rtp_ext_find(&packet, 4, &ext));
	assert_int_equal(ext.len, 2);
	assert_memory_equal(ext.data_view, "12", 2);
	assert_false(rtp_ext_find(&packet, 15, &ext));
	assert_false(rtp_ext_find(&packet, 0, &ext));
}

static void headers_cut_short_are_malformed(void **state)
{
	struct rtp_packet packet;

	for (size_t len = 0; len < 32; len++) {
		uint8_t cut[sizeof(full)];
		memcpy(cut, full, sizeof(full));
		assert_int_equal(rtp_parse(cut, len, &packet), -EBADMSG);
	}
	for (size_t len = 32; len < sizeof(full); len++) {
		const int err = rtp_parse(full, len, &packet);
		assert_true(
			err == 0 ||
			err == -EBADMSG); /* the last octet is then taken for the count of padding */
	}
}

static void padding_longer_than_the_packet_and_other_versions_are_malformed(void **state)
{
	uint8_t bad[sizeof(full)];
	struct rtp_packet packet;

	memcpy(bad, full, sizeof(full));
	bad[sizeof(bad) - 1] = 8;
	assert_int_equal(rtp_parse(bad, sizeof(bad), &packet), -EBADMSG);
	bad[sizeof(bad) - 1] = 0;
	assert_int_equal(rtp_parse(bad, sizeof(bad), &packet), -EBADMSG);
	bad[sizeof(bad) - 1] = 7;
	assert_int_equal(rtp_parse(bad, sizeof(bad), &packet), 0);
	assert_int_equal(packet.payload_len, 0);
	bad[0] = 0x72;
	assert_int_equal(rtp_parse(bad, sizeof(bad), &packet), -EBADMSG);
}

static void an_element_that_does_not_fit_ends_the_walk(void **state)
{
	static const uint8_t one[] = { 0xbe, 0x12 };
	struct rtp_packet packet = {
		.ext_profile = RTP_EXT_ONE_BYTE, .ext_view = one + 1, .ext_len = 1
	};
	struct rtp_ext ext;
	size_t cursor = 0;

	assert_int_equal(rtp_ext_next(&packet, &cursor, &ext), -EBADMSG);
	assert_int_equal(rtp_ext_next(&packet, &cursor, &ext), 0);
	assert_false(rtp_ext_find(&packet, 1, &ext));
}

static void a_written_header_reads_back(void **state)
{
	static const uint8_t mid[] = { 'm', 'i', 'c' };
	struct rtp_header header = {
		.marker = true,
		.pt = 96,
		.seq = 7,
		.rtp_ts = 90000,
		.ssrc = 5,
		.n_csrcs = 1,
		.csrcs = { 1001 },
		.n_exts = 1,
		.exts = { { .id = 4, .len = sizeof(mid), .data_view = mid } },
	};

	for (int two_byte = 0; two_byte < 2; two_byte++) {
		uint8_t data[64];
		struct rs_writer writer;
		struct rtp_packet packet;
		struct rtp_ext ext;

		header.exts[0].id = two_byte ? 20 : 4;
		rs_writer_init(&writer, data, sizeof(data));
		rtp_write_header(&writer, &header);
		assert_false(writer.failed);
		assert_int_equal(writer.len, two_byte ? 28 : 24);
		assert_int_equal(rtp_parse(data, writer.len, &packet), 0);
		assert_int_equal(
			packet.ext_profile, two_byte ? RTP_EXT_TWO_BYTE : RTP_EXT_ONE_BYTE);
		assert_true(packet.marker);
		assert_int_equal(packet.csrcs[0], 1001);
		assert_true(rtp_ext_find(&packet, header.exts[0].id, &ext));
		assert_memory_equal(ext.data_view, mid, sizeof(mid));
		for (size_t cap = 0; cap < writer.len; cap++) {
			struct rs_writer small;
			rs_writer_init(&small, data, cap);
			rtp_write_header(&small, &header);
			assert_true(small.failed);
		}
	}
}

static void fields_change_in_place(void **state)
{
	uint8_t data[sizeof(full)];
	struct rtp_packet packet;

	memcpy(data, full, sizeof(full));
	rtp_set_pt(data, 63);
	rtp_set_marker(data, false);
	rtp_set_seq(data, 1);
	rtp_set_ts(data, 2);
	rtp_set_ssrc(data, 3);
	assert_int_equal(rtp_parse(data, sizeof(data), &packet), 0);
	assert_false(packet.marker);
	assert_int_equal(packet.pt, 63);
	assert_int_equal(packet.seq, 1);
	assert_int_equal(packet.rtp_ts, 2);
	assert_int_equal(packet.ssrc, 3);
	assert_memory_equal(packet.payload_view, "opus", 4);
}

static void rtcp_is_told_from_rtp_by_its_type(void **state)
{
	static const uint8_t sr[] = { 0x80, 200 };
	static const uint8_t marked_opus[] = { 0x80, 0x80 | 111 };

	assert_true(rtp_is_rtcp(sr, sizeof(sr)));
	assert_false(rtp_is_rtcp(sr, 1));
	assert_false(rtp_is_rtcp(marked_opus, sizeof(marked_opus)));
}

static void numbers_unwrap_over_their_end(void **state)
{
	assert_true(rtp_seq_before(65535, 0));
	assert_false(rtp_seq_before(0, 65535));
	assert_false(rtp_seq_before(5, 5));
	assert_int_equal(rtp_seq_unwrap(65535, 2), 65538);
	assert_int_equal(rtp_seq_unwrap(65538, 65534), 65534);
	assert_int_equal(rtp_seq_unwrap(3, 65535), -1);
	assert_true(rtp_ts_before(0xffffff00, 5));
	assert_true(rtp_ts_unwrap(0xffffffff, 4) == 0x100000004LL);
	assert_true(rtp_ts_unwrap(0x100000004LL, 0xffffffff) == 0xffffffffLL);
}

static void ntp_time_keeps_microseconds(void **state)
{
	static const int64_t walls[] = { 0, 1, 999999, 1795305600123456, 1795305600999999 };

	for (size_t i = 0; i < RS_ARRAY_LEN(walls); i++)
		assert_true(ntp_to_wall_us(ntp_from_wall_us(walls[i])) == walls[i]);
	assert_true(ntp_from_wall_us(500000) == ((uint64_t)NTP_UNIX_OFFSET << 32 | 0x80000000U));
	assert_int_equal(ntp_middle(0x1122334455667788), 0x33445566);
	assert_int_equal(ntp_middle_from_us(1500000), 98304);
	assert_true(ntp_middle_to_us(98304) == 1500000);
	assert_true(rtp_ticks_from_us(20000, 48000) == 960);
	assert_true(rtp_ticks_to_us(-3000, 90000) == -33333);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_a_packet_is_read),
		cmocka_unit_test(headers_cut_short_are_malformed),
		cmocka_unit_test(padding_longer_than_the_packet_and_other_versions_are_malformed),
		cmocka_unit_test(an_element_that_does_not_fit_ends_the_walk),
		cmocka_unit_test(a_written_header_reads_back),
		cmocka_unit_test(fields_change_in_place),
		cmocka_unit_test(rtcp_is_told_from_rtp_by_its_type),
		cmocka_unit_test(numbers_unwrap_over_their_end),
		cmocka_unit_test(ntp_time_keeps_microseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
