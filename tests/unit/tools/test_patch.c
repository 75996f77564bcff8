/* A view and its patches as a client in C reads them: the paper's examples, and whatever signaling makes of two lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "common/base/rand.h"
#include "common/base/text.h"
#include "signaling/wire/view/difference.h"
#include "tests/support/examples.h"
#include "tools/client/patch.h"

/* All members of a patch. */
static int merge(json_t *view, json_t *patch)
{
	const char *key;
	json_t *value;
	int err = 0;
	json_object_foreach(patch, key, value)
	{
		if (err == 0)
			err = patch_member(view, key, value);
	}
	return err;
}

static void each_example(void *ctx, const char *kind, size_t line, const char *text)
{
	size_t *seen = ctx;
	if (strcmp(kind, "change") != 0)
		return;
	json_t *json = json_loads(text, 0, NULL);
	json_t *view = json_object_get(json, "view");
	assert_int_equal(merge(view, json_object_get(json, "patch")), 0);
	if (!json_equal(view, json_object_get(json, "result")))
		fail_msg("line %zu: another view comes out", line);
	json_decref(json);
	(*seen)++;
}

static void the_examples_of_the_paper_are_true(void **state)
{
	size_t seen = 0;
	(void)state;
	(void)examples_each("signaling/wire/PROTOCOL.md", each_example, &seen);
	assert_int_equal(seen, 2);
}

static json_t *read_quoted(const char *quoted)
{
	char text[256];
	assert_true(rs_set_text(text, quoted));
	for (char *at = text; (at = strchr(at, '\'')) != NULL;)
		*at = '"';
	return json_loads(text, 0, NULL);
}

/* RFC 7396 appendix A, as far as objects go; then lists. */
static void a_patch_does_what_is_said_of_it(void **state)
{
	static const char *const cases[][3] = {
		{ "{'a':'b'}", "{'a':'c'}", "{'a':'c'}" },
		{ "{'a':'b'}", "{'b':'c'}", "{'a':'b','b':'c'}" },
		{ "{'a':'b','b':'c'}", "{'a':null}", "{'b':'c'}" },
		{ "{'a':['b']}", "{'a':'c'}", "{'a':'c'}" },
		{ "{'a':'c'}", "{'a':['b']}", "{'a':['b']}" },
		{ "{'a':{'b':'c'}}", "{'a':{'b':'d','c':null}}", "{'a':{'b':'d'}}" },
		{ "{'a':[{'b':'c'}]}", "{'a':[1]}", "{'a':[1]}" },
		{ "{'e':null}", "{'a':1}", "{'e':null,'a':1}" },
		{ "{}", "{'a':{'bb':{'ccc':null}}}", "{'a':{'bb':{}}}" },
		{ "{'a':[1]}", "{'a':{'b':1}}", "{'a':{'b':1}}" },
		/* Named in whatever order, new entries stand by number; who is not there cannot go. */
		{ "{'a':[{'entry':5}]}",
			"{'a':{'entries':{'12':{'entry':12},'9':{'entry':9},'7':null}}}",
			"{'a':[{'entry':5},{'entry':9},{'entry':12}]}" },
		{ "{'a':[{'entry':5},{'entry':6}]}", "{'a':{'order':[6,5,77]}}",
			"{'a':[{'entry':6},{'entry':5}]}" },
		{ "{'a':[{'entry':1,'b':[{'entry':3,'c':1}]}]}",
			"{'a':{'entries':{'1':{'b':{'entries':{'3':{'c':null}}}}}}}",
			"{'a':[{'entry':1,'b':[{'entry':3}]}]}" },
	};
	(void)state;
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		json_t *view = read_quoted(cases[i][0]);
		json_t *patch = read_quoted(cases[i][1]);
		json_t *result = read_quoted(cases[i][2]);
		assert_int_equal(merge(view, patch), 0);
		if (!json_equal(view, result))
			fail_msg("%s with %s: not %s", cases[i][0], cases[i][1], cases[i][2]);
		json_decref(view);
		json_decref(patch);
		json_decref(result);
	}
}

static json_t *nested(unsigned levels)
{
	json_t *json = json_object();
	for (unsigned i = 0; i < levels; i++)
		json = json_pack("{s:o}", "a", json);
	return json;
}

static void what_no_view_has_is_refused(void **state)
{
	static const char *const names[] = { "", "x", "-1", "1x", "4294967296" };
	(void)state;
	for (size_t i = 0; i < RS_ARRAY_LEN(names); i++) {
		json_t *view = read_quoted("{'a':[{'entry':1}]}");
		json_t *patch = json_pack("{s:{s:{s:{}}}}", "a", "entries", names[i]);
		assert_int_not_equal(merge(view, patch), 0);
		json_decref(view);
		json_decref(patch);
	}
	for (unsigned more = 0; more < 2; more++) {
		json_t *view = json_object();
		json_t *patch = nested(PATCH_DEPTH_MAX - 1 + more);
		assert_int_equal(merge(view, patch), more == 0 ? 0 : -EBADMSG);
		json_decref(view);
		json_decref(patch);
	}
}

/* Some of twenty entries, in any order, with one member that differs, and lists within. */
static json_t *some_list(struct rs_rand *rand, unsigned depth)
{
	unsigned numbers[20];
	json_t *list = json_array();
	for (unsigned i = 0; i < RS_ARRAY_LEN(numbers); i++)
		numbers[i] = i + 1;
	for (unsigned i = RS_ARRAY_LEN(numbers); i > 1; i--) {
		const uint32_t other = rs_rand_below(rand, i);
		const unsigned one = numbers[i - 1];
		numbers[i - 1] = numbers[other];
		numbers[other] = one;
	}
	for (uint32_t n = rs_rand_below(rand, RS_ARRAY_LEN(numbers)); n > 0; n--) {
		json_t *entry = json_pack("{s:i, s:i}", "entry", (int)numbers[n - 1], "a",
			(int)rs_rand_below(rand, 3));
		if (depth > 0 && rs_rand_below(rand, 3) == 0)
			(void)json_object_set_new(entry, "speakers", some_list(rand, depth - 1));
		(void)json_array_append_new(list, entry);
	}
	return list;
}

static void whatever_signaling_says_of_two_lists_makes_the_second_of_the_first(void **state)
{
	struct rs_rand rand;
	size_t changed = 0;
	(void)state;
	rs_rand_init_seed(&rand, 7);
	json_t *view = json_pack("{s:o}", "list", some_list(&rand, 1));
	for (unsigned i = 0; i < 500; i++) {
		json_t *next = json_pack("{s:o}", "list", some_list(&rand, 1));
		json_t *before = json_deep_copy(view);
		json_t *patch = difference_of(before, next);
		changed += json_is_object(json_object_get(patch, "list"));
		assert_int_equal(merge(view, patch), 0);
		assert_true(json_equal(view, next));
		json_decref(patch);
		json_decref(before);
		json_decref(next);
	}
	json_decref(view);
	assert_true(changed > 300); /* the rest have no entry in common, and are told whole */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_paper_are_true),
		cmocka_unit_test(a_patch_does_what_is_said_of_it),
		cmocka_unit_test(what_no_view_has_is_refused),
		cmocka_unit_test(
			whatever_signaling_says_of_two_lists_makes_the_second_of_the_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
