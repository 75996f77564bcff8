#include "common/log/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char last_line[2048];
static int lines;

static void keep_line(void *ctx, enum log_level level, const char *line)
{
	lines++;
	(void)strncpy(last_line, line, sizeof(last_line) - 1);
}

static void a_line_below_the_level_is_not_written(void **state)
{
	log_init(LOG_INFO, keep_line, NULL);
	lines = 0;
	log_debug(LOG_ICE, "p1", "not shown");
	assert_int_equal(lines, 0);
	log_info(LOG_ICE, "p1", "pair selected local=%s", "192.0.2.1:5000");
	assert_int_equal(lines, 1);
	assert_non_null(strstr(last_line, " info ice p1 pair selected local=192.0.2.1:5000"));
}

static void text_from_outside_cannot_forge_a_line(void **state)
{
	log_init(LOG_INFO, keep_line, NULL);
	log_warning(LOG_WS, NULL, "refused name=%s", "x\n2026 error main - all is lost\x1b[2J");
	assert_null(strchr(last_line, '\n'));
	assert_null(strchr(last_line, 0x1b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_below_the_level_is_not_written),
		cmocka_unit_test(text_from_outside_cannot_forge_a_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
