/* Meetings in words of procedure (tests/scenarios/README.md), each under each rules profile.
 * usage: test_signaling_scenarios [SHARE/SHARES]: only every so many-th profile; all of them without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/log/log.h"
#include "tests/support/examples.h"
#include "tests/support/phrase.h"
#include "tests/support/scenario.h"

#define FILES_MAX 32
#define PROFILES_MAX 32

static size_t share = 1;
static size_t shares = 1;

static bool anything(const void *ctx, const char *name, const char *text)
{
	return strcmp(name, "who") != 0 || strcmp(text, ctx) == 0;
}

static void a_sentence_matches_when_its_names_make_sense(void **state)
{
	struct phrase_match match;
	(void)state;
	assert_true(phrase_match("{who} gives {time} more", "Kenya gives 2 minutes more", anything,
		"Kenya", &match));
	assert_string_equal(phrase_bound(&match, "who"), "Kenya");
	assert_string_equal(phrase_bound(&match, "time"), "2 minutes");
	assert_null(phrase_bound(&match, "n"));
	assert_false(phrase_match("{who} gives {time} more", "France gives 2 minutes more",
		anything, "Kenya", &match));
	assert_false(phrase_match("{who} leaves", "Kenya leaves early", anything, "Kenya", &match));
	assert_false(phrase_match("{who} leaves", " leaves", anything, "Kenya", &match));
	assert_true(phrase_match("a \"{text}\" b", "a \"x y\" b", anything, "Kenya", &match));
	assert_string_equal(phrase_bound(&match, "text"), "x y");
}

static void durations_are_read(void **state)
{
	(void)state;
	assert_int_equal(phrase_seconds("90 seconds"), 90);
	assert_int_equal(phrase_seconds("1 minute"), 60);
	assert_int_equal(phrase_seconds("3 hours"), 10800);
	assert_int_equal(phrase_seconds("no limit"), 0);
	assert_int_equal(phrase_seconds("soon"), -1);
	assert_int_equal(phrase_seconds("3 parsecs"), -1);
}

/* One file under the profiles of this share; every scenario is told apart in what fails. */
static void play_file(void **state)
{
	char profiles[PROFILES_MAX][EXAMPLES_NAME_MAX];
	const size_t n = examples_list("conf/rules", ".json", profiles, PROFILES_MAX);
	const char *name = *state;
	struct scenario_book *book = scenario_book_new();
	struct scenario_file *file = scenario_file_new(name);
	size_t failed = 0;
	for (size_t i = 0; i < file->n; i++) {
		for (size_t p = share - 1; p < n; p += shares) {
			char error[SCENARIO_ERROR];
			*strrchr(profiles[p], '.') = '\0';
			if (scenario_play(book, &file->list[i], profiles[p], error) < 0) {
				print_message("# %s\n#   in: %s\n", error, file->list[i].title);
				failed++;
			}
			profiles[p][strlen(profiles[p])] = '.';
		}
	}
	scenario_file_free(file);
	scenario_book_free(book);
	assert_int_equal(failed, 0);
}

int main(int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && (sscanf(argv[1], "%zu/%zu", &share, &shares) != 2 ||
					      share < 1 || share > shares)))
		return 2;
	static char names[FILES_MAX][EXAMPLES_NAME_MAX];
	struct CMUnitTest tests[FILES_MAX + 2] = {
		cmocka_unit_test(a_sentence_matches_when_its_names_make_sense),
		cmocka_unit_test(durations_are_read),
	};
	const size_t n = examples_list("tests/scenarios", ".txt", names, FILES_MAX);
	size_t n_tests = 2;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], "phrases.txt") == 0)
			continue;
		tests[n_tests++] = (struct CMUnitTest){
			.name = names[i], .test_func = play_file, .initial_state = names[i]
		};
	}
	log_init(LOG_ERROR, NULL, NULL); /* a server that starts is no news here */
	return _cmocka_run_group_tests("scenarios", tests, n_tests, NULL, NULL);
}
