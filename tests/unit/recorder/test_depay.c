#include "recorder/depay/depay.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define TOC_20MS 0x78 /* hybrid fullband, 20 ms, mono, one frame */

static struct depay *make(enum depay_codec codec)
{
	const struct depay_config config = { .codec = codec, .fill_max = 48000, .frame_max = 100 };
	struct depay *depay = NULL;
	assert_int_equal(depay_new(&config, &depay), 0);
	return depay;
}

static int opus(struct depay *depay, int64_t rtp_ts, bool loss, bool gap)
{
	static const uint8_t payload[] = { TOC_20MS, 1, 2, 3 };
	const struct depay_packet packet = { .payload = payload,
		.len = sizeof(payload),
		.rtp_ts = rtp_ts,
		.after_loss = loss,
		.after_gap = gap };
	return depay_recv(depay, &packet);
}

/* The frames that wait: how many are silence before the real one, which must be at `rtp_ts`. */
static unsigned silence_before(struct depay *depay, int64_t from, int64_t rtp_ts)
{
	struct depay_frame frame;
	unsigned n = 0;
	int64_t next = from;
	for (;;) {
		assert_int_equal(depay_poll(depay, &frame), 1);
		if (!frame.synthetic)
			break;
		assert_int_equal(frame.rtp_ts, next);
		assert_int_equal(frame.len, 3);
		next += frame.ticks;
		n++;
	}
	assert_int_equal(frame.rtp_ts, rtp_ts);
	assert_int_equal(frame.len, 4);
	assert_int_equal(depay_poll(depay, &frame), 0);
	return n;
}

static void each_opus_packet_is_a_frame(void **state)
{
	struct depay *depay = make(DEPAY_OPUS);
	struct depay_frame frame;
	assert_int_equal(depay_poll(depay, &frame), 0);
	assert_int_equal(opus(depay, 5000, false, false), 0);
	assert_int_equal(depay_poll(depay, &frame), 1);
	assert_int_equal(frame.rtp_ts, 5000);
	assert_int_equal(frame.ticks, 960);
	assert_int_equal(frame.channels, 1);
	assert_true(frame.key);
	assert_false(frame.synthetic);
	assert_int_equal(depay_poll(depay, &frame), 0);
	assert_int_equal(opus(depay, 5960, false, false), 0);
	assert_int_equal(silence_before(depay, 0, 5960), 0);
	depay_free(depay);
}

static void lost_sound_is_filled_with_silence(void **state)
{
	struct depay *depay = make(DEPAY_OPUS);
	assert_int_equal(opus(depay, 0, false, false), 0);
	assert_int_equal(silence_before(depay, 0, 0), 0);
	assert_int_equal(opus(depay, 4 * 960, true, false), 0);
	assert_int_equal(silence_before(depay, 960, 4 * 960), 3);
	assert_int_equal(depay_stats(depay)->synthetic, 3);
	assert_int_equal(depay_stats(depay)->frames, 2);
	depay_free(depay);
}

static void sound_never_sent_is_filled_too(void **state)
{
	struct depay *depay = make(DEPAY_OPUS);
	assert_int_equal(opus(depay, 0, false, false), 0);
	assert_int_equal(silence_before(depay, 0, 0), 0);
	/* DTX: 400 ms from packet to packet, sequence numbers contiguous */
	assert_int_equal(opus(depay, 19200, false, false), 0);
	assert_int_equal(silence_before(depay, 960, 19200), 19);
	depay_free(depay);
}

static void an_odd_rest_is_filled_by_shorter_packets(void **state)
{
	struct depay *depay = make(DEPAY_OPUS);
	assert_int_equal(opus(depay, 0, false, false), 0);
	assert_int_equal(silence_before(depay, 0, 0), 0);
	/* 20 + 10 + 5 + 2.5 ms and a rest no packet is short enough for */
	assert_int_equal(opus(depay, 960 + 960 + 480 + 240 + 120 + 100, false, false), 0);
	assert_int_equal(silence_before(depay, 960, 2860), 4);
	depay_free(depay);
}

static void a_long_silence_and_a_closed_gate_stay_gaps(void **state)
{
	struct depay *depay = make(DEPAY_OPUS);
	assert_int_equal(opus(depay, 0, false, false), 0);
	assert_int_equal(silence_before(depay, 0, 0), 0);
	assert_int_equal(opus(depay, 960 + 48000, false, false), 0);
	assert_int_equal(silence_before(depay, 960, 960 + 48000), 50); /* at the limit */
	assert_int_equal(opus(depay, 960 + 48000 + 960 + 48001, false, false), 0);
	assert_int_equal(silence_before(depay, 0, 97921), 0); /* limit + 1 */
	assert_int_equal(opus(depay, 97921 + 9600, false, true), 0);
	assert_int_equal(silence_before(depay, 0, 97921 + 9600), 0);
	depay_free(depay);
}

static void a_step_backwards_is_taken_as_it_is(void **state)
{
	struct depay *depay = make(DEPAY_OPUS);
	assert_int_equal(opus(depay, 96000, false, false), 0);
	assert_int_equal(silence_before(depay, 0, 96000), 0);
	assert_int_equal(opus(depay, 48000, false, false), 0);
	assert_int_equal(silence_before(depay, 0, 48000), 0);
	depay_free(depay);
}

static void bad_opus_is_counted_and_padding_is_not(void **state)
{
	struct depay *depay = make(DEPAY_OPUS);
	struct depay_frame frame;
	struct depay_packet packet = { .payload = NULL, .len = 0 };
	assert_int_equal(depay_recv(depay, &packet), 0);
	assert_int_equal(depay_poll(depay, &frame), 0);
	const uint8_t no_frames[] = { TOC_20MS | 3, 0 };
	packet.payload = no_frames;
	packet.len = sizeof(no_frames);
	assert_int_equal(depay_recv(depay, &packet), -EBADMSG);
	assert_int_equal(depay_poll(depay, &frame), 0);
	assert_int_equal(depay_stats(depay)->malformed, 1);
	depay_free(depay);
}

/* A VP8 packet of the shortest descriptor; `start` begins a frame, key or not. */
struct vp8 {
	bool start;
	bool key;
	bool marker;
	bool loss;
	int64_t rtp_ts;
	size_t len;
};

static int vp8(struct depay *depay, struct vp8 what)
{
	uint8_t payload[256] = { what.start ? 0x10 : 0x00 };
	memset(payload + 1, 0x55, sizeof(payload) - 1);
	static const uint8_t key_head[] = { 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68,
		0x01 };
	if (what.start && what.key)
		memcpy(payload + 1, key_head, sizeof(key_head)); /* 640x360 */
	else
		payload[1] = 0x11; /* a delta frame, if it starts one */
	const struct depay_packet packet = { .payload = payload,
		.len = what.len > 0 ? what.len : 21,
		.rtp_ts = what.rtp_ts,
		.marker = what.marker,
		.after_loss = what.loss };
	return depay_recv(depay, &packet);
}

static const struct vp8 key = { .start = true, .key = true, .marker = true };

static struct depay *make_with_key(void)
{
	struct depay *depay = make(DEPAY_VP8);
	struct depay_frame frame;
	assert_int_equal(vp8(depay, key), 0);
	assert_int_equal(depay_poll(depay, &frame), 1);
	return depay;
}

static void video_begins_at_a_key_frame_with_its_size(void **state)
{
	struct depay *depay = make(DEPAY_VP8);
	struct depay_frame frame;
	assert_true(depay_wants_key(depay));
	assert_int_equal(vp8(depay, (struct vp8){ .start = true, .marker = true }), 0);
	assert_int_equal(depay_poll(depay, &frame), 0);
	assert_int_equal(depay_stats(depay)->dropped, 1);
	assert_int_equal(depay_stats(depay)->freezes, 0); /* nothing was playing yet */

	assert_int_equal(vp8(depay, key), 0);
	assert_int_equal(depay_poll(depay, &frame), 1);
	assert_true(frame.key);
	assert_int_equal(frame.width, 640);
	assert_int_equal(frame.height, 360);
	assert_int_equal(frame.len, 20);
	assert_false(depay_wants_key(depay));
	depay_free(depay);
}

static void packets_of_one_frame_are_joined_without_descriptors(void **state)
{
	struct depay *depay = make_with_key();
	struct depay_frame frame;
	assert_int_equal(vp8(depay, (struct vp8){ .start = true, .rtp_ts = 3000 }), 0);
	assert_int_equal(depay_poll(depay, &frame), 0);
	assert_int_equal(vp8(depay, (struct vp8){ .rtp_ts = 3000 }), 0);
	assert_int_equal(vp8(depay, (struct vp8){ .rtp_ts = 3000, .marker = true }), 0);
	assert_int_equal(depay_poll(depay, &frame), 1);
	assert_int_equal(frame.len, 60);
	assert_int_equal(frame.rtp_ts, 3000);
	assert_false(frame.key);
	assert_int_equal(depay_poll(depay, &frame), 0);
	depay_free(depay);
}

static void after_a_loss_all_is_dropped_up_to_a_key_frame(void **state)
{
	struct depay *depay = make_with_key();
	struct depay_frame frame;
	assert_int_equal(vp8(depay, (struct vp8){ .start = true, .rtp_ts = 3000 }), 0);
	assert_int_equal(
		vp8(depay, (struct vp8){ .rtp_ts = 3000, .marker = true, .loss = true }), 0);
	assert_int_equal(depay_poll(depay, &frame), 0);
	assert_true(depay_wants_key(depay));
	assert_int_equal(
		vp8(depay, (struct vp8){ .start = true, .rtp_ts = 6000, .marker = true }), 0);
	assert_int_equal(depay_poll(depay, &frame), 0);
	assert_int_equal(depay_stats(depay)->dropped, 3);
	assert_int_equal(depay_stats(depay)->freezes, 1);
	assert_int_equal(vp8(depay, key), 0);
	assert_int_equal(depay_poll(depay, &frame), 1);
	depay_free(depay);
}

static void a_key_frame_right_after_the_loss_is_kept(void **state)
{
	struct depay *depay = make_with_key();
	struct depay_frame frame;
	struct vp8 after = key;
	after.loss = true;
	assert_int_equal(vp8(depay, after), 0);
	assert_int_equal(depay_poll(depay, &frame), 1);
	assert_int_equal(depay_stats(depay)->freezes, 1);
	depay_free(depay);
}

static void a_frame_without_its_end_is_broken(void **state)
{
	struct depay *depay = make_with_key();
	struct depay_frame frame;
	assert_int_equal(vp8(depay, (struct vp8){ .start = true, .rtp_ts = 3000 }), 0);
	assert_int_equal(
		vp8(depay, (struct vp8){ .start = true, .rtp_ts = 6000, .marker = true }), 0);
	assert_int_equal(depay_poll(depay, &frame), 0);
	assert_true(depay_wants_key(depay));
	depay_free(depay);
}

static void a_frame_over_the_limit_is_dropped(void **state)
{
	struct depay *depay = make_with_key();
	struct depay_frame frame;
	struct vp8 large = { .start = true, .rtp_ts = 3000, .marker = true, .len = 101 };
	assert_int_equal(vp8(depay, large), 0); /* 100 octets without the descriptor: the limit */
	assert_int_equal(depay_poll(depay, &frame), 1);
	large.len = 102;
	assert_int_equal(vp8(depay, large), -EBADMSG);
	assert_int_equal(depay_poll(depay, &frame), 0);
	assert_true(depay_wants_key(depay));
	depay_free(depay);
}

static void malformed_video_waits_for_a_key_frame(void **state)
{
	struct depay *depay = make_with_key();
	struct depay_frame frame;
	const uint8_t cut[] = { 0x80 };
	const struct depay_packet packet = { .payload = cut, .len = sizeof(cut), .marker = true };
	assert_int_equal(depay_recv(depay, &packet), -EBADMSG);
	assert_int_equal(depay_poll(depay, &frame), 0);
	assert_true(depay_wants_key(depay));
	assert_int_equal(depay_stats(depay)->malformed, 1);
	struct vp8 short_key = key;
	short_key.len = 9; /* size is cut off */
	assert_int_equal(vp8(depay, short_key), -EBADMSG);
	depay_free(depay);
}

static void other_codecs_are_refused(void **state)
{
	enum depay_codec codec;
	assert_int_equal(depay_codec_parse("opus", &codec), 0);
	assert_int_equal(codec, DEPAY_OPUS);
	assert_int_equal(depay_codec_parse("VP8", &codec), 0);
	assert_int_equal(codec, DEPAY_VP8);
	assert_int_equal(depay_codec_parse("H264", &codec), 0);
	assert_int_equal(codec, DEPAY_H264);
	assert_int_equal(depay_codec_parse("h265", &codec), -EOPNOTSUPP);
}

static void out_of_memory_is_an_error_and_no_leak(void **state)
{
	const int64_t before = rs_mem_alive();
	int err = -ENOMEM;
	for (int64_t n = 0; err == -ENOMEM; n++) {
		const struct depay_config config = { .codec = DEPAY_VP8, .frame_max = 100 };
		RS_CLEANUP(depay_freep) struct depay *depay = NULL;
		rs_mem_fail_after(n);
		err = depay_new(&config, &depay);
		if (err == 0)
			err = vp8(depay, key);
		rs_mem_fail_after(-1);
	}
	assert_int_equal(err, 0);
	assert_int_equal(rs_mem_alive(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_opus_packet_is_a_frame),
		cmocka_unit_test(lost_sound_is_filled_with_silence),
		cmocka_unit_test(sound_never_sent_is_filled_too),
		cmocka_unit_test(an_odd_rest_is_filled_by_shorter_packets),
		cmocka_unit_test(a_long_silence_and_a_closed_gate_stay_gaps),
		cmocka_unit_test(a_step_backwards_is_taken_as_it_is),
		cmocka_unit_test(bad_opus_is_counted_and_padding_is_not),
		cmocka_unit_test(video_begins_at_a_key_frame_with_its_size),
		cmocka_unit_test(packets_of_one_frame_are_joined_without_descriptors),
		cmocka_unit_test(after_a_loss_all_is_dropped_up_to_a_key_frame),
		cmocka_unit_test(a_key_frame_right_after_the_loss_is_kept),
		cmocka_unit_test(a_frame_without_its_end_is_broken),
		cmocka_unit_test(a_frame_over_the_limit_is_dropped),
		cmocka_unit_test(malformed_video_waits_for_a_key_frame),
		cmocka_unit_test(other_codecs_are_refused),
		cmocka_unit_test(out_of_memory_is_an_error_and_no_leak),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
