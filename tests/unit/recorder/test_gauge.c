/* What rostrum-webcast says of itself: sums over all webcasts, and the worst of those under way. */
#include "recorder/webcast/gauge.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WALL_MS INT64_C(1795305660500)

static char text[GAUGE_MAX];

static void write_text(const struct gauge *gauge, const struct gauge_cast *casts, size_t n)
{
	struct rs_buf out;
	rs_buf_init(&out, GAUGE_MAX);
	assert_int_equal(gauge_write(gauge, casts, n, WALL_MS, &out), 0);
	assert_true(rs_buf_len(&out) < sizeof(text));
	memcpy(text, rs_buf_data(&out), rs_buf_len(&out));
	text[rs_buf_len(&out)] = '\0';
	rs_buf_done(&out);
}

/* That figure, with its head, stands there once. */
static void says(const char *name, const char *value)
{
	char line[128];
	(void)snprintf(line, sizeof(line), "\nrostrum_webcast_%s %s\n", name, value); /* fits */
	const char *at = strstr(text, line);
	if (at == NULL)
		fail_msg("%s is not %s in %s", name, value, text);
	assert_null(strstr(at + 1, line));
	(void)snprintf(line, sizeof(line), "# TYPE rostrum_webcast_%s ", name); /* fits */
	assert_non_null(strstr(text, line));
}

static void nothing_under_way_is_all_zeros(void **state)
{
	const struct gauge gauge = { .begun_ms = 1795305600007 };
	write_text(&gauge, NULL, 0);
	says("live", "0");
	says("hurried", "0");
	says("begun_total", "0");
	says("segments_total", "0");
	says("lag_seconds", "0.000");
	says("transcoder_behind_seconds", "0.000");
	says("start_time_seconds", "1795305600.007");
	says("updated_seconds", "1795305660.500");
}

static void totals_are_sums_and_those_that_are_over_stay_in_them(void **state)
{
	struct gauge gauge = { .casts = 3 };
	const struct cast_figures over = { .segments = 1,
		.sounds = 20,
		.coded = 300,
		.left_out = 4000,
		.damaged = 50000,
		.jumps = 600000,
		.lost = 7000000,
		.errors = 80000000 };
	const struct gauge_cast casts[] = { { .figures = &over, .live = true },
		{ .figures = &over } };
	gauge_over(&gauge, &over);
	write_text(&gauge, casts, 2);
	says("live", "1");
	says("begun_total", "3");
	says("segments_total", "3");
	says("sound_segments_total", "60");
	says("pictures_total", "900");
	says("pictures_left_out_total", "12000");
	says("pictures_damaged_total", "150000");
	says("jumps_total", "1800000");
	says("segments_lost_total", "21000000");
	says("errors_total", "240000000");
}

static void of_what_is_under_way_the_worst_is_told(void **state)
{
	const struct gauge gauge = { .casts = 3 };
	const struct cast_figures good = { .end_ms = 56500, .behind_ms = 40 };
	const struct cast_figures slow = { .end_ms = 50249, .behind_ms = 5070, .hurried = true };
	const struct cast_figures ended = { .end_ms = 100 };
	const struct gauge_cast casts[] = {
		{ .figures = &good, .live = true, .started_ms = WALL_MS - 60000 },
		{ .figures = &slow, .live = true, .started_ms = WALL_MS - 60000 },
		{ .figures = &ended, .live = false, .started_ms = WALL_MS - 60000 },
	};
	write_text(&gauge, casts, 3);
	says("live", "2");
	says("hurried", "1");
	says("lag_seconds", "9.751");
	says("transcoder_behind_seconds", "5.070");
}

static void no_room_is_an_error(void **state)
{
	const struct gauge gauge = { .casts = 0 };
	struct rs_buf out;
	rs_buf_init(&out, 100);
	assert_int_equal(gauge_write(&gauge, NULL, 0, WALL_MS, &out), -E2BIG);
	rs_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_under_way_is_all_zeros),
		cmocka_unit_test(totals_are_sums_and_those_that_are_over_stay_in_them),
		cmocka_unit_test(of_what_is_under_way_the_worst_is_told),
		cmocka_unit_test(no_room_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
