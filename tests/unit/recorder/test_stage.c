/* A programme beside a recording: what it is told, when the disk has it, and that it never stands in the way. */
#include "recorder/control/stage.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/memory_disk.h"

#define STARTED_US INT64_C(1795305600123000)
#define OWNER 3

static struct memory_disk memory;
static struct stage stage;
static const struct track_listener *listener;

/* As stage_open() does for an archive that is new. */
static int setup(void **state)
{
	const struct programme_config config = { .disk = &memory.disk,
		.owner = OWNER,
		.directory = "/archive/demo",
		.ending = "",
		.app = "test",
		.started_us = STARTED_US,
		.cluster_ms = 1000,
		.cluster_max = 65536 };
	memory_disk_init(&memory);
	listener = stage_init(&stage);
	stage.disk = &memory.disk;
	stage.owner = OWNER;
	stage.started_us = STARTED_US;
	return programme_new(&config, &stage.programme);
}

static int teardown(void **state)
{
	stage_done(&stage);
	memory_disk_done(&memory);
	return 0;
}

static struct archive_now after_ms(int64_t ms)
{
	return (struct archive_now){ .now = RS_SEC(50) + RS_MS(ms),
		.wall_us = STARTED_US + 1000 * ms };
}

static void speak(int64_t from_ms, int64_t to_ms)
{
	static const uint8_t data[80] = { 0x78 };
	const struct depay_frame frame = {
		.data = data, .len = sizeof(data), .ticks = 960, .key = true, .channels = 1
	};
	for (int64_t t = from_ms; t < to_ms; t += 20)
		listener->frame(listener->ctx, &(struct track_frame){ .name = NAMES_FLOOR,
						       .media = ARCHIVE_CHANNEL,
						       .codec = DEPAY_OPUS,
						       .frame = &frame,
						       .time_ms = t });
}

static void a_closed_session_waits_for_the_disk_to_have_its_programme(void **state)
{
	stage_tick(&stage, after_ms(0));
	assert_true(stage_deadline(&stage) > RS_SEC(50));
	speak(0, 5000);
	assert_true(stage_is_drained(&stage));
	stage_close(&stage, after_ms(5000));
	assert_false(stage_is_drained(&stage));
	assert_true(memory.files[0].closed);
	assert_false(stage_disk_synced(&stage, OWNER + 1));
	assert_false(stage_is_drained(&stage));
	assert_true(stage_disk_synced(&stage, OWNER));
	assert_true(stage_is_drained(&stage));
	assert_int_equal(stage_deadline(&stage), RS_TIME_NEVER);
}

/* Octets of the programme of five seconds, in milliseconds of the wall clock, which began and ended so far into theirs. */
static size_t len_of_five_seconds(int64_t began_us, int64_t ended_us)
{
	struct archive_now end = after_ms(5000);
	end.wall_us += ended_us;
	stage.started_us = STARTED_US + began_us;
	speak(0, 4000);
	stage_close(&stage, end);
	return rs_buf_len(&memory.files[0].data);
}

/* The events say when a session began and ended in whole milliseconds, and a programme that is made from them ends there. */
static void a_programme_ends_with_the_millisecond_in_which_the_events_do(void **state)
{
	static const struct {
		int64_t began_us;
		int64_t ended_us;
	} cases[] = { { 900, 100 }, { 100, 900 }, { 999, 0 }, { 0, 999 } };
	const size_t expected = len_of_five_seconds(0, 0);
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		teardown(NULL);
		assert_int_equal(setup(NULL), 0);
		assert_int_equal(
			len_of_five_seconds(cases[i].began_us, cases[i].ended_us), expected);
	}
}

static void a_programme_given_up_stays_as_it_is(void **state)
{
	speak(0, 5000);
	stage_give_up(&stage, "the disk is slow");
	const size_t len = rs_buf_len(&memory.files[0].data);
	assert_true(memory.files[0].closed && len > 0);
	speak(5000, 10000);
	listener->show(listener->ctx, "KEN", 6000);
	assert_false(listener->wants_key(listener->ctx, "KEN", ARCHIVE_CAMERA));
	stage_tick(&stage, after_ms(100000));
	stage_flush(&stage, NULL, after_ms(100000));
	stage_close(&stage, after_ms(100000));
	assert_int_equal(rs_buf_len(&memory.files[0].data), len);
	assert_true(stage_is_drained(&stage));
}

static void a_disk_that_fails_late_keeps_no_session_open(void **state)
{
	speak(0, 5000);
	assert_false(stage_disk_failed(&stage, OWNER + 1, -EIO));
	assert_non_null(stage.programme);
	stage_close(&stage, after_ms(5000));
	assert_true(stage_disk_failed(&stage, OWNER, -EIO));
	assert_true(stage_is_drained(&stage));
}

static void a_programme_that_fails_is_given_up(void **state)
{
	memory.error = -ENOSPC;
	speak(0, 5000);
	assert_non_null(stage.programme);
	stage_flush(&stage, NULL, after_ms(5000));
	assert_null(stage.programme);
	assert_true(stage_is_drained(&stage));
}

static void only_cameras_are_asked_for_key_frames(void **state)
{
	listener->show(listener->ctx, "KEN", 0);
	assert_true(listener->wants_key(listener->ctx, "KEN", ARCHIVE_CAMERA));
	assert_false(listener->wants_key(listener->ctx, "KEN", ARCHIVE_CONTENT));
	assert_false(listener->wants_key(listener->ctx, "FRA", ARCHIVE_CAMERA));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(a_closed_session_waits_for_the_disk_to_have_its_programme),
		CASE(a_programme_ends_with_the_millisecond_in_which_the_events_do),
		CASE(a_programme_given_up_stays_as_it_is),
		CASE(a_disk_that_fails_late_keeps_no_session_open),
		CASE(a_programme_that_fails_is_given_up),
		CASE(only_cameras_are_asked_for_key_frames),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
