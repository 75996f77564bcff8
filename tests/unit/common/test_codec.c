/* VP8 payload descriptors, Opus packet headers and redundant audio. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "common/rtp/abs_capture.h"
#include "common/rtp/opus.h"
#include "common/rtp/red.h"
#include "common/rtp/vp8.h"

static const uint8_t key_320x180[] = {
	0x90,             /* X, S, PID 0 */
	0xf0,             /* I L T K */
	0x81, 0x02,       /* M, PictureID 258 */
	0x11,             /* TL0PICIDX 17 */
	0x63,             /* TID 1, Y, KEYIDX 3 */
	0x10, 0x02, 0x00, /* frame tag: key frame, shown */
	0x9d, 0x01, 0x2a, /* start code */
	0x40, 0x41,       /* width 320, scale 1 */
	0xb4, 0x00,       /* height 180 */
};

static void a_full_descriptor_is_read(void **state)
{
	struct vp8_descriptor d;
	uint16_t width, height;

	assert_int_equal(vp8_parse(key_320x180, sizeof(key_320x180), &d), 0);
	assert_int_equal(d.len, 6);
	assert_int_equal(d.picture_id_bits, 15);
	assert_int_equal(d.picture_id, 258);
	assert_true(d.has_tl0 && d.tl0_pic_idx == 17);
	assert_true(d.has_tid && d.tid == 1 && d.layer_sync);
	assert_true(d.has_keyidx && d.keyidx == 3);
	assert_true(vp8_starts_frame(&d));
	assert_true(vp8_is_keyframe(key_320x180, sizeof(key_320x180), &d));
	assert_int_equal(
		vp8_keyframe_size(key_320x180, sizeof(key_320x180), &d, &width, &height), 0);
	assert_int_equal(width, 320);
	assert_int_equal(height, 180);
	for (size_t len = 0; len < d.len; len++) {
		struct vp8_descriptor cut;
		assert_int_equal(vp8_parse(key_320x180, len, &cut), -EBADMSG);
	}
	for (size_t len = d.len; len < sizeof(key_320x180); len++)
		assert_int_equal(
			vp8_keyframe_size(key_320x180, len, &d, &width, &height), -EBADMSG);
}

static void descriptors_write_as_they_were_read(void **state)
{
	static const uint8_t forms[][6] = {
		{ 0x10, 0, 0, 0, 0, 0 },             /* nothing */
		{ 0x80, 0x80, 0x7f, 0, 0, 0 },       /* 7-bit PictureID */
		{ 0xb0, 0x80, 0xff, 0xff, 0, 0 },    /* 15-bit, N */
		{ 0x90, 0xe0, 0x05, 0x09, 0xc0, 0 }, /* 7-bit, TL0, TID */
		{ 0x90, 0x40, 0x09, 0, 0, 0 },       /* TL0 alone */
		{ 0x91, 0x10, 0x1f, 0, 0, 0 },       /* KEYIDX alone, second partition */
	};

	for (size_t i = 0; i < RS_ARRAY_LEN(forms); i++) {
		struct vp8_descriptor d;
		uint8_t data[VP8_DESCRIPTOR_MAX];
		struct rs_writer writer;

		assert_int_equal(vp8_parse(forms[i], sizeof(forms[i]), &d), 0);
		rs_writer_init(&writer, data, sizeof(data));
		vp8_write(&writer, &d);
		assert_false(writer.failed);
		assert_int_equal(writer.len, d.len);
		assert_memory_equal(data, forms[i], d.len);
	}
}

static void delta_frames_and_later_partitions_are_no_key_frames(void **state)
{
	static const uint8_t delta[] = { 0x10, 0x11 };
	static const uint8_t later[] = { 0x11, 0x10 };
	static const uint8_t middle[] = { 0x00, 0x10 };
	struct vp8_descriptor d;

	assert_int_equal(vp8_parse(delta, 2, &d), 0);
	assert_false(vp8_is_keyframe(delta, 2, &d));
	assert_int_equal(vp8_parse(later, 2, &d), 0);
	assert_false(vp8_is_keyframe(later, 2, &d));
	assert_int_equal(vp8_parse(middle, 2, &d), 0);
	assert_false(vp8_is_keyframe(middle, 2, &d));
}

static void opus_durations_follow_the_table(void **state)
{
	static const struct {
		uint8_t data[2];
		size_t len;
		uint32_t samples; /* 0 = malformed */
	} packets[] = {
		{ { 0x78, 0 }, 1, 960 },     /* hybrid FB 20 ms: config 15 */
		{ { 0xfc, 0 }, 1, 960 },     /* CELT FB 20 ms stereo */
		{ { 0x08, 0 }, 1, 960 },     /* SILK NB 20 ms */
		{ { 0x18, 0 }, 1, 2880 },    /* SILK NB 60 ms */
		{ { 0x80, 0 }, 1, 120 },     /* CELT 2.5 ms */
		{ { 0x79, 0 }, 1, 1920 },    /* two frames */
		{ { 0x7b, 0x03 }, 2, 2880 }, /* three */
		{ { 0x7b, 0x06 }, 2, 5760 }, /* 120 ms */
		{ { 0x7b, 0x07 }, 2, 0 },    /* 140 ms */
		{ { 0x7b, 0x00 }, 2, 0 },    /* no frame */
		{ { 0x7b, 0 }, 1, 0 },       /* count missing */
		{ { 0, 0 }, 0, 0 },          /* empty */
	};

	for (size_t i = 0; i < RS_ARRAY_LEN(packets); i++) {
		uint32_t samples = 0;
		const int err = opus_duration(packets[i].data, packets[i].len, &samples);
		assert_int_equal(err, packets[i].samples == 0 ? -EBADMSG : 0);
		assert_int_equal(samples, packets[i].samples);
	}
}

static void the_band_of_opus_follows_the_table(void **state)
{
	/* RFC 6716 table 2: what begins at each configuration. */
	static const struct {
		uint8_t from, to;
		enum opus_mode mode;
		enum opus_bandwidth bandwidth;
	} rows[] = {
		{ 0, 3, OPUS_SILK, OPUS_NARROWBAND },
		{ 4, 7, OPUS_SILK, OPUS_MEDIUMBAND },
		{ 8, 11, OPUS_SILK, OPUS_WIDEBAND },
		{ 12, 13, OPUS_HYBRID, OPUS_SUPERWIDEBAND },
		{ 14, 15, OPUS_HYBRID, OPUS_FULLBAND },
		{ 16, 19, OPUS_CELT, OPUS_NARROWBAND },
		{ 20, 23, OPUS_CELT, OPUS_WIDEBAND },
		{ 24, 27, OPUS_CELT, OPUS_SUPERWIDEBAND },
		{ 28, 31, OPUS_CELT, OPUS_FULLBAND },
	};
	unsigned configs = 0;

	for (size_t i = 0; i < RS_ARRAY_LEN(rows); i++) {
		for (unsigned config = rows[i].from; config <= rows[i].to; config++, configs++) {
			const uint8_t payload[8] = { (uint8_t)(config << 3 | 0x04) };
			struct opus_toc toc;
			assert_int_equal(opus_toc_parse(payload, sizeof(payload), &toc), 0);
			assert_int_equal(toc.mode, rows[i].mode);
			assert_int_equal(toc.bandwidth, rows[i].bandwidth);
			assert_int_equal(toc.channels, 2);
			assert_int_equal(toc.frames, 1);
			assert_false(toc.silent);
		}
	}
	assert_int_equal(configs, 32);
}

static void frames_without_content_are_silent(void **state)
{
	static const struct {
		uint8_t data[4];
		size_t len;
		bool silent;
	} packets[] = {
		{ { 0x78 }, 1, true },    /* TOC alone */
		{ { 0x78, 0 }, 2, true }, /* one octet, as in DTX */
		{ { 0x78, 0xff, 0xfe }, 3,
			false },             /* a closed microphone still codes its silence */
		{ { 0x79, 0, 0 }, 3, true }, /* two frames of one octet */
		{ { 0x7b, 0x01, 0 }, 3, true },
		{ { 0x7b, 0x01, 0, 0 }, 4, false },
	};

	for (size_t i = 0; i < RS_ARRAY_LEN(packets); i++) {
		struct opus_toc toc;
		assert_int_equal(opus_toc_parse(packets[i].data, packets[i].len, &toc), 0);
		assert_int_equal(toc.silent, packets[i].silent);
	}
}

static void silence_fills_what_there_is_room_for(void **state)
{
	static const struct {
		int64_t room;
		uint32_t samples;
	} cases[] = { { 5000, 960 }, { 960, 960 }, { 959, 480 }, { 479, 240 }, { 120, 120 },
		{ 119, 0 }, { 0, 0 }, { -960, 0 } };
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		uint8_t packet[OPUS_SILENCE_LEN] = { 0 };
		uint32_t samples = 0;
		assert_int_equal(opus_silence_write(cases[i].room, packet), cases[i].samples);
		if (cases[i].samples == 0)
			continue;
		assert_int_equal(opus_duration(packet, sizeof(packet), &samples), 0);
		assert_int_equal(samples, cases[i].samples);
	}
}

static void a_packet_says_how_many_channels_it_has(void **state)
{
	for (unsigned toc = 0; toc < 256; toc++) {
		const uint8_t packet = (uint8_t)toc;
		assert_int_equal(opus_channels(&packet, 1), (toc & 0x04) != 0 ? 2 : 1);
	}
	assert_int_equal(opus_channels(NULL, 0), 0);
}

/* As Chromium sends it: the packet before, and this one. */
static const uint8_t red_two[] = {
	0xef,             /* F, PT 111 */
	0x0f, 0x00, 0x02, /* 960 ticks before, 2 octets */
	0x6f,             /* PT 111 */
	0x78, 0xaa,       /* the packet before */
	0x78, 0xbb, 0xcc, /* this one */
};

static void a_redundant_packet_is_read_and_written_alike(void **state)
{
	uint8_t out[sizeof(red_two)];
	struct rs_writer writer;
	struct red red;

	assert_int_equal(red_parse(red_two, sizeof(red_two), &red), 0);
	assert_int_equal(red.n_redundant, 1);
	assert_int_equal(red.redundant[0].pt, 111);
	assert_int_equal(red.redundant[0].offset, 960);
	assert_int_equal(red.redundant[0].len, 2);
	assert_memory_equal(red.redundant[0].data_view, "\x78\xaa", 2);
	assert_int_equal(red.primary.pt, 111);
	assert_int_equal(red.primary.len, 3);
	assert_memory_equal(red.primary.data_view, "\x78\xbb\xcc", 3);

	rs_writer_init(&writer, out, sizeof(out));
	red_write(&writer, &red);
	assert_false(writer.failed);
	assert_int_equal(writer.len, sizeof(red_two));
	assert_memory_equal(out, red_two, sizeof(red_two));
}

static void a_redundant_packet_cut_in_its_headers_or_blocks_is_refused(void **state)
{
	struct red red;

	for (size_t len = 0; len < 7; len++)
		assert_int_equal(red_parse(red_two, len, &red), -EBADMSG);
	/* A primary has no length: what is left is its own, and may be nothing. */
	for (size_t len = 7; len < sizeof(red_two); len++) {
		assert_int_equal(red_parse(red_two, len, &red), 0);
		assert_int_equal(red.primary.len, len - 7);
	}
}

static void more_redundant_blocks_than_anyone_sends_are_refused(void **state)
{
	uint8_t packet[(RED_BLOCKS_MAX + 1) * RED_HEADER_LEN + 1];
	struct rs_writer writer;
	struct red red;

	rs_writer_init(&writer, packet, sizeof(packet));
	for (size_t i = 0; i <= RED_BLOCKS_MAX; i++)
		rs_write_u32(&writer, 0xef000000);
	rs_write_u8(&writer, 111);
	assert_int_equal(red_parse(packet, writer.len, &red), -E2BIG);
	assert_int_equal(red_parse(packet + RED_HEADER_LEN, writer.len - RED_HEADER_LEN, &red), 0);
	assert_int_equal(red.n_redundant, RED_BLOCKS_MAX);
}

static void blocks_beyond_what_a_header_can_say_are_not_written(void **state)
{
	static const uint8_t data[RED_LEN_MAX + 1];
	uint8_t out[2 * RED_LEN_MAX];
	struct rs_writer writer;
	struct red red = { .n_redundant = 1, .redundant = { { .data_view = data } } };

	red.redundant[0].len = RED_LEN_MAX;
	red.redundant[0].offset = RED_OFFSET_MAX;
	rs_writer_init(&writer, out, sizeof(out));
	red_write(&writer, &red);
	assert_false(writer.failed);

	red.redundant[0].len = RED_LEN_MAX + 1;
	rs_writer_init(&writer, out, sizeof(out));
	red_write(&writer, &red);
	assert_true(writer.failed);

	red.redundant[0].len = 1;
	red.redundant[0].offset = RED_OFFSET_MAX + 1;
	rs_writer_init(&writer, out, sizeof(out));
	red_write(&writer, &red);
	assert_true(writer.failed);
}

static void capture_times_write_as_they_were_read(void **state)
{
	static const uint8_t forms[][ABS_CAPTURE_LEN] = {
		{ 0xdc, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 0xdc, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 1, 0x80, 0, 0, 0 },             /* 1.5 s */
		{ 0xdc, 1, 2, 3, 4, 5, 6, 7, 0xff, 0xff, 0xff, 0xff, 0xc0, 0, 0, 0 }, /* -0.25 s */
	};
	static const int64_t offsets[] = { 0, 1500000, -250000 };
	struct abs_capture capture;
	uint8_t data[ABS_CAPTURE_LEN];
	struct rs_writer writer;

	for (size_t i = 0; i < RS_ARRAY_LEN(forms); i++) {
		assert_int_equal(abs_capture_parse(forms[i], ABS_CAPTURE_LEN, &capture), 0);
		assert_true(capture.has_offset && capture.ntp == UINT64_C(0xdc01020304050607));
		assert_int_equal(capture.offset_us, offsets[i]);
		rs_writer_init(&writer, data, sizeof(data));
		abs_capture_write(&writer, &capture);
		assert_int_equal(writer.len, ABS_CAPTURE_LEN);
		assert_memory_equal(data, forms[i], ABS_CAPTURE_LEN);
		for (size_t len = 0; len < ABS_CAPTURE_LEN; len++)
			assert_int_equal(abs_capture_parse(forms[i], len, &capture),
				len == 8 ? 0 : -EBADMSG);
		assert_false(capture.has_offset);
	}
	/* Every microsecond comes back. */
	for (int64_t us = -2000003; us < 2000003; us += 997) {
		capture = (struct abs_capture){ .has_offset = true, .offset_us = us };
		rs_writer_init(&writer, data, sizeof(data));
		abs_capture_write(&writer, &capture);
		assert_int_equal(abs_capture_parse(data, sizeof(data), &capture), 0);
		assert_int_equal(capture.offset_us, us);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_descriptor_is_read),
		cmocka_unit_test(descriptors_write_as_they_were_read),
		cmocka_unit_test(delta_frames_and_later_partitions_are_no_key_frames),
		cmocka_unit_test(opus_durations_follow_the_table),
		cmocka_unit_test(the_band_of_opus_follows_the_table),
		cmocka_unit_test(frames_without_content_are_silent),
		cmocka_unit_test(capture_times_write_as_they_were_read),
		cmocka_unit_test(silence_fills_what_there_is_room_for),
		cmocka_unit_test(a_packet_says_how_many_channels_it_has),
		cmocka_unit_test(a_redundant_packet_is_read_and_written_alike),
		cmocka_unit_test(a_redundant_packet_cut_in_its_headers_or_blocks_is_refused),
		cmocka_unit_test(more_redundant_blocks_than_anyone_sends_are_refused),
		cmocka_unit_test(blocks_beyond_what_a_header_can_say_are_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
