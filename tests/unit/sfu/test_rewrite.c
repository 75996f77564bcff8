/* Continuity of a slot's stream over switches, loss and reordering. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rtp/seq.h"
#include "sfu/rewrite/rewrite.h"

#define A 1
#define B 2
#define C 3

static struct rewrite begin(bool video)
{
	struct rewrite rewrite;
	struct rs_rand rand;

	rs_rand_init_seed(&rand, 7);
	rewrite_init(&rewrite, video ? 90000 : 48000, video, &rand);
	return rewrite;
}

/* Packet `seq` of a 20 ms Opus stream that began at `epoch`. */
static struct rewrite_in audio(uint32_t stream, int64_t seq, rs_time epoch)
{
	return (struct rewrite_in){
		.stream = stream,
		.may_switch = true,
		.seq = seq,
		.rtp_ts = (uint32_t)(seq * 960) + stream * 1000000U,
		.arrival = epoch + seq * RS_MS(20),
		.time = epoch + seq * RS_MS(20),
		.duration = 960,
	};
}

static struct rewrite_in video(uint32_t stream, int64_t seq, int64_t picture, bool keyframe)
{
	return (struct rewrite_in){
		.stream = stream,
		.may_switch = true,
		.seq = seq,
		.rtp_ts = (uint32_t)picture * 3000 + stream * 77777,
		.arrival = picture * 33333,
		.time = picture * 33333,
		.keyframe = keyframe,
		.has_picture = true,
		.picture = picture,
		.has_tl0 = true,
		.tl0 = (uint8_t)picture,
	};
}

static struct rewrite_out forward(struct rewrite *rewrite, struct rewrite_in in)
{
	struct rewrite_out out;

	assert_int_equal(rewrite_map(rewrite, &in, &out), REWRITE_FORWARD);
	return out;
}

static void a_switch_goes_on_without_a_hole(void **state)
{
	struct rewrite rewrite = begin(false);
	struct rewrite_out last = forward(&rewrite, audio(A, 65530, 0));

	assert_true(last.switched);
	assert_true(last.seq < 0x8000);
	for (int64_t i = 65531; i < 65540; i++) {
		const struct rewrite_out out = forward(&rewrite, audio(A, i, 0));
		assert_int_equal(out.seq, (uint16_t)(last.seq + 1));
		assert_int_equal(out.rtp_ts, last.rtp_ts + 960);
		assert_false(out.switched);
		last = out;
	}
	const struct rewrite_out out = forward(&rewrite, audio(B, 3, 65537 * RS_MS(20)));
	assert_true(out.switched);
	assert_int_equal(out.seq, (uint16_t)(last.seq + 1));
	assert_int_equal(out.rtp_ts, last.rtp_ts + 960);
}

static void time_over_a_pause_follows_the_wall_clock(void **state)
{
	struct rewrite rewrite = begin(false);
	const struct rewrite_out first = forward(&rewrite, audio(A, 0, 0));

	rewrite_break(&rewrite);
	const struct rewrite_out again =
		forward(&rewrite, audio(A, 500, 0)); /* 10 s later, as its own clock says */
	assert_true(again.switched);
	assert_int_equal(again.seq, first.seq + 1);
	assert_int_equal(again.rtp_ts, first.rtp_ts + 480000);
	const struct rewrite_out other = forward(&rewrite, audio(B, 0, RS_SEC(30)));
	assert_int_equal(other.rtp_ts, first.rtp_ts + 1440000);
}

static void quick_switches_do_not_creep_against_the_clock(void **state)
{
	struct rewrite rewrite = begin(false);
	const struct rewrite_out first = forward(&rewrite, audio(A, 0, 0));
	rs_time now = RS_MS(20);
	unsigned dropped = 0;

	/* Each source has its own phase within 20 ms: naive continuation would add half a packet a switch. */
	for (unsigned turn = 0; turn < 60; turn++) {
		const uint32_t stream = 2 + turn;
		const rs_time phase = now + (rs_time)(turn * 7919 % 20) * 1000 - RS_MS(20);
		for (int64_t i = 1; i <= 5; i++) {
			const struct rewrite_in in = audio(stream, i, phase);
			struct rewrite_out out;
			const enum rewrite_verdict verdict = rewrite_map(&rewrite, &in, &out);
			if (verdict == REWRITE_AHEAD) {
				dropped++;
				continue;
			}
			assert_int_equal(verdict, REWRITE_FORWARD);
			const int64_t media = (int64_t)(out.rtp_ts - first.rtp_ts) * 1000 / 48;
			assert_in_range(media - in.time + RS_MS(1), 0, RS_MS(21));
			now = in.time;
		}
	}
	assert_in_range(dropped, 1, 40);
}

static void a_drifting_clock_takes_the_base_along(void **state)
{
	struct rewrite rewrite = begin(false);
	struct rewrite_in in = audio(A, 0, 0);
	struct rewrite_out out = { 0 };

	/* 100 s of a sender that is 1000 ppm fast: 100 ms ahead at the end, which the listeners have followed. */
	for (int64_t i = 0; i < 5000; i++) {
		in = audio(A, i, 0);
		in.time = in.time * 999 / 1000;
		in.arrival = in.time;
		out = forward(&rewrite, in);
	}
	const struct rewrite_in next = { .stream = B,
		.may_switch = true,
		.seq = 9,
		.arrival = in.time + RS_MS(20),
		.time = in.time + RS_MS(20),
		.duration = 960 };
	const struct rewrite_out switched =
		forward(&rewrite, next); /* not dropped for being ahead */
	assert_in_range(switched.rtp_ts - out.rtp_ts, 960, 970);
}

static void a_clock_that_was_misjudged_costs_three_packets_at_most(void **state)
{
	struct rewrite rewrite = begin(false);
	struct rewrite_out out;
	unsigned dropped = 0;
	const struct rewrite_out first = forward(&rewrite, audio(A, 0, RS_SEC(5)));

	for (int64_t i = 1; i < 50; i++) {
		struct rewrite_in in = audio(B, i, RS_SEC(5));
		in.time -= RS_SEC(2);
		dropped += rewrite_map(&rewrite, &in, &out) == REWRITE_AHEAD;
	}
	assert_int_equal(dropped, 3);
	/* It has not moved the clock for the others. */
	const struct rewrite_out again = forward(&rewrite, audio(C, 60, RS_SEC(5)));
	assert_in_range(again.rtp_ts - first.rtp_ts, 57 * 960, 60 * 960);
}

static void misjudged_clocks_do_not_add_up(void **state)
{
	struct rewrite rewrite = begin(false);
	const struct rewrite_out first = forward(&rewrite, audio(A, 0, RS_SEC(5)));
	int64_t next = 1;

	/* Twenty switches between sources whose packets all come late for a while, each judged by them. */
	for (uint32_t turn = 0; turn < 20; turn++) {
		for (int64_t i = 0; i < 25; i++, next++) {
			struct rewrite_in in = audio(2 + turn, next, RS_SEC(5));
			struct rewrite_out out;
			in.time += turn % 2 == 0 ? RS_MS(300) : 0;
			if (rewrite_map(&rewrite, &in, &out) != REWRITE_FORWARD)
				continue;
			const int64_t ahead = (int64_t)(out.rtp_ts - first.rtp_ts) - next * 960;
			assert_in_range(ahead + 100 * 48, 0, 200 * 48);
		}
	}
}

static void a_misjudged_clock_does_not_run_ahead_of_what_has_passed(void **state)
{
	struct rewrite rewrite = begin(false);
	const struct rewrite_out first = forward(&rewrite, audio(A, 0, RS_SEC(5)));
	struct rewrite_in in = audio(B, 1, RS_SEC(5));

	in.time += RS_MS(1300);
	const struct rewrite_out next = forward(&rewrite, in);
	assert_in_range(next.rtp_ts - first.rtp_ts, 960, 960 * 4);
	in = audio(A, 2, RS_SEC(5));
	in.time += RS_MS(1300);
	assert_in_range(forward(&rewrite, in).rtp_ts - next.rtp_ts, 960, 960);
}

static void late_packets_find_their_own_place_even_after_a_switch(void **state)
{
	struct rewrite rewrite = begin(false);
	const struct rewrite_out first = forward(&rewrite, audio(A, 10, 0));

	(void)forward(&rewrite, audio(A, 13, 0));
	assert_int_equal(forward(&rewrite, audio(A, 12, 0)).seq, first.seq + 2);
	(void)forward(&rewrite, audio(B, 100, RS_MS(280) - RS_MS(2000)));
	struct rewrite_in late = audio(A, 11, 0);
	late.may_switch = false;
	assert_int_equal(forward(&rewrite, late).seq, first.seq + 1);
	late.seq = 14;
	struct rewrite_out out;
	assert_int_equal(rewrite_map(&rewrite, &late, &out), REWRITE_LATE);
	late.seq = 9;
	assert_int_equal(rewrite_map(&rewrite, &late, &out), REWRITE_LATE);
	const struct rewrite_in before = audio(B, 99, RS_MS(280) - RS_MS(2000));
	assert_int_equal(rewrite_map(&rewrite, &before, &out), REWRITE_LATE);
}

static void nacked_numbers_lead_back_to_the_source(void **state)
{
	struct rewrite rewrite = begin(false);
	uint32_t stream;
	int64_t seq;

	assert_false(rewrite_find(&rewrite, 5, &stream, &seq));
	const struct rewrite_out a = forward(&rewrite, audio(A, 10, 0));
	(void)forward(&rewrite, audio(A, 12, 0));
	const struct rewrite_out b = forward(&rewrite, audio(B, 700, RS_MS(260) - RS_SEC(14)));
	assert_true(rewrite_find(&rewrite, (uint16_t)(a.seq + 1), &stream, &seq));
	assert_true(stream == A && seq == 11);
	assert_true(rewrite_find(&rewrite, b.seq, &stream, &seq));
	assert_true(stream == B && seq == 700);
	assert_false(rewrite_find(&rewrite, (uint16_t)(b.seq + 1), &stream, &seq));
	assert_false(rewrite_find(&rewrite, (uint16_t)(a.seq - 1), &stream, &seq));

	const struct rewrite_in again = audio(A, 12, 0);
	struct rewrite_out out;
	assert_true(rewrite_again(&rewrite, &again, &out));
	assert_int_equal(out.seq, a.seq + 2);
	assert_int_equal(out.rtp_ts, a.rtp_ts + 1920);
	const struct rewrite_in never = audio(B, 701, 0);
	assert_false(rewrite_again(&rewrite, &never, &out));
}

static void video_waits_for_a_key_frame_and_counts_pictures_on(void **state)
{
	struct rewrite rewrite = begin(true);
	const struct rewrite_in delta = video(A, 5, 100, false);
	struct rewrite_out out;

	assert_int_equal(rewrite_map(&rewrite, &delta, &out), REWRITE_NEEDS_KEYFRAME);
	const struct rewrite_out a = forward(&rewrite, video(A, 6, 101, true));
	const struct rewrite_out a2 = forward(&rewrite, video(A, 7, 102, false));
	assert_int_equal(a2.picture, a.picture + 1);
	assert_int_equal(a2.tl0, (uint8_t)(a.tl0 + 1));

	/* B is wanted; A goes on until B's key frame comes. */
	const struct rewrite_in b_delta = video(B, 900, 32767, false);
	assert_int_equal(rewrite_map(&rewrite, &b_delta, &out), REWRITE_NEEDS_KEYFRAME);
	rewrite_break(&rewrite);
	const struct rewrite_out b = forward(&rewrite, video(B, 901, 32768, true));
	assert_int_equal(b.seq, a2.seq + 1);
	assert_int_equal(b.picture, a2.picture + 1);
	assert_int_equal(b.tl0, (uint8_t)(a2.tl0 + 1));
	assert_true(rtp_ts_before(a2.rtp_ts, b.rtp_ts));
}

static void a_restarted_encoder_does_not_count_pictures_back(void **state)
{
	struct rewrite rewrite = begin(true);

	(void)forward(&rewrite, video(A, 1, 500, true));
	const struct rewrite_out before = forward(&rewrite, video(A, 2, 501, false));
	struct rewrite_in in = video(A, 3, 502, true);
	in.picture = 20;
	in.tl0 = 9;
	const struct rewrite_out after = forward(&rewrite, in);
	assert_int_equal(after.seq, before.seq + 1);
	assert_int_equal(after.picture, before.picture + 1);
	assert_int_equal(after.tl0, (uint8_t)(before.tl0 + 1));
	assert_false(after.switched);
}

static void skipped_padding_leaves_no_hole(void **state)
{
	struct rewrite rewrite = begin(true);
	const struct rewrite_out first = forward(&rewrite, video(A, 10, 1, true));

	assert_true(rewrite_skip(&rewrite, A, 11));
	assert_true(rewrite_skip(&rewrite, A, 12));
	assert_int_equal(forward(&rewrite, video(A, 13, 2, false)).seq, first.seq + 1);
	assert_true(rewrite_skip(&rewrite, A, 16)); /* 14 and 15 are on their way */
	assert_int_equal(forward(&rewrite, video(A, 17, 4, false)).seq, first.seq + 4);
	assert_int_equal(forward(&rewrite, video(A, 14, 3, false)).seq, first.seq + 2);
	assert_false(rewrite_skip(&rewrite, A, 15)); /* too late: it holds first + 3 */
	assert_true(rewrite_skip(&rewrite, A, 16));
	assert_int_equal(forward(&rewrite, video(A, 15, 3, false)).seq, first.seq + 3);

	uint32_t stream;
	int64_t seq;
	assert_true(rewrite_find(&rewrite, (uint16_t)(first.seq + 1), &stream, &seq));
	assert_int_equal(seq, 13);
	assert_true(rewrite_find(&rewrite, (uint16_t)(first.seq + 3), &stream, &seq));
	assert_int_equal(seq, 15);
}

/* One packet a frame unless said otherwise: `rtp_ts` tells frames apart. */
static void frames_left_out_leave_no_hole_in_numbers_or_pictures(void **state)
{
	struct rewrite rewrite = begin(true);
	struct rewrite_out last = forward(&rewrite, video(A, 0, 32000, true));
	struct rewrite_out out;

	for (int64_t i = 1; i < 2000; i++) {
		struct rewrite_in in = video(A, i, 32000 + i, false);
		in.tl0 = (uint8_t)(i / 4); /* counts lowest frames alone */
		assert_true(rewrite_is_next(&rewrite, &in));
		if (i % 4 != 0) {
			assert_true(rewrite_leave_out(&rewrite, &in));
			assert_int_equal(rewrite_map(&rewrite, &in, &out), REWRITE_LATE);
			continue;
		}
		out = forward(&rewrite, in);
		assert_int_equal(out.seq, (uint16_t)(last.seq + 1));
		assert_int_equal(out.picture, (last.picture + 1) & 0x7fff);
		if (i > 4)
			assert_int_equal(out.tl0, (uint8_t)(last.tl0 + 1));
		assert_false(out.hollow);
		last = out;
	}
}

static void late_packets_of_a_frame_left_out_fill_their_number_only(void **state)
{
	struct rewrite rewrite = begin(true);
	const struct rewrite_out first = forward(&rewrite, video(A, 1, 10, true));
	/* Packets 2 to 4 are one frame, of which the first and the last are late; 5 is the next frame. */
	assert_true(rewrite_leave_out(&rewrite, &(struct rewrite_in){ .stream = A,
							.seq = 3,
							.rtp_ts = 500,
							.has_picture = true,
							.picture = 11 }));
	const struct rewrite_out next = forward(&rewrite, video(A, 5, 12, false));
	assert_int_equal(next.seq, first.seq + 3);
	assert_int_equal(next.picture, (first.picture + 1) & 0x7fff);
	struct rewrite_in late = video(A, 2, 11, false);
	late.rtp_ts = 500;
	const struct rewrite_out before = forward(&rewrite, late);
	assert_int_equal(before.seq, first.seq + 1);
	assert_true(before.hollow);
	late.seq = 4;
	const struct rewrite_out after = forward(&rewrite, late);
	assert_int_equal(after.seq, first.seq + 2);
	assert_true(after.hollow);
	assert_false(rewrite_is_next(&rewrite, &late));
}

/* TL0PICIDX of a frame left out is that of the lowest frame before it, and must not count as left out itself. */
static void a_lowest_frame_that_comes_late_is_whole_beside_frames_left_out(void **state)
{
	struct rewrite rewrite = begin(true);
	const struct rewrite_out first = forward(&rewrite, video(A, 1, 10, true));

	const struct rewrite_in upper = video(A, 3, 12, false);
	assert_true(rewrite_leave_out(&rewrite, &upper)); /* 2, a lowest one, is on its way */
	const struct rewrite_out later = forward(&rewrite, video(A, 4, 13, false));
	const struct rewrite_out late = forward(&rewrite, video(A, 2, 11, false));
	assert_int_equal(late.seq, first.seq + 1);
	assert_int_equal(late.picture, (first.picture + 1) & 0x7fff);
	assert_int_equal(late.tl0, (uint8_t)(first.tl0 + 1));
	assert_false(late.hollow);
	assert_int_equal(later.seq, first.seq + 2);
	assert_int_equal(later.picture, (first.picture + 2) & 0x7fff);
	struct rewrite_out again;
	const struct rewrite_in resent = video(A, 2, 11, false);
	assert_true(rewrite_again(&rewrite, &resent, &again));
	assert_int_equal(again.seq, late.seq);
	assert_int_equal(again.picture, late.picture);
	assert_false(again.hollow);
}

static void layers_of_one_source_are_aligned_by_their_reports(void **state)
{
	struct rewrite rewrite = begin(true);
	const struct rewrite_out a = forward(&rewrite, video(A, 1, 10, true));
	struct rewrite_in b = video(B, 1, 11, true);

	b.time += RS_MS(40); /* the larger frame took longer on its way */
	b.has_same = true;
	b.same_ts = video(A, 2, 11, false).rtp_ts;
	assert_int_equal(forward(&rewrite, b).rtp_ts - a.rtp_ts, 3000);

	/* Reports that lie are not believed, and time does not run back. */
	struct rewrite_in c = video(C, 1, 12, true);
	c.time += RS_MS(40);
	c.has_same = true;
	c.same_ts = b.rtp_ts + 90000;
	assert_in_range(forward(&rewrite, c).rtp_ts - a.rtp_ts, 3001, 12000);
	struct rewrite_in d = video(A, 9, 12, true);
	d.has_same = true;
	d.same_ts = c.rtp_ts - 100;
	const uint32_t before = (uint32_t)rewrite.highest_ts;
	assert_int_equal(forward(&rewrite, d).rtp_ts - before, 1);
}

static void key_frame_indices_count_on_over_a_switch(void **state)
{
	struct rewrite rewrite = begin(true);
	struct rewrite_in a = video(A, 1, 10, true);

	a.has_keyidx = true;
	a.keyidx = 31;
	const struct rewrite_out first = forward(&rewrite, a);
	struct rewrite_in b = video(B, 1, 11, true);
	b.has_keyidx = true;
	b.keyidx = 4;
	const struct rewrite_out second = forward(&rewrite, b);
	assert_int_equal(second.keyidx, (first.keyidx + 1) & 31);
	b.seq = 2;
	b.picture = 12;
	b.keyidx = 5;
	assert_int_equal(forward(&rewrite, b).keyidx, (first.keyidx + 2) & 31);
}

static void what_is_forgotten_is_not_found_but_counted_on(void **state)
{
	struct rewrite rewrite = begin(false);
	const struct rewrite_out first = forward(&rewrite, audio(A, 0, 0));
	uint32_t stream;
	int64_t seq;

	rewrite_forget(&rewrite);
	assert_false(rewrite_find(&rewrite, first.seq, &stream, &seq));
	const struct rewrite_out next = forward(&rewrite, audio(A, 1, 0));
	assert_int_equal(next.seq, first.seq + 1);
	assert_int_equal(next.rtp_ts, first.rtp_ts + 960);
}

static void what_is_too_old_is_not_found(void **state)
{
	struct rewrite rewrite = begin(false);
	const struct rewrite_out first = forward(&rewrite, audio(A, 0, 0));
	uint32_t stream;
	int64_t seq;

	for (int64_t i = 1; i <= REWRITE_SEGMENTS; i++) {
		rewrite_break(&rewrite);
		(void)forward(&rewrite, audio(A, i * 10, 0));
	}
	assert_false(rewrite_find(&rewrite, first.seq, &stream, &seq));
	assert_true(rewrite_find(&rewrite, (uint16_t)(first.seq + 1), &stream, &seq));
	assert_int_equal(seq, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_switch_goes_on_without_a_hole),
		cmocka_unit_test(time_over_a_pause_follows_the_wall_clock),
		cmocka_unit_test(quick_switches_do_not_creep_against_the_clock),
		cmocka_unit_test(a_drifting_clock_takes_the_base_along),
		cmocka_unit_test(a_clock_that_was_misjudged_costs_three_packets_at_most),
		cmocka_unit_test(misjudged_clocks_do_not_add_up),
		cmocka_unit_test(a_misjudged_clock_does_not_run_ahead_of_what_has_passed),
		cmocka_unit_test(late_packets_find_their_own_place_even_after_a_switch),
		cmocka_unit_test(nacked_numbers_lead_back_to_the_source),
		cmocka_unit_test(video_waits_for_a_key_frame_and_counts_pictures_on),
		cmocka_unit_test(a_restarted_encoder_does_not_count_pictures_back),
		cmocka_unit_test(skipped_padding_leaves_no_hole),
		cmocka_unit_test(frames_left_out_leave_no_hole_in_numbers_or_pictures),
		cmocka_unit_test(late_packets_of_a_frame_left_out_fill_their_number_only),
		cmocka_unit_test(a_lowest_frame_that_comes_late_is_whole_beside_frames_left_out),
		cmocka_unit_test(layers_of_one_source_are_aligned_by_their_reports),
		cmocka_unit_test(key_frame_indices_count_on_over_a_switch),
		cmocka_unit_test(what_is_forgotten_is_not_found_but_counted_on),
		cmocka_unit_test(what_is_too_old_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
