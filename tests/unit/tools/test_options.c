#include "tools/rostrumctl/remote.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The command line "rostrumctl WORDS" without its program's name; at most 63 words. */
static int parse(const char *line, struct remote_options *options)
{
	static char text[256];
	char *argv[64] = { NULL };
	int argc = 0;
	(void)rs_copy_text(text, sizeof(text), line, strlen(line)); /* the tests' lines fit */
	for (char *word = strtok(text, " "); word != NULL && argc < 63; word = strtok(NULL, " "))
		argv[argc++] = word;
	return remote_options_parse(argc, argv, options);
}

static void words_and_options_come_in_any_order(void **state)
{
	struct remote_options options;
	assert_int_equal(
		parse("conference --state /s import --json file.json --base http://x", &options),
		0);
	assert_true(options.json);
	assert_string_equal(options.state, "/s");
	assert_string_equal(options.base, "http://x");
	assert_int_equal(options.n_words, 2);
	assert_string_equal(options.words[0], "import");
	assert_string_equal(options.words[1], "file.json");
}

static void what_is_not_said_has_its_preset(void **state)
{
	struct remote_options options;
	assert_int_equal(parse("node list", &options), 0);
	assert_false(options.json);
	assert_string_equal(options.base, "http://127.0.0.1:8080");
	assert_string_equal(options.state, "/var/lib/rostrum");
	assert_null(options.meeting);
	assert_true(options.hours == 0);
}

static void hours_are_a_number_within_ten_years(void **state)
{
	struct remote_options options;
	assert_int_equal(parse("token --hours 87600", &options), 0);
	assert_true(options.hours == 87600);
	assert_int_equal(parse("token --hours 87601", &options), -EINVAL);
	assert_int_equal(parse("token --hours 0", &options), -EINVAL);
	assert_int_equal(parse("token --hours soon", &options), -EINVAL);
}

static void what_is_not_understood_is_refused(void **state)
{
	struct remote_options options;
	assert_int_equal(parse("token --colour red", &options), -EINVAL);
	assert_int_equal(parse("token --role", &options), -EINVAL);
	/* As many words as there may be, and one more. */
	char line[128] = "badges";
	for (size_t i = 0; i < REMOTE_WORDS_MAX; i++)
		(void)strcat(line, " a");
	assert_int_equal(parse(line, &options), 0);
	assert_int_equal(options.n_words, REMOTE_WORDS_MAX);
	assert_int_equal(parse(strcat(line, " a"), &options), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_options_come_in_any_order),
		cmocka_unit_test(what_is_not_said_has_its_preset),
		cmocka_unit_test(hours_are_a_number_within_ten_years),
		cmocka_unit_test(what_is_not_understood_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
