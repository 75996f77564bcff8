#include "common/config/config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct config_key door_keys[] = {
	{ "name", CONFIG_TEXT, NULL, 0, 0, "what is written on it" },
	{ "width", CONFIG_INT, "90", 1, 200, "in cm" },
};

static const struct config_key keys[] = {
	{ "log.level", CONFIG_TEXT, "info", 0, 0, "least level written" },
	{ "media.port", CONFIG_INT, "50000", 1, 65535, "first UDP port" },
	{ "record", CONFIG_BOOL, "true", 0, 0, "keep the proceedings" },
	{ "listen", CONFIG_LIST, "127.0.0.1:8080,[::1]:8080", 0, 0, "addresses" },
	{ "state.dir", CONFIG_TEXT, NULL, 0, 0, "where state is kept" },
	{ "doors", CONFIG_TABLE, "[]", 0, 2, "ways in", door_keys, RS_ARRAY_LEN(door_keys) },
};

static struct config *make(void)
{
	struct config *config = NULL;
	assert_int_equal(config_new(keys, RS_ARRAY_LEN(keys), &config), 0);
	return config;
}

/* What config_read() says to a file of this text; the file's name begins the error. */
static int read_text(struct config *config, const char *text, char error[CONFIG_ERROR_LEN])
{
	char path[] = "/tmp/rostrum-config-XXXXXX";
	const int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
	const int err = config_read(config, path, error);
	assert_int_equal(unlink(path), 0);
	if (err < 0)
		assert_memory_equal(error, path, strlen(path));
	return err;
}

static void presets_stand_until_a_file_says_otherwise(void **state)
{
	char error[CONFIG_ERROR_LEN] = "";
	struct config *config = make();
	assert_string_equal(config_text(config, "log.level"), "info");
	assert_int_equal(config_int(config, "media.port"), 50000);
	assert_true(config_bool(config, "record"));
	assert_int_equal(config_list_len(config, "listen"), 2);
	assert_string_equal(config_list_at(config, "listen", 1), "[::1]:8080");

	assert_int_equal(read_text(config,
				 "{\"media.port\": 4000, \"record\": false, \"listen\": [\"a\"],"
				 " \"state.dir\": \"/var/lib/x\"}",
				 error),
		0);
	assert_int_equal(config_int(config, "media.port"), 4000);
	assert_false(config_bool(config, "record"));
	assert_int_equal(config_list_len(config, "listen"), 1);
	assert_string_equal(config_text(config, "state.dir"), "/var/lib/x");
	assert_int_equal(config_check(config, error), 0);
	config_free(config);
}

static void an_assignment_overrides_the_file(void **state)
{
	char error[CONFIG_ERROR_LEN] = "";
	struct config *config = make();
	assert_int_equal(config_set(config, "media.port=65535", error), 0);
	assert_int_equal(config_set(config, "listen=a,b,,c", error), 0);
	assert_int_equal(config_set(config, "log.level=a=b", error), 0);
	assert_int_equal(config_int(config, "media.port"), 65535);
	assert_int_equal(config_list_len(config, "listen"), 3);
	assert_string_equal(config_text(config, "log.level"), "a=b");
	config_free(config);
}

static void a_table_gives_its_rows_with_presets(void **state)
{
	char error[CONFIG_ERROR_LEN] = "";
	struct config *config = make();
	struct config *row = NULL;
	assert_int_equal(config_rows(config, "doors"), 0);
	assert_int_equal(read_text(config,
				 "{\"doors\": [{\"name\": \"east\"},"
				 " {\"width\": 120, \"name\": \"west\"}]}",
				 error),
		0);
	assert_int_equal(config_rows(config, "doors"), 2);
	assert_int_equal(config_row(config, "doors", 0, &row), 0);
	assert_string_equal(config_text(row, "name"), "east");
	assert_int_equal(config_int(row, "width"), 90);
	row = config_free(row);
	assert_int_equal(config_row(config, "doors", 1, &row), 0);
	assert_string_equal(config_text(row, "name"), "west");
	assert_int_equal(config_int(row, "width"), 120);
	config_free(row);

	assert_int_equal(config_set(config, "doors=[{\"name\":\"a,b\"}]", error), 0);
	assert_int_equal(config_rows(config, "doors"), 1);
	assert_int_equal(config_set(config, "doors=a", error), -EINVAL);
	assert_int_equal(config_set(config, "doors=[{\"name\":1}]", error), -EINVAL);
	assert_string_equal(error, "--set: doors[0]: key \"name\": text is expected");
	assert_int_equal(config_rows(config, "doors"), 1);
	config_free(config);
}

static void a_required_key_is_asked_for_by_name(void **state)
{
	char error[CONFIG_ERROR_LEN] = "";
	struct config *config = make();
	assert_int_equal(config_check(config, error), -EINVAL);
	assert_string_equal(error, "key \"state.dir\" is required: where state is kept");
	config_free(config);
}

static void errors_of_a_file_name_the_key(void **state)
{
	static const struct {
		const char *text;
		int err;
		const char *why;
	} bad[] = {
		{ "{\"media.port\": 0}", -EINVAL,
			"key \"media.port\": a whole number from 1 to 65535 is expected" },
		{ "{\"media.port\": 65536}", -EINVAL,
			"key \"media.port\": a whole number from 1 to 65535 is expected" },
		{ "{\"media.port\": \"1\"}", -EINVAL,
			"key \"media.port\": a whole number from 1 to 65535 is expected" },
		{ "{\"record\": 1}", -EINVAL, "key \"record\": true or false is expected" },
		{ "{\"listen\": [1]}", -EINVAL, "key \"listen\": a list of texts is expected" },
		{ "{\"log.level\": []}", -EINVAL, "key \"log.level\": text is expected" },
		{ "{\"colour\": 1}", -EINVAL, "key \"colour\" is not known" },
		{ "{\"doors\": {}}", -EINVAL,
			"key \"doors\": a list of objects, 2 at most, is expected" },
		{ "{\"doors\": [1]}", -EINVAL,
			"key \"doors\": a list of objects, 2 at most, is expected" },
		{ "{\"doors\": [{\"name\": \"a\"}, {\"name\": \"b\"}, {\"name\": \"c\"}]}", -EINVAL,
			"key \"doors\": a list of objects, 2 at most, is expected" },
		{ "{\"doors\": [{\"name\": \"a\"}, {\"name\": \"b\", \"width\": 0}]}", -EINVAL,
			": doors[1]: key \"width\": a whole number from 1 to 200 is expected" },
		{ "{\"doors\": [{\"name\": \"a\", \"colour\": 1}]}", -EINVAL,
			": doors[0]: key \"colour\" is not known" },
		{ "{\"doors\": [{\"width\": 80}]}", -EINVAL,
			": doors[0]: key \"name\" is required: what is written on it" },
		{ "[]", -EBADMSG, "an object of keys is expected" },
		{ "{\"record\": true,\n \"record\": true}", -EBADMSG, "line 2: " },
		{ "{", -EBADMSG, "line 1: " },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		char error[CONFIG_ERROR_LEN] = "";
		struct config *config = make();
		assert_int_equal(read_text(config, bad[i].text, error), bad[i].err);
		assert_non_null(strstr(error, bad[i].why));
		config_free(config);
	}
}

static void errors_of_an_assignment_say_so(void **state)
{
	char error[CONFIG_ERROR_LEN] = "";
	struct config *config = make();
	assert_int_equal(config_set(config, "media.port", error), -EINVAL);
	assert_string_equal(error, "--set media.port: key=value is expected");
	assert_int_equal(config_set(config, "media.port=x", error), -EINVAL);
	assert_string_equal(
		error, "--set: key \"media.port\": a whole number from 1 to 65535 is expected");
	assert_int_equal(config_set(config, "record=yes", error), -EINVAL);
	assert_int_equal(config_set(config, "colour=red", error), -EINVAL);
	assert_string_equal(error, "--set: key \"colour\" is not known");
	assert_int_equal(config_read(config, "/nowhere/at/all.json", error), -ENOENT);
	assert_memory_equal(error, "/nowhere/at/all.json: ", 22);
	config_free(config);
}

static void the_command_line_is_applied_in_order(void **state)
{
	char *argv[] = { (char[]){ "program" }, (char[]){ "--set" }, (char[]){ "state.dir=/x" },
		(char[]){ "--set" }, (char[]){ "media.port=7" } };
	struct config *config = NULL;
	assert_int_equal(config_start("program", keys, RS_ARRAY_LEN(keys), RS_ARRAY_LEN(argv), argv,
				 &config),
		CONFIG_START);
	assert_int_equal(config_int(config, "media.port"), 7);
	config_free(config);
}

static void a_bad_command_line_starts_nothing(void **state)
{
	char *lines[][3] = {
		{ (char[]){ "program" }, (char[]){ "--colour" }, NULL },
		{ (char[]){ "program" }, (char[]){ "--set" }, NULL },
		{ (char[]){ "program" }, (char[]){ "--set" }, (char[]){ "media.port=1" } },
	};
	struct config *config = NULL;
	for (size_t i = 0; i < RS_ARRAY_LEN(lines); i++) {
		const int argc = lines[i][2] != NULL ? 3 : 2;
		assert_int_equal(
			config_start("program", keys, RS_ARRAY_LEN(keys), argc, lines[i], &config),
			CONFIG_EXIT_FAIL);
	}
	assert_null(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(presets_stand_until_a_file_says_otherwise),
		cmocka_unit_test(an_assignment_overrides_the_file),
		cmocka_unit_test(a_table_gives_its_rows_with_presets),
		cmocka_unit_test(a_required_key_is_asked_for_by_name),
		cmocka_unit_test(errors_of_a_file_name_the_key),
		cmocka_unit_test(errors_of_an_assignment_say_so),
		cmocka_unit_test(the_command_line_is_applied_in_order),
		cmocka_unit_test(a_bad_command_line_starts_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
