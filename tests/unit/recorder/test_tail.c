/* A file of lines read while it is written. */
#include "recorder/webcast/tail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct scene {
	char path[64];
	int fd; /* the writer's */
	struct tail tail;
};

static int setup(void **state)
{
	static struct scene scene;
	(void)snprintf(scene.path, sizeof(scene.path), "/tmp/rostrum-tail-XXXXXX");
	scene.fd = mkstemp(scene.path);
	assert_true(scene.fd >= 0);
	assert_int_equal(tail_open(&scene.tail, scene.path), 0);
	*state = &scene;
	return 0;
}

static int teardown(void **state)
{
	struct scene *scene = *state;
	tail_close(&scene->tail);
	(void)close(scene->fd);
	return unlink(scene->path);
}

static void put(const struct scene *scene, const char *text)
{
	assert_int_equal(lseek(scene->fd, 0, SEEK_END) >= 0, 1);
	assert_int_equal(write(scene->fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void expect(struct scene *scene, const char *line)
{
	const char *text = NULL;
	size_t len = 0;
	assert_int_equal(tail_next(&scene->tail, &text, &len), line != NULL ? 1 : 0);
	if (line == NULL)
		return;
	assert_int_equal(len, strlen(line));
	assert_memory_equal(text, line, len);
}

static void a_line_is_given_when_it_is_whole(void **state)
{
	struct scene *scene = *state;
	expect(scene, NULL);
	put(scene, "one\ntwo");
	expect(scene, "one");
	expect(scene, NULL);
	put(scene, " and a half\n\n");
	expect(scene, "two and a half");
	expect(scene, "");
	expect(scene, NULL);
}

static void a_torn_line_that_is_cut_off_costs_no_other(void **state)
{
	struct scene *scene = *state;
	put(scene, "one\ntorn in the midd");
	expect(scene, "one");
	expect(scene, NULL);
	/* The recorder comes back: it cuts the line off, and goes on before anybody looks. */
	assert_int_equal(ftruncate(scene->fd, 4), 0);
	put(scene, "switched to private, told at length\nthree\n");
	expect(scene, "switched to private, told at length");
	expect(scene, "three");
	expect(scene, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_is_given_when_it_is_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_torn_line_that_is_cut_off_costs_no_other, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
