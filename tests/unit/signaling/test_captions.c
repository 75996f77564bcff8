/* Lines of captions: who may write them, their numbers and times, corrections, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/captions/captions.h"
#include "tests/support/oom.h"

static struct meeting *meeting;
static struct captions *captions;
static struct events events;

static int setup(void **state)
{
	(void)state;
	assert_int_equal(meeting_new(0, 2, 2, &meeting), 0);
	(void)rs_set_text(meeting->channels[0].id, "en");
	(void)rs_set_text(meeting->channels[1].id, "fr");
	(void)rs_set_text(meeting->participants[0].id, "caption-1");
	(void)rs_set_text(meeting->participants[0].languages[0], "en");
	meeting->participants[0].n_languages = 1;
	(void)rs_set_text(meeting->participants[1].id, "caption-2");
	assert_int_equal(meeting_ready(meeting), 0);
	assert_int_equal(captions_new(meeting, &captions), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	captions_free(captions);
	meeting_free(meeting);
	return 0;
}

static enum verdict act(const struct captions_command *command)
{
	events.n = 0;
	const enum verdict verdict = captions_decide(captions, command, &events);
	assert_int_equal(events.n, verdict == VERDICT_OK ? 1 : 0);
	for (size_t i = 0; i < events.n; i++) {
		events.list[i].wall_ms = command->wall_ms;
		captions_apply(captions, &events.list[i]);
	}
	return verdict;
}

static enum verdict write_at(int64_t wall_ms, uint32_t line, const char *text)
{
	const struct captions_command command = {
		.by = "caption-1", .language = "en", .line = line, .text = text, .wall_ms = wall_ms
	};
	return act(&command);
}

static void assert_shown(const char *const *texts)
{
	const struct captions_language *en = captions_find(captions, "en");
	const struct caption_line *line;
	size_t n = 0;
	for (; (line = captions_shown(en, n)) != NULL; n++)
		assert_string_equal(line->text, texts[n]);
	assert_null(texts[n]);
}

static void lines_are_numbered_and_the_last_three_are_shown(void **state)
{
	(void)state;
	assert_shown((const char *[]){ NULL });
	for (uint32_t i = 1; i <= 4; i++) {
		const char *texts[] = { "one", "two", "three", "four" };
		assert_int_equal(write_at(i * 10000, 0, texts[i - 1]), VERDICT_OK);
		assert_int_equal(events.list[0].caption_line, i);
		assert_string_equal(events.list[0].by, "caption-1");
	}
	assert_shown((const char *[]){ "two", "three", "four", NULL });
	assert_null(captions_shown(captions_find(captions, "fr"), 0));
}

static void a_correction_takes_the_place_and_the_times_of_its_line(void **state)
{
	(void)state;
	assert_int_equal(write_at(10000, 0, "Kenia"), VERDICT_OK);
	const struct event first = events.list[0];
	assert_int_equal(write_at(20000, 0, "thanks"), VERDICT_OK);
	assert_int_equal(write_at(30000, 1, "Kenya"), VERDICT_OK);
	assert_int_equal(events.list[0].caption_line, 1);
	assert_int_equal(events.list[0].from_ms, first.from_ms);
	assert_int_equal(events.list[0].to_ms, 10000);
	assert_shown((const char *[]){ "Kenya", "thanks", NULL });
	assert_int_equal(write_at(40000, 0, "all"), VERDICT_OK);
	assert_int_equal(events.list[0].caption_line, 3);
}

static void only_what_was_written_of_late_can_be_corrected(void **state)
{
	(void)state;
	assert_int_equal(write_at(1000, 1, "x"), VERDICT_NO_SUCH_LINE);
	for (uint32_t i = 1; i <= CAPTIONS_KEPT; i++)
		assert_int_equal(write_at(i * 10000, 0, "x"), VERDICT_OK);
	assert_int_equal(write_at(1000000, 1, "y"), VERDICT_OK);
	assert_int_equal(write_at(2000000, CAPTIONS_KEPT + 1, "y"), VERDICT_NO_SUCH_LINE);
	assert_int_equal(write_at(2000000, 0, "x"), VERDICT_OK);
	assert_int_equal(write_at(3000000, 1, "y"), VERDICT_NO_SUCH_LINE);
	assert_int_equal(write_at(3000000, 2, "y"), VERDICT_OK);
	/* What lies behind is not shown again. */
	assert_shown((const char *[]){ "x", "x", "x", NULL });
}

static void each_writes_the_languages_of_the_badge(void **state)
{
	(void)state;
	struct captions_command command = { .by = "caption-1", .language = "fr", .text = "x" };
	assert_int_equal(act(&command), VERDICT_CHANNEL_NOT_YOURS);
	command.language = "xx";
	assert_int_equal(act(&command), VERDICT_NO_SUCH_CHANNEL);
	command.language = "en";
	command.by = "caption-2";
	assert_int_equal(act(&command), VERDICT_CHANNEL_NOT_YOURS);
	command.by = "nobody";
	assert_int_equal(act(&command), VERDICT_CHANNEL_NOT_YOURS);
}

static void a_line_begins_where_it_was_begun_and_never_inside_the_one_before(void **state)
{
	(void)state;
	static const struct {
		int64_t from_ms, wall_ms, begins;
	} cases[] = {
		{ 97000, 100000, 97000 }, { 98000, 105000, 100000 }, /* it overlapped */
		{ 0, 110000, 110000 - 5 * 60 },                      /* five characters */
		{ 200000, 120000, 120000 - 5 * 60 },                 /* a clock that is ahead */
		{ 121000, 300000, 300000 - 5 * 60 },                 /* left standing for minutes */
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		const struct captions_command command = { .by = "caption-1",
			.language = "en",
			.text = "cinqé",
			.from_ms = cases[i].from_ms,
			.wall_ms = cases[i].wall_ms };
		assert_int_equal(act(&command), VERDICT_OK);
		assert_int_equal(events.list[0].from_ms, cases[i].begins);
		assert_int_equal(events.list[0].to_ms, cases[i].wall_ms);
	}
}

static void nobody_writes_faster_than_can_be_written(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < CAPTIONS_BURST; i++)
		assert_int_equal(write_at(100000 + i, i % 2, "x"), VERDICT_OK);
	assert_int_equal(write_at(100000 + CAPTIONS_BURST_MS - 1, 0, "x"), VERDICT_TOO_MANY);
	assert_int_equal(write_at(100000 + CAPTIONS_BURST_MS, 0, "x"), VERDICT_OK);
	assert_int_equal(write_at(100000 + CAPTIONS_BURST_MS, 1, "x"), VERDICT_TOO_MANY);
	assert_int_equal(write_at(100001 + CAPTIONS_BURST_MS, 1, "x"), VERDICT_OK);
}

static void a_text_is_one_line_of_so_many_characters(void **state)
{
	(void)state;
	char longest[EVENT_CAPTION_MAX + 8] = "";
	for (size_t i = 0; i < CAPTION_CHARACTERS_MAX; i++)
		strcat(longest, "\xF0\x9D\x84\x9E"); /* four octets each */
	assert_true(caption_text_is_good(longest, strlen(longest)));
	strcat(longest, "x");
	assert_false(caption_text_is_good(longest, strlen(longest)));
	assert_true(caption_text_is_good("谢谢。", strlen("谢谢。")));
	static const char *const bad[] = { "", " ", "   ", "a\nb", "a\tb", "\x7F", "\xC3",
		"\xED\xA0\x80" };
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_false(caption_text_is_good(bad[i], strlen(bad[i])));
	assert_false(caption_text_is_good("a\0b", 3));
}

static int build(void *ctx)
{
	struct captions *built = NULL;
	(void)ctx;
	const int err = captions_new(meeting, &built);
	captions_free(built);
	return err;
}

static void out_of_memory_leaves_nothing(void **state)
{
	(void)state;
	check_oom(build, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			lines_are_numbered_and_the_last_three_are_shown, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_correction_takes_the_place_and_the_times_of_its_line, setup, teardown),
		cmocka_unit_test_setup_teardown(
			only_what_was_written_of_late_can_be_corrected, setup, teardown),
		cmocka_unit_test_setup_teardown(
			each_writes_the_languages_of_the_badge, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_line_begins_where_it_was_begun_and_never_inside_the_one_before, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			nobody_writes_faster_than_can_be_written, setup, teardown),
		cmocka_unit_test(a_text_is_one_line_of_so_many_characters),
		cmocka_unit_test_setup_teardown(out_of_memory_leaves_nothing, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
