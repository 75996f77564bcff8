/* Which of a technician's lines the box answers, and how, as displays come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "tools/roombox/seats/lines.h"

/* "A12 3 shown; " of each answer. */
static const char *answers(struct lines *lines, bool display)
{
	static char out[2048];
	struct line_answer one;
	out[0] = '\0';
	while (lines_poll(lines, display, &one) == 1)
		(void)snprintf(out + strlen(out), sizeof(out) - strlen(out), "%s %d %s; ", one.seat,
			(int)one.number, one.shown ? "shown" : "not");
	return out;
}

static void a_line_is_answered_once_and_again_when_a_display_comes(void **state)
{
	struct lines lines = { .n = 0 };
	(void)state;
	lines_set(&lines, "A12", 3);
	lines_set(&lines, "", 1);
	lines_set(&lines, "A13", 0); /* its person answers */
	assert_string_equal(answers(&lines, false), "A12 3 not;  1 not; ");
	assert_string_equal(answers(&lines, false), "");
	lines_set(&lines, "", 2);
	assert_string_equal(answers(&lines, true), "A12 3 shown;  2 shown; ");
	assert_string_equal(answers(&lines, true), "");
	assert_string_equal(answers(&lines, false), ""); /* it was shown */
}

static void what_is_over_or_anothers_by_now_is_not_answered(void **state)
{
	struct lines lines = { .n = 0 };
	(void)state;
	lines_set(&lines, "A12", 3);
	assert_string_equal(answers(&lines, false), "A12 3 not; ");
	lines_set(&lines, "A12", 0);
	assert_string_equal(answers(&lines, true), "");
	lines_set(
		&lines, "A12", 4); /* asked again by the same number: it does not know the answer */
	assert_string_equal(answers(&lines, true), "A12 4 shown; ");
	lines_set(&lines, "A12", 4);
	assert_string_equal(answers(&lines, true), "A12 4 shown; ");
}

static void of_more_than_fit_the_oldest_is_forgotten(void **state)
{
	struct lines lines = { .n = 0 };
	struct line_answer first;
	char seat[SEATS_NAME_MAX + 1];
	(void)state;
	for (unsigned i = 0; i <= LINES_MAX; i++) {
		(void)snprintf(seat, sizeof(seat), "S%u", i);
		lines_set(&lines, seat, i + 1);
	}
	assert_int_equal(lines.n, LINES_MAX);
	assert_int_equal(lines_poll(&lines, true, &first), 1);
	assert_string_equal(first.seat, "S1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_answered_once_and_again_when_a_display_comes),
		cmocka_unit_test(what_is_over_or_anothers_by_now_is_not_answered),
		cmocka_unit_test(of_more_than_fit_the_oldest_is_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
