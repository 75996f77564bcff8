/* The last outages of a meeting's rooms: both edges, and what became of what was kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "signaling/service/state/outages.h"

#define LOST_MS ((int64_t)1795305600000)
#define BACK_MS (LOST_MS + 61000)

static struct outages_part a_part(uint32_t number, enum late_state is)
{
	return (struct outages_part){ .source = "room",
		.outage = "o1",
		.session = "demo-1",
		.reason = is == LATE_REFUSED ? "other-session" : "",
		.number = number,
		.of = 4,
		.from_ms = LOST_MS - 2000,
		.to_ms = BACK_MS + 1000,
		.state = is,
		.wall_ms = BACK_MS + 1000 * number };
}

static enum severity severity(const struct outages *outages)
{
	return outages_severity(outages, "room", "demo-1");
}

static void a_line_has_two_edges_and_is_owed_until_the_last_part(void **state)
{
	(void)state;
	struct outages outages = { .n = 0 };
	const struct late_outage *one = &outages.list[0];
	assert_false(outages_line(&outages, "room", false, LOST_MS)); /* it was never lost */
	assert_int_equal(severity(&outages), SEVERITY_NONE);
	assert_true(outages_line(&outages, "room", true, LOST_MS));
	assert_false(outages_line(&outages, "room", true, LOST_MS + 1));
	assert_int_equal(one->from_ms, LOST_MS);
	assert_int_equal(one->to_ms, 0);
	assert_int_equal(severity(&outages), SEVERITY_WARNING);
	assert_int_equal(outages_severity(&outages, "room-2", "demo-1"), SEVERITY_NONE);
	assert_true(outages_line(&outages, "room", false, BACK_MS));
	assert_int_equal(one->to_ms, BACK_MS);
	assert_int_equal(one->state, LATE_BACK);
	assert_int_equal(severity(&outages), SEVERITY_WARNING);
	for (uint32_t i = 1; i <= 4; i++) {
		const struct outages_part part =
			a_part(i, i < 4 ? LATE_DELIVERING : LATE_DELIVERED);
		assert_int_equal(severity(&outages), SEVERITY_WARNING);
		outages_part(&outages, &part);
		assert_int_equal(outages.n, 1);
		/* Its own edges, which the media server's only came near to. */
		assert_int_equal(one->from_ms, LOST_MS - 2000);
		assert_int_equal(one->to_ms, BACK_MS + 1000);
		assert_int_equal(one->at_ms, BACK_MS + (i < 4 ? 1000 : 4000));
	}
	assert_int_equal(severity(&outages), SEVERITY_NONE);
}

static void what_was_refused_is_critical_in_its_own_session_alone(void **state)
{
	(void)state;
	struct outages outages = { .n = 0 };
	const struct outages_part part = a_part(1, LATE_REFUSED);
	outages_part(&outages, &part); /* as after our own restart: nobody knew of it */
	assert_int_equal(severity(&outages), SEVERITY_CRITICAL);
	assert_string_equal(outages.list[0].reason, "other-session");
	assert_int_equal(outages_severity(&outages, "room", "demo-2"), SEVERITY_NONE);
}

static void a_room_that_delivers_nothing_kept_nothing(void **state)
{
	(void)state;
	struct outages outages = { .n = 0 };
	assert_true(outages_line(&outages, "room", true, LOST_MS));
	assert_true(
		outages_wait(&outages, LOST_MS) > RS_SEC(86400)); /* a line may be lost for hours */
	assert_true(outages_line(&outages, "room", false, BACK_MS));
	assert_int_equal(outages_wait(&outages, BACK_MS), RS_SEC(60));
	assert_false(outages_tick(&outages, BACK_MS + 59999));
	assert_true(outages_tick(&outages, BACK_MS + 60000));
	assert_int_equal(outages.n, 0);
	assert_int_equal(severity(&outages), SEVERITY_NONE);
}

static void of_too_many_the_oldest_is_forgotten(void **state)
{
	(void)state;
	struct outages outages = { .n = 0 };
	for (int i = 0; i <= LATE_OUTAGES_MAX; i++) {
		char room[16];
		(void)snprintf(room, sizeof(room), "room-%d", i);
		assert_true(outages_line(&outages, room, true, LOST_MS + i));
	}
	assert_int_equal(outages.n, LATE_OUTAGES_MAX);
	assert_string_equal(outages.list[0].source, "room-1");
	assert_string_equal(outages.list[LATE_OUTAGES_MAX - 1].source, "room-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_two_edges_and_is_owed_until_the_last_part),
		cmocka_unit_test(what_was_refused_is_critical_in_its_own_session_alone),
		cmocka_unit_test(a_room_that_delivers_nothing_kept_nothing),
		cmocka_unit_test(of_too_many_the_oldest_is_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
