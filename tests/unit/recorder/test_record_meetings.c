/* The record of whole meetings (tests/scenarios): who the record says spoke is who had the floor, at every moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/log/log.h"
#include "recorder/record/record.h"
#include "tests/support/examples.h"
#include "tests/support/heard.h"
#include "tests/support/scenario.h"

#define FILES_MAX 32
#define PROFILE "unga"
#define EVENTS_MOST 4096

/* The events of one meeting. */
struct told {
	char *payloads[EVENTS_MOST];
	size_t n;
};

static void keep(void *ctx, const char *payload)
{
	struct told *told = ctx;
	assert_true(told->n < EVENTS_MOST);
	told->payloads[told->n++] = strdup(payload);
}

/* ---- the record ---- */

static struct record *record_of(const struct told *told, int64_t started_ms)
{
	char session[256];
	struct record_reader *reader = NULL;
	struct record *record = NULL;
	(void)snprintf(session, sizeof(session),
		"{\"format\": \"rostrum-archive/1\", \"meeting\": \"meeting\", \"session\": \"s\", \"started_us\": %lld000}",
		(long long)started_ms);
	assert_int_equal(record_reader_new(session, strlen(session), &reader), 0);
	for (size_t i = 0; i < told->n; i++) {
		const struct chain_line line = { .type = CHAIN_TYPE_MEETING,
			.payload = told->payloads[i],
			.payload_len = strlen(told->payloads[i]) };
		assert_int_equal(record_reader_take(reader, &line, 0), 0);
	}
	assert_int_equal(record_reader_finish(reader, &record), 0);
	assert_int_equal(record->bad_lines, 0);
	assert_int_equal(record->left_out, 0);
	return record;
}

static bool covers(const struct record_speech *speech, int64_t from_ms, int64_t to_ms)
{
	for (size_t i = 0; i < speech->n_parts; i++)
		if (speech->parts[i].from_ms <= from_ms && speech->parts[i].to_ms >= to_ms)
			return true;
	return false;
}

/* Between two moments the record has speeches of just those who are heard. */
static bool agrees(
	const struct record *record, const struct heard *heard, int64_t from_ms, int64_t to_ms)
{
	const char *source;
	size_t found = 0;
	for (size_t i = 0; i < record->n_speeches; i++)
		found += covers(&record->speeches[i], from_ms, to_ms);
	for (size_t i = 0; (source = heard_source(heard, i)) != NULL; i++) {
		bool said = false;
		for (size_t s = 0; s < record->n_speeches; s++)
			said = said ||
			       (covers(&record->speeches[s], from_ms, to_ms) &&
				       strcmp(record->speeches[s].participant, source) == 0);
		if (!said)
			return false;
	}
	return found == heard_count(heard);
}

static size_t compare(const struct told *told)
{
	struct heard *heard = heard_new(PROFILE, "tests/scenarios/conference.json");
	struct record *record = record_of(told, heard_event_ms(told->payloads[0]));
	size_t begun = 0;
	size_t wrong = 0;
	int64_t before_ms = 0;
	for (size_t i = 0; i < told->n; i++) {
		const int64_t at_ms = heard_event_ms(told->payloads[i]);
		if (i > 0 && at_ms > before_ms &&
			!agrees(record, heard, before_ms - record->started_ms,
				at_ms - record->started_ms))
			wrong++;
		begun += heard_take(heard, told->payloads[i]) ? 1 : 0;
		before_ms = at_ms;
	}
	wrong += record->n_speeches != begun;
	record_free(record);
	heard_free(heard);
	return wrong;
}

static void the_record_says_who_was_heard(void **state)
{
	static struct told told;
	struct scenario_book *book = scenario_book_new();
	struct scenario_file *file = scenario_file_new(*state);
	size_t failed = 0;
	for (size_t i = 0; i < file->n; i++) {
		char error[SCENARIO_ERROR];
		told.n = 0;
		/* Whether all came true is for the scenarios' own test to say. */
		(void)scenario_play_told(book, &file->list[i], PROFILE, keep, &told, error);
		const size_t wrong = told.n > 0 ? compare(&told) : 0;
		if (wrong > 0)
			print_message("# %s: %zu moments differ\n", file->list[i].title, wrong);
		failed += wrong;
		for (size_t e = 0; e < told.n; e++)
			free(told.payloads[e]);
	}
	scenario_file_free(file);
	scenario_book_free(book);
	assert_int_equal(failed, 0);
}

int main(void)
{
	static char names[FILES_MAX][EXAMPLES_NAME_MAX];
	struct CMUnitTest tests[FILES_MAX];
	const size_t n = examples_list("tests/scenarios", ".txt", names, FILES_MAX);
	size_t n_tests = 0;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], "phrases.txt") == 0)
			continue;
		tests[n_tests++] = (struct CMUnitTest){ .name = names[i],
			.test_func = the_record_says_who_was_heard,
			.initial_state = names[i] };
	}
	log_init(LOG_ERROR, NULL, NULL); /* a server that starts is no news here */
	return _cmocka_run_group_tests("record of meetings", tests, n_tests, NULL, NULL);
}
