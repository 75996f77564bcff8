/* When a part of what a room kept is sent again, and when never. */
#include "tools/roombox/outage/deliver.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BPS 1000000U
#define LEN 125000U /* a second at BPS */

static void parts_go_no_faster_than_they_may(void **state)
{
	struct deliver deliver = { .bps = BPS };
	assert_int_equal(deliver_judge(&deliver, 200, LEN, RS_SEC(10), RS_MS(10100)), DELIVER_DONE);
	assert_int_equal(deliver.at, RS_SEC(11));
	/* On a line that is slower still, at once. */
	assert_int_equal(deliver_judge(&deliver, 200, LEN, RS_SEC(20), RS_SEC(25)), DELIVER_DONE);
	assert_int_equal(deliver.at, RS_SEC(25));
}

static void what_may_pass_is_tried_again_ever_more_slowly(void **state)
{
	static const long passing[] = { 0, 401, 403, 408, 429, 500, 502, 503, 504 };
	static const rs_time waits[] = { 1, 2, 4, 8, 16, 30, 30, 30, 30 };
	struct deliver deliver = { .bps = BPS };
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		assert_int_equal(
			deliver_judge(&deliver, passing[i], LEN, 0, RS_SEC(100)), DELIVER_AGAIN);
		assert_int_equal(deliver.at, RS_SEC(100 + waits[i]));
	}
	/* Years of it. */
	deliver.failures = UINT32_MAX - 1;
	assert_int_equal(deliver_judge(&deliver, 503, LEN, 0, 0), DELIVER_AGAIN);
	assert_int_equal(deliver.at, RS_SEC(30));
	assert_int_equal(deliver_judge(&deliver, 503, LEN, 0, 0), DELIVER_AGAIN);
	assert_in_range(deliver.at, RS_SEC(1), RS_SEC(30));
}

static void after_one_that_was_taken_waiting_begins_anew(void **state)
{
	struct deliver deliver = { .bps = BPS };
	for (int i = 0; i < 4; i++)
		assert_int_equal(deliver_judge(&deliver, 503, LEN, 0, 0), DELIVER_AGAIN);
	assert_int_equal(deliver_judge(&deliver, 200, LEN, 0, RS_SEC(5)), DELIVER_DONE);
	assert_int_equal(deliver_judge(&deliver, 0, LEN, 0, RS_SEC(50)), DELIVER_AGAIN);
	assert_int_equal(deliver.at, RS_SEC(51));
}

static void what_stays_so_is_given_up(void **state)
{
	static const long lasting[] = { 400, 404, 409, 413 };
	for (size_t i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++) {
		struct deliver deliver = { .bps = BPS };
		assert_int_equal(deliver_judge(&deliver, lasting[i], LEN, 0, 0), DELIVER_REFUSED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_go_no_faster_than_they_may),
		cmocka_unit_test(what_may_pass_is_tried_again_ever_more_slowly),
		cmocka_unit_test(after_one_that_was_taken_waiting_begins_anew),
		cmocka_unit_test(what_stays_so_is_given_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
