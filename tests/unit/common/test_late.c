/* What a room kept while its line was lost, as records. */
#include "common/control/frame.h"
#include "common/control/late.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* RTP: version 2, payload type 111, number 7, timestamp 960, SSRC 0x12345678, three octets of Opus. */
static const uint8_t packet[] = { 0x80, 111, 0, 7, 0, 0, 0x03, 0xc0, 0x12, 0x34, 0x56, 0x78, 0xf8,
	0xff, 0xfe };

static const struct late_record sound = { .media = LATE_SOUND,
	.said_us = 1795305600123456,
	.packet_view = packet,
	.len = sizeof(packet) };

static void write_two(struct rs_buf *out)
{
	struct late_record picture = sound;
	picture.media = LATE_PICTURE;
	rs_buf_init(out, 4096);
	assert_int_equal(late_write(out, &sound), 0);
	assert_int_equal(late_write(out, &picture), 0);
	assert_int_equal(rs_buf_len(out), 2 * late_size(sizeof(packet)));
}

static void records_come_out_as_they_went_in(void **state)
{
	struct late_record got;
	struct rs_buf out;
	size_t at = 0;
	write_two(&out);
	assert_int_equal(late_read(rs_buf_data(&out), rs_buf_len(&out), &at, &got), 1);
	assert_int_equal(got.media, LATE_SOUND);
	assert_int_equal(got.said_us, 1795305600123456);
	assert_int_equal(got.len, sizeof(packet));
	assert_memory_equal(got.packet_view, packet, sizeof(packet));
	assert_int_equal(late_read(rs_buf_data(&out), rs_buf_len(&out), &at, &got), 1);
	assert_int_equal(got.media, LATE_PICTURE);
	assert_int_equal(late_read(rs_buf_data(&out), rs_buf_len(&out), &at, &got), 0);
	rs_buf_done(&out);
}

static void a_writer_that_was_cut_off_leaves_the_whole_records_before(void **state)
{
	struct rs_buf out;
	write_two(&out);
	const size_t one = late_size(sizeof(packet));
	for (size_t len = 0; len <= 2 * one; len++) {
		struct late_record got;
		size_t at = len / one * one;
		assert_int_equal(late_whole(rs_buf_data(&out), len), at);
		if (len % one != 0)
			assert_int_equal(late_read(rs_buf_data(&out), len, &at, &got), -EAGAIN);
		assert_int_equal(at, len / one * one);
	}
	rs_buf_done(&out);
}

static void no_octet_changes_unseen(void **state)
{
	struct rs_buf out;
	write_two(&out);
	for (size_t i = 0; i < late_size(sizeof(packet)); i++) {
		struct late_record got;
		size_t at = 0;
		rs_buf_data(&out)[i] ^= 0x10;
		assert_true(late_read(rs_buf_data(&out), rs_buf_len(&out), &at, &got) < 0);
		assert_int_equal(at, 0);
		rs_buf_data(&out)[i] ^= 0x10;
	}
	rs_buf_done(&out);
}

static void a_packet_has_a_head_and_a_most(void **state)
{
	static const uint8_t large[LATE_PACKET_MAX + 1] = { 0x80 };
	struct late_record record = { .packet_view = large, .len = 11 };
	struct rs_buf out;
	rs_buf_init(&out, 2 * LATE_PACKET_MAX);
	assert_int_equal(late_write(&out, &record), -EINVAL);
	record.len = LATE_PACKET_MAX + 1;
	assert_int_equal(late_write(&out, &record), -EINVAL);
	record.len = LATE_PACKET_MAX;
	assert_int_equal(late_write(&out, &record), 0);
	assert_int_equal(late_write(&out, &record), -E2BIG);
	assert_int_equal(rs_buf_len(&out), late_size(LATE_PACKET_MAX));
	rs_buf_done(&out);
}

static void a_frame_carries_a_whole_part(void **state)
{
	static uint8_t part[LATE_PART_MAX + 1];
	struct frame_late late = { .ticket = 7, .part = part, .len = LATE_PART_MAX };
	struct frame_reader reader;
	struct frame frame;
	struct frame_late got;
	struct rs_buf out;
	rs_buf_init(&out, FRAME_HEADER_LEN + FRAME_LATE_MAX);
	assert_int_equal(frame_write_late(&out, &late), 0);
	late.len++;
	assert_int_equal(frame_write_late(&out, &late), -E2BIG);
	frame_reader_init(&reader);
	assert_int_equal(frame_reader_feed(&reader, rs_buf_data(&out), rs_buf_len(&out)), 0);
	assert_int_equal(frame_reader_next(&reader, &frame), 1);
	assert_int_equal(frame.kind, FRAME_LATE);
	assert_int_equal(frame_late_parse(frame.body, frame.len, &got), 0);
	assert_int_equal(got.ticket, 7);
	assert_int_equal(got.len, LATE_PART_MAX);
	assert_int_equal(frame_late_parse(frame.body, 9, &got), 0);
	assert_int_equal(frame_late_parse(frame.body, 8, &got), -EBADMSG);
	frame_reader_done(&reader);
	rs_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_out_as_they_went_in),
		cmocka_unit_test(a_writer_that_was_cut_off_leaves_the_whole_records_before),
		cmocka_unit_test(no_octet_changes_unseen),
		cmocka_unit_test(a_packet_has_a_head_and_a_most),
		cmocka_unit_test(a_frame_carries_a_whole_part),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
