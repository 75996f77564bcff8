#include "recorder/webcast/sound.h"

#include "common/base/bytes.h"
#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SEGMENT_MS 2000
#define BASE 1000
#define OUT_MAX ((size_t)1 << 20)
/* TOC octets of RFC 6716 section 3.1: one CELT frame, fullband, of 20 and of 2.5 ms. */
#define TOC_20 0xF8
#define TOC_2_5 0xE0

struct bench {
	struct sound sound;
	struct rs_buf out;
	struct sound_segment segment;
};

static void begin(struct bench *bench)
{
	assert_int_equal(sound_init(&bench->sound, SEGMENT_MS), 0);
	rs_buf_init(&bench->out, OUT_MAX);
}

static void end(struct bench *bench)
{
	sound_done(&bench->sound);
	rs_buf_done(&bench->out);
}

static int push(struct bench *bench, int64_t time_ms, uint8_t toc)
{
	const uint8_t packet[2] = { toc, (uint8_t)(time_ms / 20) };
	rs_buf_consume(&bench->out, rs_buf_len(&bench->out));
	return sound_push(
		&bench->sound, time_ms, packet, sizeof(packet), BASE, &bench->out, &bench->segment);
}

static struct rs_reader inside(const struct bench *bench, const char *type)
{
	struct rs_reader r;
	const uint8_t *at = memmem(rs_buf_data(&bench->out), rs_buf_len(&bench->out), type, 4);
	assert_non_null(at);
	rs_reader_init(
		&r, at + 4, rs_buf_len(&bench->out) - (size_t)(at + 4 - rs_buf_data(&bench->out)));
	rs_read_skip(&r, 4);
	return r;
}

static void a_segment_is_finished_by_the_packet_after_it(void **state)
{
	struct bench bench;
	begin(&bench);
	for (int64_t t = 0; t < 2000; t += 20)
		assert_int_equal(push(&bench, t, TOC_20), 0);
	assert_int_equal(push(&bench, 2000, TOC_20), 1);
	assert_int_equal(bench.segment.number, 0);
	assert_int_equal(bench.segment.duration_ms, SEGMENT_MS);
	struct rs_reader r = inside(&bench, "mfhd");
	assert_int_equal(rs_read_u32(&r), BASE);
	r = inside(&bench, "tfdt");
	assert_int_equal(rs_read_u64(&r), 0);
	r = inside(&bench, "trun");
	assert_int_equal(rs_read_u32(&r), 100);
	/* Untouched, one behind the other. */
	const uint8_t *data = memmem(rs_buf_data(&bench.out), rs_buf_len(&bench.out), "mdat", 4);
	for (uint8_t i = 0; i < 100; i++) {
		assert_int_equal(data[4 + 2 * i], TOC_20);
		assert_int_equal(data[4 + 2 * i + 1], i);
	}
	end(&bench);
}

/* A file says 2 for 2.5 ms, 7 for 7.5: what follows is counted in samples all the same. */
static void packets_follow_one_another_to_the_sample(void **state)
{
	struct bench bench;
	begin(&bench);
	assert_int_equal(push(&bench, 0, TOC_2_5), 0);
	for (int64_t t = 2; t < 2002; t += 20)
		assert_int_equal(push(&bench, t, TOC_20), t == 2002);
	assert_int_equal(push(&bench, 2002, TOC_20), 1);
	struct rs_reader r = inside(&bench, "trun");
	assert_int_equal(rs_read_u32(&r), 101); /* the last one begins at 1982.5 ms */
	rs_read_skip(&r, 4);
	assert_int_equal(rs_read_u32(&r), 120);
	rs_read_skip(&r, 4);
	assert_int_equal(rs_read_u32(&r), 960);
	rs_buf_consume(&bench.out, rs_buf_len(&bench.out));
	assert_int_equal(sound_end(&bench.sound, 2500, BASE, &bench.out, &bench.segment), 1);
	r = inside(&bench, "tfdt");
	assert_int_equal(rs_read_u64(&r), 120 + 100 * 960);
	assert_int_equal(bench.segment.number, 1);
	assert_int_equal(bench.segment.duration_ms, 500);
	end(&bench);
}

/* Begun in the middle of a file, at a packet that lies at half a millisecond. */
static void whoever_joins_later_finds_the_same_samples(void **state)
{
	struct bench bench;
	begin(&bench);
	for (int64_t t = 4002; t < 6000; t += 20)
		assert_int_equal(push(&bench, t, TOC_20), 0);
	assert_int_equal(push(&bench, 6002, TOC_20), 1);
	assert_int_equal(bench.segment.number, 2);
	struct rs_reader r = inside(&bench, "tfdt");
	assert_int_equal(rs_read_u64(&r), 4002 * 48 + 24);
	end(&bench);
}

static void where_the_file_jumps_the_packet_before_lasts(void **state)
{
	struct bench bench;
	begin(&bench);
	assert_int_equal(push(&bench, 0, TOC_20), 0);
	assert_int_equal(push(&bench, 100, TOC_20), 0);
	assert_int_equal(push(&bench, 8000, TOC_20), 1);
	struct rs_reader r = inside(&bench, "trun");
	rs_read_skip(&r, 8);
	assert_int_equal(rs_read_u32(&r), 100 * 48);
	assert_int_equal(bench.sound.number, 4);
	end(&bench);
}

/* Begun anew at a segment, by whoever was killed: neither twice nor not at all. */
static void what_is_rounded_into_a_segment_belongs_to_it(void **state)
{
	struct bench bench;
	begin(&bench);
	for (int64_t t = 2018; t <= 3998; t += 20)
		assert_int_equal(push(&bench, t, TOC_20), t == 3998);
	end(&bench);
	begin(&bench);
	sound_begin(&bench.sound, 2);
	assert_int_equal(push(&bench, 3978, TOC_20), 0);
	assert_int_equal(push(&bench, 4000 - SOUND_ROUNDED_MS, TOC_20), 0);
	assert_int_equal(bench.sound.late, 2);
	assert_int_equal(push(&bench, 3998, TOC_20), 0);
	assert_int_equal(bench.sound.n, 1);
	assert_int_equal(bench.sound.begins, 4000 * 48);
	end(&bench);
}

static void what_is_out_is_not_put_out_again(void **state)
{
	struct bench bench;
	begin(&bench);
	sound_begin(&bench.sound, 2);
	assert_int_equal(sound_hole(&bench.sound, 3990), 0);
	assert_int_equal(sound_hole(&bench.sound, 4100), 4800);
	for (int64_t t = 4000; t < 6000; t += 20)
		assert_int_equal(push(&bench, t, TOC_20), 0);
	assert_int_equal(push(&bench, 6000, TOC_20), 1);
	/* The recorder came back with a clock that was set. */
	for (int64_t t = 3000; t < 6020; t += 20)
		assert_int_equal(push(&bench, t, TOC_20), 0);
	assert_int_equal(bench.sound.late, 151);
	assert_int_equal(bench.sound.number, 3);
	assert_int_equal(bench.sound.n, 1);
	assert_int_equal(sound_hole(&bench.sound, 6020), 0);
	end(&bench);
}

/* The switch was thrown by a clock that is behind, or another language ended sooner. */
static void nothing_of_behind_the_end_is_heard(void **state)
{
	struct bench bench;
	begin(&bench);
	for (int64_t t = 0; t < 1000; t += 20)
		assert_int_equal(push(&bench, t, TOC_20), 0);
	rs_buf_consume(&bench.out, rs_buf_len(&bench.out));
	assert_int_equal(sound_end(&bench.sound, 500, BASE, &bench.out, &bench.segment), 1);
	assert_int_equal(bench.segment.duration_ms, 500);
	struct rs_reader r = inside(&bench, "trun");
	assert_int_equal(rs_read_u32(&r), 25);
	end(&bench);
	begin(&bench);
	assert_int_equal(push(&bench, 9980, TOC_20), 0);
	assert_int_equal(push(&bench, 10000, TOC_20), 1);
	assert_int_equal(sound_end(&bench.sound, 9990, BASE, &bench.out, &bench.segment), 0);
	end(&bench);
}

static void what_is_no_opus_is_left_out(void **state)
{
	struct bench bench;
	begin(&bench);
	assert_int_equal(push(&bench, 0, 0xFF), 0); /* code 3 needs a count of frames that fits */
	assert_int_equal(bench.sound.malformed + bench.sound.packets, 1);
	assert_int_equal(
		sound_push(&bench.sound, 20, NULL, 0, BASE, &bench.out, &bench.segment), 0);
	assert_true(bench.sound.malformed >= 1);
	end(&bench);
}

static void nothing_makes_no_segment(void **state)
{
	struct bench bench;
	begin(&bench);
	assert_int_equal(sound_end(&bench.sound, 100, BASE, &bench.out, &bench.segment), 0);
	assert_int_equal(rs_buf_len(&bench.out), 0);
	end(&bench);
}

static int fill_one(void *ctx)
{
	struct sound sound;
	struct rs_buf out;
	struct sound_segment segment;
	const uint8_t packet[2] = { TOC_20, 1 };
	rs_buf_init(&out, OUT_MAX);
	int err = sound_init(&sound, SEGMENT_MS);
	for (int64_t t = 0; t <= SEGMENT_MS && err == 0; t += 20) {
		err = sound_push(&sound, t, packet, sizeof(packet), BASE, &out, &segment);
		err = err > 0 ? 0 : err;
	}
	sound_done(&sound);
	rs_buf_done(&out);
	return err;
}

static void out_of_memory_is_said(void **state)
{
	check_oom(fill_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_segment_is_finished_by_the_packet_after_it),
		cmocka_unit_test(packets_follow_one_another_to_the_sample),
		cmocka_unit_test(whoever_joins_later_finds_the_same_samples),
		cmocka_unit_test(where_the_file_jumps_the_packet_before_lasts),
		cmocka_unit_test(what_is_rounded_into_a_segment_belongs_to_it),
		cmocka_unit_test(what_is_out_is_not_put_out_again),
		cmocka_unit_test(nothing_of_behind_the_end_is_heard),
		cmocka_unit_test(what_is_no_opus_is_left_out),
		cmocka_unit_test(nothing_makes_no_segment),
		cmocka_unit_test(out_of_memory_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
