/* Patches of what is not as it was, PROTOCOL.md section 3.6: the paper's examples, and what is told of what changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/text.h"
#include "signaling/wire/view/difference.h"
#include "tests/support/examples.h"
#include "tests/support/service_bench.h"
#include "tests/support/viewer.h"

static void each_example(void *ctx, const char *kind, size_t line, const char *text)
{
	size_t *seen = ctx;
	if (strcmp(kind, "change") != 0)
		return;
	json_t *json = json_loads(text, 0, NULL);
	json_t *view = json_object_get(json, "view");
	const json_t *patch = json_object_get(json, "patch");
	const json_t *result = json_object_get(json, "result");
	json_t *change = difference_of(view, result);
	if (!json_equal(change, patch))
		fail_msg("line %zu: another patch comes out", line);
	json_t *merged = viewer_merge(view, patch);
	if (!json_equal(merged, result))
		fail_msg("line %zu: another view comes out", line);
	json_decref(merged);
	json_decref(change);
	json_decref(json);
	(*seen)++;
}

static void the_examples_of_the_paper_are_true(void **state)
{
	size_t seen = 0;
	(void)examples_each("signaling/wire/PROTOCOL.md", each_example, &seen);
	assert_int_equal(seen, 2);
}

/* Each: before, after, and what is left to tell. */
static void only_what_is_not_as_it_was_is_told(void **state)
{
	static const char *const cases[][3] = {
		{ "{'a':1,'b':{'c':2,'d':null}}", "{'a':1,'b':{'c':3,'d':null}}", "{'b':{'c':3}}" },
		{ "{'a':1}", "{'a':null}", "{'a':null}" },
		{ "{'a':null}", "{'a':{'b':1,'c':null}}", "{'a':{'b':1}}" },
		{ "{'a':[1,2]}", "{'a':[2,1]}", "{'a':[2,1]}" },
		{ "{'a':[1,2]}", "{'a':[1,2]}", "{}" },
		{ "{}", "{'a':[{'entry':1}]}", "{'a':[{'entry':1}]}" },
		{ "{'a':[{'entry':1},{'entry':2}]}", "{'a':[]}", "{'a':[]}" },
		{ "{'a':[{'entry':1}]}", "{'a':[{'entry':2}]}", "{'a':[{'entry':2}]}" },
		{ "{'a':[]}", "{'a':[{'entry':2}]}", "{'a':[{'entry':2}]}" },
		{ "{'a':[{'entry':2},{'entry':1}]}", "{'a':[{'entry':1},{'entry':2}]}",
			"{'a':{'order':[1,2]}}" },
		{ "{'a':[{'entry':2},{'entry':1}]}",
			"{'a':[{'entry':2},{'entry':1},{'entry':9},{'entry':12}]}",
			"{'a':{'entries':{'9':{'entry':9},'12':{'entry':12}}}}" },
		{ "{'a':[{'entry':1}]}", "{'a':[{'entry':1},{'entry':12},{'entry':9}]}",
			"{'a':{'entries':{'9':{'entry':9},'12':{'entry':12}},'order':[1,12,9]}}" },
		{ "{'a':[{'entry':1,'b':[{'entry':3,'c':1}]}]}",
			"{'a':[{'entry':1,'b':[{'entry':3,'c':2}]}]}",
			"{'a':{'entries':{'1':{'b':{'entries':{'3':{'c':2}}}}}}}" },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		json_t *parts[3];
		for (size_t j = 0; j < 3; j++) {
			char text[256];
			(void)rs_set_text(text, cases[i][j]);
			for (char *at = text; (at = strchr(at, '\'')) != NULL;)
				*at = '"';
			parts[j] = json_loads(text, 0, NULL);
		}
		json_t *change = difference_of(parts[0], parts[1]);
		if (!json_equal(change, parts[2]))
			fail_msg("%s to %s: not %s", cases[i][0], cases[i][1], cases[i][2]);
		json_decref(change);
		for (size_t j = 0; j < 3; j++)
			json_decref(parts[j]);
	}
	assert_null(difference_of(NULL, NULL));
}

static void assert_same_view(const struct bench_line *a, const struct bench_line *b)
{
	json_t *views[] = { json_copy(a->view), json_copy(b->view) };
	for (size_t i = 0; i < RS_ARRAY_LEN(views); i++)
		(void)json_object_del(views[i], "measured");
	assert_true(json_equal(views[0], views[1]));
	for (size_t i = 0; i < RS_ARRAY_LEN(views); i++)
		json_decref(views[i]);
}

/* Also what was missed comes in the form that was asked for. */
static void who_asks_for_changes_sees_the_same_as_who_does_not(void **state)
{
	struct bench *bench = bench_new(NULL);
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *fra = bench_join(bench, "demo", "FRA", "delegate");
	struct bench_line *ken = bench_join_changes(bench, "demo", "KEN", "delegate");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_try(bench, fra, "ask-for-floor", ""), "ok");
	bench_leave(bench, ken, 1006);
	assert_string_equal(bench_try(bench, chair, "inscribe", "\"participant\":\"BRA\""), "ok");
	ken = bench_resume(bench, ken, "demo", "KEN", "delegate");
	assert_same_view(chair, ken);
	assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "ok");
	const json_t *whole = bench_last_event(chair, "entry-added");
	const json_t *change = bench_last_event(ken, "entry-added");
	assert_int_equal(json_array_size(bench_at(whole, "patch.list")), 3);
	assert_int_equal(json_object_size(bench_at(change, "patch")), 1);
	assert_int_equal(json_object_size(bench_at(change, "patch.list.entries")), 1);
	assert_null(bench_at(change, "patch.list.order"));
	assert_same_view(chair, ken);
	bench_free(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_paper_are_true),
		cmocka_unit_test(only_what_is_not_as_it_was_is_told),
		cmocka_unit_test(who_asks_for_changes_sees_the_same_as_who_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
