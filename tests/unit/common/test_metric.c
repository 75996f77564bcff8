/* Figures as Prometheus reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "common/base/metric.h"
#include "tests/support/oom.h"

static const struct rs_metric two[] = {
	{ "rostrum_meetings", RS_METRIC_GAUGE, "Meetings in the store.", 0 },
	{ "rostrum_joins_total", RS_METRIC_COUNTER, "Pages that joined.", UINT64_MAX },
};

static const char written[] = "# HELP rostrum_meetings Meetings in the store.\n"
			      "# TYPE rostrum_meetings gauge\n"
			      "rostrum_meetings 0\n"
			      "# HELP rostrum_joins_total Pages that joined.\n"
			      "# TYPE rostrum_joins_total counter\n"
			      "rostrum_joins_total 18446744073709551615\n";

static void a_metric_is_its_help_its_type_and_its_value(void **state)
{
	(void)state;
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	assert_int_equal(rs_metrics_write(&out, two, 2), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	assert_string_equal((const char *)rs_buf_data(&out), written);
	rs_buf_done(&out);
}

static void a_label_ends_neither_its_quotes_nor_its_line(void **state)
{
	(void)state;
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	assert_int_equal(rs_metric_label(&out, "seat \"A\\1\"\nup 1 \xc3\xa9"), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	assert_string_equal((const char *)rs_buf_data(&out), "seat \\\"A\\\\1\\\"\\nup 1 \xc3\xa9");
	rs_buf_done(&out);
}

static void what_does_not_fit_is_said(void **state)
{
	(void)state;
	for (size_t cap = 1; cap < sizeof(written); cap += 7) {
		struct rs_buf out;
		rs_buf_init(&out, cap);
		assert_int_equal(rs_metrics_write(&out, two, 2), -E2BIG);
		rs_buf_done(&out);
	}
}

static int with_little_memory(void *ctx)
{
	(void)ctx;
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	const int err = rs_metrics_write(&out, two, 2);
	rs_buf_done(&out);
	return err;
}

static void without_memory_it_is_said(void **state)
{
	(void)state;
	check_oom(with_little_memory, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_metric_is_its_help_its_type_and_its_value),
		cmocka_unit_test(a_label_ends_neither_its_quotes_nor_its_line),
		cmocka_unit_test(what_does_not_fit_is_said),
		cmocka_unit_test(without_memory_it_is_said),
	};
	return cmocka_run_group_tests_name("metric", tests, NULL, NULL);
}
