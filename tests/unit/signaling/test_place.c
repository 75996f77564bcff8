/* One live place for each badge: the newest stays, in whatever order pages come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

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

/* Kenya's page comes back from a lost line, saying the place it was given. */
static struct bench_line *come_back(struct bench *bench, const struct bench_line *old)
{
	const json_t *welcome = json_array_get(old->heard, 0);
	struct bench_line *page = bench_page(bench);
	bench_say(bench, page,
		"{\"type\":\"hello\",\"token\":\"demo/KEN/delegate\",\"resume\":{\"epoch\":\"%s\","
		"\"event\":%lld,\"place\":%lld}}",
		bench_text(welcome, "epoch"), (long long)old->event,
		(long long)bench_int(welcome, "place"));
	return page;
}

static void a_second_device_takes_the_place_and_the_first_is_told(void **state)
{
	struct bench *bench = *state;
	struct bench_line *first = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *second = bench_join(bench, "demo", "KEN", "delegate");
	assert_int_equal(first->closed, 4009);
	assert_string_equal(bench_text(bench_last(first, "error"), "reason"), "joined-elsewhere");
	assert_int_equal(second->closed, 0);
	assert_true(bench_int(json_array_get(second->heard, 0), "place") >
		    bench_int(json_array_get(first->heard, 0), "place"));
}

static void a_page_whose_line_was_lost_does_not_take_the_place_back(void **state)
{
	struct bench *bench = *state;
	struct bench_line *first = bench_join(bench, "demo", "KEN", "delegate");
	bench_leave(bench, first, 1006);
	struct bench_line *second = bench_join(bench, "demo", "KEN", "delegate");
	/* However often it tries. */
	for (int i = 0; i < 5; i++) {
		struct bench_line *back = come_back(bench, first);
		assert_int_equal(back->closed, 4009);
		assert_int_equal(second->closed, 0);
	}
	assert_true(json_is_true(bench_at(second->view, "participants.KEN.present")));
}

static void the_same_page_comes_back_as_often_as_its_line_breaks(void **state)
{
	struct bench *bench = *state;
	struct bench_line *page = bench_join(bench, "demo", "KEN", "delegate");
	const json_t *welcome = json_array_get(page->heard, 0);
	for (int i = 0; i < 5; i++) {
		struct bench_line *back = come_back(bench, page);
		assert_int_equal(back->closed, 0);
		assert_int_equal(bench_int(json_array_get(back->heard, 0), "place"),
			bench_int(welcome, "place"));
	}
}

/* Both come back after the server was away: the newer one stays, whichever is first. */
static void after_a_restart_the_newest_place_stays(void **state)
{
	struct bench *bench = *state;
	for (int older_first = 0; older_first < 2; older_first++) {
		struct bench_line older = *bench_join(bench, "demo", "KEN", "delegate");
		older.heard = json_deep_copy(older.heard);
		struct bench_line newer = *bench_join(bench, "demo", "KEN", "delegate");
		newer.heard = json_deep_copy(newer.heard);
		bench_restart(bench);
		struct bench_line *a = come_back(bench, older_first ? &older : &newer);
		struct bench_line *b = come_back(bench, older_first ? &newer : &older);
		assert_int_equal(older_first ? a->closed : b->closed, 4009);
		assert_int_equal(older_first ? b->closed : a->closed, 0);
		json_decref(older.heard);
		json_decref(newer.heard);
	}
}

static void no_place_is_given_in_the_time_to_come(void **state)
{
	struct bench *bench = *state;
	struct bench_line *page = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *liar = bench_page(bench);
	bench_say(bench, liar,
		"{\"type\":\"hello\",\"token\":\"demo/KEN/delegate\",\"resume\":{\"epoch\":\"x\","
		"\"event\":1,\"place\":9000000000000000}}");
	assert_int_equal(liar->closed, 0);
	/* A new page takes its place as ever. */
	struct bench_line *next = bench_join(bench, "demo", "KEN", "delegate");
	assert_int_equal(page->closed, 4009);
	assert_int_equal(liar->closed, 4009);
	assert_int_equal(next->closed, 0);
	assert_int_equal(come_back(bench, next)->closed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(a_second_device_takes_the_place_and_the_first_is_told),
		CASE(a_page_whose_line_was_lost_does_not_take_the_place_back),
		CASE(the_same_page_comes_back_as_often_as_its_line_breaks),
		CASE(after_a_restart_the_newest_place_stays),
		CASE(no_place_is_given_in_the_time_to_come),
	};

	log_nothing();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
