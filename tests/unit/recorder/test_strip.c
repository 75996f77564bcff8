/* The sound of a programme, packet by packet: no hole, no overlap, and never far from its time. */
#include "recorder/programme/strip.h"

#include "common/base/rand.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/oom.h"

#define SPEECH 80
#define TOC_20 0x78 /* hybrid, fullband, 20 ms */
#define TOC_60 0x18 /* SILK, narrowband, 60 ms */

static void push(struct strip *strip, int64_t time_ms, uint8_t toc, size_t len)
{
	uint8_t data[200] = { toc };
	assert_int_equal(strip_push(strip, time_ms, data, len), 0);
}

/* What came out, judged at once. */
struct heard {
	int64_t position; /* where the next has to begin */
	unsigned speech;
	unsigned silence;
};

static void take(struct strip *strip, struct heard *heard, int64_t until_ms)
{
	struct strip_packet packet;
	while (strip_next(strip, until_ms, &packet) == 1) {
		uint32_t samples = 0;
		assert_int_equal(opus_duration(packet.data, packet.len, &samples), 0);
		assert_int_equal(samples, packet.samples);
		assert_int_equal(packet.at, heard->position);
		assert_true(packet.at < (until_ms + 20) * STRIP_SAMPLES_A_MS);
		heard->position += samples;
		*(packet.len == OPUS_SILENCE_LEN ? &heard->silence : &heard->speech) += 1;
	}
	assert_int_equal(strip->position, heard->position);
}

static void the_beginning_is_silent_until_somebody_speaks(void **state)
{
	struct strip strip;
	struct heard heard = { 0 };
	strip_init(&strip);
	for (int64_t t = 1005; t < 2000; t += 20)
		push(&strip, t, TOC_20, SPEECH);
	take(&strip, &heard, 1000);
	assert_int_equal(heard.silence, 50);
	take(&strip, &heard, 2000);
	assert_int_equal(heard.silence, 51); /* 5 ms */
	assert_int_equal(heard.speech, 50);
	assert_int_equal(heard.position, (int64_t)2005 * STRIP_SAMPLES_A_MS);
	strip_done(&strip);
}

static void packets_that_come_evenly_are_left_alone(void **state)
{
	struct strip strip;
	struct heard heard = { 0 };
	struct rs_rand rand;
	strip_init(&strip);
	rs_rand_init_seed(&rand, 3);
	/* Times are in whole milliseconds, and waver by as much as a clock's slewing. */
	for (int64_t n = 0; n < 3000; n++) {
		push(&strip, 20 * n + (int64_t)(rs_rand_u32(&rand) % 10) - 4 * (n > 0), TOC_20,
			SPEECH);
		take(&strip, &heard, 20 * n - 100);
	}
	take(&strip, &heard, 60000);
	assert_int_equal(heard.silence, 0);
	assert_int_equal(heard.speech, 3000);
	assert_int_equal(heard.position, 3000 * 960);
	strip_done(&strip);
}

/* 100 ppm are 1.08 s in three hours: it is put right again and again, by a packet at most. */
static void check_drift(int ppm, bool pauses)
{
	struct strip strip;
	struct heard heard = { 0 };
	strip_init(&strip);
	const int64_t packets = (int64_t)3 * 3600 * 50;
	for (int64_t n = 0; n < packets; n++) {
		const int64_t time_ms = 20 * n + 20 * n * ppm / 1000000;
		const bool pause = pauses && n % 250 > 225;
		push(&strip, time_ms, TOC_20, pause ? 10 : SPEECH);
		take(&strip, &heard, time_ms + 1);
		const int64_t off = heard.position - 960 - time_ms * STRIP_SAMPLES_A_MS;
		assert_true(llabs(off) <= 16 * STRIP_SAMPLES_A_MS);
	}
	assert_true(heard.speech <= packets);
	assert_true(heard.silence + (packets - heard.speech) < 250);
	assert_int_equal(
		heard.position / STRIP_SAMPLES_A_MS / 1000, packets / 50 + (ppm > 0 ? 1 : -2));
	strip_done(&strip);
}

static void a_clock_that_drifts_is_followed(void **state)
{
	check_drift(100, false);
	check_drift(-100, false);
	check_drift(100, true);
	check_drift(-100, true);
}

static void a_change_of_source_leaves_neither_hole_nor_overlap(void **state)
{
	struct strip strip;
	struct heard heard = { 0 };
	strip_init(&strip);
	for (int64_t t = 0; t < 1000; t += 20)
		push(&strip, t, TOC_20, SPEECH);
	for (int64_t t = 973; t < 2000; t += 60) /* in step with nothing, and long packets */
		push(&strip, t, TOC_60, SPEECH);
	for (int64_t t = 2111; t < 3000; t += 20) /* after a pause for breath */
		push(&strip, t, TOC_20, SPEECH);
	take(&strip, &heard, 3000);
	assert_in_range(heard.position, (int64_t)3005 * STRIP_SAMPLES_A_MS,
		(int64_t)3011 * STRIP_SAMPLES_A_MS);
	assert_in_range(heard.speech, 50 + 18 + 45 - 1, 50 + 18 + 45);
	strip_done(&strip);
}

static void what_comes_too_late_is_left_out(void **state)
{
	struct strip strip;
	struct heard heard = { 0 };
	strip_init(&strip);
	take(&strip, &heard, 500);
	assert_int_equal(heard.silence, 25);
	for (int64_t t = 400; t < 600; t += 20)
		push(&strip, t, TOC_20, SPEECH);
	take(&strip, &heard, 600);
	assert_int_equal(heard.speech, 5);
	assert_int_equal(heard.position, 600 * STRIP_SAMPLES_A_MS);
	strip_done(&strip);
}

static void the_end_is_filled_to_the_last_five_milliseconds(void **state)
{
	struct strip strip;
	struct heard heard = { 0 };
	struct strip_packet packet;
	strip_init(&strip);
	push(&strip, 0, TOC_20, SPEECH);
	take(&strip, &heard, 53);
	assert_int_equal(heard.position, 40 * STRIP_SAMPLES_A_MS);
	while (strip_finish(&strip, 53, &packet) == 1)
		heard.position += packet.samples;
	assert_int_equal(heard.position, 50 * STRIP_SAMPLES_A_MS);
	strip_done(&strip);
}

static void what_is_no_opus_is_refused(void **state)
{
	struct strip strip;
	strip_init(&strip);
	assert_int_equal(strip_push(&strip, 0, NULL, 0), -EBADMSG);
	strip_done(&strip);
}

static void no_more_waits_than_there_is_room_for(void **state)
{
	static uint8_t data[60000] = { TOC_20 };
	struct strip strip;
	struct heard heard = { 0 };
	int err = 0;
	size_t n = 0;
	strip_init(&strip);
	while ((err = strip_push(&strip, 20 * (int64_t)n, data, sizeof(data))) == 0)
		n++;
	assert_int_equal(err, -E2BIG);
	assert_int_equal(n, STRIP_WAITING_MAX / (sizeof(data) + 16));
	take(&strip, &heard, 40);
	assert_int_equal(strip_push(&strip, 20 * (int64_t)n, data, sizeof(data)), 0);
	strip_done(&strip);
}

static int one_packet(void *ctx)
{
	static const uint8_t data[SPEECH] = { TOC_20 };
	struct strip strip;
	strip_init(&strip);
	const int err = strip_push(&strip, 0, data, sizeof(data));
	strip_done(&strip);
	return err;
}

static void out_of_memory_is_an_error(void **state)
{
	check_oom(one_packet, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_beginning_is_silent_until_somebody_speaks),
		cmocka_unit_test(packets_that_come_evenly_are_left_alone),
		cmocka_unit_test(a_clock_that_drifts_is_followed),
		cmocka_unit_test(a_change_of_source_leaves_neither_hole_nor_overlap),
		cmocka_unit_test(what_comes_too_late_is_left_out),
		cmocka_unit_test(the_end_is_filled_to_the_last_five_milliseconds),
		cmocka_unit_test(what_is_no_opus_is_refused),
		cmocka_unit_test(no_more_waits_than_there_is_room_for),
		cmocka_unit_test(out_of_memory_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
