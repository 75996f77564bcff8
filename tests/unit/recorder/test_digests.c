#include "recorder/archive/files/digests.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX HEX64 HEX64

static int read_line(const char *text, bool whole, struct digests_line *out)
{
	const struct line line = { .text = text, .len = strlen(text), .whole = whole };
	return digests_read(&line, out);
}

static void what_is_written_is_read(void **state)
{
	struct rs_buf buf;
	struct digests_line line;
	rs_buf_init(&buf, 4096);
	assert_int_equal(digests_write(&buf, HEX, "data/tracks/KEN.001.a.webm"), 0);
	assert_int_equal(rs_buf_append(&buf, "", 1), 0);
	const char *text = (const char *)rs_buf_data(&buf);
	assert_string_equal(text, HEX "  data/tracks/KEN.001.a.webm\n");
	char copy[512];
	(void)rs_copy_text(copy, sizeof(copy), text, strlen(text) - 1);
	assert_int_equal(read_line(copy, true, &line), 0);
	assert_string_equal(line.hex, HEX);
	assert_string_equal(line.path, "data/tracks/KEN.001.a.webm");
	assert_int_equal(read_line(copy, false, &line), -EBADMSG);
	for (size_t n = 0; n < strlen(copy) - strlen("data/tracks/KEN.001.a.webm") + 1; n++) {
		const struct line cut = { .text = copy, .len = n, .whole = true };
		assert_int_equal(digests_read(&cut, &line), -EBADMSG);
	}
	rs_buf_done(&buf);
}

static void a_path_out_of_the_directory_is_refused(void **state)
{
	static const char *const bad[] = { "", "/etc/passwd", "../x", "data/../../x", "data//x",
		"data/", "./x", "data/x%0A", "data/x\ny", "data/x\x7f" };
	struct rs_buf buf;
	rs_buf_init(&buf, 4096);
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		struct digests_line line;
		char text[512];
		assert_int_equal(digests_write(&buf, HEX, bad[i]), -EINVAL);
		assert_int_equal(rs_format(text, sizeof(text), HEX "  %s", bad[i]), 0);
		assert_int_equal(read_line(text, true, &line), -EBADMSG);
	}
	assert_int_equal(rs_buf_len(&buf), 0);
	assert_int_equal(digests_write(&buf, HEX, "data/..x/.y"), -EINVAL);
	rs_buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_path_out_of_the_directory_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
