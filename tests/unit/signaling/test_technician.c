/* What a technician is shown of one station: what is wrong, since when, and the last ten minutes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "signaling/technician/station.h"
#include "tests/support/oom.h"

#define START_MS ((int64_t)1795305600000)

static struct station_second good(void)
{
	struct station_second second = { .here = true, .line = true, .flows = true };
	for (size_t i = 0; i < STATION_FIGURES; i++)
		second.figures[i] = TROUBLE_UNKNOWN;
	second.figures[STATION_LOSS_UP] = 0;
	second.figures[STATION_RTT] = 40;
	second.figures[STATION_CAPACITY] = 2000;
	return second;
}

static enum severity worst_of(const struct station *station)
{
	enum severity worst = SEVERITY_NONE;
	for (size_t i = 0; i < TROUBLE_COUNT; i++)
		if (station->troubles.states[i].is > worst)
			worst = station->troubles.states[i].is;
	return worst;
}

static bool same_troubles(const struct troubles *a, const struct troubles *b)
{
	for (size_t i = 0; i < TROUBLE_COUNT; i++)
		if (a->states[i].is != b->states[i].is)
			return false;
	return true;
}

/* So many seconds from `*wall_ms` on; in how many of them the troubles changed. */
static unsigned pass(struct station *station, const struct station_second *second, unsigned seconds,
	int64_t *wall_ms)
{
	unsigned changes = 0;
	for (; seconds > 0; seconds--, *wall_ms += 1000) {
		const struct troubles before = station->troubles;
		station_add(station, second, *wall_ms);
		changes += !same_troubles(&before, &station->troubles);
	}
	return changes;
}

static const struct trouble_state *state_of(const struct station *station, enum trouble trouble)
{
	return &station->troubles.states[trouble];
}

static void a_good_line_has_no_trouble(void **state)
{
	(void)state;
	struct station station;
	const struct station_second second = good();
	int64_t now = START_MS;
	station_init(&station);
	assert_int_equal(pass(&station, &second, 60, &now), 0);
	assert_int_equal(worst_of(&station), SEVERITY_NONE);
	assert_int_equal(station.figures[STATION_RTT], 40);
	station_done(&station);
}

static void trouble_dates_from_the_first_second_that_said_so(void **state)
{
	(void)state;
	struct station station;
	struct station_second second = good();
	int64_t now = START_MS;
	station_init(&station);
	(void)pass(&station, &second, 5, &now);
	const int64_t began = now;
	second.figures[STATION_LOSS_UP] = 30;
	assert_int_equal(pass(&station, &second, 2, &now), 0);
	assert_int_equal(pass(&station, &second, 1, &now), 1);
	assert_int_equal(state_of(&station, TROUBLE_LOSS_UP)->is, SEVERITY_WARNING);
	assert_int_equal(state_of(&station, TROUBLE_LOSS_UP)->since_ms, began);

	/* It becomes worse: the same trouble, since the same time. */
	second.figures[STATION_LOSS_UP] = 120;
	assert_int_equal(pass(&station, &second, 3, &now), 1);
	assert_int_equal(state_of(&station, TROUBLE_LOSS_UP)->is, SEVERITY_CRITICAL);
	assert_int_equal(state_of(&station, TROUBLE_LOSS_UP)->since_ms, began);
	assert_int_equal(worst_of(&station), SEVERITY_CRITICAL);
	station_done(&station);
}

static void a_bound_is_left_at_a_milder_figure_than_it_is_reached(void **state)
{
	(void)state;
	struct station station;
	struct station_second second = good();
	int64_t now = START_MS;
	station_init(&station);
	second.figures[STATION_LOSS_UP] = 20;
	assert_int_equal(pass(&station, &second, 3, &now), 1);
	second.figures[STATION_LOSS_UP] = 10;
	assert_int_equal(pass(&station, &second, 60, &now), 0);
	second.figures[STATION_LOSS_UP] = 9;
	assert_int_equal(pass(&station, &second, 9, &now), 0);
	assert_int_equal(pass(&station, &second, 1, &now), 1);
	assert_int_equal(worst_of(&station), SEVERITY_NONE);
	station_done(&station);
}

static void one_bad_second_is_no_trouble_and_one_good_one_mends_none(void **state)
{
	(void)state;
	struct station station;
	struct station_second second = good();
	struct station_second bad = good();
	int64_t now = START_MS;
	bad.figures[STATION_LOSS_UP] = 500;
	station_init(&station);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(pass(&station, &bad, 2, &now), 0);
		assert_int_equal(pass(&station, &second, 1, &now), 0);
	}
	assert_int_equal(pass(&station, &bad, 3, &now), 1);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(pass(&station, &second, 9, &now), 0);
		assert_int_equal(pass(&station, &bad, 1, &now), 0);
	}
	station_done(&station);
}

static void less_is_worse_for_what_the_line_carries(void **state)
{
	(void)state;
	struct station station;
	struct station_second second = good();
	int64_t now = START_MS;
	station_init(&station);
	second.figures[STATION_CAPACITY] = 150;
	(void)pass(&station, &second, 10, &now);
	assert_int_equal(state_of(&station, TROUBLE_NARROW)->is, SEVERITY_WARNING);
	second.figures[STATION_CAPACITY] = 64;
	(void)pass(&station, &second, 10, &now);
	assert_int_equal(state_of(&station, TROUBLE_NARROW)->is, SEVERITY_CRITICAL);
	second.figures[STATION_CAPACITY] = 201;
	(void)pass(&station, &second, 10, &now);
	assert_int_equal(state_of(&station, TROUBLE_NARROW)->is, SEVERITY_NONE);
	station_done(&station);
}

static void a_clock_is_off_either_way(void **state)
{
	(void)state;
	static const int off[] = { 90000, -90000 };
	for (size_t i = 0; i < 2; i++) {
		struct station station;
		struct station_second second = good();
		int64_t now = START_MS;
		station_init(&station);
		second.figures[STATION_CLOCK] = off[i];
		assert_int_equal(pass(&station, &second, 10, &now), 1);
		assert_int_equal(state_of(&station, TROUBLE_CLOCK)->is, SEVERITY_WARNING);
		assert_int_equal(station.figures[STATION_CLOCK], off[i]);
		station_done(&station);
	}
}

/* Whose laptop is some seconds off is nobody's business; a room's computer that is has no NTP. */
static void a_rooms_clock_is_held_to_seconds(void **state)
{
	(void)state;
	struct box box;
	box_init(&box);
	static const struct {
		int off;
		enum severity room, page;
	} rows[] = {
		{ 1900, SEVERITY_NONE, SEVERITY_NONE },
		{ -2100, SEVERITY_WARNING, SEVERITY_NONE },
		{ 59000, SEVERITY_WARNING, SEVERITY_NONE },
		{ 61000, SEVERITY_CRITICAL, SEVERITY_WARNING },
	};
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		const bool is_room = i % 2 == 0;
		struct station station;
		struct station_second second = good();
		int64_t now = START_MS;
		station_init(&station);
		second.box = is_room ? &box : NULL;
		second.figures[STATION_CLOCK] = rows[i / 2].off;
		(void)pass(&station, &second, 10, &now);
		assert_int_equal(state_of(&station, TROUBLE_ROOM_CLOCK)->is,
			is_room ? rows[i / 2].room : SEVERITY_NONE);
		assert_int_equal(state_of(&station, TROUBLE_CLOCK)->is,
			is_room ? SEVERITY_NONE : rows[i / 2].page);
		station_done(&station);
	}
}

static void a_lost_line_is_critical_for_whom_the_meeting_listens_to(void **state)
{
	(void)state;
	struct station station;
	struct station_second second = good();
	int64_t now = START_MS;
	station_init(&station);
	second.lost = true;
	assert_int_equal(pass(&station, &second, 2, &now), 1);
	assert_int_equal(state_of(&station, TROUBLE_LINE_LOST)->is, SEVERITY_WARNING);
	second.open = true;
	second.flows = false;
	assert_int_equal(pass(&station, &second, 5, &now), 1);
	assert_int_equal(state_of(&station, TROUBLE_LINE_LOST)->is, SEVERITY_CRITICAL);
	/* That says it; the silence that follows from it is no second trouble. */
	assert_int_equal(state_of(&station, TROUBLE_NO_SOUND)->is, SEVERITY_NONE);
	second.lost = false;
	assert_int_equal(pass(&station, &second, 3, &now), 2);
	assert_int_equal(state_of(&station, TROUBLE_LINE_LOST)->is, SEVERITY_NONE);
	assert_int_equal(state_of(&station, TROUBLE_NO_SOUND)->is, SEVERITY_CRITICAL);
	station_done(&station);
}

static void what_a_room_owes_the_record_outlives_its_line(void **state)
{
	(void)state;
	struct station station;
	struct station_second second = good();
	int64_t now = START_MS;
	station_init(&station);
	second.lost = true;
	second.undelivered = SEVERITY_WARNING;
	(void)pass(&station, &second, 3, &now);
	second.here = false;
	assert_int_equal(pass(&station, &second, 60, &now), 1); /* the line is nobody's any more */
	assert_int_equal(state_of(&station, TROUBLE_LINE_LOST)->is, SEVERITY_NONE);
	assert_int_equal(state_of(&station, TROUBLE_UNDELIVERED)->is, SEVERITY_WARNING);
	assert_int_equal(state_of(&station, TROUBLE_UNDELIVERED)->since_ms, START_MS);
	second.here = true;
	second.lost = false;
	assert_int_equal(pass(&station, &second, 5, &now), 0);
	second.undelivered = SEVERITY_NONE;
	assert_int_equal(pass(&station, &second, 1, &now), 1);
	assert_int_equal(worst_of(&station), SEVERITY_NONE);
	station_done(&station);
}

static void what_is_not_measured_leaves_trouble_as_it_is(void **state)
{
	(void)state;
	struct station station;
	struct station_second second = good();
	int64_t now = START_MS;
	station_init(&station);
	second.figures[STATION_LOSS_UP] = 30;
	(void)pass(&station, &second, 3, &now);
	second.figures[STATION_LOSS_UP] = TROUBLE_UNKNOWN;
	assert_int_equal(pass(&station, &second, 60, &now), 0);
	assert_int_equal(state_of(&station, TROUBLE_LOSS_UP)->is, SEVERITY_WARNING);
	station_done(&station);
}

static void who_is_away_has_no_trouble_and_keeps_the_history(void **state)
{
	(void)state;
	struct station station;
	struct station_second second = good();
	int values[STATION_STEPS];
	int64_t now = START_MS;
	station_init(&station);
	second.figures[STATION_LOSS_UP] = 30;
	(void)pass(&station, &second, 10, &now);
	const struct station_second away = { .here = false };
	assert_int_equal(pass(&station, &away, 5, &now), 1);
	assert_int_equal(worst_of(&station), SEVERITY_NONE);
	assert_int_equal(station.figures[STATION_RTT], TROUBLE_UNKNOWN);
	station_read(&station, STATION_LOSS_UP, now, values);
	assert_int_equal(values[STATION_STEPS - 3], 30);
	assert_int_equal(values[STATION_STEPS - 2], 30);
	assert_int_equal(values[STATION_STEPS - 1], TROUBLE_UNKNOWN);
	station_done(&station);
}

/* START_MS begins a step. */
static void a_step_keeps_the_worst_and_of_what_flows_the_mean(void **state)
{
	(void)state;
	static const int rtts[] = { 40, 300, 20, 41, 40 };
	static const int rates[] = { 100, 0, 50, 250, 100 };
	struct station station;
	struct station_second second = good();
	int values[STATION_STEPS];
	station_init(&station);
	for (int i = 0; i < 5; i++) {
		second.figures[STATION_RTT] = rtts[i];
		second.figures[STATION_UP] = rates[i];
		station_add(&station, &second, START_MS + (int64_t)i * 1000);
	}
	station_read(&station, STATION_RTT, START_MS + STATION_STEP_MS, values);
	assert_int_equal(values[STATION_STEPS - 1], 300);
	assert_int_equal(values[STATION_STEPS - 2], TROUBLE_UNKNOWN);
	station_read(&station, STATION_UP, START_MS + STATION_STEP_MS, values);
	assert_int_equal(values[STATION_STEPS - 1], 100);
	station_done(&station);
}

static void ten_minutes_are_kept_and_a_gap_is_one(void **state)
{
	(void)state;
	struct station station;
	struct station_second second = good();
	int values[STATION_STEPS];
	int64_t now = START_MS;
	station_init(&station);
	for (unsigned step = 0; step < 200; step++) {
		second.figures[STATION_RTT] = (int)step;
		(void)pass(&station, &second, 5, &now);
	}
	station_read(&station, STATION_RTT, now, values);
	for (int i = 0; i < STATION_STEPS; i++)
		assert_int_equal(values[i], 200 - STATION_STEPS + i);

	now += (int64_t)3 * STATION_STEP_MS;
	second.figures[STATION_RTT] = 7;
	(void)pass(&station, &second, 5, &now);
	station_read(&station, STATION_RTT, now, values);
	assert_int_equal(values[STATION_STEPS - 1], 7);
	for (int i = 2; i < 5; i++)
		assert_int_equal(values[STATION_STEPS - i], TROUBLE_UNKNOWN);
	assert_int_equal(values[STATION_STEPS - 5], 199);

	/* Away for longer than is kept: nothing of before is left. */
	now += (int64_t)STATION_STEP_MS * STATION_STEPS * 5;
	(void)pass(&station, &second, 5, &now);
	station_read(&station, STATION_RTT, now, values);
	assert_int_equal(values[STATION_STEPS - 1], 7);
	for (int i = 0; i < STATION_STEPS - 1; i++)
		assert_int_equal(values[i], TROUBLE_UNKNOWN);
	station_done(&station);
}

static int with_little_memory(void *ctx)
{
	(void)ctx;
	struct station station;
	const struct station_second second = good();
	int values[STATION_STEPS];
	station_init(&station);
	station_add(&station, &second, START_MS);
	const int err = station.history == NULL ? -ENOMEM : 0;
	/* It is judged all the same, and remembers from the next second on. */
	assert_int_equal(station.figures[STATION_RTT], 40);
	station_read(&station, STATION_RTT, START_MS + STATION_STEP_MS, values);
	station_done(&station);
	return err;
}

static void without_memory_there_is_no_history_and_all_else(void **state)
{
	(void)state;
	check_oom(with_little_memory, NULL);
}

static void each_trouble_and_figure_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < TROUBLE_COUNT; i++) {
		assert_non_null(trouble_name((enum trouble)i));
		assert_non_null(trouble_text((enum trouble)i));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
				trouble_name((enum trouble)i), trouble_name((enum trouble)j));
	}
	for (int i = 0; i < STATION_FIGURES; i++)
		assert_non_null(station_figure_name((enum station_figure)i));
	assert_string_equal(severity_name(SEVERITY_CRITICAL), "critical");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_line_has_no_trouble),
		cmocka_unit_test(trouble_dates_from_the_first_second_that_said_so),
		cmocka_unit_test(a_bound_is_left_at_a_milder_figure_than_it_is_reached),
		cmocka_unit_test(one_bad_second_is_no_trouble_and_one_good_one_mends_none),
		cmocka_unit_test(less_is_worse_for_what_the_line_carries),
		cmocka_unit_test(a_clock_is_off_either_way),
		cmocka_unit_test(a_rooms_clock_is_held_to_seconds),
		cmocka_unit_test(a_lost_line_is_critical_for_whom_the_meeting_listens_to),
		cmocka_unit_test(what_a_room_owes_the_record_outlives_its_line),
		cmocka_unit_test(what_is_not_measured_leaves_trouble_as_it_is),
		cmocka_unit_test(who_is_away_has_no_trouble_and_keeps_the_history),
		cmocka_unit_test(a_step_keeps_the_worst_and_of_what_flows_the_mean),
		cmocka_unit_test(ten_minutes_are_kept_and_a_gap_is_one),
		cmocka_unit_test(without_memory_there_is_no_history_and_all_else),
		cmocka_unit_test(each_trouble_and_figure_has_a_name_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
