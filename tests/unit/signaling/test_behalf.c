/* Speaking on behalf of a group: asked for, on the list, and with whoever has the floor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include "tests/support/examples.h"
#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

static struct bench_line *chair, *ken, *fra;

/* The demo, with a group. */
static int setup(void **state)
{
	size_t len;
	char *text = examples_read("conf/examples/demo.json", &len);
	json_t *conference = json_loadb(text, len, 0, NULL);
	assert_int_equal(json_array_append_new(json_object_get(conference, "delegations"),
				 json_pack("{s:s, s:s, s:s}", "id", "G77", "country",
					 "Group of 77 and China", "category", "group")),
		0);
	char *changed = json_dumps(conference, 0);
	struct bench *bench = bench_new_of(NULL, changed);
	free(changed);
	free(text);
	json_decref(conference);
	*state = bench;
	chair = bench_join(bench, "demo", "chair", "chair");
	ken = bench_join(bench, "demo", "KEN", "delegate");
	fra = bench_join(bench, "demo", "FRA", "delegate");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

static const char *first(const char *member)
{
	return bench_text(json_array_get(bench_at(chair->view, "list"), 0), member);
}

static void the_floor_tells_on_whose_behalf_it_is_held(void **state)
{
	struct bench *bench = *state;
	assert_string_equal(bench_try(bench, ken, "ask-for-floor", "\"group\":\"G77\""), "ok");
	assert_string_equal(bench_try(bench, fra, "ask-for-floor", ""), "ok");
	assert_string_equal(first("group"), "G77");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":1"), "ok");
	assert_string_equal(bench_text(fra->view, "floor.holder"), "KEN");
	assert_string_equal(bench_text(fra->view, "floor.group"), "G77");
	assert_string_equal(
		bench_text(bench_join(bench, "demo", "viewer", "viewer")->view, "floor.group"),
		"G77");
	/* France speaks for itself, and nobody for anybody. */
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":2"), "ok");
	assert_string_equal(bench_text(fra->view, "floor.holder"), "FRA");
	assert_null(bench_at(fra->view, "floor.group"));
	assert_string_equal(bench_try(bench, chair, "take-floor", ""), "ok");
	assert_null(bench_at(fra->view, "floor.group"));
}

static void a_member_is_no_group(void **state)
{
	struct bench *bench = *state;
	assert_string_equal(
		bench_try(bench, ken, "ask-for-floor", "\"group\":\"FRA\""), "no-such-participant");
}

int main(void)
{
	log_nothing();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_floor_tells_on_whose_behalf_it_is_held, setup, teardown),
		cmocka_unit_test_setup_teardown(a_member_is_no_group, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
