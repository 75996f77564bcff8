/* Frames of a room's sound that are sent once more with those behind them. */
#include "common/rtp/red.h"
#include "tools/roombox/send/microphone.h"
#include "tools/roombox/send/redundant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#define PT 111

static struct rtc_payload frame_of(uint32_t number, const char *text)
{
	return (struct rtc_payload){ .rtp_ts = number * MICROPHONE_FRAME,
		.data_view = (const uint8_t *)text,
		.len = strlen(text) };
}

static void keep(struct redundant *redundant, uint32_t number, const char *text)
{
	const struct rtc_payload frame = frame_of(number, text);
	redundant_keep(redundant, &frame);
}

static void the_frames_before_go_along_oldest_first(void **state)
{
	struct redundant redundant = { .n = 0 };
	uint8_t out[REDUNDANT_PAYLOAD_MAX];
	struct red red;
	struct rtc_payload frame = frame_of(1, "one");
	assert_int_equal(redundant_write(&redundant, 2, &frame, PT, out), 0); /* the first */
	keep(&redundant, 1, "one");
	keep(&redundant, 2, "two");
	keep(&redundant, 3, "three");
	frame = frame_of(4, "four");
	assert_int_equal(redundant_write(&redundant, 0, &frame, PT, out), 0);
	size_t len = redundant_write(&redundant, 2, &frame, PT, out);
	assert_int_equal(red_parse(out, len, &red), 0);
	assert_int_equal(red.n_redundant, 2);
	assert_int_equal(red.redundant[0].offset, 2 * MICROPHONE_FRAME);
	assert_memory_equal(red.redundant[0].data_view, "two", 3);
	assert_int_equal(red.redundant[1].offset, MICROPHONE_FRAME);
	assert_memory_equal(red.redundant[1].data_view, "three", 5);
	assert_int_equal(red.redundant[1].pt, PT);
	assert_int_equal(red.primary.pt, PT);
	assert_memory_equal(red.primary.data_view, "four", 4);
	len = redundant_write(&redundant, 1, &frame, PT, out);
	assert_int_equal(red_parse(out, len, &red), 0);
	assert_int_equal(red.n_redundant, 1);
	assert_memory_equal(red.redundant[0].data_view, "three", 5);
}

/* Blocks have no number: the media server counts back from the packet's. */
static void after_a_rest_nothing_of_before_goes_along(void **state)
{
	struct redundant redundant = { .n = 0 };
	uint8_t out[REDUNDANT_PAYLOAD_MAX];
	struct red red;
	keep(&redundant, 1, "one");
	keep(&redundant, 2, "two");
	keep(&redundant, 50, "fifty");
	const struct rtc_payload frame = frame_of(51, "after");
	const size_t len = redundant_write(&redundant, 2, &frame, PT, out);
	assert_int_equal(red_parse(out, len, &red), 0);
	assert_int_equal(red.n_redundant, 1);
	assert_memory_equal(red.redundant[0].data_view, "fifty", 5);
}

static void what_would_be_too_long_is_left_out_oldest_first(void **state)
{
	static char longest[REDUNDANT_FRAME_MAX + 2];
	static char half[501];
	struct redundant redundant = { .n = 0 };
	uint8_t out[REDUNDANT_PAYLOAD_MAX];
	struct red red;
	memset(half, 'x', sizeof(half) - 1);
	keep(&redundant, 1, half);
	keep(&redundant, 2, half);
	struct rtc_payload frame = frame_of(3, half);
	const size_t len = redundant_write(&redundant, 2, &frame, PT, out);
	assert_int_equal(red_parse(out, len, &red), 0);
	assert_int_equal(red.n_redundant, 1);
	assert_int_equal(red.redundant[0].offset, MICROPHONE_FRAME);
	memset(longest, 'x', sizeof(longest) - 1);
	keep(&redundant, 3, longest); /* longer than a block may be */
	frame = frame_of(4, "four");
	assert_int_equal(redundant_write(&redundant, 2, &frame, PT, out), 0);
}

static void more_loss_takes_more_frames_and_it_is_forgotten_slowly(void **state)
{
	struct redundant redundant = { .n = 0 };
	assert_int_equal(redundant_expect(&redundant, 0), 0);
	assert_int_equal(redundant_expect(&redundant, 2), 0);
	assert_int_equal(redundant_expect(&redundant, 6), 1);
	assert_int_equal(redundant_expect(&redundant, 51), 2);
	for (unsigned i = 0; i < 5 * 50; i++)
		assert_int_equal(redundant_expect(&redundant, 0), 2);
	for (unsigned i = 0; i < 30 * 50; i++)
		(void)redundant_expect(&redundant, 0);
	assert_int_equal(redundant_expect(&redundant, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_frames_before_go_along_oldest_first),
		cmocka_unit_test(after_a_rest_nothing_of_before_goes_along),
		cmocka_unit_test(what_would_be_too_long_is_left_out_oldest_first),
		cmocka_unit_test(more_loss_takes_more_frames_and_it_is_forgotten_slowly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
