/* A meeting flagged as a rehearsal: it says so wherever it is told of, and nothing of it is recorded unless somebody asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

static struct bench *bench;

static int setup(void **state)
{
	bench = bench_new(NULL);
	(void)bench_sfu(bench, "i1", "null");
	(void)bench_recorder(bench, "[]");
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	bench_free(bench);
	return 0;
}

static json_t *told_of(
	int (*tell)(const struct service *, const char *, struct rs_buf *), const char *meeting)
{
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	assert_int_equal(tell(bench->service, meeting, &out), 0);
	json_t *json = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	rs_buf_done(&out);
	assert_non_null(json);
	return json;
}

static void a_rehearsal_says_so_to_pages_and_to_everybody(void **state)
{
	const struct bench_line *page = bench_join(bench, "rehearsal", "KEN", "delegate");
	assert_true(json_is_true(bench_at(page->view, "meeting.rehearsal")));
	json_t *told = told_of(service_webcast, "rehearsal");
	assert_true(json_is_true(bench_at(told, "rehearsal")));
	json_decref(told);
}

static void a_meeting_is_none(void **state)
{
	const struct bench_line *page = bench_join(bench, "demo", "KEN", "delegate");
	assert_true(json_is_false(bench_at(page->view, "meeting.rehearsal")));
	json_t *told = told_of(service_webcast, "demo");
	assert_null(bench_at(told, "rehearsal"));
	json_decref(told);
}

static void nothing_of_a_rehearsal_is_recorded_unless_the_secretariat_asks(void **state)
{
	struct bench_line *page = bench_join(bench, "rehearsal", "secretariat", "secretariat");
	assert_string_equal(bench_text(page->view, "meeting.state"), "in-session");
	assert_string_equal(bench_text(page->view, "recording.state"), "off");
	assert_string_equal(bench_try(bench, page, "take-up-recording", ""), "ok");
	assert_string_not_equal(bench_text(page->view, "recording.state"), "off");
}

int main(void)
{
	log_nothing();
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(a_rehearsal_says_so_to_pages_and_to_everybody),
		CASE(a_meeting_is_none),
		CASE(nothing_of_a_rehearsal_is_recorded_unless_the_secretariat_asks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
