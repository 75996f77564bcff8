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

/* A station, what the next seconds say of it, and when the next one is. */
struct stage {
	struct station station;
	struct station_second second;
	int64_t now; /* wall clock, ms */
};

static void begin(struct stage *stage)
{
	station_init(&stage->station);
	stage->second = good();
	stage->now = START_MS;
}

static void begin_anew(struct stage *stage)
{
	station_done(&stage->station);
	begin(stage);
}

static int setup(void **state)
{
	static struct stage stage;
	begin(&stage);
	*state = &stage;
	return 0;
}

static int teardown(void **state)
{
	station_done(&((struct stage *)*state)->station);
	return 0;
}

static enum severity worst_of(const struct stage *stage)
{
	enum severity worst = SEVERITY_NONE;
	for (size_t i = 0; i < TROUBLE_COUNT; i++)
		if (stage->station.troubles.states[i].is > worst)
			worst = stage->station.troubles.states[i].is;
	return worst;
}

static bool same_troubles(const struct troubles *a, const struct troubles *b)
{
	for (size_t i = 0; i < TROUBLE_COUNT; i++)
		if (a->states[i].is != b->states[i].is)
			return false;
	return true;
}

/* So many seconds; in how many of them the troubles changed. */
static unsigned pass_with(
	struct stage *stage, const struct station_second *second, unsigned seconds)
{
	unsigned changes = 0;
	for (; seconds > 0; seconds--, stage->now += 1000) {
		const struct troubles before = stage->station.troubles;
		station_add(&stage->station, second, stage->now);
		changes += !same_troubles(&before, &stage->station.troubles);
	}
	return changes;
}

static unsigned pass(struct stage *stage, unsigned seconds)
{
	return pass_with(stage, &stage->second, seconds);
}

static const struct trouble_state *state_of(const struct stage *stage, enum trouble trouble)
{
	return &stage->station.troubles.states[trouble];
}

/* What is kept of one figure up to now. */
static void read_steps(struct stage *stage, enum station_figure figure, int values[STATION_STEPS])
{
	station_read(&stage->station, figure, stage->now, values);
}

static void a_good_line_has_no_trouble(void **state)
{
	struct stage *stage = *state;
	assert_int_equal(pass(stage, 60), 0);
	assert_int_equal(worst_of(stage), SEVERITY_NONE);
	assert_int_equal(stage->station.figures[STATION_RTT], 40);
}

static void trouble_dates_from_the_first_second_that_said_so(void **state)
{
	struct stage *stage = *state;
	(void)pass(stage, 5);
	const int64_t began = stage->now;
	stage->second.figures[STATION_LOSS_UP] = 30;
	assert_int_equal(pass(stage, 2), 0);
	assert_int_equal(pass(stage, 1), 1);
	assert_int_equal(state_of(stage, TROUBLE_LOSS_UP)->is, SEVERITY_WARNING);
	assert_int_equal(state_of(stage, TROUBLE_LOSS_UP)->since_ms, began);

	/* It becomes worse: the same trouble, since the same time. */
	stage->second.figures[STATION_LOSS_UP] = 120;
	assert_int_equal(pass(stage, 3), 1);
	assert_int_equal(state_of(stage, TROUBLE_LOSS_UP)->is, SEVERITY_CRITICAL);
	assert_int_equal(state_of(stage, TROUBLE_LOSS_UP)->since_ms, began);
	assert_int_equal(worst_of(stage), SEVERITY_CRITICAL);
}

static void a_bound_is_left_at_a_milder_figure_than_it_is_reached(void **state)
{
	struct stage *stage = *state;
	stage->second.figures[STATION_LOSS_UP] = 20;
	assert_int_equal(pass(stage, 3), 1);
	stage->second.figures[STATION_LOSS_UP] = 10;
	assert_int_equal(pass(stage, 60), 0);
	stage->second.figures[STATION_LOSS_UP] = 9;
	assert_int_equal(pass(stage, 9), 0);
	assert_int_equal(pass(stage, 1), 1);
	assert_int_equal(worst_of(stage), SEVERITY_NONE);
}

static void one_bad_second_is_no_trouble_and_one_good_one_mends_none(void **state)
{
	struct stage *stage = *state;
	struct station_second bad = good();
	bad.figures[STATION_LOSS_UP] = 500;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(pass_with(stage, &bad, 2), 0);
		assert_int_equal(pass(stage, 1), 0);
	}
	assert_int_equal(pass_with(stage, &bad, 3), 1);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(pass(stage, 9), 0);
		assert_int_equal(pass_with(stage, &bad, 1), 0);
	}
}

static void less_is_worse_for_what_the_line_carries(void **state)
{
	struct stage *stage = *state;
	stage->second.figures[STATION_CAPACITY] = 150;
	(void)pass(stage, 10);
	assert_int_equal(state_of(stage, TROUBLE_NARROW)->is, SEVERITY_WARNING);
	stage->second.figures[STATION_CAPACITY] = 64;
	(void)pass(stage, 10);
	assert_int_equal(state_of(stage, TROUBLE_NARROW)->is, SEVERITY_CRITICAL);
	stage->second.figures[STATION_CAPACITY] = 201;
	(void)pass(stage, 10);
	assert_int_equal(state_of(stage, TROUBLE_NARROW)->is, SEVERITY_NONE);
}

static void a_clock_is_off_either_way(void **state)
{
	struct stage *stage = *state;
	static const int off[] = { 90000, -90000 };
	for (size_t i = 0; i < 2; i++) {
		begin_anew(stage);
		stage->second.figures[STATION_CLOCK] = off[i];
		assert_int_equal(pass(stage, 10), 1);
		assert_int_equal(state_of(stage, TROUBLE_CLOCK)->is, SEVERITY_WARNING);
		assert_int_equal(stage->station.figures[STATION_CLOCK], off[i]);
	}
}

/* Whose laptop is some seconds off is nobody's business; a room's computer that is has no NTP. */
static void a_rooms_clock_is_held_to_seconds(void **state)
{
	struct stage *stage = *state;
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
		begin_anew(stage);
		stage->second.box = is_room ? &box : NULL;
		stage->second.figures[STATION_CLOCK] = rows[i / 2].off;
		(void)pass(stage, 10);
		assert_int_equal(state_of(stage, TROUBLE_ROOM_CLOCK)->is,
			is_room ? rows[i / 2].room : SEVERITY_NONE);
		assert_int_equal(state_of(stage, TROUBLE_CLOCK)->is,
			is_room ? SEVERITY_NONE : rows[i / 2].page);
	}
}

static void a_lost_line_is_critical_for_whom_the_meeting_listens_to(void **state)
{
	struct stage *stage = *state;
	stage->second.lost = true;
	assert_int_equal(pass(stage, 2), 1);
	assert_int_equal(state_of(stage, TROUBLE_LINE_LOST)->is, SEVERITY_WARNING);
	stage->second.open = true;
	stage->second.flows = false;
	assert_int_equal(pass(stage, 5), 1);
	assert_int_equal(state_of(stage, TROUBLE_LINE_LOST)->is, SEVERITY_CRITICAL);
	/* That says it; the silence that follows from it is no second trouble. */
	assert_int_equal(state_of(stage, TROUBLE_NO_SOUND)->is, SEVERITY_NONE);
	stage->second.lost = false;
	assert_int_equal(pass(stage, 3), 2);
	assert_int_equal(state_of(stage, TROUBLE_LINE_LOST)->is, SEVERITY_NONE);
	assert_int_equal(state_of(stage, TROUBLE_NO_SOUND)->is, SEVERITY_CRITICAL);
}

static void what_a_room_owes_the_record_outlives_its_line(void **state)
{
	struct stage *stage = *state;
	stage->second.lost = true;
	stage->second.undelivered = SEVERITY_WARNING;
	(void)pass(stage, 3);
	stage->second.here = false;
	assert_int_equal(pass(stage, 60), 1); /* the line is nobody's any more */
	assert_int_equal(state_of(stage, TROUBLE_LINE_LOST)->is, SEVERITY_NONE);
	assert_int_equal(state_of(stage, TROUBLE_UNDELIVERED)->is, SEVERITY_WARNING);
	assert_int_equal(state_of(stage, TROUBLE_UNDELIVERED)->since_ms, START_MS);
	stage->second.here = true;
	stage->second.lost = false;
	assert_int_equal(pass(stage, 5), 0);
	stage->second.undelivered = SEVERITY_NONE;
	assert_int_equal(pass(stage, 1), 1);
	assert_int_equal(worst_of(stage), SEVERITY_NONE);
}

static void what_is_not_measured_leaves_trouble_as_it_is(void **state)
{
	struct stage *stage = *state;
	stage->second.figures[STATION_LOSS_UP] = 30;
	(void)pass(stage, 3);
	stage->second.figures[STATION_LOSS_UP] = TROUBLE_UNKNOWN;
	assert_int_equal(pass(stage, 60), 0);
	assert_int_equal(state_of(stage, TROUBLE_LOSS_UP)->is, SEVERITY_WARNING);
}

static void who_is_away_has_no_trouble_and_keeps_the_history(void **state)
{
	struct stage *stage = *state;
	int values[STATION_STEPS];
	stage->second.figures[STATION_LOSS_UP] = 30;
	(void)pass(stage, 10);
	const struct station_second away = { .here = false };
	assert_int_equal(pass_with(stage, &away, 5), 1);
	assert_int_equal(worst_of(stage), SEVERITY_NONE);
	assert_int_equal(stage->station.figures[STATION_RTT], TROUBLE_UNKNOWN);
	read_steps(stage, STATION_LOSS_UP, values);
	assert_int_equal(values[STATION_STEPS - 3], 30);
	assert_int_equal(values[STATION_STEPS - 2], 30);
	assert_int_equal(values[STATION_STEPS - 1], TROUBLE_UNKNOWN);
}

/* START_MS begins a step. */
static void a_step_keeps_the_worst_and_of_what_flows_the_mean(void **state)
{
	struct stage *stage = *state;
	static const int rtts[] = { 40, 300, 20, 41, 40 };
	static const int rates[] = { 100, 0, 50, 250, 100 };
	int values[STATION_STEPS];
	for (int i = 0; i < 5; i++) {
		stage->second.figures[STATION_RTT] = rtts[i];
		stage->second.figures[STATION_UP] = rates[i];
		station_add(&stage->station, &stage->second, START_MS + (int64_t)i * 1000);
	}
	station_read(&stage->station, STATION_RTT, START_MS + STATION_STEP_MS, values);
	assert_int_equal(values[STATION_STEPS - 1], 300);
	assert_int_equal(values[STATION_STEPS - 2], TROUBLE_UNKNOWN);
	station_read(&stage->station, STATION_UP, START_MS + STATION_STEP_MS, values);
	assert_int_equal(values[STATION_STEPS - 1], 100);
}

static void ten_minutes_are_kept_and_a_gap_is_one(void **state)
{
	struct stage *stage = *state;
	int values[STATION_STEPS];
	for (unsigned step = 0; step < 200; step++) {
		stage->second.figures[STATION_RTT] = (int)step;
		(void)pass(stage, 5);
	}
	read_steps(stage, STATION_RTT, values);
	for (int i = 0; i < STATION_STEPS; i++)
		assert_int_equal(values[i], 200 - STATION_STEPS + i);

	stage->now += (int64_t)3 * STATION_STEP_MS;
	stage->second.figures[STATION_RTT] = 7;
	(void)pass(stage, 5);
	read_steps(stage, STATION_RTT, values);
	assert_int_equal(values[STATION_STEPS - 1], 7);
	for (int i = 2; i < 5; i++)
		assert_int_equal(values[STATION_STEPS - i], TROUBLE_UNKNOWN);
	assert_int_equal(values[STATION_STEPS - 5], 199);

	/* Away for longer than is kept: nothing of before is left. */
	stage->now += (int64_t)STATION_STEP_MS * STATION_STEPS * 5;
	(void)pass(stage, 5);
	read_steps(stage, STATION_RTT, values);
	assert_int_equal(values[STATION_STEPS - 1], 7);
	for (int i = 0; i < STATION_STEPS - 1; i++)
		assert_int_equal(values[i], TROUBLE_UNKNOWN);
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

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_good_line_has_no_trouble),
		CASE(trouble_dates_from_the_first_second_that_said_so),
		CASE(a_bound_is_left_at_a_milder_figure_than_it_is_reached),
		CASE(one_bad_second_is_no_trouble_and_one_good_one_mends_none),
		CASE(less_is_worse_for_what_the_line_carries),
		CASE(a_clock_is_off_either_way),
		CASE(a_rooms_clock_is_held_to_seconds),
		CASE(a_lost_line_is_critical_for_whom_the_meeting_listens_to),
		CASE(what_a_room_owes_the_record_outlives_its_line),
		CASE(what_is_not_measured_leaves_trouble_as_it_is),
		CASE(who_is_away_has_no_trouble_and_keeps_the_history),
		CASE(a_step_keeps_the_worst_and_of_what_flows_the_mean),
		CASE(ten_minutes_are_kept_and_a_gap_is_one),
		cmocka_unit_test(without_memory_there_is_no_history_and_all_else),
		cmocka_unit_test(each_trouble_and_figure_has_a_name_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
