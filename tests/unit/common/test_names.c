#include "common/evidence/names.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void every_place_lies_below_the_session(void **state)
{
	char path[ARCHIVE_PATH_LEN];
	for (unsigned i = 0; i < NAMES_PLACES; i++) {
		assert_non_null(names_place((enum names_place)i));
		assert_int_equal(names_path("/a/demo", (enum names_place)i, path), 0);
		assert_memory_equal(path, "/a/demo/", 8);
		assert_string_equal(path + 8, names_place((enum names_place)i));
	}
	assert_int_equal(names_path("/a/demo", NAMES_EVENTS, path), 0);
	assert_string_equal(path, "/a/demo/data/events.jsonl");
	assert_int_equal(names_file_path("/a/demo", "tracks/KEN.001.a", ".webm", path), 0);
	assert_string_equal(path, "/a/demo/data/tracks/KEN.001.a.webm");
}

static void a_path_that_is_too_long_is_refused(void **state)
{
	char directory[ARCHIVE_PATH_LEN];
	char path[ARCHIVE_PATH_LEN];
	memset(directory, 'x', sizeof(directory));
	const size_t room = sizeof(path) - sizeof("/data/events.jsonl");
	directory[room] = '\0';
	assert_int_equal(names_path(directory, NAMES_EVENTS, path), 0);
	directory[room] = 'x';
	directory[room + 1] = '\0';
	assert_int_equal(names_path(directory, NAMES_EVENTS, path), -ENOSPC);
	assert_int_equal(names_file_path(directory, "events.jsonl", "", path), -ENOSPC);
}

static void essence_and_programme_are_told_apart(void **state)
{
	static const char *const essence[] = { "KEN.001.a.webm", "KEN.001.v.mkv",
		"KEN.001.a.idx.jsonl", "fr.12345.a.webm" };
	static const char *const other[] = { "fr.webm", "floor.webm", "KEN.01.webm", "KEN.001webm",
		"KEN.01.a.webm", "KEN.001.a", "KEN.001.a.txt", "KEN.001..webm", ".001.a.webm",
		"KEN", "", "KEN.001.ab.webm", "K EN.001.a.webm", "KEN.001." };
	static const char *const parts[] = { "floor.002.webm", "fr.12345.webm" };
	size_t stem;
	for (size_t i = 0; i < RS_ARRAY_LEN(parts); i++) {
		assert_false(names_segment_parse(parts[i], &stem));
		assert_true(names_is_programme(parts[i]));
		assert_true(names_is_programme_part(parts[i]));
	}
	for (size_t i = 0; i < RS_ARRAY_LEN(essence); i++) {
		assert_true(names_segment_parse(essence[i], &stem));
		assert_int_equal(essence[i][stem], '.');
		assert_false(names_is_programme(essence[i]));
	}
	for (size_t i = 0; i < RS_ARRAY_LEN(other); i++) {
		assert_false(names_segment_parse(other[i], &stem));
		assert_int_equal(names_is_programme(other[i]), i < 2);
		assert_false(names_is_programme_part(other[i]));
	}
	char file[NAMES_FILE_LEN];
	names_segment("fr", ARCHIVE_CHANNEL, 7, file);
	assert_string_equal(file, "channels/fr.007.a");
	names_programme(NAMES_FLOOR, file);
	assert_string_equal(file, "channels/floor.webm");
	names_programme_part("fr", 1, file);
	assert_string_equal(file, "channels/fr.webm");
	names_programme_part("fr", 2, file);
	assert_string_equal(file, "channels/fr.002.webm");
	names_programme_late(file);
	assert_string_equal(file, "channels/floor.late.webm");
	assert_true(names_is_programme("floor.late.webm"));
	assert_false(names_is_programme_part("floor.late.webm"));
	assert_false(names_segment_parse("floor.late.webm", &stem));
	assert_false(names_is_programme("fr.late.webm"));
	names_captions("pt-BR", file);
	assert_string_equal(file, "text/captions.pt-BR.vtt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_place_lies_below_the_session),
		cmocka_unit_test(a_path_that_is_too_long_is_refused),
		cmocka_unit_test(essence_and_programme_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
