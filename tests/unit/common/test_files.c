#include "common/evidence/files.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static int open_file(const char *text)
{
	const int fd = memfd_create("files", 0);
	assert_true(fd >= 0);
	assert_int_equal(files_write_at(fd, text, strlen(text), 0), 0);
	return fd;
}

static void a_part_is_read_where_it_is_asked_for(void **state)
{
	char out[4] = "";
	const int fd = open_file("a sentence");
	assert_int_equal(files_read_at(fd, out, 3, 2), 3);
	assert_string_equal(out, "sen");
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
	(void)close(fd);
}

static void less_is_given_at_the_end_only(void **state)
{
	char out[16];
	const int fd = open_file("a sentence");
	assert_int_equal(files_read_at(fd, out, 10, 0), 10);
	assert_int_equal(files_read_at(fd, out, 11, 0), 10);
	assert_int_equal(files_read_at(fd, out, 8, 6), 4);
	assert_memory_equal(out, "ence", 4);
	assert_int_equal(files_read_at(fd, out, 8, 10), 0);
	assert_int_equal(files_read_at(fd, out, 8, 4096), 0);
	assert_int_equal(files_read_at(fd, out, 0, 0), 0);
	(void)close(fd);
}

static void what_has_no_places_is_an_error(void **state)
{
	char out[4];
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(files_read_at(ends[0], out, sizeof(out), 0), -ESPIPE);
	assert_int_equal(files_write_at(ends[1], "abcd", 4, 0), -ESPIPE);
	assert_int_equal(files_read_at(-1, out, sizeof(out), 0), -EBADF);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void a_part_is_written_where_it_is_said_to_go(void **state)
{
	char out[16] = "";
	const int fd = open_file("a sentence");
	assert_int_equal(files_write_at(fd, "Sent", 4, 2), 0);
	assert_int_equal(files_write_at(fd, "!", 1, 10), 0);
	assert_int_equal(files_read_at(fd, out, sizeof(out), 0), 11);
	assert_memory_equal(out, "a Sentence!", 11);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_is_read_where_it_is_asked_for),
		cmocka_unit_test(less_is_given_at_the_end_only),
		cmocka_unit_test(what_has_no_places_is_an_error),
		cmocka_unit_test(a_part_is_written_where_it_is_said_to_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
