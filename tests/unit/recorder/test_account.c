#include "recorder/control/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void as_many_as_were_sent_are_complete(void **state)
{
	struct account account = { 0 };
	struct account_track track = { .received = 50 };
	assert_false(account.compared);
	assert_int_equal(account_sent(&account, &track, 50), 0);
	assert_true(account.compared);
	assert_int_equal(account.missing, 0);
}

static void each_missing_packet_is_counted_once(void **state)
{
	struct account account = { 0 };
	struct account_track sound = { .received = 50 };
	struct account_track picture = { .received = 900 };
	assert_int_equal(account_sent(&account, &sound, 53), 3);
	assert_int_equal(account_sent(&account, &sound, 53), 0);
	sound.received += 47;
	assert_int_equal(account_sent(&account, &sound, 100), 0);
	assert_int_equal(account_sent(&account, &sound, 101), 1);
	assert_int_equal(account_sent(&account, &picture, 901), 1);
	assert_int_equal(account.missing, 5);
}

static void more_than_were_sent_are_no_gain(void **state)
{
	struct account account = { 0 };
	struct account_track track = { .received = 50 };
	assert_int_equal(account_sent(&account, &track, 40), 0);
	assert_int_equal(account_sent(&account, &track, UINT64_MAX), UINT64_MAX - 50);
	assert_int_equal(account_sent(&account, &track, UINT64_MAX), 0);
}

static void any_change_is_a_difference(void **state)
{
	const struct account a = { .compared = true, .missing = 1, .breaks = 2 };
	struct account b = a;
	assert_true(account_same(&a, &b));
	b.compared = false;
	assert_false(account_same(&a, &b));
	b = a;
	b.missing++;
	assert_false(account_same(&a, &b));
	b = a;
	b.breaks++;
	assert_false(account_same(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_as_were_sent_are_complete),
		cmocka_unit_test(each_missing_packet_is_counted_once),
		cmocka_unit_test(more_than_were_sent_are_no_gain),
		cmocka_unit_test(any_change_is_a_difference),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
