#include "recorder/closing/closing.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct closing *closing_of(const char *directory)
{
	const struct closing_config config = { .directory = directory, .software = "test" };
	struct closing *closing = NULL;
	assert_int_equal(closing_new(&config, &closing), 0);
	return closing;
}

static void every_step_is_tried_and_its_failure_is_told(void **state)
{
	struct closing *closing = closing_of("/nowhere/demo");
	size_t n;
	const struct closing_step *steps = closing_steps(&n);
	assert_true(n >= 1 && n <= CLOSING_STEPS_MAX);
	assert_int_equal(closing_run(closing), n);
	for (size_t i = 0; i < n; i++) {
		const struct closing_result *result = closing_result(closing, i);
		assert_string_equal(result->name, steps[i].name);
		assert_true(result->err < 0);
		assert_true(result->why[0] != '\0');
	}
	assert_null(closing_result(closing, n));
	closing_free(closing);
}

static void called_off_nothing_is_run_and_nothing_can_be_named(void **state)
{
	struct closing *closing = closing_of("/nowhere/demo");
	assert_int_equal(closing_hold(closing), 0);
	assert_int_equal(closing_hold(closing), -EAGAIN);
	closing_release(closing);
	assert_false(closing_called_off(closing));
	closing_call_off(closing);
	closing_call_off(closing);
	assert_true(closing_called_off(closing));
	assert_int_equal(closing_hold(closing), -EAGAIN);
	(void)closing_run(closing);
	size_t n;
	(void)closing_steps(&n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(closing_result(closing, i)->err, -EAGAIN);
	closing_free(closing);
}

static void the_last_step_is_the_seal(void **state)
{
	size_t n;
	const struct closing_step *steps = closing_steps(&n);
	assert_string_equal(steps[n - 1].name, "seal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_is_tried_and_its_failure_is_told),
		cmocka_unit_test(called_off_nothing_is_run_and_nothing_can_be_named),
		cmocka_unit_test(the_last_step_is_the_seal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
