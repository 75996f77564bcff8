#include "recorder/webcast/captions.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n"

static void add(struct captions *captions, const char *language, uint32_t line, int64_t from_ms,
	int64_t to_ms, const char *text, int64_t next_ms)
{
	struct bulletin_caption caption = { .line = line, .from_ms = from_ms, .to_ms = to_ms };
	assert_true(rs_set_text(caption.language, language));
	assert_true(rs_set_text(caption.text, text));
	captions_add(captions, &caption, next_ms);
}

static const char *segment(struct captions *captions, size_t language, int64_t from_ms)
{
	static char text[8192];
	struct rs_buf out;
	rs_buf_init(&out, sizeof(text));
	assert_int_equal(captions_write(captions, language, from_ms, from_ms + 2000, &out), 0);
	assert_true(rs_copy_text(
		text, sizeof(text), (const char *)rs_buf_data(&out), rs_buf_len(&out)));
	rs_buf_done(&out);
	return text;
}

static void a_line_stands_in_each_segment_of_its_time(void **state)
{
	static struct captions captions;
	static const char cue[] =
		HEAD "1\n00:00:03.000 --> 00:00:05.500\nfish &amp; &lt;chips&gt;\n\n";
	captions = (struct captions){ .n = 0 };
	add(&captions, "en", 1, 3000, 5500, "fish & <chips>", 0);
	assert_string_equal(segment(&captions, 0, 0), HEAD);
	assert_string_equal(segment(&captions, 0, 2000), cue);
	assert_string_equal(segment(&captions, 0, 4000), cue);
	assert_string_equal(segment(&captions, 0, 6000), HEAD);
}

static void a_line_that_comes_late_is_seen_as_long_from_then_on(void **state)
{
	static struct captions captions;
	captions = (struct captions){ .n = 0 };
	add(&captions, "en", 1, 3000, 5000, "late", 8000);
	add(&captions, "en", 2, 7999, 8000, "short", 8000);
	assert_string_equal(segment(&captions, 0, 8000), HEAD
		"1\n00:00:08.000 --> 00:00:10.000\nlate\n\n2\n00:00:08.000 --> 00:00:09.500\nshort\n\n");
	add(&captions, "en", 3, 0, 5000, "too late", 5000 + CAPTIONS_LATE_MS + 1);
	assert_string_equal(segment(&captions, 0, 36000), HEAD);
}

static void a_correction_counts_until_the_line_is_out(void **state)
{
	static struct captions captions;
	captions = (struct captions){ .n = 0 };
	add(&captions, "en", 1, 1000, 3000, "teh", 0);
	add(&captions, "en", 1, 1000, 3000, "the", 0);
	assert_non_null(strstr(segment(&captions, 0, 0), "\nthe\n"));
	add(&captions, "en", 1, 1000, 3000, "tea", 2000);
	assert_non_null(strstr(segment(&captions, 0, 2000), "\nthe\n"));
}

static void languages_are_apart_and_bounded(void **state)
{
	static struct captions captions;
	captions = (struct captions){ .n = 0 };
	for (int i = 0; i < CAPTIONS_LANGUAGES + 1; i++) {
		char language[16];
		(void)snprintf(language, sizeof(language), "l%d", i);
		add(&captions, language, 1, 1000, 3000, language, 0);
	}
	assert_int_equal(captions.n, CAPTIONS_LANGUAGES);
	assert_int_equal(captions.refused, 1);
	assert_non_null(strstr(segment(&captions, 3, 0), "\nl3\n"));
	assert_null(strstr(segment(&captions, 3, 0), "l4"));
}

static void the_oldest_line_goes_where_there_are_too_many(void **state)
{
	static struct captions captions;
	captions = (struct captions){ .n = 0 };
	for (uint32_t line = 1; line <= CAPTIONS_WAITING + 1; line++)
		add(&captions, "en", line, 1000, 3000, "x", 0);
	assert_int_equal(captions.languages[0].n, CAPTIONS_WAITING);
	assert_int_equal(captions.languages[0].lines[0].line, 2);
	(void)segment(&captions, 0, 1000 + 3000 + CAPTIONS_LATE_MS);
	assert_int_equal(captions.languages[0].n, 0);
}

static void what_has_no_room_is_said(void **state)
{
	static struct captions captions;
	struct rs_buf out;
	captions = (struct captions){ .n = 0 };
	add(&captions, "en", 1, 0, 2000, "x", 0);
	rs_buf_init(&out, 60);
	assert_int_equal(captions_write(&captions, 0, 0, 2000, &out), -E2BIG);
	rs_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_stands_in_each_segment_of_its_time),
		cmocka_unit_test(a_line_that_comes_late_is_seen_as_long_from_then_on),
		cmocka_unit_test(a_correction_counts_until_the_line_is_out),
		cmocka_unit_test(languages_are_apart_and_bounded),
		cmocka_unit_test(the_oldest_line_goes_where_there_are_too_many),
		cmocka_unit_test(what_has_no_room_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
