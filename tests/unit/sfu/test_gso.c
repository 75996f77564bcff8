#include "sfu/io/gso.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct rs_addr address(uint8_t host, uint16_t port)
{
	return rs_addr_v4((const uint8_t[]){ 192, 0, 2, host }, port);
}

static void datagrams_of_one_length_to_one_place_join(void **state)
{
	const struct rs_addr to = address(1, 5000);
	const struct rs_addr other_host = address(2, 5000);
	const struct rs_addr other_port = address(1, 5001);
	struct gso_run run = gso_begin(&to, 1100);
	for (size_t n = 2; n <= 5; n++) {
		assert_false(gso_takes(&run, &other_host, 1100));
		assert_false(gso_takes(&run, &other_port, 1100));
		assert_true(gso_takes(&run, &to, 1100));
		gso_add(&run, 1100);
		assert_int_equal(run.n, n);
		assert_int_equal(run.len, n * 1100);
	}
}

static void a_shorter_one_is_the_last(void **state)
{
	const struct rs_addr to = address(1, 5000);
	struct gso_run run = gso_begin(&to, 1100);
	assert_false(gso_takes(&run, &to, 1101));
	assert_false(gso_takes(&run, &to, 0));
	assert_true(gso_takes(&run, &to, 300));
	gso_add(&run, 300);
	assert_false(gso_takes(&run, &to, 300));
	assert_false(gso_takes(&run, &to, 1100));
	assert_int_equal(run.size, 1100);
}

static void a_message_has_an_end(void **state)
{
	const struct rs_addr to = address(1, 5000);
	struct gso_run small = gso_begin(&to, 100);
	while (gso_takes(&small, &to, 100))
		gso_add(&small, 100);
	assert_int_equal(small.n, GSO_DATAGRAMS_MAX);
	struct gso_run large = gso_begin(&to, 1500);
	while (gso_takes(&large, &to, 1500))
		gso_add(&large, 1500);
	assert_int_equal(large.n, GSO_LEN_MAX / 1500);
	assert_true(large.len <= 65507);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams_of_one_length_to_one_place_join),
		cmocka_unit_test(a_shorter_one_is_the_last),
		cmocka_unit_test(a_message_has_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
