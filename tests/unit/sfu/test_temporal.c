/* Which frames of a stream with temporal layers go on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sfu/rewrite/temporal.h"

static bool take(struct temporal *temporal, uint32_t frame, uint8_t tid, bool sync)
{
	return temporal_take(temporal,
		&(struct temporal_in){ .rtp_ts = frame * 3000, .tid = tid, .sync = sync });
}

static void everything_is_taken_unless_told(void **state)
{
	struct temporal temporal;

	temporal_init(&temporal);
	for (uint32_t frame = 0; frame < 16; frame++)
		assert_true(take(&temporal, frame, frame % 4, false));
}

static void down_takes_effect_with_the_next_frame(void **state)
{
	struct temporal temporal;

	temporal_init(&temporal);
	assert_true(take(&temporal, 1, 2, false));
	temporal_aim(&temporal, 0);
	assert_true(take(&temporal, 1, 2, false)); /* the rest of the frame */
	assert_false(take(&temporal, 2, 1, true));
	assert_false(take(&temporal, 3, 2, true));
	assert_true(take(&temporal, 4, 0, false));
}

static void up_waits_for_frames_that_need_nothing_left_out(void **state)
{
	struct temporal temporal;

	temporal_init(&temporal);
	temporal_aim(&temporal, 0);
	assert_true(take(&temporal, 1, 0, false));
	temporal_aim(&temporal, 2);
	assert_false(take(&temporal, 2, 2, true)); /* a layer at a time */
	assert_false(take(&temporal, 3, 1, false));
	assert_true(take(&temporal, 4, 1, true));
	assert_false(take(&temporal, 5, 2, false));
	assert_true(take(&temporal, 6, 2, true));
	assert_true(take(&temporal, 7, 1, false));
	assert_true(take(&temporal, 8, 2, false));
}

static void a_key_frame_brings_every_layer(void **state)
{
	struct temporal temporal;

	temporal_init(&temporal);
	temporal_aim(&temporal, 0);
	assert_false(take(&temporal, 1, 2, false));
	temporal_aim(&temporal, 2);
	assert_true(temporal_take(
		&temporal, &(struct temporal_in){ .rtp_ts = 6000, .keyframe = true }));
	assert_true(take(&temporal, 3, 2, false));
}

static void vp9_says_after_which_frame_more_may_be_taken(void **state)
{
	struct temporal temporal;

	temporal_init(&temporal);
	temporal_aim(&temporal, 0);
	assert_true(take(&temporal, 1, 0, false));
	temporal_aim(&temporal, 2);
	assert_false(take(&temporal, 2, 2, false));
	assert_true(temporal_take(
		&temporal, &(struct temporal_in){ .rtp_ts = 9000, .switch_up = true }));
	assert_true(take(&temporal, 4, 2, false));
}

static void a_layer_that_does_not_exist_is_all(void **state)
{
	struct temporal temporal;

	temporal_init(&temporal);
	temporal_aim(&temporal, 200);
	assert_int_equal(temporal.target, TEMPORAL_ALL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_taken_unless_told),
		cmocka_unit_test(down_takes_effect_with_the_next_frame),
		cmocka_unit_test(up_waits_for_frames_that_need_nothing_left_out),
		cmocka_unit_test(a_key_frame_brings_every_layer),
		cmocka_unit_test(vp9_says_after_which_frame_more_may_be_taken),
		cmocka_unit_test(a_layer_that_does_not_exist_is_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
