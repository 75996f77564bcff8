/* Forms: files as browsers and curl send them, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "signaling/io/form.h"

#define TYPE "multipart/form-data; boundary=----x1"
#define PART(name, data)                                                                         \
	"------x1\r\nContent-Disposition: form-data; name=\"" name "\"; filename=\"a.json\"\r\n" \
	"Content-Type: application/json\r\n\r\n" data "\r\n"
#define END "------x1--\r\n"

static void files_are_found_by_name(void **state)
{
	static const char body[] =
		"before\r\n" PART("conference", "{\r\n\r\n}") PART("delegations", "") END "after";
	struct form form;
	(void)state;
	assert_int_equal(form_parse(TYPE, body, strlen(body), &form), 0);
	assert_int_equal(form.n, 2);
	const struct form_part *part = form_find(&form, "conference");
	assert_int_equal(part->len, 6);
	assert_memory_equal(part->data_view, "{\r\n\r\n}", 6);
	assert_int_equal(form_find(&form, "delegations")->len, 0);
	assert_null(form_find(&form, "other"));
}

static void boundaries_may_be_quoted_and_files_unnamed(void **state)
{
	static const char body[] =
		"--a b\r\ncontent-disposition: form-data; name=conference\r\n\r\nx\r\n--a b--";
	struct form form;
	(void)state;
	assert_int_equal(form_parse("multipart/form-data; charset=utf-8; boundary=\"a b\"", body,
				 strlen(body), &form),
		0);
	assert_memory_equal(form_find(&form, "conference")->data_view, "x", 1);
}

static void what_does_not_fit_together_is_refused(void **state)
{
	static const struct {
		const char *type, *body;
	} cases[] = {
		{ "multipart/form-data", PART("a", "x") END },
		{ "multipart/form-data; boundary=", PART("a", "x") END },
		{ "multipart/form-data; boundary=\"----x1", PART("a", "x") END },
		{ "multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			PART("a", "x") END },
		{ TYPE, "" },
		{ TYPE, "no form" },
		{ TYPE, PART("a", "x") },
		{ TYPE, "------x1\r\n\r\nno name\r\n" END },
		{ TYPE, "------x1\r\nContent-Disposition: form-data\r\n\r\nx\r\n" END },
		{ TYPE, "------x1\r\nContent-Disposition: form-data; name=\"a\"\r\nno blank line\r\n" END },
		{ TYPE, PART("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x") END },
		{ TYPE, PART("1", "") PART("2", "") PART("3", "") PART("4", "") PART("5", "")
				PART("6", "") PART("7", "") PART("8", "") PART("9", "") END },
		{ TYPE, "------x1x\r\n" END },
	};
	struct form form;
	(void)state;
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++)
		assert_int_equal(
			form_parse(cases[i].type, cases[i].body, strlen(cases[i].body), &form),
			-EBADMSG);
}

/* Each proper prefix of a good form is none, up to the mark that ends it. */
static void a_form_that_was_cut_is_none(void **state)
{
	static const char body[] = PART("conference", "{}") PART("delegations", "a,b") "------x1--";
	struct form form;
	(void)state;
	for (size_t len = 0; len < strlen(body); len++)
		assert_int_equal(form_parse(TYPE, body, len, &form), -EBADMSG);
	assert_int_equal(form_parse(TYPE, body, strlen(body), &form), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_found_by_name),
		cmocka_unit_test(boundaries_may_be_quoted_and_files_unnamed),
		cmocka_unit_test(what_does_not_fit_together_is_refused),
		cmocka_unit_test(a_form_that_was_cut_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
