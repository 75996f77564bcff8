/* The plan of a meeting as it is kept, asked and told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "signaling/proceedings/plan.h"
#include "tests/support/examples.h"
#include "tests/support/service_bench.h"

#define MINUTE INT64_C(60000)

static int setup(void **state)
{
	*state = bench_new(NULL);
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

static void pass_minutes(struct bench *bench, int64_t minutes)
{
	bench_pass(bench, RS_SEC(60 * minutes));
}

/* The meeting in session, everybody there, Kenya and France on the list. */
struct hall {
	struct bench *bench;
	struct bench_line *chair, *ken, *fra;
};

static struct hall open_hall(struct bench *bench)
{
	const struct hall hall = {
		.bench = bench,
		.chair = bench_join(bench, "demo", "chair", "chair"),
		.ken = bench_join(bench, "demo", "KEN", "delegate"),
		.fra = bench_join(bench, "demo", "FRA", "delegate"),
	};
	assert_string_equal(bench_try(bench, hall.chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_try(bench, hall.ken, "ask-for-floor", ""), "ok");
	assert_string_equal(bench_try(bench, hall.fra, "ask-for-floor", ""), "ok");
	return hall;
}

/* The last one told: patch.plan or patch.turn; NULL = none. */
static const json_t *told(const struct bench_line *line, const char *name)
{
	for (size_t i = json_array_size(line->heard); i > 0; i--) {
		const json_t *patch = json_object_get(json_array_get(line->heard, i - 1), "patch");
		if (strcmp(bench_text(json_array_get(line->heard, i - 1), "type"), "measured") ==
				0 &&
			json_object_get(patch, name) != NULL)
			return json_object_get(patch, name);
	}
	return NULL;
}

static size_t times_told(const struct bench_line *line, const char *name)
{
	size_t n = 0, i;
	json_t *message;
	json_array_foreach(line->heard, i, message) n +=
		json_object_get(json_object_get(message, "patch"), name) != NULL;
	return n;
}

static void the_plan_is_told_to_those_who_preside_and_each_their_turn(void **state)
{
	struct bench *bench = *state;
	const struct hall hall = open_hall(bench);
	bench_pass(bench, RS_SEC(1));
	const json_t *plan = told(hall.chair, "plan");
	assert_int_equal(json_array_size(json_object_get(plan, "turns")), 2);
	assert_int_equal(bench_int(plan, "turns.0.entry"), 1);
	assert_int_equal(bench_int(plan, "turns.1.entry"), 2);
	/* 15 minutes each, of which 95 %; three hours of interpretation. */
	const int64_t between = bench_int(plan, "turns.1.start") - bench_int(plan, "turns.0.start");
	assert_in_range(between, 14 * MINUTE, 16 * MINUTE);
	assert_int_equal(bench_int(plan, "until"),
		bench_int(hall.chair->view, "meeting.interpretation_ends"));
	assert_int_equal(bench_int(plan, "late"), 0);
	assert_null(told(hall.ken, "plan"));
	assert_int_equal(bench_int(told(hall.fra, "turn"), "entry"), 2);
	assert_int_equal(
		bench_int(told(hall.fra, "turn"), "start"), bench_int(plan, "turns.1.start"));
	assert_string_equal(bench_text(told(hall.fra, "turn"), "fits"), "yes");
	/* Who no longer waits has no turn. */
	assert_string_equal(bench_try(bench, hall.fra, "withdraw", ""), "ok");
	bench_pass(bench, RS_SEC(1));
	assert_true(json_is_null(told(hall.fra, "turn")));
}

static void nothing_new_is_not_told_again_and_nothing_twice_in_a_second(void **state)
{
	struct bench *bench = *state;
	const struct hall hall = open_hall(bench);
	bench_pass(bench, RS_SEC(2));
	const size_t before = times_told(hall.chair, "plan");
	for (size_t i = 0; i < 10; i++) {
		assert_string_equal(bench_try(bench, hall.ken, "withdraw", ""), "ok");
		assert_string_equal(bench_try(bench, hall.ken, "ask-for-floor", ""), "ok");
	}
	bench_pass(bench, RS_MS(1500));
	assert_in_range(times_told(hall.chair, "plan") - before, 1, 3);
	/* The meeting stands: so does what is known. */
	assert_string_equal(bench_try(bench, hall.chair, "close-meeting", ""), "ok");
	bench_pass(bench, RS_SEC(2));
	const size_t closed = times_told(hall.chair, "plan");
	pass_minutes(bench, 10);
	assert_int_equal(times_told(hall.chair, "plan"), closed);
}

static void a_page_that_joins_later_is_told_too(void **state)
{
	struct bench *bench = *state;
	(void)open_hall(bench);
	bench_pass(bench, RS_SEC(2));
	const struct bench_line *secretariat =
		bench_join(bench, "demo", "secretariat", "secretariat");
	const struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	bench_pass(bench, RS_SEC(1));
	assert_non_null(told(secretariat, "plan"));
	assert_int_equal(bench_int(told(ken, "turn"), "entry"), 1);
}

static void overruns_are_measured_and_a_suspension_is_not_one(void **state)
{
	struct bench *bench = *state;
	const struct hall hall = open_hall(bench);
	assert_string_equal(bench_try(bench, hall.chair, "give-floor", "\"entry\":1"), "ok");
	pass_minutes(bench, 5);
	assert_string_equal(bench_try(bench, hall.chair, "suspend-meeting", ""), "ok");
	pass_minutes(bench, 60);
	assert_string_equal(bench_try(bench, hall.chair, "resume-meeting", ""), "ok");
	pass_minutes(bench, 25);
	assert_string_equal(bench_try(bench, hall.ken, "take-floor", ""), "ok");
	bench_pass(bench, RS_SEC(10));
	/* 30 of 15 minutes, once, against 95 % four times. */
	const json_t *plan = told(hall.chair, "plan");
	assert_int_equal(bench_int(plan, "statements"), 1);
	assert_int_equal(bench_int(plan, "used"), (4 * 95 + 200) / 5);
	/* The same after a restart: the pace is a replay, too. */
	bench_restart(bench);
	const struct bench_line *again = bench_join(bench, "demo", "chair", "chair");
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(bench_int(told(again, "plan"), "used"), (4 * 95 + 200) / 5);
}

static void what_if_changes_nothing(void **state)
{
	struct bench *bench = *state;
	const struct hall hall = open_hall(bench);
	bench_pass(bench, RS_SEC(1));
	const uint64_t event = hall.chair->event;
	const json_t *as_it_is =
		json_object_get(bench_command(bench, hall.chair, "plan", ""), "plan");
	assert_true(json_equal(as_it_is, told(hall.chair, "plan")));
	const json_t *shorter = json_object_get(
		bench_command(bench, hall.chair, "plan", "\"limit\":120,\"close\":true"), "plan");
	assert_in_range(bench_int(shorter, "turns.1.start") - bench_int(shorter, "turns.0.start"),
		2 * MINUTE, 3 * MINUTE);
	assert_int_equal(bench_int(shorter, "more"), 0);
	assert_int_equal(bench_int(shorter, "last"), bench_int(shorter, "finish"));
	assert_int_equal(bench_int(as_it_is, "more"), 1);
	const json_t *broken =
		json_object_get(bench_command(bench, hall.chair, "plan", "\"pause\":600"), "plan");
	assert_int_equal(bench_int(broken, "turns.0.start") - bench_int(as_it_is, "turns.0.start"),
		10 * MINUTE);
	char until[64];
	(void)snprintf(until, sizeof(until), "\"until\":%lld",
		(long long)(bench->at.wall_ms + 10 * MINUTE));
	const json_t *early =
		json_object_get(bench_command(bench, hall.chair, "plan", until), "plan");
	assert_int_equal(bench_int(early, "late"), 1);
	assert_string_equal(bench_text(early, "turns.1.fits"), "no");
	assert_int_equal(hall.chair->event, event);
	assert_string_equal(bench_try(bench, hall.ken, "plan", ""), "not-permitted");
	assert_string_equal(bench_try(bench, hall.chair, "plan", "\"limit\":7201"), "malformed");
	assert_string_equal(bench_try(bench, hall.chair, "plan", "\"pause\":43201"), "malformed");
}

static void the_end_of_interpretation_is_set_and_forgotten_with_the_sitting(void **state)
{
	struct bench *bench = *state;
	const struct hall hall = open_hall(bench);
	const int64_t usual = bench_int(hall.chair->view, "meeting.interpretation_ends");
	char until[64];
	assert_int_equal(usual, bench_int(hall.chair->view, "meeting.opened") + 180 * MINUTE);
	(void)snprintf(until, sizeof(until), "\"until\":%lld", (long long)(usual + 30 * MINUTE));
	assert_string_equal(bench_try(bench, hall.chair, "set-interpretation-end", until), "ok");
	assert_string_equal(
		bench_try(bench, hall.chair, "set-interpretation-end", until), "already-so");
	assert_string_equal(
		bench_try(bench, hall.ken, "set-interpretation-end", until), "not-permitted");
	assert_int_equal(
		bench_int(hall.ken->view, "meeting.interpretation_ends"), usual + 30 * MINUTE);
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(bench_int(told(hall.chair, "plan"), "until"), usual + 30 * MINUTE);
	assert_string_equal(bench_try(bench, hall.chair, "close-meeting", ""), "ok");
	pass_minutes(bench, 24 * 60);
	assert_string_equal(bench_try(bench, hall.chair, "open-meeting", ""), "ok");
	assert_int_equal(bench_int(hall.chair->view, "meeting.interpretation_ends"),
		bench_int(hall.chair->view, "meeting.opened") + 180 * MINUTE);
}

/* A conference file that says when the interpreters leave, in ms. */
static struct bench *bench_until(int64_t wall_ms)
{
	json_error_t error;
	size_t len;
	char *demo = examples_read("conf/examples/demo.json", &len);
	json_t *conference = json_loadb(demo, len, 0, &error);
	char until[RS_TIME_TEXT_LEN];
	rs_wall_format(wall_ms, until);
	until[19] = 'Z'; /* no fractions */
	until[20] = '\0';
	(void)json_object_set_new(json_array_get(json_object_get(conference, "meetings"), 0),
		"interpretation_end", json_string(until));
	char *text = json_dumps(conference, 0);
	struct bench *bench = bench_new_of(NULL, text);
	json_decref(conference);
	free(text);
	free(demo);
	return bench;
}

static int64_t ends(const struct hall *hall)
{
	return bench_int(hall->chair->view, "meeting.interpretation_ends");
}

static void the_conference_file_says_when_interpretation_ends_for_its_day(void **state)
{
	const struct bench *usual = *state;
	const int64_t planned = (usual->at.wall_ms / MINUTE + 60) * MINUTE;
	struct bench *bench = bench_until(planned);
	const struct hall hall = open_hall(bench);
	char until[64];
	assert_int_equal(ends(&hall), planned);
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(bench_int(told(hall.chair, "plan"), "until"), planned);
	(void)snprintf(until, sizeof(until), "\"until\":%lld", (long long)(planned + MINUTE));
	assert_string_equal(bench_try(bench, hall.chair, "set-interpretation-end", until), "ok");
	assert_int_equal(ends(&hall), planned + MINUTE);
	assert_string_equal(
		bench_try(bench, hall.chair, "set-interpretation-end", "\"until\":null"), "ok");
	assert_int_equal(ends(&hall), planned);
	/* Of another day it says nothing. */
	assert_string_equal(bench_try(bench, hall.chair, "close-meeting", ""), "ok");
	pass_minutes(bench, 24 * 60);
	assert_string_equal(bench_try(bench, hall.chair, "open-meeting", ""), "ok");
	assert_int_equal(ends(&hall), bench_int(hall.chair->view, "meeting.opened") + 180 * MINUTE);
	bench_free(bench);
	bench = bench_until(usual->at.wall_ms + 26 * 60 * MINUTE);
	const struct hall eve = open_hall(bench);
	assert_int_equal(ends(&eve), bench_int(eve.chair->view, "meeting.opened") + 180 * MINUTE);
	bench_free(bench);
}

static unsigned plan_of(struct bench *bench, enum role role, const struct plan_question *question,
	json_t **out_plan)
{
	const struct claims who = { .badge = "chair", .meeting = "demo", .role = role };
	struct service_refusal refusal = { .status = 200 };
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	if (service_plan(bench->service, &who, "demo", question, bench->at, &out, &refusal) == 0)
		*out_plan = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	rs_buf_done(&out);
	return refusal.status;
}

static void rest_asks_what_if_as_the_page_does(void **state)
{
	const struct plan_question as_it_is = { .pause_s = 0 };
	const struct plan_question shorter = { .has_limit = true, .limit_s = 120, .closes = true };
	struct bench *bench = *state;
	const struct hall hall = open_hall(bench);
	json_t *now = NULL;
	json_t *then = NULL;
	assert_int_equal(plan_of(bench, ROLE_CHAIR, &as_it_is, &now), 200);
	assert_int_equal(plan_of(bench, ROLE_SECRETARIAT, &shorter, &then), 200);
	assert_int_equal(json_array_size(bench_at(now, "turns")), 2);
	assert_int_equal(bench_int(now, "until"), ends(&hall));
	assert_true(bench_int(then, "finish") < bench_int(now, "finish"));
	assert_int_equal(bench_int(then, "more"), 0);
	const json_t *page =
		bench_command(bench, hall.chair, "plan", "\"limit\":120,\"close\":true");
	assert_true(json_equal(bench_at(page, "plan"), then));
	json_decref(now);
	json_decref(then);
	assert_int_equal(plan_of(bench, ROLE_DELEGATE, &as_it_is, &now), 403);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_plan_is_told_to_those_who_preside_and_each_their_turn),
		CASE(nothing_new_is_not_told_again_and_nothing_twice_in_a_second),
		CASE(a_page_that_joins_later_is_told_too),
		CASE(overruns_are_measured_and_a_suspension_is_not_one),
		CASE(what_if_changes_nothing),
		CASE(the_conference_file_says_when_interpretation_ends_for_its_day),
		CASE(rest_asks_what_if_as_the_page_does),
		CASE(the_end_of_interpretation_is_set_and_forgotten_with_the_sitting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
