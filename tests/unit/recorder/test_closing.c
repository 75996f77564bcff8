#include "recorder/closing/closing.h"

#include "common/evidence/files.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* What stands in proof/closing.log, and the step that counts as failed; NULL = none. */
static const struct {
	const char *log;
	const char *failed;
} logs[] = {
	{ "", NULL },
	{ "T programme done 3 ms\nT record done 1 ms\nT seal done 9 ms\n", NULL },
	{ "T programme failed 3 ms: No space left on device\nT record failed 1 ms\nT seal done 9 ms\n",
		"programme" },
	/* It was done by a later run of all. */
	{ "T programme failed 3 ms\nT seal done 9 ms\nT programme done 3 ms\nT seal done 9 ms\n",
		NULL },
	/* A later run of the seal alone says nothing of the others. */
	{ "T programme done 3 ms\nT record failed 1 ms\nT seal done 9 ms\nT seal done 2 ms: no stamp\n",
		"record" },
	{ "T programme done 3 ms\nT seal failed 9 ms\nT seal done 2 ms\n", NULL },
	/* Words of a reason are none of a step; a torn line says nothing. */
	{ "T programme done 3 ms: it failed before\n\nfailed\n failed \nT record failed", NULL },
	{ "T programme-of-more-letters-than-any-step-has failed 3 ms\n", NULL },
};

static void the_log_tells_which_step_failed(void **state)
{
	char directory[] = "/tmp/rostrum-closing-XXXXXX";
	char path[ARCHIVE_PATH_LEN];
	char step[CLOSING_STEP_LEN];
	assert_non_null(mkdtemp(directory));
	assert_false(closing_failed(directory, step));
	assert_int_equal(names_path(directory, NAMES_PROOF, path), 0);
	assert_int_equal(mkdir(path, 0750), 0);
	assert_int_equal(names_path(directory, NAMES_CLOSING, path), 0);
	for (size_t i = 0; i < RS_ARRAY_LEN(logs); i++) {
		assert_int_equal(files_write(path, logs[i].log, strlen(logs[i].log)), 0);
		assert_int_equal(closing_failed(directory, step), logs[i].failed != NULL);
		if (logs[i].failed != NULL)
			assert_string_equal(step, logs[i].failed);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(names_path(directory, NAMES_PROOF, path), 0);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(directory), 0);
}

static int run_step(
	struct closing *closing, const char *directory, const char *name, char why[CLOSING_WHY_LEN])
{
	size_t n;
	const struct closing_step *steps = closing_steps(&n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(steps[i].name, name) == 0)
			return steps[i].run(closing, directory, why);
	return -ENOENT;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

static void put(const char *directory, enum names_place place, const char *text)
{
	char path[ARCHIVE_PATH_LEN];
	assert_int_equal(names_path(directory, place, path), 0);
	assert_int_equal(files_write(path, text, strlen(text)), 0);
}

/* A second of a meeting whose tracks are gone: what went on live, and what a room delivered. */
static const char about[] = "{\"format\":\"rostrum-archive/1\",\"started_us\":1795305600000000}\n";
#define UTC "\"utc\":\"2026-11-22T00:00:0"
static const char events[] =
	"{\"seq\":0," UTC "0.000Z\",\"type\":\"segment-opened\",\"payload\":{\"track\":\"floor\","
	"\"media\":\"channel\",\"codec\":\"opus\",\"file\":\"channels/floor.001.a\",\"t0_ms\":0}}\n"
	"{\"seq\":1," UTC "0.500Z\",\"type\":\"segment-opened\",\"payload\":{\"track\":\"room-1\","
	"\"media\":\"microphone\",\"codec\":\"opus\",\"file\":\"tracks/room-1.002.a\",\"t0_ms\":200,"
	"\"delivered\":true}}\n"
	"{\"seq\":2," UTC "1.000Z\",\"type\":\"recording-stopped\",\"payload\":{}}\n";

static void segments_that_cannot_be_read_are_told_of_each_programme(void **state)
{
	static const enum names_place folders[] = { NAMES_DATA, NAMES_TRACKS, NAMES_CHANNELS };
	char directory[] = "/tmp/rostrum-closing-XXXXXX";
	char path[ARCHIVE_PATH_LEN];
	assert_non_null(mkdtemp(directory));
	for (size_t i = 0; i < RS_ARRAY_LEN(folders); i++) {
		assert_int_equal(names_path(directory, folders[i], path), 0);
		assert_int_equal(mkdir(path, 0750), 0);
	}
	put(directory, NAMES_SESSION, about);
	put(directory, NAMES_EVENTS, events);
	struct closing *closing = closing_of(directory);
	char why[CLOSING_WHY_LEN] = "";
	assert_int_equal(run_step(closing, directory, "programme", why), 0);
	assert_string_equal(why, "1 segments could not be read");
	why[0] = '\0';
	assert_int_equal(run_step(closing, directory, "late", why), 0);
	assert_string_equal(why, "2 segments could not be read");
	/* It is there, and not made again. */
	why[0] = '\0';
	assert_int_equal(run_step(closing, directory, "late", why), 0);
	assert_string_equal(why, "");
	closing_free(closing);
	assert_int_equal(nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_is_tried_and_its_failure_is_told),
		cmocka_unit_test(called_off_nothing_is_run_and_nothing_can_be_named),
		cmocka_unit_test(the_last_step_is_the_seal),
		cmocka_unit_test(the_log_tells_which_step_failed),
		cmocka_unit_test(segments_that_cannot_be_read_are_told_of_each_programme),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
